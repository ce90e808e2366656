"""The public functions of the library speak one language: types, and numpydoc that names them all.

A public function is one that a package of the library lists in ``__all__``, and every public method
of a class that stands there. Types are asked for in all public modules of these packages.
"""

import ast
import importlib
import inspect
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "qmlcourse"
PHYSICS = ("transport", "anderson", "ynet", "inverse_design", "nqs", "self_energy")
TYPED = (*PHYSICS, "reproduce", "storage", "training.py")
_SECTION = re.compile(r"^(\w[\w ]*)\n-{3,}$", re.MULTILINE)
_NAMES = re.compile(r"^(\*{0,2}\w+(?:, \*{0,2}\w+)*)(?: ?:.*)?$", re.MULTILINE)


def modules():
    for room in TYPED:
        path = ROOT / room
        for one in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            names = one.relative_to(ROOT).parts
            if not any(name.startswith("_") and name != "__init__.py" for name in names):
                yield one


def untyped(path):
    """Public functions and methods of a module whose parameters or result carry no type."""
    tree = ast.parse(path.read_text())
    found = []

    def look(node, place):
        for one in node.body:
            if isinstance(one, ast.ClassDef) and not one.name.startswith("_"):
                look(one, f"{one.name}.")
            if not isinstance(one, ast.FunctionDef):
                continue
            if one.name.startswith("_") and one.name != "__init__":
                continue
            given = [*one.args.posonlyargs, *one.args.args, *one.args.kwonlyargs]
            given += [a for a in (one.args.vararg, one.args.kwarg) if a]
            bare = [a.arg for a in given if a.annotation is None and a.arg not in ("self", "cls")]
            if bare or (one.returns is None and one.name != "__init__"):
                found.append(f"{path.relative_to(ROOT)}:{one.lineno} {place}{one.name}")

    look(tree, "")
    return found


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(ROOT)))
def test_public_functions_carry_types(path):
    assert untyped(path) == []


def public(package):
    """(name, object) of a package's functions, classes, and their methods and properties."""
    room = importlib.import_module(f"qmlcourse.{package}")
    for name in room.__all__:
        thing = getattr(room, name)
        if not (inspect.isclass(thing) or inspect.isfunction(thing)):
            continue
        yield f"{package}.{name}", thing
        if not inspect.isclass(thing):
            continue
        for label, part in vars(thing).items():
            inner = getattr(part, "fget", None) or getattr(part, "__func__", part)
            if not label.startswith("_") and inspect.isfunction(inner):
                yield f"{package}.{name}.{label}", inner


def sections(text):
    """A docstring's sections by name; what stands before the first is named 'text'."""
    pieces = _SECTION.split(inspect.cleandoc(text or ""))
    return {"text": pieces[0], **dict(zip(pieces[1::2], pieces[2::2], strict=True))}


def documented(text):
    return {n for names in _NAMES.findall(text) for n in re.findall(r"\w+", names.split(":")[0])}


def complaints(name, thing):
    """What a docstring leaves unsaid."""
    parts = sections(thing.__doc__)
    if not parts["text"].strip():
        return [f"{name}: no docstring"]
    if inspect.isclass(thing):
        return []
    missing = []
    given = [p for p in inspect.signature(thing).parameters if p not in ("self", "cls")]
    known = documented(parts.get("Parameters", "")) | documented(parts.get("Other Parameters", ""))
    # one argument or two that the first sentence explains need no section
    first = parts["text"]
    silent = [p for p in given if p not in known and not (len(given) <= 2 and p in first)]
    if silent:
        missing.append(f"{name}: {', '.join(silent)} not documented")
    strange = [p for p in known if p not in given and not p[0].isdigit()]
    if "Parameters" in parts and strange and given:
        missing.append(f"{name}: documents {', '.join(strange)}, which is no parameter")
    result = inspect.signature(thing).return_annotation
    told = "Returns" in parts or "Yields" in parts or first.startswith(("Return", "Whether"))
    if result not in (None, "None") and not told and isinstance(thing, type(complaints)):
        missing.append(f"{name}: does not say what it returns")
    return missing


@pytest.mark.parametrize("package", PHYSICS)
def test_public_functions_say_what_they_take_and_give(package):
    found = [one for name, thing in public(package) for one in complaints(name, thing)]
    assert found == []
