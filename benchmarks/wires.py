"""Wires with antidots and with disorder: our two engines beside Kwant, one thread, one run.

    python benchmarks/wires.py            on one core
    python benchmarks/wires.py --gpu      on a GPU (--torch: the same lines on the CPU)

Both get the same wires (those of `to_kwant`), energy and fields. Kwant is asked in its own way,
one `smatrix` a wire and field, and again with the leads' modes calculated before the clock starts.
What each of ours counts is said in its line.
"""

from timing import gpu_name, one_thread, power, seconds

one_thread()

import sys

import kwant
import numpy as np

from qmlcourse.course.doctor import kwant_solver
from qmlcourse.transport import AntidotWire, DisorderedWire
from qmlcourse.transport.leads import lead

LENGTH, WIDTH, ENERGY, FLUX = 60, 40, -3.2, 0.001
ASKED = 12  # wires that Kwant is timed on, its loop is linear


def arrangements(count, antidots=3, radius=4.0, length=LENGTH, width=WIDTH):
    rng = np.random.default_rng(1)
    room = radius + 1
    x = rng.uniform(room, length - 1 - room, (count, antidots))
    y = rng.uniform(room, width - 1 - room, (count, antidots))
    return np.stack([x, y, np.full_like(x, radius)], axis=-1)


def kwant_points(systems, energy, flux):
    """(seconds a point, with leads prepared, conductances)."""
    params = {"flux": flux}
    g = []

    def plain():
        g[:] = [kwant.smatrix(s, energy, params=params).transmission(1, 0) for s in systems]

    each = seconds(plain) / len(systems)
    ready = [s.precalculate(energy, what="modes", params=params) for s in systems]
    kept = seconds(lambda: [kwant.smatrix(s, energy, params=params) for s in ready])
    return each, kept / len(systems), np.array(g)


def defect_engine():
    print(f"\nDefect engine, {LENGTH} x {WIDTH}, three antidots of radius 4, 1000 wires at a field")
    antidots = arrangements(1000)
    wire = AntidotWire(LENGTH, WIDTH)
    setup = seconds(lambda: wire.prepare(ENERGY, FLUX), 1, lead.cache_clear)
    mine = seconds(lambda: wire.conductance(ENERGY, FLUX, antidots), 3) / len(antidots)
    systems = [wire.to_kwant(one) for one in antidots[:ASKED]]
    theirs, kept, reference = kwant_points(systems, ENERGY, FLUX)
    spread = mine + setup / len(antidots)
    difference = np.abs(wire.conductance(ENERGY, FLUX, antidots[:ASKED]) - reference).max()
    print(f"  set-up of a field {1e3 * setup:.1f} ms, {wire.memory(ENERGY, 1) / 2**20:.1f} MiB")
    print(
        f"  ours {1e3 * mine:.3f} ms a point; Kwant {1e3 * theirs:.1f} ms, ratio "
        f"{theirs / mine:.0f}; leads kept {1e3 * kept:.1f} ms, {kept / mine:.0f}"
    )
    print(
        f"  set-up spread over 1000 wires: ratio {theirs / spread:.0f}, with Kwant's leads"
        f" prepared {kept / spread:.0f}; largest difference {difference:.1e}"
    )


def sweep_engine():
    print(
        f"\nSweep engine, {LENGTH} x {WIDTH}, disorder on every site, leads counted on both sides"
    )
    wire = DisorderedWire(LENGTH, WIDTH)
    for samples, fields in ((4, 8), (32, 8)):
        on_site = wire.potential(1.0, range(samples))
        flux = FLUX + 1e-4 * np.arange(fields)
        work = samples * fields

        def curves(potential=on_site, fields=flux):
            return wire.conductance(ENERGY, fields, potential)

        mine = seconds(curves, 3, lead.cache_clear) / work
        bare = seconds(curves, 3) / work
        systems = [wire.to_kwant(one) for one in on_site[:4]]
        theirs, kept, reference = kwant_points(systems, ENERGY, FLUX)
        difference = np.abs(wire.conductance(ENERGY, FLUX, on_site[:4]) - reference).max()
        print(
            f"  {samples} wires x {fields} fields: ours {1e3 * mine:.2f} ms a point, Kwant "
            f"{1e3 * theirs:.1f} ms, ratio {theirs / mine:.1f}; without leads "
            f"{1e3 * bare:.2f} and {1e3 * kept:.1f} ms, ratio {kept / bare:.1f}; largest "
            f"difference {difference:.1e}"
        )
    density = seconds(lambda: wire.density(ENERGY, flux, on_site[:4]), 3) / (4 * fields)
    print(f"  density at all sites {1e3 * density:.2f} ms a point")


def cost_laws():
    print("\nCost laws of our engines (ms a point; set-up of a field in brackets)")
    flux = [FLUX]
    for name, values in (
        ("length", (40, 80, 160)),
        ("width", (20, 40, 80)),
        ("antidots", (1, 3, 9)),
    ):
        rows = []
        for value in values:
            size = {"length": 60, "width": 40, "antidots": 3} | {name: value}
            wire = AntidotWire(size["length"], size["width"])
            setup = seconds(lambda w=wire: w.prepare(ENERGY, flux), 1, lead.cache_clear)
            wires = arrangements(200, size["antidots"], 4.0, size["length"], size["width"])
            point = seconds(lambda w=wire, a=wires: w.conductance(ENERGY, flux, a), 3) / len(wires)
            rows.append((value, point, setup))
        shown = ", ".join(f"{v}: {1e3 * p:.3f} ({1e3 * s:.0f})" for v, p, s in rows)
        sizes, points, setups = zip(*rows, strict=True)
        print(
            f"  antidots, {name}: {shown}; power {power(sizes, points):.1f} "
            f"({power(sizes, setups):.1f})"
        )
    for name, values in (("length", (30, 60, 120)), ("width", (20, 40, 80))):
        points = []
        for value in values:
            size = {"length": 60, "width": 40} | {name: value}
            wire = DisorderedWire(size["length"], size["width"])
            on_site = wire.potential(1.0, range(16))
            points.append(seconds(lambda w=wire, v=on_site: w.conductance(ENERGY, FLUX, v), 2) / 16)
        shown = ", ".join(f"{v}: {1e3 * p:.2f}" for v, p in zip(values, points, strict=True))
        print(f"  disorder, {name}: {shown}; power {power(values, points):.1f}")


def fingerprint():
    print("\nWhole fingerprints of one wire, 60 x 22, six antidots of radius 2.5, E = -2.6")
    wire, energy = AntidotWire(60, 22), -2.6
    flux = np.linspace(0, 20, 64) / (60 * 22)
    setup = seconds(lambda: wire.prepare(energy, flux), 1, lead.cache_clear)
    one = arrangements(1, 6, 2.5, 60, 22)
    curve = seconds(lambda: wire.conductance(energy, flux, one), 5)
    density = seconds(lambda: wire.density(energy, flux[10], one), 5)
    print(
        f"  64 fields {1e3 * curve:.1f} ms, one density {1e3 * density:.1f} ms; set-up "
        f"{setup:.2f} s, {wire.memory(energy, 64) / 2**20:.0f} MiB"
    )


def on_gpu(device):
    """Points a second of both engines on a GPU, beside one Kwant core on the same work."""
    import torch

    print(f"\nOn {gpu_name() if device != 'cpu' else 'the CPU, through torch'}")
    many = 20_000 if device != "cpu" else 200
    antidots = torch.as_tensor(arrangements(many), device=device)
    wire = AntidotWire(LENGTH, WIDTH)
    disordered = DisorderedWire(LENGTH, WIDTH)
    on_site = torch.as_tensor(disordered.potential(1.0, range(many // 5)), device=device)
    rim = wire.rim_sites(antidots[:200]).mean()
    works = (
        ("antidots", wire, wire.to_kwant(arrangements(1)[0]), antidots, 8 / 3 * rim**3),
        (
            "disorder",
            disordered,
            disordered.to_kwant(on_site[0]),
            on_site,
            8 * LENGTH * WIDTH**3,
        ),
    )
    for name, engine, system, inputs, operations in works:
        each, _, _ = kwant_points([system] * 4, ENERGY, FLUX)

        def work(engine=engine, inputs=inputs):
            engine.conductance(ENERGY, FLUX, inputs)
            if device != "cpu":
                torch.cuda.synchronize()

        work()
        rate = len(inputs) / seconds(work, 3)
        print(
            f"  {name}: {rate:,.0f} points a second, {rate * each:,.0f} times one Kwant core,"
            f" {rate * operations / 1e12:.3f} Tflop/s in the matrices (FP64)"
        )


def main():
    if "--gpu" in sys.argv or "--torch" in sys.argv:
        return on_gpu("cuda" if "--gpu" in sys.argv else "cpu")
    print(f"Kwant {kwant.__version__} with {kwant_solver()}, one thread, E = {ENERGY}, flux {FLUX}")
    defect_engine()
    sweep_engine()
    fingerprint()
    cost_laws()


if __name__ == "__main__":
    main()
