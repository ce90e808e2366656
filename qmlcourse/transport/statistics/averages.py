"""What temperature and many rings do to a conductance curve."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from .. import arrays
from ..arrays import Array
from .spectra import oscillation_spectrum


def fermi_weight(energies: ArrayLike, fermi_energy: float, temperature: float) -> np.ndarray:
    """Return -df/dE of the Fermi function, per unit energy.

    -df/dE = 1 / (4 kT cosh^2((E - E_F) / 2 kT)).

    Parameters
    ----------
    energies
        Of any shape, in hoppings.
    fermi_energy
        E_F, in hoppings.
    temperature
        kT > 0, in hoppings.
    """
    x = (np.asarray(energies, float) - fermi_energy) / (2 * temperature)
    return 1 / (4 * temperature * np.cosh(np.clip(x, -300, 300)) ** 2)


def thermal_average(
    energies: ArrayLike,
    conductance: Array,
    temperature: float,
    *,
    fermi_energy: float | None = None,
    axis: int = 0,
) -> Array:
    """Return the conductance at a temperature, by an average over energies.

    g(T) is the integral of g(E) (-df/dE), linear response; here by the trapezoidal rule, with
    weights that sum to one.

    Parameters
    ----------
    energies
        (energy,) increasing, in hoppings.
    conductance
        Array with the energies along `axis`, for instance (energy, flux).
    temperature
        kT in hoppings, at least 0.
    fermi_energy
        In hoppings; default the middle of `energies`.
    axis
        Of the energies.

    Returns
    -------
    numpy.ndarray or torch.Tensor
        Without the energy axis. At zero temperature, g at the Fermi energy by linear interpolation.

    Raises
    ------
    ValueError
        When energies and conductance do not fit, or numbers are not finite.

    Warns
    -----
    UserWarning
        When the energies miss more than 2 % of the thermal window, or are coarser than 1.5 kT.

    References
    ----------
    S. Datta, Electronic Transport in Mesoscopic Systems (1995)
    """
    energies = arrays.real_numbers("energies", energies)
    temperature = arrays.one_number("temperature", temperature)
    if temperature < 0:
        raise ValueError(f"the temperature kT must not be negative ({temperature:g}).")
    if energies.ndim != 1 or (np.diff(energies) <= 0).any():
        raise ValueError("energies must be a one-dimensional increasing array.")
    xp, device = arrays.backend(conductance)
    values = xp.moveaxis(xp.asarray(conductance), axis, 0)
    if values.shape[0] != len(energies):
        raise ValueError(
            f"there are {len(energies)} energies but {values.shape[0]} conductances along "
            f"axis {axis}."
        )
    arrays.real_numbers("conductance", conductance)
    middle = (energies[0] + energies[-1]) / 2
    weights = _weights(
        energies, middle if fermi_energy is None else float(fermi_energy), temperature
    )
    cast = xp.asarray(weights, dtype=values.dtype, device=device) if device else weights
    return (cast.reshape((-1,) + (1,) * (values.ndim - 1)) * values).sum(0)


def _weights(energies: np.ndarray, fermi_energy: float, temperature: float) -> np.ndarray:
    if not energies[0] <= fermi_energy <= energies[-1]:
        raise ValueError(
            f"the Fermi energy {fermi_energy:g} lies outside the energies given, "
            f"{energies[0]:g} to {energies[-1]:g}."
        )
    if len(energies) == 1:
        return np.ones(1)
    if temperature == 0:
        weights = np.zeros(len(energies))
        right = min(max(int(np.searchsorted(energies, fermi_energy)), 1), len(energies) - 1)
        share = (fermi_energy - energies[right - 1]) / (energies[right] - energies[right - 1])
        weights[right - 1 : right + 1] = 1 - share, share
        return weights
    edges = (energies[[0, -1]] - fermi_energy) / (2 * temperature)
    covered = float(np.diff(np.tanh(edges))[0]) / 2
    if covered < 0.98:
        warnings.warn(
            f"the energies cover only {covered:.0%} of the thermal window; widen them to about "
            f"{fermi_energy - 5 * temperature:.3g} ... {fermi_energy + 5 * temperature:.3g}.",
            stacklevel=3,
        )
    if np.diff(energies).max() > 1.5 * temperature:
        warnings.warn(
            f"the energies are {np.diff(energies).max():.2g} apart, too coarse for "
            f"kT = {temperature:.2g}; take steps of at most kT.",
            stacklevel=3,
        )
    spacing = np.gradient(energies)
    spacing[[0, -1]] /= 2
    weights = fermi_weight(energies, fermi_energy, temperature) * spacing
    total = weights.sum()
    return weights / total if total > 0 else _weights(energies, fermi_energy, 0.0)


def correlation_energy(energies: ArrayLike, values: ArrayLike) -> float:
    """Return how far the energy must move until an oscillation forgets its sign and size.

    The half width at half maximum of the autocorrelation over energy of `values`, for instance the
    h/e amplitude at each energy: our measure of the Thouless energy of a ring.

    Parameters
    ----------
    energies
        (energy,) evenly spaced and increasing, five or more.
    values
        (..., energy) real; leading axes (samples) are averaged over.

    Returns
    -------
    float
        In the unit of the energies.

    Raises
    ------
    ValueError
        For uneven energies, or when the correlation has not fallen to one half within half of them.
    """
    energies = arrays.real_numbers("energies", energies)
    values = arrays.real_numbers("values", values)
    steps = np.diff(energies)
    if len(steps) < 4 or np.abs(steps - steps.mean()).max() > 1e-6 * np.ptp(energies):
        raise ValueError("energies must be evenly spaced, at least five.")
    count = len(energies)
    correlation = np.array(
        [
            (values[..., : count - n] * values[..., n:]).mean(-1).mean()
            for n in range(count // 2 + 1)
        ]
    )
    correlation = correlation / correlation[0]
    below = np.flatnonzero(correlation < 0.5)
    if not len(below):
        raise ValueError("the energies span too little: widen them to see the correlation fall.")
    n = below[0]
    share = (correlation[n - 1] - 0.5) / (correlation[n - 1] - correlation[n])
    return float((n - 1 + share) * steps.mean())


@dataclass(frozen=True)
class Harmonics:
    """Amplitudes of the harmonics h/e, h/2e, ... of an averaged curve, with error bars.

    Attributes
    ----------
    order : numpy.ndarray
        (n,) integers, 1 for h/e, 2 for h/2e.
    amplitude : numpy.ndarray
        (n,) in e^2/h, of the curve averaged over all samples.
    error : numpy.ndarray
        (n,) standard error from a bootstrap over samples.
    typical : numpy.ndarray
        (n,) root mean square of the amplitude in one sample.
    ratio : float
        Second over first harmonic.
    ratio_interval : tuple of float
        Central 68 % of the resampled ratios (low, high); lopsided, because the first harmonic in
        the denominator may come close to zero.
    samples : int
        Number of samples.
    """

    order: np.ndarray
    amplitude: np.ndarray
    error: np.ndarray
    typical: np.ndarray
    ratio: float
    ratio_interval: tuple[float, float]
    samples: int


def ensemble_harmonics(
    ring_flux: ArrayLike,
    conductance: ArrayLike,
    *,
    orders: Sequence[int] = (1, 2),
    resamples: int = 400,
    seed: int | np.random.Generator = 0,
) -> Harmonics:
    """Return the harmonics that survive the average over samples, with bootstrap errors.

    h/e has a sample-specific sign and falls as samples^(-1/2); h/2e comes from time-reversed paths
    with a common phase and stays.

    Parameters
    ----------
    ring_flux
        (flux,) over a whole number of flux quanta, evenly spaced.
    conductance
        (sample, flux) in e^2/h, two samples or more.
    orders
        The harmonics wanted; the ratio is that of the first two.
    resamples, seed
        Of the bootstrap over samples.

    Raises
    ------
    ValueError
        For conductances of another shape, uneven fluxes, or fluxes too coarse for an order.

    References
    ----------
    B. L. Altshuler, A. G. Aronov and B. Z. Spivak, JETP Lett. 33, 94 (1981); C. P. Umbach et al.,
    Phys. Rev. Lett. 56, 386 (1986)
    """
    curves = arrays.real_numbers("conductance", conductance)
    if curves.ndim != 2 or len(curves) < 2:
        raise ValueError("conductance must be (sample, flux) with at least two samples.")
    orders = np.asarray(orders, int)
    spectrum = oscillation_spectrum(ring_flux, curves)
    waves = np.stack([spectrum.coefficient(n) for n in orders], 1)
    rng = np.random.default_rng(seed)
    draws = rng.multinomial(len(waves), np.full(len(waves), 1 / len(waves)), size=resamples)
    resampled = np.abs(draws @ waves) / len(waves)
    amplitude = np.abs(waves.mean(0))
    ratios = resampled[:, 1] / resampled[:, 0] if len(orders) > 1 else np.array([np.nan])
    low, high = np.quantile(ratios, [0.16, 0.84])
    return Harmonics(
        order=orders,
        amplitude=amplitude,
        error=resampled.std(0, ddof=1),
        typical=np.sqrt((np.abs(waves) ** 2).mean(0)),
        ratio=float(amplitude[1] / amplitude[0]) if len(orders) > 1 else float("nan"),
        ratio_interval=(float(low), float(high)),
        samples=len(waves),
    )
