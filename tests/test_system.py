"""What the set-up asks of the system: named in one line, asked once, installed without a question
in CI; each step shows that it moves."""

import os
import pty
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

CI = Path(__file__).parents[1] / ".ci"
TOOLS = ["cut", "sort", "tr", "sed", "id", "ls", "cat", "grep", "head", "tail", "date", "sleep"]
TOOLS += ["mktemp", "rm", "tput"]


@pytest.fixture
def bare(tmp_path):
    """A PATH with the plainest tools and nothing that the set-up needs."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in TOOLS:
        if found := shutil.which(name):
            (folder / name).symlink_to(found)
    return folder


def add(folder, name, text):
    path = folder / name
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


def with_apt(folder):
    """An apt-get that writes down what it is asked for, and a Python that is complete."""
    add(folder, "apt-get", f'echo "$*" >> {folder.parent}/asked')
    add(folder, "sudo", 'exec "$@"')
    (folder / "python3.11").symlink_to(sys.executable)


def ask(bare, part="test", **options):
    return subprocess.run(
        ["/bin/sh", str(CI / "system.sh"), part],
        capture_output=True,
        text=True,
        cwd=bare.parent,
        env={"PATH": str(bare), **options.pop("env", {})},
        check=False,
        stdin=options.pop("stdin", subprocess.DEVNULL),
    )


def asked(bare):
    path = bare.parent / "asked"
    return path.read_text().splitlines() if path.exists() else []


def test_elsewhere_one_sentence_names_all_that_is_missing(bare):
    said = ask(bare)
    assert said.returncode == 1
    assert len(said.stderr.strip().splitlines()) == 1
    for thing in ("Python 3.11 or newer", "C++ compiler", "Chromium", "git"):
        assert thing in said.stderr


def test_for_the_course_alone_no_browser_is_asked_for(bare):
    assert "Chromium" not in ask(bare, "course").stderr
    assert "C++ compiler" in ask(bare, "course").stderr


def test_without_a_terminal_the_command_is_said_and_nothing_installed(bare):
    with_apt(bare)
    said = ask(bare)
    assert said.returncode == 1
    assert "apt-get install build-essential chromium" in said.stderr
    assert asked(bare) == []


def test_in_ci_packages_are_installed_without_a_question(bare):
    with_apt(bare)
    said = ask(bare, env={"CI": "true"})
    assert said.returncode == 0, said.stderr
    update, install = asked(bare)
    assert update.startswith("update")
    for package in ("build-essential", "chromium", "git"):
        assert package in install.split()
    assert "python3" not in install.split()


@pytest.mark.parametrize(("answer", "installed"), [("\n", True), ("y\n", True), ("n\n", False)])
def test_at_a_terminal_it_asks_once(bare, answer, installed):
    with_apt(bare)
    ours, theirs = pty.openpty()
    os.write(ours, answer.encode())
    said = ask(bare, stdin=theirs)
    os.close(ours)
    os.close(theirs)
    assert said.stderr.count("Install them now? [Y/n]") == 1
    assert bool(asked(bare)) is installed
    assert (said.returncode == 0) is installed


def test_what_is_built_already_needs_no_compiler(bare):
    with_apt(bare)
    for name in ("git", "chromium"):
        add(bare, name, "exit 0")
    assert ask(bare).returncode == 1
    (bare.parent / ".venv").mkdir()
    (bare.parent / ".venv" / ".kwant").touch()
    assert ask(bare).returncode == 0


def test_an_old_python_is_not_taken(bare):
    with_apt(bare)
    (bare / "python3.11").unlink()
    add(bare, "python3", "exit 1")
    assert "Python 3.11 or newer" in ask(bare, "course").stderr


def step(*command):
    return subprocess.run(
        ["/bin/sh", str(CI / "step.sh"), "2 of 4: a step", *command],
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_step_says_what_it_did_and_how_long_it_took():
    said = step("sh", "-c", "echo much; echo more")
    assert said.returncode == 0
    assert said.stdout == ""
    assert said.stderr == "2 of 4: a step: 0 s\n" or said.stderr.startswith("2 of 4: a step: 1")


def test_a_failed_step_shows_its_last_words_and_keeps_its_code():
    said = step("sh", "-c", "echo the compiler is missing; exit 7")
    assert said.returncode == 7
    assert "the compiler is missing" in said.stderr
    assert "2 of 4: a step failed" in said.stderr
