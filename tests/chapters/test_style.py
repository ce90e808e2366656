"""The chapters keep the shape that makes them readable: few lines, questions, one import first."""

import statistics
from pathlib import Path

import nbformat
import pytest

CHAPTERS = sorted((Path(__file__).parents[2] / "chapters").glob("0[1-9]_*.ipynb"))
EVERY = sorted((Path(__file__).parents[2] / "chapters").glob("*.ipynb"))


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
        if cell.cell_type == "code" and not tagged(cell, "exercise", "solution")
    ]
    assert 10 <= len(code) <= 18
    assert statistics.median(lines(cell) for cell in code) <= 3
    assert max(lines(cell) for cell in code) <= 15
    first = code[0].source.strip()
    assert lines(code[0]) == 1
    assert first.startswith(("from ", "import "))


def test_text_has_its_length_and_asks(chapter):
    text = [cell.source for cell in chapter.cells if cell.cell_type == "markdown"]
    words = sum(len(part.split()) for part in text)
    assert 900 <= words <= 1700
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
        "the question", "predict", "observe", "explain", "under the hood", "learn",
        "at full scale", "exercises", "where to go",
    ]  # fmt: skip
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


def test_pictures_have_alt_texts(chapter):
    for cell in chapter.cells:
        for output in cell.get("outputs", ()):
            if "image/png" in output.get("data", {}):
                assert len(output.metadata["image/png"]["alt"]) > 20
