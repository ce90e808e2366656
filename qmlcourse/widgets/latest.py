"""One worker thread for long work, where only the newest job matters."""

from __future__ import annotations

import asyncio
import atexit
import threading
import weakref
from collections.abc import Callable
from typing import Any

_PATIENCE = 5.0  # seconds that the end of the program waits for a job to notice it
_all: weakref.WeakSet[Latest] = weakref.WeakSet()


class Latest:
    """Run jobs in a worker thread; a new job replaces the one that waits.

    Results are handed over in the thread of the interface: on its event loop where one runs, and
    otherwise in :meth:`wait`. The result of a job that a newer one has overtaken is dropped.

    Parameters
    ----------
    work
        ``work(job)``, called in the worker thread. Long work asks :meth:`outdated` now and then
        and returns early.
    done
        ``done(job, result)``, called in the thread of the interface.
    failed
        ``failed(job, error)``, likewise, where ``work`` raised. Without it :meth:`wait` raises.
    """

    def __init__(
        self,
        work: Callable[[Any], Any],
        done: Callable[[Any, Any], None],
        failed: Callable[[Any, Exception], None] | None = None,
    ):
        self._work, self._done, self._failed = work, done, failed
        self._change = threading.Condition()
        self._generation = 0  # of the newest job
        self._mine = threading.local()  # the generation that the worker is at
        self._queued: tuple | None = None
        self._finished: tuple | None = None
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        _all.add(self)

    def submit(self, job: Any) -> None:
        """Ask for ``job``; it replaces the one that waits, and outdates the one that runs."""
        try:
            self._loop = asyncio.get_running_loop()
        except RuntimeError:
            self._loop = None
        with self._change:
            self._generation += 1
            self._queued = (self._generation, job)
            self._finished = None
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, daemon=True, name="latest")
                self._thread.start()

    def cancel(self) -> None:
        """Forget the job that waits and the result of the one that runs."""
        with self._change:
            self._generation += 1
            self._queued = self._finished = None

    @property
    def busy(self) -> bool:
        """Whether the newest job still has to be done or handed over."""
        with self._change:
            return self._pending() or self._finished is not None

    def outdated(self) -> bool:
        """Whether a newer job has come; to be asked by ``work`` in the worker thread."""
        return getattr(self._mine, "generation", self._generation) != self._generation

    def wait(self, timeout: float | None = 30.0) -> bool:
        """Wait for the newest job and hand its result over here.

        Parameters
        ----------
        timeout
            Seconds; None waits for ever.

        Returns
        -------
        bool
            Whether all was done in time.
        """
        with self._change:
            if not self._change.wait_for(lambda: not self._pending(), timeout):
                return False
        self._deliver()
        return True

    def _pending(self) -> bool:
        running = getattr(self._thread, "generation", None) == self._generation
        return self._queued is not None or (running and self._finished is None)

    def _run(self) -> None:
        thread = threading.current_thread()
        while True:
            with self._change:
                if self._queued is None:
                    self._thread = None
                    self._change.notify_all()
                    return
                (generation, job), self._queued = self._queued, None
                thread.generation = self._mine.generation = generation
            try:
                outcome = (job, self._work(job), None)
            except Exception as error:
                outcome = (job, None, error)
            with self._change:
                thread.generation = None
                if generation != self._generation:
                    continue
                self._finished = outcome
                self._change.notify_all()
            if self._loop is not None and not self._loop.is_closed():
                self._loop.call_soon_threadsafe(self._deliver)

    def _deliver(self) -> None:
        with self._change:
            outcome, self._finished = self._finished, None
        if outcome is None:
            return
        job, result, error = outcome
        if error is None:
            self._done(job, result)
        elif self._failed is not None:
            self._failed(job, error)
        else:
            raise error


@atexit.register
def _end() -> None:
    """Let running jobs end first: a thread killed inside of torch takes the program along."""
    threads = [one._thread for one in _all]
    for one in list(_all):
        one.cancel()
    for thread in filter(None, threads):
        thread.join(_PATIENCE)
