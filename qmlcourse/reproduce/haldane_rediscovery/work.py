"""Chapter 5 at full scale: many designs, larger cells, kernels and textures of photocurrents.

`qmlcourse reproduce haldane_rediscovery --tier laptop` runs the design loop from many starts on
both lattices of K. Inui and Y. Motome, Communications Physics 6, 37 (2023), looks beyond their
cell, and computes the photocurrent of spin textures with four kernels. Work is stored in chunks:
interrupted and started again, it goes on.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import torch

from ..resumable import gpu, run_chunks, write
from .lattices import (
    SIX,
    beta_row,
    case_name,
    constant_work,
    honeycomb_work,
    larger_row,
    larger_work,
    mesh_row,
    triangular_result,
    triangular_work,
)
from .light import kernel_rows, texture_row, texture_work
from ...inverse_design.photocurrent import KERNELS


@dataclass(frozen=True)
class Settings:
    """The runs of one tier."""

    starts: int = 256
    chunk: int = 64
    meshes: tuple = (8, 10, 12, 14, 16, 20, 24, 32)
    betas: tuple = (0.135, 0.368, 1.0, 5.0, 20.0, 200.0)
    triangular_mesh: int = 10
    # cell, shells, electrons a cell, mesh
    larger: tuple = (
        ((2, 2), 4, 2, 10), ((4, 1), 3, 2, 10), ((2, 3), 3, 3, 8), ((4, 2), 3, 4, 7),
        ((3, 3), 3, 3, 7), ((3, 3), 3, 4, 7), ((3, 3), 4, 4, 7),
    )
    larger_starts: int = 64
    broadenings: tuple = (0.02, 0.05, 0.1, 0.2)
    texture_sites: tuple = (3, 4, 6, 12)
    texture_starts: int = 10
    texture_kernels: tuple = KERNELS


TIERS = {
    "laptop": Settings(),
    "gpu": Settings(starts=1024, chunk=256, triangular_mesh=40, larger_starts=512,
                    texture_starts=100),
}


def run(tier, out=None, seed=0):
    """Compute, store and print the designs of one tier (laptop: about ten minutes on one core).

    Parameters
    ----------
    tier : 'laptop' or 'gpu' (more starts on finer meshes, on a GPU where torch sees one)
    out : folder for the chunks and the result; default ./reproduce/haldane_rediscovery-TIER
    seed : int, from which the starts of all chunks follow
    """
    if tier not in TIERS:
        raise ValueError(f"there is no tier {tier!r}; take one of {', '.join(TIERS)}.")
    torch.set_num_threads(1)
    settings = TIERS[tier]
    out = Path(out or f"reproduce/haldane_rediscovery-{tier}")
    out.mkdir(parents=True, exist_ok=True)
    device = gpu() if tier == "gpu" else None

    def chunks(name, count, work, stream):
        def one(seeds):
            return work(len(seeds), seeds[0] % 2**32, device)

        return run_chunks(out, name, count, settings.chunk, one, settings, seed, stream)

    result = {"tier": tier, "seed": seed, "settings": asdict(settings)}
    result["meshes"] = [
        mesh_row(mesh, chunks(f"honeycomb-mesh-{mesh}", settings.starts, honeycomb_work(mesh), n))
        for n, mesh in enumerate(settings.meshes)
    ]
    result["temperatures"] = [
        beta_row(
            beta, chunks(f"honeycomb-beta-{beta:g}", settings.starts, constant_work(beta), 50 + n)
        )
        for n, beta in enumerate(settings.betas)
    ]
    six = chunks("triangular", settings.starts, triangular_work(settings.triangular_mesh), 100)
    result["triangular"] = triangular_result(six)
    result["larger"] = [
        larger_row(
            case, chunks(case_name(case), settings.larger_starts, larger_work(case), 150 + n)
        )
        for n, case in enumerate(settings.larger)
    ]
    result["kernels"] = [
        row for b in settings.broadenings for row in kernel_rows(b, settings.texture_kernels)
    ]
    result["textures"] = [
        texture_row(kernel, sites, chunks(
            f"texture-{kernel}-{sites}", settings.texture_starts, texture_work(kernel, sites),
            200 + 10 * k + n,
        ))
        for k, kernel in enumerate(("velocity", "length"))
        for n, sites in enumerate(settings.texture_sites)
    ]
    path = out / f"haldane_rediscovery_{tier}.json"
    write(path, json.dumps(result, indent=1).encode())
    print(report(result))
    print(f"stored in {path}")


def report(result):
    """Paper beside ours, as text."""
    done = {row["mesh"]: row for row in result["meshes"]}[20]
    six = result["triangular"]
    share = six["chern"].get(str(SIX), 0)
    lines = [
        f"Designs, tier {result['tier']}                       paper        ours",
        f"honeycomb: starts that end with |C| = 1    10 of 10     "
        f"{done['topological'] * done['starts']:.0f} of {done['starts']}",
        f"   their sigma at kT = e t (e2/h)          0.308-0.310  {done['sigma'][0]:.3f}-"
        f"{done['sigma'][2]:.3f}",
        f"triangular: starts with C = 6              12 of 18     {share} of {six['starts']}",
        f"   best sigma at kT = e t (e2/h)           3.092        {six['polished_sigma']:.4f}",
    ]
    lines.append("beyond the paper's cell, best of    sigma   C   gap (t1)   sigma at kT = 0.01 t1")
    for row in result["larger"]:
        best, cell = row["best"], "x".join(map(str, row["cell"]))
        case = f"{cell}, {row['shells']} shells, {row['filling']} electrons"
        lines.append(
            f"   {case:<28}{row['starts']:>4}  {best['sigma']:.3f}  {best['chern']:>2}   "
            f"{best['indirect_gap']:+.2f}      {best['cold_sigma']:.3f}"
        )
    lines += _light(result)
    return "\n".join(lines)


def _light(result):
    """The photocurrent's part of the report."""
    widths = sorted({row["broadening"] for row in result["kernels"]})
    lines = ["sunlight: S_z of the best cone of 3, current of 4 over 3 (paper: 0.72, 0.74)"]
    lines.append("   broadening (eV)  " + "".join(f"{width:>14.2f}" for width in widths))
    for kernel in KERNELS:
        rows = [row for row in result["kernels"] if row["kernel"] == kernel]
        if all(row["ratio"] is None for row in rows):
            lines.append(f"   {kernel:<17}  a cone gives none")
            continue
        cells = "".join(f"{row['heights'][0]:>9.2f} {row['ratio']:.2f}" for row in rows)
        lines.append(f"   {kernel:<17}{cells}")
    lines.append("random textures, broadening 0.1 eV: what the best starts become")
    for row in result["textures"]:
        kinds = [kind for kind, _ in row["kinds"]]
        best, height = row["kinds"][0]
        lines.append(
            f"   {row['kernel']}, {row['sites']} spins: {kinds.count(best)} of {len(kinds)} {best}"
            + (f", S_z {height:.2f}" if height is not None else "")
            + f", {row['currents'][0]:.2f} A/m2"
        )
    return lines
