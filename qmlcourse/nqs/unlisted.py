"""Sectors too large to list: connected determinants are made on the way, in batches.

For each determinant that a network has drawn, Slater and Condon's rules give the determinants
that the Hamiltonian reaches; equal ones are kept once, and the network is asked once for all.
"""

from __future__ import annotations

import numpy as np
import torch

from .crystal import Crystal
from .neural_state import NeuralState
from .strings import Moves, join, moves, same_spin

_ORBITALS = 31  # both spins' bits fit into one number
_AT_A_TIME = 65_536  # any value: determinants that the network is asked for


def local_energies(
    crystal: Crystal, network: NeuralState, spins: torch.Tensor, chunk: int = 512
) -> torch.Tensor:
    """Return local energies of determinants, without a list of their sector.

    Parameters
    ----------
    crystal
        Has the integrals, and at most 31 orbitals.
    network
        Gives the amplitudes.
    spins
        Spins +-1, shape (n, 2 * orbital), spin up first.
    chunk
        Determinants at a time, which bounds the memory.

    Returns
    -------
    torch.Tensor
        Complex, shape (n,): sum over x' of H(x, x') psi(x') / psi(x), hartree, total.

    Raises
    ------
    ValueError
        For more than 31 orbitals.

    Notes
    -----
    Each determinant reaches some n^2 v^2 / momenta others (n electrons, v empty orbitals).
    """
    if crystal.orbitals > _ORBITALS:
        raise ValueError(f"{crystal.name} has {crystal.orbitals} orbitals; 31 fit in one number.")
    return torch.cat([_chunk(crystal, network, part) for part in spins.split(chunk)])


def connected(
    crystal: Crystal, up: np.ndarray, down: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return all determinants that H reaches from some determinants, and the elements.

    Parameters
    ----------
    crystal
        Has the integrals.
    up, down
        Bit masks, shape (n,).

    Returns
    -------
    row : numpy.ndarray
        Number of the determinant that it is reached from, shape (m,).
    new_up, new_down : numpy.ndarray
        Bit masks, shape (m,); a pair may come more than once, elements then add up.
    value : numpy.ndarray
        Elements <new| H |old> without the core energy, hartree.
    """
    strings_a, a = np.unique(up, return_inverse=True)
    strings_b, b = np.unique(down, return_inverse=True)
    moves_a, moves_b = moves(crystal, strings_a), moves(crystal, strings_b)
    rows, ups, downs, values = [], [], [], []
    for strings, singles, of, fixed, first in (
        (strings_a, moves_a, a, down, True),
        (strings_b, moves_b, b, up, False),
    ):
        old, new, value = _one_spin(crystal, singles)
        i, j = join(of, old, len(strings))
        rows.append(i)
        (ups if first else downs).append(new[j])
        (downs if first else ups).append(fixed[i])
        values.append(value[j])
    g = crystal.g
    for transfer in range(crystal.momenta):
        back = int(crystal.subtract(0, transfer))
        one = moves_a.only(moves_a.transfer == transfer)
        two = moves_b.only(moves_b.transfer == back)
        i, j = join(a, one.old, len(strings_a))
        k, m = join(b[i], two.old, len(strings_b))
        i, j = i[k], j[k]
        value = g[one.p[j], one.q[j], two.p[m], two.q[m]] * one.sign[j] * two.sign[m]
        rows.append(i)
        ups.append(one.new[j])
        downs.append(two.new[m])
        values.append(value)
    return tuple(np.concatenate(part) for part in (rows, ups, downs, values))


def _one_spin(crystal: Crystal, singles: Moves) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Elements among strings of one spin: (old, new bit mask, value), equal pairs added up."""
    middle, place = np.unique(singles.new, return_inverse=True)
    further = moves(crystal, middle)
    old, new, value = same_spin(crystal, singles, place.ravel(), further, len(middle))
    pairs, place = np.unique(np.stack([old, new]), axis=1, return_inverse=True)
    total = np.zeros(pairs.shape[1], value.dtype)
    np.add.at(total, place.ravel(), value)
    some = np.abs(total) > 1e-14
    return pairs[0][some], pairs[1][some], total[some]


def _chunk(crystal: Crystal, network: NeuralState, spins: torch.Tensor) -> torch.Tensor:
    orbitals, device = crystal.orbitals, spins.device
    power = np.int64(1) << np.arange(orbitals)
    occupied = (spins.real > 0).cpu().numpy()
    up, down = occupied[:, :orbitals] @ power, occupied[:, orbitals:] @ power
    row, new_up, new_down, value = connected(crystal, up, down)
    keys, place = np.unique((new_up << np.int64(orbitals)) | new_down, return_inverse=True)
    bits = np.concatenate([keys >> np.int64(orbitals), keys & (power.sum())]).reshape(2, -1)
    reached = np.concatenate([(part[:, None] >> np.arange(orbitals)) & 1 for part in bits], 1)
    reached = 2.0 * torch.as_tensor(reached, dtype=spins.dtype, device=device) - 1
    log = torch.cat([network.log_amplitude(part) for part in reached.split(_AT_A_TIME)])
    own = network.log_amplitude(spins)
    row = torch.as_tensor(row, device=device)
    ratio = torch.exp(log[torch.as_tensor(place.ravel(), device=device)] - own[row])
    # H(x, x') is the conjugate of the element that leads from x to x'
    terms = torch.as_tensor(value.conj(), device=device) * ratio
    return torch.zeros_like(own).index_add(0, row, terms.to(own.dtype)) + crystal.core_energy
