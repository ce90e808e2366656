"""Nothing is left behind on the CPU: all runs on tensors of torch's meta device, which has no data.

A tensor made on another device than its inputs raises there, as it would on a GPU.
"""

import pytest
import torch

from qmlcourse import inverse_design as inv
from qmlcourse.inverse_design import tight_binding

torch.set_num_threads(1)
META = torch.device("meta")


@pytest.fixture(autouse=True)
def no_values(monkeypatch):
    """Checks that look at values cannot run without any."""
    monkeypatch.setattr(tight_binding, "finite_tensor", lambda name, value, dtype: value.to(dtype))
    monkeypatch.setattr(torch, "allclose", lambda *args, **options: True)


def models(space):
    return space.build(space.starts(2).to(META))


CALLS = {
    "closed form": lambda: inv.hall_conductivity(models(inv.honeycomb()), 1.0, mesh=8),
    "eigenstates": lambda: inv.hall_conductivity(
        models(inv.honeycomb()), 1.0, mesh=8, method="eigh"
    ),
    "filling": lambda: inv.hall_conductivity(models(inv.triangular()), 1.0, filling=2, mesh=8),
    "fourth shell": lambda: inv.gap(models(inv.triangular((2, 2), 4)), 2, 8)[0],
    "chern": lambda: inv.chern_number(models(inv.triangular()), [0, 1], 8, undefined=99),
    "ribbon": lambda: inv.ribbon_bands(models(inv.honeycomb()), 4, 5)[1],
    "flat": lambda: inv.flatness_objective(inv.honeycomb(), mesh=8)(models(inv.honeycomb()), 2.0),
    "spins": lambda: inv.spin_hall_objective(inv.two_spins(), mesh=8)(models(inv.two_spins()), 1.0),
    "entanglement": lambda: models(inv.exchange_cluster()).entanglement(),
    "kitaev": lambda: models(inv.exchange_cluster()).is_kitaev(),
} | {
    kernel: lambda kernel=kernel: inv.sunlight_current(
        models(inv.spin_texture(3)), kernel=kernel, mesh=6
    )
    for kernel in ("velocity", "shift", "injection", "length")
}


@pytest.mark.parametrize("name", CALLS)
def test_everything_stays_on_the_device_of_its_inputs(name):
    assert CALLS[name]().device == META
