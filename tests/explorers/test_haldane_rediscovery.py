"""The explorers of chapter 5, driven without a browser: controls, numbers, players, questions."""

import numpy as np
import pytest
import torch
from explorer_checks import ExplorerChecks, check_choice, check_number, check_player

from qmlcourse import inverse_design as inv
from qmlcourse.explorers import haldane_rediscovery as hal
from qmlcourse.explorers.haldane_rediscovery import berry as berry_room
from qmlcourse.explorers.haldane_rediscovery.six import PAPER
from qmlcourse.widgets import PlayableExplorer

torch.set_num_threads(1)


CLASSES = [one for one in vars(hal).values() if isinstance(one, type)]
PLAYABLE = [one for one in CLASSES if issubclass(one, PlayableExplorer)]


class TestExplorers(ExplorerChecks):
    room = hal

    def first(self, explorer):
        # what is trained differs only after some steps
        return {name: {"steps": 30} for name in ("temperature", "mesh", "optimizer", "rank")}


@pytest.mark.delivery(2, of="runs to the end")
@pytest.mark.parametrize("explorer_class", PLAYABLE)
def test_players_run_to_the_end_and_go_back(explorer_class):
    check_player(explorer_class())


def test_both_machines_find_the_phase_and_the_warm_one_the_model():
    explorer = hal.RaceExplorer(steps=4)
    for name in ("warm", "cold"):
        assert explorer.data[name]["chern"][-1] == 1
    explorer.steps = 100
    warm, cold = explorer.data["warm"], explorer.data["cold"]
    assert warm["spread"] < 0.005 < 0.2 < cold["spread"]
    assert warm["sigma"][-1] < 0.5 < 0.99 < cold["sigma"][-1]
    lengths = explorer.data["length_warm"], explorer.data["length_cold"]
    assert lengths[1][4:-1].max() < 2e-3 < 0.02 < lengths[0][4:49].min()
    # both begin with the same numbers
    first = [hal.RaceExplorer(steps=0).data[name]["hops"] for name in ("warm", "cold")]
    np.testing.assert_array_equal(*first)


def test_the_paths_say_how_many_starts_are_topological_at_once():
    assert (np.abs(hal.ManyStartsExplorer().data["chern"]) == 1).sum() == 44


@pytest.mark.parametrize(("ratio", "chern"), [(0.0, 1), (3.0, 1), (6.5, 0), (-6.5, 0)])
def test_the_arrow_turns_by_the_curvature_inside(ratio, chern):
    data = hal.BerryLoopExplorer(ratio=ratio).data
    assert data["loops"] == pytest.approx(data["inside"], abs=0.02)
    assert data["loops"][-1] == pytest.approx(chern, abs=1e-6)
    assert data["inside"][-1] == pytest.approx(chern, abs=1e-3)
    # a model of two bands: half of the solid angle that its vector sees
    half = _solid_angle(ratio) / (4 * np.pi)
    place = int(np.flatnonzero(np.isclose(berry_room._SIZES, 0.6))[0])
    assert data["loops"][place] == pytest.approx(half, abs=2e-3)


def _solid_angle(ratio, size=0.6, count=400):
    """Of the vector of H(k) along a loop, by the triangles that it spans with its mean."""
    model = inv.haldane(np.pi / 2, 0.15 * ratio, 0.15)
    h = model.hamiltonian(berry_room._hexagon(size)).numpy()
    vector = np.stack([h[:, 0, 1].real, -h[:, 0, 1].imag, h[:, 0, 0].real], -1)
    vector /= np.linalg.norm(vector, axis=1, keepdims=True)
    middle = vector[:-1].mean(0)
    middle /= np.linalg.norm(middle)
    a, b = vector[:-1], vector[1:]
    triple = np.einsum("ni,ni->n", np.cross(a, b), middle[None].repeat(len(a), 0))
    below = 1 + a @ middle + b @ middle + np.einsum("ni,ni->n", a, b)
    return 2 * np.arctan2(triple, below).sum()


def test_the_tape_gives_the_slopes_of_torch_and_of_small_steps():
    explorer = hal.TapeExplorer()
    for phi, t2, m in ((0.4, 0.15, 0.9), (-0.7, 0.3, -1.2), (0.1, 0.05, 0.0)):
        with explorer.together():
            explorer.phi, explorer.t2, explorer.m = phi, t2, m
        data = explorer.data
        by_hand = [data["values"][name][1] for name in ("φ", "t₂", "M")]
        assert by_hand == pytest.approx(data["torch"], abs=1e-12)
        assert by_hand == pytest.approx(data["by_steps"], abs=1e-7)
        # at K and K' the two bands of the model lie at plus and minus M ∓ 3√3 t₂ sin φ
        b = inv.honeycomb_lattice().reciprocal
        corner = (b[0] + 2 * b[1]) / 3
        levels = inv.haldane(np.pi * phi, m, t2).bands(corner[None]).numpy()[0]
        assert np.ptp(levels) / 2 == pytest.approx(abs(data["values"]["d"][0]), abs=1e-9)


def test_the_tape_is_written_and_read_step_by_step():
    explorer = hal.TapeExplorer(step=3)
    explorer.refresh()
    shown = [name for name, text in explorer._values.items() if text.get_text()]
    assert shown == ["φ", "t₂", "M", "s", "p", "d"]
    explorer.step = 10
    slopes = [name for name, text in explorer._slopes.items() if text.get_text()]
    assert slopes == ["M", "p", "d", "q", "r", "E"]
    assert "PyTorch's tape" not in explorer.readout
    explorer.step = 12
    assert "PyTorch's tape" in explorer.readout


def test_the_diagram_knows_the_chern_number():
    explorer = hal.HaldaneExplorer()
    for phi, ratio, chern in ((0.5, 5.0, 1), (0.5, 5.4, 0), (-0.5, 0.0, -1), (0.25, 4.0, 0)):
        explorer.phi, explorer.ratio = phi, ratio
        assert explorer.data["chern"] == chern
    explorer.phi, explorer.ratio, explorer.t2 = 0.5, 0.0, 0.1
    assert explorer.data["gap"] == pytest.approx(6 * np.sqrt(3) * 0.1, abs=1e-6)


def test_a_border_has_no_chern_number_and_says_so():
    explorer = hal.HaldaneExplorer(phi=0.0, ratio=0.0)
    assert explorer.data["chern"] is None
    assert "touch" in explorer.readout
    assert explorer.errors == []


def test_the_dot_is_dragged():
    explorer = hal.HaldaneExplorer()
    live = explorer.figure
    ax = explorer._diagram.ax
    pixel = ax.transData.transform((-0.5, 3.0)) / live.figure.bbox.size
    live.widget.pointer = {"phase": "down", "x": float(pixel[0]), "y": float(pixel[1]), "n": 1}
    assert (explorer.phi, explorer.ratio) == pytest.approx((-0.5, 3.0), abs=0.03)
    assert explorer.data["chern"] == -1
    live.widget.arrows = {"dx": 1, "dy": 0, "n": 2}
    assert explorer.phi == pytest.approx(-0.49, abs=0.03)


def test_the_step_is_a_step_in_the_cold_and_a_hill_in_the_heat():
    explorer = hal.WarmExplorer(ratio=7.0, log_kt=-1.5)
    cold = explorer.data["here"]
    explorer.log_kt = 0.0
    warm = explorer.data["here"]
    assert abs(cold[0]) < 1e-3
    assert warm[1] > 100 * cold[1]
    step = 1e-4  # the slope is the derivative of the library's sigma
    sigma = inv.hall_conductivity(
        inv.haldane(np.full(2, np.pi / 2), 0.15 * 7 + np.array([-step, step]), np.full(2, 0.15)),
        1.0,
        mesh=80,
    ).numpy()
    assert warm[1] == pytest.approx((sigma[0] - sigma[1]) / (2 * step), rel=1e-5)


def test_the_live_design_is_the_library_s():
    explorer = hal.RediscoveryExplorer(seed=5, steps=40)
    space = inv.honeycomb()
    run = inv.design(inv.hall_objective(space), space, starts=1, seed=5, steps=40)
    assert explorer.data["hops"] == pytest.approx(run.model.hoppings[0, 3:].numpy())
    assert explorer.data["sigma"][:40] == pytest.approx(np.array(run.values)[:, 0])
    assert len(explorer.data["sigma"]) == 41


def test_sixty_four_starts_agree_and_the_trap_leads_some_astray():
    explorer = hal.ManyStartsExplorer(steps=100)
    assert (np.abs(explorer.data["chern"]) == 1).all()
    assert np.abs(np.abs(explorer.data["phases"]) - 0.5).max() < 0.08
    explorer.mesh = 12
    wrong = np.abs(np.abs(explorer.data["phases"]) - 0.5).max(1) > 0.1
    assert 5 < wrong.sum() < 40


def test_eight_triangular_starts_reach_six():
    explorer = hal.SixExplorer(steps=300)
    assert explorer.data["chern"] == 6
    assert explorer.data["sigma"][-1].max() > PAPER
    assert explorer.data["uniform"] < 0.01
    small = explorer.data["flux"][explorer.data["kind"] == 0]
    assert np.abs(np.abs(small) - 0.75).max() < 0.01
    assert isinstance(explorer.model(), inv.TightBinding)


def test_currents_vanish_where_symmetry_says_so():
    explorer = hal.SunlightExplorer()
    for height in (0.0, 1.0, -1.0):
        explorer.height = height
        assert abs(explorer.data["current"]) < 1e-9
        assert "zero" in explorer.readout
    explorer.height = 0.7
    forward = explorer.data["current"]
    explorer.back = True
    assert explorer.data["current"] == pytest.approx(-forward)
    explorer.kernel = "shift"
    assert abs(explorer.data["current"]) < 1e-9


def test_other_goals_say_what_they_found():
    explorer = hal.OwnGoalExplorer(steps=300)
    explorer.refresh()
    assert "C = 1" in explorer.readout
    explorer.goal = "spin"
    assert "<b>−1</b> for spin down" in explorer.readout
    explorer.goal = "entangled"
    assert "of 6" in explorer.readout
    assert explorer.errors == []


def test_edges_conduct_inside_the_lobe_only():
    explorer = hal.EdgeExplorer()
    explorer.wait(30)
    assert "its <b>edges conduct</b>" in explorer.readout
    explorer.ratio = 8.0
    explorer.wait(30)
    assert "half filling" in explorer.readout
    assert explorer.data["chern"] == 0


def test_pictures_of_the_chapter_state_their_numbers():
    assert "1.00 e²/h" in hal.opening().alt
    assert "167 of 256" in hal.full_scale().alt
    text = hal.paper_and_ours().everything
    assert "qmlcourse reproduce haldane_rediscovery" in text
    assert "7.000" in text


@pytest.mark.parametrize(
    ("question", "right", "wrong", "hint"),
    [
        (hal.questions.border, "0.52", "2.598", "multiply by t₂"),
        (hal.questions.flux_per_site, "0.75", "0.375", "two for each site"),
    ],
)
def test_numbers_are_checked_with_the_mistake_in_mind(question, right, wrong, hint):
    check_number(question, right, wrong, hint)


@pytest.mark.parametrize("question", [hal.questions.trap, hal.questions.trivial_hall])
def test_choices_answer_each_option(question):
    check_choice(question)


def test_tuning_questions():
    explorer = hal.HaldaneExplorer()
    assert not hal.questions.other_side(explorer).ok
    explorer.ratio = 3.0
    assert "must be −1" in hal.questions.other_side(explorer).message
    explorer.phi, explorer.t2 = -0.5, 0.1
    assert "not yet 0.9" in hal.questions.other_side(explorer).message
    explorer.t2 = 0.3
    assert hal.questions.other_side(explorer).ok
    angle = hal.OneAngleExplorer()
    assert "missing" in hal.questions.beaten(angle).message
    angle.chi, angle.t2, angle.t3 = 0.12, 1.0, 1.0
    assert hal.questions.beaten(angle).ok
    assert hal.questions.find_other_side(explorer).try_now().ok
    assert hal.questions.beat_the_paper(angle).try_now().ok


def test_own_objectives_are_run_and_judged():
    def good(model, beta):
        return -inv.hall_conductivity(model, 1 / beta, mesh=10)

    def same(model, beta):
        return inv.hall_conductivity(model, 1 / beta, mesh=10)

    def broken(model, beta):
        return model.nothing

    assert hal.questions.own_objective(good).ok
    assert "1, 1, 1, 1" in hal.questions.own_objective(same).message
    assert "AttributeError" in hal.questions.own_objective(broken).message
    assert not hal.questions.own_objective(lambda model, beta: 1.0).ok
    assert not hal.questions.own_objective(3).ok


def test_predictions_have_their_outcome_among_the_options():
    for ask, recall in (
        (hal.questions.predict_slope, hal.questions.recall_slope),
        (hal.questions.predict_same, hal.questions.recall_same),
    ):
        assert len(ask().choice.options) == 3
        assert recall() is not None


@pytest.mark.parametrize("explorer", [hal.RediscoveryExplorer, hal.ManyStartsExplorer])
def test_axes_hold_a_cold_run_and_go_back(explorer):
    one = explorer(temperature="0.02", steps=100)
    assert one.wait(120)
    axes = one.figure.figure.axes
    goal = next(ax for ax in axes if ax.get_title("left") == "the goal")
    sigma = one.data["sigma"]
    assert sigma.max() > 0.9, "colder than the gap, the goal is the Chern number"
    low, high = goal.get_ylim()
    assert low <= sigma.min()
    assert high >= sigma.max()
    one.temperature = "cooling"
    assert one.wait(120)
    assert goal.get_ylim()[1] < 0.5
