"""A player and a slider stand at the same step, and each step is computed once."""

import asyncio
import threading
import time

import pytest
import traitlets

from qmlcourse.widgets import (
    Frames,
    LiveFigure,
    PlayableExplorer,
    new_figure,
    playable,
    seed,
    slider,
)


class Counter:
    """Adds its seed at each step; for seed 13 the seventh step breaks."""

    made = 0

    def __init__(self, seed):
        Counter.made += 1
        self.seed, self.steps, self.value = seed, 0, 0

    def advance(self):
        if self.seed == 13 and self.steps == 6:
            raise RuntimeError("the seventh step broke")
        self.steps += 1
        self.value += self.seed


class Adding(PlayableExplorer):
    name = "adding"
    stride = 2
    interval = 0.001
    plays = "Adding"
    runs_kept = 2

    steps = traitlets.Int(0).tag(control=slider("Steps", "", 0, 12, 1))
    seed = traitlets.Int(3).tag(control=seed())

    @staticmethod
    def begin(seed):
        return Frames(Counter(seed), lambda counter: {"value": counter.value})

    def prepare(self):
        figure = new_figure(2, 2)
        figure.subplots()
        return LiveFigure(figure)

    def draw(self, data, state):
        return f"The sum is {data['value']}."


class Turning(Adding):
    name, counts, stride, period = "turning", "angle", 0.1, 1.0
    steps = None
    angle = traitlets.Float(0.3).tag(control=slider("Angle", "", 0, 1, 0.1))

    def compute(self, angle, seed):
        return {"value": angle}


@pytest.fixture(autouse=True)
def _fresh():
    Counter.made = 0
    Adding.forget()


def test_each_step_is_taken_once_and_the_slider_goes_back():
    one = Adding()
    one.steps = 8
    assert one.data["value"] == 24
    one.steps = 3
    assert one.data["value"] == 9
    run = one.run(seed=3)
    assert (run.computation.steps, Counter.made) == (8, 1)
    assert [kept["value"] for kept in run.until(2)] == [0, 3, 6]


def test_runs_are_shared_by_explorers_of_a_class_and_the_oldest_goes():
    Adding(steps=4).refresh()
    second = Adding(steps=4)
    assert (second.data["value"], Counter.made) == (12, 1)
    for other in (4, 5, 3):
        Adding.run(seed=other)
    assert Counter.made == 4
    assert Turning.run is not Adding.run


def test_player_and_slider_stand_at_the_same_step():
    one = Adding()
    player = one.player
    assert one.view.children[-1].children[-1].children[0].children[0].children[0] is player
    assert (player.total, player.frame, player.count.value) == (6, 0, "0 of 6")
    player.advance()
    assert (one.steps, player.frame) == (2, 1)
    one.steps = 7
    assert (player.frame, player.bar.value) == (3, 3)
    assert player.advance()
    assert (one.steps, player.frame) == (9, 4)
    assert player.finish() == 2
    assert (one.steps, player.frame, player.finished) == (12, 6, True)
    one.steps = 4
    assert (player.frame, player.finished) == (2, False)
    player.restart()
    assert (one.steps, player.frame) == (0, 0)
    assert one.errors == []


def test_a_player_made_later_stands_where_the_slider_is():
    assert Adding(steps=12).player.finished
    assert Adding(steps=5).player.frame == 2


def test_an_endless_one_begins_again_on_round_numbers():
    one = Turning()
    seen = []
    for _ in range(20):
        one.player.advance()
        seen.append(one.angle)
    assert seen[:8] == [0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.0, 0.1]
    assert (one.player.total, one.player.frame, one.player.finished) == (None, 20, False)
    one.player.restart()
    assert (one.angle, one.player.frame) == (0.0, 0)


def test_a_step_that_fails_is_shown_and_stops_the_player():
    one = Adding(seed=13)
    one.refresh()

    async def page():
        one.player.play()
        while one.player.playing:
            await asyncio.sleep(0.001)

    asyncio.run(asyncio.wait_for(page(), 20))
    assert (one.steps, one.player.frame, one.data["value"]) == (6, 3, 78)
    assert one.status == "Something went wrong: RuntimeError: the seventh step broke"
    assert len(one.errors) == 1


def test_a_slider_moved_to_the_end_ends_the_play():
    one = Adding()

    async def page():
        one.player.play()
        one.steps = 12
        assert not one.player.playing
        await asyncio.sleep(0.02)

    asyncio.run(asyncio.wait_for(page(), 20))
    assert one.player.finished


class Slow(Counter):
    """A computation whose steps take a while."""

    def advance(self):
        time.sleep(0.03)
        super().advance()


class Working(Adding):
    """Its steps are not there in a blink."""

    @staticmethod
    def begin(seed):
        return Frames(Slow(seed), lambda one: {"value": one.value})


async def moved_far(explorer, then):
    """Move the slider to the end on a running event loop, and go on with `then`."""
    seen = []
    explorer.figure.widget.observe(lambda change: seen.append(change.new), "alt")
    start = time.monotonic()
    explorer.steps = 12
    took = time.monotonic() - start
    said = explorer.status
    await then()
    return seen, took, said


async def until(condition):
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end
        await asyncio.sleep(0.005)


def test_a_page_does_not_wait_for_long_work_and_the_picture_follows_it(monkeypatch):
    monkeypatch.setattr(playable, "GLANCE", 0.02)
    one = Working(seed=3)
    one.view  # noqa: B018

    async def wait():
        await until(lambda: not one.player.waiting)

    seen, took, said = asyncio.run(moved_far(one, wait))
    assert took < 12 * 0.03, "the slider is free before all steps are taken"
    assert said.startswith("Computing … step ")
    assert said.endswith(" of 12")
    assert one.data["value"] == 36
    assert (one.steps, one.status, one.errors) == (12, "", [])
    assert len(seen) > 3, "pictures on the way"
    assert seen == sorted(seen, key=lambda alt: float(alt.split()[-1]))


def test_long_work_is_stopped_where_it_stands():
    one = Working(seed=4)
    one.view  # noqa: B018
    play = one.player.buttons["play"]

    async def stop():
        assert play.description == "■ Stop"
        play.click()

    asyncio.run(moved_far(one, stop))
    assert one.steps < 12
    assert one.data["value"] == one.steps * 4
    assert not one.player.waiting
    assert play.description == "▶ Play"


def test_a_player_never_runs_ahead_of_the_work():
    one = Working(seed=5)
    one.long_steps = True
    one.view  # noqa: B018
    pairs = []
    one.observe(lambda change: pairs.append((change.old, one.data["value"] / 5)), "steps")

    async def play():
        one.player.play()
        await until(lambda: one.steps == 12 and not one.player.waiting)

    asyncio.run(play())
    assert [value for _, value in pairs] == [step for step, _ in pairs]


def test_without_an_event_loop_all_is_there_at_once():
    one = Working(seed=6, steps=3)
    assert one.data["value"] == 18


def test_an_error_in_long_work_goes_back_to_the_last_step(monkeypatch):
    one = Working(seed=7)
    one.view  # noqa: B018
    broken = Slow.advance

    def advance(self):
        broken(self)
        if self.steps == 6:
            raise ValueError("Step 6 does not converge.")

    monkeypatch.setattr(Slow, "advance", advance)
    monkeypatch.setattr(playable, "GLANCE", 0.0)
    asyncio.run(moved_far(one, lambda: until(lambda: one.errors)))
    assert one.status == "Step 6 does not converge."
    assert one.steps == 5
    assert one.data["value"] == 35


def test_a_run_begins_beside_the_page_and_the_old_picture_stays(monkeypatch):
    one = Working(seed=8)
    one.view  # noqa: B018
    before = one.figure.widget.alt
    monkeypatch.setattr(Working, "long_start", True)

    async def change():
        one.seed = 9
        first = (one.figure.widget.alt, one.status)
        await until(lambda: not one.player.waiting)
        return first

    assert asyncio.run(change()) == (before, "Computing …")
    assert Working.run(seed=9).until(0)[0] == {"value": 0}
    assert (one.status, one.errors) == ("", [])


def test_the_first_picture_may_come_later_and_its_run_begins_once(monkeypatch):
    looked, begin = threading.Event(), Working.begin
    monkeypatch.setattr(Working, "long_start", True)
    monkeypatch.setattr(Working, "begin", lambda **setting: looked.wait(30) and begin(**setting))
    one = Working(seed=10)

    async def open_page():
        view = one.view
        first = (one.has_picture, view.status.text)
        one.data  # noqa: B018  (asks again)
        looked.set()
        await until(lambda: one.has_picture)
        return first

    assert asyncio.run(open_page()) == (False, "Computing …")
    assert (Counter.made, one.data["value"], one.status) == (1, 0, "")
