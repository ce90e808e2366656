"""The chapters keep the shape that makes them readable: few lines, questions, one import first."""

import re
import statistics
from pathlib import Path

import nbformat
import pytest

FOLDER = Path(__file__).parents[2] / "chapters"
CHAPTERS = sorted(FOLDER.glob("0[1-9]_*.ipynb"))
EVERY = sorted(FOLDER.glob("*.ipynb"))


def read(path):
    return nbformat.read(path, as_version=4)


def lines(cell):
    return len(cell.source.strip().splitlines())


def tagged(cell, *names):
    return any(name in cell.metadata.get("tags", ()) for name in names)


@pytest.fixture(params=CHAPTERS, ids=lambda path: path.stem)
def chapter(request):
    return read(request.param)


def test_code_is_short(chapter):
    code = [
        cell
        for cell in chapter.cells
        if cell.cell_type == "code" and not tagged(cell, "exercise", "solution", "recall")
    ]
    assert 10 <= len(code) <= 24
    assert statistics.median(lines(cell) for cell in code) <= 3
    assert max(lines(cell) for cell in code) <= 15
    first = code[0].source.strip()
    assert lines(code[0]) == 1
    assert first.startswith(("from ", "import "))


def test_text_has_its_length_and_asks(chapter):
    text = [cell.source for cell in chapter.cells if cell.cell_type == "markdown"]
    words = sum(len(part.split()) for part in text)
    assert 900 <= words <= 2500
    assert sum(part.count("?") for part in text) >= 4
    assert not any("!" in part.replace("![", "") for part in text)
    assert not any(" simply " in part for part in text)


def test_the_sections_of_the_template_are_there(chapter):
    heads = [
        line.lstrip("# ").lower()
        for cell in chapter.cells
        if cell.cell_type == "markdown"
        for line in cell.source.splitlines()
        if line.startswith("## ")
    ]
    wanted = [
        "the question",
        "predict",
        "observe",
        "explain",
        "under the hood",
        "learn",
        "at full scale",
        "exercises",
        "recall",
        "where to go",
    ]
    places = [heads.index(name) for name in wanted]
    assert places == sorted(places)


def test_each_exercise_has_a_folded_solution(chapter):
    exercises = [cell for cell in chapter.cells if tagged(cell, "exercise")]
    solutions = [cell for cell in chapter.cells if tagged(cell, "solution")]
    assert len(exercises) == len(solutions) >= 4
    for cell in solutions:
        assert cell.metadata["jupyter"]["source_hidden"]


@pytest.mark.parametrize("path", EVERY, ids=lambda path: path.stem)
def test_outputs_are_stored_and_free_of_what_differs_between_machines(path):
    book = read(path)
    assert "widgets" not in book.metadata
    for cell in book.cells:
        if cell.cell_type != "code":
            continue
        assert cell.execution_count is not None
        assert "execution" not in cell.metadata
        for output in cell.outputs:
            assert output.output_type != "error"
            assert not (output.output_type == "stream" and output.name == "stderr")
            said = output.get("text", "") + output.get("data", {}).get("text/plain", "")
            # the last bits of a computation are another machine's own
            assert not re.search(r"\de-(0[89]|[1-9]\d)", said), said


def test_pictures_have_alt_texts(chapter):
    for cell in chapter.cells:
        for output in cell.get("outputs", ()):
            if "image/png" in output.get("data", {}):
                assert len(output.metadata["image/png"]["alt"]) > 20


def test_links_lead_to_cells_and_pages_that_exist(chapter):
    terms = {
        line.removeprefix("### ").replace(" ", "-")
        for cell in read(FOLDER / "glossary.ipynb").cells
        for line in cell.source.splitlines()
        if line.startswith("### ")
    }
    text = "\n".join(cell.source for cell in chapter.cells if cell.cell_type == "markdown")
    links = re.findall(r"\]\(([^)\s]+)\)", text)
    local = [link for link in links if "://" not in link]
    for link in local:
        page, _, term = link.partition("#")
        assert (FOLDER / page).exists(), link
        assert not term or term in terms, link
    assert sum("glossary.ipynb#" in link for link in local) >= 4
    assert any(link.startswith("guides/") for link in local)


def test_the_glossary_names_each_word_once_and_in_order():
    words = [
        line.removeprefix("### ")
        for cell in read(FOLDER / "glossary.ipynb").cells
        for line in cell.source.splitlines()
        if line.startswith("### ")
    ]
    assert len(words) >= 40
    assert words == sorted(set(words), key=str.lower)


def test_the_exercises_are_headed_alike(chapter):
    text = "\n".join(cell.source for cell in chapter.cells if cell.cell_type == "markdown")
    heads = re.findall(r"^\*\*\d\*\* \(([^)]+)\)", text, re.MULTILINE)
    assert len(heads) >= 5
    assert all(re.match(r"open|(one|two|three|five|ten) minutes?", head) for head in heads)
    assert "Each has an instant check" in text
    for word in ("*Used here:*", "*Read:*", "*For lecturers:*"):
        assert word in text
