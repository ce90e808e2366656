"""One way to run a chapter at full scale: a tier, a folder, rows and chunks that are stored.

A chapter's room exports

- ``TIERS``, a dict from tier to a frozen dataclass of sizes;
- ``compute(run)``, which returns the result as JSON values;
- ``report(result)``, the paper's numbers beside ours, as text;
- where it makes networks, ``train(run, name)``, which returns the path of the weights.

What is finished is stored at once with a stamp of all that it follows from. Interrupted and started
again, a run goes on; what was made from other sizes or another seed is made again.
"""

from __future__ import annotations

import importlib
import json
import math
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from ..storage.atomic import replacing_file, write_bytes


@dataclass(frozen=True)
class Run:
    """A full-scale run under way.

    Attributes
    ----------
    chapter : str
        Name of the chapter, such as ``"ab_oscillations"``.
    tier : str
        ``"laptop"`` or ``"gpu"``.
    sizes : dataclass
        The sizes of this tier.
    seed : int
        All random numbers of the run follow from it.
    out : pathlib.Path
        Folder of everything that the run stores.
    device : str
        ``"cpu"``, or ``"cuda"`` where the tier is ``gpu`` and torch sees one.
    """

    chapter: str
    tier: str
    sizes: Any
    seed: int
    out: Path
    device: str = "cpu"

    def header(self) -> dict[str, Any]:
        """Return what every result begins with: tier, seed and sizes."""
        return {"tier": self.tier, "seed": self.seed, "settings": asdict(self.sizes)}

    def row(
        self,
        name: str,
        work: Callable[[], Any],
        follows_from: Any = None,
        tell: Callable[[Any], str] = lambda row: "done",
    ) -> Any:
        """Return a row of the result, computed where it is not stored yet.

        Parameters
        ----------
        name
            Name of the row; it is stored as ``NAME.json``.
        work
            Computes the row, as JSON values.
        follows_from
            JSON values that determine the row besides the seed; default all sizes of the tier.
        tell
            What the line of progress says of the row.
        """
        path = self.out / f"{_file_name(name)}.json"
        given = asdict(self.sizes) if follows_from is None else follows_from
        stamp = json.loads(json.dumps([given, self.seed]))
        try:
            stored = json.loads(path.read_text())
            if stored["stamp"] == stamp:
                return stored["row"]
        except (OSError, ValueError, KeyError, TypeError):
            pass
        row = work()
        write_bytes(path, json.dumps({"stamp": stamp, "row": row}).encode())
        print(f"{name}: {tell(row)}", file=sys.stderr, flush=True)
        return row

    def chunks(
        self,
        name: str,
        count: int,
        size: int,
        work: Callable[[list[int]], np.ndarray],
        stream: int,
    ) -> np.ndarray:
        """Return `work` of all samples, in order; chunks that are stored are not made again.

        Parameters
        ----------
        name
            Name of the chunks; each is a file ``NAME-NUMBER.npz``.
        count, size
            Number of samples, and how many make a chunk.
        work
            Function of a chunk's seeds, giving an array with one row a sample.
        stream
            The seeds of chunk n follow from (seed, stream, n) alone.

        Returns
        -------
        numpy.ndarray
            Shape (count, ...).
        """
        stamp = json.dumps([asdict(self.sizes), self.seed], sort_keys=True)
        number = math.ceil(count / size)
        parts = []
        for chunk in range(number):
            path = self.out / f"{name}-{chunk:05d}.npz"
            values = _stored_chunk(path, stamp)
            if values is None:
                amount = min(size, count - chunk * size)
                values = work(chunk_seeds(self.seed, stream, chunk, amount))
                with replacing_file(path) as draft:
                    np.savez(draft, values=values, stamp=stamp)
            parts.append(values)
            print(f"\r{name}: {chunk + 1} of {number} chunks", end="", file=sys.stderr, flush=True)
        print(file=sys.stderr)
        return np.concatenate(parts)


def reproduce(chapter: str, tier: str, out: Path | None = None, seed: int = 0) -> Path:
    """Compute a chapter's result, store it, and print the paper's numbers beside ours.

    Parameters
    ----------
    chapter
        Name of the chapter, such as ``"ab_oscillations"``.
    tier
        ``"laptop"`` or ``"gpu"``.
    out
        Folder for all that is stored; default ``./reproduce/CHAPTER-TIER``.
    seed
        All random numbers follow from it.

    Returns
    -------
    pathlib.Path
        The file with the result, as JSON.

    Raises
    ------
    ValueError
        For a chapter or a tier that there is not.
    """
    room = _room(chapter)
    run = begin(chapter, tier, out, seed)
    result = room.compute(run)
    path = run.out / f"{chapter}_{tier}.json"
    write_bytes(path, (json.dumps(result, indent=1) + "\n").encode())
    print(room.report(result))
    print(f"stored in {path}")
    return path


def train(chapter: str, name: str, tier: str, out: Path | None = None, seed: int = 0) -> Path:
    """Make the data of a chapter's network and train it, or finish a training.

    Parameters
    ----------
    chapter, tier, seed
        As for :func:`reproduce`.
    name
        The network's name within the chapter, such as ``"small-12"``.
    out
        Folder for data, checkpoints and weights; default ``./train/NAME-TIER``.

    Returns
    -------
    pathlib.Path
        The file of weights.

    Raises
    ------
    ValueError
        For a name or a tier that there is not.
    """
    run = begin(chapter, tier, out or Path(f"train/{name}-{tier}"), seed)
    path = _room(chapter).train(run, name)
    print(f"stored in {path}")
    return path


def begin(chapter: str, tier: str, out: Path | None = None, seed: int = 0) -> Run:
    """Open the folder of a run and choose its device.

    Raises
    ------
    ValueError
        For a chapter or a tier that there is not.
    """
    tiers = _room(chapter).TIERS
    if tier not in tiers:
        raise ValueError(f"there is no tier {tier!r}; take one of {', '.join(tiers)}.")
    folder = Path(out or f"reproduce/{chapter}-{tier}")
    folder.mkdir(parents=True, exist_ok=True)
    return Run(chapter, tier, tiers[tier], seed, folder, _gpu() if tier == "gpu" else "cpu")


def chunk_seeds(seed: int, stream: int, chunk: int, amount: int) -> list[int]:
    """Return the seeds of the samples of one chunk."""
    state = np.random.SeedSequence([seed, stream, chunk]).generate_state(amount, np.uint64)
    return [int(s) for s in state]


def _room(chapter: str) -> ModuleType:
    return importlib.import_module(f"{__package__}.{chapter}")


def _gpu() -> str:
    """Return the torch device of a gpu tier, said on the way."""
    import torch

    device = "cuda" if torch.cuda.is_available() else "cpu"
    name = torch.cuda.get_device_name() if device == "cuda" else "no GPU seen, the CPU"
    print(f"computing on: {name}", file=sys.stderr)
    return device


def _file_name(name: str) -> str:
    return name.replace(", ", "-").replace(" ", "-").replace("/", "_")


def _stored_chunk(path: Path, stamp: str) -> np.ndarray | None:
    try:
        with np.load(path, allow_pickle=False) as found:
            return found["values"] if str(found["stamp"]) == stamp else None
    except (OSError, ValueError, KeyError, EOFError):
        return None
