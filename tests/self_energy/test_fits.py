"""Fits: derivatives, recovery, what one curve cannot say, posteriors, files."""

import numpy as np
import pytest
import torch

from qmlcourse.self_energy import (
    ANSATZE,
    BCS,
    Curves,
    DegenerateTruth,
    ForwardModel,
    Grid,
    HiddenFermion,
    Instrument,
    SelfEnergyFit,
    fermi,
    fit,
    laplace_gap_parameter,
    measured_curves,
    nodes,
    null_directions,
    posterior,
    read_curves,
    relative_errors,
    shirley_background,
    spectral_function,
    window,
)
from qmlcourse.self_energy.forward import BROADENING
from qmlcourse.storage.state_file import read_state, write_state
from qmlcourse.training import LongComputation

torch.set_num_threads(1)
MOMENTA = (0.0, -0.06, -0.15)
TRUTH = HiddenFermion()


@pytest.fixture(scope="module")
def three():
    return fit(measured_curves(TRUTH, MOMENTA), Grid(), seed=range(4))


def test_the_instrument_conserves_light_and_blurs_as_stated():
    energies = window(-0.3, 0.3)
    instrument = Instrument(energies, temperature=1e-3, resolution=0.012)
    line = np.exp(-0.5 * ((instrument.wide + 0.1) / 0.01) ** 2)
    seen = instrument.matrix @ line
    assert seen.sum() == pytest.approx(line.sum(), rel=1e-6)
    mean = (energies * seen).sum() / seen.sum()
    width = np.sqrt(((energies - mean) ** 2 * seen).sum() / seen.sum())
    assert mean == pytest.approx(-0.1, abs=1e-6)
    assert width == pytest.approx(np.hypot(0.01, 0.012 / 2.3548), rel=1e-3)
    assert fermi(np.array([-0.1, 0.0, 0.1]), 100.0) == pytest.approx([1, 0.5, 0], abs=1e-4)


def test_shirley_background_is_what_lies_above():
    steps = np.zeros((1, 30))
    steps[0, 20] = 2.0
    found = shirley_background(steps)
    assert found[0, :21] == pytest.approx(2.0)
    assert found[0, 21:] == pytest.approx(0)


def test_noise_is_poisson_and_seeded():
    many = np.array([measured_curves(TRUTH, seed=s).counts[0] for s in range(200)])
    bright = many.mean(0) > 500
    assert many.var(0)[bright] / many.mean(0)[bright] == pytest.approx(1, abs=0.45)
    assert (measured_curves(TRUTH, seed=3).counts == measured_curves(TRUTH, seed=3).counts).all()
    clean = measured_curves(TRUTH, counts=np.inf)
    assert many.mean(0)[bright] / clean.counts[0, bright] == pytest.approx(1e-8, rel=0.02)


@pytest.mark.parametrize("name", ANSATZE)
def test_every_ansatz_is_positive_odd_and_bounded(name):
    ansatz = ANSATZE[name]()
    normal, anomalous, static = ansatz.densities(3 * ansatz.start(range(5)))
    assert (normal >= 0).all()
    assert (anomalous + anomalous.flip(-1)).abs().max() < 1e-12
    assert (anomalous**2 <= normal * normal.flip(-1) + 1e-12).all()
    assert (static == 0).all()
    assert (ANSATZE[name](pairing=False).densities(ansatz.start([0]))[1] == 0).all()


def test_slopes_of_the_residual_are_those_of_automatic_differentiation():
    """The gradient of chi squared is exact under Kaufman's approximation."""
    data = measured_curves(TRUTH, MOMENTA[:2])
    ansatz = Grid(nodes(81), static=True)
    forward = ForwardModel(data, ansatz.at)
    parts = [p.requires_grad_() for p in ansatz.densities(ansatz.start([4]))]
    residual, slope = forward.jacobian(*parts)
    ours = (slope.mT @ residual.flatten(1)[..., None])[0, :, 0].detach()
    (forward.residual(*parts) ** 2).sum().backward()
    theirs = torch.cat([p.grad[0].reshape(-1) for p in parts]) / 2
    assert (ours - theirs).norm() < 1e-9 * theirs.norm()


def test_the_model_makes_the_curve_that_the_truth_makes():
    """The forward model on fine nodes against the instrument and the truth's own functions."""
    data = measured_curves(TRUTH, MOMENTA, counts=np.inf)
    at = nodes(801)
    here = TRUTH.components(at)
    normal, anomalous = (-v.imag[None] / np.pi for v in (here.normal, here.anomalous))
    normal[:, [0, -1]] = anomalous[:, [0, -1]] = 0
    forward = ForwardModel(data, at)
    zero = torch.zeros(1, dtype=torch.float64)
    spectrum, _, _ = forward.spectra(
        *forward.self_energies(torch.as_tensor(normal), torch.as_tensor(anomalous), zero)
    )
    fine = TRUTH.components(data.instrument().wide)
    own = np.stack([spectral_function(fine, e, BROADENING) for e in MOMENTA])
    assert np.abs(spectrum[0].numpy() - own).max() < 0.03 * own.max()


def test_three_momenta_find_both_components(three):
    best = three.best
    normal, anomalous = relative_errors(three, TRUTH)
    accepted = three.chi2 < three.chi2[best] + 0.3
    assert accepted.sum() >= 3
    assert 0.7 < three.chi2[best] < 1.1
    assert normal[best] < 0.1
    assert anomalous[best] < 0.1
    assert three.gap_parameter()[best] == pytest.approx(TRUTH.gap_parameter(), abs=0.006)
    value, sd = laplace_gap_parameter(three, best)
    assert abs(value) == pytest.approx(three.gap_parameter()[best], abs=1e-4)
    assert 0.0005 < sd < 0.004


def test_a_million_counts_are_fitted_to_the_noise():
    run = fit(measured_curves(TRUTH, MOMENTA, counts=1e6), Grid(), seed=range(3))
    assert run.chi2[run.best] < 1.3
    assert relative_errors(run, TRUTH)[0][run.best] < 0.05


def test_one_momentum_fits_perfectly_and_knows_nothing():
    data = measured_curves(TRUTH, (0.0,))
    run = fit(data, Grid(), seed=range(5))
    good = run.chi2 < run.chi2.min() + 0.3
    assert run.chi2.min() < 1.0
    assert np.ptp(run.gap_parameter()[good]) > 0.05
    without = fit(data, Grid(pairing=False), seed=range(3))
    assert without.chi2.min() < 1.2


def test_three_momenta_refuse_a_wrong_model(three):
    without = fit(three.data, Grid(pairing=False), seed=range(2))
    assert without.chi2.min() > 50
    changing = measured_curves(HiddenFermion(slope=4.0), MOMENTA)
    assert fit(changing, Grid(), seed=range(3)).chi2.min() > 5


def test_a_member_of_the_family_fits_one_curve_as_well_as_the_truth():
    """The degenerate pair, measured at k_F with the same noise, gives the same counts."""
    other = DegenerateTruth(TRUTH, 0.35)
    for band, equal in ((0.0, True), (0.05, False)):
        ours, theirs = (measured_curves(t, (band,), seed=5).counts for t in (TRUTH, other))
        assert (ours == theirs).all() == equal


def test_bcs_is_fitted_with_and_without_a_static_part():
    data = measured_curves(BCS(), MOMENTA)
    for static in (False, True):
        run = fit(data, Grid(static=static), seed=range(2))
        assert run.chi2.min() < 1.1
        assert run.gap_parameter()[run.best] == pytest.approx(0.035, abs=0.006)


def test_a_fit_can_be_stopped_and_gone_on_with(tmp_path):
    data = measured_curves(TRUTH, MOMENTA[:2])
    whole = fit(data, Grid(), seed=[1, 2], steps=8)
    first = fit(data, Grid(), seed=[1, 2], steps=5)
    assert isinstance(first, LongComputation)
    assert first.done
    write_state(tmp_path / "fit.npz", first.state())
    other = SelfEnergyFit(data, Grid(), seed=[1, 2], steps=8)
    assert not other.done
    other.resume(read_state(tmp_path / "fit.npz"))
    assert other.history == first.history
    while not other.done:
        other.advance()
    assert torch.equal(whole.raw, other.raw)
    assert [row["step"] for row in other.history] == list(range(9))
    assert other.history[-1]["chi2"] == whole.chi2.min()
    stopped = fit(data, Grid(), seed=[1], steps=10, callback=lambda run: run.steps < 4)
    assert stopped.steps == 4


def test_the_state_of_another_fit_is_refused():
    data = measured_curves(TRUTH)
    state = SelfEnergyFit(data, Grid(), seed=[1, 2]).state()
    for other in (
        SelfEnergyFit(data, Grid(), seed=[1, 3]),
        SelfEnergyFit(data, Grid(pairing=False), seed=[1, 2]),
        SelfEnergyFit(data, Grid(), seed=[1, 2], smoothness=2.0),
        SelfEnergyFit(measured_curves(TRUTH, seed=1), Grid(), seed=[1, 2]),
    ):
        with pytest.raises(ValueError, match="own data"):
            other.resume(state)


def test_a_batch_is_its_single_fits():
    data = measured_curves(TRUTH, MOMENTA[:2])
    both = fit(data, Grid(), seed=[1, 2], steps=6)
    alone = fit(data, Grid(), seed=[2], steps=6)
    assert both.chi2[1] == pytest.approx(alone.chi2[0], rel=1e-6)


def test_posterior_narrows_with_momenta_and_hardly_with_counts():
    sds = [
        posterior(measured_curves(TRUTH, MOMENTA[:n]), TRUTH).gap_parameter_deviations()
        for n in (1, 2, 3)
    ]
    assert sds[0][0] == pytest.approx(sds[2][0])
    after = [sd for _, sd in sds]
    assert after[0] / after[1] > 5
    assert after[1] / after[2] > 5
    million = posterior(measured_curves(TRUTH, counts=1e6), TRUTH).gap_parameter_deviations()[1]
    assert after[0] / million < 1.2


def test_null_directions_are_hardly_seen():
    data = measured_curves(TRUTH, (0.0,))
    run = fit(data, Grid(), seed=[1])
    seen, normal, anomalous = null_directions(run, 0)
    assert (np.diff(seen) >= 0).all()
    assert seen[0] < 1  # a change of unit length moves all points by less than one deviation
    assert np.abs(anomalous + anomalous[:, ::-1]).max() < 1e-9
    assert normal.shape == anomalous.shape == (4, len(run.ansatz.at))


def write_csv(path, header="energy_meV,counts@0,counts@-0.06", scale=1e3):
    data = measured_curves(TRUTH, (0.0, -0.06))
    rows = [header]
    rows += [
        f"{scale * w:.3f},{a:.0f},{b:.0f}"
        for w, a, b in zip(data.energies, *data.counts, strict=True)
    ]
    path.write_text("\n".join(rows))
    return data


def test_csv_and_netcdf_come_back(tmp_path):
    import xarray

    data = write_csv(tmp_path / "edc.csv")
    read = read_curves(tmp_path / "edc.csv", temperature=12, resolution=0.01)
    assert read.energies == pytest.approx(data.energies, abs=1e-9)
    assert read.counts == pytest.approx(data.counts, abs=1)
    assert read.bands == pytest.approx([0, -0.06])
    assert read.label == "edc.csv"
    table = xarray.DataArray(
        data.counts,
        dims=("band", "energy"),
        name="counts",
        coords={"band": data.bands, "energy": ("energy", data.energies, {"units": "eV"})},
    )
    table.to_netcdf(tmp_path / "edc.nc", engine="scipy")
    again = read_curves(tmp_path / "edc.nc", temperature=12, resolution=0.01)
    assert again.counts == pytest.approx(data.counts)
    table[1].drop_vars("band").to_netcdf(tmp_path / "one.nc", engine="scipy")
    one = read_curves(tmp_path / "one.nc", temperature=12, resolution=0.01)
    assert one.counts == pytest.approx(data.counts[1:])
    table.rename(band="angle").to_netcdf(tmp_path / "angles.nc", engine="scipy")
    with pytest.raises(ValueError, match="for a map, `band`"):
        read_curves(tmp_path / "angles.nc", temperature=12, resolution=0.01)


@pytest.mark.parametrize(
    ("text", "options", "words"),
    [
        ("energy,counts\n" + "\n".join(f"{n},1" for n in range(-20, 5)), {}, "unit"),
        ("energy_eV,counts\n1,2", {}, "header and 20 energies"),
        ("energy_eV,counts\n" + "\n".join(["x,1"] * 30), {}, "numbers only"),
        (
            "energy_eV,a,b\n" + "\n".join(f"{n / 100},1,2" for n in range(-20, 5)),
            {},
            "band energies",
        ),
        ("energy_eV,a\n" + "\n".join(f"{n},1" for n in range(-20, 5)), {}, "Fermi level"),
        ("energy_eV,a\n" + "\n".join(f"{n / 100},-1" for n in range(-20, 5)), {}, "not negative"),
        ("energy_eV,a\n" + "\n".join(["0.1,1"] * 30), {}, "stands twice"),
    ],
)
def test_bad_files_are_refused_in_one_sentence(tmp_path, text, options, words):
    path = tmp_path / "bad.csv"
    path.write_text(text)
    with pytest.raises(ValueError, match=words) as caught:
        read_curves(path, temperature=12, resolution=0.01, **options)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("first", "last"), [(-300, -50), (0, 250)])
def test_a_window_that_only_touches_its_limit_is_refused(tmp_path, first, last):
    """It starts below the Fermi level and ends above -50 meV."""
    for shift, allowed in ((0, False), (1 if last < 0 else -1, True)):
        rows = [f"{n},100" for n in np.linspace(first, last, 26, dtype=int) + shift]
        path = tmp_path / f"edc{shift}.csv"
        path.write_text("\n".join(["energy_meV,counts", *rows]))
        if allowed:
            read = read_curves(path, temperature=12, resolution=0.01)
            assert read.energies[-1] == pytest.approx((last + shift) / 1e3)
        else:
            with pytest.raises(ValueError, match="relative to the Fermi level"):
                read_curves(path, temperature=12, resolution=0.01)


def test_other_bad_input(tmp_path):
    with pytest.raises(ValueError, match="no file"):
        read_curves(tmp_path / "none.csv", temperature=1, resolution=1)
    with pytest.raises(ValueError, match="even steps"):
        Curves(np.array([0, 1, 3.0] * 10), np.ones(30))
    with pytest.raises(ValueError, match="of shape"):
        Curves(window(), np.ones((2, 5)))
    with pytest.raises(ValueError, match="wider range"):
        fit(measured_curves(TRUTH), Grid(nodes(81, edge=0.2)))
    for seed in ([], 3):
        with pytest.raises(ValueError, match="one integer a start"):
            fit(measured_curves(TRUTH), Grid(), seed=seed)
    with pytest.raises(ValueError, match="positive"):
        measured_curves(TRUTH, counts=0)
