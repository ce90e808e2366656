"""From a crystal to its ground state in one call."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from ..storage.state_file import read_state, write_state
from .autoregressive import Autoregressive
from .crystal import Crystal
from .ground import GroundState
from .mean_field import hartree_fock
from .rbm import RBM
from .reachable import Reachable
from .samplers import Sampler
from .sector import Sector
from .settings import SearchSettings
from .symmetry import plain_basis, symmetric_basis
from .training import Training

_STORED_EVERY = 20  # steps


def prepare(
    crystal: Crystal,
    network: type[RBM] | type[Autoregressive] = RBM,
    seed: int = 0,
    *,
    momentum: int | None = None,
    electrons: int | tuple[int, int] | None = None,
    symmetric: bool = True,
    settings: SearchSettings | None = None,
    sampler: Sampler | None = None,
    device: str | torch.device | None = None,
    **options: Any,
) -> Training:
    """Return a search that has taken no step: basis, reference determinant and first network.

    Parameters
    ----------
    crystal
        Has the integrals.
    network
        Kind of neural state.
    seed
        Integer: of the start and of the sampler.
    momentum
        Index of the total momentum; default that of the closed Hartree-Fock shell. Where it is
        given, the crystal's own orbitals are used, and open shells are allowed.
    electrons
        Even number, half of each spin, or (up, down); default that of the neutral crystal.
    symmetric
        Whether spin exchange and inversion halve the basis; an autoregressive network never uses
        them.
    settings
        How steps are taken.
    sampler
        What draws determinants; default the exact sum.
    device
        Of the tensors; default the CPU.
    **options
        Go to the network's `start`: density, bias, scale for an RBM, width for a network that
        draws.

    Raises
    ------
    ValueError
        For odd electrons, or an open shell without `momentum`.
    """
    if momentum is None:
        mean_field = hartree_fock(crystal, electrons)
        crystal, momentum = mean_field.crystal, mean_field.momentum
        sector = Sector(crystal, electrons, momentum)
        place = int(sector.find(mean_field.determinant, mean_field.determinant)[0])
    else:
        sector = Sector(crystal, electrons, momentum)
        place = int(sector.hamiltonian().diagonal().real.argmin())
    draws = network is Autoregressive
    symmetric = symmetric and not draws
    basis = symmetric_basis(sector, place) if symmetric else plain_basis(sector)
    reference = sector.occupations()[place]
    if draws:
        table = Reachable(crystal, sector.electrons, sector.momentum, device)
        made = network.start(table, seed, reference=reference, device=device, **options)
    else:
        made = network.start(reference, seed, device=device, **options)
    return Training(basis, made, settings, sampler, seed=seed, device=device)


def ground_state(
    crystal: Crystal,
    network: type[RBM] | type[Autoregressive] = RBM,
    *,
    seed: int,
    steps: int = 300,
    checkpoint: Path | None = None,
    progress: Callable[[Training], Any] | None = None,
    settings: SearchSettings | None = None,
    **options: Any,
) -> GroundState:
    """Return the ground state of a crystal by training a network.

    The search begins as :func:`prepare` returns it.

    Parameters
    ----------
    crystal, network, settings
        As for :func:`prepare`.
    seed
        Integer; a rerun with one seed is identical.
    steps
        At most this many.
    checkpoint
        File to store the search in every 20 steps, and to go on from where it exists.
    progress
        Called with the search every 20 steps.
    **options
        As for :func:`prepare`.

    Raises
    ------
    ValueError
        For odd electrons, an open shell without `momentum`, a checkpoint that cannot be read or
        belongs to another search.
    RuntimeError
        Where numbers left the finite range, or the search ended above Hartree-Fock.
    """
    training = prepare(crystal, network, seed, settings=settings, **options)
    path = Path(checkpoint) if checkpoint else None
    if path and path.exists():
        training.resume(read_state(path))
    while training.step < steps and not training.done:
        training.run(min(_STORED_EVERY - training.step % _STORED_EVERY, steps - training.step))
        if path:
            write_state(path, training.state())
        if progress:
            progress(training)
    reference = float(training.diagonal.min())
    if training.energy > reference + (1e-9 if training.sampler.exact else 5e-3):
        raise RuntimeError(
            f"the search with seed {seed} ended after {training.step} steps at "
            f"{training.energy:.4f} hartree, above the best single determinant "
            f"({reference:.4f}); take more steps or another seed."
        )
    return training.result()
