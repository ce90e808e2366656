"""Known self-energies to be found again: hidden fermion, BCS, pseudogap, and degenerate pairs.

All give `components(energies, band)`. None uses the nodes or the ansatz of the fits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import wofz

from .kramers_kronig import kramers_kronig
from .nambu import Components, components_of, spectral_function

_FINE = np.concatenate([-np.geomspace(3.0, 1e-3, 500), [0.0], np.geomspace(1e-3, 3.0, 500)])
_SCAN = 0.0005  # eV, steps in which the edge of the gap is looked for


class Truth:
    """Base of all truths: two causal self-energies, which may depend on the band energy.

    Attributes
    ----------
    broadening : float
        Imaginary part of the energies in eV, for self-energies that have none of their own.
    """

    broadening: float = 0.0

    def self_energies(
        self, energies: ArrayLike, band: float = 0.0
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return (Sigma_nor, Sigma_ano) in eV, complex, of the shape of the energies.

        Parameters
        ----------
        energies
            Real energies in eV.
        band
            Energy of the bare band in eV.
        """
        raise NotImplementedError

    def components(self, energies: ArrayLike, band: float = 0.0) -> Components:
        """Return both, and the normal one at the opposite energies.

        Parameters
        ----------
        energies, band
            As for :meth:`self_energies`.
        """
        energies = np.asarray(energies, float)
        normal, anomalous = self.self_energies(energies, band)
        mirrored, _ = self.self_energies(-energies, band)
        return Components(energies, normal, mirrored, anomalous)

    def spectral_function(self, energies: ArrayLike, band: float = 0.0) -> np.ndarray:
        """Return A(w) in 1/eV at energies and a band energy in eV."""
        return spectral_function(self.components(energies, band), band, self.broadening)

    def gap_parameter(self, band: float = 0.0) -> float:
        """Return Re Sigma_ano(0) in eV at a band energy in eV."""
        return float(self.self_energies(np.zeros(1), band)[1].real[0])

    def quasiparticle_weight(self, band: float = 0.0) -> float:
        """Return Z = 1 / (1 - d Re Sigma_nor / dw) at w = 0 and a band energy in eV.

        Z times the gap parameter is the gap function at zero energy, to first order in w.
        """
        step = 1e-4  # eV; central differences are exact to (step / width of the modes)^2
        low, high = self.self_energies(np.array([-step, step]), band)[0].real
        return float(1 / (1 - (high - low) / (2 * step)))

    def gap_edge(self) -> float:
        """Return the first w > 0 at which w - Re Delta(w) rises through zero, in eV.

        Delta is the gap function; at the Fermi momentum the spectrum has its peak near this energy.
        NaN where there is no such energy below 0.5 eV.
        """
        w = _SCAN * np.arange(1, 1001)
        far = w - self.components(w).gap_function().real
        rises = np.flatnonzero((far[:-1] < 0) & (far[1:] >= 0))
        if not len(rises):
            return float("nan")
        n = rises[0]
        return float(w[n] - far[n] * _SCAN / (far[n + 1] - far[n]))


@dataclass(frozen=True)
class HiddenFermion(Truth):
    """An electron that mixes with a hidden fermion which itself is paired.

    The modes stand at +-E_f with E_f^2 = energy^2 + pairing^2. They are Gaussians of the given
    width, on an even background like that of a marginal Fermi liquid.

    Parameters
    ----------
    coupling
        V of the electron to the hidden fermion, in eV.
    energy, pairing
        e_f and D of the hidden fermion, in eV.
    width
        Standard deviation of the modes in eV; 0 keeps them as poles, which need a broadening.
    saturation
        0 to 1, the anomalous part over its largest one: c = R_ano / sqrt(R_nor R_nor') with the
        residues of the two functions at E_f and of Sigma_nor at -E_f.
    background
        Scale of the background; 0 for none.
    slope
        Relative change of V with the band energy, per eV: V (1 + slope * band).
    broadening
        Imaginary part of the energies in eV.

    Raises
    ------
    ValueError
        For a saturation outside 0 to 1, a negative width, background or broadening, or a hidden
        fermion without energy.

    References
    ----------
    S. Sakai, M. Civelli and M. Imada, arXiv:1411.4365.
    """

    coupling: float = 0.076
    energy: float = 0.0
    pairing: float = 0.064
    width: float = 0.012
    saturation: float = 1.0
    background: float = 1.0
    slope: float = 0.0
    broadening: float = 0.0

    def __post_init__(self) -> None:
        if not 0 <= self.saturation <= 1:
            raise ValueError(
                f"the saturation lies between 0 and 1, not {self.saturation:g}: beyond 1 the "
                "self-energy is not positive."
            )
        for name in ("width", "background", "broadening"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} is {getattr(self, name):g}; it must not be negative.")
        if self.mode == 0:
            raise ValueError("energy and pairing of the hidden fermion must not both be zero.")

    @property
    def mode(self) -> float:
        """Return E_f in eV, where both self-energies have their peaks."""
        return float(np.hypot(self.energy, self.pairing))

    def self_energies(
        self, energies: ArrayLike, band: float = 0.0
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return (Sigma_nor, Sigma_ano) in eV at real energies and a band energy in eV."""
        z = np.asarray(energies, float) + 0j
        strength = (self.coupling * (1 + self.slope * band)) ** 2
        up, down = ((1 + s * self.energy / self.mode) / 2 for s in (1, -1))
        plus, minus = self._pole(z - self.mode), self._pole(z + self.mode)
        normal = strength * (up * plus + down * minus)
        across = -strength * self.pairing / (2 * self.mode) * self.saturation
        if self.background:
            normal = normal + self.background * _background(energies)
        return normal, across * (plus - minus)

    def densities(self, energies: ArrayLike, band: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
        """Return (rho_nor, rho_ano) = -Im Sigma / pi in eV, at energies and a band energy in eV."""
        normal, anomalous = self.self_energies(energies, band)
        return -normal.imag / np.pi, -anomalous.imag / np.pi

    def _pole(self, z: np.ndarray) -> np.ndarray:
        """Return int g(x) / (z - x) dx of a normalised Gaussian, by Faddeeva's function."""
        if self.width == 0:
            if self.broadening == 0:
                raise ValueError("modes without width need a broadening.")
            return 1 / (z + 1j * self.broadening)
        scale = np.sqrt(2) * self.width
        return -1j * np.sqrt(np.pi) / scale * wofz(z / scale)


def pseudogap(**options: Any) -> HiddenFermion:
    """Return a hidden fermion without pairing: Sigma_nor has a pole and Sigma_ano is 0.

    Parameters
    ----------
    **options
        Those of :class:`HiddenFermion`; default energy 30 meV, pairing 0.
    """
    return HiddenFermion(**({"energy": 0.03, "pairing": 0.0} | options))


@dataclass(frozen=True)
class BCS(Truth):
    """A constant Sigma_ano = gap on a background; a static gap has no density of its own.

    Parameters
    ----------
    gap
        In eV.
    background
        Scale of the background of Sigma_nor; 0 for none.
    broadening
        Imaginary part of the energies in eV.
    """

    gap: float = 0.035
    background: float = 1.0
    broadening: float = 0.002

    def self_energies(
        self, energies: ArrayLike, band: float = 0.0
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return (Sigma_nor, Sigma_ano) in eV at real energies in eV, the same at all bands."""
        energies = np.asarray(energies, float)
        normal = np.zeros(energies.shape, complex)
        if self.background:
            normal = normal + self.background * _background(energies)
        return normal, np.full(energies.shape, self.gap, complex)


@dataclass(frozen=True)
class DegenerateTruth(Truth):
    """Another pair of self-energies with exactly the same spectrum at one momentum.

    The anomalous Green's function of `truth` at one band energy is multiplied by `scale`. The
    normal one, and with it A(w), stays. For abs(scale) <= 1 Nambu's matrix stays positive, and so
    do the new self-energies.

    Parameters
    ----------
    truth
        Any truth.
    scale
        -1 to 1; 1 is the truth itself, 0 a normal self-energy without any pairing.
    band
        Band energy in eV at which the spectra agree.

    Raises
    ------
    ValueError
        For abs(scale) > 1, where positivity is lost.
    """

    truth: Truth
    scale: float
    band: float = 0.0

    def __post_init__(self) -> None:
        if not -1 <= self.scale <= 1:
            raise ValueError(f"the scale lies between -1 and 1, not {self.scale:g}.")

    @property
    def broadening(self) -> float:
        """Return that of the truth, in eV."""
        return self.truth.broadening

    def self_energies(
        self, energies: ArrayLike, band: float = 0.0
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return (Sigma_nor, Sigma_ano) in eV at real energies in eV, the same at all bands."""
        energies = np.asarray(energies, float)
        here = self.truth.components(energies, self.band)
        back = self.truth.components(-energies, self.band)
        g, f = here.green(self.band, self.broadening)
        other, _ = back.green(self.band, self.broadening)
        lower = -other.conj()  # the hole's corner: G_22(w) = -G_11(-w)*
        f = self.scale * f
        det = g * lower - f * f
        w = energies + 1j * self.broadening
        return w - self.band - lower / det, f / det


@dataclass(frozen=True, eq=False)
class WrittenPair(Truth):
    """A pair of self-energies that is written as densities at nodes, such as a fit finds.

    Parameters
    ----------
    at
        Shape (node,), nodes in eV.
    normal, anomalous
        Shape (node,), the densities rho_nor and rho_ano in eV.
    static
        A constant part of Sigma_ano in eV.
    broadening
        Imaginary part of the energies in the spectrum, in eV.
    """

    at: np.ndarray
    normal: np.ndarray
    anomalous: np.ndarray
    static: float = 0.0
    broadening: float = 0.0

    def self_energies(
        self, energies: ArrayLike, band: float = 0.0
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return (Sigma_nor, Sigma_ano) in eV at real energies in eV, the same at all bands."""
        found = components_of(self.at, self.normal, self.anomalous, self.static, energies)
        return found.normal, found.anomalous


def _background(energies: ArrayLike) -> np.ndarray:
    """Return a marginal Fermi liquid cut off at 0.45 eV.

    Im Sigma = -[6 meV + 0.35 w^2 / (abs(w) + 0.1)] exp(-(w / 0.45)^2), with w in eV.
    """
    return kramers_kronig(_background_density(_FINE), _FINE, energies)


def _background_density(w: np.ndarray) -> np.ndarray:
    size = np.abs(w)
    return (0.006 + 0.35 * size**2 / (size + 0.1)) * np.exp(-((size / 0.45) ** 2)) / np.pi
