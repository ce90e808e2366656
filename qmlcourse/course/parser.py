"""The words that the command `qmlcourse` takes; `actions.py` holds what they do."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .. import LANGUAGES, __version__
from . import actions, chapters

Options = argparse.Namespace
_CHAPTER = "number or name"


def make_parser() -> argparse.ArgumentParser:
    """Build the parser; parsed options hold the function to call as ``run`` (None without one)."""
    parser = argparse.ArgumentParser(
        prog="qmlcourse", description="Open, present, check and reproduce the course."
    )
    parser.add_argument("--version", action="version", version=f"qmlcourse {__version__}")
    parser.add_argument("--lang", choices=LANGUAGES, help="language of pages and interface")
    parser.set_defaults(run=None)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for add in (_add_showing, _add_keeping, _add_pages, _add_computing):
        add(commands)
    return parser


def _command(
    commands: Any, run: Callable[[Options], None], example: str
) -> argparse.ArgumentParser:
    """Add the command that is named like its action, with the action's docstring as its help."""
    text = run.__doc__ or ""
    parser = commands.add_parser(
        run.__name__,
        help=text[:1].lower() + text[1:].rstrip("."),
        description=text,
        epilog=f"example: qmlcourse {example}",
    )
    parser.set_defaults(run=run)
    return parser


def _add_showing(commands: Any) -> None:
    lab = _command(commands, actions.lab, "lab 1")
    lab.add_argument("chapter", nargs="?", default="0", help=f"{_CHAPTER}; default 0, welcome")
    lab.add_argument("--no-browser", action="store_true", help="only print the address")

    show = _command(commands, actions.present, "present 1")
    show.add_argument("chapter", nargs="?", help=f"{_CHAPTER}; default: a page with all")
    show.add_argument("--port", type=int, help="default: one that is free")
    show.add_argument("--no-browser", action="store_true", help="only print the address")

    room = _command(commands, actions.serve, "serve --viewers 20")
    room.add_argument("--viewers", type=int, required=True, help="largest number of open pages")
    room.add_argument("--port", type=int, help="default: 8880, or one that is free")
    room.add_argument("--address", default="127.0.0.1", help="0.0.0.0 lets other machines in")
    room.add_argument("--idle", type=int, default=900, help="seconds until an idle kernel ends")

    check = _command(commands, actions.doctor, "doctor --short")
    check.add_argument("--short", action="store_true", help="two lines")
    check.add_argument("--licences", action="store_true", help="those of all dependencies")


def _add_keeping(commands: Any) -> None:
    back = _command(commands, actions.restore, "restore 1")
    back.add_argument("chapter", help=_CHAPTER)

    mine = _command(commands, actions.progress, "progress export answers.json")
    mine.add_argument("action", choices=("show", "export", "import", "results"))
    mine.add_argument("file", nargs="?", type=Path, help="file to write or read")
    mine.add_argument("--name", default="", help="name on the results")


def _add_pages(commands: Any) -> None:
    books = _command(commands, actions.notebooks, "notebooks 1")
    books.add_argument("chapter", nargs="*", help="numbers or names; default all")

    paper = _command(commands, actions.handout, "handout 1")
    paper.add_argument("chapter", nargs="?", help=f"{_CHAPTER}; default: all, and a gallery")
    paper.add_argument("--out", type=Path, help="file, or folder for all; default ./site")

    _command(commands, actions.glossary, "glossary")

    other = _command(commands, actions.translate, "--lang ja translate 3")
    other.add_argument("chapter", help=_CHAPTER)
    other.add_argument("--accept", action="store_true", help="all texts are right as they are")


def _add_computing(commands: Any) -> None:
    redo = _command(commands, actions.reproduce, "reproduce ab_oscillations --tier laptop")
    redo.add_argument("chapter", help=_CHAPTER)
    redo.add_argument("--out", type=Path, help="folder for results; default ./reproduce/...")

    make = _command(
        commands, actions.generate, "generate fingerprints --samples 20000 --out fingerprints.zarr"
    )
    make.add_argument("dataset", help=f"one of: {', '.join(chapters.datasets())}")
    make.add_argument("--samples", type=int, required=True, help="how many in all")
    make.add_argument("--out", type=Path, required=True, help="folder of the dataset (zarr)")
    make.add_argument("--scheduler", help="address of a Dask scheduler; default this machine")
    make.add_argument("--workers", type=int, help="threads on this machine; default all cores")

    learn = _command(commands, actions.train, "train metal-small-8 --out networks")
    learn.add_argument("model", help="KIND-RECIPE-SIZE, such as metal-small-12 or metal-paper-12")
    learn.add_argument("--out", type=Path, help="folder for weights; default ./train/...")

    for one in (redo, make, learn):
        one.add_argument("--tier", choices=("laptop", "gpu"), default="laptop")
        one.add_argument("--seed", type=int, default=0)

    solid = _command(commands, actions.crystals, "crystals polyacetylene-3 --out crystals")
    solid.add_argument("name", nargs="*", help="names; default all")
    solid.add_argument("--out", type=Path, default=Path("crystals"), help="folder for the files")
    solid.add_argument("--ship", action="store_true", help="list the files among the shipped ones")
