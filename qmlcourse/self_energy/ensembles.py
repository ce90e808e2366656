"""Agreement and accuracy: fits in several ansatze beside each other, and beside a truth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .ansatz import ANSATZE, Ansatz
from .fit import SelfEnergyFit, fit
from .measurement import Curves
from .truths import Truth

ACCEPTED = 0.3  # a fit counts while its chi squared a point is this close to the best one


def relative_errors(
    run: SelfEnergyFit, truth: Truth, reach: float = 0.2
) -> tuple[np.ndarray, np.ndarray]:
    """Return how far the imaginary parts of fits are from those of a truth.

    Parameters
    ----------
    run
        The fits.
    truth
        What made their data.
    reach
        Largest abs(w) in eV that is compared.

    Returns
    -------
    normal, anomalous
        Shape (start,), L2 distance over the L2 norm of the truth. The sign of the anomalous one is
        a choice. Where it is small, its distance is over a tenth of the normal norm.
    """
    w = np.linspace(-reach, reach, 401)
    here, wanted = run.components(w), truth.components(w)
    found = []
    for name in ("normal", "anomalous"):
        ours, right = getattr(here, name).imag, getattr(wanted, name).imag
        if name == "anomalous":
            sign = np.sign((ours * right).sum(-1, keepdims=True))
            ours = ours * np.where(sign == 0, 1, sign)
        # without pairing there is nothing to be relative to but the normal part
        size = max(np.linalg.norm(right), 0.1 * np.linalg.norm(wanted.normal.imag))
        found.append(np.linalg.norm(ours - right, axis=-1) / size)
    return tuple(found)


@dataclass(frozen=True)
class Ensemble:
    """Fits of several ansatze to the same data.

    Attributes
    ----------
    fits : dict of str to SelfEnergyFit
        By the name of the ansatz.
    accepted : dict of str to numpy.ndarray
        Shape (start,), whether chi squared a point is within 0.3 of the best of all.
    """

    fits: dict[str, SelfEnergyFit]
    accepted: dict[str, np.ndarray]

    def gap_parameters(self, name: str) -> np.ndarray:
        """Return Re Sigma_ano(0) in eV of the accepted starts of the ansatz with this name."""
        return self.fits[name].gap_parameter()[self.accepted[name]]

    def band(
        self,
        energies: ArrayLike,
        component: str = "anomalous",
        names: Sequence[str] | None = None,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the smallest and the largest Im Sigma of all accepted fits.

        Parameters
        ----------
        energies
            Shape (energy,) in eV.
        component
            "normal" or "anomalous"; the sign of the latter is that of Re Sigma_ano(0) > 0.
        names
            Ansatze to take; default all.

        Returns
        -------
        low, high
            Shape (energy,) in eV.
        """
        rows = []
        for name in names or self.fits:
            run = self.fits[name]
            values = getattr(run.components(energies), component).imag
            if component == "anomalous":
                sign = np.sign(run.components(np.zeros(1)).anomalous.real)
                values = values * np.where(sign == 0, 1, sign)
            rows.append(values[self.accepted[name]])
        rows = np.concatenate(rows)
        return rows.min(0), rows.max(0)

    def summary(self, truth: Truth | None = None) -> list[dict[str, Any]]:
        """Return a row for each ansatz.

        Parameters
        ----------
        truth
            What made the data, if the errors are asked for.

        Returns
        -------
        list of dict
            With ansatz, starts, accepted, chi2 of the best start; mean and standard deviation of
            the gap parameter as gap and spread, in eV; median errors as normal and anomalous.
        """
        rows = []
        for name, run in self.fits.items():
            good = self.accepted[name]
            row = {"ansatz": name, "starts": len(good), "accepted": int(good.sum())}
            row["chi2"] = float(run.chi2.min())
            gaps = self.gap_parameters(name)
            row["gap"] = float(gaps.mean()) if len(gaps) else float("nan")
            row["spread"] = float(gaps.std()) if len(gaps) else float("nan")
            if truth is not None and good.any():
                normal, anomalous = relative_errors(run, truth)
                row["normal"] = float(np.median(normal[good]))
                row["anomalous"] = float(np.median(anomalous[good]))
            rows.append(row)
        return rows


def ensemble(
    data: Curves,
    ansatze: Sequence[str | Ansatz] = tuple(ANSATZE),
    *,
    seed: Sequence[int] = range(6),
    steps: int = 60,
    **laws: bool,
) -> Ensemble:
    """Fit several ansatze to the same curves.

    Agreement of the starts of one ansatz is not accuracy: compare across ansatze.

    Parameters
    ----------
    data
        The curves.
    ansatze
        Names in `ANSATZE`, or instances.
    seed, steps
        As for :class:`SelfEnergyFit`.
    **laws
        Options of the ansatze that are given by name: pairing, positive, static.

    Returns
    -------
    Ensemble
        The fits, and which of them count.

    Raises
    ------
    ValueError
        For a name that there is not.
    """
    fits = {}
    for one in ansatze:
        if isinstance(one, str):
            if one not in ANSATZE:
                raise ValueError(f"there is no ansatz {one!r}; there is {', '.join(ANSATZE)}.")
            one = ANSATZE[one](**laws)
        fits[one.name] = fit(data, one, seed=seed, steps=steps)
    best = min(run.chi2.min() for run in fits.values())
    return Ensemble(fits, {name: run.chi2 < best + ACCEPTED for name, run in fits.items()})
