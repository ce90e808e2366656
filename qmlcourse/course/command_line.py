"""The command `qmlcourse`: open, present, check and reproduce the course."""

import argparse
import importlib
import os
import subprocess
import sys
from pathlib import Path

from .. import LANGUAGES, __version__
from . import chapters

# chapter -> function run(tier, out, seed) that computes and prints its full-scale results
REPRODUCTIONS = {
    "ab_oscillations": "qmlcourse.reproduce.ab_oscillations.work:run",
    "ucf_fingerprints": "qmlcourse.reproduce.ucf_fingerprints.work:run",
    "anderson_classification": "qmlcourse.reproduce.anderson_classification.work:run",
    "ynet_inversion": "qmlcourse.reproduce.ynet_inversion.work:run",
    "haldane_rediscovery": "qmlcourse.reproduce.haldane_rediscovery.work:run",
    "nqs_bands": "qmlcourse.reproduce.nqs_bands.work:run",
    "hidden_self_energies": "qmlcourse.reproduce.hidden_self_energies.work:run",
}
# dataset -> function recipe(tier)
DATASETS = {
    "fingerprints": "qmlcourse.transport.wires.fingerprints:recipe",
    "wires-one": "qmlcourse.ynet.wires:recipe_one",
    "wires-two": "qmlcourse.ynet.wires:recipe_two",
    "wires-three": "qmlcourse.ynet.wires:recipe_three",
    "wires-symmetric": "qmlcourse.ynet.wires:recipe_symmetric",
}

# kind of model -> function train(name, tier, out, seed)
MODELS = {
    "metal": "qmlcourse.reproduce.anderson_classification.work:train",
    "ynet": "qmlcourse.reproduce.ynet_inversion.work:train",
}


def main(arguments=None):
    """Run a command; return 0, or 2 after one sentence that says what is wrong."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.run is None:
        parser.print_help()
        return 0
    if options.lang:
        os.environ["QMLCOURSE_LANG"] = options.lang
    try:
        options.run(options)
    except (ValueError, RuntimeError, OSError) as error:
        print(f"qmlcourse: {' '.join(str(error).split())}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nStopped; what is finished is kept.", file=sys.stderr)
        return 130
    return 0


def _parser():
    parser = argparse.ArgumentParser(prog="qmlcourse", description=__doc__)
    parser.add_argument("--version", action="version", version=f"qmlcourse {__version__}")
    parser.add_argument("--lang", choices=LANGUAGES, help="language of pages and interface")
    parser.set_defaults(run=None)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")

    def command(name, run, text, example):
        one = commands.add_parser(
            name,
            help=text,
            description=text[0].upper() + text[1:] + ".",
            epilog=f"example: {example}",
        )
        one.set_defaults(run=run)
        return one

    lab = command("lab", _lab, "open a chapter in JupyterLab", "qmlcourse lab 1")
    lab.add_argument("chapter", nargs="?", default="0", help="number or name; default 0, welcome")
    lab.add_argument("--no-browser", action="store_true", help="only print the address")

    show = command(
        "present", _present, "show a chapter full-window, for a lecture", "qmlcourse present 1"
    )
    show.add_argument("chapter", nargs="?", help="number or name; default: a page with all")
    show.add_argument("--port", type=int, help="default: one that is free")
    show.add_argument("--no-browser", action="store_true", help="only print the address")

    room = command(
        "serve",
        _serve,
        "show all chapters to a class, from one machine",
        "qmlcourse serve --viewers 20",
    )
    room.add_argument("--viewers", type=int, required=True, help="largest number of open pages")
    room.add_argument("--port", type=int, help="default: 8880, or one that is free")
    room.add_argument("--address", default="127.0.0.1", help="0.0.0.0 lets other machines in")
    room.add_argument("--idle", type=int, default=900, help="seconds until an idle kernel ends")

    check = command("doctor", _doctor, "say what this machine has", "qmlcourse doctor --short")
    check.add_argument("--short", action="store_true", help="two lines")
    check.add_argument("--licences", action="store_true", help="those of all dependencies")

    books = command(
        "notebooks",
        _notebooks,
        "run the chapters and store their outputs",
        "qmlcourse notebooks 1",
    )
    books.add_argument("chapter", nargs="*", help="numbers or names; default all")

    back = command(
        "restore",
        _restore,
        "give back the original of a chapter, and keep yours",
        "qmlcourse restore 1",
    )
    back.add_argument("chapter", help="number or name")

    paper = command(
        "handout",
        _handout,
        "write a chapter as one page to print, or all with a gallery",
        "qmlcourse handout 1",
    )
    paper.add_argument("chapter", nargs="?", help="number or name; default: all, and a gallery")
    paper.add_argument("--out", type=Path, help="file, or folder for all; default ./site")

    other = command(
        "translate",
        _translate,
        "bring a translated chapter in line with its original, and list what is to do",
        "qmlcourse --lang ja translate 3",
    )
    other.add_argument("chapter", help="number or name")
    other.add_argument("--accept", action="store_true", help="all texts are right as they are")

    redo = command(
        "reproduce",
        _reproduce,
        "compute a chapter's full-scale results and print paper versus ours",
        "qmlcourse reproduce ab_oscillations --tier laptop",
    )
    redo.add_argument("chapter", help="number or name")
    redo.add_argument("--tier", choices=("laptop", "gpu"), default="laptop")
    redo.add_argument("--out", type=Path, help="folder for results; default ./reproduce/...")
    redo.add_argument("--seed", type=int, default=0)

    make = command(
        "generate",
        _generate,
        "make a dataset, or finish one that was interrupted",
        "qmlcourse generate fingerprints --samples 20000 --out fingerprints.zarr",
    )
    make.add_argument("dataset", help=f"one of: {', '.join(DATASETS)}")
    make.add_argument("--samples", type=int, required=True, help="how many in all")
    make.add_argument("--out", type=Path, required=True, help="folder of the dataset (zarr)")
    make.add_argument("--tier", choices=("laptop", "gpu"), default="laptop")
    make.add_argument("--seed", type=int, default=0)
    make.add_argument("--scheduler", help="address of a Dask scheduler; default this machine")
    make.add_argument("--workers", type=int, help="threads on this machine; default all cores")

    learn = command(
        "train",
        _train,
        "train the networks of a shipped model, or finish a run that was interrupted",
        "qmlcourse train metal-small-8 --out networks",
    )
    learn.add_argument("model", help="KIND-RECIPE-SIZE, such as metal-small-12 or metal-paper-12")
    learn.add_argument("--tier", choices=("laptop", "gpu"), default="laptop")
    learn.add_argument("--out", type=Path, help="folder for weights; default ./train/...")
    learn.add_argument("--seed", type=int, default=0)

    mine = command(
        "progress",
        _progress,
        "take your answers along, bring them back, or list the results",
        "qmlcourse progress export answers.json",
    )
    mine.add_argument("action", choices=("show", "export", "import", "results"))
    mine.add_argument("file", nargs="?", type=Path, help="file to write or read")
    mine.add_argument("--name", default="", help="name on the results")

    solid = command(
        "crystals",
        _crystals,
        "compute the integrals of shipped crystals again (needs the extra [pbc])",
        "qmlcourse crystals polyacetylene-3 --out crystals",
    )
    solid.add_argument("name", nargs="*", help="names; default all")
    solid.add_argument("--out", type=Path, default=Path("crystals"), help="folder for the files")
    solid.add_argument("--ship", action="store_true", help="list the files among the shipped ones")
    return parser


def _lab(options):
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
    from .serving import environment

    ended = subprocess.run(command, env=environment(), check=False).returncode
    if ended:
        raise RuntimeError(f"JupyterLab ended with code {ended}.")


def _crystals(options):
    from ..nqs.library import CRYSTALS
    from ..reproduce.nqs_bands.crystals import make, ship

    for name in options.name or CRYSTALS:
        path = make(name, options.out)
        if options.ship:
            ship(name, path)


def _progress(options):
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


def _present(options):
    from .present import present

    target = chapters.find(options.chapter) if options.chapter else chapters.folder()
    present(target, port=options.port, browser=not options.no_browser)


def _serve(options):
    from .classroom import serve

    serve(
        chapters.folder(),
        options.viewers,
        port=options.port,
        address=options.address,
        idle=options.idle,
    )


def _doctor(options):
    from .doctor import licences, report

    print(licences() if options.licences else report(short=options.short))


def _notebooks(options):
    from .notebooks import execute

    wanted = [chapters.find(one) for one in options.chapter] or sorted(
        chapters.folder().glob("[0-9]*.ipynb")
    )
    for path in wanted:
        print(f"{path.name}: {execute(path):.1f} s")


def _restore(options):
    path, mine = chapters.restore(options.chapter)
    print(f"{path} is the original again; yours is {mine}." if mine else f"{path} is the original.")


def _handout(options):
    from . import pages

    if options.chapter is None:
        print(*pages.write_site(options.out or Path("site")), sep="\n")
        return
    path = chapters.find(options.chapter)
    out = options.out or Path(f"{path.stem}.html")
    out.write_text(pages.handout(path), "utf-8")
    print(out)


def _translate(options):
    from . import translations

    code = options.lang or "ja"
    notebook = chapters.original(options.chapter)
    todo = translations.update(notebook, code, accept=options.accept)
    print(f"{translations.translated(notebook, code)}: {len(todo)} cells to do {' '.join(todo)}")
    for problem in translations.problems(notebook, code):
        print(f"  {problem}")


def _reproduce(options):
    name = chapters.original(options.chapter).stem.split("_", 1)[1]
    if name not in REPRODUCTIONS:
        known = ", ".join(REPRODUCTIONS)
        raise ValueError(f"chapter {options.chapter} has no full-scale run yet; there is: {known}.")
    _function(REPRODUCTIONS[name])(options.tier, options.out, options.seed)


def _train(options):
    kind, _, name = options.model.partition("-")
    if kind not in MODELS:
        raise ValueError(f"there is no model {options.model!r}; a kind is: {', '.join(MODELS)}.")
    _function(MODELS[kind])(name, options.tier, options.out, options.seed)


def _generate(options):
    from ..storage.dataset import generate

    if options.dataset not in DATASETS:
        known = ", ".join(DATASETS)
        raise ValueError(f"there is no dataset {options.dataset!r}; there is: {known}.")
    if options.workers is not None and options.workers < 1:
        raise ValueError(f"--workers is 1 or more, not {options.workers}.")
    recipe = _function(DATASETS[options.dataset])(options.tier)
    command = (
        f"qmlcourse generate {options.dataset} --samples {options.samples} --tier {options.tier} "
        f"--seed {options.seed}"
    )
    generate(
        recipe,
        options.samples,
        options.out,
        seed=options.seed,
        scheduler=options.scheduler,
        workers=options.workers,
        command=command,
    )
    print(f"{options.samples} samples in {options.out}")


def _function(place):
    """The function at 'package.module:name', imported only now."""
    module, name = place.split(":")
    return getattr(importlib.import_module(module), name)


if __name__ == "__main__":
    sys.exit(main())
