"""The files around the code agree with each other and with what the README promises."""

import json
import os
import re
import stat
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import Version

ROOT = Path(__file__).parents[1]
# what a package is called on conda-forge
CONDA = {
    "torch": "pytorch-cpu",
    "matplotlib": "matplotlib-base",
    "dask": "dask-core",
    "lightning-fabric": "lightning",
}


def project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def environment():
    return yaml.safe_load((ROOT / "environment.yml").read_text())


def pins():
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pairs = (line.split("==") for line in lines if line and not line.startswith("#"))
    return {name.lower().replace("_", "-"): Version(version) for name, version in pairs}


def conda_ranges():
    found = {}
    lines = environment()["dependencies"]
    for line in [*filter(lambda one: isinstance(one, str), lines), *from_pypi()]:
        name, constraint = re.match(r"([a-z0-9_-]+)(.*)", line).groups()
        found[name] = constraint
    return found


def from_pypi():
    """What conda-forge does not have; plain Python without requirements that conda has not met."""
    return next(one["pip"] for one in environment()["dependencies"] if isinstance(one, dict))


def test_binder_reads_the_same_environment():
    assert (ROOT / "binder/environment.yml").read_bytes() == (ROOT / "environment.yml").read_bytes()
    assert environment()["channels"] == ["conda-forge", "nodefaults"]
    assert from_pypi() == ["fsrs>=6.3"]


def test_every_requirement_is_in_conda_and_in_the_constraints():
    conda, fixed = conda_ranges(), pins()
    for text in project()["dependencies"]:
        wanted = Requirement(text)
        there = CONDA.get(wanted.name, wanted.name)
        assert SpecifierSet(conda[there]) == wanted.specifier, wanted.name
        assert wanted.specifier.contains(fixed[wanted.name]), wanted.name


def test_what_the_tests_need_is_pinned():
    for text in project()["optional-dependencies"]["test"]:
        wanted = Requirement(text)
        assert wanted.specifier.contains(pins()[wanted.name]), wanted.name


def test_the_python_of_conda_is_one_that_the_project_takes():
    assert conda_ranges()["python"] == "=3.12"
    assert SpecifierSet(project()["requires-python"]).contains("3.12")


def test_versions_agree():
    from qmlcourse import __version__

    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert __version__ == project()["version"] == citation["version"]
    assert (ROOT / "CHANGELOG.md").read_text().split("\n## ")[1].startswith(__version__)
    pages = [ROOT / "README.md", *(ROOT / "chapters").glob("**/0*.ipynb")]
    named = [re.findall(r"qmlcourse/qmlcourse/v([\d.]+)\?", page.read_text()) for page in pages]
    assert {one for page in named for one in page} == {__version__}
    assert sum(map(len, named)) >= 8


def test_binder_builds_what_is_meant():
    """repo2docker writes the Dockerfile without building it."""
    said = subprocess.run(
        [
            *(sys.executable, "-m", "repo2docker", "--no-build", "--debug"),
            *("--user-id", "1000", "--user-name", "student", str(ROOT)),
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    text = said.stdout + said.stderr
    assert "binder/environment.yml" in text
    assert "binder/postBuild" in text
    assert "binder/start" in text
    assert "3.12" in text
    assert "unspecified" not in text


def test_post_build_stops_at_the_first_error():
    script = ROOT / "binder/postBuild"
    lines = script.read_text().splitlines()
    assert lines[0] == "#!/bin/bash"
    assert "set -e" in lines
    assert script.stat().st_mode & stat.S_IXUSR
    config = json.loads((ROOT / "binder/voila.json").read_text())
    assert config["VoilaConfiguration"]["template"] == "qmlcourse"


def test_binder_starts_with_one_thread():
    script = ROOT / "binder/start"
    assert script.stat().st_mode & stat.S_IXUSR
    said = subprocess.run(
        [script, "sh", "-c", "echo $OMP_NUM_THREADS"], capture_output=True, text=True, check=True
    )
    assert said.stdout == "1\n"


def seconds_to(code):
    """Best of three of a fresh interpreter, without the start of Python itself."""

    def run(what):
        script = f"import time; t = time.perf_counter(); {what}; print(time.perf_counter() - t)"
        said = subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT
        )
        return float(said.stdout.split()[-1])

    return min(run(code) for _ in range(3))


def test_importing_the_package_and_the_help_are_instant():
    assert seconds_to("import qmlcourse") < 0.5
    help_text = "from qmlcourse.course.parser import make_parser; make_parser().format_help()"
    assert seconds_to(help_text) < 0.5


def test_chapter_one_opens_without_torch():
    script = (
        "import sys; from qmlcourse.explorers import ab_oscillations as ab; ab.RingExplorer().data;"
        "print('torch' in sys.modules, 'kwant' in sys.modules)"
    )
    said = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert said.stdout.split() == ["False", "False"]


def test_the_readme_names_the_two_commands_first_and_what_it_shows_is_there():
    text = (ROOT / "README.md").read_text()
    assert text.index("make course") < text.index("make test") < 2500
    for target in re.findall(r"\]\((?!http|#)([^)]+)\)", text):
        assert (ROOT / target).exists(), target


def test_no_page_of_ours_asks_a_foreign_server():
    folder = ROOT / "qmlcourse/share/jupyter/voila/templates/qmlcourse"
    front = [*folder.rglob("*"), *(ROOT / "qmlcourse/widgets").glob("*.js")]
    front += (ROOT / "qmlcourse/widgets").glob("*.css")
    for path in front:
        if path.is_file():
            assert not re.search(r"https?://(?!www\.w3\.org)", path.read_text()), path


def run_cli(*arguments, cwd=ROOT):
    return subprocess.run(
        [sys.executable, "-m", "qmlcourse.course.command_line", *arguments],
        capture_output=True,
        text=True,
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
        timeout=120,  # a command that should refuse must not serve for ever
    )


@pytest.mark.parametrize(
    "command", ["lab", "present", "doctor", "notebooks", "reproduce", "crystals", "train"]
)
def test_each_command_has_help_with_an_example(command):
    said = run_cli(command, "--help")
    assert said.returncode == 0
    assert f"example: qmlcourse {command}" in said.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["lab", "9"], "chapter 9 does not exist; there are: 0 welcome, 1 ab_oscillations"),
        (["present", "nothing"], "does not exist"),
        (["reproduce", "0"], "no full-scale run yet"),
        (["train", "dog-small-8"], "a kind is: metal"),
        (["train", "metal-huge-8"], "there is small-8"),
        (["reproduce", "1", "--tier", "cluster"], "invalid choice"),
        (["fly"], "invalid choice"),
    ],
)
def test_errors_are_one_sentence_and_exit_code_two(arguments, words):
    said = run_cli(*arguments)
    assert said.returncode == 2
    assert words in said.stderr
    assert "Traceback" not in said.stderr


def test_a_chapter_still_to_come_is_told_from_one_that_never_was(tmp_path):
    (tmp_path / "chapters").mkdir()
    (tmp_path / "chapters" / "00_welcome.ipynb").write_text("{}")
    for wanted, words in [("7", "chapter 7 is in preparation"), ("8", "chapter 8 does not exist")]:
        said = run_cli("present", wanted, "--no-browser", cwd=tmp_path)
        assert said.returncode == 2
        assert f"{words}; there are: 0 welcome." in said.stderr


def test_a_taken_port_is_said():
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        said = run_cli("present", "1", "--no-browser", "--port", str(taken.getsockname()[1]))
    assert said.returncode == 2
    assert "is in use" in said.stderr


def test_doctor_tells_versions_solver_and_devices():
    text = run_cli("doctor").stdout
    for word in ("kwant", "voila", "torch devices", "CPU", "voila template  found"):
        assert word in text
    short = run_cli("doctor", "--short").stdout.strip().splitlines()
    assert len(short) == 2


def test_outside_of_a_checkout_the_chapters_are_still_found():
    assert run_cli("lab", "9", cwd="/").returncode == 2
    assert "there are" in run_cli("lab", "9", cwd="/").stderr


def _some_widgets():
    """Cells of chapter 1 that show an explorer and a question: import, explorer, question."""
    book = json.loads((ROOT / "chapters/01_ab_oscillations.ipynb").read_text())
    code = [cell for cell in book["cells"] if cell["cell_type"] == "code"]
    wanted = ("import ab_oscillations", "OneChannelExplorer", "half_quantum")
    return [next(c for c in code if name in "".join(c["source"])) for name in wanted]


def test_notebooks_command_stores_the_same_bytes_twice(tmp_path):
    from qmlcourse.course.notebooks import execute

    book = json.loads((ROOT / "chapters/00_welcome.ipynb").read_text())
    book["cells"] = [cell for cell in book["cells"] if "machine()" not in "".join(cell["source"])]
    book["cells"][-1:] = [dict(cell, id=f"w{n}") for n, cell in enumerate(_some_widgets())]
    copies = []
    for name in ("a.ipynb", "b.ipynb"):
        path = tmp_path / name
        path.write_text(json.dumps(book))
        execute(path)
        copies.append(path.read_bytes())
    assert copies[0] == copies[1]
