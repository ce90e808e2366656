"""The stored result of chapter 5: parts of it made again, and the runner's promises."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch

from qmlcourse.inverse_design import (
    chern_number,
    cone,
    gap,
    hall_conductivity,
    ribbon_bands,
    triangular,
)
from qmlcourse.reproduce.haldane_rediscovery import TIERS
from qmlcourse.reproduce.haldane_rediscovery.lattices import constant_designs, triangular_designs
from qmlcourse.reproduce.haldane_rediscovery.light import kernel_rows, texture_kind
from qmlcourse.reproduce.haldane_rediscovery.sizes import DesignSizes
from qmlcourse.reproduce.runner import chunk_seeds, reproduce
from qmlcourse.storage import shipped

torch.set_num_threads(1)


@pytest.fixture(scope="module")
def stored():
    return shipped.load_json("haldane_rediscovery_laptop")


def test_the_first_cold_designs_come_out_again(stored):
    row = next(row for row in stored["temperatures"] if row["beta"] == 20.0)
    seed = chunk_seeds(stored["seed"], 54, 0, stored["settings"]["chunk"])[0] % 2**32
    again = constant_designs(20.0)(stored["settings"]["chunk"], seed, None)[:4, 3:]
    assert np.abs(again - row["first_raw"]).max() < 1e-4


def test_the_first_triangular_designs_have_their_stored_sigma(stored):
    six = stored["triangular"]
    models = triangular().build(torch.tensor(six["first_raw"], dtype=torch.float64))
    sigma = hall_conductivity(models, np.e, filling=2, mesh=24).numpy()
    assert sigma == pytest.approx(np.array(six["first_sigma"]), abs=1e-9)


def test_the_polished_design_beats_the_paper_and_has_six(stored):
    six = stored["triangular"]
    model = triangular().build(torch.tensor(six["polished_raw"], dtype=torch.float64))
    assert float(hall_conductivity(model, np.e, filling=2, mesh=32)) > 3.0935
    assert chern_number(model, [0, 1], 24) == 6
    assert sorted(six["polished_bands"]) in ([-5, -1, 3, 3], [-3, -3, 1, 5])
    assert six["chern"]["6"] > 0.5 * six["starts"]


@pytest.mark.parametrize("case", [([2, 2], 4, 2), ([3, 3], 3, 3)])
def test_seven_is_real(stored, case):
    """Chern number, cold Kubo formula and edge states of the designs that exceed six."""
    cell, shells, filling = case
    row = next(r for r in stored["larger"] if (r["cell"], r["shells"], r["filling"]) == case)
    best = row["best"]
    model = triangular(tuple(cell), shells).build(torch.tensor(best["raw"], dtype=torch.float64))
    assert best["chern"] == 7
    assert chern_number(model, list(range(filling)), 40) == 7
    assert float(gap(model, filling, 40)[1]) > 0.1
    cold = hall_conductivity(model, 0.01, filling=filling, mesh=40)
    assert float(cold) == pytest.approx(7, abs=0.01)
    if filling > 2:
        return
    # a level in the gap: seven modes cross it on each edge
    energies = model.bands(model.lattice.mesh(40))
    level = float(energies[:, filling - 1].max() + energies[:, filling].min()) / 2
    _, bands, edge = ribbon_bands(model, 24, 241)
    below = bands.numpy() < level
    crossings = np.argwhere(below[1:] != below[:-1])
    side = np.array([edge[k, n] for k, n in crossings])
    slope = np.array([below[k, n] * 2 - 1 for k, n in crossings])
    assert slope[side > 0.3].sum() == -slope[side < -0.3].sum()
    assert abs(slope[side > 0.3].sum()) == 7


def test_meshes_that_three_divides_are_worse(stored):
    reached = {row["mesh"]: row["reached"] for row in stored["meshes"]}
    assert reached[20] == reached[32] == 1
    assert max(reached[12], reached[24]) < min(v for m, v in reached.items() if m % 3)


def test_a_row_of_the_kernel_table_comes_out_again(stored):
    wanted = [row for row in stored["kernels"] if row["broadening"] == 0.1]
    heights = np.round(np.arange(0.3, 0.96, 0.02), 2)
    for row in wanted:
        (again,) = kernel_rows(0.1, (row["kernel"],), heights)
        if row["ratio"] is None:
            assert row["kernel"] == "shift"  # a cone has none
            assert again["ratio"] is None
            continue
        assert again["ratio"] == pytest.approx(row["ratio"], rel=1e-6)
        assert again["heights"] == row["heights"]


def test_textures_are_named():
    assert texture_kind(cone(3, 0.7)) == ["cone of 3", pytest.approx(0.7)]
    assert texture_kind(np.tile(cone(4, 0.5), (3, 1))) == ["cone of 4", pytest.approx(0.5)]
    spins = np.random.default_rng(0).normal(size=(4, 3))
    assert texture_kind(spins / np.linalg.norm(spins, axis=1)[:, None]) == ["irregular", None]


@pytest.mark.delivery(1, of="whole runs")
def test_a_small_run_writes_a_report_and_goes_on_where_it_stopped(tmp_path, monkeypatch, capsys):
    small = replace(
        DesignSizes(),
        starts=2,
        chunk=2,
        meshes=(20,),
        betas=(0.368,),
        larger=(((2, 2), 4, 2, 6),),
        larger_starts=2,
        broadenings=(0.2,),
        texture_sites=(3,),
        texture_starts=1,
        triangular_mesh=6,
    )
    monkeypatch.setitem(TIERS, "laptop", small)
    monkeypatch.setattr("qmlcourse.reproduce.haldane_rediscovery.light.TEXTURE_STEPS", 6)
    monkeypatch.setattr("qmlcourse.reproduce.haldane_rediscovery.lattices.POLISH_STEPS", 4)
    reproduce("haldane_rediscovery", "laptop", tmp_path, seed=1)
    first = (tmp_path / "haldane_rediscovery_laptop.json").read_bytes()
    chunk = tmp_path / "triangular-00000.npz"
    made = chunk.stat().st_mtime_ns
    (tmp_path / "honeycomb-mesh-20-00000.npz").write_bytes(b"damaged")
    reproduce("haldane_rediscovery", "laptop", tmp_path, seed=1)
    assert chunk.stat().st_mtime_ns == made
    assert (tmp_path / "haldane_rediscovery_laptop.json").read_bytes() == first
    assert "beyond the paper's cell" in capsys.readouterr().out
    assert json.loads(first)["settings"]["starts"] == 2
    assert set(json.loads(first)) == set(shipped.load_json("haldane_rediscovery_laptop"))
    with pytest.raises(ValueError, match="no tier"):
        reproduce("haldane_rediscovery", "cluster", tmp_path)


@pytest.mark.delivery(3, of="stored results")
def test_work_of_a_chunk_depends_on_its_seed_alone():
    designs = triangular_designs(6)
    first, second = (designs(1, 7, None) for _ in range(2))
    assert np.array_equal(first, second)
