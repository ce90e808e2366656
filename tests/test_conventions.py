"""What all modules hold to: private names stay at home, and no two classes share a name."""

import ast
from collections import defaultdict
from pathlib import Path

import pytest

import qmlcourse

ROOT = Path(qmlcourse.__file__).parent
MODULES = {path: ast.parse(path.read_text()) for path in sorted(ROOT.rglob("*.py"))}
# private names of traitlets and ipywidgets, which offer no public way
FOREIGN = {"_trait_validators", "_register_validator", "_validate", "_repr_mimebundle_"}


def private(name):
    return name.startswith("_") and not name.startswith("__")


def own_names(tree):
    """Names that a module gives itself: functions, classes, variables, arguments, attributes."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.alias):
            yield (node.asname or node.name).split(".")[0]


def trespasses(path, tree):
    """Private names and modules of others that a module reads, with their lines."""
    own = {*own_names(tree), *FOREIGN}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and private(node.attr) and node.attr not in own:
            yield f"{node.lineno}: {ast.unparse(node)}"
        elif isinstance(node, ast.ImportFrom):
            parts = (node.module or "").split(".")
            folder = path.parents[node.level - 1].joinpath(*filter(None, parts[:-1]))
            if private(parts[-1]) and (node.level == 0 or folder != path.parent):
                yield f"{node.lineno}: the private module {node.module}"
            if any(private(part) for part in parts[:-1]):
                yield f"{node.lineno}: the private package {node.module}"
            here = path.parents[node.level - 1].joinpath(*filter(None, parts))
            for one in node.names:
                module = node.level and here == path.parent and (here / f"{one.name}.py").exists()
                if private(one.name) and not module:
                    yield f"{node.lineno}: {one.name} of {node.module}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_module_reads_what_is_private_to_another(path):
    assert list(trespasses(path, MODULES[path])) == []


def test_a_name_that_is_private_elsewhere_is_found(tmp_path):
    def found(text, place="room/module.py"):
        path = tmp_path / place
        path.parent.mkdir(exist_ok=True)
        (path.parent / "_near.py").touch()
        return [line.split(": ")[1] for line in trespasses(path, ast.parse(text))]

    assert found("from .other import _helper") == ["_helper of other"]
    assert found("import x\nx._helper()") == ["x._helper"]
    assert found("class A(B):\n    def f(self):\n        return self._base") == ["self._base"]
    assert found("from ..room._near import helper") == []
    assert found("from ..other._near import helper") == ["the private module other._near"]
    assert found("from . import _near\nfrom ._near import helper") == []
    assert found("from . import _far") == ["_far of None"]
    assert found("self._mine = 1\nself._mine") == []


def test_no_two_classes_share_a_name():
    places = defaultdict(list)
    for path, tree in MODULES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append(str(path.relative_to(ROOT)))
    assert {name: where for name, where in places.items() if len(where) > 1} == {}
    assert len(places) > 150
