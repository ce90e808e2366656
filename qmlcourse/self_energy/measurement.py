"""From a spectrum to counts: Fermi function, resolution, background and Poisson noise.

Curves that are made here from a known truth are synthetic, and their label says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from .truths import Truth

BOLTZMANN_EV = 8.617333262e-5  # eV/K
_MASKED = 4.0  # expected counts below which a point says nothing
_FULL_WIDTH = 2.3548  # full width at half maximum over standard deviation of a Gaussian
_WITHOUT_NOISE = 1e12  # counts at the peak of a curve without noise


@dataclass(frozen=True)
class Curves:
    """Measured energy distribution curves (EDCs), one for each momentum.

    Attributes
    ----------
    energies : numpy.ndarray
        Shape (energy,), evenly rising, in eV relative to the Fermi level.
    counts : numpy.ndarray
        Shape (momentum, energy); (energy,) for one momentum.
    bands : numpy.ndarray
        Shape (momentum,), energies of the bare band in eV; 0 at the Fermi momentum k_F.
    temperature : float
        In kelvin.
    resolution : float
        Full width at half maximum, in eV.
    label : str
        What they are.
    variance : numpy.ndarray
        Shape (momentum, energy); from the smoothed counts, at least 1, if not given.
    mask : numpy.ndarray
        Shape (momentum, energy), True where a point is used; where 4 counts or more are expected,
        if not given.

    Raises
    ------
    ValueError
        Where energies or counts are not as above, or temperature or resolution is not positive.
    """

    energies: np.ndarray
    counts: np.ndarray
    bands: np.ndarray = field(default_factory=lambda: np.zeros(1))
    temperature: float = 12.0
    resolution: float = 0.010
    label: str = "synthetic"
    variance: np.ndarray | None = None
    mask: np.ndarray | None = None

    def __post_init__(self) -> None:
        def put(name: str, value: np.ndarray) -> None:
            object.__setattr__(self, name, value)

        put("energies", np.asarray(self.energies, float))
        put("counts", np.atleast_2d(np.asarray(self.counts, float)))
        put("bands", np.atleast_1d(np.asarray(self.bands, float)))
        w, counts = self.energies, self.counts
        if w.ndim != 1 or len(w) < 20 or np.ptp(np.diff(w)) > 1e-6 * np.ptp(w) or w[1] <= w[0]:
            raise ValueError("energies rise in even steps, 20 of them or more, in eV.")
        if counts.shape != (len(self.bands), len(w)):
            raise ValueError(
                f"there are {len(self.bands)} momenta and {len(w)} energies, but counts of shape "
                f"{counts.shape}."
            )
        if not np.isfinite(counts).all() or (counts < 0).any():
            raise ValueError("counts are finite and not negative.")
        if self.temperature <= 0 or self.resolution <= 0:
            raise ValueError(
                f"temperature is {self.temperature:g} K and resolution {self.resolution:g} eV; "
                "both are positive."
            )
        if self.variance is None:
            smooth = _smoothed(counts)
            put("variance", np.maximum(smooth, 1.0))
            put("mask", smooth >= _MASKED)
        if self.mask is None:
            put("mask", np.ones(counts.shape, bool))

    @property
    def points(self) -> int:
        """Return the number of points used."""
        return int(self.mask.sum())

    def instrument(self) -> Instrument:
        """Return the Instrument that measured them."""
        return Instrument(self.energies, self.temperature, self.resolution)


def _smoothed(counts: np.ndarray, width: int = 7) -> np.ndarray:
    kernel = np.hanning(width + 2)[1:-1]
    kernel = kernel / kernel.sum()
    half = width // 2
    padded = np.pad(counts, ((0, 0), (half, half)), mode="edge")
    return np.stack([np.convolve(row, kernel, "valid") for row in padded])


class Instrument:
    """Fermi function and resolution as one matrix, from A(w) to the intensity in a window.

    Parameters
    ----------
    energies
        Shape (energy,), the window in even steps, in eV.
    temperature
        In kelvin.
    resolution
        Full width at half maximum of a Gaussian, in eV.

    Attributes
    ----------
    wide : numpy.ndarray
        Shape (wide,), energies on which A is needed: the window and a margin of four standard
        deviations of the resolution, in the same steps.
    matrix : numpy.ndarray
        Shape (energy, wide); the intensity is matrix @ A. A row less the Fermi function sums to 1.
    """

    def __init__(self, energies: ArrayLike, temperature: float = 12.0, resolution: float = 0.010):
        energies = np.asarray(energies, float)
        step = energies[1] - energies[0]
        spread = resolution / _FULL_WIDTH
        margin = int(np.ceil(4 * spread / step)) + 1
        self.energies, self.step = energies, step
        self.wide = energies[0] + step * np.arange(-margin, len(energies) + margin)
        apart = energies[:, None] - self.wide
        # the part of a resolution curve that belongs to each step
        gauss = np.exp(-0.5 * (apart / spread) ** 2)
        gauss = gauss / gauss.sum(1, keepdims=True)
        self.matrix = gauss * fermi(self.wide, temperature)


def fermi(energies: ArrayLike, temperature: float) -> np.ndarray:
    """Return the Fermi function at energies in eV and a temperature in kelvin."""
    x = np.asarray(energies, float) / (BOLTZMANN_EV * temperature)
    return 0.5 * (1 - np.tanh(x / 2))


def shirley_background(intensity: np.ndarray) -> np.ndarray:
    """Return the sum of the intensity at this and all higher energies, as secondary electrons do.

    Parameters
    ----------
    intensity
        Shape (..., energy).

    Returns
    -------
    numpy.ndarray
        Shape (..., energy), scaled so that its largest value is that of the intensity.

    References
    ----------
    D. A. Shirley, Phys. Rev. B 5, 4709 (1972).
    """
    above = np.cumsum(intensity[..., ::-1], -1)[..., ::-1]
    return above / above.max(-1, keepdims=True) * intensity.max(-1, keepdims=True)


def window(low: float = -0.4, high: float = 0.1, step: float = 0.002) -> np.ndarray:
    """Return evenly spaced energies, both ends included.

    Parameters
    ----------
    low, high, step
        First and last energy and their spacing, in eV.
    """
    count = round((high - low) / step)
    return low + step * np.arange(count + 1)


def measured_curves(
    truth: Truth,
    bands: ArrayLike = (0.0,),
    *,
    counts: float = 1e4,
    temperature: float = 12.0,
    resolution: float = 0.010,
    background: float = 0.05,
    energies: ArrayLike | None = None,
    amplitudes: Sequence[float] | None = None,
    seed: int | np.random.Generator = 0,
) -> Curves:
    """Measure a truth at some momenta: synthetic curves with Poisson noise.

    Parameters
    ----------
    truth
        Gives the spectral function, such as a `HiddenFermion`.
    bands
        Shape (momentum,), band energies in eV at the momenta; 0 at k_F.
    counts
        Expected counts at the peak of the strongest curve; numpy.inf for curves without noise.
    temperature
        In kelvin.
    resolution
        Full width at half maximum, in eV.
    background
        Height of the Shirley background as a share of the peak.
    energies
        Shape (energy,), even steps in eV; default -0.4 to 0.1 in steps of 2 meV.
    amplitudes
        Shape (momentum,), relative intensities, which a fit does not know; default all 1.
    seed
        Of the noise, an integer or a generator.

    Returns
    -------
    Curves
        Labelled synthetic.

    Raises
    ------
    ValueError
        Where the counts are not positive.
    """
    energies = window() if energies is None else np.asarray(energies, float)
    bands = np.atleast_1d(np.asarray(bands, float))
    if not counts > 0:
        raise ValueError(f"the counts at the peak are positive, not {counts}.")
    instrument = Instrument(energies, temperature, resolution)
    clean = np.stack(
        [instrument.matrix @ truth.spectral_function(instrument.wide, e) for e in bands]
    )
    if amplitudes is not None:
        clean = clean * np.asarray(amplitudes, float)[:, None]
    whole = clean + background * shirley_background(clean)
    if np.isinf(counts):
        expected = _WITHOUT_NOISE * whole / whole.max()
        return Curves(energies, expected, bands, temperature, resolution, "synthetic, no noise")
    expected = counts * whole / whole.max()
    noisy = np.random.default_rng(seed).poisson(expected)
    return Curves(energies, noisy, bands, temperature, resolution, "synthetic")
