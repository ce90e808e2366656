"""Full-scale runs in chunks that are stored as they are done: interrupted, a run goes on later."""

import json
import math
import os
import sys
from dataclasses import asdict

import numpy as np


def run_chunks(out, name, count, size, work, settings, seed, stream):
    """Run `work` on the chunks that are not stored yet; show progress; return all in order.

    Parameters
    ----------
    out : folder; each chunk is a file NAME-NUMBER.npz there, written all at once
    count, size : number of samples and how many make a chunk
    work : function of the chunk's seeds (a list of ints), giving an array with one row a sample
    settings : dataclass; chunks that were made with other settings or another seed are made again
    seed, stream : the seeds of chunk n follow from (seed, stream, n) alone
    """
    stamp = json.dumps([asdict(settings), seed], sort_keys=True)
    number = math.ceil(count / size)
    parts = []
    for chunk in range(number):
        path = out / f"{name}-{chunk:05d}.npz"
        values = _stored(path, stamp)
        if values is None:
            amount = min(size, count - chunk * size)
            values = work(seeds_of(seed, stream, chunk, amount))
            partial = path.with_suffix(".part.npz")
            np.savez(partial, values=values, stamp=stamp)
            os.replace(partial, path)
        parts.append(values)
        print(f"\r{name}: {chunk + 1} of {number} chunks", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return np.concatenate(parts)


def kept(out, name, stamp, work, tell=lambda row: "done"):
    """The row NAME.json of a run, computed by `work()` where it is not stored with this stamp.

    Parameters
    ----------
    out : folder; stamp : JSON values, the settings and the seed that the row follows from
    work : function without arguments that returns JSON values
    tell : function of the row, giving what the line of progress says of it
    """
    path = out / f"{name}.json"
    stamp = json.loads(json.dumps(stamp))
    try:
        stored = json.loads(path.read_text())
        if stored["stamp"] == stamp:
            return stored["row"]
    except (OSError, ValueError, KeyError, TypeError):
        pass
    row = work()
    write(path, json.dumps({"stamp": stamp, "row": row}).encode())
    print(f"{name}: {tell(row)}", file=sys.stderr, flush=True)
    return row


def seeds_of(seed, stream, chunk, amount):
    """The seeds of the samples of one chunk."""
    state = np.random.SeedSequence([seed, stream, chunk]).generate_state(amount, np.uint64)
    return [int(s) for s in state]


def write(path, data):
    """Write bytes so that a reader never sees a half of them."""
    partial = path.with_suffix(".part")
    partial.write_bytes(data)
    os.replace(partial, path)


def gpu():
    """The torch device of a gpu tier, said on the way."""
    import torch

    device = "cuda" if torch.cuda.is_available() else "cpu"
    name = torch.cuda.get_device_name() if device == "cuda" else "no GPU seen, the CPU"
    print(f"computing on: {name}", file=sys.stderr)
    return device


def _stored(path, stamp):
    try:
        with np.load(path, allow_pickle=False) as found:
            return found["values"] if str(found["stamp"]) == stamp else None
    except (OSError, ValueError, KeyError, EOFError):
        return None
