"""The parts of chapter 5's full-scale run that maximise the Hall conductivity."""

from dataclasses import replace

import numpy as np
import torch

from ...inverse_design.design import HONEYCOMB, TRIANGULAR, cooling, design, hall_objective
from ...inverse_design.hall import hall_conductivity
from ...inverse_design.lattices import honeycomb, triangular
from ...inverse_design.reading import flux_table
from ...inverse_design.symmetry import symmetries
from ...inverse_design.tight_binding import Waves
from ...inverse_design.topology import chern_number, gap

SIX = 6
POLISH_STEPS = 600  # of a design on a larger cell
_FAILED = 99  # stands for a block of bands that touches another


def honeycomb_work(mesh, schedule=HONEYCOMB):
    def work(count, seed, device):
        space = honeycomb()
        waves = _quiet_waves(space, mesh, device)
        run = design(hall_objective(space, mesh=waves), space, starts=count, seed=seed,
                     schedule=schedule, device=device)
        model = run.model
        warm = hall_conductivity(model, np.e, chemical_potential=0.0, mesh=50)
        chern = chern_number(model, [0], 20, undefined=_FAILED).cpu().numpy()
        off = _phase_error(model)
        rows = [warm.cpu().numpy(), chern, off, run.raw.detach().cpu().numpy()]
        return np.column_stack(rows)

    return work


def constant_work(beta):
    return honeycomb_work(20, replace(HONEYCOMB, beta=cooling(np.log(beta), np.log(beta), 1)))


def _quiet_waves(space, mesh, device):
    """The mesh prepared, also where 3 divides it: here that is wanted."""
    return Waves(space.lattice, space.lattice.mesh(mesh), device)


def _phase_error(model):
    """(start,) largest distance of the six phases from a quarter turn, in pi, either sense."""
    phase = torch.angle(model.hoppings[..., 3:]).cpu().numpy() / np.pi
    return np.abs(np.abs(phase) - 0.5).max(-1)


def mesh_row(mesh, rows):
    warm, chern = rows[:, 0], rows[:, 1]
    return {
        "mesh": mesh,
        "starts": len(rows),
        "topological": float((np.abs(chern) == 1).mean()),
        "reached": float((warm > 0.305).mean()),
        "sigma": [float(np.quantile(warm, q)) for q in (0.1, 0.5, 0.9)],
        "phase_error": float(np.median(rows[:, 2])),
    }


def beta_row(beta, rows):
    return {"beta": beta, **mesh_row(20, rows), "first_raw": rows[:4, 3:].tolist()}


def triangular_work(mesh, cell=(2, 2), shells=3, filling=2):
    def work(count, seed, device):
        space = triangular(cell, shells)
        run = design(hall_objective(space, mesh=mesh, filling=filling), space, starts=count,
                     seed=seed, schedule=TRIANGULAR, device=device)
        model = run.model
        warm = hall_conductivity(model, np.e, filling=filling, mesh=24).cpu().numpy()
        chern = chern_number(model, list(range(filling)), 24, undefined=_FAILED).cpu().numpy()
        direct, indirect = (part.cpu().numpy() for part in gap(model, filling, 24))
        raw = run.raw.detach().cpu().numpy()
        return np.column_stack([warm, chern, direct, indirect, raw])

    return work


def larger_work(case):
    cell, shells, filling, mesh = case
    return triangular_work(mesh, cell, shells, filling)


def case_name(case):
    cell, shells, filling, _ = case
    return f"triangular-{cell[0]}x{cell[1]}-shells-{shells}-filling-{filling}"


def polish(raw, mesh=20, steps=200, cell=(2, 2), shells=3, filling=2, rate=3e-3):
    """A design of the triangular lattice run on with ever smaller steps; returns the Design."""
    space = triangular(cell, shells)
    start = replace(space, draw=lambda generator, count: np.array([raw]))
    schedule = replace(
        TRIANGULAR, steps=steps, rate=rate, late_rate=2e-4, switch=2 * steps // 3,
        beta=lambda step: float(np.exp(-1)),
    )
    goal = hall_objective(space, mesh=mesh, filling=filling)
    return design(goal, start, starts=1, schedule=schedule)


def triangular_result(rows):
    warm, chern = rows[:, 0], rows[:, 1].astype(int)
    best = int(warm.argmax())
    polished = polish(rows[best, 4:])
    model = polished.model[0]
    fine = float(hall_conductivity(model, np.e, filling=2, mesh=40))
    return {
        "starts": len(rows),
        "chern": _counts(chern),
        "best_sigma": float(warm[best]),
        "polished_sigma": fine,
        "polished_raw": polished.raw.detach().numpy()[0].tolist(),
        "polished_bands": [chern_number(model, n, 24) for n in range(4)],
        "polished_fluxes": flux_table(model, 0.02),
        "sigma_of_six": [float(v) for v in np.quantile(warm[chern == SIX], [0.1, 0.5, 0.9])]
        if (chern == SIX).any()
        else [],
        "first_raw": rows[:4, 4:].tolist(),
        "first_sigma": warm[:4].tolist(),
    }


def larger_row(case, rows):
    """What the designs of one larger case reach; the best one is polished on a finer mesh."""
    cell, shells, filling, mesh = case
    warm, chern, indirect = rows[:, 0], rows[:, 1].astype(int), rows[:, 3]
    known = chern != _FAILED
    gapped = known & (indirect > 0.05)
    row = {"cell": list(cell), "shells": shells, "filling": filling, "mesh": mesh}
    row |= {"starts": len(rows), "chern": _counts(chern)}
    row["largest_chern"] = int(np.abs(chern[known]).max())
    row["largest_gapped"] = int(np.abs(chern[gapped]).max()) if gapped.any() else None
    row["best"] = _polished(case, rows[int(warm.argmax())])
    if gapped.any():
        # the largest Chern number with a gap for all momenta, and among those the largest sigma
        order = np.lexsort((warm, np.abs(chern), gapped))
        row["best_gapped"] = _polished(case, rows[order[-1]])
    return row


def _polished(case, one):
    cell, shells, filling, _ = case
    run = polish(one[4:], 16, POLISH_STEPS, cell, shells, filling, rate=0.01)
    model = run.model[0]
    direct, indirect = (float(part) for part in gap(model, filling, 48))
    bands = list(range(filling))
    return {
        "sigma": float(hall_conductivity(model, np.e, filling=filling, mesh=40)),
        "chern": int(chern_number(model, bands, 48, undefined=_FAILED)),
        "cold_sigma": float(hall_conductivity(model, 0.01, filling=filling, mesh=64)),
        "direct_gap": direct,
        "indirect_gap": indirect,
        "symmetries": [
            [one.name, round(one.deviation, 4)] for one in symmetries(model) if one.deviation < 0.1
        ],
        "raw": run.raw.detach().numpy()[0].tolist(),
    }


def _counts(values):
    numbers, counts = np.unique(values, return_counts=True)
    return {str(int(n)): int(c) for n, c in zip(numbers, counts, strict=True)}
