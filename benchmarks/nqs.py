"""Neural ground states beside NetKet: same matrix, same RBM, same start, exact sums, one thread.

    python benchmarks/nqs.py
    python benchmarks/nqs.py --bias 0.5
    python benchmarks/nqs.py --gpu

NetKet lives in its own environment, which the first run makes (about 1 GB). It gets the plain
stochastic reconfiguration of its manual with the best of three step sizes, its clock starts after
compilation. Ours runs three ways: the same plain method, the Newton-like steps, and the same with
symmetries, which NetKet's sum does not know. The factors depend on the common start; `--bias` is
how far it leans on the Hartree-Fock determinant (default 0.3). `--gpu` times steps of larger rings
instead.
"""

from timing import one_thread, timed

one_thread()

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import torch

from qmlcourse.nqs import (
    CHEMICAL_ACCURACY,
    RBM,
    SearchSettings,
    hydrogen_ring,
    load_crystal,
    prepare,
)

HERE = Path(__file__).parent
ENVIRONMENT = HERE / ".netket"
PROBLEMS = {
    "H6 ring, 1.8 bohr": (lambda: hydrogen_ring(6, 1.8), 6, 20),
    "H10 ring, 1.8 bohr": (lambda: hydrogen_ring(10, 1.8), 10, 240),
    "polyacetylene, 4 momenta": (lambda: load_crystal("polyacetylene-4"), 4, 120),
}
SR = SearchSettings(method="sr", floor=1e-4, decay=0.97)
BIAS = float(sys.argv[sys.argv.index("--bias") + 1]) if "--bias" in sys.argv else 0.3


def ours(crystal, settings, symmetric, target):
    """Seconds until the target, seconds a step, and steps."""
    search = prepare(crystal, RBM, 0, settings=settings, symmetric=symmetric, bias=BIAS)
    start, first = time.perf_counter(), None
    while search.step < 400 and first is None:
        search.advance()
        if search.energy < target:
            first = time.perf_counter() - start
    passed = time.perf_counter() - start
    return first, passed / search.step, search.step


def theirs(search, target, seconds):
    """The same of NetKet, for the best of three step sizes."""
    python = ENVIRONMENT / "bin" / "python"
    if not python.exists():
        print("making NetKet's environment (once) ...", flush=True)
        subprocess.run([sys.executable, "-m", "venv", ENVIRONMENT], check=True)
        subprocess.run([python, "-m", "pip", "install", "-q", "netket==3.23.0"], check=True)
    matrix = search.basis.matrix
    flags = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
    best = None
    with tempfile.TemporaryDirectory() as folder:
        problem, result = Path(folder) / "problem.npz", Path(folder) / "result.json"
        np.savez(
            problem,
            occupations=search.basis.occupations,
            data=matrix.data,
            indices=matrix.indices,
            indptr=matrix.indptr,
            target=target,
            parameters=search.network.parameters.numpy(),
        )
        for step in (0.3, 0.1, 0.05):
            result.unlink(missing_ok=True)
            said = subprocess.run(
                [python, HERE / "_netket_search.py", problem, result, str(step), str(seconds)],
                env={**os.environ, "XLA_FLAGS": flags, "JAX_PLATFORMS": "cpu"},
                capture_output=True,
                text=True,
                check=False,
            )
            if said.returncode:
                print(said.stderr[-400:])
                continue
            row = json.loads(result.read_text())
            reached = bool(row["energies"]) and row["energies"][-1] < target
            took = row["times"][-1] if reached else None
            found = took, row["times"][-1] / len(row["times"]), len(row["times"]), step
            if best is None or (took or 1e9, -step) < (best[0] or 1e9, -best[3]):
                best = found
    return best


def main():
    torch.set_num_threads(1)
    print(f"torch {torch.__version__}, one thread; target: 1.594 mHa an atom or a cell")
    print(f"{'':26s} {'to target':>11s} {'a step':>9s} {'steps':>6s}")
    for name, (make, units, seconds) in PROBLEMS.items():
        crystal = make()
        blank = prepare(crystal, RBM, 0, symmetric=False, bias=BIAS)
        exact = blank.basis.sector.ground_state()[0][0]
        target = exact + units * CHEMICAL_ACCURACY
        print(
            f"{name}, {blank.basis.size:,} determinants, {len(blank.network.parameters)} parameters"
        )
        rows = {
            "ours, reconfiguration": ours(crystal, SR, False, target),
            "ours, Newton-like": ours(crystal, SearchSettings(), False, target),
            "ours, with symmetries": ours(crystal, SearchSettings(), True, target),
        }
        peer = theirs(blank, target, seconds)
        for label, row in rows.items():
            factor = "" if not (peer and peer[0] and row[0]) else f"{peer[0] / row[0]:6.1f} times"
            print(
                f"   {label:23s} {_seconds(row[0]):>11s} {1e3 * row[1]:6.1f} ms "
                f"{row[2]:6d} {factor}"
            )
        if peer:
            label = f"NetKet, step {peer[3]}"
            print(f"   {label:23s} {_seconds(peer[0]):>11s} {1e3 * peer[1]:6.1f} ms {peer[2]:6d}")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"our largest memory: {memory:.2f} GB")


def gpu():
    """Steps a second of rings on the GPU and on the CPU."""
    for atoms, density in ((10, 1), (10, 4)):
        for device in ("cuda", "cpu"):
            search = prepare(hydrogen_ring(atoms, 1.8), RBM, 0, density=density, device=device)
            search.run(2)
            took = timed(lambda one=search: one.run(10))[0] / 10
            print(f"H{atoms}, density {density}, {device}: {1e3 * took:.1f} ms a step")


def _seconds(value):
    return "not reached" if value is None else f"{value:.2f} s"


if __name__ == "__main__":
    gpu() if "--gpu" in sys.argv else main()
