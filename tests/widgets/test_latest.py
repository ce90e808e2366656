"""Of many jobs the newest wins."""

import asyncio
import threading
import time

import pytest

from qmlcourse.widgets import Latest


def test_newest_wins_and_the_middle_is_never_begun():
    begun, done, gate = [], [], threading.Event()

    def work(job):
        begun.append(job)
        gate.wait(5)
        return job * 10

    latest = Latest(work, lambda job, result: done.append((job, result)))
    latest.submit(1)
    while not begun:
        time.sleep(0.001)
    for job in range(2, 7):
        latest.submit(job)
    assert latest.busy
    gate.set()
    assert latest.wait(5)
    assert begun == [1, 6]
    assert done == [(6, 60)]
    assert not latest.busy


def test_overtaken_work_can_notice():
    noticed = threading.Event()

    def work(job):
        end = time.monotonic() + 5
        while job == 1 and time.monotonic() < end:
            if latest.outdated():
                noticed.set()
                return None
            time.sleep(0.001)
        return job

    done = []
    latest = Latest(work, lambda job, result: done.append(result))
    latest.submit(1)
    time.sleep(0.02)
    latest.submit(2)
    assert latest.wait(5)
    assert noticed.is_set()
    assert done == [2]
    assert not latest.outdated()


def test_results_are_handed_over_in_the_thread_that_waits():
    where = []
    latest = Latest(lambda job: job, lambda job, result: where.append(threading.current_thread()))
    latest.submit(1)
    assert latest.wait(5)
    assert where == [threading.current_thread()]


def test_on_an_event_loop_results_arrive_by_themselves():
    done = []
    latest = Latest(lambda job: job, lambda job, result: done.append(threading.current_thread()))

    async def page():
        latest.submit(1)
        for _ in range(500):
            if done:
                return
            await asyncio.sleep(0.01)

    asyncio.run(page())
    assert done == [threading.main_thread()]


def test_errors_reach_the_one_who_asked():
    failed = []
    latest = Latest(lambda job: 1 / job, lambda *_: None, lambda job, error: failed.append(error))
    latest.submit(0)
    assert latest.wait(5)
    assert isinstance(failed[0], ZeroDivisionError)
    plain = Latest(lambda job: 1 / job, lambda *_: None)
    plain.submit(0)
    with pytest.raises(ZeroDivisionError):
        plain.wait(5)


def test_waiting_has_an_end_and_cancel_forgets():
    gate, done = threading.Event(), []
    latest = Latest(lambda job: gate.wait(5), lambda *outcome: done.append(outcome))
    latest.submit(1)
    assert not latest.wait(0.02)
    latest.cancel()
    gate.set()
    assert latest.wait(5)
    time.sleep(0.02)
    assert latest.wait(5)
    assert done == []


def test_jobs_end_before_the_program_does():
    """A thread that is killed inside of torch takes the whole program along."""
    from qmlcourse.widgets import latest

    begun = threading.Event()

    def work(_):
        begun.set()
        while not job.outdated():
            time.sleep(0.01)

    job = Latest(work, lambda *_: None)
    job.submit(1)
    assert begun.wait(5)
    thread = job._thread
    latest._end()
    assert not thread.is_alive()
