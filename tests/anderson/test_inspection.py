"""Looking inside a network, against the same steps taken by hand."""

import numpy as np
import pytest
import torch

from qmlcourse.anderson import (
    AndersonModel,
    Classifier,
    DensityNetwork,
    eigenstates,
    layer_answers,
    load_classifier,
    metal_probability,
    occlusion,
)


@pytest.fixture(scope="module")
def density():
    hamiltonian = AndersonModel(6).sample([20.0], 3)
    return eigenstates(hamiltonian, 0.0).density[0, 0].float()


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(2)
    return DensityNetwork(((3, 3, 1), (4, 3, 2), (2, 3, 1))).eval()


def convolved(image, weight, bias):
    """A convolution with periodic walls, entry by entry from its definition."""
    channels, size = image.shape[0], image.shape[1]
    out = np.zeros((len(weight), *image.shape[1:]))
    for shift in np.ndindex(3, 3, 3):
        rolled = np.roll(image, [1 - s for s in shift], axis=(1, 2, 3))
        for c in range(channels):
            out += weight[:, c][(slice(None), *shift)][:, None, None, None] * rolled[c]
    assert out.shape[1] == size
    return out + bias[:, None, None, None]


def test_the_answers_of_all_layers_are_those_of_the_definition(network, density):
    answers = layer_answers(network, density[None])
    assert [tuple(one.shape) for one in answers] == [
        (1, 3, 6, 6, 6),
        (1, 4, 3, 3, 3),
        (1, 2, 3, 3, 3),
    ]
    image = np.log(1 + 216 * density.numpy().astype(float))[None]
    convolutions = [part for part in network.features if isinstance(part, torch.nn.Conv3d)]
    for n, part in enumerate(convolutions):
        image = convolved(image, part.weight.detach().numpy(), part.bias.detach().numpy())
        image = np.maximum(image, 0)
        if n == 1:
            image = image.reshape(4, 3, 2, 3, 2, 3, 2).mean((2, 4, 6))
        np.testing.assert_allclose(answers[n][0], image, atol=1e-5)
    axes = (1, 2, 3)
    last = torch.cat([answers[-1][0].mean(axes), answers[-1][0].amax(axes)])
    torch.testing.assert_close(network.head(last), network(density[None])[0])


def odds(classifier, density):
    p = metal_probability(classifier, density[None]).item()
    return np.log(p / (1 - p))


def test_occlusion_is_what_the_verdict_loses(network, density):
    classifier = Classifier((network,))
    found = occlusion(classifier, density)
    whole = odds(classifier, density)
    for place in ((0, 0, 0), (2, 5, 1)):
        blanked = density.clone()
        for step in np.ndindex(3, 3, 3):
            blanked[tuple((p + s - 1) % 6 for p, s in zip(place, step, strict=True))] = 0
        blanked = blanked / blanked.sum()
        expected = whole - odds(classifier, blanked)
        assert abs(expected) > 1e-4
        assert found[place].item() == pytest.approx(expected, abs=1e-6)


def test_occlusion_moves_with_the_state(density):
    classifier = load_classifier("metal-small-8")
    state = torch.nn.functional.pad(density, (0, 2) * 3)
    state = state / state.sum()
    here = occlusion(classifier, state)
    there = occlusion(classifier, state.roll((2, 4), (0, 2)))  # by the pooling's steps
    torch.testing.assert_close(here.roll((2, 4), (0, 2)), there, atol=1e-3, rtol=0)
    assert here.abs().max() > 0.1


@pytest.mark.parametrize("block", [2, 0, 7])
def test_a_block_has_a_middle_and_leaves_something(network, density, block):
    with pytest.raises(ValueError, match="odd number of sites, less than 6"):
        occlusion(Classifier((network,)), density, block)
