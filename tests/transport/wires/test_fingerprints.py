"""The dataset of fingerprints: what is stored is what Kwant finds."""

from dataclasses import replace

import kwant
import numpy as np
import pytest

from qmlcourse.course import command_line
from qmlcourse.storage.dataset import generate, load
from qmlcourse.transport import AntidotWire
from qmlcourse.transport.wires.fingerprints import TIERS, Fingerprints, recipe

SMALL = Fingerprints(
    length=18, width=12, energy=-2.4, notch=(5.0, 11.5, 2.5), fields=5, radius=(1.5, 2.0), chunk=6
)


def test_stored_conductances_are_those_of_kwant(tmp_path):
    dataset = load(generate(SMALL, 10, tmp_path / "small", seed=1, quiet=True))
    assert dataset.conductance.shape == (10, 5)
    wire = AntidotWire(18, 12, (5.0, 11.5, 2.5))
    for n in (0, 7):
        antidots = dataset.antidots[n].values
        system = wire.to_kwant(antidots[~np.isnan(antidots[:, 0])])
        for flux, g in zip(dataset.flux.values, dataset.conductance[n].values, strict=True):
            s = kwant.smatrix(system, -2.4, params={"flux": flux})
            assert s.transmission(1, 0) == pytest.approx(g, abs=1e-9)


def test_antidots_lie_inside_and_apart():
    shape = TIERS["laptop"]
    antidots = shape.make(np.random.default_rng(4), 60)["antidots"]
    counts = (~np.isnan(antidots[..., 0])).sum(1)
    assert set(counts) == {1, 2, 3}
    for one, count in zip(antidots, counts, strict=True):
        x, y, radius = one[:count].T
        assert (radius >= 3).all()
        assert (radius <= 4).all()
        assert (x - radius > 0).all()
        assert (y + radius < shape.width - 1).all()
        gap = np.hypot(x[:, None] - x, y[:, None] - y) - radius[:, None] - radius
        assert (gap[~np.eye(count, dtype=bool)] > 1).all()


def test_torch_makes_the_same_wires_and_curves():
    first = SMALL.make(np.random.default_rng(2), 4)
    second = replace(SMALL, device="cpu:0").make(np.random.default_rng(2), 4)
    assert np.array_equal(first["antidots"], second["antidots"], equal_nan=True)
    assert np.abs(first["conductance"] - second["conductance"]).max() < 1e-11


def test_the_command_makes_the_dataset(tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(TIERS, "laptop", SMALL)
    out = str(tmp_path / "made")
    assert command_line.main(["generate", "fingerprints", "--samples", "8", "--out", out]) == 0
    assert "8 samples in" in capsys.readouterr().out
    dataset = load(out)
    assert dataset.attrs["command"].startswith("qmlcourse generate fingerprints --samples 8")
    assert dataset.conductance.attrs["units"] == "e2/h"
    with pytest.raises(ValueError, match="no tier"):
        recipe("huge")


def test_antidots_keep_half_a_site_from_the_walls_and_the_leads():
    radius = 2.0
    wires = replace(SMALL, notch=(), most=1, radius=(radius, radius))
    places = wires.draw(np.random.default_rng(0), 4000)[:, 0, :2]
    room = radius + 0.5
    assert np.nanmin(places) > room
    assert (np.nanmax(places, 0) < [wires.length - 1 - room, wires.width - 1 - room]).all()
    assert np.nanmax(places, 0) == pytest.approx(
        [wires.length - 1 - room, wires.width - 1 - room], abs=0.1
    )
