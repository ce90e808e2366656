"""Chapter 7 at full scale: recovery, coverage, counts against momenta, what a switch costs.

`qmlcourse reproduce hidden_self_energies --tier laptop`. All data are synthetic: the measured
curves behind Y. Yamaji et al., Phys. Rev. Research 3, 043099 (2021) are not at hand. Fits are
compared with the truths that made their data. Chunks are stored as they are done.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch

from ..resumable import gpu, run_chunks, write
from ...self_energy.ansatz import ANSATZE, Grid
from ...self_energy.eliashberg import Eliashberg
from ...self_energy.fit import errors, fit
from ...self_energy.honesty import ACCEPTED, ensemble, laplace_gap, posterior
from ...self_energy.measurement import measure
from ...self_energy.truths import BCS, HiddenFermion, pseudogap

MOMENTA = (0.0, -0.06, -0.15)
_ENSEMBLE_STEPS = 100


@dataclass(frozen=True)
class Settings:
    """The fits of one tier."""

    data_seeds: int = 12
    starts: int = 4
    covered: int = 240
    chunk: int = 12
    peak_counts: tuple = (1e3, 1e4, 1e5, 1e6)
    slopes: tuple = (0.0, 0.5, 1.0, 2.0, 4.0)
    ensemble_starts: int = 6


TIERS = {
    "laptop": Settings(),
    "gpu": Settings(data_seeds=100, starts=16, covered=4096, chunk=256, ensemble_starts=64),
}
TRUTHS = {
    "hidden fermion": HiddenFermion(),
    "broad hidden fermion": HiddenFermion(coupling=0.07, energy=-0.02, pairing=0.05, width=0.02),
    "one boson": Eliashberg(),
}
_CASES = {
    "one momentum": (HiddenFermion(), (0.0,), {}),
    "one momentum, no pairing": (HiddenFermion(), (0.0,), {"pairing": False}),
    "one momentum, no bound": (HiddenFermion(), (0.0,), {"positive": False}),
    "three momenta": (HiddenFermion(), MOMENTA, {}),
    "three momenta, no pairing": (HiddenFermion(), MOMENTA, {"pairing": False}),
    "three momenta, no bound": (HiddenFermion(), MOMENTA, {"positive": False}),
    "BCS, three momenta": (BCS(), MOMENTA, {}),
    "BCS, three momenta, static part": (BCS(), MOMENTA, {"static": True}),
    "pseudogap, three momenta": (pseudogap(), MOMENTA, {}),
    "pseudogap, three momenta, no pairing": (pseudogap(), MOMENTA, {"pairing": False}),
}


def random_truth(seed):
    """A hidden fermion with coupling, pairing, energy and width drawn from stated ranges."""
    rng = np.random.default_rng(seed)
    return HiddenFermion(
        coupling=rng.uniform(0.06, 0.09),
        energy=rng.uniform(-0.02, 0.02),
        pairing=rng.uniform(0.045, 0.075),
        width=rng.uniform(0.009, 0.018),
        saturation=rng.uniform(0.85, 1.0),
    )


def run(tier, out=None, seed=0):
    """Compute, store and print the fits of one tier (laptop: about half an hour on one core).

    Parameters
    ----------
    tier : 'laptop' or 'gpu' (more seeds, on a GPU where torch sees one)
    out : folder for the chunks and the result; default ./reproduce/hidden_self_energies-TIER
    seed : int, from which the noise of all data follows
    """
    if tier not in TIERS:
        raise ValueError(f"there is no tier {tier!r}; take one of {', '.join(TIERS)}.")
    torch.set_num_threads(1)
    settings = TIERS[tier]
    out = Path(out or f"reproduce/hidden_self_energies-{tier}")
    out.mkdir(parents=True, exist_ok=True)
    device = gpu() if tier == "gpu" else None

    def chunks(name, count, work, stream):
        def one(seeds):
            return np.stack([work(s % 2**32) for s in seeds])

        return run_chunks(out, name, count, settings.chunk, one, settings, seed, stream)

    result = {"tier": tier, "seed": seed, "settings": asdict(settings), "momenta": MOMENTA}
    result["recovery"] = [
        _recovery_row(name, chunks(f"recovery-{n}", settings.data_seeds,
                                   _recovery(truth, settings, 1e4, device), n))
        for n, (name, truth) in enumerate(TRUTHS.items())
    ]
    result["counts"] = [
        {"peak": peak, **_recovery_row("hidden fermion", chunks(
            f"counts-{n}", 4, _recovery(HiddenFermion(), settings, peak, device), 20 + n))}
        for n, peak in enumerate(settings.peak_counts)
    ]
    covered = chunks("coverage", settings.covered, _coverage(settings, device), 40)
    result["coverage"] = coverage_summary(covered)
    result["first_covered"] = covered[:4].tolist()
    result["posterior"] = [posterior_row(count) for count in (1, 2, 3, 5, 7)]
    result["posterior_million"] = posterior_row(1, 1e6)
    result["switches"] = [
        {"case": name, **_switch_row(chunks(
            f"switch-{n}", 3, _switch(truth, bands, options, settings, device), 60 + n))}
        for n, (name, (truth, bands, options)) in enumerate(_CASES.items())
    ]
    result["slopes"] = [
        {"slope": slope, "chi2": chunks(
            f"slope-{n}", 3, _slope(slope, settings, device), 80 + n)[:, 0].tolist()}
        for n, slope in enumerate(settings.slopes)
    ]
    result["ensembles"] = {
        str(count): _ensemble_rows(chunks(f"ensemble-{count}", 1,
                                          _ensemble(count, settings), 90 + count)[0])
        for count in (1, 3)
    }
    path = out / f"hidden_self_energies_{tier}.json"
    write(path, json.dumps(result, indent=1).encode())
    print(report(result))
    print(f"stored in {path}")


def _recovery(truth, settings, peak, device):
    def work(seed):
        data = measure(truth, MOMENTA, counts=peak, seed=seed)
        run = fit(data, Grid(), seeds=range(settings.starts), device=device)
        e11, e12 = errors(run, truth)
        best = run.best
        accepted = (run.chi2 < run.chi2[best] + ACCEPTED).mean()
        return np.array([run.chi2[best], accepted, e11[best], e12[best], run.gap_parameter()[best]])

    return work


def _recovery_row(name, rows):
    chi2, accepted, e11, e12, gap = rows.T
    return {
        "truth": name,
        "data": len(rows),
        "chi2": float(np.median(chi2)),
        "accepted": float(accepted.mean()),
        "e11": [float(v) for v in np.quantile(e11, [0.16, 0.5, 0.84])],
        "e12": [float(v) for v in np.quantile(e12, [0.16, 0.5, 0.84])],
        "gap": [float(gap.mean()), float(gap.std())],
    }


def _coverage(settings, device):
    def work(seed):
        truth = random_truth(seed)
        data = measure(truth, MOMENTA, seed=seed + 1)
        run = fit(data, Grid(), seeds=range(2), device=device)
        value, sd = laplace_gap(run, run.best)
        return np.array([truth.gap_parameter(), abs(value), sd, run.chi2[run.best]])

    return work


def coverage_summary(rows):
    """Share of truths inside one standard deviation, as computed and as calibrated.

    The Laplace deviation is multiplied by the factor that makes it a 68 % band; each half of the
    truths is judged by the factor of the other half. Fits that failed are counted apart.
    """
    truth, value, sd, chi2 = np.asarray(rows).T
    good = chi2 < 1.3
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


def posterior_row(count, peak=1e4):
    """Posterior sd of Re S_ano(0) with 1 to 7 momenta, near the default hidden fermion."""
    bands = {1: (0.0,), 2: MOMENTA[:2], 3: MOMENTA}.get(count, np.linspace(-0.2, 0.1, count))
    truth = HiddenFermion()
    found = posterior(measure(truth, bands, counts=peak), truth)
    before, after = found.gap()
    return {"momenta": count, "peak": peak, "before": before, "after": after,
            "informative": found.informative}


def _switch(truth, bands, options, settings, device):
    def work(seed):
        data = measure(truth, bands, seed=seed)
        run = fit(data, Grid(**options), seeds=range(settings.starts), device=device)
        e11, e12 = errors(run, truth)
        best = run.best
        return np.array([run.chi2[best], e11[best], e12[best], run.gap_parameter()[best],
                         truth.gap_parameter()])

    return work


def _switch_row(rows):
    chi2, e11, e12, gap, true = rows.T
    return {
        "chi2": float(np.median(chi2)),
        "e11": float(np.median(e11)),
        "e12": float(np.median(e12)),
        "gaps": gap.tolist(),
        "true_gap": float(true[0]),
    }


def _slope(slope, settings, device):
    def work(seed):
        truth = HiddenFermion(slope=slope)
        run = fit(measure(truth, MOMENTA, seed=seed), Grid(), seeds=range(settings.starts),
                  device=device)
        return np.array([run.chi2[run.best]])

    return work


def _ensemble(count, settings):
    def work(seed):
        truth = HiddenFermion()
        data = measure(truth, MOMENTA[:count], seed=seed)
        found = ensemble(data, seeds=range(settings.ensemble_starts), steps=_ENSEMBLE_STEPS)
        rows = []
        for name in found.fits:
            gaps = found.fits[name].gap_parameter()
            rows.append(np.stack([found.fits[name].chi2, gaps, found.accepted[name]]))
        return np.stack(rows)

    return work


def _ensemble_rows(table):
    return [
        {"ansatz": name, "chi2": chi2.tolist(), "gaps": gaps.tolist(),
         "accepted": [bool(a) for a in good]}
        for name, (chi2, gaps, good) in zip(ANSATZE, table, strict=True)
    ]


def report(result):
    """What the fits find beside the truths, as text; all data are synthetic."""
    lines = [f"Self-energies from synthetic curves, tier {result['tier']}"]
    lines.append("three momenta, 10,000 counts   chi2   accepted   e(nor)  e(ano)  gap (meV)")
    for row in result["recovery"]:
        gap, spread = (1e3 * v for v in row["gap"])
        true = 1e3 * TRUTHS[row["truth"]].gap_parameter()
        lines.append(
            f"   {row['truth']:<27} {row['chi2']:.2f}   {100 * row['accepted']:>4.0f} %     "
            f"{row['e11'][1]:.2f}    {row['e12'][1]:.2f}    {gap:.1f} +- {spread:.1f} "
            f"(true {true:.1f})"
        )
    for row in result["counts"]:
        lines.append(
            f"   counts {row['peak']:<20.0e} {row['chi2']:.2f}   {100 * row['accepted']:>4.0f} %"
            "     "
            f"{row['e11'][1]:.2f}    {row['e12'][1]:.2f}"
        )
    cover = result["coverage"]
    lines.append(
        f"68 % band of the gap: as computed it covers {100 * cover['raw_share']:.0f} % of "
        f"{cover['fitted']} truths ({cover['truths']} tried);"
    )
    lines.append(
        f"   times {cover['factor']:.2f}, calibrated on other truths, "
        f"{100 * cover['share']:.0f} +- {100 * cover['error']:.0f} %"
    )
    sds = ", ".join(f"{row['momenta']}: {1e3 * row['after']:.1f}" for row in result["posterior"])
    million = 1e3 * result["posterior_million"]["after"]
    lines.append(
        f"posterior sd of the gap (meV), momenta: {sds}; one with 10^6 counts: {million:.0f}"
    )
    for row in result["switches"]:
        gaps = "/".join(f"{1e3 * g:.0f}" for g in row["gaps"])
        lines.append(
            f"   {row['case']:<32} chi2 {row['chi2']:>6.2f}   gaps {gaps} meV "
            f"(true {1e3 * row['true_gap']:.0f})"
        )
    each = [f"{row['slope']:g}: {np.median(row['chi2']):.1f}" for row in result["slopes"]]
    slopes = ", ".join(each)
    lines.append(f"chi2 where the coupling changes with momentum, by slope (1/eV): {slopes}")
    for count, rows in result["ensembles"].items():
        lines.append(f"{count} momenta, gap (meV) of the accepted fits, by ansatz:")
        lines += [f"   {_inside(row, HiddenFermion().gap_parameter())}" for row in rows]
    return "\n".join(lines)


def _inside(row, truth):
    gaps = np.array(row["gaps"])[np.array(row["accepted"])]
    if not len(gaps):
        return f"{row['ansatz']} none accepted"
    word = "inside" if gaps.min() <= truth <= gaps.max() else "OUTSIDE"
    return (
        f"{row['ansatz']} {1e3 * gaps.min():.0f} to {1e3 * gaps.max():.0f} ({len(gaps)} of "
        f"{len(row['gaps'])}, truth {word})"
    )
