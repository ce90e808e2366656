"""The limits of what `self_energy` takes: the last possible value, and the first beyond it."""

import numpy as np
import pytest
from limits import check_limits

from qmlcourse.self_energy import (
    BCS,
    Curves,
    DegenerateTruth,
    Eliashberg,
    Grid,
    HiddenFermion,
    SelfEnergyFit,
    ensemble,
    gap_budget,
    kramers_kronig,
    measured_curves,
    nodes,
    read_curves,
    spectral_function,
    window,
)
from qmlcourse.self_energy.kramers_kronig import transform_matrix

WINDOW = window(-0.1, 0.02)
FLAT = np.full(len(WINDOW), 100.0)


def curves(energies=WINDOW, counts=None, **options):
    return Curves(energies, np.full(len(energies), 9.0) if counts is None else counts, **options)


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    """A writer of CSV files: energies in eV, one column of counts."""
    path = tmp_path_factory.mktemp("files") / "curve.csv"

    def written(energies, head="energy (eV),counts", **options):
        lines = [head, *(f"{w:.6f},{100 + n}" for n, w in enumerate(energies))]
        path.write_text("\n".join(lines))
        return read_curves(path, **{"temperature": 12, "resolution": 0.01} | options)

    return written


LIMITS = {
    "coupling": (lambda v: Eliashberg(coupling=v), [1e-9], [0, -1]),
    "boson": (lambda v: Eliashberg(boson=v), [1e-9, 0.12], [0, -1, 0.1201]),
    "boson's width": (lambda v: Eliashberg(width=v), [1e-9], [0]),
    "ansatz": (lambda name: ensemble(curves(), [name], steps=0, seed=[0]), ["grid"], ["net"]),
    "starts": (lambda s: SelfEnergyFit(curves(), Grid(), seed=s), [[0], range(2)], [0, [], 3]),
    "points": (
        lambda n: SelfEnergyFit(curves(counts=np.full(len(WINDOW), n)), Grid(), seed=[0]),
        [4.0],
        [3.9],
    ),
    "reach of the nodes": (
        lambda edge: SelfEnergyFit(curves(), Grid(nodes(31, edge)), seed=[0]),
        [0.1, 1],
        [0.0999],
    ),
    "nodes": (nodes, [5, 7.0, 181], [3, 4, 6, 5.5, -5]),
    "edge": (lambda v: nodes(5, v), [1e-3], [0, -1]),
    "stretch": (lambda v: nodes(5, 1, v), [1e-3, 0.5], [0, -1]),
    "rising nodes": (
        lambda at: transform_matrix(at, [0.1]),
        [[0, 1, 2]],
        [[0, 1], [0, 1, 1], [2, 1, 0], [[0, 1, 2]]],
    ),
    "broadening": (lambda b: transform_matrix([0, 1, 2], [0.1], b), [0, 1e-3], [-1e-9]),
    "values": (lambda n: kramers_kronig(np.zeros(n), [0, 1, 2], [0.1]), [3], [2, 4]),
    "counts at the peak": (
        lambda n: measured_curves(HiddenFermion(), counts=n, energies=WINDOW),
        [1e-3, np.inf],
        [0, -1],
    ),
    "energies": (
        curves,
        [np.arange(20), WINDOW],
        [np.arange(19), np.arange(20)[::-1], np.zeros(20), np.arange(20) ** 1.01, np.eye(20)],
    ),
    "shape of counts": (
        lambda shape: curves(counts=np.ones(shape), bands=[0.0, 0.1]),
        [(2, len(WINDOW))],
        [(1, len(WINDOW)), (2, len(WINDOW) - 1), (len(WINDOW),)],
    ),
    "counts": (lambda n: curves(counts=FLAT * n), [0, 1], [-1e-6, np.nan, np.inf]),
    "temperature": (lambda t: curves(temperature=t), [1e-3], [0, -1]),
    "resolution": (lambda r: curves(resolution=r), [1e-3], [0, -1]),
    "width of a spectrum": (
        lambda b: spectral_function(HiddenFermion().components(WINDOW), 0.0, b),
        [0, 1e-3],
        [-1e-9],
    ),
    "window": (
        lambda ends: gap_budget(np.arange(-3, 4), np.arange(-3, 4), *ends),
        [(0, 1), (0.5, np.inf)],
        [(-0.1, 1), (1, 1), (2, 1)],
    ),
    "saturation": (lambda s: HiddenFermion(saturation=s), [0, 1], [-0.001, 1.001]),
    "pole's width": (lambda w: HiddenFermion(width=w), [0, 0.01], [-1e-9]),
    "background": (lambda b: HiddenFermion(background=b), [0, 2], [-1e-9]),
    "fermion's broadening": (lambda b: HiddenFermion(broadening=b), [0, 2], [-1e-9]),
    "mode": (
        lambda both: HiddenFermion(energy=both[0], pairing=both[1]),
        [(0, 0.01), (0.01, 0), (-0.01, 0)],
        [(0, 0)],
    ),
    "sharp pole": (
        lambda b: HiddenFermion(width=0, broadening=b).self_energies(WINDOW),
        [1e-3],
        [0],
    ),
    "scale": (lambda s: DegenerateTruth(BCS(), s), [-1, 0, 1], [-1.001, 1.001]),
}


@pytest.mark.parametrize("name", LIMITS)
def test_the_last_possible_value_is_taken_and_the_next_refused(name):
    check_limits(*LIMITS[name])


def test_files_are_taken_up_to_their_limits(file):
    """A window around the Fermi energy, at most 20 eV wide, with 21 lines of even energies."""
    rise = np.linspace(0, 1, 20)
    check_limits(lambda n: file(WINDOW[-n:] - 0.01), [20, 21], [19])
    check_limits(
        lambda ends: file(ends[0] + (ends[1] - ends[0]) * np.linspace(0, 1, 30)),
        [(-0.2, 0.1), (-0.2, -0.049), (-1e-4, 0.1), (-19.9, 0.1)],
        [(-0.2, -0.05), (-0.2, -0.06), (0, 0.1), (0.01, 0.1), (-20, 0.01)],
    )
    check_limits(file, [rise - 0.9], [np.append(rise - 0.9, 0.1)])
    check_limits(
        lambda unit: file(WINDOW, "energy,counts", unit=unit),
        ["eV", "meV", "EV"],
        [None, "", "J"],
    )
    check_limits(lambda t: file(WINDOW, temperature=t), [12], [None])
    check_limits(lambda r: file(WINDOW, resolution=r), [0.01], [None])
    check_limits(lambda head: file(WINDOW, head), ["w eV,n", "w meV,n@0.1"], ["w,n"])


def test_units_of_a_file_scale_its_energies(file):
    assert file(1e3 * WINDOW, "w meV,n").energies == pytest.approx(WINDOW)
    assert file(WINDOW, "w meV,n", unit="eV").energies == pytest.approx(WINDOW)
    found = file(WINDOW, "w eV,n@-0.25")
    assert found.bands == pytest.approx([-0.25])
    assert file(WINDOW[::-1]).counts[0] == pytest.approx(100 + np.arange(len(WINDOW))[::-1])
