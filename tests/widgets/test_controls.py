"""Controls say what a number means, and what it may be."""

import ipywidgets
import pytest

from qmlcourse.widgets import choice, seed, slider, toggle


def test_slider_has_label_unit_and_digits():
    widget = slider("Flux", "h/e", 0, 2, 0.01).build(0.25)
    assert (widget.description, widget.readout_format) == ("Flux (h/e)", ".2f")
    assert (widget.min, widget.max, widget.step, widget.value) == (0, 2, 0.01, 0.25)
    assert slider("Gap", "", 0, 1, 0.05).build(0.5).description == "Gap"


def test_whole_numbers_get_a_whole_slider():
    assert isinstance(slider("Sites", "", 1, 9, 1).build(3), ipywidgets.IntSlider)


def test_logarithmic_slider_keeps_its_value_at_both_ends():
    control = slider("T", "t", 1e-3, 10, 0.1, log=True)
    for value in (1e-3, 10.0):
        widget = control.build(value)
        assert control.check("T", widget.value) == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize("bounds", [(1, 1, 0.1), (0, 1, 0), (2, 1, 0.1)])
def test_senseless_slider_is_refused(bounds):
    with pytest.raises(ValueError, match="low < high"):
        slider("Flux", "", *bounds)


def test_choice_takes_a_list_or_a_dictionary():
    assert choice("Form", ["sine", "square"]).build("square").value == "square"
    control = choice("Size", {"small": 1, "large": 2})
    assert control.build(2).label == "large"
    assert control.decode("size", control.encode(2)) == 2
    assert isinstance(choice("Form", list("abcdefg")).build("a"), ipywidgets.Dropdown)


def test_choice_does_not_take_true_for_one():
    with pytest.raises(ValueError, match="must be one of 1, 2"):
        choice("Size", [1, 2]).check("size", True)


@pytest.mark.parametrize(
    ("control", "values"),
    [
        (slider("a", "", 0, 1, 0.1), [0.1, 1 / 3, 1e-7, 1]),
        (choice("a", ["one, two", "x=y", "ü"]), ["one, two", "x=y", "ü"]),
        (toggle("a"), [True, False]),
        (seed(), [0, 2**31 - 1]),
    ],
)
def test_what_is_written_can_be_read(control, values):
    for value in values:
        assert control.decode("a", control.encode(value)) == value


def test_new_seed_is_another_number():
    control = seed("Disorder")
    widget = control.build(-0)
    row = control.row(widget)
    before = {widget.value}
    for _ in range(5):
        row.children[1].click()
        before.add(widget.value)
    assert len(before) > 1
