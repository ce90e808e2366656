"""Read a fingerprint backwards: gradient descent through the exact conductance.

Soft impurities sit at unknown places in a wire. Only its g(B) is known. From random guesses, the
places are moved down the gradient of the squared difference to the measured curve; the gradient
comes from the sweep engine itself, by automatic differentiation.
"""

import numpy as np
import torch

from .disordered_wire import DisorderedWire


def soft_impurities(places, length, width, *, height=2.0, size=1.5):
    """Potential (sample, length, width) of Gaussian hills, in units of the hopping.

    Parameters
    ----------
    places : (sample, K, 2) tensor or array of centres x, y in lattice constants
    height, size : of a hill, height * exp(-distance^2 / (2 size^2)), hoppings and lattice constants
    """
    places = torch.as_tensor(places, dtype=torch.float64)
    x, y = torch.arange(length, dtype=torch.float64), torch.arange(width, dtype=torch.float64)
    across = torch.exp(-((x - places[..., :1]) ** 2) / (2 * size**2))
    up = torch.exp(-((y - places[..., 1:]) ** 2) / (2 * size**2))
    return height * torch.einsum("skx,sky->sxy", across, up)


class FingerprintSearch:
    """Many guesses at once, each led by the gradient of its own misfit.

    Parameters
    ----------
    wire : DisorderedWire
    flux : (field,) flux quanta a plaquette
    target : (field,) the measured conductance in e^2/h
    count : number of impurities
    starts : number of guesses; seed : of the first places
    height, size : of the hills, known
    known : (length, width) potential that is there besides the hills, such as a notch
    step : learning rate of Adam at first, in lattice constants; each step makes it 2 % smaller

    Attributes
    ----------
    places : (start, count, 2) array, where the guesses are now
    misfit : (start,) root mean square difference to the target, e^2/h
    history : list of such misfits, one entry a step
    """

    def __init__(
        self,
        wire,
        flux,
        target,
        count,
        *,
        starts=8,
        seed=0,
        height=2.0,
        size=1.5,
        known=None,
        step=0.25,
    ):
        if not isinstance(wire, DisorderedWire):
            raise ValueError("the search runs through a DisorderedWire, which has gradients.")
        self.wire, self.hills = wire, {"height": height, "size": size}
        self.known = torch.as_tensor(
            np.zeros((wire.length, wire.width)) if known is None else known
        )
        self.flux = np.atleast_1d(np.asarray(flux, float))
        self.target = torch.as_tensor(np.asarray(target, float))
        if self.target.shape != self.flux.shape:
            raise ValueError(
                f"the target has {self.target.numel()} values, but there are "
                f"{len(self.flux)} fields."
            )
        rng = np.random.default_rng(seed)
        top = [wire.length - 2.0, wire.width - 2.0]
        first = rng.uniform(1.0, top, (starts, count, 2))
        self._places = torch.tensor(first, requires_grad=True)
        self._adam = torch.optim.Adam([self._places], lr=step)
        self._calm = torch.optim.lr_scheduler.ExponentialLR(self._adam, 0.98)
        self.history = []
        self.curves = None
        self._measure()

    @property
    def places(self):
        return self._places.detach().numpy().copy()

    @property
    def misfit(self):
        return self.history[-1]

    @property
    def best(self):
        """Number of the guess with the smallest misfit."""
        return int(np.argmin(self.misfit))

    def conductance(self, places):
        """(sample, field): g of wires with hills at `places`, as a tensor."""
        size = self.wire.length, self.wire.width
        hills = soft_impurities(places, *size, **self.hills)
        return self.wire.conductance(hills + self.known, self.flux)

    def step(self):
        """Move all guesses by one step of Adam; returns the misfits before the move."""
        self._adam.zero_grad()
        g = self.conductance(self._places)
        misfit = ((g - self.target) ** 2).mean(1)
        misfit.sum().backward()
        self._adam.step()
        self._calm.step()
        with torch.no_grad():  # a hill that leaves the wire comes back at the wall
            top = torch.tensor([self.wire.length - 1.0, self.wire.width - 1.0])
            self._places.clamp_(torch.zeros(2), top)
        self._note(g)
        return self.misfit

    def _measure(self):
        with torch.no_grad():
            self._note(self.conductance(self._places))

    def _note(self, g):
        self.curves = g.detach().numpy()
        self.history.append(np.sqrt(((self.curves - self.target.numpy()) ** 2).mean(1)))
