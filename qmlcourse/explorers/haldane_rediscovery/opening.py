"""The picture that opens the chapter: random numbers become a model with a name."""

from functools import lru_cache

import numpy as np

from ...inverse_design import design, hall_conductivity, hall_objective, honeycomb
from ...widgets import new_figure
from ._pictures import HexagonPicture

SEED = 3
_SHOWN = (0, 4, 100)


@lru_cache(maxsize=1)
def journey():
    """(raw (step, 14), sigma (step,)): one start of the machine, and its Hall response at 0 K."""
    space = honeycomb()
    run = design(hall_objective(space), space, starts=1, seed=SEED)
    raw = np.array([*run.trajectory, run.raw.detach().numpy()])[:, 0]
    shown = space.build(run.raw.new_tensor(raw[list(_SHOWN)]))
    return raw, hall_conductivity(shown, 0.005, mesh=80).detach().numpy()


def opening():
    """Figure: three moments of one optimisation, as hops in a hexagon.

    Returns a Matplotlib figure with an alt text.
    """
    raw, sigma = journey()
    space = honeycomb()
    figure = new_figure(9.6, 3.6)
    for ax, step, value in zip(figure.subplots(1, 3), _SHOWN, sigma, strict=True):
        words = "random numbers" if step == 0 else f"after {step} steps"
        picture = HexagonPicture(ax, f"{words}: σ = {value + 0:.2f} e²/h")
        model = space.build(_tensor(raw[step]))
        picture.show(model.hoppings[3:].numpy(), model.on_site.numpy())
    figure.alt = (
        "Six hops in a hexagon as arrows, three times: with random phases and sizes, after "
        f"{_SHOWN[1]} steps, and after {_SHOWN[2]} steps, where all six turn around the hexagon in "
        f"one sense with one phase; the Hall conductivity goes from {sigma[0]:.2f} to "
        f"{sigma[2]:.2f} e²/h."
    )
    return figure


def _tensor(values):
    import torch

    return torch.as_tensor(values)
