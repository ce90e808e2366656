"""Computes chapter 6 at full scale: curves of rings, crystals, bands, and facts of sampling."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch

from ...nqs.bands import Bands, exact_bands, koopmans_bands, quasiparticle_bands
from ...nqs.crystal import Crystal
from ...nqs.exact import Exact, exact_ground_state
from ...nqs.ground import GroundState
from ...nqs.library import load_crystal
from ...nqs.mean_field import hartree_fock
from ...nqs.metropolis import Metropolis
from ...nqs.peers import coupled_cluster
from ...nqs.rbm import RBM
from ...nqs.rings import dimerised_ring, hydrogen_ring
from ...nqs.samplers import DirectDraws, sampled_energy
from ...nqs.search import ground_state, prepare
from ...nqs.settings import SearchSettings
from ...storage import shipped
from ..runner import Run
from .sizes import STORED, CrystalSizes

_WITH_BANDS = {
    "ring": lambda: hydrogen_ring(6, 1.8),
    "dimers": lambda: dimerised_ring(3, 1.4, 2.2),
    "polyacetylene-3": lambda: load_crystal("polyacetylene-3"),
}


def compute(run: Run) -> dict[str, Any]:
    """Return the result of chapter 6; each row is stored as soon as it is done.

    Raises
    ------
    RuntimeError
        Where PySCF, which computes coupled cluster, is not installed.
    """
    sizes, seed, device = run.sizes, run.seed, run.device

    def row(name: str, work: Any) -> Any:
        return run.row(name, work, tell=_short)

    return run.header() | {
        "six": [row(f"six-{d}", lambda d=d: ring_of_six(d, sizes, device)) for d in sizes.six],
        "ten": [
            row(f"ten-{d}", lambda d=d: ring_of_ten(d, sizes, seed, device)) for d in sizes.ten
        ],
        "crystals": [
            row(f"crystal-{n}", lambda n=n: crystal_row(n, sizes, seed, device))
            for n in sizes.crystals
        ],
        "bands": {
            name: row(f"bands-{name}", lambda name=name: bands_row(name, seed))
            for name in _WITH_BANDS
        },
        "sampling": row("sampling", lambda: sampling_facts(seed)),
    }


def ship(folder: Path) -> None:
    """List the result of a finished laptop run among the shipped files."""
    shipped.register(
        STORED,
        folder / f"{STORED}.json",
        command="qmlcourse reproduce nqs_bands --tier laptop",
        tier="laptop",
        what="curves of H6 and H10 rings, crystals, bands and sampling of chapter 6",
    )


def ring_of_six(spacing: float, sizes: CrystalSizes, device: str = "cpu") -> dict[str, Any]:
    """Return the energies of the ring of six at one distance (bohr), and the error of each seed."""
    crystal = hydrogen_ring(6, spacing)
    exact = exact_ground_state(crystal, momentum=0)
    errors = [
        ground_state(crystal, RBM, seed=seed, device=device).energy - exact.energy
        for seed in range(sizes.seeds)
    ]
    return _peers(6, spacing, exact) | {"errors": errors}


def ring_of_ten(
    spacing: float, sizes: CrystalSizes, seed: int, device: str = "cpu"
) -> dict[str, Any]:
    """Return the energies of the ring of ten at one distance (bohr), for two sizes of network."""
    crystal = hydrogen_ring(10, spacing)
    exact = exact_ground_state(crystal, momentum=0)
    row = _peers(10, spacing, exact)
    for key, density in (("narrow", 1.0), ("wide", sizes.wide)):
        found = ground_state(
            crystal, RBM, seed=seed, density=density, steps=sizes.steps, device=device
        )
        row[key] = {
            "error": found.energy - exact.energy,
            "variance": found.variance,
            "parameters": len(found.network.parameters),
            "amplitudes": found.basis.size,
            "steps": len(found.history),
        }
    return row


def crystal_row(name: str, sizes: CrystalSizes, seed: int, device: str = "cpu") -> dict[str, Any]:
    """Return energies per cell of a shipped crystal, and its bands where its sector is small."""
    crystal = load_crystal(name)
    found = hartree_fock(crystal)
    crystal = found.crystal
    exact = exact_ground_state(crystal, momentum=found.momentum)
    trained = ground_state(crystal, RBM, seed=seed, steps=sizes.steps, device=device)
    cells = crystal.momenta
    row = {
        "name": name,
        "cells": cells,
        "determinants": exact.sector.dimension,
        "amplitudes": trained.basis.size,
        "parameters": len(trained.network.parameters),
        "exact": exact.energy / cells,
        "hartree_fock": found.energy / cells,
        "error": (trained.energy - exact.energy) / cells,
        "variance": trained.variance,
        "ccsd_t": crystal.provenance["reference_hartree_per_cell"].get("ccsd_t"),
        "k": crystal.wave_vectors().tolist(),
        "madelung": crystal.madelung,
    }
    if exact.sector.dimension < sizes.exact_limit:
        # with one more pair the space of a larger crystal takes minutes
        second = crystal.orbitals < 10
        row["bands"] = _all_bands(crystal, trained, exact, "heaviest", second)
    return row


def bands_row(name: str, seed: int) -> dict[str, Any]:
    """Return the bands of 'ring', 'dimers' or 'polyacetylene-3' by four methods, hartree."""
    found = hartree_fock(_WITH_BANDS[name]())
    crystal = found.crystal
    exact = exact_ground_state(crystal, momentum=found.momentum)
    trained = ground_state(crystal, RBM, seed=seed)
    row = {
        "name": name,
        "k": crystal.wave_vectors()[:, 0].tolist(),
        "error": trained.energy - exact.energy,
    }
    row |= _all_bands(crystal, trained, exact, "lowest", second=True)
    if name == "ring":
        peer = coupled_cluster(6, 1.8, equation_of_motion=True)
        row["eom_gap"] = peer.removal + peer.addition
    return row


def sampling_facts(seed: int) -> dict[str, Any]:
    """Return the noise of sampled energies, and what Markov chains do on exact ground states.

    Returns
    -------
    dict
        ``variance`` (hartree^2) of a half-trained ring of six at 1.8 bohr; ``rows`` with the
        ``noise`` (hartree) of its energy by the number of ``draws``; ``chains``, a dict from
        ``"ATOMS-SPACING"`` to the facts of :func:`chain_facts`.
    """
    training = prepare(hydrogen_ring(6, 1.8), RBM, seed, settings=SearchSettings(method="sr")).run(
        18
    )
    rows = []
    for draws in (256, 1024, 4096, 16384):
        sampler = DirectDraws(draws)
        off = [sampled_energy(training, sampler)[0] - training.energy for _ in range(100)]
        rows.append({"draws": draws, "noise": float(np.std(off))})
    chains = {}
    for atoms, spacing in ((6, 1.8), (6, 3.0), (10, 1.8), (10, 3.0)):
        exact = exact_ground_state(hydrogen_ring(atoms, spacing), momentum=0)
        chains[f"{atoms}-{spacing}"] = chain_facts(exact, seed)
    return {"variance": training.variance, "rows": rows, "chains": chains}


def chain_facts(exact: Exact, seed: int) -> dict[str, Any]:
    """Return what a Markov chain and exact draws do on an exact ground state.

    Returns
    -------
    dict
        ``acceptance``, the share of hops that the chain takes; ``determinants``; ``hold_99``, how
        many of them hold 99 % of the weight; ``seen``, the distinct ones in 100,000 exact draws.
    """
    known = SimpleNamespace(
        basis=SimpleNamespace(matrix=exact.sector.hamiltonian()),
        psi=torch.as_tensor(exact.state),
        device=torch.device("cpu"),
        generator=torch.Generator().manual_seed(seed),
        network=None,
    )
    sampler = Metropolis(20_000, chains=200, thin=10)
    sampler.draw(known)
    weights = np.sort(np.abs(exact.state) ** 2)[::-1]
    return {
        "acceptance": sampler.acceptance,
        "determinants": exact.sector.dimension,
        "hold_99": int((np.cumsum(weights) < 0.99).sum()) + 1,
        "seen": len(DirectDraws(100_000).draw(known)[0]),
    }


def _peers(atoms: int, spacing: float, exact: Exact) -> dict[str, Any]:
    """The exact energy of a ring beside Hartree-Fock and coupled cluster, hartree, total."""
    peers = coupled_cluster(atoms, spacing)
    found = hartree_fock(exact.sector.crystal)
    place = exact.sector.find(found.determinant, found.determinant)[0]
    return {
        "spacing": spacing,
        "exact": exact.energy,
        "hartree_fock": found.energy,
        "ccsd": _none(peers.ccsd),
        "ccsd_t": _none(peers.ccsd_t),
        "weight": float(abs(exact.state[place]) ** 2),
    }


def _all_bands(
    crystal: Crystal, trained: GroundState, exact: Exact, pick: str, second: bool
) -> dict[str, Any]:
    sets = {
        "hartree_fock": koopmans_bands(crystal),
        "exact": exact_bands(crystal, exact, pick=pick),
        "one": quasiparticle_bands(crystal, trained, 1, pick=pick),
    }
    if second:
        sets["two"] = quasiparticle_bands(crystal, trained, 2, pick=pick)
    return {name: _as_json(bands) for name, bands in sets.items()}


def _as_json(bands: Bands) -> dict[str, Any]:
    columns = ("removal", "addition", "removal_weight", "addition_weight")
    rows = {name: [_none(v) for v in getattr(bands, name)] for name in columns}
    return rows | {"gap": bands.gap}


def _none(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _short(row: dict | Sequence) -> str:
    text = json.dumps(row)
    return text if len(text) < 160 else text[:157] + "..."
