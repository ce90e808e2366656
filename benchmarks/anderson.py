"""Eigenstates in the middle of the spectrum: states a second, beside SciPy's shift-invert.

    python benchmarks/anderson.py [--gpu] [--sizes 12 16 20]

One state nearest E = 0 of the box model at W = 16.5, residual below 1e-8 for both, one thread each,
the same matrices. SciPy runs twice: as most users call it, and with an ordering for symmetric
matrices that its LU offers. With --gpu ours runs on the GPU in larger batches.
"""

from timing import one_thread, power, timed

one_thread()

import argparse

import numpy as np
import torch
from scipy.sparse.linalg import LinearOperator, eigsh, splu

from qmlcourse.anderson import AndersonModel, eigenstates

SAMPLES = {8: 64, 12: 32, 16: 16, 20: 8, 24: 4, 30: 2, 40: 1}


def ours(size, device):
    """Seconds a state and the largest residual."""
    samples = SAMPLES.get(size, 1) * (8 if device == "cuda" else 1)
    generator = torch.Generator(device=device).manual_seed(size)
    hamiltonian = AndersonModel(size).sample([16.5] * samples, generator)
    eigenstates(hamiltonian[:1], tolerance=1e-8)

    def solve():
        found = eigenstates(hamiltonian, tolerance=1e-8)
        if device == "cuda":
            torch.cuda.synchronize()
        return found

    best, worst = np.inf, 0.0
    for _ in range(3 if size <= 16 else 1):
        spent, found = timed(solve)
        best = min(best, spent / samples)
        worst = max(worst, float(found.residuals.max()))
    return best, worst, hamiltonian, found


def nearest_zero(matrix, symmetric):
    """SciPy's eigenvalue nearest zero and its vector; its LU may order for symmetric matrices."""
    inverse = None
    if symmetric:
        factors = splu(
            matrix,
            permc_spec="MMD_AT_PLUS_A",
            diag_pivot_thresh=0.01,
            options={"SymmetricMode": True},
        )
        inverse = LinearOperator(matrix.shape, factors.solve, dtype=float)
    return eigsh(matrix, k=1, sigma=0.0, OPinv=inverse, tol=1e-8)


def scipys(hamiltonian, found, symmetric):
    """Seconds a state, the largest residual and the largest difference of an energy from ours."""
    count = min(len(hamiltonian), 4 if hamiltonian.layers <= 16 else 2)
    spent, worst, off = 0.0, 0.0, 0.0
    for sample in range(count):
        matrix = hamiltonian.sparse(sample).tocsc()
        took, (value, vector) = timed(lambda m=matrix: nearest_zero(m, symmetric))
        spent += took
        worst = max(worst, float(np.linalg.norm(matrix @ vector - value * vector)))
        off = max(off, abs(float(value[0]) - float(found.energies[sample, 0])))
    return spent / count, worst, off


def main():
    """Print the table and the cost law."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gpu", action="store_true")
    parser.add_argument("--sizes", type=int, nargs="+", default=[8, 12, 16, 20])
    options = parser.parse_args()
    device = "cuda" if options.gpu else "cpu"
    torch.set_num_threads(1)
    print("  L   states/s  residual    scipy: ms  ratio   symmetric order: ms  ratio   energies")
    times = []
    for size in options.sizes:
        own, residual, hamiltonian, found = ours(size, device)
        times.append(own)
        line = f"{size:3d} {1 / own:10.1f}  {residual:8.1e}"
        if size <= 24 and device == "cpu":
            usual, first, off = scipys(hamiltonian, found, False)
            better, second, _ = scipys(hamiltonian, found, True)
            assert max(first, second) < 1e-8
            line += (
                f"  {1e3 * usual:11.1f} {usual / own:6.1f} {1e3 * better:22.1f} "
                f"{better / own:6.1f}   {off:.0e}"
            )
        else:
            flops = 12 * size**7
            line += f"   {flops / own / 1e9:8.1f} GFlop/s of the 6 L^7 multiplications"
        print(line, flush=True)
    if len(times) > 1:
        slope = power(options.sizes, times)
        print(f"cost grows as L^{slope:.1f} (expected 7 where the matrix products dominate)")


if __name__ == "__main__":
    main()
