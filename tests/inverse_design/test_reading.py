"""Reading a design: symmetries and flux tables of models whose answer is known."""

import numpy as np
import pytest
import torch

from qmlcourse.inverse_design import (
    TightBinding,
    flux_table,
    gauge_transformed,
    haldane,
    haldane_part,
    honeycomb_lattice,
    one_angle,
    symmetries,
    triangular_lattice,
)

torch.set_num_threads(1)


def kept(model, tolerance=0.02):
    return {one.name for one in symmetries(model, tolerance) if one.kept}


def test_haldane_s_model_breaks_time_reversal_and_mirrors_and_nothing_else():
    full = kept(haldane(np.pi / 2, 0.0, 0.2))
    assert "time reversal" not in full
    assert {
        "rotation by 60° about a hexagon's middle",
        "rotation by 120° about orbital 0",
        "rotation by 180° about a bond's middle",
    } <= full
    mirrors = {name for name in full if name.startswith("mirror")}
    assert mirrors
    assert all(name.endswith("with time reversal") for name in mirrors)
    with_mass = kept(haldane(np.pi / 2, 0.1, 0.2))
    assert full - with_mass == {name for name in full if "180" in name or "60" in name}
    graphene = kept(haldane(0.0, 0.0, 0.2))
    assert {"time reversal", *full} <= graphene


def test_deviation_says_how_far_a_symmetry_is_broken():
    found = {one.name: one.deviation for one in symmetries(haldane(0.3 * np.pi, 0.07, 0.2))}
    # time reversal turns the flux of a triangle of three second hops, 0.9 pi, into -0.9 pi
    assert found["time reversal"] == pytest.approx(0.6)
    assert found["rotation by 120° about orbital 0"] == pytest.approx(0, abs=1e-12)


def test_the_triangle_that_is_turned_has_orbital_0_as_a_corner():
    """A turn about the middle of sites 0, 1, 2 leaves the fourth site of the cell where it is."""
    lattice = triangular_lattice((2, 2), shells=1)
    hops = np.ones(len(lattice.bonds), complex)
    name = "rotation by 120° about a triangle's middle"
    for odd_one, deviation in ((3, 0.0), (2, 0.3), (1, 0.3), (0, 0.3)):
        on_site = 0.3 * (np.arange(4) == odd_one)
        found = {
            one.name: one.deviation for one in symmetries(TightBinding(lattice, hops, on_site))
        }
        assert found[name] == pytest.approx(deviation, abs=1e-12)


def test_one_site_a_cell_has_every_turn_of_the_triangular_lattice():
    model = TightBinding(triangular_lattice((1, 1), shells=1), np.ones(3, complex))
    assert "rotation by 120° about a triangle's middle" in kept(model)


def test_a_uniform_field_is_recognised_in_any_gauge():
    rng = np.random.default_rng(0)
    model = gauge_transformed(one_angle(), rng.uniform(-3, 3, 4))
    names = [f"translation from orbital 0 to {n}" for n in (1, 2, 3)]
    assert set(names) <= kept(model)
    assert set(names) <= {one.name for one in symmetries(model, only="translation")}
    hops = model.hoppings.numpy().copy()
    hops[3] *= np.exp(0.4j)
    broken = {one.name: one.deviation for one in symmetries(TightBinding(model.lattice, hops))}
    assert broken["translation from orbital 0 to 1"] == pytest.approx(0.4 / np.pi)


def test_the_table_of_the_one_angle_model():
    rng = np.random.default_rng(1)
    rows = flux_table(gauge_transformed(one_angle(0.1 * np.pi), rng.uniform(-3, 3, 4)))
    by_shape = {}
    for row in rows:
        assert row["spread"] < 1e-12
        by_shape.setdefault(tuple(np.round(row["lengths"], 2)), []).append(row)
    (small,) = by_shape[1.0, 1.0, 1.0]
    assert small["count"] == 8
    assert small["flux"] == pytest.approx(-0.75)
    assert sorted(row["flux"] for row in by_shape[1.0, 1.0, 1.73]) == pytest.approx([-0.85, -0.65])
    assert sorted(row["flux"] for row in by_shape[1.73, 1.73, 1.73]) == pytest.approx([-0.55, 0.05])
    (straight,) = by_shape[1.0, 1.0, 2.0]
    assert straight["area"] == pytest.approx(0)
    assert straight["flux"] == pytest.approx(0, abs=1e-12)


def test_each_flux_of_a_uniform_field_is_its_area():
    """Peierls phases in Landau gauge, 2 pi (1/3) i dj: a third of a quantum for each site."""
    lattice = triangular_lattice((3, 2), 4)
    step = np.linalg.solve(lattice.vectors.T / np.array([3, 2]), lattice.steps.T).T  # (di, dj)
    place = lattice.bonds[:, 1] // 2 + step[:, 0] / 2
    rows = flux_table(TightBinding(lattice, np.exp(2j * np.pi / 3 * place * step[:, 1])))
    for row in rows:
        wanted = 2 / 3 * row["area"] / (np.sqrt(3) / 2)
        assert (row["flux"] - wanted + 1) % 2 - 1 == pytest.approx(0, abs=1e-9)
    assert len({row["lengths"] for row in rows}) > 8


def test_the_nearest_haldane_model():
    phi, m, t2 = haldane_part(haldane([0.4, -1.2], [0.1, 0.0], [0.3, 0.2]))
    assert np.allclose([phi, m, t2], [[0.4, -1.2], [0.1, 0.0], [0.3, 0.2]])


@pytest.mark.parametrize("read", [symmetries, flux_table])
def test_one_model_at_a_time(read):
    batch = TightBinding(honeycomb_lattice(), np.ones((2, 9)))
    with pytest.raises(ValueError, match=r"take model\[n\]"):
        read(batch)


def test_a_fourth_shell_has_twelve_neighbours():
    lattice = triangular_lattice((2, 2), 4)
    lengths = np.hypot(*lattice.steps.T).round(9)
    assert [(lengths == np.sqrt(n).round(9)).sum() / 4 * 2 for n in (1, 3, 4, 7)] == [6, 6, 6, 12]
    with pytest.raises(ValueError, match="1 to 4"):
        triangular_lattice((2, 2), 5)
