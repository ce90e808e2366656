"""Paper and ours: the numbers of a chapter's full run beside those that they are held to."""

import importlib
import re
from xml.etree import ElementTree

import pytest

from qmlcourse.course.chapters import CHAPTERS
from qmlcourse.explorers.shared.full_scale import stored
from qmlcourse.explorers.shared.paper_and_ours import HIGH, WIDE, PaperAndOurs
from qmlcourse.reproduce.comparison import Comparison

# rows whose number is computed from several stored ones
COMPUTED = {
    "nqs_bands": 13,
    "ynet_inversion": 1,
    "haldane_rediscovery": 1,
    "hidden_self_energies": 2,
}
NAMES = [chapter.name for chapter in CHAPTERS]


def picture(*rows):
    return PaperAndOurs(rows, "paper", "Ours: a command", "1 < 2")


def drawn(found):
    """Shapes of the rows, by tag."""
    pictures = re.findall(r'<svg viewBox="0 0 240.*?</svg>', found._repr_html_())
    return [[(one.tag, one.attrib) for one in ElementTree.fromstring(p)] for p in pictures]


def numbers(value):
    """All numbers of a stored result, however deep."""
    if isinstance(value, dict | list):
        inside = value.values() if isinstance(value, dict) else value
        return {number for one in inside for number in numbers(one)}
    return {value} if isinstance(value, float) else set()


@pytest.mark.parametrize("name", NAMES)
def test_a_chapter_compares_what_its_run_stored(name):
    room = importlib.import_module(f"qmlcourse.reproduce.{name}")
    found = importlib.import_module(f"qmlcourse.explorers.{name}").paper_and_ours()
    assert len(found.rows) >= 3
    assert len({row.quantity for row in found.rows}) == len(found.rows)
    assert all(row.source for row in found.rows)
    own = numbers(stored(room))
    as_stored = [row for row in found.rows if row.ours in own or row.ours / 1e3 in own]
    assert len(found.rows) - len(as_stored) <= COMPUTED.get(name, 0), "all others are as stored"
    text = found._repr_html_()
    assert text.count("<tr title=") == len(found.rows)
    assert "qmlcourse reproduce" in text
    assert found.everything.startswith(room.report(stored(room))[:60])
    assert len(repr(found).splitlines()) == len(found.rows) + 2


def test_energies_differ_from_exact_ones_by_the_stored_errors():
    room = importlib.import_module("qmlcourse.reproduce.nqs_bands")
    result = stored(room)
    for row, crystal in zip(room.comparisons(result), result["crystals"], strict=False):
        assert row.ours - row.reference == pytest.approx(crystal["error"], abs=1e-12)
        assert row.reference == pytest.approx(crystal["exact"] - crystal["hartree_fock"])


def test_shares_and_spreads_are_those_of_the_counts():
    found = importlib.import_module("qmlcourse.reproduce.haldane_rediscovery")
    row = found.comparisons(stored(found))[2]
    assert row.ours == pytest.approx(167 / 256)
    assert row.error == pytest.approx(0.0298, abs=1e-4)
    assert row.reference_error == pytest.approx(1 / 9)  # sqrt(2/3 1/3 / 18)
    hidden = importlib.import_module("qmlcourse.reproduce.hidden_self_energies")
    one = hidden.comparisons(stored(hidden))[3]
    assert (one.ours, one.error) == pytest.approx(
        ((99.38 + 58.01) / 2, (99.38 - 58.01) / 2), abs=0.01
    )


def test_a_mark_stands_where_the_numbers_say():
    found = picture(
        Comparison("equal", 2.0, 2.0),
        Comparison("a tenth less", -2.0, -1.8, error=0.1, reference_error=0.2),
        Comparison("of zero", 0.0, 0.2, scale=0.5),
    )
    assert found.reach == 0.5, "the largest difference is 40 %"
    equal, less, zero = drawn(found)
    half = WIDE / 2 - 10
    circles = [float(dict(shapes)["circle"]["cx"]) for shapes in (equal, less, zero)]
    # minus 1.8 is larger than minus 2
    assert circles == pytest.approx([120, 120 + 0.1 / 0.5 * half, 120 + 0.4 / 0.5 * half], abs=0.06)
    error = [shape for tag, shape in less if tag == "line"][1]
    assert float(error["x2"]) - float(error["x1"]) == pytest.approx(2 * 0.05 / 0.5 * half, abs=0.2)
    band = dict(less)["rect"]
    assert float(band["width"]) == pytest.approx(2 * 0.1 / 0.5 * half, abs=0.2)
    assert float(band["height"]) < HIGH
    assert "rect" not in dict(equal)


def test_what_is_farther_than_the_axis_is_an_arrow_at_its_end():
    found = picture(Comparison("far above", 1.0, 5.0), Comparison("far below", 1.0, -3.0))
    above, below = drawn(found)
    assert found.reach == 1.0
    for shapes, place, way in ((above, WIDE - 10, 1), (below, 10, -1)):
        assert "circle" not in dict(shapes)
        arrow = [shape["d"] for tag, shape in shapes if tag == "path"][1]
        start, step = re.match(r"M([\d.]+) \d+.\d+l(-?\d+)", arrow).groups()
        assert float(start) + int(step) == pytest.approx(place + 4 * way)


def test_words_cannot_become_markup_and_numbers_are_read_as_text():
    found = picture(Comparison("<b>x</b>", -0.5, -0.4812, error=0.0163, source="A & B"))
    text = found._repr_html_()
    assert "<b>x" not in text
    assert "&lt;b&gt;x" in text
    assert "A &amp; B" in text
    assert "1 &lt; 2" in text
    assert "−0.481 ± 0.016" in text
    assert ">−0.5<" in text


def test_a_comparison_with_zero_says_its_scale():
    with pytest.raises(ValueError, match="'nothing' is compared with zero"):
        Comparison("nothing", 0.0, 1.0)
    assert Comparison("x", 0.0, -0.2, scale=-0.4).difference == pytest.approx(-0.5)
