"""`qmlcourse reproduce nqs_bands`: curves, crystals and bands at full scale."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import torch

from ...storage import shipped
from .. import resumable
from ...nqs.bands import exact_bands, koopmans_bands, quasiparticle_bands
from ...nqs.crystal import CHEMICAL_ACCURACY
from ...nqs.library import CRYSTALS, load_crystal
from ...nqs.mean_field import hartree_fock
from ...nqs.optimise import Settings, ground_state, prepare
from ...nqs.peers import coupled_cluster
from ...nqs.rings import dimerised_ring, hydrogen_ring
from ...nqs.samplers import DirectDraws, Metropolis, sampled_energy
from ...nqs.sector import exact_ground_state
from ...nqs.states import RBM

NAME = "nqs_bands_laptop"


@dataclass(frozen=True)
class Tier:
    """What a tier computes.

    six, ten : spacings of the curves of H6 and H10, bohr
    seeds : of the ring of six at each spacing
    wide : hidden density of the second state of the ring of ten
    crystals : names; those with more than `exact_limit` determinants get no exact neighbours
    steps : most steps of a search
    """

    six: tuple = tuple(round(1 + 0.1 * n, 1) for n in range(31))
    ten: tuple = (1.2, 1.5, 1.8, 2.1, 2.4, 2.7, 3.0, 3.3, 3.6)
    seeds: int = 10
    wide: float = 4.0
    crystals: tuple = tuple(CRYSTALS)
    exact_limit: int = 20_000
    steps: int = 200
    device: str = "cpu"


TIERS = {
    "laptop": Tier(),
    "gpu": Tier(wide=6.0, exact_limit=60_000, steps=400, device="cuda"),
}


def run(tier="laptop", out=None, seed=0):
    """Compute what is not stored yet, write the result, print it, and return it.

    Every row is stored in `out` as soon as it is done; an interrupted run goes on.

    Raises ValueError for an unknown tier, RuntimeError without PySCF.
    """
    if tier not in TIERS:
        raise ValueError(f"no tier {tier!r}; there is {', '.join(TIERS)}.")
    settings = TIERS[tier]
    out = Path(out or f"reproduce/nqs_bands-{tier}")
    out.mkdir(parents=True, exist_ok=True)
    device = resumable.gpu() if tier == "gpu" else "cpu"

    def kept(name, work):
        return resumable.kept(out, name, [asdict(settings), seed], work, _short)

    result = {
        "tier": tier, "seed": seed, "settings": asdict(settings),
        "six": [kept(f"six-{d}", lambda d=d: _six(d, settings, device)) for d in settings.six],
        "ten": [kept(f"ten-{d}", lambda d=d: _ten(d, settings, seed, device))
                for d in settings.ten],
        "crystals": [kept(f"crystal-{n}", lambda n=n: _crystal(n, settings, seed, device))
                     for n in settings.crystals],
        "bands": {key: kept(f"bands-{key}", lambda key=key: _bands(key, seed))
                  for key in ("ring", "dimers", "polyacetylene-3")},
        "sampling": kept("sampling", lambda: _sampling(seed)),
    }
    resumable.write(out / f"nqs_bands_{tier}.json", (json.dumps(result, indent=1) + "\n").encode())
    print(report(result))
    return result


def _six(spacing, settings, device):
    crystal = hydrogen_ring(6, spacing)
    exact = exact_ground_state(crystal, momentum=0)
    errors = [
        ground_state(crystal, RBM, seed=s, device=device).energy - exact.energy
        for s in range(settings.seeds)
    ]
    return _curve_row(6, spacing, exact) | {"errors": errors}


def _ten(spacing, settings, seed, device):
    crystal = hydrogen_ring(10, spacing)
    exact = exact_ground_state(crystal, momentum=0)
    row = _curve_row(10, spacing, exact)
    for key, density in (("narrow", 1.0), ("wide", settings.wide)):
        found = ground_state(crystal, RBM, seed=seed, density=density, steps=settings.steps,
                             device=device)
        row[key] = {
            "error": found.energy - exact.energy, "variance": found.variance,
            "parameters": len(found.state.parameters), "amplitudes": found.basis.size,
            "steps": len(found.history),
        }
    return row


def _curve_row(atoms, spacing, exact):
    peers = coupled_cluster(atoms, spacing)
    sector = exact.sector
    found = hartree_fock(sector.crystal)
    place = sector.find(found.determinant, found.determinant)[0]
    return {
        "spacing": spacing, "exact": exact.energy, "hartree_fock": found.energy,
        "ccsd": _none(peers.ccsd), "ccsd_t": _none(peers.ccsd_t),
        "weight": float(abs(exact.state[place]) ** 2),
    }


def _crystal(name, settings, seed, device):
    crystal = load_crystal(name)
    found = hartree_fock(crystal)
    crystal, momentum = found.crystal, found.momentum
    exact = exact_ground_state(crystal, momentum=momentum)
    trained = ground_state(crystal, RBM, seed=seed, steps=settings.steps, device=device)
    cells = crystal.momenta
    row = {
        "name": name, "cells": cells, "determinants": exact.sector.dimension,
        "amplitudes": trained.basis.size, "parameters": len(trained.state.parameters),
        "exact": exact.energy / cells, "hartree_fock": found.energy / cells,
        "error": (trained.energy - exact.energy) / cells, "variance": trained.variance,
        "ccsd_t": crystal.provenance["reference_hartree_per_cell"].get("ccsd_t"),
        "k": crystal.wave_vectors().tolist(), "madelung": crystal.madelung,
    }
    if exact.sector.dimension < settings.exact_limit:
        row["bands"] = _band_rows(crystal, trained, exact, "heaviest", second=crystal.orbitals < 10)
    return row


def _bands(key, seed):
    made = {"ring": lambda: hydrogen_ring(6, 1.8), "dimers": lambda: dimerised_ring(3, 1.4, 2.2),
            "polyacetylene-3": lambda: load_crystal("polyacetylene-3")}[key]
    found = hartree_fock(made())
    crystal = found.crystal
    exact = exact_ground_state(crystal, momentum=found.momentum)
    trained = ground_state(crystal, RBM, seed=seed)
    row = {"name": key, "k": crystal.wave_vectors()[:, 0].tolist(),
           "error": trained.energy - exact.energy}
    row |= _band_rows(crystal, trained, exact, "lowest", second=True)
    if key == "ring":
        peer = coupled_cluster(6, 1.8, equation_of_motion=True)
        row["eom_gap"] = peer.removal + peer.addition
    return row


def _band_rows(crystal, trained, exact, pick, second):
    sets = {
        "hartree_fock": koopmans_bands(crystal),
        "exact": exact_bands(crystal, exact, pick=pick),
        "one": quasiparticle_bands(crystal, trained, 1, pick=pick),
    }
    if second:
        sets["two"] = quasiparticle_bands(crystal, trained, 2, pick=pick)
    return {
        name: {
            "removal": _list(bands.removal), "addition": _list(bands.addition),
            "removal_weight": _list(bands.removal_weight),
            "addition_weight": _list(bands.addition_weight), "gap": bands.gap,
        }
        for name, bands in sets.items()
    }


def _sampling(seed):
    """How noisy sampled energies of a half-trained ring of six are, and what a chain accepts."""
    training = prepare(hydrogen_ring(6, 1.8), RBM, seed, settings=Settings(method="sr")).advance(18)
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


def chain_facts(exact, seed):
    """Acceptance of the chain and spread of exact draws for an exact state.

    Returns
    -------
    dict: acceptance, determinants that hold 99 % of the weight, distinct ones in 100,000 draws
    """
    known = SimpleNamespace(
        basis=SimpleNamespace(matrix=exact.sector.hamiltonian()), psi=torch.as_tensor(exact.state),
        device=torch.device("cpu"), generator=torch.Generator().manual_seed(seed), state=None,
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


def ship(out):
    """List a finished laptop run among the shipped files."""
    shipped.register(
        NAME, Path(out) / f"{NAME}.json", command="qmlcourse reproduce nqs_bands --tier laptop",
        tier="laptop", what="curves of H6 and H10 rings, crystals, bands and sampling of chapter 6",
    )


def report(result):
    """Text: ours beside exact diagonalisation and coupled cluster."""
    lines = [f"Neural states against exact diagonalisation, tier {result['tier']}",
             "H6 ring: errors in mHa per atom (our worst of all seeds)",
             "   bohr     HF    CCSD  CCSD(T)      NQS   weight of HF"]
    for row in result["six"]:
        lines.append(f"   {row['spacing']:4.1f} {_errors(row, 6)} "
                     f"{1e3 * max(row['errors']) / 6:9.5f}   {row['weight']:.3f}")
    narrow, wide = result["ten"][0]["narrow"], result["ten"][0]["wide"]
    lines += ["H10 ring: coupled cluster per atom, NQS in mHa per RING",
              f"   (with {narrow['parameters']} and {wide['parameters']} parameters for "
              f"{narrow['amplitudes']} amplitudes)",
              "   bohr     HF    CCSD  CCSD(T)   narrow    wide   weight of HF"]
    for row in result["ten"]:
        lines.append(f"   {row['spacing']:4.1f} {_errors(row, 10)} "
                     f"{1e3 * row['narrow']['error']:8.3f} {1e3 * row['wide']['error']:7.3f}   "
                     f"{row['weight']:.3f}")
    lines += ["crystals: errors in mHa per cell (chemical accuracy: "
              f"{1e3 * CHEMICAL_ACCURACY:.2f})",
              "                    determinants       HF  CCSD(T)      NQS"]
    for row in result["crystals"]:
        triples = np.nan if row["ccsd_t"] is None else 1e3 * (row["ccsd_t"] - row["exact"])
        lines.append(f"   {row['name']:18s} {row['determinants']:9,d} "
                     f"{1e3 * (row['hartree_fock'] - row['exact']):9.2f} {triples:8.3f} "
                     f"{1e3 * row['error']:8.3f}")
    lines.append("gaps (hartree)        HF    1h/1p  2h1p/2p1h   exact")
    for row in result["bands"].values():
        lines.append(f"   {row['name']:15s} {row['hartree_fock']['gap']:7.4f} "
                     f"{row['one']['gap']:7.4f} {row['two']['gap']:9.4f} "
                     f"{row['exact']['gap']:9.4f}")
    lines.append(f"   ring by EOM-CCSD {result['bands']['ring']['eom_gap']:.4f}")
    noise = [f"{row['draws']}: {1e3 * row['noise']:.2f}" for row in result["sampling"]["rows"]]
    lines.append(f"noise of a half-trained H6 (mHa) by draws: {', '.join(noise)}")
    lines.append("Metropolis acceptance, determinants with 99 % of the weight:")
    for key, row in result["sampling"]["chains"].items():
        atoms, spacing = key.split("-")
        lines.append(f"   H{atoms} at {spacing} bohr: {100 * row['acceptance']:.1f} %, "
                     f"{row['hold_99']} of {row['determinants']}")
    return "\n".join(lines)


def _errors(row, atoms):
    parts = []
    for key in ("hartree_fock", "ccsd", "ccsd_t"):
        value = np.nan if row[key] is None else 1e3 * (row[key] - row["exact"]) / atoms
        parts.append(f"{value:7.3f}")
    return " ".join(parts)


def _none(value):
    return None if np.isnan(value) else float(value)


def _list(values):
    return [_none(value) for value in values]


def _short(row):
    text = json.dumps(row)
    return text if len(text) < 160 else text[:157] + "..."
