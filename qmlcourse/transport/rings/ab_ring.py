"""The Aharonov-Bohm ring on a lattice: conductance at all fluxes from one factorisation.

How it works: a flux through the hole may be put on any line from the hole outwards, here on the
bonds between columns 0 and 1 of the upper arm. Each half of the ring, with its lead, is folded
into its Green's function on the cut (`_sweep`), which no flux through the hole can change. For a
flux, the halves are joined: a matrix of the number of bonds on the cut, some 10 to 40, is solved,
for all fluxes in one batch. The result is exact; nothing is interpolated.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from .. import arrays
from ..arrays import Array
from ..leads import open_channels
from ..randomness import Seed, generators
from . import _join
from ._lattice import ring_lattice
from ._solver import Solver
from ._task import Task

if TYPE_CHECKING:
    import kwant

_TWO_PI = 2 * np.pi


class ABRing:
    """A ring with two leads on the square lattice (hopping -1, on-site 0).

    Parameters
    ----------
    outer_radius, inner_radius
        In lattice constants; sites have inner_radius <= distance from the centre <= outer_radius.
    lead_width
        Number of rows of each lead.
    lead_offset
        Rows by which both leads lie above the centre, which makes the arms unequal.
    disorder
        W, in hoppings: on-site energies are uniform in [-W/2, W/2] (Anderson model).
    seed
        Of the disorder: an integer or a generator for one ring, a sequence of integers for one
        sample each. It is needed when disorder > 0.
    on_site
        On-site energies to use instead, (site,) or (sample, site) in the order of `sites`.

    Attributes
    ----------
    disorder : float
        W, in hoppings.
    on_site : numpy.ndarray
        On-site energies, (site,) or (sample, site).

    Raises
    ------
    ValueError
        For a geometry that is not a ring, disorder without a seed, or on-site energies that do
        not fit.

    Notes
    -----
    Energies are in units of the hopping, from the band centre. `ring_flux` counts flux quanta h/e
    through the hole, with nothing in the metal; `flux` counts flux quanta through each plaquette
    of a uniform field that also enters arms and leads. Results carry the axes (sample, energy,
    flux, channel, x, y), as far as they exist: one energy, one flux and one sample have no axis.
    They are NumPy arrays, or torch tensors where a flux is one (on its device); single-precision
    fluxes give single-precision results.
    """

    def __init__(
        self,
        outer_radius: float,
        inner_radius: float,
        lead_width: int,
        *,
        lead_offset: int = 0,
        disorder: float = 0.0,
        seed: Seed | None = None,
        on_site: ArrayLike | None = None,
    ) -> None:
        self._lattice = ring_lattice(
            arrays.one_number("outer_radius", outer_radius),
            arrays.one_number("inner_radius", inner_radius),
            lead_width,
            lead_offset,
        )
        self.disorder = arrays.one_number("disorder", disorder)
        self.on_site = self._potential(seed, on_site)
        self._solver = Solver()

    # -- what the ring is -----------------------------------------------------------------

    @property
    def outer_radius(self) -> float:
        """Return the outer radius in lattice constants."""
        return self._lattice.outer_radius

    @property
    def inner_radius(self) -> float:
        """Return the inner radius in lattice constants."""
        return self._lattice.inner_radius

    @property
    def lead_width(self) -> int:
        """Return the number of rows of each lead."""
        return self._lattice.lead_width

    @property
    def lead_offset(self) -> int:
        """Return by how many rows both leads lie above the centre."""
        return self._lattice.lead_offset

    @property
    def sites(self) -> np.ndarray:
        """Return the x and y of all sites, (site, 2) integers, sorted."""
        return self._lattice.sites

    @property
    def extent(self) -> int:
        """Return the largest |x| and |y|: pictures have 2 * extent + 1 pixels a side."""
        return self._lattice.extent

    @property
    def mask(self) -> np.ndarray:
        """Return where the ring has a site, (x, y) boolean; the centre has the index extent."""
        mask = np.zeros((2 * self.extent + 1,) * 2, bool)
        mask[tuple(self.sites.T + self.extent)] = True
        return mask

    @property
    def angle_from_cut(self) -> np.ndarray:
        """Return the angle from the cut to each pixel, (x, y) in radians, counter-clockwise."""
        x, y = np.mgrid[-self.extent : self.extent + 1, -self.extent : self.extent + 1]
        return np.mod(np.arctan2(y, x - 0.5) - np.pi / 2, _TWO_PI)

    def __repr__(self) -> str:
        samples = f", {len(self.on_site)} samples" if self.on_site.ndim == 2 else ""
        return (
            f"ABRing({self.outer_radius:g}, {self.inner_radius:g}, {self.lead_width}: "
            f"{len(self.sites)} sites{samples})"
        )

    def _potential(self, seed: Seed | None, on_site: ArrayLike | None) -> np.ndarray:
        count = len(self.sites)
        if on_site is not None:
            if self.disorder or seed is not None:
                raise ValueError("give either on_site or disorder with a seed, not both.")
            values = arrays.real_numbers("on_site", on_site)
            if values.ndim not in (1, 2) or values.shape[-1] != count or not values.size:
                raise ValueError(
                    f"on_site must have one value for each of the {count} sites, not shape "
                    f"{np.shape(on_site)}."
                )
            return values
        if self.disorder < 0:
            raise ValueError(f"the disorder strength must not be negative ({self.disorder:g}).")
        if self.disorder and seed is None:
            raise ValueError("a disordered ring needs a seed, so that it can be made again.")
        rngs, single = generators(0 if seed is None else seed)
        draws = self.disorder * np.array([rng.uniform(-0.5, 0.5, count) for rng in rngs])
        return draws[0] if single else draws

    # -- what it does ---------------------------------------------------------------------

    def open_channels(self, energy: float) -> int:
        """Return the number of open channels of each lead without field.

        Parameters
        ----------
        energy
            In hoppings, between -4 and 4.
        """
        energy = float(arrays.energies_in_band(arrays.one_number("energy", energy)))
        return open_channels(len(self._lattice.lead_rows), energy)

    def conductance(
        self,
        energy: ArrayLike,
        ring_flux: ArrayLike = 0.0,
        *,
        flux: ArrayLike = 0.0,
        dephasing: float = 0.0,
    ) -> Array:
        """Return the conductance g = Tr t t^dagger (Landauer), exact.

        Several energies are computed in one batch; :func:`~qmlcourse.transport.thermal_average`
        makes a warm ring of them.

        Parameters
        ----------
        energy
            One, or (energy,), in hoppings, between -4 and 4.
        ring_flux
            One, or an array of any shape: flux quanta through the hole.
        flux
            Flux quanta through each plaquette of a uniform field, added to `ring_flux`; arrays
            are broadcast against it. Each value costs a sweep.
        dephasing
            Rate Gamma of losing coherence in the ring, as -i Gamma / 2 on every site: g counts
            the electrons that pass without losing it.

        Returns
        -------
        numpy.ndarray or torch.Tensor
            (sample, energy, flux) in e^2/h per spin; zero where no channel is open.

        Raises
        ------
        ValueError
            For an energy outside the band or numbers that are not finite.
        """
        task = self._task(energy, ring_flux, flux, dephasing)
        return task.shaped(self._solver.solve(task, _join.Conductance()))

    def scattering_matrix(
        self,
        energy: float,
        ring_flux: ArrayLike = 0.0,
        *,
        flux: float = 0.0,
        dephasing: float = 0.0,
    ) -> Array:
        """Return S = [[r, t'], [t, r']] in the basis of the leads' open channels, left lead first.

        S is unitary unless there is dephasing.

        Parameters
        ----------
        energy, flux
            One number each.
        ring_flux, dephasing
            As for :meth:`conductance`.

        Returns
        -------
        numpy.ndarray or torch.Tensor
            (sample, flux, 2 N, 2 N) complex for N open channels.

        References
        ----------
        D. S. Fisher and P. A. Lee, Phys. Rev. B 23, 6851 (1981)
        """
        arrays.one_number("flux", flux)
        task = self._task(arrays.one_number("energy", energy), ring_flux, flux, dephasing)
        return task.shaped(self._solver.solve(task, _join.Scattering()), tail=2)

    def wave_function(
        self,
        energy: ArrayLike,
        ring_flux: ArrayLike = 0.0,
        *,
        flux: ArrayLike = 0.0,
        dephasing: float = 0.0,
        source: str = "left",
        gauge: str = "cut",
    ) -> Array:
        """Return the scattering states that one lead feeds.

        State n is the wave that channel n of the lead sends in, normalised so that the summed
        current through any cross-section is g.

        Parameters
        ----------
        energy, ring_flux, flux, dephasing
            As for :meth:`conductance`.
        source
            'left' or 'right', the lead that feeds the states.
        gauge
            Where the phase of `ring_flux` sits: 'cut' puts it on the bonds from column 0 to
            column 1 of the upper arm, 'azimuthal' spreads it evenly over the angle, so that the
            phase of the wave has no jump.

        Returns
        -------
        numpy.ndarray or torch.Tensor
            (sample, energy, flux, channel, x, y) complex, zero where the ring has no site; x and
            y run from -extent to extent.

        Raises
        ------
        ValueError
            For another source or gauge, and as in :meth:`conductance`.
        """
        if gauge not in ("cut", "azimuthal"):
            raise ValueError(f"gauge is 'cut' or 'azimuthal', not {gauge!r}.")
        if source not in ("left", "right"):
            raise ValueError(f"source is 'left' or 'right', not {source!r}.")
        task = self._task(energy, ring_flux, flux, dephasing)
        states = task.shaped(self._solver.solve(task, _join.States(source), keep=True), tail=3)
        if gauge == "azimuthal":
            quanta = np.asarray(arrays.real_numbers("ring_flux", ring_flux))[..., None, None, None]
            turn = np.exp(1j * quanta * self.angle_from_cut)
            states = states * arrays.as_complex(task.xp, turn, task.dtype, task.device)
        return states

    def density(
        self,
        energy: ArrayLike,
        ring_flux: ArrayLike = 0.0,
        *,
        flux: ArrayLike = 0.0,
        dephasing: float = 0.0,
        source: str = "left",
    ) -> Array:
        """Return the density of the scattering states that one lead feeds, summed over channels.

        It is (sample, energy, flux, x, y). Divided by 2 pi it is the local density of states, per
        hopping, of electrons injected by `source`.

        Parameters
        ----------
        energy, ring_flux, flux, dephasing, source
            As for :meth:`wave_function`.
        """
        psi = self.wave_function(energy, ring_flux, flux=flux, dephasing=dephasing, source=source)
        return (psi.real**2 + psi.imag**2).sum(-3)

    def current(
        self,
        energy: ArrayLike,
        ring_flux: ArrayLike = 0.0,
        *,
        flux: float = 0.0,
        source: str = "left",
    ) -> tuple[Array, Array]:
        """Return the bond currents along x and along y of the states that one lead feeds.

        They are in units in which the total through any cross-section is g.

        Parameters
        ----------
        energy, ring_flux, source
            As for :meth:`wave_function`.
        flux
            One number.

        Returns
        -------
        along_x : numpy.ndarray or torch.Tensor
            (sample, energy, flux, x, y); the entry i, j flows from site (i, j) to (i + 1, j).
        along_y : numpy.ndarray or torch.Tensor
            The same from site (i, j) to (i, j + 1).
        """
        field = arrays.one_number("flux", flux)
        psi = self.wave_function(energy, ring_flux, flux=field, source=source)
        xp, device = arrays.backend(psi)
        quanta = np.asarray(arrays.real_numbers("ring_flux", ring_flux))[..., None, None]
        y = np.arange(-self.extent, self.extent + 1)
        phase = np.broadcast_to(-field * y, (*quanta.shape[:-2], 2 * self.extent, len(y))).copy()
        phase[..., self.extent, :] -= np.where(y > 0, quanta[..., 0], 0)
        hop = -np.exp(1j * _TWO_PI * phase)[..., None, :, :]
        hop = arrays.as_complex(xp, hop, psi.dtype, device)
        along_x = 2 * (psi[..., 1:, :].conj() * hop * psi[..., :-1, :]).imag.sum(-3)
        along_y = -2 * (psi[..., 1:].conj() * psi[..., :-1]).imag.sum(-3)
        return along_x, along_y

    def to_kwant(self, sample: int = 0, *, flux: float = 0.0) -> kwant.system.FiniteSystem:
        """Return the same ring as a finalised Kwant system with the one parameter `ring_flux`.

        Its leads are 0 (left) and 1 (right).

        Parameters
        ----------
        sample
            Which one of several samples.
        flux
            Flux quanta through a plaquette of the uniform field, fixed in the system.
        """
        from ..kwant_twin import kwant_ring

        on_site = np.atleast_2d(self.on_site)[sample]
        field = arrays.one_number("flux", flux)
        return kwant_ring(self.sites, self._lattice.lead_rows, on_site, field)

    def _task(
        self, energy: ArrayLike, ring_flux: ArrayLike, flux: ArrayLike, dephasing: float
    ) -> Task:
        return Task(self._lattice, energy, ring_flux, flux, self.on_site, dephasing)
