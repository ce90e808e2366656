"""The Aharonov-Bohm ring on a lattice: conductance at all fluxes from one factorisation.

How it works: a flux through the hole may be put on any line from the hole outwards, here on the
bonds between columns 0 and 1 of the upper arm. Each half of the ring, with its lead, is folded
into its Green's function on the cut (`_sweep`), which no flux through the hole can change. For a
flux, the halves are joined: a matrix of the number of bonds on the cut, some 10 to 40, is solved,
for all fluxes in one batch. The result is exact; nothing is interpolated.
"""

import numpy as np

from .. import arrays
from ..leads import lead
from . import _join, _sweep
from ._lattice import ring_lattice
from ._task import Task

_CHUNK = 64  # sweeps in one batch on a CPU: larger ones fall out of its cache
_TWO_PI = 2 * np.pi
# largest element of a folded part's Green's function up to which the sweep is exact: above it, the
# part has a level of its own near the energy (errors of 1e-9 were seen from 1e6 on)
_SAFE = {"complex128": 1e5, "complex64": 1e4}


class ABRing:
    """A ring with two leads on the square lattice (hopping -1, on-site 0).

    Parameters
    ----------
    outer_radius, inner_radius : float, in lattice constants; sites have
        inner_radius <= distance from the centre <= outer_radius
    lead_width : int, number of rows of each lead
    lead_offset : int, rows by which both leads lie above the centre (makes the arms unequal)
    disorder : float W, on-site energies are uniform in [-W/2, W/2] (Anderson model)
    seed : int, or a sequence of ints for a batch of samples; needed when disorder > 0
    on_site : (site,) or (sample, site) array, on-site energies to use instead, in the order of
        `sites`

    Notes
    -----
    Energies are in units of the hopping, from the band centre. `ring_flux` counts flux quanta h/e
    through the hole, with nothing in the metal; `flux` counts flux quanta through each plaquette
    of a uniform field that also enters arms and leads. With a batch of samples, every result has
    a first axis `sample`. Results are NumPy arrays, or torch tensors where an input is one (on
    its device); single-precision inputs give single-precision results.

    Raises ValueError, in one sentence, for a geometry that is not a ring.
    """

    def __init__(
        self,
        outer_radius,
        inner_radius,
        lead_width,
        *,
        lead_offset=0,
        disorder=0.0,
        seed=None,
        on_site=None,
    ):
        self._lattice = ring_lattice(
            arrays.one_number("outer_radius", outer_radius),
            arrays.one_number("inner_radius", inner_radius),
            lead_width,
            lead_offset,
        )
        self.disorder = arrays.one_number("disorder", disorder)
        self._on_site, self.batched = self._potential(seed, on_site)
        self._halves = {}

    # -- what the ring is -----------------------------------------------------------------

    outer_radius = property(lambda self: self._lattice.outer_radius)
    inner_radius = property(lambda self: self._lattice.inner_radius)
    lead_width = property(lambda self: self._lattice.lead_width)
    lead_offset = property(lambda self: self._lattice.lead_offset)

    @property
    def sites(self):
        """(site, 2) array of the x, y of all sites, sorted."""
        return self._lattice.sites

    @property
    def on_site(self):
        """On-site energies, (site,) or (sample, site)."""
        return self._on_site if self.batched else self._on_site[0]

    @property
    def extent(self):
        """Largest |x| and |y| of the sites: pictures have 2 * extent + 1 pixels a side."""
        return int(np.abs(self.sites).max())

    @property
    def mask(self):
        """(x, y) boolean array, true where the ring has a site; index extent is the centre."""
        mask = np.zeros((2 * self.extent + 1,) * 2, bool)
        mask[tuple(self.sites.T + self.extent)] = True
        return mask

    def __repr__(self):
        samples = f", {len(self._on_site)} samples" if self.batched else ""
        return (
            f"ABRing({self.outer_radius:g}, {self.inner_radius:g}, {self.lead_width}: "
            f"{len(self.sites)} sites{samples})"
        )

    def _potential(self, seed, on_site):
        count = len(self.sites)
        if on_site is not None:
            if self.disorder or seed is not None:
                raise ValueError("give either on_site or disorder with a seed, not both.")
            values = np.atleast_2d(arrays.real_numbers("on_site", on_site))
            if values.ndim != 2 or values.shape[1] != count:
                raise ValueError(
                    f"on_site must have one value for each of the {count} sites, not shape "
                    f"{np.shape(on_site)}."
                )
            return values, np.ndim(arrays.to_numpy(on_site)) == 2
        if self.disorder < 0:
            raise ValueError(f"the disorder strength must not be negative ({self.disorder:g}).")
        if self.disorder and seed is None:
            raise ValueError("a disordered ring needs a seed, so that it can be made again.")
        seeds = np.atleast_1d(0 if seed is None else seed)
        if seeds.ndim != 1 or not len(seeds):
            raise ValueError("seed is one integer or a non-empty sequence of integers.")
        draws = [np.random.default_rng(int(s)).uniform(-0.5, 0.5, count) for s in seeds]
        return self.disorder * np.array(draws), np.ndim(seed) == 1

    # -- what it does ---------------------------------------------------------------------

    def open_channels(self, energy):
        """Number of open channels of each lead without field."""
        return lead(self._lattice.lead_rows, self._energy(energy)).channels

    def conductance(self, energy, ring_flux=0.0, *, flux=0.0, dephasing=0.0):
        """Conductance g = Tr t t^dagger in e^2/h per spin (Landauer), exact.

        Parameters
        ----------
        energy : float, |energy| < 4
        ring_flux : number or array, flux quanta through the hole
        flux : number or array, flux quanta through each plaquette of a uniform field, added to
            ring_flux; arrays are broadcast against ring_flux. Each value costs a sweep.
        dephasing : float, rate Gamma of losing coherence in the ring, as -i Gamma / 2 on every
            site: g counts the electrons that pass without losing it

        Returns
        -------
        Array of the shape of ring_flux (broadcast with flux), after a first axis `sample` where
        the ring is a batch; a scalar for one flux. Zero where no channel is open.

        Raises
        ------
        ValueError for an energy outside the band or numbers that are not finite.
        """
        task = Task(self, [self._energy(energy)], ring_flux, flux, dephasing)
        return task.shape(self._collect(task, _join.Conductance()), energy_axis=False)

    def conductance_map(self, energies, ring_flux=0.0, *, flux=0.0, dephasing=0.0):
        """Conductance at several energies: (energy, ...) in front of the axes of `conductance`.

        One batch for all energies; with `thermal_average` it gives the warm ring.
        """
        energies = np.atleast_1d(arrays.real_numbers("energies", energies))
        if energies.ndim != 1:
            raise ValueError("energies is a one-dimensional array.")
        task = Task(self, [self._energy(e) for e in energies], ring_flux, flux, dephasing)
        return task.shape(self._collect(task, _join.Conductance()), energy_axis=True)

    def scattering_matrix(self, energy, ring_flux=0.0, *, flux=0.0, dephasing=0.0):
        """S matrix (..., 2 N, 2 N) in the basis of the leads' open channels, left lead first.

        S = [[r, t'], [t, r']], from Green's functions after Fisher and Lee, Phys. Rev. B 23, 6851
        (1981). Unitary unless there is dephasing. `flux` must be one number here.
        """
        arrays.one_number("flux", flux)
        task = Task(self, [self._energy(energy)], ring_flux, flux, dephasing)
        return task.shape(self._collect(task, _join.Scattering()), energy_axis=False, tail=2)

    def wave_function(
        self, energy, ring_flux=0.0, *, flux=0.0, dephasing=0.0, source="left", gauge="cut"
    ):
        """Scattering states (..., channel, x, y), complex; zero where the ring has no site.

        The axes `...` are those of `conductance` (sample, then flux). State n is the wave that
        channel n of the `source` lead sends in, normalised so that the summed current through any
        cross-section is g. x and y run from -extent to extent. With gauge 'cut' the phase of
        ring_flux sits on the bonds from column 0 to column 1 of the upper arm; with 'azimuthal'
        it is spread evenly over the angle, so that the phase of the wave has no jump.
        """
        if gauge not in ("cut", "azimuthal"):
            raise ValueError(f"gauge is 'cut' or 'azimuthal', not {gauge!r}.")
        if source not in ("left", "right"):
            raise ValueError(f"source is 'left' or 'right', not {source!r}.")
        task = Task(self, [self._energy(energy)], ring_flux, flux, dephasing)
        states = self._collect(task, _join.States(source, self), keep=True)
        states = task.shape(states, energy_axis=False, tail=3)
        if gauge == "azimuthal":
            quanta = np.asarray(arrays.real_numbers("ring_flux", ring_flux))[..., None, None, None]
            turn = np.exp(1j * quanta * self._angle_from_cut)
            states = states * arrays.as_complex(task.xp, turn, task.dtype, task.device)
        return states

    @property
    def _angle_from_cut(self):
        """(x, y): angle, counter-clockwise, from the cut to each pixel, 0 to 2 pi."""
        x, y = np.mgrid[-self.extent : self.extent + 1, -self.extent : self.extent + 1]
        return np.mod(np.arctan2(y, x - 0.5) - np.pi / 2, _TWO_PI)

    def density(self, energy, ring_flux=0.0, *, flux=0.0, dephasing=0.0, source="left"):
        """Density of the scattering states that one lead feeds, (..., x, y).

        Sum over channels of |psi|^2; divided by 2 pi it is the local density of states, per
        hopping, of electrons injected by `source`.
        """
        psi = self.wave_function(energy, ring_flux, flux=flux, dephasing=dephasing, source=source)
        return (psi.real**2 + psi.imag**2).sum(-3)

    def current(self, energy, ring_flux=0.0, *, flux=0.0, source="left"):
        """Bond currents (along_x, along_y) of the states that one lead feeds.

        along_x[..., i, j] flows from site (i, j) to (i + 1, j), along_y[..., i, j] to (i, j + 1),
        in units in which the total through any cross-section is g. `flux` is one number here.
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

    def to_kwant(self, sample=0, *, flux=0.0):
        """The same ring as a finalised Kwant system, with the one parameter `ring_flux`.

        Leads are 0 (left) and 1 (right). For a batch, `sample` says which one; `flux` is the
        uniform field in flux quanta a plaquette, fixed in the system.
        """
        from ..kwant_twin import kwant_ring

        field = arrays.one_number("flux", flux)
        return kwant_ring(self._lattice, self._on_site[sample], field)

    # -- how it does it -------------------------------------------------------------------

    def _energy(self, energy):
        energy = arrays.one_number("energy", energy)
        if abs(energy) >= 4:
            raise ValueError(
                f"the energy {energy:g} lies outside the band of the square lattice, -4 to 4."
            )
        return energy

    def _collect(self, task, quantity, keep=False):
        """Run `quantity` on chunks of the batch and put the pieces together."""
        size = task.count if task.device is not None and task.device.type != "cpu" else _CHUNK
        pieces = []
        for start in range(0, task.count, size):
            part = slice(start, min(start + size, task.count))
            pieces.append(self._run(task, part, quantity, keep))
        return pieces[0] if len(pieces) == 1 else task.xp.concat(pieces)

    def _run(self, task, part, quantity, keep):
        """`quantity` for a part of the batch; elements where the sweep is unsafe go direct."""
        try:
            halves = self._fold(task, part, keep)
        except (np.linalg.LinAlgError, RuntimeError) as error:
            if not _is_singular(error):
                raise
            if part.stop - part.start == 1:
                return self._direct(task, part.start, quantity)[None]
            middle = (part.start + part.stop) // 2
            both = slice(part.start, middle), slice(middle, part.stop)
            return task.xp.concat([self._run(task, one, quantity, keep) for one in both])
        result = quantity.joined(task, halves, task.ring_flux_of(part))
        growth = np.maximum(*(arrays.to_numpy(half.growth) for half in halves))
        limit = _SAFE["complex64" if "complex64" in str(task.dtype) else "complex128"]
        for n in np.flatnonzero(~(growth < limit)):
            result[int(n)] = self._direct(task, part.start + int(n), quantity)
        return result

    def _direct(self, task, number, quantity):
        ring, quanta = task.direct(number)
        result = quantity.direct(ring, quanta)
        if np.iscomplexobj(result):
            return task.cast(result)
        return task.xp.real(task.cast(result))

    def _fold(self, task, part, keep):
        """Both halves for a part of the batch; the last ones are kept for the next flux."""
        key = (task.key, part.start, part.stop)
        known = self._halves.get(key)
        if known is not None and (known[0].inner or not keep):
            return known
        xp, lattice = task.xp, self._lattice
        energy, flux, on_site = task.sweep_inputs(part)
        xs = sorted(lattice.columns)
        halves = []
        for inward, order in ((1, [x for x in xs if x <= 0]), (-1, [x for x in xs[::-1] if x > 0])):
            attach = (-inward * lattice.lead_end, np.array(lattice.lead_rows))
            leads = task.leads(part, inward)
            halves.append(
                _sweep.sweep(
                    lattice.columns,
                    order,
                    attach,
                    leads,
                    energy,
                    on_site,
                    flux,
                    xp,
                    task.dtype,
                    task.device,
                    keep,
                )
            )
        self._halves = {key: tuple(halves)}  # one entry: a new energy replaces the old
        return tuple(halves)


def _is_singular(error):
    """NumPy and torch report a singular matrix by different classes."""
    return "singular" in str(error).lower()
