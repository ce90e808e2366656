"""A player plays, pauses, ends and starts again, with and without an event loop."""

import asyncio

import pytest

from qmlcourse.widgets import Player


class Count:
    def __init__(self, end=None):
        self.value, self.end = 0, end

    def step(self):
        self.value += 1
        return self.end is None or self.value < self.end

    def reset(self):
        self.value = 0


def test_finish_runs_to_the_end_or_to_the_bound():
    count = Count(end=7)
    player = Player(count.step, count.reset)
    assert player.finish(1000) == 7
    assert player.finished
    assert player.buttons["step"].disabled
    assert player.finish() == 0
    endless = Player(Count().step)
    assert endless.finish(25) == 25
    assert not endless.finished


def test_total_ends_it_and_fills_the_bar():
    player = Player(Count().step, total=12)
    player.finish()
    assert (player.frame, player.bar.value, player.bar.max) == (12, 12, 12)
    assert player.count.value == "12 of 12"


def test_reset_goes_back():
    count = Count(end=3)
    player = Player(count.step, count.reset)
    player.finish()
    player.buttons["reset"].click()
    assert (player.frame, count.value, player.finished) == (0, 0, False)


def test_plays_on_a_loop_while_others_work_and_pauses():
    count = Count()
    player = Player(count.step, count.reset, interval=0.002)

    async def page():
        player.buttons["play"].click()
        assert player.playing
        others = 0
        while count.value < 5:
            others += 1
            await asyncio.sleep(0.001)
        player.buttons["play"].click()
        stopped = count.value
        await asyncio.sleep(0.03)
        assert count.value == stopped
        assert not player.playing
        player.buttons["play"].click()
        await asyncio.sleep(0.03)
        assert count.value > stopped
        player.buttons["reset"].click()
        await asyncio.sleep(0.02)
        assert count.value == 0
        return others

    assert asyncio.run(asyncio.wait_for(page(), 20)) > 0


def test_play_ends_by_itself_and_plays_again():
    count = Count(end=4)
    player = Player(count.step, count.reset, interval=0.001)

    async def page():
        player.play()
        while player.playing:
            await asyncio.sleep(0.001)
        assert (player.finished, count.value) == (True, 4)
        player.buttons["play"].click()
        while player.playing:
            await asyncio.sleep(0.001)
        assert count.value == 4

    asyncio.run(asyncio.wait_for(page(), 20))


def test_without_a_loop_play_never_hangs():
    count = Count()
    player = Player(count.step)
    player.play()
    assert (count.value, player.playing) == (1, False)


@pytest.mark.parametrize("way", ["step", "play"])
def test_an_error_stops_it_and_is_shown(way):
    told = []

    def step():
        raise ValueError("The gradient exploded")

    player = Player(step, report=told.append)
    player.buttons[way].click()
    assert (player.frame, player.playing) == (0, False)
    assert (player.status.text, player.status.tone) == ("The gradient exploded.", "error")
    assert player.errors == told
    assert repr(player) == "Player"
