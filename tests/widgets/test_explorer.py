"""An explorer is driven by its traits and its controls, and never loses a good picture."""

import io
import time

import numpy as np
import pytest
import traitlets
from demo_wave import SlowWave, Wave
from matplotlib.image import imread

from qmlcourse.widgets import Explorer, LiveFigure, new_figure, slider


@pytest.fixture
def wave():
    wave = Wave()
    _ = wave.view
    return wave


MOVES = {
    "cycles": 3.5,
    "height": 0.5,
    "moment": 0.6,
    "form": "square",
    "samples": 100,
    "damping": 3.0,
    "noisy": True,
    "noise": 7,
}


@pytest.mark.parametrize("name", MOVES)
def test_each_control_changes_trait_picture_and_words(wave, name):
    wave.noisy = name == "noise"
    before, alt = wave.export_png(), wave.figure.widget.alt
    wave.controls[name].value = MOVES[name]
    assert getattr(wave, name) == MOVES[name]
    assert wave.export_png() != before
    assert wave.errors == []
    if name in ("cycles", "form"):
        assert wave.figure.widget.alt != alt


def test_a_trait_set_from_python_moves_its_control(wave):
    wave.cycles = 5.0
    assert wave.controls["cycles"].value == 5.0
    assert "5.0 Hz" in wave.figure.widget.alt
    assert wave.data["y"].shape == (400,)


def test_nothing_is_computed_before_someone_looks():
    wave = Wave()
    wave.cycles = 3.0
    assert (wave.computed, wave.drawn) == (0, 0)
    assert wave.data["y"].shape == (400,)
    assert (wave.computed, wave.drawn) == (1, 1)


def test_several_values_at_once_cost_one_recompute(wave):
    computed, drawn = wave.computed, wave.drawn
    wave.set_state({"cycles": 3.0, "height": 0.2, "noisy": True})
    assert (wave.computed, wave.drawn) == (computed + 1, drawn + 1)
    with wave.together():
        wave.cycles, wave.moment = 4.0, 0.9
    assert (wave.computed, wave.drawn) == (computed + 2, drawn + 2)


def test_what_the_computation_does_not_use_is_drawn_from_memory(wave):
    computed = wave.computed
    wave.moment = 0.8
    wave.cycles = 3.0
    wave.cycles = 2.0
    assert wave.computed == computed + 1


def test_bookmark_names_only_what_differs_and_comes_back(wave):
    assert wave.bookmark() == "wave:"
    state = MOVES | {"marks": [[0.3, 0.1], [0.5, -1.25]], "cycles": 1 / 3 + 2}
    wave.set_state(state)
    text = wave.bookmark()
    assert "height=0.5" in text
    other = Wave(height=1.5)
    other.set_state(text)
    assert other.state() == wave.state() == state
    other.set_state("wave:cycles=3")
    assert other.state() == Wave().state() | {"cycles": 3.0}


def test_reset_returns_to_the_start_of_this_explorer():
    wave = Wave(cycles=4.0)
    wave.set_state({"cycles": 1.0, "noisy": True})
    wave.reset()
    assert (wave.cycles, wave.noisy) == (4.0, False)
    assert wave.bookmark() == "wave:cycles=4"


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ({"colour": 1}, "wave has no value called 'colour'; it has cycles"),
        ({"cycles": 9.0}, "cycles is 9 Hz, but it must lie between 0.5 and 8 Hz."),
        ({"cycles": float("nan")}, "cycles is nan Hz"),
        ({"cycles": "fast"}, "cycles is 'fast', but it must be of type float."),
        ({"height": 0.5, "form": "saw"}, "form is 'saw', but it must be one of 'sine', 'square'."),
        ({"noise": -1}, "noise is -1"),
        ("ring:cycles=3", "A bookmark of this explorer starts with 'wave:'"),
        ("wave:cycles", "'cycles' in the bookmark is not of the form name=value."),
        ("wave:cycles=fast", "cycles must be a number, not 'fast'."),
        ("wave:noisy=maybe", "noisy must be yes or no"),
        ("wave:speed=3", "wave has no value called 'speed'"),
    ],
)
def test_a_bad_state_is_refused_in_one_sentence_and_changes_nothing(wave, state, said):
    before = wave.state()
    with pytest.raises(ValueError, match=r"\w") as caught:
        wave.set_state(state)
    assert str(caught.value).startswith(said)
    assert wave.state() == before


def test_setting_a_trait_out_of_range_raises(wave):
    with pytest.raises(ValueError, match="must lie between"):
        wave.cycles = 80
    assert wave.cycles == 2.0


def test_an_error_is_shown_and_the_last_good_picture_and_state_stay(wave):
    wave.cycles = 3.0
    good = wave.export_png()
    wave.controls["cycles"].value = 8.0
    assert wave.status == "This frequency is too high for this demonstration."
    assert (wave.view.status.text, wave.view.status.tone) == (wave.status, "error")
    assert [type(error) for error in wave.errors] == [ValueError]
    assert wave.export_png() == good
    assert wave.cycles == wave.controls["cycles"].value == 3.0
    wave.controls["cycles"].value = 4.0
    assert (wave.status, wave.view.status.tone) == ("", "note")


def test_an_unexpected_error_names_itself(wave):
    wave.draw = lambda data, state: 1 / 0
    wave.cycles = 3.0
    assert wave.status == "Something went wrong: ZeroDivisionError: division by zero"


def test_an_explorer_that_cannot_be_prepared_says_so():
    class Broken(Wave):
        def prepare(self):
            raise KeyError("ax")

    broken = Broken()
    assert broken.view.status.text == "Something went wrong: KeyError: 'ax'"
    assert "image/png" not in broken._repr_mimebundle_()[0]


def test_a_status_of_its_own_stays(wave):
    wave.status = "File read: 20 rows."
    wave.cycles = 3.0
    assert (wave.status, wave.tone) == ("File read: 20 rows.", "note")


def test_the_bookmark_field_shows_and_accepts(wave):
    wave.cycles = 3.0
    field = wave.view.bookmark
    assert field.value == "wave:cycles=3"
    field.value = "wave:height=0.5"
    assert (wave.cycles, wave.height) == (2.0, 0.5)
    field.value = "nonsense"
    assert wave.tone == "error"
    assert field.value == "wave:height=0.5"


def test_csv_has_title_bookmark_and_columns(wave):
    wave.set_state({"samples": 16, "cycles": 3.0})
    lines = wave.export_csv().decode().splitlines()
    assert lines[0] == "# A wave and its spectrum"
    assert lines[1] == "# wave:cycles=3,samples=16"
    assert lines[2] == "time (s),height (m)"
    rows = np.loadtxt(lines[3:], delimiter=",")
    np.testing.assert_allclose(rows[:, 1], wave.data["y"], rtol=1e-9, atol=1e-12)


def test_buttons_offer_files(wave):
    offered = []
    wave.figure.widget.send = lambda message, buffers: offered.append((message["name"], buffers[0]))
    for file in ("png", "csv"):
        wave.view._offer(f"wave.{file}", "image/png" if file == "png" else "text/csv")
    assert [name for name, _ in offered] == ["wave.png", "wave.csv"]
    assert offered[0][1] == wave.export_png()


def test_a_notebook_gets_the_view_a_still_picture_and_a_short_text(wave):
    data, metadata = wave._repr_mimebundle_()
    assert data["text/plain"] == "Wave (wave:)"
    assert "application/vnd.jupyter.widget-view+json" in data
    assert metadata["image/png"]["alt"] == wave.figure.widget.alt


def test_a_page_of_voila_waits_for_no_still_picture(wave, monkeypatch):
    monkeypatch.setenv("VOILA_PREHEAT", "False")
    monkeypatch.setattr(wave, "wait", lambda timeout: pytest.fail("waited"))
    data, _ = wave._repr_mimebundle_()
    assert set(data) == {"application/vnd.jupyter.widget-view+json", "text/plain"}


def test_dragging_sets_the_state(wave):
    x, y = wave.ax.transData.transform((0.75, 0.0)) / wave.figure.figure.bbox.size
    wave.figure.widget.pointer = {"x": x, "y": y, "phase": "down", "n": 1}
    assert wave.moment == pytest.approx(0.75, abs=1e-6)
    wave.figure.widget.arrows = {"dx": -5, "dy": 0, "n": 2}
    assert wave.moment == pytest.approx(0.70, abs=1e-6)
    assert wave.figure.widget.seen == 2


def test_order_of_declaration_is_the_order_of_the_controls(wave):
    assert list(wave.controls) == list(MOVES)
    assert list(wave.state())[-1] == "marks"


def test_slow_part_arrives_later_and_only_for_the_newest_state():
    wave = SlowWave()
    assert "answer" not in wave.data
    assert (wave.status, wave.tone) == ("Computing …", "busy")
    for cycles in (3.0, 3.5, 4.0):
        wave.cycles = cycles
    assert wave.wait(5)
    assert wave.data["answer"] == 40.0
    assert wave.status == ""
    assert wave.errors == []
    wave.cycles = 2.5
    assert "answer" not in wave.data
    wave.cycles = 4.0  # kept
    assert wave.data["answer"] == 40.0
    assert wave.status == ""


def test_a_slow_part_that_still_fits_is_not_started_again():
    wave = SlowWave()
    _ = wave.data
    for moment in np.linspace(0, 1, 5):
        wave.moment = float(moment)
    assert wave.wait(5)
    assert wave.begun == [2.0]
    assert wave.moment == 1.0
    assert wave.data["answer"] == 20.0


def test_a_broken_slow_part_is_shown_and_the_quick_picture_stays():
    wave = SlowWave(cycles=6.0)
    assert wave.wait(5)
    assert wave.status == "Something went wrong: RuntimeError: the slow part broke"
    assert wave.cycles == 6.0
    assert "6.0 Hz" in wave.figure.widget.alt


def test_traits_may_be_set_in_a_thread(wave):
    import threading

    threads = [
        threading.Thread(target=lambda k=k: setattr(wave, "cycles", 1.0 + k / 10))
        for k in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert wave.errors == []
    wave.cycles = 2.0
    assert imread(io.BytesIO(wave.export_png())).shape == (800, 1680, 4)


def test_a_frame_is_fast(wave):
    """A frame of three animated curves takes about 5 ms; the bound allows for a busy machine."""
    times = []
    for k in range(20):
        start = time.perf_counter()
        wave.cycles = 1.0 + k / 10
        times.append(time.perf_counter() - start)
    assert sorted(times)[10] < 0.06


class Tupled(Explorer):
    name = "tupled"
    sites = traitlets.Tuple().tag(state=True)
    label = traitlets.Unicode("a, b").tag(state=True)
    size = traitlets.Int(3).tag(control=slider("Size", "", 1, 9, 1))

    def prepare(self):
        return LiveFigure(new_figure(2, 2))

    def draw(self, data, state):
        return "Nothing."


def test_bookmark_carries_nested_tuples_and_text():
    first, second = Tupled(), Tupled()
    first.set_state({"sites": ((1, 2), (3, 4)), "label": "x = [1], 5 %"})
    second.set_state(first.bookmark())
    assert second.state() == first.state()


def test_an_explorer_without_a_table_says_so():
    with pytest.raises(ValueError, match="no table"):
        Tupled().export_csv()


class Told(Tupled):
    """A class with a title.

    Watch the zeros:
    do they move?
    """

    name, title = "told", "Told"
    columns = ("x", ("size", "n"), ("slow", "slow_part"), ("mark", [1, 2]))


def test_what_to_look_for_is_what_follows_the_first_line_of_the_docstring():
    class Heir(Told):
        """Has no title of its own.

        So this is for those who read the code.
        """

    assert Told.look_for == Heir.look_for == "Watch the zeros: do they move?"
    assert Wave.look_for.startswith("Move the frequency")  # given in words of its own


def test_columns_are_those_whose_data_are_there():
    data = {"x": [3, 4], "n": [5, 6]}
    assert Told().table(data, {}) == {"x": [3, 4], "size": [5, 6], "mark": [1, 2]}
    with_slow = Told().table(data | {"slow_part": [7, 8]}, {})
    assert list(with_slow) == ["x", "size", "slow", "mark"]
