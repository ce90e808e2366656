"""The kicked rotor against closed forms, and a network that reads its time series."""

import numpy as np
import pytest
import torch
from scipy.special import jv

from qmlcourse.anderson import KickedRotor, SeriesNetwork, WavePackets, growth_exponent
from qmlcourse.reproduce.anderson_classification import STORED
from qmlcourse.reproduce.anderson_classification.rotor import (
    labelled_series,
    trained_series_network,
)
from qmlcourse.storage import shipped


def test_one_kick_makes_bessel_functions():
    rotor = KickedRotor(momenta=64, depth=0.0)
    packets = rotor.wave_packets([2.0, 5.0], 1, 0, every=1)
    for n, strength in enumerate((2.0, 5.0)):
        orders = np.arange(-31, 32)
        weight = jv(orders, strength / 2.85) ** 2
        assert float(packets.returned[n, 0]) == pytest.approx(jv(0, strength / 2.85) ** 2)
        assert float(packets.spread[n, 0]) == pytest.approx((weight * orders**2).sum())
        # the mean square momentum after one kick, in closed form
        assert float(packets.spread[n, 0]) == pytest.approx((strength / 2.85) ** 2 / 2)


@pytest.mark.parametrize("depth", [0.0, 0.8])
def test_packets_follow_the_kicks_written_as_matrices(depth):
    rotor = KickedRotor(momenta=256, depth=depth)
    packets = rotor.wave_packets([4.0, 7.0], 8, 21, every=2)
    generator = torch.Generator().manual_seed(21)
    beta = torch.rand(2, 1, generator=generator, dtype=torch.float64)[:, 0].numpy() - 0.5
    phases = 2 * np.pi * torch.rand(2, 2, generator=generator, dtype=torch.float64).numpy()
    m = np.arange(-70, 71)
    step = m[:, None] - m[None]
    for n, strength in enumerate((4.0, 7.0)):
        free = np.exp(-0.5j * rotor.planck * (m + beta[n]) ** 2)
        psi = (m == 0).astype(complex)
        for kick in range(1, 9):
            beat = np.cos(2 * np.pi * np.sqrt(5) * kick + phases[0, n])
            beat *= np.cos(2 * np.pi * np.sqrt(13) * kick + phases[1, n])
            size = strength * (1 + depth * beat) / rotor.planck
            psi = free * ((-1j) ** step * jv(step, size) @ psi)
            if kick % 2 == 0:
                at = kick // 2 - 1
                weight = np.abs(psi) ** 2
                assert float(packets.returned[n, at]) == pytest.approx(weight[70], abs=1e-9)
                assert float(packets.spread[n, at]) == pytest.approx(weight @ m**2, rel=1e-9)


def test_the_growth_of_a_power_is_its_exponent():
    kicks = torch.arange(1, 101)
    power = torch.stack([2 * kicks**0.7, 4 * kicks**0.7]).double()
    power[:, :30] = 1.0  # before the part that counts
    packets = WavePackets(kicks, power, power)
    assert growth_exponent(packets, 0.3) == pytest.approx(0.7, abs=1e-6)
    assert growth_exponent(packets, 0.2) > 0.75


def test_no_kick_leaves_the_rotor_alone():
    packets = KickedRotor(momenta=32).wave_packets([0.0], 8, 0)
    assert torch.allclose(packets.returned, torch.ones_like(packets.returned))
    assert packets.kicks.tolist() == [4, 8]


def test_the_modulation_opens_the_way_to_diffusion():
    still = KickedRotor(depth=0.0).wave_packets([4.0] * 16, 400, 1)
    moved = KickedRotor(momenta=1024).wave_packets([8.0] * 16, 400, 1)
    assert growth_exponent(still, 0.5) < 0.35
    assert growth_exponent(moved, 0.5) == pytest.approx(1, abs=0.2)


def test_a_packet_at_the_edge_is_an_error():
    with pytest.raises(RuntimeError, match="take more"):
        KickedRotor(momenta=16).wave_packets([8.0], 20, 0)
    with pytest.raises(ValueError, match="even number"):
        KickedRotor(momenta=17)
    with pytest.raises(ValueError, match="positive"):
        KickedRotor(planck=0.0)


def test_a_network_reads_the_phase_from_a_time_series():
    rotor = KickedRotor(momenta=512)
    network = trained_series_network(*labelled_series(rotor, 120, 3), seed=0, epochs=25)
    series, label = labelled_series(rotor, 40, 4)
    with torch.no_grad():
        right = (network(series).argmax(1) == label).double().mean()
    assert float(right) > 0.9


def test_a_series_is_read_in_units_of_four_e_folds_around_exp_minus_four():
    """A return of e^-4 enters as 0, of e^-8 as -1, and nothing below 1e-9 is told apart."""
    network = SeriesNetwork(hidden=3, classes=4)
    returned = torch.tensor([[-4.0, -8.0, 0.0], [-4.0, -4.0, float(np.log(1e-9))]]).exp()
    read = torch.tensor([[0.0, -1.0, 1.0], [0.0, 0.0, float(np.log(1e-9)) / 4 + 1]])
    inner = network.memory(read[..., None])[0]
    expected = network.head(torch.cat([inner[:, -1], inner.mean(1)], 1))
    assert network(returned).shape == (2, 4)
    assert torch.allclose(network(returned), expected, atol=1e-6)
    returned[1, -1] = 0
    assert torch.allclose(network(returned), expected, atol=1e-6)


def test_stored_crossings_agree_within_what_they_can():
    row = shipped.load_json(STORED)["rotor"]
    assert len(row["centres"]) == 5
    assert abs(row["mean"] - row["critical"][0]) < 1.0
    assert row["exponents"][0] < 2 / 3 < row["exponents"][-1]
