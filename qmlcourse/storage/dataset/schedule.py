"""The work of a dataset: Dask's threads here or a cluster by address, progress, a full disk."""

from __future__ import annotations

import errno
import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from .store import make_chunk

Job = tuple  # the arguments of make_chunk


def on_threads(jobs: Sequence[Job], workers: int | None, progress: Progress) -> None:
    """Run the jobs on this machine's cores by Dask's threads."""
    import dask
    from dask.callbacks import Callback

    tasks = [dask.delayed(make_chunk, pure=False)(*job) for job in jobs]
    with Callback(posttask=lambda *_: progress.one_more()):
        dask.compute(*tasks, scheduler="threads", num_workers=workers or os.cpu_count())


def on_cluster(jobs: Sequence[Job], address: str, progress: Progress) -> None:
    """Run the jobs on the workers of a Dask scheduler; a job whose worker dies goes to another.

    Raises
    ------
    ConnectionError
        Where no scheduler answers at the address.
    """
    import distributed

    try:
        client = distributed.Client(address, timeout=5)
    except (OSError, ValueError, TypeError) as error:
        raise ConnectionError(
            f"no Dask scheduler answers at {address} ({type(error).__name__}); start one with "
            "`dask scheduler`, or leave the option out to use this machine."
        ) from None
    with client:
        futures = client.map(lambda job: make_chunk(*job), jobs, retries=3, pure=False)
        for future in distributed.as_completed(futures):
            future.result()
            progress.one_more()


@contextmanager
def disk_errors(out: str | os.PathLike) -> Iterator[None]:
    """Say in one sentence that the disk is full.

    Raises
    ------
    OSError
        Where it is, instead of the system's own error.
    """
    try:
        yield
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        raise OSError(
            f"the disk that holds {out} is full; make room and run the same command again: what is "
            "finished is stored."
        ) from None


@dataclass
class Progress:
    """Show one line on stderr: chunks done, samples a second, time left.

    Attributes
    ----------
    number, done, chunk : int
        Chunks in all and those that are stored, and samples in a chunk.
    quiet : bool
        Whether nothing is shown.
    begun : float
        When the work began, in seconds of the monotonic clock.
    """

    number: int
    done: int
    chunk: int
    quiet: bool
    begun: float = field(default_factory=time.monotonic)

    def __post_init__(self):
        self.before = self.done
        if self.before and not self.quiet:
            print(f"{self.before} of {self.number} chunks are there already.", file=sys.stderr)

    def one_more(self) -> None:
        """Count a chunk, and show the line."""
        self.done += 1
        if self.quiet:
            return
        rate = (self.done - self.before) / max(time.monotonic() - self.begun, 1e-9)
        left = (self.number - self.done) / rate
        bar = "#" * (30 * self.done // self.number)
        print(
            f"\r[{bar:<30}] {self.done} of {self.number} chunks, "
            f"{rate * self.chunk:.0f} samples/s, {left:.0f} s left ",
            end="",
            file=sys.stderr,
            flush=True,
        )

    def end(self) -> None:
        """End the line."""
        if not self.quiet and self.done > self.before:
            print(file=sys.stderr)
