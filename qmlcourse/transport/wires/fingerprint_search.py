"""Read a fingerprint backwards: gradient descent through the exact conductance.

Soft impurities sit at unknown places in a wire. Only its g(B) is known. From random guesses, the
places are moved down the gradient of the squared difference to the measured curve; the gradient
comes from the sweep engine itself, by automatic differentiation.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike

from .disordered_wire import DisorderedWire

_CALMER = 0.98  # factor of the learning rate from step to step


def soft_impurities(
    places: ArrayLike | torch.Tensor,
    length: int,
    width: int,
    *,
    height: float = 2.0,
    size: float = 1.5,
) -> torch.Tensor:
    """Return the potential of Gaussian hills, (sample, x, y) in units of the hopping.

    A hill is height * exp(-distance^2 / (2 size^2)).

    Parameters
    ----------
    places
        Centres x, y in lattice constants, (sample, K, 2); the gradient flows to them.
    length, width
        Of the wire.
    height, size
        In hoppings and in lattice constants.
    """
    places = torch.as_tensor(places, dtype=torch.float64)
    x, y = torch.arange(length, dtype=torch.float64), torch.arange(width, dtype=torch.float64)
    across = torch.exp(-((x - places[..., :1]) ** 2) / (2 * size**2))
    up = torch.exp(-((y - places[..., 1:]) ** 2) / (2 * size**2))
    return height * torch.einsum("skx,sky->sxy", across, up)


class FingerprintSearch:
    """Many guesses at once, each led by the gradient of its own misfit.

    A :class:`~qmlcourse.training.LongComputation`: one call of `advance` is one step of Adam.

    Parameters
    ----------
    wire
        The wire without impurities.
    energy
        In hoppings.
    flux
        (field,) flux quanta a plaquette.
    target
        (field,) the measured conductance in e^2/h.
    count
        Number of impurities.
    starts
        Number of guesses.
    steps
        After so many steps the search is done.
    seed
        The first places follow from it.
    first
        The first places themselves, (start, count, 2) in lattice constants, in place of `starts`
        and `seed`.
    height, size
        Of the hills, known.
    known
        (x, y) potential in hoppings that is there besides the hills, such as a notch.
    rate
        Learning rate of Adam at first, in lattice constants; each step makes it 2 % smaller.

    Attributes
    ----------
    curves : numpy.ndarray
        (start, field), conductances of the guesses before their last move.
    misfit : numpy.ndarray
        (start,) root mean square difference of the curves to the target, e^2/h.
    history : list of dict
        ``best`` and ``median`` of the misfits, at the start and after each step.

    Raises
    ------
    ValueError
        For a wire without gradients, a target that does not fit the fields, or first places of
        another shape.
    """

    def __init__(
        self,
        wire: DisorderedWire,
        energy: float,
        flux: ArrayLike,
        target: ArrayLike,
        count: int,
        *,
        starts: int = 8,
        steps: int = 200,
        seed: int = 0,
        first: ArrayLike | None = None,
        height: float = 2.0,
        size: float = 1.5,
        known: ArrayLike | None = None,
        rate: float = 0.25,
    ) -> None:
        if not isinstance(wire, DisorderedWire):
            raise ValueError("the search runs through a DisorderedWire, which has gradients.")
        self.wire, self.energy, self.steps = wire, float(energy), steps
        self._hills = {"height": height, "size": size}
        self._known = torch.as_tensor(
            np.zeros((wire.length, wire.width)) if known is None else known
        )
        self.flux = np.atleast_1d(np.asarray(flux, float))
        self.target = np.asarray(target, float)
        if self.target.shape != self.flux.shape:
            raise ValueError(
                f"the target has {self.target.size} values, but there are {len(self.flux)} fields."
            )
        if first is None:
            top = [wire.length - 2.0, wire.width - 2.0]
            first = np.random.default_rng(seed).uniform(1.0, top, (starts, count, 2))
        first = np.array(first, float)
        if first.ndim != 3 or first.shape[1:] != (count, 2):
            raise ValueError(f"the first places are (start, {count}, 2), not {first.shape}.")
        self._places = torch.tensor(first, requires_grad=True)
        self._adam = torch.optim.Adam([self._places], lr=rate)
        self._calm = torch.optim.lr_scheduler.ExponentialLR(self._adam, _CALMER)
        self.history: list[dict[str, float]] = []
        with torch.no_grad():
            self._note(self.conductance(self._places))

    @property
    def places(self) -> np.ndarray:
        """(start, count, 2), where the guesses are now, in lattice constants."""
        return self._places.detach().numpy().copy()

    @property
    def best(self) -> int:
        """Number of the guess with the smallest misfit."""
        return int(np.argmin(self.misfit))

    @property
    def done(self) -> bool:
        """Whether all steps are done."""
        return len(self.history) > self.steps

    def conductance(self, places: torch.Tensor) -> torch.Tensor:
        """Return g of wires with hills at `places`, differentiable.

        Parameters
        ----------
        places
            (sample, count, 2) in lattice constants.

        Returns
        -------
        torch.Tensor
            (sample, field) in e^2/h.
        """
        hills = soft_impurities(places, self.wire.length, self.wire.width, **self._hills)
        return self.wire.conductance(self.energy, self.flux, hills + self._known)

    def advance(self) -> None:
        """Move all guesses by one step of Adam."""
        self._adam.zero_grad()
        g = self.conductance(self._places)
        misfit = ((g - torch.as_tensor(self.target)) ** 2).mean(1)
        misfit.sum().backward()
        self._adam.step()
        self._calm.step()
        with torch.no_grad():  # a hill that leaves the wire comes back at the wall
            top = torch.tensor([self.wire.length - 1.0, self.wire.width - 1.0])
            self._places.clamp_(torch.zeros(2), top)
        self._note(g)

    def state(self) -> dict[str, Any]:
        """Return all that `resume` needs, as arrays and JSON values."""
        moments = self._adam.state.get(self._places, {})
        return {
            "of": self._identity(),
            "target": self.target,
            "known": self._known.numpy(),
            "places": self.places,
            "moments": {name: value.detach().numpy().copy() for name, value in moments.items()},
            "rate": self._adam.param_groups[0]["lr"],
            "curves": self.curves,
            "history": [dict(row) for row in self.history],
        }

    def resume(self, state: dict[str, Any]) -> None:
        """Go on from a state, to the same numbers as if never stopped.

        Raises
        ------
        ValueError
            Where the state belongs to another search.
        """
        same = state.get("of") == self._identity() and all(
            np.array_equal(state[name], own)
            for name, own in (("target", self.target), ("known", self._known.numpy()))
        )
        if not same:
            raise ValueError(f"the state belongs to another search: {state.get('of')}.")
        with torch.no_grad():
            self._places.copy_(torch.as_tensor(np.array(state["places"])))
        whole = self._adam.state_dict()
        moments = {name: torch.tensor(np.array(v)) for name, v in state["moments"].items()}
        whole["state"] = {0: moments} if moments else {}
        whole["param_groups"][0]["lr"] = float(state["rate"])
        self._adam.load_state_dict(whole)
        self.history = []
        self._note(torch.as_tensor(np.array(state["curves"])))
        self.history = [dict(row) for row in state["history"]]

    def _identity(self) -> dict[str, Any]:
        return {
            "wire": [self.wire.length, self.wire.width, self.energy],
            "flux": self.flux.tolist(),
            "places": list(self._places.shape),
            **self._hills,
        }

    def _note(self, g: torch.Tensor) -> None:
        self.curves = g.detach().numpy()
        self.misfit = np.sqrt(((self.curves - self.target) ** 2).mean(1))
        row = {"best": float(self.misfit.min()), "median": float(np.median(self.misfit))}
        self.history.append(row)
