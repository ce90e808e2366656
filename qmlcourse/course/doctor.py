"""The state of this machine: versions, Kwant's solver, devices, memory."""

import importlib
import os
import platform
from importlib import metadata

PACKAGES = ("jupyterlab", "ipywidgets", "voila", "torch", "kwant", "numpy", "matplotlib", "nbval")


def report(short=False):
    """What this machine has, as text; two lines when `short`."""
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


def kwant_solver():
    """'MUMPS' or 'SuperLU (slower; ...)': what Kwant solves its linear systems with."""
    try:
        importlib.import_module("kwant")
    except ImportError:
        return "nothing: kwant is not installed"
    try:
        importlib.import_module("kwant.solvers.mumps")
    except ImportError:
        return "SuperLU (slower; install MUMPS and kwant again for the fast solver)"
    return "MUMPS"


def _version(name):
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "not installed"


def _where():
    import psutil

    free = psutil.virtual_memory().available / 2**30
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"Python {platform.python_version()}, {cores} cores, {free:.1f} GiB of memory free"


def _devices():
    try:
        import torch
    except ImportError:
        return "nothing: torch is not installed"
    found = [torch.cuda.get_device_name(n) for n in range(torch.cuda.device_count())]
    if torch.backends.mps.is_available():
        found.append("Apple GPU")
    return ", ".join([*found, "CPU"])


def _template():
    from .serving import template_folder

    return "found" if (template_folder() / "qmlcourse" / "conf.json").exists() else "missing"


def licences():
    """Licences of all packages that the course needs, itself or through others, as a table.

    Returns
    -------
    str
        Markdown: package, version, licence as the package states it.
    """
    rows = [f"| {name} | {version} | {licence} |" for name, version, licence in _needed()]
    return "\n".join(["| package | version | licence |", "|---|---|---|", *rows])


def _needed():
    """Name, version and licence of each installed dependency, in alphabetical order."""
    from packaging.requirements import Requirement

    found, waiting = {}, ["qmlcourse"]
    while waiting:
        name = waiting.pop().lower().replace("_", "-")
        try:
            about = metadata.metadata(name)
        except metadata.PackageNotFoundError:
            continue
        if name in found:
            continue
        found[name] = (name, about["Version"], _licence(about))
        needs = [Requirement(one) for one in metadata.requires(name) or ()]
        waiting += [one.name for one in needs if one.marker is None or one.marker.evaluate()]
    return [found[name] for name in sorted(found) if name != "qmlcourse"]


def _licence(about):
    marks = [one.split(" :: ")[-1] for one in about.get_all("Classifier", ()) if "License" in one]
    stated = about.get("License-Expression", "").strip() or ", ".join(marks)
    first = about.get("License", "").strip().splitlines()
    return stated or (first[0][:60] if first else "not stated")
