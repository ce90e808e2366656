"""The state of this machine: versions, Kwant's solver, devices, memory."""

from __future__ import annotations

import importlib.util
import json
import os
import platform
import subprocess
import sys
from importlib import metadata

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

_MISSING = "not installed"
PACKAGES = ("jupyterlab", "ipywidgets", "voila", "torch", "kwant", "numpy", "matplotlib", "nbval")


def report(short: bool = False) -> str:
    """Say what this machine has; in two lines when `short`."""
    if short:
        lines = (_where(), f"Kwant solves with {kwant_solver()}; torch computes on {_devices()}")
        return "\n".join(lines)
    versions = [f"  {name:<12} {_version(name)}" for name in PACKAGES]
    return "\n".join(
        [
            _where(),
            "packages",
            *versions,
            f"kwant solver    {kwant_solver()}",
            f"torch devices   {_devices()}",
            f"voila template  {_template()}",
        ]
    )


def kwant_solver() -> str:
    """Say what Kwant solves its linear systems with, such as ``"MUMPS"``."""
    try:
        importlib.import_module("kwant")
    except ImportError:
        return "nothing: kwant is not installed"
    try:
        importlib.import_module("kwant.solvers.mumps")
    except ImportError:
        return "SuperLU (slower; install MUMPS and kwant again for the fast solver)"
    return "MUMPS"


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return _MISSING


def _where() -> str:
    import psutil

    free = psutil.virtual_memory().available / 2**30
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"Python {platform.python_version()}, {cores} cores, {free:.1f} GiB of memory free"


def _devices() -> str:
    try:
        import torch
    except ImportError:
        return "nothing: torch is not installed"
    found = [torch.cuda.get_device_name(n) for n in range(torch.cuda.device_count())]
    if torch.backends.mps.is_available():
        found.append("Apple GPU")
    return ", ".join([*found, "CPU"])


def _template() -> str:
    from .serving import template_folder

    return "found" if (template_folder() / "qmlcourse" / "conf.json").exists() else "missing"


def licences() -> str:
    """List the licences of all packages that the course needs, itself or through others.

    The tool pip-licenses reads them; it comes with the extra ``[audit]``. Without it, the table has
    the licence that each package states first, and a sentence below the table says so.

    Returns
    -------
    str
        A table in Markdown: package, version, licence.
    """
    names = _needed()
    if importlib.util.find_spec("piplicenses"):
        rows, note = _read_by_tool(names), ""
    else:
        rows = [(name, _version(name), _stated(name)) for name in names]
        note = "\n\nAs each package states it first; `pip install 'qmlcourse[audit]'` reads all."
    lines = [f"| {name} | {version} | {licence} |" for name, version, licence in rows]
    return "\n".join(["| package | version | licence |", "|---|---|---|", *lines]) + note


def _read_by_tool(names: list[str]) -> list[tuple[str, str, str]]:
    options = ("--format=json", "--from=mixed", "--with-system", "--packages", *names)
    said = subprocess.run(
        [sys.executable, "-m", "piplicenses", *options], capture_output=True, text=True, check=True
    )
    rows = [(canonicalize_name(one["Name"]), one) for one in json.loads(said.stdout)]
    return sorted(
        (name, one["Version"], " ".join(one["License"].split())[:120]) for name, one in rows
    )


def _needed() -> list[str]:
    """Return the names of all installed dependencies, in alphabetical order."""
    found: set[str] = set()
    waiting = ["qmlcourse"]
    while waiting:
        name = canonicalize_name(waiting.pop())
        if name in found or _version(name) == _MISSING:
            continue
        found.add(name)
        needs = [Requirement(one) for one in metadata.requires(name) or ()]
        waiting += [one.name for one in needs if one.marker is None or one.marker.evaluate()]
    return sorted(found - {"qmlcourse"})


def _stated(name: str) -> str:
    """Return the licence that a package states in its own words, or its first classifier."""
    about = metadata.metadata(name)
    marks = [one.split(" :: ")[-1] for one in about.get_all("Classifier", ()) if "License" in one]
    stated = [about.get("License-Expression", ""), *marks, about.get("License", "")]
    return next((one.splitlines()[0][:60] for one in stated if one), "not stated")
