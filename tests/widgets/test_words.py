"""The interface speaks two languages, and neither lacks a word that the other has."""

import ast
import importlib
from pathlib import Path

import pytest

from qmlcourse.widgets import Explorer, Prediction, ask_choice, ask_number, words

ROOT = Path(words.__file__).parents[1]
ENTRIES = words.catalogue("ja")
ROOMS = sorted(
    path.name for path in (ROOT / "explorers").iterdir() if (path / "recall.py").exists()
)


@pytest.fixture
def japanese(monkeypatch):
    monkeypatch.setenv("QMLCOURSE_LANG", "ja")


def test_the_language_comes_from_the_environment_or_the_folder(monkeypatch, tmp_path):
    monkeypatch.delenv("QMLCOURSE_LANG", raising=False)
    assert words.language() == "en"
    (tmp_path / "ja").mkdir()
    monkeypatch.chdir(tmp_path / "ja")
    assert words.language() == "ja"
    monkeypatch.setenv("QMLCOURSE_LANG", "en")
    assert words.language() == "en"
    monkeypatch.setenv("QMLCOURSE_LANG", "../../etc")
    assert words.language() == "en"


def test_gaps_are_filled_and_unknown_texts_stay(japanese):
    assert words.say("Check") == "確認"
    assert words.say("curve.csv is read.") == "curve.csv を読み込みました。"
    assert words.say("Off by a power of ten (10^3): check the units.").startswith(
        "10 の累乗 (10^3)"
    )
    assert words.say("no entry for this") == "no entry for this"
    assert words.say("") == ""


def test_the_catalogue_is_well_formed_and_no_entry_waits():
    from babel.messages.pofile import read_po

    with (words.LOCALE / "ja" / "LC_MESSAGES" / "qmlcourse.po").open("rb") as file:
        found = [one for one in read_po(file, abort_invalid=True) if one.id]
    assert len(found) == len(ENTRIES) >= 600
    assert not any(one.fuzzy or not one.string for one in found)


def test_both_languages_have_the_same_gaps_and_none_is_empty():
    for text, translated in ENTRIES.items():
        assert sorted(words.gaps(text)) == sorted(words.gaps(translated)), text
        assert translated.strip(), text


def test_every_label_of_every_explorer_has_an_entry():
    missing = set()
    for room in ROOMS:
        for one in vars(importlib.import_module(f"qmlcourse.explorers.{room}")).values():
            if not (isinstance(one, type) and issubclass(one, Explorer)):
                continue
            missing |= {one.title} - set(ENTRIES)
            for trait in one.class_traits().values():
                control = trait.metadata.get("control")
                if control is None:
                    continue
                labels = {control.label, *(label for label, _ in getattr(control, "options", ()))}
                missing |= {label for label in labels if has_letters(label)} - set(ENTRIES)
    assert missing == set()


def has_letters(text):
    return sum(letter.isalpha() for letter in text) > 3


@pytest.mark.parametrize("room", ["ab_oscillations", "ucf_fingerprints"])
def test_the_first_chapters_are_wholly_translated(room):
    """Every sentence of questions, hints and recall that is no pattern has an entry."""
    package = ROOT / "explorers" / room
    missing = []
    for name in ("questions.py", "recall.py"):
        for node in ast.walk(ast.parse((package / name).read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            called = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if called.startswith("ask_") or called in ("Prediction", "Sketch"):
                first = node.args[0]
                if isinstance(first, ast.Constant) and first.value not in ENTRIES:
                    missing.append(first.value)
    for one in vars(importlib.import_module(f"qmlcourse.explorers.{room}")).values():
        if isinstance(one, type) and issubclass(one, Explorer):
            words = [one.look_for, *(text for stop in one.path for text in (stop.ask, stop.see))]
            missing += [text for text in words if text not in ENTRIES]
    assert missing == []


def test_answers_are_kept_in_one_language(japanese):
    asked = Prediction("What happens to g?", ["nothing", "the same fingerprint"], "words-test")
    assert asked.button.description == "この答えを残す"
    assert [label for label, _ in asked.choice.options] == ["何も残らない", "同じ指紋"]
    asked.choice.value = "nothing"
    asked.button.click()
    assert Prediction.kept("words-test").choice == "nothing"
    Prediction.clear("words-test")


def test_checks_answer_in_japanese(japanese):
    asked = ask_number("2 + 2?", 4.0)
    asked.field.value = "8"
    assert "因子 2" in asked.status.text
    asked.field.value = "4"
    assert asked.status.text.startswith("✓ 正解")
    chosen = ask_choice("?", {"yes": "Right.", "no": "Not this one."})
    chosen.field.value = "no"
    assert "これではありません" in chosen.try_now().__repr__()


def test_an_explorer_s_own_buttons_are_translated(japanese):
    from qmlcourse.explorers.ab_oscillations import RingExplorer

    def buttons(widget):
        if type(widget).__name__ == "Button":
            yield widget.description
        for child in getattr(widget, "children", ()):
            yield from buttons(child)

    found = list(buttons(RingExplorer().view))
    assert "この曲線を残す" in found
    assert "Keep this curve" not in found


def test_every_button_of_an_explorer_has_an_entry():
    found = set()
    for path in (ROOT / "explorers").glob("*/*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "Button":
                said = [word.value for word in node.keywords if word.arg == "description"]
                found |= {word.value for word in said if isinstance(word, ast.Constant)}
    assert found
    assert found - set(ENTRIES) == set()
