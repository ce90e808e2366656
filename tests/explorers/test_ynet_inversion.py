"""The explorers of chapter 4, driven without a browser: controls, numbers, players, questions."""

import numpy as np
import pytest
import torch
from explorer_checks import ExplorerChecks

from qmlcourse.explorers import ynet_inversion as yi
from qmlcourse.explorers.ynet_inversion import _wires as shared
from qmlcourse.ynet import load_ynet, wires

torch.set_num_threads(1)

TRAINING = yi.ReaderTrainingExplorer


@pytest.mark.usefixtures("quick")
class TestExplorers(ExplorerChecks):
    room = yi

    def make(self, explorer_class):
        return explorer_class(**({"wires": 600} if explorer_class is TRAINING else {}))


@pytest.fixture
def quick(monkeypatch):
    """A training explorer that takes one step a frame."""
    from qmlcourse.explorers.ynet_inversion import training

    monkeypatch.setattr(training, "STEPS", 1)
    TRAINING.forget()
    yield training
    TRAINING.forget()


def test_a_guess_at_the_right_place_fits_and_the_network_is_near():
    explorer = yi.GuessExplorer(wire=5)
    (place,) = shared.hidden("one", 5)
    explorer.x, explorer.y = place
    assert explorer.data["misfit"] < 0.01
    explorer.keep()
    assert explorer.kept == place
    assert np.hypot(*(explorer.data["found"] - explorer.data["truth"])) < 0.5
    assert "your kept guess is <b>0.0 sites</b> off" in explorer.readout
    explorer.wire = 6
    assert explorer.kept == ()
    assert "kept" not in explorer.readout


def test_hidden_wires_are_those_that_no_network_was_trained_on():
    from qmlcourse.ynet import held_out, wires

    for kind in ("one", "two"):
        places = [shared.hidden(kind, n) for n in range(5)]
        assert held_out(
            wires(kind).removed(np.concatenate([shared.antidots(*p) for p in places]))
        ).all()


def test_the_dragged_fingerprint_is_that_of_kwant():
    import kwant

    from qmlcourse.ynet import wires

    explorer = yi.DragExplorer(x=22.0, y=13.0)
    recipe = wires("one")
    system = recipe.wire.to_kwant(shared.antidots((22.0, 13.0))[0])
    for n in (0, 40):
        s = kwant.smatrix(system, recipe.energy, params={"flux": recipe.flux[n]})
        assert explorer.data["g"][n] == pytest.approx(s.transmission(1, 0), abs=1e-4)


def test_the_network_follows_and_the_physics_finds_the_set():
    explorer = yi.DragExplorer(x=17.3, y=10.2)
    assert explorer.data["error"] < 0.5
    assert explorer.data["found"].position_spread < 1
    explorer.polish = True
    assert explorer.wait(60)
    assert explorer.data["same"]
    assert "exact" in explorer.readout
    explorer.polish = False
    assert explorer.wait(60)
    assert "exact" not in explorer.readout


def test_an_antidot_is_dragged_inside_the_wire_alone():
    explorer = yi.DragExplorer(number=2)
    explorer.figure.draw()
    explorer._grab(29.1, 14.1)
    explorer._drag(60.0, -5.0)
    assert explorer.other == (31.45, 3.55)
    explorer._grab(20.0, 13.0)
    explorer._drag(10.0, 10.0)
    assert (explorer.x, explorer.y) == (10.0, 10.0)
    explorer._step(1, 0)
    assert (explorer.x, explorer.y) == (10.5, 10.0)
    explorer.swap()
    assert (explorer.x, explorer.y) == (31.45, 3.55)
    assert explorer.other == (10.5, 10.0)


def test_bars_are_the_stored_scores():
    explorer = yi.WhyExplorer(measure="position")
    explorer.export_png()
    rows = shared.stored()["rivals"]["networks"]
    heights = [bar.get_height() for bar in explorer._bars]
    assert heights[0] == pytest.approx(np.mean([r["position"][1] for r in rows["y-net"]]))
    assert heights[1] == pytest.approx(np.mean([r["position"][1] for r in rows["plain"]]))


@pytest.mark.delivery(2, of="runs to the end")
def test_every_branch_learns_in_front_of_the_student(quick):
    explorer = TRAINING(wires=600, frame=quick.FRAMES)
    losses = explorer.data["losses"]
    assert [len(part) for part in losses] == [quick.REDRAW, quick.READ, quick.TUNE]
    first, last = (np.mean([v for _, v in losses[0][s]]) for s in (slice(4), slice(-4, None)))
    assert last < 0.5 * first
    assert explorer.data["made"] == 600
    assert explorer.data["skills"][0][-1][1] > explorer.data["skills"][0][0][1]


def test_a_click_on_the_map_takes_the_nearest_wire():
    explorer = yi.WalkExplorer()
    x, y = explorer.data["view"][77]
    explorer._choose(x, y)
    assert explorer.point == 77
    place = explorer.data["place"]
    assert explorer.data["g"] == pytest.approx(shared.truth("one", (tuple(place),))["g"])
    near = np.linalg.norm(explorer.data["view"] - explorer.data["view"][77], axis=1)
    assert near[77] == 0


def test_the_shown_thickness_is_that_of_the_library():
    from qmlcourse.ynet import thickness

    explorer = yi.SheetExplorer(neighbours=40)
    for n, name in enumerate(("with", "without")):
        points = np.array(shared.stored()["thickness"][name][0]["points"])
        assert explorer.data["here"][n] == pytest.approx(np.median(thickness(points, 40)))


def test_twins_share_a_curve_and_the_flow_shares_its_draws():
    explorer = yi.SymmetricExplorer(draws=48)
    assert explorer.data["differ"] < 1e-5
    assert explorer.data["counts"].sum() == 48
    assert (explorer.data["counts"] > 0).sum() >= 3
    explorer.kind = "one"
    assert explorer.data["differ"] > 0.1
    away = np.linalg.norm(explorer.data["places"] - explorer.data["twins"][0], axis=1)
    assert np.median(away) < 1


def test_noise_lets_the_clean_reader_warn_and_the_rough_one_read():
    explorer = yi.LaboratoryExplorer(noise=0.2)
    assert explorer.wait(60)
    assert not explorer.data["found"].inside
    assert "outside my training" in explorer.readout
    explorer.noise = 0.0
    assert explorer.data["found"].inside


def test_an_own_curve_is_read_and_a_short_one_refused():
    explorer = yi.LaboratoryExplorer()
    assert explorer.wait(60)
    g = shared.truth("one", ((22.1, 12.1),))["g"]
    lines = ["flux (h/e), g", *(f"{q},{v}" for q, v in zip(shared.QUANTA, g, strict=True))]
    explorer.load("\n".join(lines).encode())
    assert explorer.source == "yours"
    assert np.hypot(*(explorer.data["found"].antidots[0] - [22.1, 12.1])) < 0.5
    explorer.sample = 2
    assert explorer.wait(60)
    assert explorer.source == "simulated"
    short = ["flux (h/e), g", *(f"{q / 4},{v}" for q, v in zip(shared.QUANTA, g, strict=True))]
    explorer.load("\n".join(short).encode())
    assert any("0 to 32" in str(error) for error in explorer.errors)


def test_figures_say_what_they_show():
    for figure in (yi.opening(), yi.full_scale(), yi.learning_curves()):
        assert len(figure.alt) > 60
    assert "made by: qmlcourse reproduce ynet_inversion" in yi.paper_and_ours().everything


def test_exercises_tell_right_from_wrong():
    ask = yi.questions
    assert ask.twin_places([(24, 8), (11, 15), (24, 15)]).ok
    assert not ask.twin_places([(24, 8)]).ok
    assert "another curve" in ask.twin_places([(25, 8)]).message
    assert not ask.twin_places(None).ok
    assert not ask.twin_places([]).ok
    assert ask.one_bite_twin((13, 9)).ok
    assert "moves the bite" in ask.one_bite_twin((30, 9)).message
    assert not ask.one_bite_twin((5, 9)).ok
    assert not ask.one_bite_twin(None).ok
    assert ask.polished(shared.hidden("one", 4)).ok
    assert not ask.polished([[10.0, 10.0]]).ok
    skill = shared.stored()["readers"]["one"]["scores"]["skill"]
    assert ask.skill_of(skill).ok
    assert "Subtract" in ask.skill_of(1 - skill).message
    assert not ask.skill_of(1.2).ok
    assert not ask.forward(0.1).ok
    assert not ask.matched(yi.GuessExplorer()).ok


def test_three_players_are_scored_on_the_same_hidden_wires():
    explorer = yi.GuessExplorer()
    for number, wire in enumerate((3, 5, 8), 1):
        explorer.wire = wire
        assert explorer.kept == ()
        explorer.keep()
        assert len(explorer.scores) == number
        place = explorer.data["truth"]
        mine = np.hypot(explorer.x - place[0], explorer.y - place[1])
        assert explorer.scores[-1][1] == pytest.approx(mine, abs=1e-3)
        # the network reads it from the curve alone; physics removes the very same sites
        found = explorer.data["read"]["network"]["place"]
        assert explorer.scores[-1][2] == pytest.approx(np.hypot(*(found - place)), abs=1e-3)
        assert explorer.scores[-1][2] < 0.5
        recipe = wires("one")
        exact = load_ynet("one").polish(
            explorer.data["goal"], load_ynet("one").decode(explorer.data["goal"])
        )
        sets = [
            recipe.removed(np.array([[[*centre[:2], 3.0]]]))
            for centre in (exact.antidots[0], place)
        ]
        assert (sets[0] == sets[1]).all() == explorer.data["read"]["physics"]["exact"]
    assert "medians of 3 wires" in explorer.readout
    # the truth is known now: a second guess does not count
    explorer.x = 5.05
    explorer.keep()
    assert len(explorer.scores) == 3


def test_the_order_of_the_thickness_turns_round_below_one_site():
    explorer = yi.SheetExplorer(neighbours=30)
    wide = explorer.data
    assert wide["radius"] == pytest.approx(2.06, abs=0.02)
    assert wide["here"][0] > 2 * wide["here"][1]
    explorer.dense = True
    fine = explorer.data
    assert fine["radius"] < 1
    assert fine["here"][0] < fine["here"][1]
    rows = shared.stored()["thickness"]
    for kind, order in (("thickness", 1), ("fine", -1)):
        pairs = zip(rows["with"], rows["without"], strict=True)
        assert all(order * (a[kind] - b[kind]) > 0 for a, b in pairs)
    explorer.refresh()
    assert "0.183 ± 0.018 and 0.247 ± 0.048" in explorer.readout


@pytest.mark.delivery(2, of="runs to the end")
def test_c_learns_the_points_that_a_has_made():
    explorer = yi.ReaderTrainingExplorer(frame=70, wires=600)
    assert explorer.wait(120)

    def alike():
        a, c = explorer.data["points"]
        return np.corrcoef(a.ravel(), c.ravel())[0, 1]

    before = alike()
    explorer.frame = 110
    assert explorer.wait(180)
    assert before < 0.3 < 0.7 < alike()
