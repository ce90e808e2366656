"""Chapters in other languages do not drift away from their originals."""

import json
import shutil

import pytest

from qmlcourse.course import chapters, translations

JAPANESE = translations.available("ja")


def test_the_first_two_chapters_are_there():
    assert {path.stem[:2] for path in JAPANESE} >= {"01", "02"}


@pytest.mark.parametrize("notebook", JAPANESE, ids=lambda path: path.stem)
def test_cells_numbers_formulas_and_references_agree(notebook):
    assert translations.problems(notebook, "ja") == []


@pytest.mark.parametrize("notebook", JAPANESE, ids=lambda path: path.stem)
def test_each_language_leads_to_the_other(notebook):
    def first(path):
        return "".join(json.loads(path.read_text("utf-8"))["cells"][0]["source"])

    assert f"](ja/{notebook.name})" in first(notebook)
    assert f"](../{notebook.name})" in first(translations.translated(notebook, "ja"))


@pytest.fixture
def copy(tmp_path):
    """The first chapter and its translation, free to be changed."""
    source = JAPANESE[0]
    (tmp_path / "ja").mkdir()
    shutil.copy(translations.translated(source, "ja"), tmp_path / "ja")
    return tmp_path / shutil.copy(source, tmp_path).split("/")[-1]


def change(path, old, new):
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("400 個のリングから", "40 個のリングから", "numbers"),
        ("e^{2ik}", "e^{3ik}", "formulas"),
        ("Lett. 7, 46 (1961)", "Lett. 7, 64 (1961)", "references"),
        ("`qmlcourse lab 1`", "`qmlcourse lab 2`", "code words"),
        ("## 温かいリング", "温かいリング", "headings"),
        ("glossary.ipynb#Lead", "glossary.ipynb#Leads", "links"),
        ("ring = ab.RingExplorer(flux=0.0)", "ring = ab.RingExplorer(flux=1)", "code differs"),
    ],
)
def test_a_slip_in_a_translation_is_found(copy, old, new, found):
    assert translations.problems(copy, "ja") == []
    change(translations.translated(copy, "ja"), old, new)
    assert any(found in problem for problem in translations.problems(copy, "ja"))


def test_a_changed_original_is_found_and_its_translation_kept(copy):
    change(copy, "Commit yourself before you look", "Commit yourself before looking")
    (problem,) = translations.problems(copy, "ja")
    assert "the original has changed" in problem
    (todo,) = translations.update(copy, "ja")
    assert todo in problem
    other = translations.translated(copy, "ja").read_text("utf-8")
    assert "見る前に自分の考えを決めましょう" in other
    assert translations.update(copy, "ja", accept=True) == []
    assert translations.problems(copy, "ja") == []


def test_a_chapter_opens_in_the_wanted_language(monkeypatch):
    monkeypatch.setenv("QMLCOURSE_LANG", "ja")
    assert chapters.find(1).parent.name == "ja"
    assert chapters.find(7).parent.name == "chapters"
    assert chapters.original(1).parent.name == "chapters"
