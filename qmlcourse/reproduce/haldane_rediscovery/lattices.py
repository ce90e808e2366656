"""The parts of chapter 5's full-scale run that maximise the Hall conductivity."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import torch

from ...inverse_design.design import (
    HONEYCOMB,
    TRIANGULAR,
    Design,
    Schedule,
    cooling,
    design,
)
from ...inverse_design.design_space import DesignSpace
from ...inverse_design.hall import hall_conductivity
from ...inverse_design.lattices import honeycomb, triangular
from ...inverse_design.objectives import hall_objective
from ...inverse_design.reading import flux_table
from ...inverse_design.symmetry import symmetries
from ...inverse_design.tight_binding import TightBinding, Waves
from ...inverse_design.topology import chern_number, gap

SIX = 6
POLISH_STEPS = 600  # of a design on a larger cell
_FAILED = 99  # stands for a block of bands that touches another

Designs = Callable[[int, int, str | None], np.ndarray]
Case = tuple[tuple[int, int], int, int, int]  # cell, shells, electrons a cell, mesh


def honeycomb_designs(mesh: int, schedule: Schedule = HONEYCOMB) -> Designs:
    """Return the function that designs a chunk of honeycomb models.

    Parameters
    ----------
    mesh
        Points along an axis; a multiple of 3 is taken without a warning.
    schedule
        Learning rates and temperatures.

    Returns
    -------
    callable
        Function of (number of starts, seed, device). Its rows are the warm Hall conductivity, the
        Chern number of the lower band (99 where it has none), the largest distance of a phase
        from a quarter turn (in pi), and the raw parameters.
    """

    def work(count: int, seed: int, device: str | None) -> np.ndarray:
        space = honeycomb()
        waves = _quiet_waves(space, mesh, device)
        run = design(
            hall_objective(space, mesh=waves),
            space,
            starts=count,
            seed=seed,
            schedule=schedule,
            device=device,
        )
        model = run.model
        warm = hall_conductivity(model, np.e, chemical_potential=0.0, mesh=50)
        chern = chern_number(model, [0], 20, undefined=_FAILED).cpu().numpy()
        off = _phase_error(model)
        rows = [warm.cpu().numpy(), chern, off, run.raw.detach().cpu().numpy()]
        return np.column_stack(rows)

    return work


def constant_designs(beta: float) -> Designs:
    """Return the same as `honeycomb_designs` for a constant inverse temperature."""
    level = np.log(beta)
    return honeycomb_designs(20, replace(HONEYCOMB, beta=cooling(level, level, 1)))


def _quiet_waves(space: DesignSpace, mesh: int, device: str | None) -> Waves:
    """The mesh prepared, also where 3 divides it: here that is wanted."""
    return Waves(space.lattice, space.lattice.mesh(mesh), device)


def _phase_error(model: TightBinding) -> np.ndarray:
    """(start,) largest distance of the six phases from a quarter turn, in pi, either sense."""
    phase = torch.angle(model.hoppings[..., 3:]).cpu().numpy() / np.pi
    return np.abs(np.abs(phase) - 0.5).max(-1)


def mesh_row(mesh: int, rows: np.ndarray) -> dict[str, Any]:
    """Return what the designs on one mesh reach.

    Parameters
    ----------
    mesh
        Points along an axis.
    rows
        Rows of `honeycomb_designs`.
    """
    warm, chern = rows[:, 0], rows[:, 1]
    return {
        "mesh": mesh,
        "starts": len(rows),
        "topological": float((np.abs(chern) == 1).mean()),
        "reached": float((warm > 0.305).mean()),
        "sigma": [float(np.quantile(warm, q)) for q in (0.1, 0.5, 0.9)],
        "phase_error": float(np.median(rows[:, 2])),
    }


def beta_row(beta: float, rows: np.ndarray) -> dict[str, Any]:
    """Return what the designs at one constant inverse temperature reach, and the first four."""
    return {"beta": beta, **mesh_row(20, rows), "first_raw": rows[:4, 3:].tolist()}


def triangular_designs(
    mesh: int, cell: tuple[int, int] = (2, 2), shells: int = 3, filling: int = 2
) -> Designs:
    """Return the function that designs a chunk of triangular models.

    Parameters
    ----------
    mesh
        Points along an axis.
    cell, filling
        Sites of the cell along both lattice vectors, and electrons in it.
    shells
        Shells of neighbours that are joined.

    Returns
    -------
    callable
        Function of (number of starts, seed, device). Its rows are the warm Hall conductivity, the
        Chern number of the filled bands (99 where they have none), the direct and the indirect
        gap, and the raw parameters.
    """

    def work(count: int, seed: int, device: str | None) -> np.ndarray:
        space = triangular(cell, shells)
        run = design(
            hall_objective(space, mesh=mesh, filling=filling),
            space,
            starts=count,
            seed=seed,
            schedule=TRIANGULAR,
            device=device,
        )
        model = run.model
        warm = hall_conductivity(model, np.e, filling=filling, mesh=24).cpu().numpy()
        chern = chern_number(model, list(range(filling)), 24, undefined=_FAILED).cpu().numpy()
        direct, indirect = (part.cpu().numpy() for part in gap(model, filling, 24))
        raw = run.raw.detach().cpu().numpy()
        return np.column_stack([warm, chern, direct, indirect, raw])

    return work


def larger_designs(case: Case) -> Designs:
    """Return the same as `triangular_designs` for one (cell, shells, filling, mesh)."""
    cell, shells, filling, mesh = case
    return triangular_designs(mesh, cell, shells, filling)


def case_name(case: Case) -> str:
    """Return the name of a larger case, which is that of its chunks."""
    cell, shells, filling, _ = case
    return f"triangular-{cell[0]}x{cell[1]}-shells-{shells}-filling-{filling}"


def polished(
    raw: np.ndarray,
    mesh: int = 20,
    steps: int = 200,
    cell: tuple[int, int] = (2, 2),
    shells: int = 3,
    filling: int = 2,
    rate: float = 3e-3,
) -> Design:
    """Return a design of the triangular lattice that is run on with ever smaller steps.

    Parameters
    ----------
    raw
        Shape (parameter,): where it begins.
    mesh, cell, shells, filling
        As for `triangular_designs`.
    steps, rate
        Number of steps and the first learning rate; the last third is slow.
    """
    space = triangular(cell, shells)
    start = replace(space, draw=lambda generator, count: np.array([raw]))
    schedule = replace(
        TRIANGULAR,
        steps=steps,
        rate=rate,
        late_rate=2e-4,
        switch=2 * steps // 3,
        beta=lambda step: float(np.exp(-1)),
    )
    goal = hall_objective(space, mesh=mesh, filling=filling)
    return design(goal, start, starts=1, schedule=schedule)


def triangular_result(rows: np.ndarray) -> dict[str, Any]:
    """Return what the designs with the paper's cell reach; the best one is polished."""
    warm, chern = rows[:, 0], rows[:, 1].astype(int)
    best = int(warm.argmax())
    last = polished(rows[best, 4:])
    model = last.model[0]
    fine = float(hall_conductivity(model, np.e, filling=2, mesh=40))
    return {
        "starts": len(rows),
        "chern": _counts(chern),
        "best_sigma": float(warm[best]),
        "polished_sigma": fine,
        "polished_raw": last.raw.detach().numpy()[0].tolist(),
        "polished_bands": [chern_number(model, n, 24) for n in range(4)],
        "polished_fluxes": flux_table(model, 0.02),
        "sigma_of_six": [float(v) for v in np.quantile(warm[chern == SIX], [0.1, 0.5, 0.9])]
        if (chern == SIX).any()
        else [],
        "first_raw": rows[:4, 4:].tolist(),
        "first_sigma": warm[:4].tolist(),
    }


def larger_row(case: Case, rows: np.ndarray) -> dict[str, Any]:
    """Return what the designs of one larger case reach; the best is polished on a finer mesh."""
    cell, shells, filling, mesh = case
    warm, chern, indirect = rows[:, 0], rows[:, 1].astype(int), rows[:, 3]
    known = chern != _FAILED
    gapped = known & (indirect > 0.05)
    row = {"cell": list(cell), "shells": shells, "filling": filling, "mesh": mesh}
    row |= {"starts": len(rows), "chern": _counts(chern)}
    row["largest_chern"] = int(np.abs(chern[known]).max())
    row["largest_gapped"] = int(np.abs(chern[gapped]).max()) if gapped.any() else None
    row["best"] = _polished_row(case, rows[int(warm.argmax())])
    if gapped.any():
        # the largest Chern number with a gap for all momenta, and among those the largest sigma
        order = np.lexsort((warm, np.abs(chern), gapped))
        row["best_gapped"] = _polished_row(case, rows[order[-1]])
    return row


def _polished_row(case: Case, one: np.ndarray) -> dict[str, Any]:
    cell, shells, filling, _ = case
    run = polished(one[4:], 16, POLISH_STEPS, cell, shells, filling, rate=0.01)
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


def _counts(values: np.ndarray) -> dict[str, int]:
    numbers, counts = np.unique(values, return_counts=True)
    return {str(int(n)): int(c) for n, c in zip(numbers, counts, strict=True)}
