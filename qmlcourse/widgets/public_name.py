"""By what name a function or class of the library is known to those who use it."""

from __future__ import annotations

import importlib
from collections.abc import Callable


def public_name(part: Callable | str) -> str:
    """Return the shortest path from which a function or class can be imported.

    Parameters
    ----------
    part
        A function or class; or its path as text, for what is imported only when it is needed.

    Raises
    ------
    ValueError
        Where no module offers it under its own name.
    """
    if isinstance(part, str):
        return part
    rooms = part.__module__.split(".")
    for depth in range(1, len(rooms) + 1):
        path = ".".join(rooms[:depth])
        if getattr(importlib.import_module(path), part.__name__, None) is part:
            return f"{path}.{part.__name__}"
    raise ValueError(f"{part.__name__} cannot be imported from {part.__module__}.")
