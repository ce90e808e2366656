"""The fits of chapter 7 at full scale, in chunks that are stored as they are done."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import torch

from ...self_energy import (
    ANSATZE,
    Grid,
    HiddenFermion,
    Truth,
    ensemble,
    fit,
    laplace_gap_parameter,
    measured_curves,
    posterior,
    relative_errors,
)
from ...self_energy.ensembles import ACCEPTED
from ..runner import Run
from .cases import CASES, MOMENTA, TRUTHS, Case, random_truth

ENSEMBLE_STEPS = 100
_FITTED = 1.3  # chi squared a point below which a fit has found the way


def compute(run: Run) -> dict[str, Any]:
    """Return the result of a tier (laptop: about half an hour on one core)."""
    torch.set_num_threads(1)
    sizes, device = run.sizes, run.device

    def measured(name: str, count: int, work: Callable[[int], np.ndarray], stream: int):
        return run.chunks(name, count, sizes.chunk, partial(_rows, work=work), stream)

    recovered = partial(recovery, starts=sizes.starts, device=device)
    result = {**run.header(), "momenta": MOMENTA}
    result["recovery"] = [
        _recovery_row(
            name,
            measured(
                f"recovery-{n}", sizes.data_seeds, partial(recovered, truth=truth, peak=1e4), n
            ),
        )
        for n, (name, truth) in enumerate(TRUTHS.items())
    ]
    result["counts"] = [
        {
            "peak": peak,
            **_recovery_row(
                "hidden fermion",
                measured(
                    f"counts-{n}", 4, partial(recovered, truth=HiddenFermion(), peak=peak), 20 + n
                ),
            ),
        }
        for n, peak in enumerate(sizes.peak_counts)
    ]
    covered = measured("coverage", sizes.covered, partial(coverage, device=device), 40)
    result["coverage"] = coverage_summary(covered)
    result["first_covered"] = covered[:4].tolist()
    result["posterior"] = [posterior_row(count) for count in (1, 2, 3, 5, 7)]
    result["posterior_million"] = posterior_row(1, 1e6)
    result["switches"] = [
        {
            "case": name,
            **_switch_row(
                measured(
                    f"switch-{n}",
                    3,
                    partial(switched, case=case, starts=sizes.starts, device=device),
                    60 + n,
                )
            ),
        }
        for n, (name, case) in enumerate(CASES.items())
    ]
    result["slopes"] = [
        {
            "slope": slope,
            "chi2": measured(
                f"slope-{n}",
                3,
                partial(sloped, slope=slope, starts=sizes.starts, device=device),
                80 + n,
            )[:, 0].tolist(),
        }
        for n, slope in enumerate(sizes.slopes)
    ]
    result["ensembles"] = {
        str(count): _ensemble_rows(
            measured(
                f"ensemble-{count}",
                1,
                partial(agreement, count=count, starts=sizes.ensemble_starts),
                90 + count,
            )[0]
        )
        for count in (1, 3)
    }
    return result


def recovery(seed: int, *, truth: Truth, peak: float, starts: int, device: str) -> np.ndarray:
    """Measure a truth at three momenta, fit, and compare.

    Parameters
    ----------
    seed
        Of the noise.
    truth
        Makes the data.
    peak
        Expected counts at the peak of the strongest curve.
    starts
        Random starts of the fit.
    device
        Torch device of the fit.

    Returns
    -------
    numpy.ndarray
        Shape (5,): chi squared a point of the best start, share of the starts accepted, relative
        errors of the normal and the anomalous self-energy, gap parameter in eV.
    """
    data = measured_curves(truth, MOMENTA, counts=peak, seed=seed)
    run = fit(data, Grid(), seed=range(starts), device=device)
    normal, anomalous = relative_errors(run, truth)
    best = run.best
    accepted = (run.chi2 < run.chi2[best] + ACCEPTED).mean()
    return np.array(
        [run.chi2[best], accepted, normal[best], anomalous[best], run.gap_parameter()[best]]
    )


def coverage(seed: int, *, device: str) -> np.ndarray:
    """Measure a random truth at three momenta and state its gap parameter with an error bar.

    Parameters
    ----------
    seed, device
        Draws the truth, the noise having the next number; torch device of the fit.

    Returns
    -------
    numpy.ndarray
        Shape (4,): gap parameter of the truth, of the fit, its Laplace standard deviation (all in
        eV), chi squared a point.
    """
    truth = random_truth(seed)
    data = measured_curves(truth, MOMENTA, seed=seed + 1)
    run = fit(data, Grid(), seed=range(2), device=device)
    value, sd = laplace_gap_parameter(run, run.best)
    return np.array([truth.gap_parameter(), abs(value), sd, run.chi2[run.best]])


def coverage_summary(rows: np.ndarray) -> dict[str, Any]:
    """Return the share of truths inside one standard deviation, as computed and as calibrated.

    The Laplace deviation is multiplied by the factor that makes it a 68 % band. Each half of the
    truths is judged by the factor of the other half. Fits that failed are counted apart.

    Parameters
    ----------
    rows
        Shape (truth, 4), as :func:`coverage` returns them.
    """
    truth, value, sd, chi2 = np.asarray(rows).T
    good = chi2 < _FITTED
    pulls = ((value - truth) / sd)[good]
    size, odd = np.abs(pulls), np.arange(len(pulls)) % 2 == 1
    factors = [float(np.quantile(size[half], 0.6827)) for half in (odd, ~odd)]
    inside = np.where(odd, size < factors[1], size < factors[0])
    share = float(inside.mean())
    return {
        "truths": len(rows),
        "fitted": int(good.sum()),
        "raw_share": float((size < 1).mean()),
        "pull": [float(pulls.mean()), float(pulls.std())],
        "factor": float(np.mean(factors)),
        "share": share,
        "error": float(np.sqrt(share * (1 - share) / len(pulls))),
    }


def posterior_row(count: int, peak: float = 1e4) -> dict[str, Any]:
    """Return the posterior standard deviation of the gap parameter for some momenta.

    Parameters
    ----------
    count
        Number of momenta, 1 to 7.
    peak
        Expected counts at the peak of the strongest curve.
    """
    bands = {1: (0.0,), 2: MOMENTA[:2], 3: MOMENTA}.get(count, np.linspace(-0.2, 0.1, count))
    truth = HiddenFermion()
    found = posterior(measured_curves(truth, bands, counts=peak), truth)
    before, after = found.gap_parameter_deviations()
    return {
        "momenta": count,
        "peak": peak,
        "before": before,
        "after": after,
        "informative": found.informative,
    }


def switched(seed: int, *, case: Case, starts: int, device: str) -> np.ndarray:
    """Fit a case, with the laws that it keeps.

    Parameters
    ----------
    seed
        Of the noise.
    case, starts, device
        What is measured and fitted, random starts of the fit, its torch device.

    Returns
    -------
    numpy.ndarray
        Shape (5,): chi squared a point, relative errors of the normal and the anomalous
        self-energy, gap parameter of the best start and of the truth in eV.
    """
    data = measured_curves(case.truth, case.bands, seed=seed)
    run = fit(data, Grid(**case.laws), seed=range(starts), device=device)
    normal, anomalous = relative_errors(run, case.truth)
    best = run.best
    return np.array(
        [
            run.chi2[best],
            normal[best],
            anomalous[best],
            run.gap_parameter()[best],
            case.truth.gap_parameter(),
        ]
    )


def sloped(seed: int, *, slope: float, starts: int, device: str) -> np.ndarray:
    """Return (chi squared a point,) of a fit to a coupling that changes with momentum.

    Parameters
    ----------
    seed
        Of the noise.
    slope
        Relative change of the coupling with the band energy, per eV.
    starts, device
        Random starts of the fit, its torch device.
    """
    data = measured_curves(HiddenFermion(slope=slope), MOMENTA, seed=seed)
    run = fit(data, Grid(), seed=range(starts), device=device)
    return np.array([run.chi2[run.best]])


def agreement(seed: int, *, count: int, starts: int) -> np.ndarray:
    """Fit every ansatz to the same curves.

    Parameters
    ----------
    seed
        Of the noise.
    count
        Number of momenta, 1 to 3.
    starts
        Random starts of each ansatz.

    Returns
    -------
    numpy.ndarray
        Shape (ansatz, 3, start): chi squared a point, gap parameter in eV, 1 where accepted.
    """
    data = measured_curves(HiddenFermion(), MOMENTA[:count], seed=seed)
    found = ensemble(data, seed=range(starts), steps=ENSEMBLE_STEPS)
    return np.stack(
        [
            np.stack([run.chi2, run.gap_parameter(), found.accepted[name]])
            for name, run in found.fits.items()
        ]
    )


def _rows(seeds: list[int], work: Callable[[int], np.ndarray]) -> np.ndarray:
    return np.stack([work(seed % 2**32) for seed in seeds])


def _recovery_row(name: str, rows: np.ndarray) -> dict[str, Any]:
    chi2, accepted, normal, anomalous, gap = rows.T
    return {
        "truth": name,
        "data": len(rows),
        "chi2": float(np.median(chi2)),
        "accepted": float(accepted.mean()),
        "e11": [float(v) for v in np.quantile(normal, [0.16, 0.5, 0.84])],
        "e12": [float(v) for v in np.quantile(anomalous, [0.16, 0.5, 0.84])],
        "gap": [float(gap.mean()), float(gap.std())],
    }


def _switch_row(rows: np.ndarray) -> dict[str, Any]:
    chi2, normal, anomalous, gap, true = rows.T
    return {
        "chi2": float(np.median(chi2)),
        "e11": float(np.median(normal)),
        "e12": float(np.median(anomalous)),
        "gaps": gap.tolist(),
        "true_gap": float(true[0]),
    }


def _ensemble_rows(table: np.ndarray) -> list[dict[str, Any]]:
    return [
        {
            "ansatz": name,
            "chi2": chi2.tolist(),
            "gaps": gaps.tolist(),
            "accepted": [bool(a) for a in good],
        }
        for name, (chi2, gaps, good) in zip(ANSATZE, table, strict=True)
    ]
