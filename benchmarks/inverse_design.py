"""The design loop on one core: honeycomb and triangular starts, and the authors' own work.

    python benchmarks/inverse_design.py
    python benchmarks/inverse_design.py --gpu

The authors of Communications Physics 6, 37 (2023) state 76 s on a laptop for 10 seeds of 100 steps
on a mesh of 100 x 100 (their repository); the same work is run here and both are printed. `--gpu`
measures batched small eigenproblems on a GPU beside the CPU, then 1024 triangular starts on a mesh
of 40 x 40.
"""

from timing import gpu_name, one_thread, seconds, timed

one_thread()

import sys

import numpy as np
import torch

from qmlcourse.inverse_design import (
    TRIANGULAR,
    chern_number,
    design,
    hall_objective,
    honeycomb,
    triangular,
)

_AUTHORS = 76.0  # seconds, as they print it


def designed(space, **options):
    """Seconds of a design, and the design."""
    return timed(lambda: design(space=space, **options))


def main():
    torch.set_num_threads(1)
    print(f"torch {torch.__version__}, one thread, double precision")
    space = honeycomb()
    designed(space, objective=hall_objective(space), starts=2, steps=3)  # warm
    spent, run = designed(space, objective=hall_objective(space), starts=64)
    found = (chern_number(run.model, mesh=20) == 1).sum()
    print(
        f"honeycomb, 64 starts x 100 steps, mesh 20: {spent:.2f} s, {int(found)} of 64 with C = 1"
    )
    spent, run = designed(space, objective=hall_objective(space, mesh=100), starts=10)
    print(
        f"the authors' work, 10 starts x 100 steps, mesh 100: {spent:.1f} s here, "
        f"{_AUTHORS:.0f} s on their laptop, ratio {_AUTHORS / spent:.0f}"
    )
    one, _ = designed(space, objective=hall_objective(space), starts=1, steps=5)
    print(f"5 steps of one start, a frame of a live picture: {1e3 * one:.0f} ms")
    space = triangular()
    objective = hall_objective(space, mesh=10, filling=2)
    spent, run = designed(space, objective=objective, starts=64, schedule=TRIANGULAR)
    numbers = chern_number(run.model, [0, 1], mesh=16)
    six = int((numbers == 6).sum())
    print(
        f"triangular, 64 starts x 300 steps, mesh 10: {spent:.1f} s, {six} of 64 with C = 6,"
        f" largest {int(numbers.max())}; sigma {np.max(run.value):.4f}"
    )


def gpu():
    """Eigenproblems of size 4 and 9 on both devices, then the large run on the GPU."""
    print(gpu_name())
    for size in (4, 9):
        matrices = torch.randn(100_000, size, size, dtype=torch.complex128)
        matrices = matrices + matrices.mH
        spent = {}
        for device in ("cpu", "cuda"):
            there = matrices.to(device)
            torch.linalg.eigh(there)  # warm
            spent[device] = seconds(lambda m=there: torch.linalg.eigh(m)[0].sum().item())
        print(
            f"100,000 eigenproblems {size} x {size}: CPU {spent['cpu']:.2f} s, "
            f"GPU {spent['cuda']:.2f} s"
        )
    space = triangular()
    objective = hall_objective(space, mesh=40, filling=2)
    many = {"starts": 1024, "schedule": TRIANGULAR, "steps": 20, "device": "cuda"}
    spent, _ = designed(space, objective=objective, **many)
    print(f"triangular, 1024 starts, mesh 40: {spent / 20:.2f} s a step")


if __name__ == "__main__":
    gpu() if "--gpu" in sys.argv else main()
