"""Batched fits of both self-energies beside SciPy's least_squares on the same model, one core.

    python benchmarks/self_energy.py
    python benchmarks/self_energy.py --gpu

SciPy gets the same residuals and prior and starts from the same numbers; it fits one start after
the other, to the same chi squared: once with its own finite differences, once with our exact
Jacobian handed to it. `--gpu` fits 4096 starts.
"""

from timing import gpu_name, one_thread, timed

one_thread()

import sys

import numpy as np
import torch
from scipy.optimize import least_squares

from qmlcourse.self_energy import Grid, HiddenFermion, SelfEnergyFit, fit, measured_curves, window

STARTS, ALONE = 32, 4
MOMENTA = (0.0, -0.06, -0.15)


def scipy_fit(data, ansatz, seed, smoothness, exact):
    """chi2 of one start by least_squares, softened in stages."""
    run = SelfEnergyFit(data, ansatz, seed=[seed])
    root = None

    def prepare(weight):
        nonlocal root
        values, vectors = np.linalg.eigh(run.prior(run.raw, weight)[0].numpy())
        root = np.sqrt(np.maximum(values, 0))[:, None] * vectors.T

    def residual(x):
        raw = torch.as_tensor(x[None])
        own = run.forward.residual(*ansatz.densities(raw))[0].flatten().numpy()
        return np.concatenate([own, root @ x])

    def slope(x):
        with torch.no_grad():
            own = run.linearised(torch.as_tensor(x[None]))[1][0].numpy()
        return np.concatenate([own, root])

    x = run.raw[0].numpy()
    for weight in np.geomspace(1e4, smoothness, 6):
        prepare(weight)
        steps = 40 if weight <= 1.01 * smoothness else 8
        x = least_squares(residual, x, slope if exact else "2-point", max_nfev=steps, ftol=1e-6).x
    chi2 = (residual(x)[: len(data.counts) * len(data.energies)] ** 2).sum() / data.points
    return chi2


def main():
    torch.set_num_threads(1)
    print(f"torch {torch.__version__}, one thread, double precision")
    truth, energies = HiddenFermion(), window(-0.3, 0.3)
    truth.spectral_function(energies)
    couplings = 0.07 + 1e-5 * np.arange(200)
    spent, _ = timed(
        lambda: [HiddenFermion(coupling=one).spectral_function(energies) for one in couplings]
    )
    print(f"forward model, 301 energies: {1e3 * spent / len(couplings):.2f} ms")
    data, ansatz = measured_curves(truth, MOMENTA), Grid()
    fit(data, ansatz, seed=[0], steps=2)
    ours, run = timed(lambda: fit(data, ansatz, seed=range(STARTS)))
    good = (run.chi2 < run.chi2.min() + 0.3).sum()
    print(
        f"{STARTS} fits of three momenta in a batch: {ours:.1f} s, {good} of them with chi2 "
        f"within 0.3 of {run.chi2.min():.2f}"
    )
    for words, exact, alone in (("finite differences", False, 1), ("our Jacobian", True, ALONE)):
        spent, found = timed(
            lambda n=alone, exact=exact: [
                scipy_fit(data, ansatz, seed, run.smoothness, exact) for seed in range(n)
            ]
        )
        theirs = spent * STARTS / alone
        print(
            f"{STARTS} by scipy with {words}, from {alone} timed: {theirs:.0f} s, chi2 "
            f"{', '.join(f'{c:.2f}' for c in found)}; ratio {theirs / ours:.1f}"
        )


def gpu():
    name, data = gpu_name(), measured_curves(HiddenFermion(), MOMENTA)

    def good(first):
        run = fit(data, Grid(), seed=range(first, first + 256), device="cuda")
        return int((run.chi2 < run.chi2.min() + 0.3).sum())

    spent, count = timed(lambda: sum(good(first) for first in range(0, 4096, 256)))
    print(f"{name}: 4096 fits in {spent:.0f} s, {4096 / spent:.0f} a second, {count} good")


if __name__ == "__main__":
    gpu() if "--gpu" in sys.argv else main()
