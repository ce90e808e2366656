"""Known self-energies to be found again: hidden fermion, BCS, pseudogap, and what makes them one.

All give `components(energies, band)`; none uses the grid or basis of the fits.
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import wofz

from .kramers_kronig import kramers_kronig
from .nambu import Components, spectral_function

_FINE = np.concatenate([-np.geomspace(3.0, 1e-3, 500), [0.0], np.geomspace(1e-3, 3.0, 500)])


class Truth:
    """Base of all truths: two causal self-energies, which may depend on the band energy."""

    broadening = 0.0

    def self_energies(self, energies, band=0.0):
        """(S_nor, S_ano) at real energies in eV, complex (energy,) arrays."""
        raise NotImplementedError

    def components(self, energies, band=0.0):
        """Both, and the normal one at the opposite energies, as Components."""
        energies = np.asarray(energies, float)
        normal, anomalous = self.self_energies(energies, band)
        mirrored, _ = self.self_energies(-energies, band)
        return Components(energies, normal, mirrored, anomalous)

    def spectral_function(self, energies, band=0.0):
        """A(w) in 1/eV at a band energy in eV."""
        return spectral_function(self.components(energies, band), band, self.broadening)

    def gap_parameter(self, band=0.0):
        """Re S_ano(0) in eV."""
        return float(self.self_energies(np.zeros(1), band)[1].real[0])


@dataclass(frozen=True)
class HiddenFermion(Truth):
    """An electron that mixes with a hidden fermion which itself is paired.

    After S. Sakai, M. Civelli and M. Imada, arXiv:1411.4365. The modes at +-E_f,
    E_f^2 = energy^2 + pairing^2, are Gaussians of the given width, on an even background like that
    of a marginal Fermi liquid. All in eV.

    Parameters
    ----------
    coupling : V, of the electron to the hidden fermion
    energy, pairing : e_f and D_f of the hidden fermion
    width : standard deviation of the modes; 0 keeps them as poles (then give a broadening)
    saturation : 0 to 1, the anomalous part over its largest one: c = R_12 / sqrt(R_11 R_22)
    background : scale of the background; 0 for none
    slope : relative change of V with the band energy, per eV: V (1 + slope * band)
    """

    coupling: float = 0.076
    energy: float = 0.0
    pairing: float = 0.064
    width: float = 0.012
    saturation: float = 1.0
    background: float = 1.0
    slope: float = 0.0
    broadening: float = 0.0

    def __post_init__(self):
        if not 0 <= self.saturation <= 1:
            raise ValueError(
                f"the saturation lies between 0 and 1, not {self.saturation:g}: beyond 1 the "
                "self-energy is not positive."
            )
        if self.width < 0 or self.background < 0 or self.broadening < 0:
            raise ValueError("width, background and broadening must not be negative.")
        if self.mode == 0:
            raise ValueError("energy and pairing of the hidden fermion must not both be zero.")

    @property
    def mode(self):
        """E_f in eV."""
        return float(np.hypot(self.energy, self.pairing))

    def self_energies(self, energies, band=0.0):
        z = np.asarray(energies, float) + 0j
        strength = (self.coupling * (1 + self.slope * band)) ** 2
        up, down = ((1 + s * self.energy / self.mode) / 2 for s in (1, -1))
        plus, minus = self._pole(z - self.mode), self._pole(z + self.mode)
        normal = strength * (up * plus + down * minus)
        across = -strength * self.pairing / (2 * self.mode) * self.saturation
        if self.background:
            normal = normal + self.background * _background(energies)
        return normal, across * (plus - minus)

    def densities(self, energies, band=0.0):
        """(rho_11, rho_12) in 1 at real energies: -Im S / pi."""
        normal, anomalous = self.self_energies(energies, band)
        return -normal.imag / np.pi, -anomalous.imag / np.pi

    def _pole(self, z):
        """int g(x) / (z - x) dx of a normalised Gaussian (Faddeeva), or 1 / (z + i broadening)."""
        if self.width == 0:
            if self.broadening == 0:
                raise ValueError("modes without width need a broadening.")
            return 1 / (z + 1j * self.broadening)
        scale = np.sqrt(2) * self.width
        return -1j * np.sqrt(np.pi) / scale * wofz(z / scale)


def pseudogap(**options):
    """A hidden fermion without pairing: S_nor has a pole, S_ano = 0."""
    return HiddenFermion(**({"energy": 0.03, "pairing": 0.0} | options))


@dataclass(frozen=True)
class BCS(Truth):
    """S_ano = gap, constant, and a background; a static gap has no density of its own (eV)."""

    gap: float = 0.035
    background: float = 1.0
    broadening: float = 0.002

    def self_energies(self, energies, band=0.0):
        energies = np.asarray(energies, float)
        normal = np.zeros(energies.shape, complex)
        if self.background:
            normal = normal + self.background * _background(energies)
        return normal, np.full(energies.shape, self.gap, complex)


@dataclass(frozen=True)
class Degenerate(Truth):
    """Another pair of self-energies with exactly the same spectrum at one momentum.

    The off-diagonal Green's function of `truth` at the band energy `band` is multiplied by
    `scale`; the diagonal one, and with it A(w), stays. For |scale| <= 1 the matrix stays positive,
    and so do the new self-energies. See `degenerate_family`.
    """

    truth: Truth
    scale: float
    band: float = 0.0

    @property
    def broadening(self):
        return self.truth.broadening

    def self_energies(self, energies, band=0.0):
        energies = np.asarray(energies, float)
        here = self.truth.components(energies, self.band)
        back = self.truth.components(-energies, self.band)
        g, f = here.green(self.band, self.broadening)
        other, _ = back.green(self.band, self.broadening)
        lower = -other.conj()  # G_22(w) = -G_11(-w)*
        f = self.scale * f
        det = g * lower - f * f
        w = energies + 1j * self.broadening
        return w - self.band - lower / det, f / det


def degenerate_family(truth, scale, band=0.0):
    """The member `scale` of the family of self-energies that share A(w) at one band energy.

    Parameters
    ----------
    truth : any Truth
    scale : -1 to 1; 1 is the truth itself, 0 a normal self-energy without any pairing
    band : band energy in eV at which the spectra agree

    Returns
    -------
    Degenerate, itself a Truth. Raises ValueError for |scale| > 1, where positivity is lost.
    """
    if not -1 <= scale <= 1:
        raise ValueError(f"the scale lies between -1 and 1, not {scale:g}.")
    return Degenerate(truth, float(scale), float(band))


def with_slope(truth, slope):
    """The same hidden fermion with a coupling that changes with momentum."""
    return replace(truth, slope=slope)


def _background(energies):
    """A marginal Fermi liquid cut off at 0.45 eV: Im S = -[6 meV + 0.35 w^2 / (|w| + 0.1)] ..."""
    return kramers_kronig(_background_density(_FINE), _FINE, energies)


def _background_density(w):
    size = np.abs(w)
    return (0.006 + 0.35 * size**2 / (size + 0.1)) * np.exp(-((size / 0.45) ** 2)) / np.pi
