"""A wire with antidots: any arrangement, exactly, from one solution of the clean wire."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from .. import arrays
from ..arrays import Array
from . import _antidot_sites, _green
from ._antidot_batch import AntidotBatch
from ._antidot_direct import Direct
from ._antidot_solve import Solved
from ._points import (
    Points,
    bond_currents,
    one_point,
    points_of,
    sources,
    total_transmission,
    transmission_eigenvalues,
)
from ._prepared_fields import PreparedFields
from .wire import Wire, check_memory

if TYPE_CHECKING:
    import kwant
    import torch


class AntidotWire(Wire):
    """A clean wire of the square lattice (hopping -1) in which circular antidots remove sites.

    Parameters
    ----------
    length, width
        Numbers of sites, x = 0 ... length - 1 and y = 0 ... width - 1.
    notch
        Boundary shape that all arrangements share: circles (x, y, radius) or (K, 3), removed sites
        (n, 2), or a boolean mask (length, width); None for a straight wire.
    max_bytes
        Prepared fields above this are forgotten, the oldest first.

    Attributes
    ----------
    length, width : int
        Numbers of sites.
    notch : numpy.ndarray
        (x, y) boolean, sites that the notch removes.

    Raises
    ------
    ValueError
        For sizes that are not positive integers or a notch outside the wire.

    Notes
    -----
    `antidots` is (sample, K, 3): x, y, radius in lattice constants, not necessarily on lattice
    points; (K, 3) is one wire. A site is removed when its distance from a centre is at most the
    radius; rows of NaN are places without an antidot. Units, axes and kinds of results are those
    of every :class:`Wire`.

    A field is prepared once for each energy (about length * width^3 operations and 16 * 2 * length
    * width^2 bytes); after that, a wire with r sites on the rims of its antidots costs about r^3
    operations a field, whatever the size of the wire.
    """

    def __init__(
        self, length: int, width: int, notch: ArrayLike | None = None, *, max_bytes: int = 2**30
    ) -> None:
        super().__init__(length, width)
        gone = _antidot_sites.notch_mask(notch, self.length, self.width)
        self.notch = gone | _antidot_sites.closed_off(gone[None])[0]
        self._fields = PreparedFields(self.length, self.width, self.notch, max_bytes)

    def __repr__(self) -> str:
        bitten = f", notch of {self.notch.sum()} sites" if self.notch.any() else ""
        return f"AntidotWire({self.length}, {self.width}{bitten})"

    # -- what it gives --------------------------------------------------------------------

    def conductance(self, energy: ArrayLike, flux: ArrayLike, antidots: ArrayLike) -> Array:
        """Return the conductance g = Tr t t^dagger (Landauer), exact.

        Parameters
        ----------
        energy, flux
            As for :meth:`open_channels`.
        antidots
            (K, 3) for one wire, (sample, K, 3) for several.

        Returns
        -------
        numpy.ndarray or torch.Tensor
            (sample, energy, field) in e^2/h per spin; zero where a field leaves no channel open.

        Raises
        ------
        ValueError
            For an energy at which no channel is open without field, antidots outside the wire, a
            negative radius, or numbers that are not finite.
        """

        def transmitted(solved: Solved | Direct) -> Array:
            return total_transmission(solved.xp, solved.transmitted("right", "left"))

        batch = self._batch(energy, flux, antidots)
        return batch.shaped(batch.collect(("left",), transmitted, real=True))

    def transmission_eigenvalues(
        self, energy: ArrayLike, flux: ArrayLike, antidots: ArrayLike
    ) -> Array:
        """Return the eigenvalues of t t^dagger, (sample, energy, field, channel), largest first.

        Channels that a field closes stand as zeros at the end.

        Parameters
        ----------
        energy, flux, antidots
            As for :meth:`conductance`.
        """

        def eigenvalues(solved: Solved | Direct) -> Array:
            return transmission_eigenvalues(solved.xp, solved.transmitted("right", "left"))

        batch = self._batch(energy, flux, antidots)
        tail = (self._most_channels(batch.points),)
        return batch.shaped(batch.collect(("left",), eigenvalues, tail, real=True))

    def scattering_matrix(self, energy: float, flux: float, antidots: ArrayLike) -> Array:
        """Return the unitary S of N open channels, (sample, 2 N, 2 N) complex; see :class:`Wire`.

        Parameters
        ----------
        energy, flux, antidots
            As for :meth:`conductance`, but one energy and one flux.

        Raises
        ------
        ValueError
            For several energies or fluxes, and as in :meth:`conductance`.
        """

        def s_matrix(solved: Solved | Direct) -> Array:
            xp, sides = solved.xp, ("left", "right")
            blocks = [[1j * solved.transmitted(to, at) for at in sides] for to in sides]
            whole = xp.concat([xp.concat(row, axis=-1) for row in blocks], axis=-2)
            return whole - xp.eye(whole.shape[-1], dtype=whole.dtype, device=solved.device)

        one_point(self.width, energy, flux)
        batch = self._batch(energy, flux, antidots)
        size = 2 * self._most_channels(batch.points)
        return batch.shaped(batch.collect(("left", "right"), s_matrix, (size, size)))

    def wave_function(
        self, energy: ArrayLike, flux: ArrayLike, antidots: ArrayLike, *, source: str = "left"
    ) -> Array:
        """Return the scattering states of one side, normalised as :class:`Wire` says.

        They are complex, (sample, energy, field, channel, x, y).

        Parameters
        ----------
        energy, flux, antidots
            As for :meth:`conductance`.
        source
            'left' or 'right'.
        """
        batch = self._batch(energy, flux, antidots)
        return batch.shaped(self._states(batch, source))

    def density(
        self, energy: ArrayLike, flux: ArrayLike, antidots: ArrayLike, *, source: str = "left"
    ) -> Array:
        """Return the density of the scattering states, (sample, energy, field, x, y).

        It is summed over channels; see :class:`Wire` for its unit.

        Parameters
        ----------
        energy, flux, antidots
            As for :meth:`conductance`.
        source
            'left', 'right' or 'both'.
        """
        total = 0
        for side in sources(source):
            psi = self.wave_function(energy, flux, antidots, source=side)
            total = total + (psi.real**2 + psi.imag**2).sum(-3)
        return total

    def current(
        self, energy: ArrayLike, flux: ArrayLike, antidots: ArrayLike, *, source: str = "left"
    ) -> tuple[Array, Array]:
        """Return the bond currents along x and along y of the states that one side feeds.

        Both are (sample, energy, field, x, y), in units in which a cross-section carries g. The
        entry i, j flows from site (i, j) to (i + 1, j), and to (i, j + 1).

        Parameters
        ----------
        energy, flux, antidots, source
            As for :meth:`wave_function`.
        """
        batch = self._batch(energy, flux, antidots)
        currents = bond_currents(self._states(batch, source), batch.points.flux)
        return batch.shaped(currents[0]), batch.shaped(currents[1])

    def soft_conductance(
        self, energy: ArrayLike, flux: ArrayLike, sites: ArrayLike, potential: torch.Tensor
    ) -> torch.Tensor:
        """Return the conductance with a finite potential on some sites, differentiable.

        The gradient flows to the potential. The cost is r^3 operations a field and sample.

        Parameters
        ----------
        energy, flux
            As for :meth:`conductance`.
        sites
            (sample, r) numbers x * width + y, none twice in a row.
        potential
            (sample, r) in hoppings; its device and precision are those of the result.

        Returns
        -------
        torch.Tensor
            (sample, energy, field) in e^2/h per spin.

        Raises
        ------
        ValueError
            When a channel opens right at an energy at one of the fields.
        """
        from ._soft_sites import soft_conductance

        xp, device = arrays.backend(potential)
        dtype = arrays.complex_dtype(xp, potential)
        points = points_of(self.width, energy, flux)
        blocks = self._fields.tables(points, xp, dtype, device)
        where = xp.asarray(sites, device=device)
        g = soft_conductance(blocks, where, potential, (self.length, self.width), xp)
        return points.shaped(g, single=False)

    def mask(self, antidots: ArrayLike) -> np.ndarray:
        """Return which sites are left, (sample, x, y) boolean; (x, y) for one wire.

        Parameters
        ----------
        antidots
            As for :meth:`conductance`.
        """
        circles, single = _antidot_sites.circles(antidots, self.length, self.width)
        left = ~(_antidot_sites.covered(circles, self.length, self.width) | self.notch)
        return left[0] if single else left

    def rim_sites(self, antidots: ArrayLike) -> np.ndarray | int:
        """Return the number r of sites on the rims, on which the cost depends, (sample,).

        Parameters
        ----------
        antidots
            As for :meth:`conductance`.
        """
        circles, single = _antidot_sites.circles(antidots, self.length, self.width)
        removed = _antidot_sites.covered(circles, self.length, self.width)
        counts = [len(one.rim) for one in _antidot_sites.find_holes(removed, self.notch)]
        return counts[0] if single else np.array(counts)

    def to_kwant(self, antidots: ArrayLike) -> kwant.system.FiniteSystem:
        """Return the same wire as a finalised Kwant system with the parameter `flux`.

        Its leads are 0 (left) and 1 (right).

        Parameters
        ----------
        antidots
            One arrangement, (K, 3).

        Raises
        ------
        ValueError
            For several arrangements.
        """
        from ..kwant_twin import kwant_wire

        mask = np.reshape(self.mask(antidots), (-1, self.length, self.width))
        if len(mask) != 1:
            raise ValueError(f"a Kwant system is one wire; antidots hold {len(mask)}.")
        return kwant_wire(mask[0], np.zeros(mask[0].shape))

    # -- prepared fields ------------------------------------------------------------------

    def memory(self, energy: float, fields: int) -> int:
        """Return the bytes that prepared fields take in double precision.

        Parameters
        ----------
        energy
            In hoppings.
        fields
            How many.
        """
        return self._fields.memory(energy, fields)

    def prepared(self, energy: float) -> np.ndarray:
        """Return the fluxes a plaquette that are ready at an energy, sorted.

        Parameters
        ----------
        energy
            In hoppings.
        """
        return self._fields.ready(float(energy))

    @property
    def nbytes(self) -> int:
        """Return the bytes that prepared fields take in memory; those read by `load` take none."""
        return self._fields.nbytes

    def prepare(self, energy: ArrayLike, flux: ArrayLike) -> AntidotWire:
        """Solve the clean wire at these energies and fields now, and keep the solutions.

        Parameters
        ----------
        energy, flux
            As for :meth:`conductance`.

        Returns
        -------
        AntidotWire
            The wire itself.

        Raises
        ------
        OutOfMemory
            A MemoryError and ValueError, before anything is taken, when this machine's free memory
            would not hold them.
        """
        points = points_of(self.width, energy, flux)
        needed = sum(self.memory(one, 1) for one in points.energy)
        check_memory(needed, f"{self!r} at {len(points)} fields")
        self._fields.max_bytes = max(self._fields.max_bytes, needed)
        for _ in self._fields.tables(points, np, np.complex128, None):
            pass
        return self

    def save(self, folder: Path) -> None:
        """Write the prepared fields into `folder` for :meth:`load`; an existing one is made anew.

        Raises
        ------
        ValueError
            When no field is prepared.
        """
        self._fields.save(folder)

    @classmethod
    def load(cls, folder: Path) -> AntidotWire:
        """Return a wire with the prepared fields of `folder`, memory-mapped and shared with others.

        The folder is one that :meth:`save` wrote.

        Raises
        ------
        ValueError
            When the folder holds no prepared wire, or one of another version.
        """
        tables, about = _green.load_tables(folder)
        notch = np.array(about["notch"], int).reshape(-1, 2)
        wire = cls(about["length"], about["width"], notch if len(notch) else None)
        wire._fields.take(tables)
        return wire

    # -- how it does it -------------------------------------------------------------------

    def _batch(self, energy: ArrayLike, flux: ArrayLike, antidots: ArrayLike) -> AntidotBatch:
        xp, device = arrays.backend(antidots, flux)
        dtype = arrays.complex_dtype(xp, antidots, flux)
        points = points_of(self.width, energy, flux)
        return AntidotBatch(self.notch, self._fields, points, antidots, xp, dtype, device)

    def _most_channels(self, points: Points) -> int:
        """Return the largest number of open channels at the points."""
        pairs = zip(points.energy, points.flux, strict=True)
        return max(int(self.open_channels(e, f)) for e, f in pairs)

    def _states(self, batch: AntidotBatch, source: str) -> Array:
        """Return the states (sample, point, channel, x, y) that a side feeds."""
        (side,) = sources(source, ("left", "right"))
        size = self.length, self.width

        def states(solved: Solved | Direct) -> Array:
            psi = solved.states(side, *size)
            psi = solved.xp.moveaxis(psi, -1, 2)
            return psi.reshape(*psi.shape[:3], *size)

        tail = (self._most_channels(batch.points), *size)
        psi = batch.collect((side,), states, tail, columns=self.length * self.width)
        reached = batch.left & ~_antidot_sites.closed_off(~batch.left)
        kept = arrays.as_complex(batch.xp, reached, psi.dtype, batch.device)
        return psi * kept[:, None, None]
