"""Fourier spectra of conductance against flux: h/e, h/2e and so on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from .. import arrays


@dataclass(frozen=True)
class Spectrum:
    """Fourier spectrum of g(flux); unpacks as `frequency, amplitude`.

    Attributes
    ----------
    frequency : numpy.ndarray
        (n,) oscillations per flux quantum: 1 is h/e, 2 is h/2e.
    waves : numpy.ndarray
        (..., n) complex amplitudes, amplitude * exp(i phase), in e^2/h.
    """

    frequency: np.ndarray
    waves: np.ndarray

    @property
    def amplitude(self) -> np.ndarray:
        """Return the amplitudes of g = sum amplitude * cos(2 pi frequency flux + phase).

        They are (..., n) in e^2/h; the entry at frequency 0 is the mean.
        """
        return np.abs(self.waves)

    def __iter__(self) -> Iterator[np.ndarray]:
        return iter((self.frequency, self.amplitude))

    def coefficient(self, order: int) -> np.ndarray:
        """Return the complex amplitude at the frequency nearest to `order`, (...).

        Parameters
        ----------
        order
            1 for h/e, 2 for h/2e.

        Raises
        ------
        ValueError
            When the curve is sampled too coarsely for this harmonic.
        """
        nearest = int(np.abs(self.frequency - order).argmin())
        if abs(self.frequency[nearest] - order) > self.frequency[1] / 2 + 1e-9:
            raise ValueError(
                f"the curve is sampled too coarsely for harmonic {order}: its highest frequency "
                f"is {self.frequency[-1]:.3g} per flux quantum."
            )
        return self.waves[..., nearest]


def oscillation_spectrum(
    flux: ArrayLike, conductance: ArrayLike, *, window: str | None = None
) -> Spectrum:
    """Return the Fourier spectrum of g against flux, per flux quantum h/e.

    Parameters
    ----------
    flux
        (n,) evenly spaced and increasing, in flux quanta; four points or more. When it spans a
        whole number of flux quanta exactly, the last point repeats the first and is left out, so
        that the harmonics fall on frequencies 1, 2, ...
    conductance
        (..., n) in e^2/h.
    window
        None, or 'hann' to keep a strong line from leaking into its neighbours when the span is
        not a whole number of periods.

    Raises
    ------
    ValueError
        For unequal lengths, uneven spacing, another window, or numbers that are not finite.
    """
    flux = arrays.real_numbers("flux", flux)
    values = arrays.real_numbers("conductance", conductance)
    if flux.ndim != 1 or len(flux) < 4:
        raise ValueError("flux must be one-dimensional with at least four points.")
    if values.ndim < 1 or values.shape[-1] != len(flux):
        raise ValueError(
            f"flux has {len(flux)} points but conductance has shape {values.shape}; its last axis "
            "must be the flux."
        )
    steps = np.diff(flux)
    step = (flux[-1] - flux[0]) / (len(flux) - 1)
    if step <= 0 or np.abs(steps - step).max() > 1e-6 * abs(step) * len(flux):
        raise ValueError("flux must increase in even steps; resample the curve first.")
    span = flux[-1] - flux[0]
    if round(span) >= 1 and abs(span - round(span)) < 1e-9 * len(flux):
        values = values[..., :-1]
    count = values.shape[-1]
    mean = values.mean(-1, keepdims=True)
    weight = np.ones(count)
    if window == "hann":
        weight = np.hanning(count + 1)[:-1]
    elif window is not None:
        raise ValueError(f"window is None or 'hann', not {window!r}.")
    waves = 2 * np.fft.rfft((values - mean) * weight, axis=-1) / weight.sum()
    frequency = np.fft.rfftfreq(count, step)
    if count % 2 == 0:
        waves[..., -1] /= 2
    waves = waves * np.exp(-1j * 2 * np.pi * frequency * flux[0])
    waves[..., 0] = mean[..., 0]
    return Spectrum(frequency, waves)
