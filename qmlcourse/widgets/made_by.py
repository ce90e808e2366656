"""Which library functions made a picture: read from the code that computes it.

Nothing is written down twice, so nothing can be out of date: the names that an explorer's methods
use, followed through the helpers of its own package, are looked up, and those that belong to the
library below the interface are named.
"""

from __future__ import annotations

import dis
import importlib
import importlib.util
import inspect
import types
from typing import Any

_INTERFACE = ("widgets", "explorers", "course", "reproduce", "storage")


def made_by(owner: type) -> list[str]:
    """Return public names such as ``qmlcourse.transport.ABRing`` that a class computes with."""
    top = owner.__module__.split(".")[0]
    found: dict[str, None] = {}
    seen: set = set()
    for base in owner.__mro__:
        if base.__module__.startswith(f"{top}.widgets") or not _ours(base, top):
            continue
        for item in vars(base).values():
            code = getattr(item, "fget", item)  # a property's function
            _follow(getattr(code, "__func__", code), top, found, seen)
    return sorted(found)


def _follow(function: Any, top: str, found: dict, seen: set) -> None:
    function = inspect.unwrap(function) if callable(function) else function
    if not isinstance(function, types.FunctionType) or function in seen:
        return
    seen.add(function)
    for code in _codes(function.__code__):
        for imported in _imports(code, top):
            _note(imported, top, found, seen)
        for name in code.co_names:
            value = function.__globals__.get(name)
            if isinstance(value, types.ModuleType) and value.__name__.startswith(f"{top}."):
                parts = [getattr(value, other, None) for other in code.co_names]
            else:
                parts = [value]
            for part in parts:
                _note(part, top, found, seen)


def _note(part: Any, top: str, found: dict, seen: set) -> None:
    part = inspect.unwrap(part) if callable(part) else part
    if not isinstance(part, (type, types.FunctionType)) or not _ours(part, top):
        return
    room = part.__module__.split(".")[1:]
    if room and room[0] == "explorers":
        if isinstance(part, types.FunctionType):
            _follow(part, top, found, seen)
        elif part not in seen:
            seen.add(part)
            found.update(dict.fromkeys(made_by(part)))
    elif room and room[0] not in _INTERFACE:
        public = f"{top}.{room[0]}"
        if hasattr(importlib.import_module(public), part.__name__):
            found[f"{public}.{part.__name__}"] = None
        elif not part.__name__.startswith("_") and not any(name[0] == "_" for name in room):
            found[f"{part.__module__}.{part.__name__}"] = None


def _imports(code: types.CodeType, top: str):
    """What a function imports for itself, from packages of the library."""
    package = None
    for step in dis.get_instructions(code):
        if step.opname == "IMPORT_NAME":
            name = f"{top}.{step.argval}"
            room = f"{top}.{step.argval.split('.')[0]}"
            known = step.argval and importlib.util.find_spec(room) is not None
            package = importlib.import_module(name) if known else None
        elif step.opname == "IMPORT_FROM" and package is not None:
            yield getattr(package, step.argval, None)


def _codes(code: types.CodeType):
    """A function's code, and that of the functions inside it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _codes(constant)


def _ours(part: Any, top: str) -> bool:
    return (getattr(part, "__module__", None) or "").startswith(f"{top}.")
