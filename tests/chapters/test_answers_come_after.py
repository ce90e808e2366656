"""No answer stands before its question: not in the text, not in an output, not in an alt text."""

import importlib
import re
from html import unescape

import pytest

from qmlcourse.course import chapters

# what would give the answer of a prediction away, in any form in which the text might say it
GIVEAWAYS = {
    "ab-flux": ("period h/e", "period $h/e$", "exactly* $h/e$", "one flux quantum turns"),
    "ab-many": ("half the period", "h/2e stays", "$h/2e$ stays", "keeps h/2e", "period h/2e"),
    "ucf-noise": ("reproducible", "repeats its own", "its own curve", "0.98"),
    "ucf-mirror": ("twin", "same fingerprint", "g(B)=g(-B)"),
    "anderson-count": ("83 of 1728", "83 sites", "a hundred sites"),
    "anderson-field": ("helps the metal", "field helps"),
    "ynet-rival": ("0.965", "0.934"),
    "ynet-twins": ("three twins", "three others"),
    "haldane-slope": ("an integer cannot", "no small step"),
    "haldane-same": ("one and the same model",),
    "nqs-below": ("not variational",),
    "nqs-gap": ("gap too wide", "gap is too wide"),
    "hidden-count": ("only their sum", "only the sum"),
    "hidden-peak": ("64 meV",),
    "hidden-beam": ("second momentum adds",),
}


def seen(cell):
    """What a reader sees of a cell without answering anything."""
    if cell["cell_type"] == "markdown":
        return re.sub(r"\]\([^)]*\)", "]", "".join(cell["source"]))
    words = []
    for output in cell["outputs"]:
        data = output.get("data", {})
        page = "".join(data.get("text/html", ""))
        folded = re.sub(r"<details.*?</details>", " ", page, flags=re.DOTALL)
        words.append(unescape(re.sub(r"<[^>]+>", " ", folded)))
        words.append("".join(output.get("text", "")))
        if not page:
            words += ["".join(data.get("text/plain", "")), *alts(output)]
    return "\n".join(words)


def alts(output):
    return [alt for _, alt in chapters.pictures(output)]


def predictions(chapter):
    """(key, right answer, number of its cell) of each prediction of a chapter, and its cells."""
    room = importlib.import_module(f"qmlcourse.explorers.{chapter.name}")
    cells = chapters.load(chapter.notebook)["cells"]
    sources = ["".join(cell["source"]) for cell in cells]
    found = []
    for name in vars(room.questions):
        if not name.startswith("recall_"):
            continue
        recall = getattr(room.questions, name)()
        asks = f".predict_{name.removeprefix('recall_')}("
        where = next(n for n, text in enumerate(sources) if asks in text)
        told = next(n for n, text in enumerate(sources) if f".{name}(" in text)
        found.append((recall.key, recall._answer, where, told))
        recall.close()  # it would follow what other tests keep under its key
    return found, cells


@pytest.fixture(params=chapters.CHAPTERS, ids=lambda one: one.name)
def chapter(request):
    return request.param


def test_a_prediction_is_asked_before_its_answer_is_seen(chapter):
    found, cells = predictions(chapter)
    assert found
    for key, answer, asked, told in found:
        assert key in GIVEAWAYS
        # the question lists all answers; before it, and up to the outcome, none of them is told
        before = "\n".join(seen(cell) for cell in cells[:asked])
        between = "\n".join(
            seen(cell) for cell in cells[asked + 1 : told + 1] if cell["cell_type"] == "code"
        )
        plain = (answer,) if len(answer) > 12 else ()  # a short answer is a word of any text
        for words in (*plain, *GIVEAWAYS[key]):
            assert words.lower() not in before.lower(), f"{key}: {words!r} stands before it"
            assert words.lower() not in between.lower(), f"{key}: {words!r} is not veiled"


def test_the_picture_that_answers_is_veiled(chapter):
    """Of each prediction something is covered until it is made; its still is in a closed fold."""
    found, cells = predictions(chapter)
    code = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    for key, *_ in found:
        assert f'.after("{key}", ' in code, key
    veiled = [
        output
        for cell in cells
        for output in cell.get("outputs", ())
        if 'class="qml-veiled"' in "".join(output.get("data", {}).get("text/html", ""))
    ]
    assert len(veiled) >= len(found)
    for output in veiled:
        assert "image/png" not in output["data"]
        assert chapters.pictures(output)
        ((_, alt),) = chapters.pictures(output)
        assert alt
        assert alt not in "".join(output["data"]["text/plain"])


def test_the_number_of_an_exercise_is_not_told_before_it(chapter):
    """The number that a solution ends with stands nowhere above the exercise."""
    cells = chapters.load(chapter.notebook)["cells"]
    for n, cell in enumerate(cells):
        if "solution" not in cell["metadata"].get("tags", ()):
            continue
        page = "".join("".join(o.get("data", {}).get("text/html", "")) for o in cell["outputs"])
        for number in re.findall(r"<b>(\d[\d.]{3,}) ", page):
            above = "\n".join(seen(one) for one in cells[:n])
            assert not re.search(rf"(?<![\d.]){re.escape(number)}(?![\d])", above), number


def test_no_name_of_a_widget_stands_for_a_question(chapter):
    """A page without a kernel has the words of each question, not the name of its widget."""
    for cell in chapters.load(chapter.notebook)["cells"]:
        for output in cell.get("outputs", ()):
            said = "".join(output.get("data", {}).get("text/plain", ""))
            assert not re.match(r"(VBox\(|Recall$|Question$|Fold$|Prediction$|Veil)", said), said
