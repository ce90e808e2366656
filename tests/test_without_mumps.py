"""Kwant's fast solver is optional: tests and chapters run where it is missing."""

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def without_mumps(*command):
    """Run Python with MUMPS hidden from it and from the processes that it starts."""
    return subprocess.run(
        [sys.executable, *command],
        capture_output=True,
        text=True,
        cwd=HERE.parent,
        env={**os.environ, "PYTHONPATH": f"{HERE}{os.pathsep}{HERE.parent}"},
        check=False,
    )


def test_kwant_falls_back_and_says_so():
    """What the other tests of this file stand on: MUMPS is really hidden."""
    said = without_mumps(
        "-c", "import hide_mumps; from qmlcourse.course.doctor import kwant_solver as s; print(s())"
    )
    assert said.stdout.startswith("SuperLU")
    assert "MUMPS is not available" in said.stderr


def test_a_ring_agrees_with_kwant_without_mumps():
    said = without_mumps(
        *("-m", "pytest", "-p", "hide_mumps", "-q", "-p", "no:cacheprovider"),
        str(HERE / "transport/rings/test_chain_ring.py"),
    )
    assert said.returncode == 0, said.stdout


def test_a_chapter_that_imports_kwant_is_not_told_of_it():
    said = without_mumps(
        *("-W", "error", "-c"),
        "import hide_mumps\nimport qmlcourse.explorers\nimport kwant\nprint('ready')",
    )
    assert said.stdout == "ready\n", said.stderr
