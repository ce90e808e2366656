"""The Nambu Green's function: from two self-energies to the spectrum that photoemission sees.

G(w) = 1 / [w - e - S_nor(w) - W(w)],  W(w) = S_ano(w)^2 / [w + e + S_nor(-w)*],  A = -Im G / pi,

with the band energy e relative to the Fermi level. S_tot = S_nor + W is all that one spectrum
shows. In Nambu's matrix S_11 = S_nor(w), S_22 = -S_nor(-w)*, S_12 = S_ano.
"""

from dataclasses import dataclass

import numpy as np

from .kramers_kronig import kramers_kronig, nodes


@dataclass(frozen=True)
class Components:
    """Self-energies at some energies, all complex (..., energy) arrays in eV.

    Attributes
    ----------
    energies : (energy,) real
    normal, mirrored, anomalous : S_nor(w), S_nor(-w) and S_ano(w)
    """

    energies: np.ndarray
    normal: np.ndarray
    mirrored: np.ndarray
    anomalous: np.ndarray

    def hidden(self, band=0.0, broadening=0.0):
        """W(w), the part of the total self-energy that pairing makes."""
        w = self.energies + 1j * broadening
        return self.anomalous**2 / (w + band + self.mirrored.conj())

    def total(self, band=0.0, broadening=0.0):
        """S_tot(w) = S_nor(w) + W(w)."""
        return self.normal + self.hidden(band, broadening)

    def green(self, band=0.0, broadening=0.0):
        """(G_11, F): the normal and anomalous Green's functions."""
        w = self.energies + 1j * broadening
        g = 1 / (w - band - self.total(band, broadening))
        return g, g * self.anomalous / (w + band + self.mirrored.conj())

    def gap_function(self):
        """Delta(w) = S_ano(w) / Q(w), Q = 1 - [S_nor(w) - S_nor(-w)*] / 2w; NaN at w = 0."""
        w = np.where(self.energies == 0, np.nan, self.energies)
        q = 1 - (self.normal - self.mirrored.conj()) / (2 * w)
        return self.anomalous / q


def spectral_function(components, band=0.0, broadening=0.0):
    """A(w) in 1/eV, (..., energy), at a band energy in eV.

    Parameters
    ----------
    components : Components
    band : float, energy of the bare band relative to the Fermi level
    broadening : positive number added to the energies as an imaginary part, where a self-energy
        has none of its own

    int A dw = 1 over all energies.
    """
    if broadening < 0:
        raise ValueError("the broadening must not be negative.")
    return -components.green(band, broadening)[0].imag / np.pi


def gap_budget(at, anomalous, low=0.0, high=np.inf):
    """Share of Re S_ano(0) that comes from Im S_ano at low < |w| < high, by Kramers-Kronig.

    Parameters
    ----------
    at, anomalous : (node,) nodes and (..., node) density rho_12 = -Im S_ano / pi, odd
    low, high : window in eV

    Re S_ano(0) = -int rho_12(x) / x dx; the integrand of an odd density is regular at 0.
    Returns (share, whole), the second in eV.
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
    """What a pair of self-energies must have to be physical, as measured deviations.

    Attributes
    ----------
    negative : most negative value of the smaller eigenvalue of -Im S as Nambu matrix (0: positive)
    odd : largest |rho_12(w) + rho_12(-w)| over the largest |rho_12|
    kramers_kronig : largest distance of Re S from the transform of Im S, over the largest |S|
    tail : |S_ano| at the edge of the range over its largest value
    """

    negative: float
    odd: float
    kramers_kronig: float
    tail: float

    def badges(self, tolerance=0.02):
        """Dict of name -> bool: 'causal and positive', 'odd', 'Kramers-Kronig', 'decays'."""
        return {
            "causal and positive": self.negative > -1e-6,
            "odd": self.odd < tolerance,
            "Kramers-Kronig": self.kramers_kronig < tolerance,
            "decays": self.tail < 0.1,
        }


def properties(source, edge=6.0, count=2401):
    """Measure the physical properties of a source of self-energies.

    Parameters
    ----------
    source : object with `components(energies)`, such as `HiddenFermion`
    edge, count : range in eV and number of nodes of the transform

    The transform uses a range of its own, so it does not repeat how the source was made.
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
