"""The stored full-scale run: its claims, a part made again, and a small run that goes on."""

import json
from dataclasses import replace

import pytest

from qmlcourse.nqs import CHEMICAL_ACCURACY
from qmlcourse.reproduce.nqs_bands import STORED as NAME
from qmlcourse.reproduce.nqs_bands import TIERS, report, work
from qmlcourse.reproduce.runner import reproduce
from qmlcourse.storage import shipped

STORED = shipped.load_json(NAME)


def test_what_the_chapter_claims_of_the_stored_run():
    for row in STORED["six"]:
        assert len(row["errors"]) == 10
        assert min(row["errors"]) > -1e-9
        assert max(row["errors"]) / 6 < 2e-5
    spacings = [row["spacing"] for row in STORED["six"]]
    assert (min(spacings), max(spacings)) == (1.0, 4.0)
    for row in STORED["ten"]:
        assert -1e-9 < row["narrow"]["error"] < 10 * 2.1e-3  # beyond 3 bohr it is too small
        if row["spacing"] <= 3:
            assert row["narrow"]["error"] < 10 * CHEMICAL_ACCURACY
        assert -1e-9 < row["wide"]["error"] < CHEMICAL_ACCURACY  # for the whole ring
        assert row["narrow"]["parameters"] < row["narrow"]["amplitudes"]
    for row in STORED["crystals"]:
        # the largest one, 142,376 determinants, just misses
        limit = 1.8e-3 if row["name"] == "graphene-2x3" else CHEMICAL_ACCURACY
        assert -1e-9 < row["error"] < limit
    for row in STORED["bands"].values():
        assert abs(row["two"]["gap"] - row["exact"]["gap"]) < 1e-3
        assert row["one"]["gap"] > row["exact"]["gap"]
    broken = [row["spacing"] for row in STORED["six"] if row["ccsd_t"] < row["exact"] - 1e-3]
    assert min(broken) < 2.6


@pytest.mark.parametrize("spacing", [1.8, 3.6])
def test_a_row_of_the_curve_is_made_again(spacing):
    stored = next(row for row in STORED["six"] if row["spacing"] == spacing)
    sizes = replace(TIERS["laptop"], seeds=2)
    fresh = work.ring_of_six(spacing, sizes, "cpu")
    for key in ("exact", "hartree_fock", "ccsd", "ccsd_t", "weight"):
        assert fresh[key] == pytest.approx(stored[key], abs=2e-7)
    assert max(fresh["errors"]) < 6 * 2e-5


def test_a_crystal_and_the_bands_of_the_ring_are_made_again():
    stored = next(row for row in STORED["crystals"] if row["name"] == "polyacetylene-3")
    fresh = work.crystal_row("polyacetylene-3", TIERS["laptop"], 0, "cpu")
    assert fresh["exact"] == pytest.approx(stored["exact"], abs=1e-8)
    assert fresh["bands"]["exact"]["gap"] == pytest.approx(
        stored["bands"]["exact"]["gap"], abs=1e-7
    )
    ring = work.bands_row("ring", 0)
    kept = STORED["bands"]["ring"]
    for key in ("hartree_fock", "one", "two", "exact"):
        assert ring[key]["gap"] == pytest.approx(kept[key]["gap"], abs=1e-5)
    assert ring["eom_gap"] == pytest.approx(kept["eom_gap"], abs=1e-6)


def test_sampling_facts_are_made_again():
    fresh = work.sampling_facts(0)["chains"]["6-1.8"]
    stored = STORED["sampling"]["chains"]["6-1.8"]
    assert fresh == stored
    assert stored["acceptance"] < 0.05
    noise = [row["noise"] for row in STORED["sampling"]["rows"]]
    assert noise[0] / noise[1] > 3  # four times the draws should give a factor of two


@pytest.mark.delivery(1, of="whole runs")
def test_a_small_run_writes_a_report_and_goes_on_where_it_stopped(tmp_path, monkeypatch, capsys):
    small = replace(TIERS["laptop"], six=(2.0,), ten=(), seeds=1, crystals=("chain-6",), steps=60)
    monkeypatch.setitem(TIERS, "laptop", small)
    monkeypatch.setattr(work, "sampling_facts", lambda seed: STORED["sampling"])
    monkeypatch.setattr(work, "bands_row", lambda name, seed: STORED["bands"][name])
    path = reproduce("nqs_bands", "laptop", tmp_path, seed=1)
    assert path == tmp_path / "nqs_bands_laptop.json"
    first = path.read_bytes()
    made = (tmp_path / "crystal-chain-6.json").stat().st_mtime_ns
    (tmp_path / "six-2.0.json").write_bytes(b"damaged")
    reproduce("nqs_bands", "laptop", tmp_path, seed=1)
    assert (tmp_path / "crystal-chain-6.json").stat().st_mtime_ns == made
    assert path.read_bytes() == first
    assert "chain-6" in capsys.readouterr().out
    result = json.loads(first)
    assert result["settings"]["seeds"] == 1
    assert set(result) == set(STORED)
    assert set(result["six"][0]) == set(STORED["six"][0])
    assert set(result["crystals"][0]) == set(STORED["crystals"][0])
    with pytest.raises(ValueError, match="there is no tier 'cluster'"):
        reproduce("nqs_bands", "cluster", tmp_path)


def test_the_report_names_all_parts():
    text = report(STORED)
    for word in ("H6 ring", "H10 ring", "polyacetylene-5", "lih-3x1x1", "EOM-CCSD", "Metropolis"):
        assert word in text
