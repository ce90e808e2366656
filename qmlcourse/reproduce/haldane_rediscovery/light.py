"""The parts of chapter 5's full-scale run that turn light into current."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ...inverse_design.design import HONEYCOMB, Schedule, cooling, design
from ...inverse_design.photocurrent import KERNELS, photocurrent
from ...inverse_design.spin_chain import cone, spin_chain
from ...inverse_design.sunlight import (
    BOLTZMANN_EV,
    spin_texture,
    spins_of,
    sunlight_current,
    sunlight_objective,
)

# eV, where the run of the paper's repository (arXiv:2203.07157) ends
_TEXTURE_HOPS = {"t1": 0.117, "t2": 0.079, "exchange": 0.248}
_PAPER_HEIGHT = 0.72
TEXTURE_STEPS = 300


def kernel_rows(
    broadening: float,
    kernels: Sequence[str] = KERNELS,
    heights: np.ndarray | None = None,
) -> list[dict[str, Any]]:
    """Return how each kernel ranks cones of three and four spins, at the paper's hoppings.

    Parameters
    ----------
    broadening
        In eV.
    kernels
        Names of the kernels.
    heights
        Shape (cone,): the S_z that are tried; default 0.30 to 0.94.

    Returns
    -------
    list of dict
        For each kernel: the height of the best cone of three and of four sites, the ratio of
        their currents, the photon energy at which sigma omega^2 of the cone of three is largest,
        and how high its plateau at small omega is beside that.
    """
    heights = np.round(np.arange(0.3, 0.96, 0.02), 2) if heights is None else heights
    mesh = max(24, int(3 / broadening))
    rows = []
    for kernel in kernels:
        currents = [
            sunlight_current(
                spin_chain(np.array([cone(n, h) for h in heights]), **_TEXTURE_HOPS),
                kernel=kernel,
                broadening_ev=broadening,
                mesh=mesh,
            ).numpy()
            for n in (3, 4)
        ]
        best = [int(np.abs(c).argmax()) for c in currents]
        three, four = (float(c[b]) for c, b in zip(currents, best, strict=True))
        rows.append(
            {
                "kernel": kernel,
                "broadening": broadening,
                "current_three": three,
                "current_four": four,
                "ratio": four / three if abs(three) > 1e-9 else None,
                "heights": [float(heights[b]) for b in best],
                **_spectrum(kernel, broadening, mesh),
            }
        )
    return rows


def _spectrum(kernel: str, broadening: float, mesh: int) -> dict[str, float | None]:
    omega = np.linspace(0.01, 1.3, 130)
    model = spin_chain(cone(3, _PAPER_HEIGHT), **_TEXTURE_HOPS)
    sigma = photocurrent(
        model,
        omega,
        temperature=BOLTZMANN_EV * 300,
        broadening=broadening,
        kernel=kernel,
        mesh=mesh,
    ).numpy()
    weighted = np.abs(sigma * omega**2)
    peak = 10 + int(weighted[10:].argmax())
    if weighted[peak] < 1e-9:
        return {"peak_ev": None, "plateau": None}
    return {"peak_ev": float(omega[peak]), "plateau": float(weighted[0] / weighted[peak])}


def _texture_schedule() -> Schedule:
    """30,000 K falling to 300 K, as in the paper, in a third of the steps."""
    hot, cold = (1 / (BOLTZMANN_EV * t) for t in (30_000, 300))
    return replace(
        HONEYCOMB,
        steps=TEXTURE_STEPS,
        rate=0.05,
        late_rate=0.01,
        switch=3 * TEXTURE_STEPS // 4,
        beta=cooling(np.log(hot), np.log(cold), 2 * TEXTURE_STEPS // 3),
    )


def texture_designs(kernel: str, sites: int) -> Callable[[int, int, str | None], np.ndarray]:
    """Return the function that designs a chunk of spin textures.

    Parameters
    ----------
    kernel
        Name of the photocurrent's kernel.
    sites
        Spins in a cell.

    Returns
    -------
    callable
        Function of (number of starts, seed, device). Its rows are the current in A / m^2 and the
        three components of each spin.
    """

    def work(count: int, seed: int, device: str | None) -> np.ndarray:
        space = spin_texture(sites)
        goal = sunlight_objective(
            kernel=kernel,
            broadening_ev=0.1,
            mesh=max(72 // sites, 6),
            frequencies_ev=np.linspace(0.05, 2.45, 25),
        )
        run = design(
            goal, space, starts=count, seed=seed, device=device, schedule=_texture_schedule()
        )
        current = sunlight_current(
            run.model, kernel=kernel, broadening_ev=0.1, mesh=max(144 // sites, 12)
        )
        spins = spins_of(space, run.raw)
        return np.column_stack([current.cpu().numpy(), spins.reshape(count, -1)])

    return work


def texture_row(kernel: str, sites: int, rows: np.ndarray) -> dict[str, Any]:
    """Return the textures of `texture_designs` by name, the largest current first."""
    spins = rows[:, 1:].reshape(len(rows), sites, 3)
    order = np.argsort(-rows[:, 0])
    return {
        "kernel": kernel,
        "sites": sites,
        "currents": rows[order, 0].tolist(),
        "kinds": [texture_kind(spins[n]) for n in order],
        "best_spins": np.round(spins[order[0]], 4).tolist(),
    }


def texture_kind(spins: np.ndarray, tolerance: float = 0.03) -> list[Any]:
    """Return the name of a texture: ["cone of 3", height], or ["irregular", None].

    On a cone of p sites, S_i . S_(i+n) is the same for all i and repeats after n = p.

    Parameters
    ----------
    spins
        Shape (site, 3), unit vectors.
    tolerance
        How much the products S_i . S_j may differ.
    """
    sites = len(spins)
    overlap = np.array(
        [[spins[i] @ spins[(i + n) % sites] for n in range(sites)] for i in range(sites)]
    )
    if np.ptp(overlap, axis=0).max() > tolerance:
        return ["irregular", None]
    mean = overlap.mean(0)
    period = next(
        p
        for p in range(1, sites + 1)
        if sites % p == 0 and (p == sites or abs(mean[p] - 1) < tolerance)
    )
    axis = spins.mean(0)
    return [f"cone of {period}", float(np.linalg.norm(axis))]
