"""What the data say and what the prior put in: ensembles, posteriors, profiles, null directions."""

from dataclasses import dataclass

import numpy as np
import torch

from .ansatz import ANSATZE, Grid
from .fit import Fit, errors, fit
from .forward import Forward
from .kramers_kronig import nodes, transform_matrix

_KEYS = {kind: name for name, kind in ANSATZE.items()}
ACCEPTED = 0.3  # a fit counts while its chi squared a point is this close to the best one


@dataclass(frozen=True)
class Ensemble:
    """Fits of several ansatze to the same data.

    Attributes
    ----------
    fits : dict of ansatz name -> Fit
    accepted : dict of name -> (start,) bool
    """

    fits: dict
    accepted: dict

    def gaps(self, name):
        """(accepted start,) Re S_ano(0) in eV."""
        return self.fits[name].gap_parameter()[self.accepted[name]]

    def band(self, energies, component="anomalous", names=None):
        """(low, high): range of Im S of the accepted fits of some ansatze; sign-fixed."""
        rows = []
        for name in names or self.fits:
            run = self.fits[name]
            here = run.components(energies)
            values = getattr(here, component).imag
            if component == "anomalous":
                sign = np.sign(run.components(np.zeros(1)).anomalous.real)
                values = values * np.where(sign == 0, 1, sign)
            rows.append(values[self.accepted[name]])
        rows = np.concatenate(rows)
        return rows.min(0), rows.max(0)

    def summary(self, truth=None):
        """List of dicts, one an ansatz: starts, accepted, chi2, gap mean and spread, errors."""
        rows = []
        for name, run in self.fits.items():
            good = self.accepted[name]
            row = {"ansatz": name, "starts": len(good), "accepted": int(good.sum())}
            row["chi2"] = float(run.chi2.min())
            gaps = self.gaps(name)
            row["gap"] = float(gaps.mean()) if len(gaps) else float("nan")
            row["spread"] = float(gaps.std()) if len(gaps) else float("nan")
            if truth is not None and good.any():
                e11, e12 = errors(run, truth)
                row["e11"], row["e12"] = (float(np.median(e[good])) for e in (e11, e12))
            rows.append(row)
        return rows


def ensemble(data, ansatze=tuple(ANSATZE), *, seeds=range(6), steps=60, **options):
    """Fit several ansatze to the same Curves.

    Parameters
    ----------
    ansatze : names in `ANSATZE`, or instances
    seeds, steps : as in `fit`; options go to the ansatz (pairing, positive, static)

    Agreement of the seeds of one ansatz is not accuracy: compare across ansatze.
    """
    fits = {}
    for one in ansatze:
        if isinstance(one, str):
            if one not in ANSATZE:
                raise ValueError(f"there is no ansatz {one!r}; there is {', '.join(ANSATZE)}.")
            one = ANSATZE[one](**options)
        fits[_KEYS.get(type(one), one.name)] = fit(data, one, seeds=seeds, steps=steps)
    best = min(run.chi2.min() for run in fits.values())
    return Ensemble(fits, {name: run.chi2 < best + ACCEPTED for name, run in fits.items()})


@dataclass(frozen=True)
class Posterior:
    """A linearised posterior of both densities.

    Attributes
    ----------
    at : (node,) nodes
    covariance : (2 node, 2 node) of rho_11, rho_12
    prior : the same before the data
    informative : number of directions that the data narrow to less than half
    """

    at: np.ndarray
    covariance: np.ndarray
    prior: np.ndarray
    informative: int

    def gap(self):
        """(sd before, sd after) of Re S_ano(0) in eV."""
        row = np.zeros(2 * len(self.at))
        row[len(self.at) :] = transform_matrix(self.at, np.zeros(1))[0].real
        return tuple(float(np.sqrt(row @ c @ row)) for c in (self.prior, self.covariance))

    def imaginary(self, energies):
        """(before, after): sd of Im S_ano at energies in eV."""
        rows = np.zeros((len(energies), 2 * len(self.at)))
        rows[:, len(self.at) :] = transform_matrix(self.at, energies).imag
        return tuple(
            np.sqrt(np.einsum("wi,ij,wj->w", rows, c, rows)) for c in (self.prior, self.covariance)
        )


def posterior(data, truth, *, at=None, scale=0.1, length=0.35):
    """What some data would say about both self-energies, near a given pair.

    A Gaussian prior on rho_11 and rho_12 (sd `scale` / pi times eV, correlated over `length` in
    asinh(w / 20 meV), rho_12 odd) and the forward model linearised at `truth`.

    Parameters
    ----------
    data : Curves, of which the noise is used and not the counts
    truth : object with `densities(energies)` or `components(energies)`
    """
    at = nodes(161) if at is None else at
    found = truth.components(at)
    normal, anomalous = -found.normal.imag / np.pi, -found.anomalous.imag / np.pi
    normal[[0, -1]] = anomalous[[0, -1]] = 0
    forward = Forward(data, at)
    inputs = [torch.as_tensor(v[None]) for v in (normal, anomalous)]
    _, slope = forward.jacobian(*inputs, torch.zeros(1, dtype=torch.float64))
    slope = slope[0, :, :-1].numpy()
    t = np.arcsinh(at / 0.02)
    near = scale**2 * np.exp(-0.5 * ((t[:, None] - t[None, :]) / length) ** 2)
    ends = np.ones(len(at))
    ends[[0, -1]] = 0
    near = near * ends[:, None] * ends
    odd = (near - near[:, ::-1]) / 2
    n = len(at)
    prior = np.zeros((2 * n, 2 * n))
    prior[:n, :n], prior[n:, n:] = near, odd
    cross = prior @ slope.T
    inner = slope @ cross
    inner[np.diag_indices_from(inner)] += 1
    after = prior - cross @ np.linalg.solve(inner, cross.T)
    strength = np.linalg.eigvalsh(slope @ cross)
    return Posterior(at, after, prior, int((strength > 3).sum()))


def laplace_gap(run, number):
    """(value, sd) of Re S_ano(0) in eV at one fit: Gauss-Newton curvature and the fit's prior."""
    raw = run.raw[number : number + 1]
    with torch.no_grad():
        _, slope = run._linear(raw)
        prior, _ = run._prior(raw)
        curvature = (slope.mT @ slope)[0] + prior
        row = run._chain(raw, run._gap_row()[None, None])[0, 0]
        inverse = torch.linalg.solve(curvature + 1e-9 * torch.eye(len(row)).to(curvature), row)
        sd = float(torch.sqrt(row @ inverse))
        flat = torch.cat([part[0].reshape(-1) for part in run.ansatz.densities(raw)])
        value = float(flat @ run._gap_row())
    return value, sd


def profile(data, gaps, ansatz=None, *, seeds=range(3), steps=60, held=40):
    """Smallest chi squared a point while Re S_ano(0) is held at each of some values.

    Parameters
    ----------
    gaps : (value,) in eV
    ansatz : default `Grid()`
    seeds, steps : starts of each value, held from the first step
    held : steps from the best free fit, whose value is moved to each of the values

    Returns
    -------
    (value,) array: the smaller one of both routes. Where it is flat, the data do not decide.
    """
    gaps, seeds = np.atleast_1d(np.asarray(gaps, float)), list(seeds)
    ansatz = ansatz or Grid()
    free = fit(data, ansatz, seeds=seeds, steps=steps)
    moved = fit(data, ansatz, seeds=[0] * len(gaps), steps=0)
    moved.raw = free.raw[free.best].repeat(len(gaps), 1)
    moved.history = [np.full(len(gaps), chi2) for chi2 in np.array(free.history)[:, free.best]]
    start = free.components(np.zeros(1)).anomalous.real[free.best, 0]
    for step in range(held):  # the value moves over in the first half, so that the fit can follow
        share = min(2 * (step + 1) / held, 1.0)
        moved.target = torch.as_tensor(start + share * (np.sign(start) * gaps - start)).to(free.raw)
        moved.advance()
    fresh = fit(data, ansatz, seeds=seeds * len(gaps), steps=0)
    fresh.target = torch.as_tensor(np.repeat(gaps, len(seeds))).to(free.raw)
    fresh.advance(steps)
    return np.minimum(moved.chi2, fresh.chi2.reshape(len(gaps), -1).min(1))


def null_directions(run: Fit, number, count=4):
    """The changes of both densities that the data of one fit see least.

    Returns (seen (count,), normal (count, node), anomalous (count, node)): by how many standard
    deviations in all the curves move for a change of unit length, rising, and the changes.
    """
    with torch.no_grad():
        parts = run.ansatz.densities(run.raw[number : number + 1])
        _, slope = run.forward.jacobian(*parts)
    n = len(run.ansatz.at)
    slope = slope[0, :, : 2 * n].cpu().numpy().copy()
    slope[:, n:] = (slope[:, n:] - slope[:, n:][:, ::-1]) / 2
    t = np.arcsinh(run.ansatz.at / 0.02)
    smooth = np.exp(-0.5 * ((t[:, None] - t[None, :]) / 0.35) ** 2)
    smooth[:, [0, -1]] = 0
    both = np.kron(np.eye(2), smooth)
    basis, weight, _ = np.linalg.svd(both)
    basis = basis[:, weight > 0.05 * weight[0]]
    odd = basis.copy()
    odd[n:] = (basis[n:] - basis[n:][::-1]) / 2
    odd, _ = np.linalg.qr(odd)
    _, seen, right = np.linalg.svd(slope @ odd, full_matrices=False)
    shapes = (odd @ right.T)[:, ::-1][:, :count].T
    return seen[::-1][:count], shapes[:, :n], shapes[:, n:]
