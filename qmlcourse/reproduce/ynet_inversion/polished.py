"""How many held-out wires the physics puts exactly right, from the network's guess."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from ...ynet.measures import position_error
from ...ynet.polish import MATCH
from ...ynet.reader import Reader
from ...ynet.wires import Samples
from ..runner import Run
from .readers import finished_reader
from .wire_sets import WireSets


def polish_row(run: Run, sets: WireSets) -> dict[str, dict[str, Any]]:
    """Return the share of exact sets of removed sites, and places before and after."""
    rows = {}
    for kind, count in (("one", run.sizes.polish_one), ("two", run.sizes.polish_two)):
        reader = finished_reader(run, sets, kind)
        _, _, held = sets.split(kind)
        found = [
            run.row(f"polish-{kind}-{number}", partial(_polished, reader, held, number))
            for number in range(count)
        ]
        rows[kind] = {
            "wires": count,
            "exact": float(np.mean([f["exact"] for f in found])),
            "fits": float(np.mean([f["misfit"] < MATCH for f in found])),
            "before": float(np.median([e for f in found for e in f["before"]])),
            "after": float(np.median([e for f in found for e in f["after"]])),
            "tried": float(np.mean([f["tried"] for f in found])),
        }
    return rows


def _polished(reader: Reader, held: Samples, number: int) -> dict[str, Any]:
    """One held-out wire: whether its removed sites are met, and the errors in sites."""
    true, trace = held.antidots[number : number + 1], held.trace[number].numpy()
    guess = reader.decode(trace)
    found = reader.polish(trace, guess, starts=8 * true.shape[1])
    ours, theirs = (reader.recipe.removed(a) for a in (found.antidots[None], true))
    return {
        "exact": bool((ours == theirs).all()),
        "misfit": found.misfit,
        "before": position_error(guess.antidots[None], true)[0].tolist(),
        "after": position_error(found.antidots[None], true)[0].tolist(),
        "tried": found.tried,
    }
