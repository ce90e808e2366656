"""What each command of `qmlcourse` does.

The function of a command has the command's name, and its docstring is the command's help.
Each imports what it needs when it is called, so that the help comes at once.
"""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from typing import Any

from . import chapters


def lab(options: Namespace) -> None:
    """Open a chapter in JupyterLab."""
    from .serving import environment

    notebook = chapters.find(options.chapter)
    root = chapters.folder().parent
    command = [
        *(sys.executable, "-m", "jupyterlab"),
        f"--ServerApp.root_dir={root}",
        f"--LabApp.default_url=/lab/tree/{notebook.relative_to(root).as_posix()}",
    ]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
    if options.no_browser:
        command.append("--no-browser")
    ended = subprocess.run(command, env=environment(), check=False).returncode
    if ended:
        raise RuntimeError(f"JupyterLab ended with code {ended}.")


def present(options: Namespace) -> None:
    """Show a chapter full-window, for a lecture."""
    from .present import present as show

    target = chapters.find(options.chapter) if options.chapter else chapters.folder()
    show(target, port=options.port, browser=not options.no_browser)


def serve(options: Namespace) -> None:
    """Show all chapters to a class, from one machine."""
    from .classroom import serve as serve_class

    serve_class(
        chapters.folder(),
        options.viewers,
        port=options.port,
        address=options.address,
        idle=options.idle,
    )


def doctor(options: Namespace) -> None:
    """Say what this machine has."""
    from .doctor import licences, report

    print(licences() if options.licences else report(short=options.short))


def restore(options: Namespace) -> None:
    """Give back the original of a chapter, and keep yours."""
    path, mine = chapters.restore(options.chapter)
    print(f"{path} is the original again; yours is {mine}." if mine else f"{path} is the original.")


def progress(options: Namespace) -> None:
    """Take your answers along, bring them back, or list the results."""
    from ..widgets import kept
    from ..widgets.export import csv_bytes
    from .tasks import done, results, tasks

    if options.action == "show":
        for number, keys in tasks().items():
            print(f"chapter {number}: {sum(map(done, keys))} of {len(keys)}")
        print(kept.notice() or f"kept in {kept.where()}")
    elif options.file is None:
        raise ValueError(f"progress {options.action} needs the name of a file.")
    elif options.action == "import":
        print(f"{kept.include(options.file.read_bytes())} answers read.")
    else:
        table = kept.export() if options.action == "export" else csv_bytes(results(options.name))
        options.file.write_bytes(table)
        print(options.file)


def notebooks(options: Namespace) -> None:
    """Run the chapters and store their outputs."""
    from .notebooks import execute

    for path in [chapters.find(one) for one in options.chapter] or chapters.pages():
        print(f"{path.name}: {execute(path):.1f} s")


def handout(options: Namespace) -> None:
    """Write a chapter as one page to print, or all with a gallery."""
    from . import pages

    if options.chapter is None:
        print(*pages.write_site(options.out or Path("site")), sep="\n")
        return
    path = chapters.find(options.chapter)
    out = options.out or Path(f"{path.stem}.html")
    out.write_text(pages.handout(path), "utf-8")
    print(out)


def glossary(options: Namespace) -> None:
    """Write the words of the glossary, with small pictures, for the cards of the page."""
    from .glossary import write

    print(write())


def translate(options: Namespace) -> None:
    """Bring a translated chapter in line with its original, and list what is to do."""
    from . import translations

    code = options.lang or "ja"
    notebook = chapters.original(options.chapter)
    todo = translations.update(notebook, code, accept=options.accept)
    print(f"{translations.translated(notebook, code)}: {len(todo)} cells to do {' '.join(todo)}")
    for problem in translations.problems(notebook, code):
        print(f"  {problem}")


def reproduce(options: Namespace) -> None:
    """Compute a chapter's full-scale results and print paper versus ours."""
    from ..reproduce import runner

    chapter = chapters.chapter_of(chapters.original(options.chapter))
    if chapter is None:
        known = ", ".join(one.name for one in chapters.CHAPTERS)
        raise ValueError(f"chapter {options.chapter} has no full-scale run yet; there is: {known}.")
    runner.reproduce(chapter.name, options.tier, options.out, options.seed)


def train(options: Namespace) -> None:
    """Train the networks of a shipped model, or finish a run that was interrupted."""
    from ..reproduce import runner

    kind, _, name = options.model.partition("-")
    known = chapters.networks()
    if kind not in known:
        raise ValueError(f"there is no model {options.model!r}; a kind is: {', '.join(known)}.")
    runner.train(known[kind].name, name, options.tier, options.out, options.seed)


def generate(options: Namespace) -> None:
    """Make a dataset, or finish one that was interrupted."""
    from ..storage.dataset import generate as make

    known = chapters.datasets()
    if options.dataset not in known:
        raise ValueError(f"there is no dataset {options.dataset!r}; there is: {', '.join(known)}.")
    if options.workers is not None and options.workers < 1:
        raise ValueError(f"--workers is 1 or more, not {options.workers}.")
    recipe = function(known[options.dataset])(options.tier)
    command = (
        f"qmlcourse generate {options.dataset} --samples {options.samples} --tier {options.tier} "
        f"--seed {options.seed}"
    )
    make(
        recipe,
        options.samples,
        options.out,
        seed=options.seed,
        scheduler=options.scheduler,
        workers=options.workers,
        command=command,
    )
    print(f"{options.samples} samples in {options.out}")


def crystals(options: Namespace) -> None:
    """Compute the integrals of shipped crystals again (needs the extra [pbc])."""
    from ..nqs.library import CRYSTALS
    from ..reproduce.nqs_bands.crystals import make, ship

    for name in options.name or CRYSTALS:
        path = make(name, options.out)
        if options.ship:
            ship(name, path)


def function(place: str) -> Callable[..., Any]:
    """Return the function at ``"module:name"``; its module is imported only now."""
    module, name = place.split(":")
    return getattr(importlib.import_module(module), name)
