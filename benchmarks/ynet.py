"""Chapter 4: wires made a second, decoding, training throughput, polishing; Kwant beside it.

    python benchmarks/ynet.py [--gpu]

One thread. Kwant makes the same fingerprints and density (two fields of one wire are timed and
multiplied); training throughput stands beside what this machine reaches in a matrix product.
"""

from timing import one_thread, seconds, timed

one_thread()

import argparse

import kwant
import numpy as np
import torch

from qmlcourse.ynet import (
    RECIPES,
    fingerprints,
    load_ynet,
    new_network,
    plain_fit,
    reading_fit,
    redrawing_fit,
    tuning_fit,
    wires,
)


def best_of(work, repeats=5):
    """Shortest of some runs, in seconds, after one to warm up."""
    work()
    return seconds(work, repeats)


def making(device):
    """Wires a second, ours and Kwant's."""
    from dataclasses import replace

    recipe, rng = replace(wires("one"), device=device), np.random.default_rng(0)
    count = 500 if device == "cpu" else 20_000
    ours = best_of(lambda: recipe.make(rng, count), 2) / count
    antidots = recipe.draw(rng, 1)
    system = recipe.wire.to_kwant(antidots[0])
    flux = recipe.flux[[0, 30]]

    def kwants():
        return [
            kwant.smatrix(system, recipe.energy, params={"flux": f}).transmission(1, 0)
            for f in flux
        ]

    theirs = best_of(kwants, 3) / len(flux) * len(recipe.flux)
    off = np.abs(recipe.wire.conductance(recipe.energy, flux, antidots)[0] - kwants()).max()
    print(
        f"making: {1 / ours:.0f} wires/s with picture; Kwant {1 / theirs:.2f} wires/s without "
        f"({theirs / ours:.0f} times); largest difference {off:.0e} e2/h"
    )


def reading_one():
    """Milliseconds to decode one fingerprint, and to polish it."""
    reader = load_ynet("one")
    samples = fingerprints(20, 1)
    trace = samples.trace[0].numpy()
    print(f"decode: {1e3 * best_of(lambda: reader.decode(trace), 30):.2f} ms a fingerprint")
    spent, exact = timed(lambda: sum(reader.polish(t.numpy()).exact for t in samples.trace))
    each = 1e3 * spent / len(samples)
    print(f"polish: {each:.0f} ms a wire, {exact} of {len(samples)} met exactly")


def training(device):
    """Samples a second in each phase, as a share of the machine's matrix product."""
    size = 1024 if device == "cpu" else 8192
    matrix = torch.randn(size, size, device=device)

    def product():
        (matrix @ matrix).sum().item()

    peak = 2 * size**3 / best_of(product)
    samples = fingerprints(2000, 2)
    samples = type(samples)(
        samples.trace.to(device),
        samples.picture.to(device),
        samples.antidots,
        samples.part,
        samples.recipe,
    )
    net = new_network(samples, "one", 0)
    parts = {n: sum(p.numel() for p in m.parameters()) for n, m in net.named_children()}
    cost = {
        redrawing_fit: parts["encode"] + parts["draw"],
        reading_fit: parts["trace"],
        tuning_fit: parts["trace"] + 1.25 * parts["draw"] + 0.25 * 4 / 3 * parts["encode"],
        plain_fit: parts["trace"] + parts["draw"],
    }
    batch = RECIPES["one"].batch_size
    for phase, weights in cost.items():
        fit = phase(net, samples, "one", 0)
        spent = best_of(fit.advance, 8)
        share = 6 * weights * batch / spent / peak
        print(
            f"{phase.__name__:13s} {batch / spent:8.0f} samples/s, {100 * share:3.0f} % of "
            f"{peak / 1e9:.0f} Gflop/s"
        )


def main():
    """Print all of it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gpu", action="store_true")
    device = "cuda" if parser.parse_args().gpu else "cpu"
    torch.set_num_threads(1)
    making(device)
    reading_one()
    training(device)


if __name__ == "__main__":
    main()
