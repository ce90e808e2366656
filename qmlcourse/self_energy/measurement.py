"""From a spectrum to counts: Fermi function, resolution, background, Poisson noise; and curves.

Everything that is made here from a known truth is synthetic and says so.
"""

from dataclasses import dataclass, field

import numpy as np

BOLTZMANN_EV = 8.617333262e-5
_MASKED = 4.0  # expected counts below which a point says nothing


@dataclass(frozen=True)
class Curves:
    """Measured energy distribution curves (EDCs), one for each momentum.

    Attributes
    ----------
    energies : (energy,) evenly rising, in eV relative to the Fermi level
    counts : (momentum, energy)
    bands : (momentum,) energies of the bare band in eV; 0 is k_F
    temperature : in kelvin; resolution : full width at half maximum, in eV
    label : what they are
    variance : (momentum, energy) expected from the smoothed counts; made if not given
    mask : (momentum, energy) True where a point is used
    """

    energies: np.ndarray
    counts: np.ndarray
    bands: np.ndarray = field(default_factory=lambda: np.zeros(1))
    temperature: float = 12.0
    resolution: float = 0.010
    label: str = "synthetic"
    variance: np.ndarray = None
    mask: np.ndarray = None

    def __post_init__(self):
        def put(name, value):
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
            raise ValueError("temperature (K) and resolution (eV) are positive.")
        if self.variance is None:
            smooth = _smoothed(counts)
            put("variance", np.maximum(smooth, 1.0))
            put("mask", smooth >= _MASKED)
        if self.mask is None:
            put("mask", np.ones(counts.shape, bool))

    @property
    def points(self):
        """Number of points used."""
        return int(self.mask.sum())

    def instrument(self):
        """The Instrument that measured them."""
        return Instrument(self.energies, self.temperature, self.resolution)


def _smoothed(counts, width=7):
    kernel = np.hanning(width + 2)[1:-1]
    kernel = kernel / kernel.sum()
    half = width // 2
    padded = np.pad(counts, ((0, 0), (half, half)), mode="edge")
    return np.stack([np.convolve(row, kernel, "valid") for row in padded])


class Instrument:
    """Fermi function and resolution as one matrix, from A(w) on a finer range to the window.

    Attributes
    ----------
    fine : (fine,) energies on which A is needed: the window and a margin of its own steps
    matrix : (energy, fine): intensity = matrix @ A
    """

    def __init__(self, energies, temperature=12.0, resolution=0.010):
        energies = np.asarray(energies, float)
        step = energies[1] - energies[0]
        margin = int(np.ceil(4 * resolution / 2.3548 / step)) + 1
        self.energies, self.step = energies, step
        self.fine = energies[0] + step * np.arange(-margin, len(energies) + margin)
        spread = resolution / 2.3548
        apart = energies[:, None] - self.fine
        # the part of a resolution curve that belongs to each fine step
        gauss = np.exp(-0.5 * (apart / spread) ** 2)
        gauss = gauss / gauss.sum(1, keepdims=True)
        self.matrix = gauss * fermi(self.fine, temperature)


def fermi(energies, temperature):
    """The Fermi function at energies in eV and a temperature in kelvin."""
    x = np.asarray(energies, float) / (BOLTZMANN_EV * temperature)
    return 0.5 * (1 - np.tanh(x / 2))


def shirley(intensity):
    """(..., energy): the intensity at all higher energies, as secondary electrons make it.

    D. A. Shirley, Phys. Rev. B 5, 4709 (1972); scaled to the largest intensity.
    """
    above = np.cumsum(intensity[..., ::-1], -1)[..., ::-1]
    return above / above.max(-1, keepdims=True) * intensity.max(-1, keepdims=True)


def window(low=-0.4, high=0.1, step=0.002):
    """Evenly spaced energies in eV, both ends included."""
    count = round((high - low) / step)
    return low + step * np.arange(count + 1)


def measure(
    truth,
    bands=(0.0,),
    *,
    counts=1e4,
    temperature=12.0,
    resolution=0.010,
    background=0.05,
    energies=None,
    amplitudes=None,
    seed=0,
):
    """Measure a truth at some momenta: synthetic Curves with Poisson noise.

    Parameters
    ----------
    truth : object with `spectral_function(energies, band)`, such as `HiddenFermion`
    bands : band energies in eV at the momenta; 0 is k_F
    counts : expected counts at the peak of the strongest curve; numpy.inf for none of the noise
    temperature (K), resolution (eV, full width), background (Shirley, share of the peak)
    energies : (energy,) even steps; default -0.4 to 0.1 eV in steps of 2 meV
    amplitudes : (momentum,) relative intensities, which a fit does not know; default all 1
    seed : of the noise

    Returns
    -------
    Curves, labelled synthetic.
    """
    energies = window() if energies is None else np.asarray(energies, float)
    bands = np.atleast_1d(np.asarray(bands, float))
    if not counts > 0:
        raise ValueError(f"the counts at the peak are positive, not {counts}.")
    instrument = Instrument(energies, temperature, resolution)
    clean = np.stack(
        [instrument.matrix @ truth.spectral_function(instrument.fine, e) for e in bands]
    )
    if amplitudes is not None:
        clean = clean * np.asarray(amplitudes, float)[:, None]
    whole = clean + background * shirley(clean)
    if np.isinf(counts):
        expected = 1e12 * whole / whole.max()
        return Curves(energies, expected, bands, temperature, resolution, "synthetic, no noise")
    expected = counts * whole / whole.max()
    noisy = np.random.default_rng(seed).poisson(expected)
    return Curves(energies, noisy, bands, temperature, resolution, "synthetic")
