"""Sectors too large to list: connected determinants are made on the way, in batches.

For each determinant that a network has drawn, Slater and Condon's rules give the determinants
that the Hamiltonian reaches; equal ones are kept once, and the network is asked once for all.
"""

import numpy as np
import torch

from .sector import join, moves, same_spin


def local_energies(crystal, state, spins, chunk=512):
    """Local energies of determinants, without a list of their sector.

    Parameters
    ----------
    crystal : Crystal with at most 31 orbitals
    state : RBM or Autoregressive
    spins : (n, 2 * orbital) tensor of +-1, spin up first
    chunk : determinants at a time, which bounds the memory

    Returns
    -------
    (n,) complex tensor, sum over x' of H(x, x') psi(x') / psi(x), hartree, total

    Notes
    -----
    Each determinant reaches some n^2 v^2 / momenta others (n electrons, v empty orbitals).
    """
    if crystal.orbitals > 31:
        raise ValueError(f"{crystal.name} has {crystal.orbitals} orbitals; 31 fit in one number.")
    parts = [_chunk(crystal, state, part) for part in spins.split(chunk)]
    return torch.cat(parts)


def connected(crystal, up, down):
    """All determinants that H reaches from some determinants, and the elements.

    Parameters
    ----------
    up, down : (n,) bit masks

    Returns
    -------
    row : (m,) number of the determinant that it is reached from
    new_up, new_down : (m,) bit masks; a pair may come more than once, elements then add up
    value : (m,) elements <new| H |old> without the core energy, hartree
    """
    strings_a, a = np.unique(up, return_inverse=True)
    strings_b, b = np.unique(down, return_inverse=True)
    moves_a, moves_b = moves(crystal, strings_a), moves(crystal, strings_b)
    rows, ups, downs, values = [], [], [], []
    for strings, singles, of, fixed, first in (
        (strings_a, moves_a, a, down, True),
        (strings_b, moves_b, b, up, False),
    ):
        old, new, value = _same_spin(crystal, singles)
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


def _same_spin(crystal, singles):
    """Elements among strings of one spin: (old, new bit mask, value), equal pairs added up."""
    middle, place = np.unique(singles.new, return_inverse=True)
    further = moves(crystal, middle)
    old, new, value = same_spin(crystal, singles, place.ravel(), further, len(middle))
    pairs, place = np.unique(np.stack([old, new]), axis=1, return_inverse=True)
    total = np.zeros(pairs.shape[1], value.dtype)
    np.add.at(total, place.ravel(), value)
    some = np.abs(total) > 1e-14
    return pairs[0][some], pairs[1][some], total[some]


def _chunk(crystal, state, spins):
    orbitals, device = crystal.orbitals, spins.device
    power = np.int64(1) << np.arange(orbitals)
    occupied = (spins.real > 0).cpu().numpy()
    up, down = occupied[:, :orbitals] @ power, occupied[:, orbitals:] @ power
    row, new_up, new_down, value = connected(crystal, up, down)
    keys, place = np.unique((new_up << np.int64(orbitals)) | new_down, return_inverse=True)
    bits = np.concatenate([keys >> np.int64(orbitals), keys & (power.sum())]).reshape(2, -1)
    reached = np.concatenate([(part[:, None] >> np.arange(orbitals)) & 1 for part in bits], 1)
    reached = 2.0 * torch.as_tensor(reached, dtype=spins.dtype, device=device) - 1
    log = torch.cat([state.log_amplitude(part) for part in reached.split(65_536)])
    own = state.log_amplitude(spins)
    row = torch.as_tensor(row, device=device)
    ratio = torch.exp(log[torch.as_tensor(place.ravel(), device=device)] - own[row])
    terms = torch.as_tensor(value.conj(), device=device) * ratio
    return torch.zeros_like(own).index_add(0, row, terms.to(own.dtype)) + crystal.core_energy
