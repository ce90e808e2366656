"""The explorers of chapter 1, driven without a browser: every control, the numbers, the errors."""

import numpy as np
import pytest
from explorer_checks import ExplorerChecks, walked

from qmlcourse.explorers import ab_oscillations as ab
from qmlcourse.transport import ABRing, ChainRing, estimate_period, measured_like_curve


class TestExplorers(ExplorerChecks):
    room = ab

    def first(self, explorer):
        # without disorder a seed has nothing to say
        return {"seed": {"disorder": 1.5}} if "disorder" in explorer.controls else {}


def test_the_curve_of_the_ring_is_the_library_s():
    explorer = ab.RingExplorer(flux=0.37, disorder=0.8, offset=1, temperature=0.0)
    state, data = explorer.state(), explorer.data
    ring = ABRing(
        state["radius"],
        state["radius"] - state["arm"],
        state["lead"],
        lead_offset=1,
        disorder=0.8,
        seed=state["seed"],
    )
    expected = ring.conductance(state["energy"], data["ring_flux"])
    assert np.allclose(data["conductance"], expected, atol=1e-10)
    assert data["g"] == pytest.approx(float(ring.conductance(state["energy"], 0.37)))
    density = ring.density(state["energy"], 0.37)
    assert np.allclose(data["density"], density, atol=1e-10)
    explorer.temperature = 0.03
    warm = explorer.data
    assert np.ptp(warm["conductance"]) < np.ptp(data["conductance"])
    nearest = int(np.abs(warm["ring_flux"] - 0.375).argmin())
    assert warm["g"] == pytest.approx(warm["conductance"][nearest], abs=0.02)


def test_moving_the_flux_keeps_the_curve_and_dragging_sets_it():
    explorer = ab.RingExplorer()
    explorer.view  # noqa: B018  (makes the player)
    curve = explorer.data["conductance"]
    axes = explorer._curve
    explorer.figure.draw()
    x, y = axes.transData.transform((1.2, 0.5)) / explorer.figure.figure.bbox.size
    explorer.figure.widget.pointer = {"x": x, "y": y, "phase": "down", "n": 1}
    assert explorer.flux == pytest.approx(1.2, abs=0.011)
    assert explorer.data["conductance"] is curve
    explorer.player.advance()
    assert explorer.flux == pytest.approx(1.22, abs=0.011)
    assert explorer.errors == []


def test_a_dark_lead_is_said_in_words():
    explorer = ab.RingExplorer(energy=-3.6, lead=1)
    assert "no open channel" in explorer.view.readout.value or "no open" in explorer.readout


def test_the_one_channel_map_holds_the_curve():
    explorer = ab.OneChannelExplorer(upper=7, lower=7, energy=0.3)
    data = explorer.data
    assert np.allclose(data["numerical"], data["closed_form"], atol=1e-9)
    expected = ChainRing(7, 7).closed_form(0.3, data["ring_flux"])
    assert np.allclose(data["closed_form"], expected)


def test_the_field_explorer_shows_both_exact_curves():
    explorer = ab.UniformFieldExplorer(radius=11, arm=3)
    explorer.wait(20)
    data = explorer.data
    ring = ABRing(11, 8, 3)
    area = np.pi * 9.5**2
    some = [0, 17, 80]
    for n in some:
        pure = ring.conductance(-2.3, data["flux"][n])
        real = ring.conductance(-2.3, flux=data["flux"][n] / area)
        assert data["hole_only"][n] == pytest.approx(float(pure))
        assert data["uniform_field"][n] == pytest.approx(float(real))


def test_the_average_over_rings_uses_as_many_as_the_slider_says():
    explorer = ab.ManyRingsExplorer(rings=300)
    explorer.wait(20)
    data = explorer.data
    assert np.allclose(data["mean"], data["curves"][:300].mean(0))
    assert "300 rings" in explorer.figure.widget.alt


def test_the_measured_curve_can_be_the_student_s_own():
    explorer = ab.MeasuredRingExplorer()
    explorer.wait(20)
    curve, truth = measured_like_curve(3, points=120)
    explorer.view  # noqa: B018  (makes the upload box)
    assert explorer.upload.receive("curve.csv", None, curve.to_csv())
    assert explorer.source == "yours"
    explorer.background = 3
    expected = estimate_period(curve, background=3)
    assert explorer.data["found"].radius == pytest.approx(expected.radius, rel=1e-6)
    assert abs(expected.radius - truth["radius"]) < 2 * expected.radius_error
    assert explorer.truth() is None
    explorer.sample = 1
    explorer.wait(20)
    assert explorer.source == "simulated"
    assert explorer.errors == []


@pytest.mark.parametrize(
    ("content", "size", "words"),
    [
        (b"", None, "empty"),
        (b"B_T,g\n1,nan\n", None, "NaN"),
        (b"B_T,temperature\n1,2\n", None, "no column is called a conductance"),
        (b"\x89PNG\0\0", None, "not a text file"),
        (None, 100_000_000, "100.0 MB"),
    ],
)
def test_bad_files_leave_the_picture_and_say_why(content, size, words):
    explorer = ab.MeasuredRingExplorer()
    explorer.wait(20)
    picture, state = explorer.export_png(), explorer.state()
    explorer.view  # noqa: B018  (makes the upload box)
    assert not explorer.upload.receive("bad.csv", size, content)
    assert words in explorer.upload.status.text
    assert "Traceback" not in explorer.upload.status.text
    assert explorer.export_png() == picture
    assert explorer.state() == state


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"radius": 50}, "between 9 and 20"),
        ({"energy": float("nan")}, "between"),
        ({"charm": 1}, "charm"),
        ("ab_ring:energy=high", "number"),
    ],
)
def test_impossible_states_are_refused_and_nothing_is_lost(change, words):
    explorer = ab.RingExplorer(flux=0.4)
    before = explorer.state()
    with pytest.raises(ValueError, match=words):
        explorer.set_state(change)
    assert explorer.state() == before


def test_the_reader_of_fluxes_learns_frame_by_frame():
    explorer = ab.FluxReaderExplorer()
    start = explorer.data["errors"][-1]
    explorer.view  # noqa: B018
    explorer.player.finish()
    assert explorer.shown == 90
    assert explorer.data["errors"][-1] < 0.3 * start
    assert explorer.errors == []


def test_questions_know_right_from_wrong():
    ring = ab.RingExplorer()
    assert not ab.questions.dark_ring(ring).ok
    assert ab.questions.dark_ring(ab.RingExplorer(energy=-3.1, offset=1)).ok
    dark = ab.questions.dark_ring(ab.RingExplorer(energy=-3.6, lead=1))
    assert "No channel is open" in dark.message
    assert ab.questions.two_paths(lambda a, b, f: abs(a + b * np.exp(2j * np.pi * f)) ** 2).ok
    assert not ab.questions.two_paths(lambda a, b, f: abs(a) ** 2 + abs(b) ** 2).ok
    period = ab.questions.field_period()
    for answer, ok, words in [
        ("8.23", True, "Right"),
        ("2.06", False, "not diameter"),
        ("4.11", False, "h/2e"),
        ("0.00823", False, "tesla"),
    ]:
        period.field.value = answer
        verdict = period.try_now()
        assert verdict.ok is ok
        assert words in verdict.message
    many = ab.questions.overtaking()
    many.field.value = "73"
    assert many.try_now().ok
    sample = ab.MeasuredRingExplorer()
    radius = ab.questions.hidden_radius(sample)
    radius.field.value = str(sample.truth()["radius"] * 1e6)
    assert radius.try_now().ok
    half = ab.questions.half_quantum()
    half.field.value = "0"
    assert half.try_now().ok


def test_the_full_scale_picture_and_report_come_from_the_stored_run():
    assert "12000 rings" in ab.paper_and_ours().everything
    assert "qmlcourse reproduce" in ab.paper_and_ours().everything
    assert "12000 rings" in ab.full_scale().alt


def test_the_dark_ring_is_checked_by_its_button():
    ring = ab.RingExplorer()
    asked = ab.questions.find_dark_ring(ring)
    asked.button.click()
    assert not asked.verdict.ok
    assert "Hint" in asked.status.text
    ring.set_state({"energy": -3.1, "offset": 1})
    asked.button.click()
    assert asked.verdict.ok


def test_the_kept_sketch_stands_behind_the_curve():
    explorer = ab.RingExplorer()
    before = explorer.export_png()
    sketch = ab.questions.predict_flux().children[1]
    sketch.touch(0.1, 0.5)
    sketch.move(1.5, 1.2)
    sketch.keep()
    assert explorer.export_png() != before
    x, y = explorer._sketch.get_data()
    assert x.min() == pytest.approx(0.1, abs=0.03)
    assert y.max() == pytest.approx(1.2, abs=0.02)
    sketch.erase()
    assert explorer.errors == []


def walk(explorer, see):
    """Go along the guided path; at each answer, call `see(place)`."""
    explorer.wait(20)
    tour = explorer.view.tour
    tour.go_on()
    tour.go_back()  # the first stop sets its state too
    for place in range(len(tour.stops)):
        assert tour.place == place
        tour.go_on()
        explorer.wait(20)
        see(place)
        tour.go_on()
    assert not tour.walking
    assert explorer.errors == []


def test_the_path_through_the_ring_says_what_is_to_be_seen():
    ring = ab.RingExplorer()
    seen = {}

    def see(place):
        data = ring.data
        period, g = data["ring_flux"], data["conductance"]
        half = len(g) // 2
        assert np.allclose(g[: half + 1], g[half:], atol=1e-9)  # one quantum
        assert np.allclose(g, g[::-1], atol=1e-9)  # its own mirror image
        seen[place] = {"zero": g[0], "half": np.interp(0.5, period, g), "state": ring.state()}

    walk(ring, see)
    assert seen[0]["half"] / seen[0]["zero"] == pytest.approx(3, abs=0.4)
    assert seen[1]["state"]["radius"] == 18
    assert abs(seen[1]["zero"] - seen[0]["zero"]) > 0.3
    assert seen[3]["state"]["disorder"] == 1.5
    assert f"{seen[0]['zero']:.2f} {seen[4]['zero']:.2f}" == "0.60 1.29"
    assert "from 0.60 to 1.29" in ring.path[4].see


@pytest.mark.parametrize("state", [{}, {"offset": 2, "disorder": 0.8, "energy": -2.6}])
def test_the_arrows_add_up_to_the_conductance(state):
    explorer = ab.TwoPathsExplorer(**state)
    now = {**explorer.state()}
    ring = ABRing(12, 9, 3, lead_offset=now["offset"], disorder=now["disorder"], seed=1)
    for flux in (0.0, 0.31, 0.5):
        explorer.flux = flux
        data = explorer.data
        assert data["arrows"].sum() == pytest.approx(data["sum"])
        assert data["g"] == pytest.approx(float(ring.conductance(now["energy"], flux)), abs=1e-8)
    expected = ring.conductance(now["energy"], data["line_flux"])
    assert np.allclose(data["line_g"], expected, atol=1e-8)


def test_the_path_along_the_arrows_says_what_is_to_be_seen():
    explorer = ab.TwoPathsExplorer()
    arrows = {}
    walk(explorer, lambda place: arrows.update({place: explorer.data["arrows"]}))
    lower, upper = 0, 1
    assert abs(arrows[0][:2]).min() > 3 * abs(arrows[0][2:]).max()  # only two are long
    assert arrows[1][upper] == pytest.approx(-arrows[0][upper])
    assert arrows[1][lower] == pytest.approx(arrows[0][lower])
    assert abs(arrows[1].sum()) < 0.05
    assert np.allclose(arrows[2], arrows[0])
    assert abs(arrows[3][upper] - arrows[0][upper]) > 0.1


def test_the_loops_agree_in_every_ring_and_cancel_at_a_quarter_quantum():
    explorer = ab.MirroredLoopsExplorer()
    direct = set()
    for seed in range(4):
        explorer.seed = seed
        explorer.flux = 0.0
        data = explorer.data
        assert data["clockwise"] == pytest.approx(data["counter_clockwise"], abs=1e-8)
        assert abs(data["clockwise"]) > 0.05
        direct.add(round(np.angle(data["direct"] / data["clockwise"]), 1))
        explorer.flux = 0.25
        data = explorer.data
        assert data["clockwise"] == pytest.approx(-data["counter_clockwise"], abs=1e-8)
    assert len(direct) > 1


def test_the_films_differ_only_once_the_parts_have_met():
    without, half = ab.PacketExplorer(), ab.PacketExplorer(flux=0.5)
    assert without.data["passed"][-1] > 0.6
    assert half.data["passed"].max() < 0.01
    met = int(np.flatnonzero(without.data["passed"] > 0.01)[0])
    for step, alike in ((met // 2, True), (met + 6, False)):
        without.step = half.step = step
        apart = np.abs(without.data["density"] - half.data["density"]).max()
        assert (apart < 0.02) == alike
    assert without.errors == half.errors == []


@pytest.mark.parametrize(("arm", "energy"), [(7, -2.3), (3, -2.3), (7, -1.4), (5, -3.1)])
def test_the_line_of_the_uniform_field_lies_in_its_band(arm, energy):
    explorer = ab.UniformFieldExplorer(arm=arm, energy=energy)
    explorer.wait(20)
    data = explorer.data
    low, high = data["limits"]
    named = float(explorer.readout.split("<b>")[1].split("</b>")[0])
    assert low <= named <= high
    near = abs(data["frequency"] - named) < 0.01
    inside = (data["frequency"] >= low) & (data["frequency"] <= high)
    spectrum = data["uniform_field_spectrum"]
    assert spectrum[near].max() == spectrum[inside].max()


def test_the_ripple_of_the_mean_can_be_seen_however_small_it_is():
    explorer = ab.ManyRingsExplorer()
    for rings in (1, 10, 400):
        explorer.rings = rings
        assert explorer.wait(20)
        ripple = explorer._mean.get_ydata()
        assert abs(ripple.mean()) < 0.02
        top = explorer._left.get_ylim()[1]
        assert 0.3 * top < abs(ripple).max() < top


def test_the_line_is_chosen_where_no_code_can_be_written(monkeypatch):
    from qmlcourse.widgets import on_page

    assert not ab.questions.two_paths(lambda a, b, flux: ...).ok
    monkeypatch.setattr(on_page, "served", lambda: True)
    asked = ab.questions.two_paths(lambda a, b, flux: ...)
    assert asked.key == "ab-two_paths"
    lines = [line for _, line in asked.field.options]
    for line in lines:  # the right one gives what the check asks for, the others do not
        ok = ab.questions.check_two_paths(eval(f"lambda a, b, flux: {line}", {"np": np})).ok
        asked.field.value = line
        assert asked.try_now().ok == ok
    assert sum("Right" in asked._check(line).message for line in lines) == 1


def test_the_nearest_mistake_is_named():
    asked = ab.questions.overtaking()
    asked.field.value = "8.5"
    assert "square the ratio" in asked.try_now().message


def test_the_mean_of_warm_rings_is_that_of_rings_one_by_one():
    explorer = ab.WarmRingExplorer(disorder=2.0)
    assert explorer.wait(60)
    many = explorer.data["many"]
    energies, flux, kt = np.linspace(-0.4, 0.4, 107), np.arange(16) / 16, 0.08
    found = []
    for seed in range(100, 124):
        g = ABRing(10, 6, 4, disorder=2.0, seed=seed).conductance(-2.0 + energies, flux)
        weight = 1 / np.cosh(energies / (2 * kt)) ** 2
        first = (weight @ g) / weight.sum() @ np.cos(2 * np.pi * flux) * 2 / 16
        found.append(abs(first))
    assert many[-1] == pytest.approx(np.sqrt(np.mean(np.square(found))), rel=0.02)
    assert 0.3 < np.log(many[0] / many[-1]) / np.log(0.08 / 0.006) < 0.7  # near T^(-1/2)
    assert explorer.errors == []


def test_the_learner_shows_the_known_pictures_that_are_most_like_the_new_one():
    explorer = ab.FluxReaderExplorer(shown=30, look=9, noise=0.0)
    data = explorer.data
    new, *known = data["pictures"]
    shown = [picture / np.linalg.norm(picture) for picture in (new, *known)]
    apart = [float(((shown[0] - one) ** 2).sum()) for one in shown[1:]]
    assert apart == sorted(apart)
    assert list(data["likeness"]) == sorted(data["likeness"], reverse=True)
    off = np.abs((data["known_flux"] - data["truth"][8] + 0.5) % 1 - 0.5)
    assert off.min() < 0.05  # without noise the nearest has nearly the same flux
    explorer._choose(data["truth"][20], data["read"][20])
    assert explorer.look == 21


@pytest.mark.parametrize(("flux", "place"), [(0.3, 90.0), (0.3, 200.0), (0.72, 5.0), (1.0, 310.0)])
def test_the_line_of_the_flux_can_be_moved(flux, place):
    """The wave on show solves Schrödinger's equation with the phase on the bonds over the line."""
    explorer = ab.MovedCutExplorer(flux=flux, place=place)
    data = explorer.data
    ring = ABRing(12, 9, 3, lead_offset=1, disorder=0.6, seed=2)
    psi = {tuple(s): data["psi"][tuple(s + ring.extent)] for s in ring.sites}
    energies = dict(zip(map(tuple, ring.sites), ring.on_site, strict=True))
    angle = {s: np.mod(np.arctan2(s[1], s[0] - 0.5) - np.radians(place), 2 * np.pi) for s in psi}
    checked = crossed = 0
    for (x, y), value in psi.items():
        neighbours = [(x + 1, y), (x - 1, y), (x, y + 1), (x, y - 1)]
        if abs(x) > 9 and abs(y) < 5:
            continue  # next to a lead
        pull = energies[x, y] * value
        for other in neighbours:
            if other not in psi:
                continue
            turn = 0.0
            if abs(angle[x, y] - angle[other]) > np.pi:  # counter-clockwise over the line: + 1
                turn = flux if angle[x, y] < angle[other] else -flux
                crossed += 1
            pull -= np.exp(2j * np.pi * turn) * psi[other]
        assert pull == pytest.approx(-2.8 * value, abs=1e-8)
        checked += 1
    assert checked > 100
    assert crossed >= 2
    assert data["g"] == pytest.approx(float(ring.conductance(-2.8, flux)))
    turned = set(np.round(data["turned"]).astype(int) % 360)  # between the lines, or not at all
    assert turned <= {0, round(360 * flux) % 360, round(-360 * flux) % 360}
    if flux == 1:
        assert "360°</b>, which is none" in explorer.readout


def test_the_paths_through_chain_and_field_say_what_is_to_be_seen():
    chain = ab.OneChannelExplorer(upper=9, lower=9)
    _ = chain.view
    energies = np.linspace(-1.9, 1.9, 39)
    equal = [ChainRing(9, 9).closed_form(energy, 0.5) for energy in energies]
    assert np.max(equal) < 1e-20
    longer = [
        min(ChainRing(10, 9).closed_form(energy, flux) for flux in np.arange(64) / 64)
        for energy in energies
    ]
    assert np.max(longer) > 0.1
    field = ab.UniformFieldExplorer(arm=3)
    _ = field.view
    seen = []
    for place in (0, 1):
        walked(field, place)
        seen.append(field.readout)
    assert "from 0.77 (inner rim) to 1.25 (outer rim)" in seen[0]
    assert "0.77 and 1.25" in field.path[0].see
    assert "from 0.44 (inner rim) to 1.78 (outer rim)" in seen[1]
    assert "from 0.44 to 1.78" in field.path[1].see


def test_the_small_network_is_ahead_with_four_pictures_and_behind_with_thirty():
    explorer = ab.FluxReaderExplorer()
    _ = explorer.view
    explorer.shown = 90
    assert explorer.wait(120)
    data = explorer.data
    at = {int(count): n for n, count in enumerate(data["counts"])}
    assert data["network"][at[4]] < 0.6 * data["errors"][at[4]]
    for count in range(30, 91, 10):
        assert data["network"][at[count]] > data["errors"][at[count]]
    assert data["network"][at[4]] > 2 * data["network"][at[90]]  # it has not seen what comes
    network = ab.learn._network(1.0, 5, 100.0).network
    assert sum(one.numel() for one in network.parameters()) == 11_650
