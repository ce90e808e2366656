"""Answers outlive the kernel, two kernels share one file, and no file is ever lost."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock
from fresh_kernel import forget, progress_at

from qmlcourse.widgets import Prediction, Sketch, ask_choice, checks, kept, progress_file
from qmlcourse.widgets.answers import Answer, Tries
from qmlcourse.widgets.progress_file import ProgressFile


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A file of its own, as a fresh kernel finds it."""
    with progress_at(tmp_path / "home" / "progress.json", monkeypatch) as path:
        yield path


def predict(answer="It stays"):
    asked = Prediction("What happens?", ["It doubles", "It stays"], "p")
    asked.choice.value = answer
    asked.button.click()
    return asked


def test_answers_outlive_the_kernel(place):
    predict()
    sketch = Sketch("Draw", "s", points=5)
    sketch.move(0.0, 0.2)
    sketch.move(1.0, 0.6)
    sketch.keep()
    asked = ask_choice("2 + 2?", ["4", "5"], key="e", right="4")
    asked.field.value = "5"
    asked.button.click()
    asked.field.value = "4"
    asked.button.click()
    forget()
    again = Prediction("What happens?", ["It doubles", "It stays"], "p")
    assert (again.choice.value, again.choice.disabled) == ("It stays", True)
    np.testing.assert_allclose(kept.kept("s")[1], [0.2, 0.3, 0.4, 0.5, 0.6])
    tries = kept.kept("e")
    assert (tries.wrong, tries.solved) == (1, True)
    assert "solved this" in ask_choice("2 + 2?", ["4", "5"], key="e", right="4").status.text
    assert "4" not in json.loads(place.read_text())["answers"]["e"].values()  # no answer in it


def test_a_prediction_in_other_words_is_still_shown(place):
    kept.keep("p", Answer("It vanishes", "certain"))
    again = Prediction("What happens?", ["It doubles", "It stays"], "p")
    assert again.choice.disabled
    assert "It vanishes (certain)" in again.status.text


def test_two_kernels_write_into_one_file(place):
    kept.keep("mine", Tries(0, True, "2026-01-01"))
    ProgressFile(place).put({"theirs": Tries(2, False)})
    kept.keep("also mine", Tries(1, False))
    assert set(ProgressFile(place).read()) == {"mine", "theirs", "also mine"}


def test_kernels_that_write_at_once_lose_nothing(place):
    code = (
        "import sys; from qmlcourse.widgets.progress_file import ProgressFile\n"
        "from qmlcourse.widgets.answers import Tries\n"
        "one = ProgressFile(sys.argv[1])\n"
        "for n in range(25): one.put({f'{sys.argv[2]}-{n}': Tries(n, False)})"
    )
    kernels = [
        subprocess.Popen([sys.executable, "-c", code, str(place), name]) for name in ("a", "b", "c")
    ]
    assert [one.wait(60) for one in kernels] == [0, 0, 0]
    assert len(ProgressFile(place).read()) == 75


@pytest.fixture
def held(place, monkeypatch):
    """The lock of the progress file in the hands of another program."""
    monkeypatch.setattr(progress_file, "PATIENCE", 0.3)
    place.parent.mkdir()
    with FileLock(f"{place}.lock") as lock:
        yield lock


def test_a_file_that_is_held_is_said_and_nothing_is_lost(place, held):
    start = time.monotonic()
    kept.keep("first", Tries(0, True, "2026-01-01"))
    assert 0.25 < time.monotonic() - start < 3
    assert kept.notice().startswith("Another program holds your progress file")
    assert kept.notice().count(".") == 2  # one sentence, and the dot of progress.json
    assert kept.kept("first").solved
    assert not place.exists()
    start = time.monotonic()
    kept.keep("second", Tries(1, False))
    assert time.monotonic() - start < 0.25  # it was in vain before: no second long wait
    held.release()
    ProgressFile(place).put({"theirs": Tries(2, False)})
    kept.keep("third", Tries(3, False))
    assert set(ProgressFile(place).read()) == {"first", "second", "third", "theirs"}
    assert kept.notice() == ""


def test_what_waits_is_written_when_the_kernel_ends(place, held):
    code = (
        "import sys; from qmlcourse.widgets import kept, progress_file\n"
        "from qmlcourse.widgets.answers import Tries\n"
        "progress_file.PATIENCE = 0.1\n"
        "kept.keep('late', Tries(1, False)); print(kept.notice(), flush=True); sys.stdin.read()"
    )
    kernel = subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "QMLCOURSE_PROGRESS": str(place)},
    )
    assert "Another program holds" in kernel.stdout.readline()
    held.release()
    kernel.communicate(timeout=30)
    assert set(ProgressFile(place).read()) == {"late"}


def test_a_file_that_cannot_be_read_is_not_written_over(place, monkeypatch):
    kept.keep("p", Answer("It stays", "certain"))
    content = place.read_bytes()

    def refuse(path):
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_bytes", refuse)
        kept.keep("e", Tries(1, False))
        assert "Permission denied" in kept.notice()
    assert place.read_bytes() == content
    kept.keep("f", Tries(1, False))
    assert set(ProgressFile(place).read()) == {"p", "e", "f"}


@pytest.mark.parametrize(
    "content",
    [
        b"{ half a file",
        b"\xff\xfe\x00",
        b"[]",
        b'{"qmlcourse": 1, "answers": {"p": {"kind": "code"}}}',
        b'{"qmlcourse": 1, "answers": {"p": {"kind": "tries", "wrong": -1, "solved": true}}}',
        b'{"qmlcourse": 1, "answers": {"s": {"kind": "curve", "x": [0, 1], "y": [0, NaN]}}}',
        b'{"qmlcourse": 99, "answers": {}}',
        b"[" * 100_000,
    ],
    ids=["torn", "binary", "list", "kind", "count", "curve", "newer", "deep"],
)
def test_a_bad_file_is_set_aside_and_named(place, content):
    place.parent.mkdir()
    place.write_bytes(content)
    assert kept.everything() == {}
    (aside,) = place.parent.glob("progress-*.json")
    assert aside.read_bytes() == content
    assert aside.name in kept.notice()
    predict()
    assert set(ProgressFile(place).read()) == {"p"}
    assert aside.exists()


def test_export_and_import_join_what_is_known(place):
    kept.keep("p", Answer("It stays", "certain"))
    kept.keep("e", Tries(3, True, "2026-01-01"))
    kept.keep("f", Tries(2, False))
    content = kept.export()
    kept.clear()
    assert list(place.parent.glob("progress-*.json"))  # set aside, not deleted
    kept.keep("f", Tries(0, True, "2026-02-02"))
    assert kept.include(content) == 3
    assert kept.kept("e").wrong == 3
    assert kept.kept("f") == Tries(0, True, "2026-02-02")  # solved here stays solved
    with pytest.raises(ValueError, match="not a progress file"):
        kept.include(b"<html>")


def test_a_folder_that_cannot_be_written_is_said_once_and_nothing_breaks(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("QMLCOURSE_PROGRESS", str(tmp_path / "file" / "progress.json"))
    forget()
    asked = predict()
    assert asked.choice.disabled
    assert "cannot be" in kept.notice()
    forget()
    kept._file.append(None)


def test_code_counts_when_its_verdict_is_shown(place):
    @checks.filed("code")
    def check(value):
        return checks.number(value, 4.0)

    check(4.0)  # a solution cell computes it and shows nothing
    assert kept.kept("code") is None
    check(5.0)._repr_html_()
    check(4.0)._repr_html_()
    assert (kept.kept("code").wrong, kept.kept("code").solved) == (1, True)


def test_a_key_means_one_thing_in_the_whole_course():
    import ast

    from qmlcourse.course.tasks import tasks

    every = [key for keys in tasks().values() for key in keys]
    assert len(set(every)) == len(every) >= 90
    rooms = Path(kept.__file__).parents[1] / "explorers"
    kinds = {}
    for path in rooms.glob("*/*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            called = getattr(node.func, "id", getattr(node.func, "attr", ""))
            keys = [word.value for word in node.keywords if word.arg == "key"]
            keys += node.args[:1] if called == "filed" else []
            for key in keys:
                if isinstance(key, ast.Constant):
                    kinds.setdefault(key.value, []).append(called)
    assert {key: where for key, where in kinds.items() if len(where) > 1} == {}
    assert set(every) <= set(kinds)
