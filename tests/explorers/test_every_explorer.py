"""What holds for every explorer of the course."""

import ast
import importlib
import importlib.util
import inspect
import re

import pytest

from qmlcourse.course import chapters
from qmlcourse.widgets import Explorer, PlayableExplorer
from qmlcourse.widgets.how import how, snippet

ROOMS = [path.stem[3:] for path in sorted(chapters.folder().glob("0[1-9]_*.ipynb"))]
EVERY = [
    pytest.param(one, id=f"{room}-{one.__name__}")
    for room in ROOMS
    for one in vars(importlib.import_module(f"qmlcourse.explorers.{room}")).values()
    if isinstance(one, type) and issubclass(one, Explorer)
]
PLAYED = [one for one in EVERY if issubclass(one.values[0], PlayableExplorer)]


@pytest.mark.parametrize("explorer", EVERY)
def test_a_pasted_bookmark_is_taken(explorer):
    one = explorer()
    one.set_state(f"{one.name}:")
    one.set_state(one.bookmark())
    assert one.state() == one.defaults()


@pytest.mark.parametrize("explorer", PLAYED)
def test_what_plays_is_in_sight(explorer):
    """The player stands beside its slider: neither may be folded away."""
    assert explorer.class_traits()[explorer.counts].metadata.get("group", "main") == "main"


def uses(module, seen):
    """Names that a module of the explorers reads, with those of the explorers' modules it reads.

    What a class only declares to compute with it does not count, nor what is only imported.
    """
    if module in seen:
        return set()
    seen.add(module)
    found, known_as = set(), {}
    for node in _read(ast.parse(inspect.getsource(importlib.import_module(module)))):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            found.add(node.id)
        elif isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, ast.ImportFrom):
            package = module.rsplit(".", node.level)[0] + "." if node.level else ""
            source = f"{package}{node.module or ''}".strip(".")
            sources = [source, *(f"{source}.{one.name}" for one in node.names)]
            for one in sources:
                if one.startswith("qmlcourse.explorers.") and _is_module(one):
                    found |= uses(one, seen)
            known_as |= {one.asname: one.name for one in node.names if one.asname}
    return found | {known_as[name] for name in found if name in known_as}


def _read(node):
    """All nodes below one, but for declarations of `computed_by`."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Assign) and ast.unparse(child.targets[0]) == "computed_by":
            continue
        yield child
        yield from _read(child)


def _is_module(name):
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        return False


@pytest.mark.parametrize("explorer", EVERY)
def test_it_says_what_to_look_for_and_what_computed_it(explorer):
    assert explorer.title
    assert "?" in explorer.look_for or "." in explorer.look_for
    made, used = explorer.made_by(), uses(explorer.__module__, set())
    assert made or "qmlcourse reproduce" in explorer.made_from
    for name in made:
        module, _, item = name.rpartition(".")
        assert hasattr(importlib.import_module(module), item)
        assert not module.startswith(("qmlcourse.widgets", "qmlcourse.explorers"))
        assert item in used, f"{name} is declared but nothing uses it"


@pytest.mark.delivery(4)
@pytest.mark.parametrize("explorer", EVERY)
def test_the_code_that_it_shows_runs_as_it_stands(explorer):
    one = explorer()
    code = snippet(one)
    assert 2 <= len([line for line in code.splitlines() if line]) <= 6
    *lines, last = code.splitlines()
    cell = {}
    exec("\n".join(lines), cell)
    shown = eval(last, cell)
    there = set(one.data)
    if one.slow_depends is not None and set(shown) != there:
        assert one.wait(60)  # the slow part of one of them has come meanwhile
        assert set(shown) < set(one.data)
    else:
        assert set(shown) == there
    assert one.bookmark() in how(one).replace("&#x27;", "'")


@pytest.mark.parametrize("explorer", EVERY)
def test_each_function_is_named_by_a_line_that_imports_it(explorer):
    lines = re.findall(r"<code>(from [^<]*)</code>", how(explorer()))
    assert len(lines) == len(explorer.computed_by)
    for line in lines:
        exec(line, {})


def test_names_are_unique():
    names = [param.values[0].name for param in EVERY]
    assert len(set(names)) == len(names)
    assert len(names) >= 50
