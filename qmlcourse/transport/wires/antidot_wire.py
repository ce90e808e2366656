"""A wire with antidots: any arrangement, exactly, from one solution of the clean wire."""

import threading

import numpy as np

from .. import arrays
from . import _antidot_direct, _antidot_sites, _antidot_solve, _green
from .wire import Wire, check_memory, fields_of, sources

_BATCH = 64  # fields prepared at a time


class AntidotWire(Wire):
    """A clean wire of the square lattice (hopping -1) in which circular antidots remove sites.

    Parameters
    ----------
    length, width : int, sites x = 0 ... length - 1, y = 0 ... width - 1
    energy : float from the band centre in units of the hopping, -4 to 4
    notch : boundary shape that all arrangements share: circles (x, y, radius) or (K, 3), removed
        sites (n, 2), or a boolean mask (length, width); None for a straight wire
    max_bytes : prepared fields above this are forgotten, the oldest first

    Notes
    -----
    `antidots` is (sample, K, 3): x, y, radius in lattice constants, not necessarily on lattice
    points; (K, 3) is one wire. A site is removed when its distance from a centre is at most the
    radius; rows of NaN are places without an antidot. `flux` counts flux quanta h/e through one
    plaquette; the field also enters the leads. Results carry the axes (sample, field, ...); they
    are NumPy arrays, or torch tensors where an input is one (on its device); single-precision
    inputs give single-precision results.

    Cost: a field is prepared once (about length * width^3 operations and
    16 * 2 * length * width^2 bytes); after that, a wire with r sites on the rims of its antidots
    costs about r^3 operations a field, whatever the size of the wire.
    """

    def __init__(self, length, width, energy, notch=None, *, max_bytes=2**30):
        super().__init__(length, width, energy)
        self.notch = _antidot_sites.notch_mask(notch, self.length, self.width)
        self.notch = self.notch | _antidot_sites.closed_off(self.notch[None])[0]
        self.max_bytes = max_bytes
        self._blocks = {}  # number -> (precision and device, Tables), the oldest first
        self._where = {}  # (precision and device, flux) -> (number of the block, row)
        self._count = 0
        self._lock = threading.RLock()

    def __repr__(self):
        bitten = f", notch of {self.notch.sum()} sites" if self.notch.any() else ""
        return f"AntidotWire({self.length}, {self.width}, {self.energy:g}{bitten})"

    # -- what it gives --------------------------------------------------------------------

    def conductance(self, antidots, flux):
        """Conductance g = Tr t t^dagger in e^2/h per spin (Landauer), (sample, field), exact.

        Zero where a field leaves no channel open. Raises ValueError, in one sentence, for antidots
        outside the wire, a negative radius, or numbers that are not finite.
        """

        def transmitted(solved):
            t = solved.transmitted("right", "left")
            return solved.xp.sum(t.real**2 + t.imag**2, axis=(-2, -1))

        return self._collect(antidots, flux, ("left",), transmitted, real=True)

    def transmission_eigenvalues(self, antidots, flux):
        """Eigenvalues of t t^dagger, largest first, (sample, field, channel).

        Channels that a field closes stand as zeros at the end.
        """

        def eigenvalues(solved):
            t = solved.transmitted("right", "left")
            return solved.xp.linalg.svdvals(t) ** 2 if t.shape[-1] else t[..., 0].real

        return self._collect(antidots, flux, ("left",), eigenvalues, tail=self._most, real=True)

    def scattering_matrix(self, antidots, flux):
        """S = [[r, t'], [t, r']] of one field, (sample, 2 N, 2 N) for N open channels.

        From Green's functions after Fisher and Lee, Phys. Rev. B 23, 6851 (1981). Unitary.
        """
        quanta = fields_of(flux)
        if len(quanta) != 1:
            raise ValueError("the scattering matrix is given at one flux at a time.")

        def s_matrix(solved):
            xp, sides = solved.xp, ("left", "right")
            blocks = [[1j * solved.transmitted(to, at) for at in sides] for to in sides]
            whole = xp.concat([xp.concat(row, axis=-1) for row in blocks], axis=-2)
            return whole - xp.eye(whole.shape[-1], dtype=whole.dtype, device=solved.device)

        size = 2 * self._most(quanta)[0]
        both = ("left", "right")
        return self._collect(antidots, flux, both, s_matrix, lambda _: (size, size))[:, 0]

    def wave_function(self, antidots, flux, *, source="left"):
        """Scattering states (sample, field, x, y, channel) that one side feeds, complex.

        Normalised so that the current through any cross-section, summed over channels, is g.
        """
        (side,) = sources(source, ("left", "right"))

        def states(solved):
            psi = solved.states(side, self.length, self.width)
            return psi.reshape(*psi.shape[:2], self.length, self.width, psi.shape[-1])

        def tail(quanta):
            return (self.length, self.width, *self._most(quanta))

        psi = self._collect(antidots, flux, (side,), states, tail)
        xp, device = arrays.backend(psi)
        left = self.mask(antidots)
        reached = left & ~_antidot_sites.closed_off(~left)
        kept = arrays.as_complex(xp, reached, psi.dtype, device)
        return psi * kept[:, None, :, :, None]

    def density(self, antidots, flux, *, source="left"):
        """Density of the scattering states, (sample, field, x, y), from 'left', 'right' or 'both'.

        Sum over channels of |psi|^2; divided by 2 pi it is the local density of states, per
        hopping, of electrons that come from `source`.
        """
        total = 0
        for side in sources(source):
            psi = self.wave_function(antidots, flux, source=side)
            total = total + (psi.real**2 + psi.imag**2).sum(-1)
        return total

    def current(self, antidots, flux, *, source="left"):
        """Bond currents (along_x, along_y) of the states that one side feeds.

        along_x[..., i, j] flows from site (i, j) to (i + 1, j), along_y[..., i, j] to (i, j + 1),
        in units in which the total through any cross-section is g.
        """
        psi = self.wave_function(antidots, flux, source=source)
        return self._bond_currents(psi, fields_of(flux))

    def soft_conductance(self, sites, potential, flux):
        """Conductance (sample, field) with a finite potential on some sites, differentiable.

        sites : (sample, r) numbers x * width + y, none twice in a row
        potential : (sample, r) tensor in hoppings, on its device and in its precision
        flux : (field,) flux quanta a plaquette

        The gradient flows to the potential. Cost: r^3 operations a field and sample.
        """
        from ._soft_sites import soft_conductance

        return soft_conductance(self, sites, potential, flux)

    def mask(self, antidots):
        """(sample, x, y) boolean: sites that are left."""
        circles = _antidot_sites.circles(antidots, self.length, self.width)
        return ~(_antidot_sites.covered(circles, self.length, self.width) | self.notch)

    def to_kwant(self, antidots):
        """The same wire as a finalised Kwant system with the parameter `flux`.

        `antidots` is one arrangement, (K, 3). Leads are 0 (left) and 1 (right).
        """
        from ..kwant_twin import kwant_wire

        mask = self.mask(antidots)
        if len(mask) != 1:
            raise ValueError(f"a Kwant system is one wire; antidots hold {len(mask)}.")
        return kwant_wire(mask[0], np.zeros(mask[0].shape))

    # -- prepared fields ------------------------------------------------------------------

    def memory(self, fields):
        """Bytes that `fields` prepared fields take in double precision."""
        rank = int(self.notch.sum())
        return _green.table_bytes(self.length, self.width, self.energy, rank, fields)

    @property
    def prepared(self):
        """The fluxes that are ready, sorted."""
        return np.unique([flux for _, flux in self._where])

    def prepare(self, flux):
        """Solve the clean wire at these fields now, and keep them. Returns the wire itself.

        Raises OutOfMemory (a MemoryError and ValueError) before anything is taken, when this
        machine's free memory would not hold them.
        """
        quanta = fields_of(flux)
        check_memory(self.memory(len(quanta)), f"{self!r} at {len(quanta)} fields")
        self.max_bytes = max(self.max_bytes, self.memory(len(quanta)))
        for _ in self._tables(quanta, np, np.complex128, None):
            pass
        return self

    def save(self, folder):
        """Write the prepared fields, for `load`, into a folder (made anew when it exists)."""
        wanted = _key(np.complex128, None)
        blocks = [tables for key, tables in self._blocks.values() if key == wanted]
        if not blocks:
            raise ValueError("no field is prepared yet: call prepare(flux) before save.")
        about = {"length": self.length, "width": self.width, "energy": self.energy}
        about["notch"] = np.argwhere(self.notch).tolist()
        _green.save_tables(_green.join_tables(blocks), folder, about)

    @classmethod
    def load(cls, folder):
        """A wire with the prepared fields of `folder`, memory-mapped and shared with others."""
        tables, about = _green.load_tables(folder)
        notch = np.array(about["notch"], int).reshape(-1, 2)
        wire = cls(about["length"], about["width"], about["energy"], notch if len(notch) else None)
        wire._keep(_key(np.complex128, None), tables)
        return wire

    # -- how it does it -------------------------------------------------------------------

    def _most(self, quanta):
        """The largest number of open channels at the fields, as a shape."""
        return (int(self.open_channels(quanta).max()),)

    def _holes(self, antidots):
        circles = _antidot_sites.circles(antidots, self.length, self.width)
        step = max(1, 2**24 // (self.length * self.width))
        found = []
        for start in range(0, len(circles), step):
            part = _antidot_sites.covered(circles[start : start + step], self.length, self.width)
            found += _antidot_sites.find_holes(part, self.notch)
        return found

    def _collect(self, antidots, flux, wanted, quantity, tail=None, *, real=False):
        """`quantity` of all samples and fields, computed group by group, block by block."""
        xp, device = arrays.backend(antidots, flux)
        dtype = arrays.complex_dtype(xp, antidots, flux)
        quanta, holes = fields_of(flux), self._holes(antidots)
        shape = (len(holes), len(quanta), *(tail(quanta) if tail else ()))
        kind = arrays.real_dtype(xp, dtype) if real else dtype
        result = xp.zeros(shape, dtype=kind, device=device)
        for tables, columns in self._tables(quanta, xp, dtype, device):
            for numbers, sites, valid in _antidot_solve.groups(holes, device):
                each = tables.green.itemsize * (2 * sites.shape[1] ** 2 + int(np.prod(shape[2:])))
                if len(shape) == 5:  # wave functions: columns of G0 as well
                    each += tables.green.itemsize * self.length * self.width * sites.shape[1]
                for s, f in _antidot_solve.parts(len(numbers), len(columns), each, device):
                    piece = self._piece(
                        tables.at(f),
                        [holes[n] for n in numbers[s]],
                        sites[s],
                        None if valid is None else valid[s],
                        wanted,
                        quantity,
                        xp,
                        device,
                    )
                    samples, fields = np.ix_(numbers[s], columns[f])
                    tails = (slice(n) for n in piece.shape[2:])
                    result[samples, fields, *tails] = xp.moveaxis(piece, 0, 1)
        return result

    def _piece(self, tables, holes, sites, valid, wanted, quantity, xp, device):
        """`quantity` (field, sample, ...) for samples whose rims have one size."""
        size = self.length, self.width
        place = (lambda a: xp.asarray(a, device=device)) if device is not None else (lambda a: a)
        masks = None if valid is None else place(valid)
        result, bad = None, np.ones((len(tables.flux), len(holes)), bool)
        if tables.finite.all():
            try:
                solved, growth = _antidot_solve.solve(
                    tables, place(sites), masks, *size, wanted, xp, device
                )
                result = quantity(solved)
                bad = ~_antidot_solve.trusted(growth, tables.green.dtype)
            except (np.linalg.LinAlgError, RuntimeError) as error:
                if "singular" not in str(error).lower():
                    raise
        single = {
            (int(f), int(s)): quantity(self._alone(tables, int(f), holes[s], wanted))[0, 0]
            for f, s in np.argwhere(bad)
        }
        if result is None:
            shapes = np.array([one.shape for one in single.values()]).reshape(len(single), -1)
            kind = tables.green.dtype
            kind = kind if np.iscomplexobj(single[0, 0]) else arrays.real_dtype(xp, kind)
            shape = (*bad.shape, *(int(n) for n in shapes.max(0)))
            result = xp.zeros(shape, dtype=kind, device=device)
        for at, one in single.items():  # a field with fewer channels fills the first of them
            result[(*at, *(slice(n) for n in one.shape))] = place(one)
        return result

    def _alone(self, tables, field, holes, wanted):
        """One wire at one field, in double precision: with all removed sites, or as a whole."""
        if not tables.finite[field]:
            gone = np.concatenate([np.flatnonzero(self.notch), holes.all])
            flux = tables.flux[field]
            return _antidot_direct.solve(self.length, self.width, self.energy, flux, gone)
        one = tables.at(slice(field, field + 1)).cast(np, np.complex128, None)
        return _antidot_solve.solve_carefully(one, holes, self.length, self.width, wanted)

    def _tables(self, quanta, xp, dtype, device):
        """Tables for the fields, block by block: yields (Tables, numbers of the fields)."""
        key = _key(dtype, device)
        known, missing = self._known(quanta, key)
        yield from known
        size = max(1, min(_BATCH, int(self.max_bytes // (2 * self.memory(1)))))
        (notch,) = _antidot_sites.find_holes(self.notch[None], np.zeros_like(self.notch))
        for start in range(0, len(missing), size):
            batch = missing[start : start + size]
            tables = _green.solve_clean_wire(
                self.length, self.width, self.energy, notch, np.array(batch)
            ).cast(xp, dtype, device)
            self._keep(key, tables)
            row = {flux: n for n, flux in enumerate(batch)}
            numbers = [n for n, q in enumerate(quanta.tolist()) if q in row]
            yield _ordered(tables, [row[float(quanta[n])] for n in numbers], numbers)

    def _known(self, quanta, key):
        """[(Tables, numbers)] of the fields that are prepared, and the fluxes that are not."""
        with self._lock:
            places = [self._where.get((key, q)) for q in quanta.tolist()]
            missing = [q for q, place in zip(quanta.tolist(), places, strict=True) if place is None]
            found = []
            for block in dict.fromkeys(place[0] for place in places if place):
                numbers = [n for n, place in enumerate(places) if place and place[0] == block]
                rows = [places[n][1] for n in numbers]
                found.append(_ordered(self._blocks[block][1], rows, numbers))
        return found, list(dict.fromkeys(missing))

    def _keep(self, key, tables):
        """Keep a block; forget the oldest ones while all take more than max_bytes."""
        with self._lock:
            self._count += 1
            self._blocks[self._count] = key, tables
            for row, flux in enumerate(tables.flux):
                self._where[key, float(flux)] = self._count, row
            while len(self._blocks) > 1 and self._bytes() > self.max_bytes:
                oldest = next(iter(self._blocks))
                del self._blocks[oldest]
                self._where = {k: v for k, v in self._where.items() if v[0] != oldest}

    def _bytes(self):
        return sum(t.nbytes for _, t in self._blocks.values() if not isinstance(t.flux, np.memmap))


def _ordered(tables, rows, numbers):
    """(the tables at these rows, numbers), in the order of the rows."""
    order = np.argsort(rows, kind="stable")
    return tables.at(np.array(rows)[order]), np.array(numbers)[order]


def _key(dtype, device):
    name = "complex64" if "complex64" in str(dtype) else "complex128"
    return name, "numpy" if device is None else str(device)
