"""The wires that networks learn from: Kwant's numbers, mirrors, and honest parts."""

from dataclasses import replace

import kwant
import numpy as np
import pytest

from qmlcourse.course import command_line
from qmlcourse.storage.dataset import generate, load
from qmlcourse.transport import AntidotWire
from qmlcourse.ynet import fingerprints, held_out, mirror_images, wires
from qmlcourse.ynet.wires import ONE_BITE, samples_of

SMALL = replace(
    wires("one"),
    length=18,
    width=12,
    energy=-2.4,
    fields=3,
    quanta=9.0,
    radius=(1.6, 1.6),
    notch=((5.0, 11.0, 2.5), (13.0, 0.0, 1.5)),
    chunk=5,
)


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wires") / "small"
    return load(generate(SMALL, 8, folder, seed=2, quiet=True))


def test_conductance_and_density_are_those_of_kwant(dataset):
    wire = AntidotWire(18, 12, SMALL.notch)
    for n in (0, 6):
        system = wire.to_kwant(dataset.antidots[n].values)
        for flux, g in zip(dataset.flux.values, dataset.conductance[n].values, strict=True):
            s = kwant.smatrix(system, -2.4, params={"flux": flux})
            assert s.transmission(1, 0) == pytest.approx(g, abs=3e-5)
        states = kwant.wave_function(system, -2.4, params={"flux": 0.0})(0)
        expected = np.zeros((18, 12))
        for site, value in zip(system.sites, (abs(states) ** 2).sum(0), strict=True):
            if 0 <= site.tag[0] < 18:  # not the lattice planes that carry the leads
                expected[tuple(site.tag)] = value
        found = dataset.density[n].values.astype(float)
        assert found == pytest.approx(expected, abs=2e-3 * expected.max())


def test_a_dataset_gives_the_samples_that_are_made_on_the_spot(dataset):
    stored = samples_of(
        SMALL, dataset.conductance.values, dataset.density.values, dataset.antidots.values
    )
    made = SMALL.make(np.random.default_rng([2, 0]), 5)
    again = samples_of(SMALL, made["conductance"], made["density"], made["antidots"])
    assert (stored.at(slice(5)).picture == again.picture).all()
    assert (stored.trace[:5] == again.trace).all()
    removed = stored.picture[:, 1].bool().numpy()
    assert (removed == SMALL.removed(stored.antidots)).all()
    assert not (removed & SMALL.wire.notch).any()


def test_a_mirror_keeps_the_fingerprint_of_the_symmetric_wire_alone():
    place = np.array([[11.3, 8.2, 3.0]])
    symmetric, broken = wires("symmetric"), wires("one")
    flux = symmetric.flux[::9]
    twins = mirror_images(place)
    g = symmetric.wire.conductance(symmetric.energy, flux, twins)
    assert abs(g - g[0]).max() < 1e-9
    g = broken.wire.conductance(broken.energy, flux, twins)
    assert (abs(g[1:] - g[0]).max(1) > 0.1).all()


def test_one_round_bite_leaves_a_twin_and_two_do_not():
    pair = np.array([[[5.0, 9.0, 3.0]], [[13.0, 9.0, 3.0]]])
    one = replace(wires("one"), notch=ONE_BITE)
    g = one.wire.conductance(one.energy, one.flux[::9], pair)
    assert abs(g[1] - g[0]).max() < 1e-9
    two = wires("one")
    g = two.wire.conductance(two.energy, two.flux[::9], pair)
    assert abs(g[1] - g[0]).max() > 0.05


def test_no_set_of_removed_sites_nor_its_mirror_image_stands_in_two_parts():
    samples = fingerprints(900, 5)
    training, validation, held = samples.split()
    assert len(training) + len(validation) + len(held) == 900
    assert 0.01 < len(held) / 900 < 0.12
    sets = []
    for part in (training, validation, held):
        removed = part.recipe.removed(part.antidots)
        images = (removed, removed[:, ::-1], removed[:, :, ::-1], removed[:, ::-1, ::-1])
        sets.append({r.tobytes() for image in images for r in np.ascontiguousarray(image)})
    assert not sets[0] & sets[1]
    assert not sets[0] & sets[2]
    assert not sets[1] & sets[2]
    assert held_out(held.recipe.removed(held.antidots)).all()
    assert not held_out(training.recipe.removed(training.antidots)).any()


@pytest.mark.parametrize("kind", ["one", "two", "three", "symmetric"])
def test_antidots_keep_apart_from_each_other_the_walls_and_the_bites(kind):
    recipe = wires(kind)
    for row in recipe.draw(np.random.default_rng(1), 25):
        assert len(row) == recipe.most
        x, y, radius = row.T
        assert (radius == 3).all()
        assert ((x >= 3.5) & (x <= 31.5) & (y >= 3.5) & (y <= 19.5)).all()
        bites = np.argwhere(recipe.wire.notch)
        for n in range(len(row)):
            assert np.hypot(*(bites - row[n, :2]).T).min() >= 4
            others = np.delete(row, n, 0)
            assert (np.hypot(*(others[:, :2] - row[n, :2]).T) > 7).all()


def test_bad_requests_are_refused_in_one_sentence():
    with pytest.raises(ValueError, match="one, two, three, symmetric"):
        wires("four")
    with pytest.raises(ValueError, match="laptop, gpu"):
        wires("one", "huge")
    with pytest.raises(ValueError, match="1 or more"):
        fingerprints(0, 1)


@pytest.mark.parametrize("kind", ["one", "symmetric"])
def test_the_command_makes_the_dataset(kind, tmp_path, capsys):
    arguments = ["generate", f"wires-{kind}", "--samples", "6", "--out", str(tmp_path / kind)]
    assert command_line.main(arguments) == 0
    assert "6 samples" in capsys.readouterr().out
    made = load(tmp_path / kind)
    assert made.density.shape == (6, 36, 24)
    recipe = wires(kind)
    flux = made.flux.values[[0, 63]]
    g = recipe.wire.conductance(recipe.energy, flux, made.antidots.values)
    assert made.conductance.values[:, [0, 63]] == pytest.approx(g, abs=1e-4)
