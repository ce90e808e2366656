"""What a package does where a call leaves arguments out, and its public numbers.

They are part of the interface as much as names are: notebooks, stored results and other people's
scripts rely on them. Each package states its own in `defaults.txt` beside its tests, so that
whoever changes one says so there and in the changelog. `python tests/defaults.py` shows what
differs.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

PACKAGES = ("transport", "anderson", "ynet", "inverse_design", "nqs", "self_energy")


def differences(package: str) -> list[str]:
    """Return the lines of `defaults.txt` that do not hold, and those that are missing there."""
    stated = (Path(__file__).parent / package / "defaults.txt").read_text().splitlines()
    found = list(_lines(package))
    wrong = [f"stated, not so: {line}" for line in stated if line not in found]
    return wrong + [f"not stated: {line}" for line in found if line not in stated]


def _lines(package: str) -> Iterator[str]:
    room = importlib.import_module(f"qmlcourse.{package}")
    for name in sorted(m.name for m in pkgutil.walk_packages(room.__path__, f"{room.__name__}.")):
        if any(part.startswith("_") for part in name.split(".")):
            continue
        module, short = importlib.import_module(name), name.split(".")[-1]
        for constant in _assigned(module):
            value = getattr(module, constant)
            if constant.isupper() and not constant.startswith("_") and _is_plain(value):
                yield f"{short}.{constant} = {value!r}"
        for thing, call in _calls(module):
            given = inspect.signature(call).parameters.values()
            said = [f"{p.name}={p.default!r}" for p in given if _says(p)]
            if said:
                yield f"{short}.{thing}({', '.join(said)})"


def _assigned(module: ModuleType) -> Iterator[str]:
    for node in ast.parse(inspect.getsource(module)).body:
        for target in node.targets if isinstance(node, ast.Assign) else ():
            yield from (n.id for n in ast.walk(target) if isinstance(n, ast.Name))


def _calls(module: ModuleType) -> Iterator[tuple[str, Any]]:
    """Yield the public functions, classes and methods that a module defines."""
    for name, thing in vars(module).items():
        if name.startswith("_") or getattr(thing, "__module__", None) != module.__name__:
            continue
        if inspect.isclass(thing) and not issubclass(thing, Exception):
            yield name, thing
            methods = [(n, getattr(v, "__func__", v)) for n, v in vars(thing).items()]
            yield from (
                (f"{name}.{n}", v) for n, v in methods if inspect.isfunction(v) and n[0] != "_"
            )
        elif inspect.isroutine(inspect.unwrap(thing)):
            yield name, thing


def _says(parameter: inspect.Parameter) -> bool:
    """Return whether a parameter has a default that can be written down; seeds are free."""
    return (
        parameter.name != "seed"
        and parameter.default is not parameter.empty
        and _is_plain(parameter.default)
    )


def _is_plain(value: Any) -> bool:
    if is_dataclass(value) and not isinstance(value, type):
        value = {one.name: getattr(value, one.name) for one in fields(value)}  # no cached ones
    if isinstance(value, dict):
        value = tuple(value.values())
    if isinstance(value, tuple | range):
        return bool(len(value)) and all(_is_plain(v) for v in value)
    return type(value) in (bool, int, float, str)


if __name__ == "__main__":
    print("\n".join(line for package in PACKAGES for line in differences(package)))
