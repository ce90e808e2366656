"""Lattices with named parameters: the honeycomb of Haldane, the triangular lattice with its cells.

In the design spaces, amplitudes are a sigmoid of the raw parameter (0 to 1), on-site energies a
tanh (-1 to 1), phases the parameter itself. The choice follows K. Inui and Y. Motome,
Communications Physics 6, 37 (2023).
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import ArrayLike

from .design_space import DesignSpace, bounded_draw
from .tight_binding import Lattice, TightBinding

_ROOT3 = np.sqrt(3)
# steps to half of the neighbours at squared distance 1, 3, 4, 7, in lattice vectors
_SHELLS = (
    ((1, 0), (0, 1), (-1, 1)),
    ((1, 1), (-1, 2), (-2, 1)),
    ((2, 0), (0, 2), (-2, 2)),
    ((2, 1), (1, 2), (-1, 3), (-2, 3), (-3, 2), (-3, 1)),
)


def honeycomb_lattice() -> Lattice:
    """Return the honeycomb: orbitals A and B at distance 1, with first and second neighbours.

    Bonds 0 to 2 join nearest neighbours, 3 to 5 second neighbours on A, 6 to 8 on B. The
    second-neighbour bonds run around the hexagons in one sense, along -R1, R1 - R2 and R2 on A and
    the opposite way on B, so that one phase on all six is Haldane's pattern.
    """
    vectors = np.array([[_ROOT3, 0], [_ROOT3 / 2, 1.5]])
    positions = np.array([[0.0, 0.0], [0.0, 1.0]])
    near = [(1, 0, 0, 0), (1, 0, 0, -1), (1, 0, 1, -1)]
    around = [(-1, 0), (1, -1), (0, 1)]  # -R1, R1 - R2, R2: a triangle
    second = [(0, 0, *cell) for cell in around]
    second += [(1, 1, -cell[0], -cell[1]) for cell in around]
    return Lattice(vectors, positions, np.array(near + second), "honeycomb")


def haldane(
    phi: ArrayLike | torch.Tensor, m: ArrayLike | torch.Tensor, t2: ArrayLike | torch.Tensor
) -> TightBinding:
    """Return Haldane's model with t1 = 1.

    The lower band has the Chern number +1 for 0 < phi < pi and |m| < 3 sqrt(3) t2 sin(phi).
    Arguments may be arrays of one shape: a batch.

    Parameters
    ----------
    phi
        Phase of the second-neighbour hoppings along the bonds of `honeycomb_lattice`.
    m
        On-site energy, +m on A and -m on B, in units of t1.
    t2
        Amplitude of the second-neighbour hoppings, in units of t1.

    References
    ----------
    F. D. M. Haldane, Phys. Rev. Lett. 61, 2015 (1988).
    """
    phi, m, t2 = (torch.as_tensor(v, dtype=torch.float64) for v in (phi, m, t2))
    phi, m, t2 = torch.broadcast_tensors(phi, m, t2)
    second = torch.polar(t2, phi)[..., None].expand(*phi.shape, 6)
    near = torch.ones(*phi.shape, 3, dtype=second.dtype, device=phi.device)
    return TightBinding(
        honeycomb_lattice(), torch.cat([near, second], -1), torch.stack([m, -m], -1)
    )


def honeycomb() -> DesignSpace:
    """Return the design space of the paper: 14 free parameters on the honeycomb lattice.

    Two on-site energies, and amplitude and phase of each of the six second-neighbour bonds;
    nothing ties them together. The nearest-neighbour hopping is 1.
    """
    lattice = honeycomb_lattice()
    bonds = [f"{site}{n}" for site in "AB" for n in (1, 2, 3)]
    names = ("M A", "M B", *(f"|t2| {b}" for b in bonds), *(f"phase {b}" for b in bonds))

    def build(raw: torch.Tensor) -> TightBinding:
        second = torch.polar(torch.sigmoid(raw[..., 2:8]), raw[..., 8:14])
        near = torch.ones((*raw.shape[:-1], 3), dtype=second.dtype, device=raw.device)
        return TightBinding(lattice, torch.cat([near, second], -1), torch.tanh(raw[..., :2]))

    draw = bounded_draw((2, -1.0, 1.0), (6, 0.0, 1.0), (6, -np.pi, np.pi))
    return DesignSpace(lattice, names, build, draw)


def triangular_lattice(cell: tuple[int, int] = (2, 2), shells: int = 3) -> Lattice:
    """Return the triangular lattice with a cell of several sites and neighbours of some shells.

    Bonds: three directions of the first shell for each site, then of the second, of the third; six
    of the fourth.

    Parameters
    ----------
    cell
        Sites of the cell along both vectors.
    shells
        1 to 4.

    Raises
    ------
    ValueError
        For another number of shells or an empty cell.
    """
    if len(cell) != 2 or min(cell) < 1 or not 1 <= shells <= 4:
        raise ValueError(
            f"the cell is two positive integers and shells are 1 to 4, not {cell} and {shells}."
        )
    a = np.array([[1.0, 0.0], [0.5, _ROOT3 / 2]])
    sites = [(i, j) for i in range(cell[0]) for j in range(cell[1])]
    number = {site: n for n, site in enumerate(sites)}
    bonds = []
    for shell in _SHELLS[:shells]:
        for i, j in sites:
            for di, dj in shell:
                (p, x), (q, y) = divmod(i + di, cell[0]), divmod(j + dj, cell[1])
                bonds.append((number[x, y], number[i, j], p, q))
    positions = np.array(sites) @ a
    name = f"triangular {cell[0]} x {cell[1]}"
    return Lattice(a * np.array(cell)[:, None], positions, np.array(bonds), name)


def one_angle(
    chi: ArrayLike = 0.1184 * np.pi, t2: ArrayLike = 1.0, t3: ArrayLike = 1.0
) -> TightBinding:
    """Return the model behind the 38 parameters: a uniform field and one angle, with t1 = 1.

    A field of -3 pi / 4 through each elementary triangle, and -chi, +chi in turn on the
    second-neighbour hops, every 60 degrees. Landau gauge on a cell of 4 x 1 sites. Total Chern
    number 6 at half filling, for chi = 0 already. Arguments may be arrays of one shape: a batch.

    Parameters
    ----------
    chi
        The angle, in radians.
    t2, t3
        Amplitudes of the hops to second and third neighbours, in units of t1.
    """
    chi, t2, t3 = (np.asarray(v, float)[..., None] for v in (chi, t2, t3))
    lattice = triangular_lattice((4, 1))
    start, shell = lattice.bonds[:, 1], _shell_of(lattice)
    across = np.round(lattice.steps[:, 1] / (_ROOT3 / 2))  # steps along the second vector
    middle = start + (lattice.steps[:, 0] - across / 2) / 2
    phase = -1.5 * np.pi * middle * across
    phase = phase + np.where(shell == 1, np.where(across == 2, 1, -1), 0) * chi
    size = np.where(shell == 0, 1.0, np.where(shell == 1, t2, t3))
    return TightBinding(lattice, size * np.exp(1j * phase))


def triangular(cell: tuple[int, int] = (2, 2), shells: int = 3) -> DesignSpace:
    """Return the design space of the paper's second result: 38 parameters for the 2 x 2 cell.

    One amplitude for each shell from the second on (t1 = 1), and a free phase on each bond; no
    on-site energies.

    Parameters
    ----------
    cell, shells
        As for `triangular_lattice`.
    """
    lattice = triangular_lattice(cell, shells)
    count = len(lattice.bonds)
    shell = torch.as_tensor(_shell_of(lattice))
    free = shells - 1
    names = (*(f"|t{n + 2}|" for n in range(free)), *(f"phase {n}" for n in range(count)))

    def build(raw: torch.Tensor) -> TightBinding:
        one = torch.ones((*raw.shape[:-1], 1), dtype=raw.dtype, device=raw.device)
        amplitude = torch.cat([one, torch.sigmoid(raw[..., :free])], -1)[..., shell.to(raw.device)]
        return TightBinding(lattice, torch.polar(amplitude, raw[..., free:]))

    draw = bounded_draw((free, 0.0, 1.0), (count, -np.pi, np.pi))
    return DesignSpace(lattice, names, build, draw)


def _shell_of(lattice: Lattice) -> np.ndarray:
    """(bond,) number of the shell of each bond, from 0."""
    lengths = np.round((lattice.steps**2).sum(1)).astype(int)
    return np.unique(lengths, return_inverse=True)[1]
