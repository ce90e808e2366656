"""What all benchmarks share: one thread, a clock, a power law, and the GPU where it is asked for.

It imports neither NumPy nor torch by itself, so that `one_thread` comes before them.
"""

import os
import time


def one_thread():
    """Let NumPy, SciPy, Kwant and torch compute on one thread; call it before they are imported."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"


def timed(work):
    """Seconds that `work` takes, and what it returns."""
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def seconds(work, repeat=1, before=lambda: None):
    """Shortest of some runs of `work`; `before` runs before each of them, off the clock."""
    times = []
    for _ in range(repeat):
        before()
        times.append(timed(work)[0])
    return min(times)


def power(sizes, times):
    """Exponent of the cost: times grow as sizes to this power."""
    import numpy as np

    return np.polyfit(np.log(sizes), np.log(times), 1)[0]


def gpu_name():
    """Name of the GPU; ends the program where torch sees none."""
    import torch

    if not torch.cuda.is_available():
        raise SystemExit("no GPU is seen by torch; run without --gpu.")
    return torch.cuda.get_device_name()
