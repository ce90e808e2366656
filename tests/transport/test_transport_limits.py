"""The limits of what the functions of `transport` take: the last possible value, the first beyond.

The limits are those of physics (the band of a lattice, rates and temperatures that are not
negative) or of what a result needs (two samples for an error bar, 16 points for a curve).
"""

import numpy as np
import pytest
from limits import check_limits

from qmlcourse.transport import (
    ABRing,
    AntidotWire,
    ChainRing,
    DisorderedWire,
    FluxReader,
    MeasuredCurve,
    arrays,
    coherent_area,
    conductance_correlation,
    conductance_distribution,
    conductance_variance,
    correlation_energy,
    dip_half_width,
    ensemble_harmonics,
    estimate_period,
    oscillation_spectrum,
    read_curve,
    self_averaging,
    self_averaging_exponent,
    symmetry_crossover,
    thermal_average,
    thermal_fluctuations,
    weak_localization,
    wire_like_curve,
)
from qmlcourse.transport.measured.background import detrend
from qmlcourse.transport.randomness import generators

RNG = np.random.default_rng(0)
NOISE = RNG.normal(1, 0.1, (6, 40))


def curve(points=40):
    field = np.linspace(0, 1, points)
    return MeasuredCurve(field, 1 + 0.1 * np.cos(40 * field) + 0.01 * field, "T")


def text(points, different=None):
    field = np.arange(points) if different is None else np.arange(points) % different
    return "\n".join(f"{b},{1 + (b % 5)}" for b in field)


def ring(outer=6, inner=3, width=2, **options):
    return ABRing(outer, inner, width, **options)


def resample(count):
    return conductance_variance(NOISE, resamples=count)


NUMBERS = {
    "energy": (arrays.energies_in_band, [3.9999, -3.9999, [0, 1]], [4, -4, [0, 4.0], [[0.0]]]),
    "number": (
        lambda v: arrays.one_number("x", v),
        [1, [1.0], [[2]]],
        [[1, 2], 1j, np.nan, np.inf, "a", []],
    ),
    "seed": (generators, [0, [0], [3, 0]], [-1, [], [1, -1], 1.5, [0.5]]),
    "curve": (lambda n: detrend(curve(n)), [16], [15]),
    "degree": (lambda n: detrend(curve(), background=n), [0, 9], [-1, 10, 2.5]),
    "low pass": (
        lambda w: detrend(curve(), low_pass=w),
        [2 / 39, 2.0001 / 39, 1.0],
        [1.999 / 39, 1.001],
    ),
    "wire's width": (lambda w: coherent_area(curve(), width=w), [1e-9], [0, -1e-9]),
    "points": (lambda n: wire_like_curve(0, points=n, quanta=4), [16], [15]),
    "quanta": (lambda q: wire_like_curve(0, points=16, quanta=q), [0.1], [0, -1]),
    "noise": (lambda s: wire_like_curve(0, points=16, noise=s), [0], [-0.001]),
    "period's degree": (lambda n: estimate_period(curve(), background=n), [0, 9], [-1, 10]),
    "bytes": (lambda n: read_curve(text(16), max_bytes=n), [len(text(16))], [len(text(16)) - 1]),
    "lines": (lambda n: read_curve(text(n)), [16], [15]),
    "fields": (lambda n: read_curve(text(40, n)), [16], [15, 1]),
    "resistance": (
        lambda r: read_curve("B,R\n" + text(20).replace(",3", f",{r}")),
        [0.001, -1],
        [0],
    ),
    "inner radius": (lambda r: ring(inner=r), [0.5, 3, 4.5], [0, -1, 6, 7]),
    "lead": (lambda n: ring(width=n), [1, 2, 5], [0, 1.5, 14]),
    "lead's offset": (lambda n: ring(lead_offset=n), [0, 2, -2], [0.5, 7, -8]),
    "dephasing": (lambda rate: ring().conductance(-1, dephasing=rate), [0, 0.1], [-0.001]),
    "ring's disorder": (lambda w: ring(disorder=w, seed=0), [0, 1], [-0.001]),
    "potential": (
        lambda extra: ring(on_site=np.zeros((*extra[1:], len(ring().sites) + extra[0]))),
        [[0], [0, 1], [0, 3]],
        [[1], [-1], [0, 0], [0, 1, 1]],
    ),
    "arms": (lambda n: ChainRing(n, 1), [1, 2], [0, 1.5]),
    "chain's energy": (ChainRing(2, 3).conductance, [1.999, -1.999], [2, -2]),
    "ridge": (FluxReader, [1e-9], [0, -1]),
    "pictures": (
        lambda n: FluxReader().fit(RNG.random((n, 3)), np.linspace(0, 0.5, n)),
        [2, 3],
        [1],
    ),
    "picture": (
        lambda shape: FluxReader().fit(RNG.random(shape), [0, 0.5]),
        [(2, 1), (2, 3, 4)],
        [(2,), (3, 2)],
    ),
    "temperature": (lambda t: thermal_average([0, 1.0], [0, 1.0], t), [0, 0.5], [-0.001]),
    "Fermi energy": (
        lambda mu: thermal_average([0, 1.0], [0, 1.0], 0, fermi_energy=mu),
        [0, 1],
        [-0.001, 1.001],
    ),
    "energies": (lambda e: thermal_average(e, [0, 1.0], 0.5), [[0, 0.1]], [[0, 0], [1, 0]]),
    "even energies": (
        lambda e: correlation_energy(e, np.resize([1.0, -1], len(e))),
        [np.arange(5), np.arange(9)],
        [np.arange(4), np.arange(6) ** 1.1],
    ),
    "harmonics": (
        lambda n: ensemble_harmonics(np.arange(40) / 20, NOISE[:n], orders=(1,)),
        [2],
        [1],
    ),
    "resamples": (resample, [2], [1]),
    "samples": (lambda n: conductance_variance(NOISE[:n]), [2], [1]),
    "conductance": (conductance_variance, [NOISE, NOISE[0]], [NOISE[None], NOISE[:, :0]]),
    "fluxes": (
        lambda n: conductance_correlation(np.arange(n), NOISE[:, :n]),
        [40, 8],
        [7],
    ),
    "even fluxes": (
        lambda f: conductance_correlation(f, NOISE),
        [np.arange(40)],
        [np.arange(40)[::-1], np.zeros(40), np.arange(40) ** 1.01],
    ),
    "shape": (conductance_distribution, [NOISE], [np.ones((3, 4))]),
    "warm samples": (
        lambda g: thermal_fluctuations(np.arange(3), g, [0.5]),
        [NOISE[:, :36].reshape(6, 3, 12), NOISE[:2, :36].reshape(2, 3, 12)],
        [NOISE[:1, :36].reshape(1, 3, 12), NOISE[:, :3]],
    ),
    "pieces": (lambda n: self_averaging(NOISE, [n]), [1, 3], [0, 4, -1]),
    "more pieces": (
        lambda n: self_averaging_exponent(RNG.normal(1, 0.1, 32), n),
        [[1, 2], [1, 4]],
        [[1, 1], [2], [1, 5]],
    ),
    "conducting pieces": (
        lambda g: self_averaging(np.append(NOISE.ravel(), g), [1]),
        [1e-3],
        [0, -1],
    ),
    "strong": (
        lambda b: weak_localization([0, 1, 2], NOISE[:, :3], b),
        [2, 1, 0.5],
        [0, -1, 2.001],
    ),
    "zero field": (
        lambda f: symmetry_crossover(f, NOISE[:, :3]),
        [[0, 1, 2], [-1, 0, 1]],
        [[1, 2, 3], [0, 0, 1]],
    ),
    "dip": (
        lambda g: dip_half_width([0, 1, 2], np.add(NOISE[:, :3] / 100, g), 2),
        [[0, 1, 2]],
        [[2, 1, 0]],
    ),
    "spectrum": (lambda n: oscillation_spectrum(np.arange(n), np.arange(n)), [4], [3]),
    "spectrum's fluxes": (
        lambda f: oscillation_spectrum(f, np.ones(len(f))),
        [np.arange(5) / 3],
        [np.arange(5)[::-1], np.zeros(5), np.arange(5) ** 1.01],
    ),
    "order": (
        oscillation_spectrum(np.arange(8) / 4, np.ones(8)).coefficient,
        [0, 0.25, 2, 2.25],
        [2.26, 3],
    ),
    "antidot": (
        lambda one: AntidotWire(8, 6).mask([one]),
        [(3, 3, 0), (-1.5, 2, 1), (8.5, 2, 1), (3, -1.5, 1), (3, 6.5, 1)],
        [(3, 3, -0.1), (-1.51, 2, 1), (8.51, 2, 1), (3, -1.51, 1), (3, 6.51, 1)],
    ),
    "antidots": (
        lambda shape: AntidotWire(8, 6).mask(np.ones(shape)),
        [(1, 3), (2, 1, 3), (0, 3)],
        [(1, 4), (2, 2), (1, 1, 1, 3)],
    ),
    "removed site": (
        lambda site: AntidotWire(8, 6, [site]),
        [(0, 0), (7, 5)],
        [(-1, 0), (0, -1), (8, 0), (0, 6), (1.5, 1)],
    ),
    "notch": (
        lambda shape: AntidotWire(8, 6, np.zeros(shape, bool)),
        [(8, 6)],
        [(8, 5), (6, 8), (8,)],
    ),
    "disorder": (lambda w: DisorderedWire(4, 3).potential(w, 0), [0], [-0.001]),
    "length": (lambda n: DisorderedWire(n, 3), [1], [0, 1.5, -2]),
    "width": (lambda n: DisorderedWire(3, n), [1], [0, 1.5, -2]),
    "wire's potential": (
        lambda shape: DisorderedWire(4, 3).conductance(-1, 0, np.zeros(shape)),
        [(4, 3), (1, 4, 3)],
        [(3, 4), (4,), (0, 4, 3), (1, 1, 4, 3)],
    ),
    "one Kwant wire": (
        lambda count: DisorderedWire(4, 3).to_kwant(np.zeros((count, 4, 3))),
        [1],
        [2],
    ),
}


@pytest.mark.parametrize("name", NUMBERS)
def test_the_last_possible_value_is_taken_and_the_next_refused(name):
    check_limits(*NUMBERS[name])
