"""Files and bookmarks of version 1.0 still load, and mean what they meant.

`make_files.py` wrote them, with the code of 1.0.
"""

import importlib
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from fresh_kernel import forget, progress_at

from qmlcourse.anderson.classifier import Classifier
from qmlcourse.course import chapters
from qmlcourse.course.tasks import done, results, tasks
from qmlcourse.widgets import Explorer, Prediction, kept
from qmlcourse.widgets.answers import Answer, Tries
from qmlcourse.widgets.progress_file import ProgressFile
from qmlcourse.ynet.reader import Reader

FILES = Path(__file__).with_name("version_1_0")
BOOKMARKS = json.loads((FILES / "bookmarks.json").read_text("utf-8"))
NETWORKS = json.loads((FILES / "networks.json").read_text("utf-8"))
ANSWERS = json.loads((FILES / "progress.json").read_text("utf-8"))["answers"]


@pytest.fixture(scope="module")
def explorers():
    """The explorers of today, by name."""
    rooms = [
        importlib.import_module(f"qmlcourse.explorers.{one.name}") for one in chapters.CHAPTERS
    ]
    return {
        one.name: one
        for room in rooms
        for one in vars(room).values()
        if isinstance(one, type) and issubclass(one, Explorer)
    }


@pytest.fixture
def place(tmp_path, monkeypatch):
    """The progress file of 1.0 where a fresh kernel of today looks for its own."""
    path = tmp_path / "progress.json"
    path.write_bytes((FILES / "progress.json").read_bytes())
    with progress_at(path, monkeypatch):
        yield path


def plain(state):
    """A state as JSON holds it."""
    return json.loads(json.dumps(state, default=lambda value: value.tolist()))


@pytest.mark.parametrize("name", BOOKMARKS)
def test_a_bookmark_gives_the_state_that_it_gave(explorers, name):
    for mark, state in BOOKMARKS[name]:
        one = explorers[name]()
        one.set_state(mark)
        now = plain(one.state())
        assert {key: now[key] for key in state} == state, mark
        assert {key: now[key] for key in set(now) - set(state)} == {
            key: value for key, value in plain(one.defaults()).items() if key not in state
        }


def test_there_is_a_bookmark_of_each_explorer_of_1_0():
    assert len(BOOKMARKS) == 52
    assert all(len(states) >= 2 for states in BOOKMARKS.values())


def test_a_progress_file_is_read_whole(place):
    assert kept.notice() == ""
    assert set(kept.everything()) == set(ANSWERS)
    kinds = {entry["kind"] for entry in ANSWERS.values()}
    assert kinds == {"choice", "tries", "curve"}
    for key, entry in ANSWERS.items():
        found = kept.kept(key)
        if entry["kind"] == "choice":
            assert found == Answer(entry["choice"], entry["confidence"])
        elif entry["kind"] == "tries":
            assert found == Tries(entry["wrong"], entry["solved"], entry["day"])
        else:
            np.testing.assert_array_equal(found, [entry["x"], entry["y"]])
    assert json.loads(kept.export())["answers"] == ANSWERS


def test_every_task_of_1_0_is_a_task_of_today_and_counts_as_it_did(place):
    every = [key for keys in tasks().values() for key in keys]
    asked = {key for key, entry in ANSWERS.items() if entry["kind"] != "curve"}
    assert asked <= set(every)
    for key in asked:
        assert done(key) == ANSWERS[key].get("solved", True)
    table = results("Ada")
    assert [row for row in table["task"] if row in asked] == [key for key in every if key in asked]


# predictions whose options were wrong in 1.0
MENDED = {"hidden-peak"}


def test_predictions_of_1_0_stand_in_their_cards(place):
    """The words of the options are those that were chosen from."""
    for one in chapters.CHAPTERS:
        questions = importlib.import_module(f"qmlcourse.explorers.{one.name}.questions")
        for name, make in vars(questions).items():
            if name.startswith("predict_"):
                card = make()
                card = card if isinstance(card, Prediction) else card.children[0]
                assert card.choice.disabled
                known = [value for _, value in card.choice.options]
                said = ANSWERS[card.key]["choice"]
                # an answer in words that were wrong and are mended is kept, and marks no option
                assert card.choice.value == (said if card.key not in MENDED else None)
                assert (said in known) is (card.key not in MENDED)


def test_an_export_comes_back_into_an_empty_course(place):
    place.unlink()
    forget()
    content = (FILES / "export.json").read_bytes()
    assert kept.include(content) == len(ANSWERS)
    assert set(ProgressFile(place).read()) == set(ANSWERS)


def test_a_file_that_1_0_shares_is_written_so_that_1_0_reads_it(place):
    """The form of the file is the one of 1.0: the same version, the same kinds."""
    kept.keep("ab-new", Tries(1, False))
    book = json.loads(place.read_text("utf-8"))
    assert set(book) == {"qmlcourse", "answers"}
    assert book["qmlcourse"] == 1
    assert book["answers"] == {
        **ANSWERS,
        "ab-new": {"kind": "tries", "wrong": 1, "solved": False, "day": ""},
    }


def test_a_classifier_says_what_it_said():
    made = Classifier.from_bytes((FILES / "classifier.safetensors").read_bytes())
    density = torch.tensor(NETWORKS["density"], dtype=torch.float64)
    found = made.probabilities(density)
    np.testing.assert_allclose(found, NETWORKS["probabilities"], atol=1e-6)


def test_a_reader_says_what_it_said():
    made = Reader.from_bytes((FILES / "reader.safetensors").read_bytes())
    found = made.decode(np.array(NETWORKS["trace"]))
    np.testing.assert_allclose(found.latent, NETWORKS["latent"], atol=1e-5)
    assert found.density.sum() == pytest.approx(NETWORKS["density_sum"], rel=1e-5)
    assert found.distance == pytest.approx(NETWORKS["distance"], rel=1e-5)
    assert found.position_spread == pytest.approx(NETWORKS["position_spread"], rel=1e-5)
    assert made.flow.settings["hidden"] == 8
