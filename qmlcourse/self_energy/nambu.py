"""The Nambu Green's function: from two self-energies to the spectrum that photoemission sees.

    G(w) = 1 / [w - e - Sigma_nor(w) - W(w)],
    W(w) = Sigma_ano(w)^2 / [w + e + Sigma_nor(-w)*],      A = -Im G / pi,

with the band energy e relative to the Fermi level. Sigma_tot = Sigma_nor + W is all that one
spectrum shows. In Nambu's matrix the electron has Sigma_nor(w), the hole -Sigma_nor(-w)*, and
Sigma_ano stands off the diagonal.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from .kramers_kronig import kramers_kronig, nodes

if TYPE_CHECKING:
    from .truths import Truth


@dataclass(frozen=True)
class Components:
    """Self-energies at some energies, all in eV.

    Attributes
    ----------
    energies : numpy.ndarray
        Shape (energy,), real.
    normal, mirrored, anomalous : numpy.ndarray
        Sigma_nor(w), Sigma_nor(-w) and Sigma_ano(w), complex, shape (..., energy).
    """

    energies: np.ndarray
    normal: np.ndarray
    mirrored: np.ndarray
    anomalous: np.ndarray

    def hidden(self, band: float = 0.0, broadening: float = 0.0) -> np.ndarray:
        """Return W(w) in eV, the part of the total self-energy that pairing makes.

        Parameters
        ----------
        band
            Energy of the bare band in eV.
        broadening
            Imaginary part of the energies in eV.
        """
        w = self.energies + 1j * broadening
        return self.anomalous**2 / (w + band + self.mirrored.conj())

    def total(self, band: float = 0.0, broadening: float = 0.0) -> np.ndarray:
        """Return Sigma_tot(w) = Sigma_nor(w) + W(w) in eV.

        Parameters
        ----------
        band, broadening
            As for :meth:`hidden`.
        """
        return self.normal + self.hidden(band, broadening)

    def green(self, band: float = 0.0, broadening: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
        """Return the normal and the anomalous Green's function (G, F) in 1/eV.

        Parameters
        ----------
        band, broadening
            As for :meth:`hidden`.
        """
        w = self.energies + 1j * broadening
        g = 1 / (w - band - self.total(band, broadening))
        return g, g * self.anomalous / (w + band + self.mirrored.conj())

    def gap_function(self) -> np.ndarray:
        """Return Delta(w) = Sigma_ano(w) / Q(w) in eV, NaN at w = 0.

        Q(w) = 1 - [Sigma_nor(w) - Sigma_nor(-w)*] / 2w. At the Fermi momentum the spectrum has its
        poles where w = +-Delta(w).

        References
        ----------
        J. P. Carbotte, Rev. Mod. Phys. 62, 1027 (1990), where Q is called Z; here Z is the weight
        of the quasiparticle, its inverse.
        """
        w = np.where(self.energies == 0, np.nan, self.energies)
        with np.errstate(invalid="ignore"):
            q = 1 - (self.normal - self.mirrored.conj()) / (2 * w)
            return self.anomalous / q


def components_of(
    at: np.ndarray,
    normal: np.ndarray,
    anomalous: np.ndarray,
    static: ArrayLike,
    energies: ArrayLike,
) -> Components:
    """Return the self-energies of two densities at nodes.

    Parameters
    ----------
    at
        Shape (node,), nodes in eV.
    normal, anomalous
        Shape (..., node), the densities rho_nor and rho_ano in eV.
    static
        Shape (...), a constant part of Sigma_ano in eV.
    energies
        Shape (energy,), real energies in eV.
    """
    energies = np.asarray(energies, float)
    across = kramers_kronig(anomalous, at, energies) + np.asarray(static)[..., None]
    return Components(
        energies,
        kramers_kronig(normal, at, energies),
        kramers_kronig(normal, at, -energies),
        across,
    )


def spectral_function(
    components: Components, band: float = 0.0, broadening: float = 0.0
) -> np.ndarray:
    """Return A(w) in 1/eV, which integrates to 1 over all energies.

    Parameters
    ----------
    components
        Both self-energies.
    band
        Energy of the bare band relative to the Fermi level, in eV.
    broadening
        Imaginary part of the energies in eV, for a self-energy that has none of its own.

    Returns
    -------
    numpy.ndarray
        Shape (..., energy).

    Raises
    ------
    ValueError
        For a negative broadening.
    """
    if broadening < 0:
        raise ValueError(f"the broadening is {broadening:g}; it must not be negative.")
    return -components.green(band, broadening)[0].imag / np.pi


def gap_budget(
    at: ArrayLike, anomalous: ArrayLike, low: float = 0.0, high: float = np.inf
) -> tuple[np.ndarray | float, np.ndarray | float]:
    """Return the share of Re Sigma_ano(0) that comes from a window of energies.

    By Kramers-Kronig Re Sigma_ano(0) = -int rho_ano(x) / x dx. The integrand of an odd density is
    regular at 0.

    Parameters
    ----------
    at
        Shape (node,), nodes in eV, symmetric about 0.
    anomalous
        Shape (..., node), the odd density rho_ano = -Im Sigma_ano / pi in eV.
    low, high
        The window low <= abs(w) <= high, in eV.

    Returns
    -------
    share, whole
        Shape (...): the share of the window, and Re Sigma_ano(0) in eV. The share is NaN where the
        whole is 0.

    Raises
    ------
    ValueError
        For a window that does not run upwards from 0 or more.
    """
    at, density = np.asarray(at, float), np.asarray(anomalous, float)
    if not 0 <= low < high:
        raise ValueError(f"the window runs from 0 or more upwards, not from {low:g} to {high:g}.")
    fine = np.linspace(0, at[-1], 20_001)[1:]
    rows = np.atleast_2d(density)
    values = np.stack([np.interp(fine, at, row) for row in rows]) / fine
    inside = (fine >= low) & (fine <= high)
    step = fine[1] - fine[0]
    whole = -2 * values.sum(-1) * step
    part = -2 * values[:, inside].sum(-1) * step
    share = np.divide(part, whole, out=np.full_like(part, np.nan), where=whole != 0)
    return (share[0], whole[0]) if density.ndim == 1 else (share, whole)


@dataclass(frozen=True)
class Properties:
    """How far a pair of self-energies is from each law of physics.

    Attributes
    ----------
    negative : float
        Most negative eigenvalue of -Im Sigma as Nambu's matrix, in eV; 0 where it is positive.
    odd : float
        Largest abs(rho_ano(w) + rho_ano(-w)) over the largest abs(rho_ano).
    kramers_kronig : float
        Largest distance of Sigma from the transform of its own density, over the largest
        abs(Sigma).
    tail : float
        abs(Sigma_ano) at the edge of the range over its largest value.
    """

    negative: float
    odd: float
    kramers_kronig: float
    tail: float

    def badges(self, tolerance: float = 0.02) -> dict[str, bool]:
        """Return whether each law holds.

        Parameters
        ----------
        tolerance
            Largest deviation of a law that counts as kept.

        Returns
        -------
        dict
            With the names "causal and positive", "odd", "Kramers-Kronig" and "decays".
        """
        return {
            "causal and positive": self.negative > -1e-6,
            "odd": self.odd < tolerance,
            "Kramers-Kronig": self.kramers_kronig < tolerance,
            "decays": self.tail < 0.1,
        }


def properties(source: Truth, edge: float = 6.0, count: int = 2401) -> Properties:
    """Return how far a source of self-energies is from each law of physics.

    The transform uses nodes of its own, so it does not repeat how the source was made.

    Parameters
    ----------
    source
        Anything with `components(energies)`, such as a `HiddenFermion`.
    edge
        Range of the transform in eV.
    count
        Number of its nodes.
    """
    at = nodes(count, edge, 6.5)
    found = source.components(at)
    normal, anomalous = -found.normal.imag / np.pi, -found.anomalous.imag / np.pi
    mirrored = normal[::-1]
    mean, half = (normal + mirrored) / 2, (normal - mirrored) / 2
    smaller = mean - np.sqrt(half**2 + anomalous**2)
    inner = at[np.abs(at) < 0.4]
    here = source.components(inner)
    largest = max(np.abs(here.normal).max(), np.abs(here.anomalous).max(), 1e-12)
    away = 0.0
    for density, there in ((normal, here.normal), (anomalous, here.anomalous)):
        mended = kramers_kronig(density, at, inner)
        away = max(away, np.abs(mended - there).max() / largest)
    size = max(np.abs(anomalous).max(), 1e-15)
    ends, largest = np.abs(found.anomalous[[0, -1]]).max(), np.abs(found.anomalous).max()
    return Properties(
        negative=float(min(smaller.min() * np.pi, 0.0)),
        odd=float(np.abs(anomalous + anomalous[::-1]).max() / size) if size > 1e-12 else 0.0,
        kramers_kronig=float(away),
        tail=float(ends / largest) if largest > 1e-12 else 0.0,
    )
