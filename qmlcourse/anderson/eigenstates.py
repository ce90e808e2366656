"""Eigenstates in the middle of the spectrum: shift-invert by layers, and a Krylov space on top.

The inverse of the ring of layers is made once and spans a block Krylov space; energies and states
come from a harmonic Rayleigh-Ritz step, which has no spurious states inside a spectrum; residuals,
sent through the inverse again, enlarge the space until every state is converged.
Peers: SciPy's `eigsh(sigma=...)` (sparse LU in place of the layers), JADAMILU.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch

from ._checkerboard import CheckerboardInverse
from ._ring_inverse import inverse_of
from .hamiltonian import LayeredHamiltonian

_SEED = 20260714
_DEPTH = 4  # applications of the inverse to the first block
_MORE = 3  # vectors of a block beside the states asked for
_STEPS = 12
_TRUSTED = 1e-6  # largest backward error of the inverse
_DENSE = 2000  # states up to which a stubborn sample is diagonalised as a whole
_MEMORY = 24e6  # any value: bytes of inverses that are worked on together


@dataclass(frozen=True)
class Eigenstates:
    """States nearest an energy, the nearest first.

    Attributes
    ----------
    energies : torch.Tensor
        Shape (sample, state), in units of the hopping.
    states : torch.Tensor
        Shape (sample, state, component), normalised.
    residuals : torch.Tensor
        Norms of (H - E) psi, shape (sample, state).
    density : torch.Tensor
        |psi|^2 summed over orbitals, shape (sample, state, *lattice).
    """

    energies: torch.Tensor
    states: torch.Tensor
    residuals: torch.Tensor
    density: torch.Tensor


def eigenstates(
    hamiltonian: LayeredHamiltonian,
    energy: float | torch.Tensor = 0.0,
    count: int = 1,
    tolerance: float = 1e-9,
    chunk: int | None = None,
) -> Eigenstates:
    """Return the eigenstates of each sample that lie nearest an energy.

    Parameters
    ----------
    hamiltonian
        A batch of samples.
    energy
        In units of the hopping; shape (sample,) gives each sample an energy of its own.
    count
        States a sample, at most a quarter of all.
    tolerance
        Largest residual norm of a returned state.
    chunk
        Samples that are solved together; default what fits the caches, or GPU memory.

    Raises
    ------
    ValueError
        For a count that is too large, or less than three layers.
    RuntimeError
        Where a state cannot be brought below the tolerance.

    Notes
    -----
    About 6 L n^3 multiplications a sample with L layers of n states, L^7 for a cube; 4 L n^3 where
    the sites form a checkerboard (one orbital, even size, no bonds between layers but those of 1).
    """
    size = hamiltonian.layers * hamiltonian.row
    if not 1 <= count <= size // 4:
        raise ValueError(f"count is {count}; take 1 to {size // 4} of the {size} states.")
    if hamiltonian.layers < 3:
        raise ValueError(f"the ring has {hamiltonian.layers} layers; take 3 or more.")
    on_site = hamiltonian.on_site
    energy = torch.as_tensor(energy, dtype=torch.float64, device=on_site.device)
    energy = energy.expand(len(hamiltonian))
    if chunk is None:
        wide = 2 if hamiltonian.dtype.is_complex else 1  # any value: room, no result
        memory = _MEMORY * (1 if on_site.device.type == "cpu" else 200)  # any value: room
        each = 16 * wide * hamiltonian.layers * hamiltonian.row**2  # any value: bytes of a sample
        chunk = max(1, int(memory / each))
    parts = [
        _solve(hamiltonian[s : s + chunk], energy[s : s + chunk], count, tolerance)
        for s in range(0, len(hamiltonian), chunk)
    ]
    energies, states, residuals = (torch.cat(part) for part in zip(*parts, strict=True))
    return Eigenstates(energies, states, residuals, hamiltonian.densities(states))


def _solve(hamiltonian, energy, count, tolerance):
    found = _iterate(hamiltonian, energy, count, tolerance)
    for one in (~(found[2] <= tolerance)).any(1).nonzero().flatten().tolist():
        here = slice(one, one + 1)
        again = _again(hamiltonian[here], energy[here], found[0][here], count, tolerance)
        for whole, part in zip(found, again, strict=True):
            whole[one] = part[0]
    return found


def _again(hamiltonian, energy, reached, count, tolerance):
    """A sample that did not converge, for example because its energy lies outside of the band.

    With pivots, more vectors, and a shift nearer to the states that were found; the states nearest
    the energy are then chosen among a few more. At last the whole matrix, where it is small.
    """
    shift = _nearer(energy, reached)
    size = hamiltonian.layers * hamiltonian.row
    small = size <= _DENSE
    for number in range(1, 4 if small else 7):
        wanted = min(count + 4, size // 4)
        found = _iterate(hamiltonian, shift, wanted, tolerance, 4 * number, pivoted=True)
        order = (found[0] - energy[:, None]).abs().argsort(1)[:, :count]
        energies, residuals = found[0].gather(1, order), found[2].gather(1, order)
        if bool((residuals <= tolerance).all()):
            states = found[1].gather(1, order[..., None].expand(-1, -1, found[1].shape[-1]))
            return energies, states, residuals
        shift = _nearer(energy, energies)
    if small:
        matrix = hamiltonian.dense()
        values, vectors = torch.linalg.eigh(matrix)
        order = (values - energy[:, None]).abs().argsort(1)[:, :count]
        energies = values.gather(1, order)
        states = vectors.gather(2, order[:, None].expand(-1, size, -1))
        errors = matrix @ states - energies[:, None] * states
        return energies, states.mT, errors.norm(dim=1)
    raise RuntimeError(
        f"no eigenstate near {float(energy[0]):g} with a residual below {tolerance:g}; "
        "take another energy, for example 0.01 beside it."
    )


def _nearer(energy, reached):
    """A shift beside the nearest state that was found, on the side of the energy."""
    return reached[:, 0] + 0.1 * (energy - reached[:, 0]) + 1e-7


def _iterate(hamiltonian, energy, count, tolerance, more_vectors=0, pivoted=False):
    """One Krylov space and its enlargements; returns what it reached, converged or not."""
    if not pivoted and CheckerboardInverse.fits(hamiltonian):
        solve = CheckerboardInverse(hamiltonian, energy)
    else:
        solve = inverse_of(hamiltonian, energy, pivoted)
    samples, layers = len(hamiltonian), hamiltonian.layers
    size = layers * hamiltonian.row
    block = min(count + _MORE + more_vectors, size // _DEPTH)

    def solved(x, chosen=None):
        found = _flat(solve(_in_layers(x, layers), chosen))
        return torch.nan_to_num(found, nan=0.0, posinf=0.0, neginf=0.0)

    def inverted(x, chosen=None):
        return _normalised(solved(x, chosen))

    generator = torch.Generator().manual_seed(_SEED)
    start = torch.randn(1, size, block, generator=generator, dtype=torch.float64)
    start = start.to(hamiltonian.on_site.device, hamiltonian.dtype).expand(samples, -1, -1)
    first = solved(start)
    # an inverse that is not one, from a singular block, must not choose the states
    off = (
        _flat(hamiltonian.apply(_in_layers(first, layers))) - energy[:, None, None] * first - start
    )
    wrong = ~(off.norm(dim=1) <= _TRUSTED * first.norm(dim=1)).all(1)
    basis = new = torch.linalg.qr(_normalised(first))[0]
    for _ in range(_DEPTH - 1):
        new = _beside(basis, inverted(new))
        basis = torch.cat([basis, new], -1)
    applied = _flat(hamiltonian.apply(_in_layers(basis, layers)))

    energies = basis.new_zeros(samples, count, dtype=torch.float64)
    residuals = torch.full_like(energies, torch.inf)
    states = basis.new_zeros(samples, count, size)
    active = torch.arange(samples, device=energies.device)
    for _ in range(_STEPS):
        values, vectors, errors = _harmonic(basis, applied, energy[active], count)
        reached = errors.norm(dim=1)
        energies[active], residuals[active], states[active] = values, reached, vectors.mT
        late = (~(reached <= tolerance)).any(1)
        active = active[late]
        if len(active) == 0 or basis.shape[-1] + count > size:
            break
        basis, applied, errors = basis[late], applied[late], errors[late]
        new = _beside(basis, inverted(errors, active.tolist()))
        more = _flat(hamiltonian[active].apply(_in_layers(new, layers)))
        basis, applied = torch.cat([basis, new], -1), torch.cat([applied, more], -1)
    energies[wrong], residuals[wrong] = energy[wrong, None], torch.inf
    return energies, states, residuals


def _normalised(vectors):
    return vectors / vectors.norm(dim=1, keepdim=True).clamp_min(1e-300)


def _in_layers(vectors, layers):
    """(sample, component, vector) as rows of each layer, (sample, layer, vector, row)."""
    return vectors.unflatten(1, (layers, -1)).transpose(2, 3).contiguous()


def _flat(vectors):
    """Rows of each layer as (sample, component, vector)."""
    return vectors.transpose(2, 3).flatten(1, 2)


def _beside(basis, vectors):
    """Orthonormal vectors for the part of new vectors that a basis does not hold."""
    for _ in range(2):
        vectors = vectors - basis @ (basis.mH @ vectors)
    return torch.linalg.qr(vectors)[0]


def _harmonic(basis, applied, energy, count):
    """Ritz pairs of the inverse on (H - energy) basis: no spurious states inside the spectrum."""
    shifted = applied - energy[:, None, None] * basis
    frame, triangle = torch.linalg.qr(shifted)
    diagonal = triangle.diagonal(dim1=-2, dim2=-1)
    triangle = triangle + torch.diag_embed((diagonal.abs() < 1e-13) * 1e-13).to(triangle.dtype)
    small = torch.linalg.solve_triangular(triangle, frame.mH @ basis, upper=True, left=False)
    values, turns = torch.linalg.eigh((small + small.mH) / 2)
    nearest = values.abs().argsort(1, descending=True)[:, :count]
    turns = turns.gather(2, nearest[:, None].expand(-1, turns.shape[1], -1))
    mix = torch.linalg.solve_triangular(triangle, turns, upper=True)
    mix = mix / (basis @ mix).norm(dim=1, keepdim=True)
    states, shifted = basis @ mix, shifted @ mix
    distance = (states.conj() * shifted).sum(1).real
    return energy[:, None] + distance, states, shifted - distance[:, None] * states
