"""Strong-coupling superconductivity with one boson, on the real axis.

The equations of G. M. Eliashberg for a band that is wide and even around the Fermi level. Electrons
emit and absorb bosons of the spectrum alpha^2 F. With the densities N and P of the normal and the
anomalous local Green's function,

    rho_nor(w) =  int a2F(W) { N(w - W) [n(W) + 1 - f(w - W)] + N(w + W) [n(W) + f(w + W)] } dW
    rho_ano(w) = -int a2F(W) { P(w - W) [n(W) + 1 - f(w - W)] + P(w + W) [n(W) + f(w + W)] } dW

and the real parts follow by Kramers-Kronig, until nothing changes (J. P. Carbotte, Rev. Mod. Phys.
62, 1027 (1990)). The solution is causal by construction; all energies are in eV.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from .kramers_kronig import kramers_kronig
from .measurement import BOLTZMANN_EV, fermi
from .truths import Truth

_TOLERANCE = 1e-6  # eV
_ROUNDS = 600


@dataclass(frozen=True)
class Eliashberg(Truth):
    """One boson with a spectrum around `boson`: a conventional superconductor.

    Parameters
    ----------
    coupling
        lambda = 2 int a2F(W) / W dW, without unit.
    boson
        Energy of the boson in eV.
    width
        Standard deviation of its line in eV.
    temperature
        In kelvin.
    step, edge
        Spacing and end of the grid of the solution, in eV.
    broadening
        Imaginary part of the energies in eV.

    Raises
    ------
    ValueError
        For a coupling, energy or width that is not positive, or a grid that ends too early.
    RuntimeError
        Where the iteration does not settle.
    """

    coupling: float = 2.0
    boson: float = 0.04
    width: float = 0.006
    temperature: float = 12.0
    step: float = 0.001
    edge: float = 0.6
    broadening: float = 0.001

    def __post_init__(self) -> None:
        for name in ("coupling", "boson", "width"):
            if not getattr(self, name) > 0:
                raise ValueError(f"{name} is {getattr(self, name):g}; it must be positive.")
        if self.edge < 5 * self.boson:
            raise ValueError(
                f"the grid ends at {self.edge:g} eV; it must reach five boson energies or more, "
                f"{5 * self.boson:g} eV."
            )

    def self_energies(
        self, energies: ArrayLike, band: float = 0.0
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return (Sigma_nor, Sigma_ano) in eV at real energies in eV, the same at all bands."""
        at, normal, anomalous = _solved(self)
        return (
            kramers_kronig(normal, at, np.asarray(energies, float)),
            kramers_kronig(anomalous, at, np.asarray(energies, float)),
        )

    def spectrum(self) -> tuple[np.ndarray, np.ndarray]:
        """Return (W, a2F): the boson's energies in eV and its spectrum, without unit."""
        w = self.step * np.arange(1, int((self.boson + 5 * self.width) / self.step) + 1)
        line = np.exp(-0.5 * ((w - self.boson) / self.width) ** 2)
        return w, line * self.coupling / (2 * (line / w).sum() * self.step)


@lru_cache(maxsize=16)
def _solved(model: Eliashberg) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the nodes in eV and both densities."""
    count = round(model.edge / model.step)
    at = model.step * np.arange(-count, count + 1)
    line, weight = model.spectrum()
    weight = weight * model.step
    bose = 1 / np.expm1(line / (BOLTZMANN_EV * model.temperature))
    filled = fermi(at, model.temperature)
    shifts = np.arange(1, len(line) + 1)
    w = at + 1j * model.broadening
    normal, anomalous = np.zeros(len(at)), -0.3 * model.boson * _hump(at, model.boson)
    last = np.inf
    for _ in range(_ROUNDS):
        across = kramers_kronig(anomalous, at, at)
        total = w - kramers_kronig(normal, at, at)
        root = np.sqrt(total**2 - across**2)
        root = np.where(root.imag < 0, -root, root)  # retarded: the root goes as w above the axis
        n, p = (total / root).real, (across / root).real
        new = [_exchange(d, filled, shifts, weight, bose) for d in (n, p)]
        moved = kramers_kronig(-new[1], at, np.zeros(1)).real[0] - across[count].real
        normal = 0.5 * normal + 0.5 * new[0]
        anomalous = 0.5 * anomalous - 0.5 * new[1]
        if abs(moved) < _TOLERANCE and abs(last) < _TOLERANCE:
            normal[[0, -1]] = anomalous[[0, -1]] = 0
            if across[count].real < 0:  # the sign of pairing is a choice
                anomalous = -anomalous
            return at, (normal + normal[::-1]) / 2, (anomalous - anomalous[::-1]) / 2
        last = moved
    raise RuntimeError(
        f"the Eliashberg equations did not settle in {_ROUNDS} rounds (last change "
        f"{moved:.1e} eV); take a finer step or a higher temperature."
    )


def _hump(at: np.ndarray, boson: float) -> np.ndarray:
    """Return an odd start for rho_ano."""
    return at / boson * np.exp(-((at / boson) ** 2)) / boson * 0.5  # any value: a start


def _exchange(
    density: np.ndarray,
    filled: np.ndarray,
    shifts: np.ndarray,
    weight: np.ndarray,
    bose: np.ndarray,
) -> np.ndarray:
    """Return what an electron of this density gains by emitting and absorbing bosons."""
    size, reach = len(density), shifts[-1]
    emit, absorb = density * (1 - filled), density * filled
    total = np.zeros(size)
    padded = [np.pad(d, reach, mode="edge") for d in (density, emit, absorb)]
    for s, a, n in zip(shifts, weight, bose, strict=True):
        back = slice(reach - s, reach - s + size)
        forth = slice(reach + s, reach + s + size)
        total += a * (n * (padded[0][back] + padded[0][forth]) + padded[1][back] + padded[2][forth])
    return total


def matsubara_solution(
    coupling_spectrum: tuple[np.ndarray, np.ndarray], temperature: float, count: int = 256
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Solve the same equations on the imaginary axis, by iteration.

    An independent route, with no real axis and no transform.

    Parameters
    ----------
    coupling_spectrum
        (W, a2F) as `Eliashberg.spectrum` returns it, on an even grid in eV.
    temperature
        In kelvin.
    count
        Number of positive Matsubara energies.

    Returns
    -------
    energies, phi, q
        Shape (count,): w_n and phi(i w_n) = Sigma_ano(i w_n) in eV, and
        Q(i w_n) = 1 - Sigma_nor(i w_n) / (i w_n).

    Raises
    ------
    RuntimeError
        Where the iteration does not settle.
    """
    line, weight = coupling_spectrum
    t = BOLTZMANN_EV * temperature
    n = np.arange(-count, count)
    w = (2 * n + 1) * np.pi * t
    step = line[1] - line[0]
    bosonic = 2 * np.pi * t * np.arange(2 * count)
    pull = (2 * line * weight / (line**2 + bosonic[:, None] ** 2)).sum(-1) * step
    matrix = np.pi * t * pull[np.abs(n[:, None] - n[None, :])]
    phi, q = np.full(2 * count, 0.3 * line[weight.argmax()]), np.ones(2 * count)
    for _ in range(2000):
        size = np.sqrt((w * q) ** 2 + phi**2)
        new = matrix @ (phi / size)
        q = 1 + matrix @ (w * q / size) / w
        if np.abs(new - phi).max() < 1e-10:
            return w[count:], new[count:], q[count:]
        phi = new
    raise RuntimeError(
        f"the equations on the imaginary axis did not settle at {temperature:g} K; take another "
        "temperature or coupling."
    )
