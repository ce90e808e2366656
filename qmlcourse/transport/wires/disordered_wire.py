"""A wire with disorder on every site: conductance, noise and waves by batched recursion."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from .. import arrays
from ..arrays import Array
from ..randomness import Seed, generators
from . import _sweep
from ._direct import wire_states
from ._points import (
    Points,
    bond_currents,
    hops_along_x,
    one_point,
    points_of,
    sources,
    stacked_leads,
    total_transmission,
    transmission_eigenvalues,
)
from .wire import Wire, check_memory

if TYPE_CHECKING:
    import kwant

_CHUNK = 16  # any value: wires in one batch on a CPU, larger ones fall out of its cache
_GPU_CHUNK = 4096  # any value: wires in one batch on a GPU, which runs many at once
_SAFE = {"complex128": 1e6, "complex64": 1e4}

Quantity = Callable[[_sweep.Swept], Array]  # gives (batch, ...)
Inputs = tuple[Array, Array, Array, Array, Array]  # energy, potential, hops, Sigma, Q of a batch


class DisorderedWire(Wire):
    """A wire of the square lattice (hopping -1) with an on-site potential of any shape.

    Parameters
    ----------
    length, width
        As of :class:`Wire`.

    Notes
    -----
    `on_site` is (sample, x, y) in units of the hopping; (x, y) is one wire. Units, axes and kinds
    of results are those of every :class:`Wire`. With torch, all results can be differentiated with
    respect to `on_site`.

    The cost is about length * width^3 operations for each sample, energy and field, and one
    calculation of the leads' modes for each energy and field, whatever the number of samples.
    """

    def __repr__(self) -> str:
        return f"DisorderedWire({self.length}, {self.width})"

    def potential(self, disorder: float, seed: Seed) -> np.ndarray:
        """Return Anderson disorder, uniform in [-disorder / 2, disorder / 2] on each site.

        Parameters
        ----------
        disorder
            W >= 0 in units of the hopping.
        seed
            An integer or a generator for one wire, a sequence of integers for one sample each.

        Returns
        -------
        numpy.ndarray
            (sample, x, y); (x, y) for one wire.

        Raises
        ------
        ValueError
            For a negative disorder or another seed.
        """
        disorder = arrays.one_number("disorder", disorder)
        if disorder < 0:
            raise ValueError(f"the disorder strength must not be negative ({disorder:g}).")
        rngs, single = generators(seed)
        size = self.length, self.width
        drawn = disorder * np.array([rng.uniform(-0.5, 0.5, size) for rng in rngs])
        return drawn[0] if single else drawn

    # -- what it gives --------------------------------------------------------------------

    def conductance(self, energy: ArrayLike, flux: ArrayLike, on_site: ArrayLike) -> Array:
        """Return the conductance g = Tr t t^dagger (Landauer), exact.

        Parameters
        ----------
        energy, flux
            As for :meth:`open_channels`.
        on_site
            (x, y) for one wire, (sample, x, y) for several, in hoppings.

        Returns
        -------
        numpy.ndarray or torch.Tensor
            (sample, energy, field) in e^2/h per spin; zero where a field leaves no channel open.

        Raises
        ------
        ValueError
            For an energy at which no channel is open without field, a potential of another shape,
            or numbers that are not finite.
        """

        def transmitted(swept: _sweep.Swept) -> Array:
            return total_transmission(swept.xp, swept.transmitted())

        return self._shaped(energy, flux, on_site, transmitted)

    def transmission_eigenvalues(
        self, energy: ArrayLike, flux: ArrayLike, on_site: ArrayLike
    ) -> Array:
        """Return the eigenvalues of t t^dagger, (sample, energy, field, channel), largest first.

        Channels that a field closes stand as zeros at the end.

        Parameters
        ----------
        energy, flux, on_site
            As for :meth:`conductance`.
        """

        def eigenvalues(swept: _sweep.Swept) -> Array:
            return transmission_eigenvalues(swept.xp, swept.transmitted())

        return self._shaped(energy, flux, on_site, eigenvalues)

    def fano_factor(self, energy: ArrayLike, flux: ArrayLike, on_site: ArrayLike) -> Array:
        """Return the shot noise over that of independent electrons, sum T (1 - T) / sum T.

        It is (sample, energy, field), and NaN where g is zero.

        Parameters
        ----------
        energy, flux, on_site
            As for :meth:`conductance`.

        References
        ----------
        M. Buettiker, Phys. Rev. Lett. 65, 2901 (1990)
        """

        def fano(swept: _sweep.Swept) -> Array:
            t = swept.transmitted()
            product = t @ swept.xp.conj(swept.xp.matrix_transpose(t))
            g = total_transmission(swept.xp, t)
            second = total_transmission(swept.xp, product)
            return (g - second) / swept.xp.where(g > 0, g, g * np.nan)

        return self._shaped(energy, flux, on_site, fano)

    def scattering_matrix(self, energy: float, flux: float, on_site: ArrayLike) -> Array:
        """Return the unitary S of N open channels, (sample, 2 N, 2 N) complex; see :class:`Wire`.

        Parameters
        ----------
        energy, flux, on_site
            As for :meth:`conductance`, but one energy and one flux.

        Raises
        ------
        ValueError
            For several energies or fluxes, and as in :meth:`conductance`.
        """
        one_point(self.width, energy, flux)
        return self._shaped(energy, flux, on_site, lambda swept: swept.scattering(), keep=True)

    def wave_function(
        self, energy: ArrayLike, flux: ArrayLike, on_site: ArrayLike, *, source: str = "left"
    ) -> Array:
        """Return the scattering states of one side, normalised as :class:`Wire` says.

        They are complex, (sample, energy, field, channel, x, y).

        Parameters
        ----------
        energy, flux, on_site
            As for :meth:`conductance`.
        source
            'left' or 'right'.
        """
        (side,) = sources(source, ("left", "right"))
        return self._shaped(energy, flux, on_site, lambda swept: swept.states(side), keep=True)

    def density(
        self, energy: ArrayLike, flux: ArrayLike, on_site: ArrayLike, *, source: str = "left"
    ) -> Array:
        """Return the density of the scattering states, (sample, energy, field, x, y).

        It is summed over channels; see :class:`Wire` for its unit.

        Parameters
        ----------
        energy, flux, on_site
            As for :meth:`conductance`.
        source
            'left', 'right' or 'both'.
        """
        sides = sources(source)

        def density(swept: _sweep.Swept) -> Array:
            states = [swept.states(side) for side in sides]
            return sum((psi.real**2 + psi.imag**2).sum(1) for psi in states)

        return self._shaped(energy, flux, on_site, density, keep=True)

    def current(
        self, energy: ArrayLike, flux: ArrayLike, on_site: ArrayLike, *, source: str = "left"
    ) -> tuple[Array, Array]:
        """Return the bond currents along x and along y of the states that one side feeds.

        Both are (sample, energy, field, x, y), in units in which a cross-section carries g. The
        entry i, j flows from site (i, j) to (i + 1, j), and to (i, j + 1).

        Parameters
        ----------
        energy, flux, on_site, source
            As for :meth:`wave_function`.
        """
        (side,) = sources(source, ("left", "right"))
        points = points_of(self.width, energy, flux)
        values, single = self._checked(on_site)
        psi = self._collect(points, flux, values, lambda swept: swept.states(side), keep=True)
        along_x, along_y = bond_currents(psi, points.flux)
        return points.shaped(along_x, single), points.shaped(along_y, single)

    def to_kwant(self, on_site: ArrayLike) -> kwant.system.FiniteSystem:
        """Return the same wire as a finalised Kwant system with the parameter `flux`.

        Its leads are 0 (left) and 1 (right).

        Parameters
        ----------
        on_site
            One sample, (x, y), in hoppings.

        Raises
        ------
        ValueError
            For several samples.
        """
        from ..kwant_twin import kwant_wire

        values, _ = self._checked(on_site)
        if len(values) != 1:
            raise ValueError(f"a Kwant system is one wire; on_site holds {len(values)}.")
        return kwant_wire(np.ones(values[0].shape, bool), arrays.to_numpy(values[0]))

    # -- how it does it -------------------------------------------------------------------

    def _checked(self, on_site: ArrayLike) -> tuple[Array, bool]:
        """Return `on_site` as (sample, x, y) on its device, and whether it is one wire."""
        shape = tuple(np.shape(on_site) if not hasattr(on_site, "shape") else on_site.shape)
        size = self.length, self.width
        if shape[-2:] != size or len(shape) not in (2, 3) or not shape[0]:
            raise ValueError(
                f"on_site must be (sample, {size[0]}, {size[1]}) or {size}, not {shape}."
            )
        numbers = arrays.real_numbers("on_site", on_site)
        values = on_site if hasattr(on_site, "reshape") else numbers
        return values.reshape((-1, *size)), len(shape) == 2

    def _shaped(
        self,
        energy: ArrayLike,
        flux: ArrayLike,
        on_site: ArrayLike,
        quantity: Quantity,
        keep: bool = False,
    ) -> Array:
        """Return `quantity` with the axes that the request has."""
        points = points_of(self.width, energy, flux)
        values, single = self._checked(on_site)
        return points.shaped(self._collect(points, flux, values, quantity, keep), single)

    def _collect(
        self, points: Points, flux: ArrayLike, values: Array, quantity: Quantity, keep: bool
    ) -> Array:
        """Return `quantity` of all pairs (point, sample), in chunks, as (sample, point, ...)."""
        xp, device = arrays.backend(values, flux)
        dtype = arrays.complex_dtype(xp, values, flux)
        samples = values.shape[0]
        on_cpu = device is None or device.type == "cpu"
        chunk = _CHUNK if on_cpu else _GPU_CHUNK
        slices = self.length if keep else 1
        check_memory(chunk * self.width**2 * 16 * (slices + 8) if on_cpu else 0, repr(self))
        sigma, injection, _ = stacked_leads(self.width, points.energy, points.flux)
        energy, values, sigma, injection = (
            arrays.as_complex(xp, a, dtype, device)
            for a in (points.energy, values, sigma, injection)
        )
        hop = hops_along_x(points.flux, self.width, xp, dtype, device)
        pieces = []
        for start in range(0, samples * len(points), chunk):
            number = np.arange(start, min(start + chunk, samples * len(points)))
            point, sample = np.divmod(number, samples)
            at_leads = sigma[:, point], injection[:, point]
            inputs = energy[point], values[sample], hop[point], *at_leads
            pieces.append(self._piece(inputs, quantity, xp, keep))
        whole = pieces[0] if len(pieces) == 1 else xp.concat(pieces)
        return xp.moveaxis(whole.reshape((len(points), samples, *whole.shape[1:])), 0, 1)

    def _piece(self, inputs: Inputs, quantity: Quantity, xp: ModuleType, keep: bool) -> Array:
        """Return `quantity` of one chunk; where the recursion is not safe, solve wires as a whole.

        A singular batch is split until the guilty wire stands alone.
        """
        try:
            swept = _sweep.sweep(*inputs, xp, keep)
        except (np.linalg.LinAlgError, RuntimeError) as error:
            if "singular" not in str(error).lower():
                raise
            count = inputs[0].shape[0]
            if count == 1:
                return self._directly(inputs, 0, quantity, xp)[None]
            halves = [slice(None, count // 2), slice(count // 2, None)]
            parts = [(*(a[h] for a in inputs[:3]), *(a[:, h] for a in inputs[3:])) for h in halves]
            return xp.concat([self._piece(part, quantity, xp, keep) for part in parts])
        result = quantity(swept)
        limit = _SAFE["complex64" if "complex64" in str(inputs[1].dtype) else "complex128"]
        for n in np.flatnonzero(~(arrays.to_numpy(swept.growth) < limit)):
            result[int(n)] = self._directly(inputs, int(n), quantity, xp)
        return result

    def _directly(self, inputs: Inputs, n: int, quantity: Quantity, xp: ModuleType) -> Array:
        energy, on_site, hop, sigma, injection = inputs
        if getattr(on_site, "requires_grad", False):
            raise RuntimeError(
                "a part of this wire has a level right at the energy, where the recursion has no "
                "gradient: move the energy a little."
            )
        one = [arrays.to_numpy(a) for a in (on_site[n].real, hop[n], sigma[:, n], injection[:, n])]
        one = [one[0].astype(float), *(a.astype(complex) for a in one[1:])]
        psi = wire_states(float(energy[n].real), *one).reshape(2, self.length, self.width, -1)
        found = quantity(_Whole(np.moveaxis(psi, -1, 1), one[3]))[0]
        device = arrays.backend(on_site)[1]
        kind = on_site.dtype if np.iscomplexobj(found) else arrays.real_dtype(xp, on_site.dtype)
        return xp.asarray(found, dtype=kind, device=device)


class _Whole(_sweep.Swept):
    """The same results from states (side, channel, x, y) that are known already."""

    def __init__(self, states: np.ndarray, injection: np.ndarray) -> None:
        arrived = states[0][:, -1].T[None]  # (1, y, channel), as the recursion leaves it
        super().__init__(injection[:, None], None, None, [arrived], None, np)
        self._states = states

    def states(self, source: str) -> np.ndarray:
        return self._states[0 if source == "left" else 1][None]
