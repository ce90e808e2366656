"""Semi-infinite lattice leads: their channels and the self-energy they give to the sample.

A lead is a strip of `width` rows of the square lattice (hopping -1, on-site 0) that runs along x.
Phase convention of the whole package: the hop from site j to site i carries exp(2 pi i / Phi0 *
int_j^i A.dl) with A = (-B y, 0), so `flux` > 0 is a field along +z, counted in flux quanta h/e
through one plaquette. The gauge keeps every lead along x translation invariant.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import scipy.linalg

_RESIDUAL = 1e-10


@dataclass(frozen=True)
class Lead:
    """What a sample needs to know of a lead at one energy and field.

    Attributes
    ----------
    self_energy : numpy.ndarray
        Sigma, (width, width) complex, in units of the hopping.
    injection : numpy.ndarray
        Q, (width, channel) complex, with Q Q^dagger = i (Sigma - Sigma^dagger): one column for
        each open channel.
    residual : float
        Largest element by which the self-energy misses its own Dyson equation.
    """

    self_energy: np.ndarray
    injection: np.ndarray
    residual: float

    @property
    def channels(self) -> int:
        """Return the number of open channels."""
        return self.injection.shape[1]


def open_channels(width: int, energy: float) -> int:
    """Return the number of channels that carry current in a clean strip without field.

    Channel n has the band E = -2 cos k - 2 cos(n pi / (width + 1)), n = 1 ... width.

    Parameters
    ----------
    width
        Rows of the strip.
    energy
        From the band centre, in units of the hopping.
    """
    return int((np.abs(_longitudinal(width, energy)) < 2).sum())


def lowest_energy(width: int) -> float:
    """Return the energy at which the first channel of a strip opens, in units of the hopping.

    Parameters
    ----------
    width
        Rows of the strip.
    """
    return -2 - 2 * np.cos(np.pi / (width + 1))


def _longitudinal(width: int, energy: float) -> np.ndarray:
    n = np.arange(1, width + 1)
    return energy + 2 * np.cos(n * np.pi / (width + 1))


def lead(rows: tuple[int, ...], energy: float, flux: float = 0.0, inward: int = 1) -> Lead:
    """Return the lead on the given rows at one energy and field.

    Parameters
    ----------
    rows
        Consecutive integers, the y of the lead's rows.
    energy
        From the band centre, in units of the hopping.
    flux
        Flux quanta h/e through one plaquette of sample and lead.
    inward
        +1 for a lead at the left end (electrons enter along +x), -1 at the right end.

    Raises
    ------
    RuntimeError
        In a field, when the modes cannot be told apart because a channel opens right at the
        energy, or when the residual exceeds 1e-10.

    Notes
    -----
    Without field the self-energy has a closed form. In a field it is put together from the Bloch
    modes that decay or flow away from the sample, and held to its Dyson equation. Time reversal
    gives the lead at the other end: the field acts there as the opposite one, and Sigma(-B) is the
    transpose of Sigma(B).

    References
    ----------
    S. Datta, Electronic Transport in Mesoscopic Systems (1995), sec. 3.5
    """
    found = _lead(rows, energy, abs(flux))
    if flux * inward >= 0:
        return found
    return Lead(found.self_energy.T, found.injection.conj(), found.residual)


@lru_cache(maxsize=4096)
def _lead(rows: tuple[int, ...], energy: float, flux: float) -> Lead:
    if flux == 0:
        return _closed_form(len(rows), energy)
    return _from_modes(np.asarray(rows), energy, flux)


def _closed_form(width: int, energy: float) -> Lead:
    n = np.arange(1, width + 1)
    modes = np.sqrt(2 / (width + 1)) * np.sin(np.pi * np.outer(n, n) / (width + 1))
    eps = _longitudinal(width, energy)
    is_open = np.abs(eps) < 2
    velocity = np.sqrt(np.clip(4 - eps**2, 0, None))
    decaying = (eps - np.sign(eps) * np.sqrt(np.clip(eps**2 - 4, 0, None))) / 2
    surface = np.where(is_open, (eps - 1j * velocity) / 2, decaying)
    sigma = (modes * surface) @ modes.T
    injection = (modes * np.sqrt(velocity))[:, is_open].astype(complex)
    return Lead(sigma, injection, 0.0)


def _from_modes(rows: np.ndarray, energy: float, flux: float) -> Lead:
    """Return the lead from the modes that decay or flow away from the sample.

    With psi(m) = lambda psi(m - 1) counted away from the sample, the hop away from the sample is
    tau = -exp(i theta), theta = 2 pi flux y, and E psi = h psi + tau psi(m-1) + tau* psi(m+1).
    """
    width = len(rows)
    tau = -np.exp(2j * np.pi * flux * rows)
    h = -(np.eye(width, k=1) + np.eye(width, k=-1))
    transfer = np.zeros((2 * width, 2 * width), complex)
    transfer[:width, :width] = tau[:, None] * (energy * np.eye(width) - h)
    transfer[:width, width:] = -np.diag(tau**2)
    transfer[width:, :width] = np.eye(width)
    values, vectors = np.linalg.eig(transfer)
    outward = _flows_out(values, vectors[:width], tau)
    if outward.sum() != width:
        raise RuntimeError(
            f"the lead's modes at energy {energy:g} and flux {flux:g} could not be told apart; "
            "a channel opens right there: move the energy a little."
        )
    sigma = _surface(vectors[:width, outward], vectors[width:, outward], tau)
    residual = _dyson_residual(sigma, h, tau, energy)
    if residual > _RESIDUAL:
        sigma = _by_schur(transfer, values, outward, tau)
        residual = _dyson_residual(sigma, h, tau, energy)
    if residual > _RESIDUAL:
        raise RuntimeError(f"the lead's self-energy is only good to {residual:.1e}.")
    broadening = 1j * (sigma - sigma.conj().T)
    gamma, states = np.linalg.eigh((broadening + broadening.conj().T) / 2)
    count = int((np.abs(np.abs(values[outward]) - 1) < 1e-8).sum())
    injection = states[:, width - count :] * np.sqrt(np.clip(gamma[width - count :], 0, None))
    return Lead(sigma, injection, residual)


def _flows_out(values: np.ndarray, psi: np.ndarray, tau: np.ndarray) -> np.ndarray:
    """Return which modes decay away from the sample, or carry current away from it."""
    propagating = np.abs(np.abs(values) - 1) < 1e-8
    current = 2 * np.imag((psi.conj() * tau[:, None] * psi).sum(0) * values.conj())
    return np.where(propagating, current > 0, np.abs(values) < 1)


def _surface(first: np.ndarray, previous: np.ndarray, tau: np.ndarray) -> np.ndarray:
    """Return Sigma = tau* psi(1) psi(0)^-1, the pull of the lead on the sample's last slice."""
    return tau.conj()[:, None] * np.linalg.solve(previous.T, first.T).T


def _by_schur(
    transfer: np.ndarray, values: np.ndarray, outward: np.ndarray, tau: np.ndarray
) -> np.ndarray:
    """Return Sigma from an ordered Schur form, which is stable when modes are nearly parallel.

    Decaying modes are known by the size of their value. A value of size one belongs to the nearest
    mode that flows, of which `outward` says the direction.
    """
    width = len(tau)
    flowing = np.abs(np.abs(values) - 1) < 1e-8

    def keep(value: complex) -> bool:
        if np.abs(values[flowing] - value).min(initial=1.0) > 1e-5:
            return abs(value) < 1
        return bool(outward[flowing][np.abs(values[flowing] - value).argmin()])

    _, basis, count = scipy.linalg.schur(transfer, output="complex", sort=keep)
    if count != width:
        raise RuntimeError("the lead's modes could not be separated; move the energy a little.")
    return _surface(basis[:width, :width], basis[width:, :width], tau)


def _dyson_residual(sigma: np.ndarray, h: np.ndarray, tau: np.ndarray, energy: float) -> float:
    inner = np.linalg.inv(energy * np.eye(len(tau)) - h - sigma)
    return float(np.abs(sigma - tau.conj()[:, None] * inner * tau[None, :]).max())
