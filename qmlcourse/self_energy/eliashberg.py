"""Strong-coupling superconductivity with one boson, on the real axis.

The equations of G. M. Eliashberg for a band that is wide and even around the Fermi level. Electrons
emit and absorb bosons of the spectrum alpha^2 F; with the densities N and P of the normal and the
anomalous local Green's function,

    rho_11(w) =  int a2F(W) { N(w - W) [n(W) + 1 - f(w - W)] + N(w + W) [n(W) + f(w + W)] } dW
    rho_12(w) = -int a2F(W) { P(w - W) [n(W) + 1 - f(w - W)] + P(w + W) [n(W) + f(w + W)] } dW

and the real parts by Kramers-Kronig, until nothing changes (see J. P. Carbotte, Rev. Mod. Phys. 62,
1027 (1990)). Causal by construction; all in eV.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

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
    coupling : lambda = 2 int a2F / W dW
    boson : energy of the boson in eV; width : standard deviation of its line
    temperature : in kelvin
    step, edge : grid of the solution in eV

    Raises RuntimeError where the iteration does not settle.
    """

    coupling: float = 2.0
    boson: float = 0.04
    width: float = 0.006
    temperature: float = 12.0
    step: float = 0.001
    edge: float = 0.6
    broadening: float = 0.001

    def __post_init__(self):
        if not (self.coupling > 0 and self.boson > 0 and self.width > 0):
            raise ValueError("coupling, boson energy and width are positive.")
        if self.edge < 5 * self.boson:
            raise ValueError("the grid must reach five boson energies or more.")

    def self_energies(self, energies, band=0.0):
        at, normal, anomalous = _solved(self)
        return (
            kramers_kronig(normal, at, np.asarray(energies, float)),
            kramers_kronig(anomalous, at, np.asarray(energies, float)),
        )

    def spectrum(self):
        """(W, a2F): the boson's energies in eV and its spectrum, without unit."""
        w = self.step * np.arange(1, int((self.boson + 5 * self.width) / self.step) + 1)
        line = np.exp(-0.5 * ((w - self.boson) / self.width) ** 2)
        return w, line * self.coupling / (2 * (line / w).sum() * self.step)

    def edge_of_gap(self):
        """Delta_0 with w = Re Delta(w), in eV."""
        w = np.arange(1, 200) * self.step
        gap = self.components(w).gap_function().real
        below = np.flatnonzero(w - gap > 0)
        if not len(below):
            return float("nan")
        n = below[0]
        if n == 0:
            return 0.0
        a, b = (w - gap)[n - 1], (w - gap)[n]
        return float(w[n - 1] - a * self.step / (b - a))


@lru_cache(maxsize=16)
def _solved(model):
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
        s11 = kramers_kronig(normal, at, at)
        s12 = kramers_kronig(anomalous, at, at)
        total = w - s11
        root = np.sqrt(total**2 - s12**2)
        root = np.where(root.imag < 0, -root, root)  # retarded: the root goes as w above the axis
        n, p = (total / root).real, (s12 / root).real
        new = [_exchange(d, filled, shifts, weight, bose) for d in (n, p)]
        moved = kramers_kronig(-new[1], at, np.zeros(1)).real[0] - s12[count].real
        normal = 0.5 * normal + 0.5 * new[0]
        anomalous = 0.5 * anomalous - 0.5 * new[1]
        if abs(moved) < _TOLERANCE and abs(last) < _TOLERANCE:
            normal[[0, -1]] = anomalous[[0, -1]] = 0
            if s12[count].real < 0:  # the sign of pairing is a choice
                anomalous = -anomalous
            return at, (normal + normal[::-1]) / 2, (anomalous - anomalous[::-1]) / 2
        last = moved
    raise RuntimeError(
        f"the Eliashberg equations did not settle in {_ROUNDS} rounds (last change "
        f"{moved:.1e} eV); take a finer step or a higher temperature."
    )


def _hump(at, boson):
    return at / boson * np.exp(-((at / boson) ** 2)) / boson * 0.5


def _exchange(density, filled, shifts, weight, bose):
    """Emission and absorption of bosons by an electron with the given density of states."""
    size, reach = len(density), shifts[-1]
    emit, absorb = density * (1 - filled), density * filled
    total = np.zeros(size)
    padded = [np.pad(d, reach, mode="edge") for d in (density, emit, absorb)]
    for s, a, n in zip(shifts, weight, bose, strict=True):
        back = slice(reach - s, reach - s + size)
        forth = slice(reach + s, reach + s + size)
        total += a * (n * (padded[0][back] + padded[0][forth]) + padded[1][back] + padded[2][forth])
    return total


def matsubara_gap(coupling_spectrum, temperature, count=256):
    """phi(i w_n) and Z(i w_n) of the same equations on the imaginary axis, by iteration.

    An independent route: no real axis, no transform. `coupling_spectrum` is (W, a2F) on an even
    grid. Returns (w_n (count,), phi, Z), in eV and without unit.
    """
    line, weight = coupling_spectrum
    t = BOLTZMANN_EV * temperature
    n = np.arange(-count, count)
    w = (2 * n + 1) * np.pi * t
    step = line[1] - line[0]
    bosonic = 2 * np.pi * t * np.arange(2 * count)
    pull = (2 * line * weight / (line**2 + bosonic[:, None] ** 2)).sum(-1) * step
    matrix = np.pi * t * pull[np.abs(n[:, None] - n[None, :])]
    phi, z = np.full(2 * count, 0.3 * line[weight.argmax()]), np.ones(2 * count)
    for _ in range(2000):
        size = np.sqrt((w * z) ** 2 + phi**2)
        new = matrix @ (phi / size)
        z = 1 + matrix @ (w * z / size) / w
        if np.abs(new - phi).max() < 1e-10:
            break
        phi = new
    return w[count:], phi[count:], z[count:]
