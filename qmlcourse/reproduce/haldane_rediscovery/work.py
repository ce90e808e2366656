"""The whole computation of chapter 5: about ten minutes on one core for the laptop tier."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from ..runner import Run
from .lattices import (
    beta_row,
    case_name,
    constant_designs,
    honeycomb_designs,
    larger_designs,
    larger_row,
    mesh_row,
    triangular_designs,
    triangular_result,
)
from .light import kernel_rows, texture_designs, texture_row

# the designs of one chunk: function of (number of starts, seed, device)
Designs = Callable[[int, int, str | None], np.ndarray]
TEXTURE_KERNELS = ("velocity", "length")  # with which random textures are designed


def compute(run: Run) -> dict[str, Any]:
    """Return the designs of one tier as JSON values.

    Parameters
    ----------
    run
        The run: its sizes are `DesignSizes`, its chunks are stored in its folder.

    Returns
    -------
    dict
        ``meshes``, ``temperatures``, ``triangular``, ``larger``, ``kernels`` and ``textures``,
        after the header of the run.
    """
    torch.set_num_threads(1)
    sizes = run.sizes
    result = run.header()
    result["meshes"] = [
        mesh_row(
            mesh,
            _stored(run, f"honeycomb-mesh-{mesh}", sizes.starts, honeycomb_designs(mesh), stream),
        )
        for stream, mesh in enumerate(sizes.meshes)
    ]
    result["temperatures"] = [
        beta_row(
            beta,
            _stored(run, f"honeycomb-beta-{beta:g}", sizes.starts, constant_designs(beta), stream),
        )
        for stream, beta in enumerate(sizes.betas, 50)
    ]
    six = triangular_designs(sizes.triangular_mesh)
    result["triangular"] = triangular_result(_stored(run, "triangular", sizes.starts, six, 100))
    result["larger"] = [
        larger_row(
            case,
            _stored(run, case_name(case), sizes.larger_starts, larger_designs(case), stream),
        )
        for stream, case in enumerate(sizes.larger, 150)
    ]
    result["kernels"] = [
        row
        for broadening in sizes.broadenings
        for row in kernel_rows(broadening, sizes.texture_kernels)
    ]
    result["textures"] = [
        texture_row(
            kernel,
            sites,
            _stored(
                run,
                f"texture-{kernel}-{sites}",
                sizes.texture_starts,
                texture_designs(kernel, sites),
                200 + 10 * k + n,
            ),
        )
        for k, kernel in enumerate(TEXTURE_KERNELS)
        for n, sites in enumerate(sizes.texture_sites)
    ]
    return result


def _stored(run: Run, name: str, count: int, designs: Designs, stream: int) -> np.ndarray:
    """Return the rows of `count` designs, chunk by chunk; a chunk follows from its first seed."""

    def one(seeds: list[int]) -> np.ndarray:
        return designs(len(seeds), seeds[0] % 2**32, run.device)

    return run.chunks(name, count, run.sizes.chunk, one, stream)
