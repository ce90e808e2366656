"""The stored result of chapter 2: a part of it made again, and what it claims."""

import io
import json
from dataclasses import replace

import numpy as np
import pytest

from qmlcourse.reproduce import runner
from qmlcourse.reproduce.runner import chunk_seeds
from qmlcourse.reproduce.ucf_fingerprints import TIERS, work
from qmlcourse.reproduce.ucf_fingerprints.sizes import LengthScan, WireSizes
from qmlcourse.storage import shipped
from qmlcourse.transport.wires import warm_wires

STORED = shipped.load_json("ucf_fingerprints_laptop")


def stored_sizes():
    values = json.loads(json.dumps(STORED["settings"]), object_hook=None)
    scans = tuple(
        LengthScan(**{k: tuple(v) if isinstance(v, list) else v for k, v in scan.items()})
        for scan in values.pop("scans")
    )
    rest = {k: tuple(v) if isinstance(v, list) else v for k, v in values.items()}
    rest["correlation_wires"] = tuple(map(tuple, rest["correlation_wires"]))
    return WireSizes(scans=scans, **rest)


@pytest.mark.parametrize(("scan", "number"), [(0, 0), (0, 4), (1, 0), (1, 2)])
def test_the_first_stored_wires_come_out_again(scan, number):
    sizes = stored_sizes()
    row = STORED["wires"][number + scan * len(sizes.scans[0].lengths)]
    shape = sizes.scans[scan]
    assert (row["width"], row["length"]) == (shape.width, shape.lengths[number])
    stream = 200 * scan + number
    again = work.conductances(
        shape, row["length"], chunk_seeds(STORED["seed"], stream, 0, sizes.chunk)[:2]
    )
    assert np.abs(again - row["first"]).max() < 1e-8


def test_the_first_stored_curve_comes_out_again():
    sizes = stored_sizes()
    seeds = chunk_seeds(STORED["seed"], 100, 0, sizes.chunk)[:1]
    again = work.fingerprints(sizes, sizes.correlation_wires[0], seeds)
    assert np.abs(again[:, ::19] - STORED["correlation"][0]["first"]).max() < 1e-8


def test_the_shipped_pool_comes_out_again():
    energies = warm_wires.ENERGIES[[3, 40]]
    again = warm_wires.pool_conductance(wires=1, energies=energies)[0]
    pool = warm_wires.shipped_pool()
    assert pool.conductance.shape == (32, len(warm_wires.ENERGIES), len(warm_wires.QUANTA))
    assert np.abs(again - pool.conductance[0, [3, 40]]).max() < 1e-6


def row_of(width, length):
    return next(r for r in STORED["wires"] if (r["width"], r["length"]) == (width, length))


def test_the_universal_values_are_reached_where_the_theory_holds():
    """Without field at width 40, L = 80 and 120; in a field in the widest and longest wires."""
    for length in (80, 120):
        row = row_of(40, length)
        assert abs(row["variance"][0] - 2 / 15) < min(2 * row["variance_error"][0], 0.1 * 2 / 15)
    for length in (300, 400):
        row = row_of(60, length)
        assert abs(row["variance"][1] - 1 / 15) < 0.1 / 15
        assert row["channels"][0] - row["channels"][1] <= 1


def test_every_dip_is_there_and_below_one_third():
    dips = np.array([row["dip"] for row in STORED["wires"]])
    assert (dips[:, 0] > 5 * dips[:, 1]).all()
    assert (dips[:, 0] < 1 / 3).all()


@pytest.mark.delivery(1, of="whole runs")
def test_a_small_run_is_stored_continued_and_printed(tmp_path, monkeypatch, capsys):
    small = WireSizes(
        scans=(LengthScan(6, 2.0, (8, 12, 20), (0.0, 1.0), (0.01, 0.015)),),
        samples=30,
        chunk=10,
        correlation_wires=((14, 6),),
        correlation_samples=20,
        correlation_quanta=(2.0, 30.0, 40),
    )
    monkeypatch.setitem(TIERS, "laptop", small)
    monkeypatch.setitem(TIERS, "gpu", replace(small, chunk=15))
    monkeypatch.setattr(warm_wires, "ENERGIES", warm_wires.ENERGIES[:1])
    for tier in ("laptop", "gpu"):
        runner.reproduce("ucf_fingerprints", tier, tmp_path / tier, seed=5)
    said = capsys.readouterr()
    assert "30 wires for each line" in said.out
    assert "mean free path" in said.out
    assert "wires-20x6: 3 of 3 chunks" in said.err
    first = (tmp_path / "laptop" / "ucf_fingerprints_laptop.json").read_bytes()
    (tmp_path / "laptop" / "wires-12x6-00001.npz").unlink()
    (tmp_path / "laptop" / "wires-12x6-00002.npz").write_bytes(b"cut")
    runner.reproduce("ucf_fingerprints", "laptop", tmp_path / "laptop", seed=5)
    assert (tmp_path / "laptop" / "ucf_fingerprints_laptop.json").read_bytes() == first
    assert set(json.loads(first)) == set(STORED)
    with np.load(io.BytesIO((tmp_path / "laptop" / "ucf_warm_wires.npz").read_bytes())) as pool:
        assert pool["conductance"].dtype == np.float32
    with pytest.raises(ValueError, match="no tier"):
        runner.reproduce("ucf_fingerprints", "huge", tmp_path)
