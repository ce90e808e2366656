"""The explorers of chapter 2, driven without a browser: controls, numbers, hands, errors."""

import kwant
import numpy as np
import pytest
from explorer_checks import ExplorerChecks, walked

from qmlcourse.explorers import ucf_fingerprints as ucf
from qmlcourse.explorers.ucf_fingerprints import _wires
from qmlcourse.explorers.ucf_fingerprints.recognise import block_of_curves
from qmlcourse.transport import AntidotWire, DisorderedWire, coherent_area, wire_like_curve
from qmlcourse.transport.wires import prepared


class TestExplorers(ExplorerChecks):
    room = ucf

    def first(self, explorer):
        if isinstance(explorer, ucf.RecogniseExplorer):  # wires are drawn in the first frames
            return {"seed": {"frame": 3}}
        return {"wire": {"pieces": 2}} if isinstance(explorer, ucf.FadingExplorer) else {}


def ready():
    explorer = ucf.ImpurityExplorer()
    assert explorer.wait(60)
    assert len(explorer.data["quanta"]) == 81
    return explorer


def test_the_fingerprint_on_show_is_kwant_s():
    explorer = ready()
    data = explorer.data
    wire = AntidotWire(_wires.LENGTH, _wires.WIDTH)
    system = wire.to_kwant(explorer.antidots())
    for n in (0, 16, 50):
        flux = _wires.per_plaquette(data["quanta"][n])
        reference = kwant.smatrix(system, _wires.ENERGY, params={"flux": flux}).transmission(1, 0)
        assert data["conductance"][n] == pytest.approx(reference, abs=1e-9)
    assert data["g"] == pytest.approx(data["conductance"][16], abs=1e-12)


def test_an_impurity_follows_the_hand_and_stays_inside():
    explorer = ready()
    before = explorer.data["conductance"]
    x, y = explorer.places[2]
    explorer._grab(x + 1, y)
    assert explorer.chosen == 3
    assert np.array_equal(explorer.ghost[1], before)
    explorer._drag(x + 3, y - 1)
    assert explorer.places[2] == pytest.approx((x + 2, y - 1), abs=0.01)
    assert np.abs(explorer.data["conductance"] - before).max() > 0.01
    explorer._drag(500, 500)
    assert explorer.places[2] == (_wires.LENGTH - 1, _wires.WIDTH - 1)
    explorer._grab(0.0, 21.0)
    explorer._drag(30.0, 10.0)
    assert explorer.places[2] == (_wires.LENGTH - 1, _wires.WIDTH - 1), "nothing was in the hand"
    assert explorer.errors == []


def test_arrow_keys_move_by_half_a_site_and_the_ghost_stays():
    explorer = ready()
    explorer.chosen = 4
    x, y = explorer.places[3]
    explorer._step(1, 0)
    explorer._step(0, -1)
    assert explorer.places[3] == pytest.approx((x + 0.5, y - 0.5), abs=0.01)
    assert "likeness" in explorer.readout
    explorer.number = 2
    assert explorer.chosen == 2
    explorer.shuffle()
    assert explorer.places != ucf.ImpurityExplorer().places
    assert explorer.errors == []


def test_a_new_energy_shows_a_few_fields_at_once_and_fills_in():
    explorer = ready()
    explorer.energy = -2.85
    first = len(explorer._data["quanta"])
    assert explorer.wait(60)
    assert first in (6, 81)
    assert len(explorer.data["quanta"]) == 81
    wire = AntidotWire(_wires.LENGTH, _wires.WIDTH)
    g = wire.conductance(-2.85, _wires.per_plaquette(10.0), explorer.antidots())
    assert explorer.data["conductance"][40] == pytest.approx(g, abs=1e-10)


def test_twins_agree_unless_a_notch_tells_them_apart():
    explorer = ucf.SymmetryExplorer()
    assert explorer.view
    for image in ("field", "x", "y", "xy", "along"):
        explorer.set_state({"image": image, "notch": False})
        assert explorer.data["difference"] < 1e-9
        assert "the same fingerprint" in explorer.readout
        explorer.notch = True
        assert (explorer.data["difference"] < 1e-9) == (image == "field")
    assert explorer.errors == []


def test_points_pile_up_until_they_are_cleared():
    for explorer, change in (
        (ucf.UniversalExplorer(length=20, width=8), {"length": 30}),
        (ucf.AreaExplorer(length=30, width=8), {"width": 10}),
    ):
        assert explorer.wait(60)
        explorer.set_state(change)
        assert explorer.wait(60)
        assert len(explorer.points) == 2
        explorer.clear()
        assert len(explorer.points) == 1
        assert explorer.errors == []


def test_the_variance_on_show_is_that_of_the_library():
    explorer = ucf.UniversalExplorer(length=20, width=8)
    assert explorer.wait(60)
    wire = DisorderedWire(20, 8)
    g = wire.conductance(-0.85, [0.0], wire.potential(2.0, range(200)))
    assert explorer.data["variance"].value[0] == pytest.approx(g.var(ddof=1))


def test_the_mean_grows_with_the_player_and_keeps_its_wires():
    explorer = ucf.WeakLocalizationExplorer(samples=10, length=20, width=8)
    assert explorer.view
    assert explorer.wait(60)
    ten = explorer.data["g"]
    explorer.player.advance()
    assert explorer.wait(60)
    assert explorer.samples == 20
    assert np.array_equal(explorer.data["g"][:10], ten)
    assert explorer.errors == []


def test_pieces_in_series_add_their_resistances():
    explorer = ucf.FadingExplorer(temperature=0.0, pieces=3, wire=2)
    from qmlcourse.transport.wires import warm_wires

    g = warm_wires.shipped_pool().conductance[1:4, 30]
    assert np.allclose(explorer.data["warm"], 3 / (1 / g).sum(0))


@pytest.mark.delivery(2, of="runs to the end")
def test_walkers_find_the_impurity_with_a_notch_and_a_twin_without():
    explorer = ucf.SearchExplorer(steps=30, walkers=8, hidden=6)
    assert explorer.wait(60)
    assert explorer.data["error"] < 0.3
    assert explorer.data["misfit"][-1].min() < 0.01
    explorer.notch = False
    assert explorer.wait(60)
    track, truth = explorer.data["track"][-1], explorer.data["truth"]
    good = track[explorer.data["misfit"][-1] < 0.01]
    rows = np.minimum(np.abs(good[:, 1] - truth[1]), np.abs(good[:, 1] + truth[1] - 11))
    assert len(good) > 2
    assert rows.max() < 0.3, "every good guess lies in one of the two valleys"
    assert np.ptp(good[:, 0]) > 3, "but anywhere along them"


def test_moved_impurities_change_the_curve_as_the_path_says():
    wire, flux = _wires.wire(), _wires.per_plaquette(_wires.QUANTA)
    start = np.array(ucf.ImpurityExplorer().antidots())
    before = wire.conductance(_wires.ENERGY, flux, start)

    def alike(far):
        moved = [(n, axis, way) for n in range(6) for axis in (0, 1) for way in (far, -far)]
        found = []
        for n, axis, way in moved:
            places = start.copy()
            places[n, axis] += way
            if 1 <= places[n, 0] <= 58 and 0 <= places[n, 1] <= 21:
                after = wire.conductance(_wires.ENERGY, flux, places)
                found.append(_wires.similarity(before, after))
        return np.median(found), min(found)

    one, three, ten = alike(1), alike(3), alike(10)
    assert 0.7 <= one[0] <= 0.8 > 0.5 > one[1]
    assert three[0] == pytest.approx(0.6, abs=0.05)
    assert ten[0] == pytest.approx(0.5, abs=0.05)
    rng, change = np.random.default_rng(0), []
    for n in range(60):
        places = np.c_[_wires.random_places(5000 + n, 6, 2.5), np.full(6, 2.5)]
        moved = places.copy()
        moved[rng.integers(6), 0] += 1
        change.append(
            np.subtract(
                *(wire.conductance(_wires.ENERGY, flux[[0, -1]], p) for p in (places, moved))
            )
        )
    none, high = np.sqrt((np.array(change) ** 2).mean(0))
    assert (round(none, 2), round(high, 2)) == (0.29, 0.20)
    explorer = ucf.ImpurityExplorer()
    _ = explorer.view

    def turns(curve):
        way = np.sign(np.diff(curve))
        return (way[1:] != way[:-1]).sum()

    assert turns(walked(explorer, 2, answered=False)["conductance"]) > 12
    single = walked(explorer, 2)
    assert 6.5 < single["g"] < 7
    assert single["channels"] == 9
    assert turns(single["conductance"]) < 6
    assert single["conductance"][0] > single["conductance"][-1] + 1


def test_images_and_fading_are_as_their_paths_say():
    images = ucf.SymmetryExplorer()
    _ = images.view
    walked(images, 0)
    for notch in (False, True):
        images.notch = notch
        for image in ("field", "x", "y", "xy", "along"):
            images.image = image
            same = "the same fingerprint" in images.readout
            assert same == (not notch or image == "field")
    fading = ucf.FadingExplorer(temperature=0.0)
    _ = fading.view
    swings = [np.std(walked(fading, place, done)["warm"]) for place in (0, 1) for done in (0, 1)]
    assert [round(float(one), 2) for one in swings] == [0.21, 0.04, 0.21, 0.08]
    fading.pieces, rough = 1, []
    for fading.temperature in (0.0, 0.06):
        for fading.wire in range(1, 25):
            warm = fading.data["warm"]
            rough.append(np.diff(warm).std() / warm.std())
    cold, warm = np.reshape(rough, (2, 24))
    assert warm.mean() < 0.9 * cold.mean()  # narrow wiggles go first, on average
    assert warm[0] > cold[0]  # and the first wire is an exception


@pytest.mark.delivery(2, of="runs to the end")
def test_far_away_nobody_finds_it_and_a_race_does():
    explorer = ucf.SearchExplorer(start="far")
    _ = explorer.view
    track, truth = explorer.data["track"][0], explorer.data["truth"]
    assert track.shape == (16, 2)
    assert np.hypot(*(track - truth).T).min() > 6
    for stop, found in zip(explorer.path[:2], (False, True), strict=True):
        for values in (stop.state, stop.then):
            for name, value in values.items():
                setattr(explorer, name, value)
        assert explorer.wait(120)
        assert (explorer.data["error"] < 0.3) == found
        assert (explorer.data["misfit"][-1].min() < 0.01) == found
    # each walker stays in its valley: what the race found was near from the start
    best = explorer.data["best"]
    assert np.hypot(*(explorer.data["track"][0, best] - truth)) < 3


def test_valleys_are_those_of_the_landscape():
    explorer = ucf.SearchExplorer()
    _ = explorer.view
    assert explorer.wait(60)
    misfit = np.sqrt(((explorer.data["landscape"] - explorer.data["target"]) ** 2).mean(-1))
    padded = np.pad(misfit, 1, constant_values=np.inf)
    around = [padded[1:-1, :-2], padded[1:-1, 2:], padded[:-2, 1:-1], padded[2:, 1:-1]]
    bottoms = int((misfit < np.min(around, axis=0)).sum())
    assert explorer.data["valleys"] == bottoms
    assert f"<b>{bottoms}</b> valleys" in explorer.readout
    segments = explorer._sheds.get_segments()
    assert all(np.linalg.norm(b - a) == pytest.approx(0.5) for a, b in segments)


@pytest.mark.delivery(2, of="runs to the end")
def test_a_network_learns_to_recognise_wires():
    explorer = ucf.RecogniseExplorer()
    _ = explorer.view
    assert explorer.data["likeness"] is None
    for stop in explorer.path:
        for values in (stop.state, stop.then):
            for name, value in values.items():
                setattr(explorer, name, value)
        assert explorer.wait(240)
        found, (slid, scales) = explorer.data["right"], explorer.data["rivals"]
        assert found[0] < 15
        assert found[-1] > 35
        assert explorer.data["first_five"] > 70
        if explorer.stretch:
            assert slid < 55 < scales
        else:
            assert slid > 70
    # the hundred that are asked are none of those it learned from
    known = np.concatenate([block_of_curves(0, n).numpy() for n in range(35)])[:600]
    apart = np.abs(known[:, None] - explorer.data["curves"][None]).max(2)
    assert apart.min() > 0.01
    n = explorer.part - 1
    there = np.interp(explorer.data["where"][n], np.arange(41), explorer.data["curves"][n])
    assert np.std(explorer.data["parts"][n] - there) < 0.1


def test_an_uploaded_fingerprint_is_analysed():
    explorer = ucf.MeasuredWireExplorer()
    curve, truth = wire_like_curve(5)
    explorer.load(curve.to_csv())
    assert explorer.source == "yours"
    assert explorer.truth() is None
    explorer.background = 4
    area = explorer.data["found"].area.value
    assert area == pytest.approx(truth["area"], rel=0.4)
    explorer.sample = 3
    assert explorer.source == "simulated"
    with pytest.raises(ValueError, match="empty"):
        explorer.load(b"")


def test_prepared_wires_come_from_the_cache_and_survive_damage(tmp_path, monkeypatch):
    monkeypatch.setenv("QMLCOURSE_CACHE", str(tmp_path))
    flux = [0.0, 0.01]
    first = prepared.prepared_wire(12, 8, -1.2, flux)
    (entry,) = (tmp_path / "wires").iterdir()
    stamp = (entry / "green.npy").stat().st_mtime_ns
    again = prepared.prepared_wire(12, 8, -1.2, flux[::-1])
    assert (entry / "green.npy").stat().st_mtime_ns == stamp
    antidots = [(5, 4, 2)]
    g = first.conductance(-1.2, flux, antidots)
    assert np.array_equal(g, again.conductance(-1.2, flux, antidots))
    (entry / "into.npy").unlink()  # others may have it mapped: a new file, not the old one cut
    (entry / "into.npy").write_bytes(b"broken")
    mended = prepared.prepared_wire(12, 8, -1.2, flux)
    assert np.array_equal(g, mended.conductance(-1.2, flux, antidots))
    monkeypatch.setattr(prepared, "_KEEP", 1)
    prepared.prepared_wire(12, 8, -1.3, flux)
    assert len(list((tmp_path / "wires").iterdir())) == 1, "the oldest goes"
    monkeypatch.setenv("QMLCOURSE_CACHE", "/proc/nowhere")
    kept = prepared.prepared_wire(12, 8, -1.2, flux)
    assert np.array_equal(g, kept.conductance(-1.2, flux, antidots))


def test_one_site_is_judged_by_what_was_moved():
    explorer = ready()
    assert "Keep a fingerprint first" in ucf.questions.one_site(explorer).message
    explorer.keep()
    assert "0 impurities have moved" in ucf.questions.one_site(explorer).message
    x, y = explorer.places[5]
    explorer.move(6, x + 4, y)
    assert "It moved by 4.0 sites" in ucf.questions.one_site(explorer).message
    explorer.move(6, x + 1, y)
    assert ucf.questions.one_site(explorer).ok
    explorer.move(6, x + 0.01, y)
    assert not ucf.questions.one_site(explorer).ok
    explorer.number = 5
    assert "Keep the number" in ucf.questions.one_site(explorer).message


def test_two_wires_with_one_fingerprint():
    first = [(20, 8, 2.5), (41, 14, 2.5)]
    assert "differ in 0 sites" in ucf.questions.two_wires(first, first).message
    other = ucf.questions.two_wires(first, [(20, 8, 2.5), (35, 14, 2.5)])
    assert not other.ok
    assert "curves differ" in other.message
    assert ucf.questions.two_wires(first, [(59 - x, y, r) for x, y, r in first]).ok
    assert ucf.questions.two_wires(first, [(x + 2, y, r) for x, y, r in first]).ok
    assert "outside the wire" in ucf.questions.two_wires(first, [(200, 8, 2)]).message
    assert not ucf.questions.two_wires(first, np.zeros((0, 3))).ok


def test_the_two_runs_agree_and_the_two_wires_do_not():
    from qmlcourse.explorers.ucf_fingerprints.opening import pair, traces

    curves = traces()
    assert _wires.similarity(*curves[0]) > 0.95
    assert _wires.similarity(*curves[1]) > 0.9
    assert _wires.similarity(curves[0, 0], curves[1, 0]) < 0.6
    first, second = pair()
    assert (first != second).sum() == 1


def test_full_scale_draws_the_shipped_numbers():
    assert "made by: qmlcourse reproduce ucf_fingerprints" in ucf.paper_and_ours().everything
    assert "variance" in ucf.full_scale().alt


def test_channels_keep_their_distance_and_lose_it_when_dealt_out():
    """The eigenvalues are those of Kwant's t; mixed, they have the variance of independent ones."""
    from qmlcourse.explorers.ucf_fingerprints import levels

    explorer = ucf.LevelsExplorer(length=20, width=8)
    assert explorer.wait(60)
    real = explorer.data["eigenvalues"]
    wire = DisorderedWire(20, 8)
    on_site = wire.potential(2.0, range(1))[0]
    matrix = kwant.smatrix(wire.to_kwant(on_site), _wires.MANY_ENERGY, params={"flux": 0.0})
    t = matrix.submatrix(1, 0)
    expected = np.sort(np.linalg.eigvalsh(t @ t.conj().T))[::-1]
    assert np.allclose(real[0], expected, atol=1e-8)
    explorer.deal = "dealt out anew"
    data = explorer.data
    assert data["g_shown"].sum() == pytest.approx(real.sum())
    mixed = levels.dealt(real, 0)
    assert np.allclose(np.sort(mixed.ravel()), np.sort(real.ravel()))
    independent = real.shape[1] * real.var()
    assert data["variance_dealt"] == pytest.approx(independent, rel=0.3)
    assert data["variance_dealt"] > 3 * data["variance"]


def test_the_path_along_the_channels_says_what_is_to_be_seen():
    explorer = ucf.LevelsExplorer()
    explorer.wait(60)
    tour, seen = explorer.view.tour, []
    for _ in tour.stops:
        tour.go_on()
        assert explorer.wait(60)
        seen.append((explorer.deal, explorer.length, dict(explorer.data), tour.words.value))
        tour.go_on()
        assert explorer.wait(60)
    gaps = [levels_gaps(data["eigenvalues"]) for _, _, data, _ in seen]
    assert (gaps[0] < 0.1).mean() < 0.04  # hardly two dots meet
    assert [deal for deal, *_ in seen] == ["as they are", "dealt out anew", "as they are"]
    sixty, thirty = seen[1][2], seen[2][2]
    assert seen[2][1] == 30
    assert sixty["variance_dealt"] > 3 * sixty["variance"]
    assert thirty["variance_dealt"] > 1.4 * sixty["variance_dealt"]
    assert thirty["variance"] < 1.4 * sixty["variance"]
    assert explorer.errors == []


def levels_gaps(eigenvalues):
    from qmlcourse.explorers.ucf_fingerprints import levels

    return levels._gaps(np.sort(np.arccosh(1 / np.sqrt(np.clip(eigenvalues, 1e-9, 1))), 1))


def test_the_size_of_the_simulated_wire_is_not_told():
    sample = ucf.MeasuredWireExplorer()
    assert sample.wait(30)
    assert "correlation field" in sample.readout
    assert "µm" not in sample.readout
    curve, _ = wire_like_curve(3)
    sample.view  # noqa: B018  (makes the upload box)
    sample.load(curve.to_csv())
    assert "µm" in sample.readout


@pytest.mark.filterwarnings("ignore:the background takes about")
def test_a_background_of_degree_nine_takes_the_wiggles_too():
    """What the solution of exercise 6 says of it."""
    seems = []
    for sample in (0, 4):
        curve, truth = wire_like_curve(sample)
        lengths = [
            coherent_area(curve, background=degree, width=truth["width"]).length.value
            for degree in (4, 9)
        ]
        seems.append(lengths[1] / lengths[0])
    assert round(100 * (seems[0] - 1)) == 7
    assert round(seems[1]) == 2


def test_random_paths_swing_as_much_as_they_are_large():
    explorer = ucf.RandomPathsExplorer()
    _ = explorer.view
    assert explorer.wait(60)
    few = explorer.data["curve"]
    assert few.mean() == pytest.approx(1, abs=0.15)
    assert few.min() < 0.05
    assert 3 < few.max() < 4.01  # four arrows of length 1/2
    spread = []
    for explorer.seed in range(1, 25):
        explorer.paths = 200
        spread.append(explorer.data["curve"].std())
    assert np.mean(spread) == pytest.approx(1, abs=0.1)
    # each arrow turns at the pace of its area
    arrows = explorer.data["arrows"]
    turn = np.angle(arrows[:, 1:] / arrows[:, :-1])
    np.testing.assert_allclose(turn, turn[:, :1].repeat(400, 1), atol=1e-9)
    assert np.abs(turn).max() <= 2 * np.pi / 20 + 1e-12
    pairs = explorer.data["pairs"]
    assert pairs.mean() == pytest.approx(1)
    assert pairs.std() == pytest.approx(1.2, abs=0.1)
    for low, high in ((0, 0.5), (0.5, 1), (1, 2), (2, 4)):
        share = np.mean((pairs >= low) & (pairs < high))
        assert share == pytest.approx(np.exp(-low) - np.exp(-high), abs=0.07)
    wire = DisorderedWire(60, 16)
    potential = wire.potential(2.0, [0])[0]
    g = wire.conductance(-0.85, 0.0, potential)
    s = wire.scattering_matrix(-0.85, 0.0, potential)
    assert (np.abs(s[11:, :11]) ** 2).sum() == pytest.approx(g)
    explorer.player.advance()
    assert explorer.field == 0.25
    explorer.figure.widget.arrows = {"dx": 10, "dy": 0, "n": 1}
    assert explorer.field == 2.75
    explorer._go_to(99)
    assert explorer.field == 20
