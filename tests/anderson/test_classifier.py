"""Networks and baselines: symmetry, files, honest probabilities, and what they learn."""

import hashlib
import itertools
import json
import statistics

import numpy as np
import pytest
import torch
from safetensors.torch import save

from qmlcourse.anderson import (
    AndersonModel,
    Classifier,
    DensityNetwork,
    SitePercolation,
    crossing,
    labelled_states,
    load_classifier,
    metal_probability,
    nearest_densities,
    phase_map,
    trained_ensemble,
)
from qmlcourse.anderson.baselines import ComponentsMachine, ParticipationThreshold, accuracy
from qmlcourse.anderson.classifier import (
    PAPER_STYLE,
    fitted_temperature,
    lattice_symmetry,
    shifts_and_mirrors,
)
from qmlcourse.anderson.learning import labelled_strengths
from qmlcourse.reproduce.anderson_classification.compress import compressed_names
from qmlcourse.storage import shipped


@pytest.fixture(scope="module")
def small():
    density, label, strength = labelled_states(AndersonModel(6), 400, 1)
    return density, label, strength


@pytest.fixture(scope="module")
def ensemble(small):
    return trained_ensemble(small[0], small[1], [0, 1], about="a test")[0]


def test_states_carry_the_label_of_their_window(small):
    density, label, strength = small
    assert ((strength < 16.5) == (label == 1)).all()
    assert torch.allclose(density.sum((1, 2, 3)), torch.ones(400), atol=1e-5)
    again = labelled_states(AndersonModel(6), 400, 1)
    assert torch.equal(again[0], density)


def test_labels_take_turns_and_strengths_fill_the_window_of_their_label():
    label, strength = labelled_strengths(201, 3, (8.0, 14.0), (19.0, 27.0))
    assert label.tolist() == [1, 0] * 100 + [1]
    for one, low, high in ((1, 8.0, 14.0), (0, 19.0, 27.0)):
        here = strength[label == one]
        assert low <= float(here.min()) < low + 0.3
        assert high - 0.3 < float(here.max()) <= high


def test_networks_learn_and_agree_with_one_number_far_away(small, ensemble):
    fresh, truth, _ = labelled_states(AndersonModel(6), 200, 2)
    said = metal_probability(ensemble, fresh)
    assert said.shape == (2, 200)
    one = ParticipationThreshold.from_states(small[0], small[1])
    machine = ComponentsMachine.from_states(small[0], small[1], 10)
    for metal in (
        said[0] > 0.5,
        said[1] > 0.5,
        one.metal_probability(fresh) > 0.5,
        machine.is_metal(fresh),
    ):
        assert accuracy(metal, truth) > 0.88
    assert 1 <= ensemble.temperature <= 10


def test_periodic_walls_make_a_shift_invisible():
    # without pooling the whole network only sees the torus
    torch.manual_seed(0)
    for padding, same in (("circular", True), ("zeros", False)):
        network = DensityNetwork(((4, 3, 1), (4, 5, 1)), padding=padding)
        density = torch.rand(3, 6, 6, 6)
        shifted = density.roll((1, 2, 3), (1, 2, 3))
        assert torch.allclose(network(density), network(shifted), atol=1e-5) == same


def test_symmetries_keep_the_numbers(small):
    density, label = small[0][:8], small[1][:8]
    turned, kept = lattice_symmetry(torch.Generator().manual_seed(3), density, label)
    assert torch.equal(kept, label)
    assert not torch.equal(turned, density)
    assert torch.equal(turned.flatten(1).sort(1)[0], density.flatten(1).sort(1)[0])


def test_open_walls_allow_shifts_along_the_other_axes_and_mirrors_along_all():
    """Every shift and mirror of a box of 3 x 2 x 2 sites occurs, and nothing else."""
    box = torch.arange(12.0).reshape(1, 3, 2, 2)
    label, generator = torch.tensor([1]), torch.manual_seed(0)
    seen = set()
    for _ in range(300):
        moved, same = shifts_and_mirrors(generator, box, label)
        assert same is label
        seen.add(tuple(moved.flatten().tolist()))
    wanted = set()
    for flip in (False, True):
        for y, z in itertools.product((0, 1), (0, 1)):
            one = box.flip(1) if flip else box
            wanted.add(tuple(one.roll((y, z), (2, 3)).flatten().tolist()))
    assert seen == wanted  # of two sites, a shift is a mirror


def test_a_paper_style_network_has_nine_layers_with_weights():
    network = DensityNetwork(PAPER_STYLE, hidden=64)
    layers = [m for m in network.modules() if isinstance(m, torch.nn.Conv3d | torch.nn.Linear)]
    assert len(layers) == 9
    for size in (8, 12):
        assert network(torch.rand(2, size, size, size)).shape == (2, 2)


def test_a_classifier_survives_its_file(small, ensemble, tmp_path):
    ensemble.save(tmp_path / "own.safetensors")
    again = Classifier.from_bytes((tmp_path / "own.safetensors").read_bytes())
    assert again.names == ("insulator", "metal")
    assert again.about == "a test"
    assert again.temperature == ensemble.temperature
    difference = metal_probability(again, small[0][:50]) - metal_probability(
        ensemble, small[0][:50]
    )
    assert difference.abs().max() < 0.02  # whole numbers of eight bits


def test_a_classifier_of_version_1_0_is_read(small, ensemble):
    tensors = {
        f"{n}.{name}": value.half()
        for n, net in enumerate(ensemble.networks)
        for name, value in net.state_dict().items()
    }
    told = {
        "settings": ensemble.networks[0].settings,
        "networks": 2,
        "temperature": 1.5,
        "names": ["insulator", "metal"],
        "about": None,
    }
    older = Classifier.from_bytes(save(tensors, {"classifier": json.dumps(told)}))
    for net, own in zip(older.networks, ensemble.networks, strict=True):
        for name, value in own.state_dict().items():
            assert torch.equal(net.state_dict()[name], value.half().float())


def test_shipped_classifiers_take_eight_bits_and_may_take_fewer(tmp_path):
    assert compressed_names(8, tmp_path) == []  # they are whole numbers already
    names = [name for name in shipped.manifest() if name.startswith("classifier_")]
    assert compressed_names(6, tmp_path) == names
    listed = json.loads((tmp_path / "manifest.json").read_text())
    name = "classifier_metal-small-8"
    assert listed[name]["command"].endswith("compress --bits 6")
    data = (tmp_path / listed[name]["file"]).read_bytes()
    assert hashlib.sha256(data).hexdigest() == listed[name]["sha256"]
    assert len(data) < 0.8 * len(shipped.read(name))
    density = nearest_densities(AndersonModel(8), 0.0, [14.0, 16.5, 19.0] * 20, 5)
    six, eight = (
        Classifier.from_bytes(one).probabilities(density) for one in (data, shipped.read(name))
    )
    # far below the difference of two networks of the ensemble
    assert float((six - eight).abs().mean()) < 0.1 * float((eight[0] - eight[1]).abs().mean())


class Times(torch.nn.Module):
    """Logits that are too sure by a factor."""

    def __init__(self, factor):
        super().__init__()
        self.factor = factor

    def forward(self, x):
        return self.factor * x


def test_temperature_undoes_too_much_certainty():
    torch.manual_seed(0)
    logits = torch.randn(4000, 2)
    label = torch.distributions.Categorical(logits=logits).sample()
    assert fitted_temperature([Times(3.0)], logits, label) == pytest.approx(3, rel=0.15)


def test_the_temperature_divides_the_logits():
    logits = torch.tensor([[0.0, 2.0], [3.0, -1.0], [0.5, 0.5]])
    networks = Times(1.0), Times(2.0)
    for network in networks:  # a parameter says where the network lives
        network.here = torch.nn.Parameter(torch.zeros(()))
    found = Classifier(networks, temperature=2.5).probabilities(logits)
    away = (logits[:, 1] - logits[:, 0]).double()
    for factor, said in zip((1.0, 2.0), found, strict=True):
        assert torch.allclose(said[:, 1], 1 / (1 + torch.exp(-factor * away / 2.5)))
        assert torch.allclose(said.sum(1), torch.ones(3, dtype=torch.float64))


def test_one_temperature_serves_all_networks():
    torch.manual_seed(1)
    logits = torch.randn(3000, 2)
    label = torch.distributions.Categorical(logits=logits).sample()
    grid = np.linspace(1, 10, 361)
    sign = np.where(label.numpy() == 1, -1.0, 1.0) * (logits[:, 1] - logits[:, 0]).numpy()
    lost = [sum(np.log1p(np.exp(f * sign / t)).mean() for f in (2.0, 6.0)) for t in grid]
    found = fitted_temperature([Times(2.0), Times(6.0)], logits, label)
    assert found == pytest.approx(grid[np.argmin(lost)], rel=0.06)


def test_crossings_and_maps(ensemble):
    found = crossing(AndersonModel(6), ensemble, 0.0, np.linspace(9, 26, 9), 8, 4)
    assert 13 < found.mean < 20
    assert found.spread == pytest.approx(statistics.stdev(found.centres))
    assert found.sample_error > 0
    assert found.probability.shape == (2, 9)
    p = phase_map(AndersonModel(6), ensemble, [0.0, 60.0], [4.0, 40.0], 6, 4)
    assert p.shape == (2, 2, 2)
    assert (p[:, 0, 0] > 0.6).all()
    assert (p[:, 0, 1] < 0.2).all()
    assert np.isnan(p[:, 1]).all()  # no states at E = 60


def test_maps_take_a_seed_for_each_sample(ensemble):
    model, strengths, seeds = AndersonModel(6), [4.0, 16.0, 18.0, 40.0], [3, 8, 5]
    p = phase_map(model, ensemble, [0.0, 0.5], strengths, 3, seeds)
    for row, energy in zip(p.swapaxes(0, 1), (0.0, 0.5), strict=True):
        for value, strength in zip(row.T, strengths, strict=True):
            density = nearest_densities(model, energy, [strength] * 3, seeds)
            assert value == pytest.approx(metal_probability(ensemble, density).mean(1).numpy())
    found = crossing(model, ensemble, 0.0, strengths, 3, seeds)
    assert found.probability == pytest.approx(p[:, 0])
    with pytest.raises(ValueError, match="2 integers for 3 samples"):
        crossing(model, ensemble, 0.0, strengths, 3, seeds[:2])
    with pytest.raises(ValueError, match="insulator, metal"):
        crossing(model, ensemble, 0.0, strengths, 3, seeds, "glass")


def test_errors_in_one_sentence(ensemble):
    with pytest.raises(ValueError, match="sample, \\*lattice"):
        metal_probability(ensemble, torch.ones(6, 6, 6))
    with pytest.raises(ValueError, match="there is"):
        load_classifier("nothing")
    with pytest.raises(ValueError, match="not 'metal'"):
        metal_probability(Classifier(ensemble.networks, names=("a", "b")), torch.ones(1, 6, 6, 6))
    with pytest.raises(ValueError, match="two states"):
        labelled_states(AndersonModel(6), 1, 0)


def test_shipped_classifiers_tell_states_they_never_saw():
    classifier = load_classifier("metal-small-8")
    assert len(classifier.networks) == 5
    fresh, truth, _ = labelled_states(AndersonModel(8), 150, 77)
    for said in metal_probability(classifier, fresh):
        assert accuracy(said > 0.5, truth) > 0.95
    few = nearest_densities(SitePercolation(8), 0.5, [0.25] * 10, 5)
    many = nearest_densities(SitePercolation(8), 0.5, [0.8] * 10, 5)
    assert metal_probability(classifier, few).mean() < 0.2
    assert metal_probability(classifier, many).mean() > 0.8
    for name in shipped.manifest():
        if name.startswith("classifier_"):
            load_classifier(name.removeprefix("classifier_"))
