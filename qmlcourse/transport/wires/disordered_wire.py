"""A wire with disorder on every site: conductance, noise and waves by batched recursion."""

import operator

import numpy as np

from .. import arrays
from . import _sweep
from ._direct import wire_states
from .wire import Wire, check_memory, fields_of, sources, stacked_leads

_CHUNK = 16  # wires in one batch on a CPU: larger ones fall out of its cache
_GPU_CHUNK = 4096
_SAFE = {"complex128": 1e6, "complex64": 1e4}


class DisorderedWire(Wire):
    """A wire of the square lattice (hopping -1) with an on-site potential of any shape.

    Parameters
    ----------
    length, width : int, sites x = 0 ... length - 1, y = 0 ... width - 1
    energy : float from the band centre in units of the hopping, -4 to 4

    Notes
    -----
    `on_site` is (sample, length, width) in units of the hopping; (length, width) is one wire.
    `flux` counts flux quanta h/e through one plaquette; the field also enters the leads. Results
    carry the axes (sample, field, ...); they are NumPy arrays, or torch tensors where an input is
    one (on its device); single-precision inputs give single-precision results. With torch, all
    results can be differentiated with respect to `on_site`.

    Cost: about length * width^3 operations for each sample and field, and one calculation of the
    leads' modes for each field, whatever the number of samples.
    """

    def __repr__(self):
        return f"DisorderedWire({self.length}, {self.width}, {self.energy:g})"

    def at(self, energy):
        """The same wire at another energy."""
        return DisorderedWire(self.length, self.width, energy)

    def potential(self, disorder, seeds):
        """Anderson disorder (sample, length, width): uniform in [-disorder / 2, disorder / 2].

        Parameters
        ----------
        disorder : float W >= 0 in units of the hopping
        seeds : sequence of integers, one for each sample, or one integer for one sample
        """
        disorder = arrays.one_number("disorder", disorder)
        if disorder < 0:
            raise ValueError(f"the disorder strength must not be negative ({disorder:g}).")
        try:
            numbers = [operator.index(s) for s in ([seeds] if np.ndim(seeds) == 0 else seeds)]
        except TypeError:
            numbers = []
        if not numbers or min(numbers) < 0:
            raise ValueError("seeds is a non-empty sequence of integers, 0 or larger.")
        size = self.length, self.width
        return disorder * np.array(
            [np.random.default_rng(n).uniform(-0.5, 0.5, size) for n in numbers]
        )

    # -- what it gives --------------------------------------------------------------------

    def conductance(self, on_site, flux=0.0):
        """Conductance g = Tr t t^dagger in e^2/h per spin (Landauer), (sample, field), exact.

        Zero where a field leaves no channel open. Raises ValueError for a potential of another
        shape or numbers that are not finite.
        """

        def transmitted(swept):
            t = swept.transmitted()
            return (t.real**2 + t.imag**2).sum((-2, -1))

        return self._collect(on_site, flux, transmitted)

    def transmission_eigenvalues(self, on_site, flux=0.0):
        """Eigenvalues of t t^dagger, largest first, (sample, field, channel).

        Channels that a field closes stand as zeros at the end.
        """

        def eigenvalues(swept):
            t = swept.transmitted()
            return swept.xp.linalg.svdvals(t) ** 2 if t.shape[-1] else t[..., 0].real

        return self._collect(on_site, flux, eigenvalues)

    def fano_factor(self, on_site, flux=0.0):
        """Shot noise over that of independent electrons, (sample, field): sum T (1 - T) / sum T.

        M. Buettiker, Phys. Rev. Lett. 65, 2901 (1990). NaN where g is zero.
        """

        def fano(swept):
            t = swept.transmitted()
            product = t @ swept.xp.conj(swept.xp.matrix_transpose(t))
            g = (t.real**2 + t.imag**2).sum((-2, -1))
            second = (product.real**2 + product.imag**2).sum((-2, -1))
            return (g - second) / swept.xp.where(g > 0, g, g * np.nan)

        return self._collect(on_site, flux, fano)

    def scattering_matrix(self, on_site, flux=0.0):
        """S = [[r, t'], [t, r']] of one field, (sample, 2 N, 2 N) for N open channels.

        From Green's functions after Fisher and Lee, Phys. Rev. B 23, 6851 (1981). Unitary.
        """
        if len(fields_of(flux)) != 1:
            raise ValueError("the scattering matrix is given at one flux at a time.")
        return self._collect(on_site, flux, lambda swept: swept.scattering(), keep=True)[:, 0]

    def wave_function(self, on_site, flux=0.0, *, source="left"):
        """Scattering states (sample, field, x, y, channel) that one side feeds, complex.

        Normalised so that the current through any cross-section, summed over channels, is g.
        """
        (side,) = sources(source, ("left", "right"))
        return self._collect(on_site, flux, lambda swept: swept.states(side), keep=True)

    def density(self, on_site, flux=0.0, *, source="left"):
        """Density of the scattering states, (sample, field, x, y), from 'left', 'right' or 'both'.

        Sum over channels of |psi|^2; divided by 2 pi it is the local density of states, per
        hopping, of electrons that come from `source`.
        """
        sides = sources(source)

        def density(swept):
            states = [swept.states(side) for side in sides]
            return sum((psi.real**2 + psi.imag**2).sum(-1) for psi in states)

        return self._collect(on_site, flux, density, keep=True)

    def current(self, on_site, flux=0.0, *, source="left"):
        """Bond currents (along_x, along_y) of the states that one side feeds.

        along_x[..., i, j] flows from site (i, j) to (i + 1, j), along_y[..., i, j] to (i, j + 1),
        in units in which the total through any cross-section is g.
        """
        psi = self.wave_function(on_site, flux, source=source)
        return self._bond_currents(psi, fields_of(flux))

    def to_kwant(self, on_site):
        """The same wire as a finalised Kwant system with the parameter `flux`.

        `on_site` is one sample, (length, width). Leads are 0 (left) and 1 (right).
        """
        from ..kwant_twin import kwant_wire

        values = self._checked(on_site)
        if len(values) != 1:
            raise ValueError(f"a Kwant system is one wire; on_site holds {len(values)}.")
        return kwant_wire(np.ones(values[0].shape, bool), arrays.to_numpy(values[0]))

    # -- how it does it -------------------------------------------------------------------

    def _checked(self, on_site):
        """`on_site` as (sample, length, width), still on its device."""
        shape = tuple(np.shape(on_site) if not hasattr(on_site, "shape") else on_site.shape)
        size = self.length, self.width
        if shape[-2:] != size or len(shape) not in (2, 3) or not shape[0]:
            raise ValueError(
                f"on_site must be (sample, {size[0]}, {size[1]}) or {size}, not {shape}."
            )
        numbers = arrays.real_numbers("on_site", on_site)
        values = on_site if hasattr(on_site, "reshape") else numbers
        return values.reshape((-1, *size))

    def _collect(self, on_site, flux, quantity, keep=False):
        """`quantity` of all pairs (field, sample), in chunks, as (sample, field, ...)."""
        xp, device = arrays.backend(on_site, flux)
        dtype = arrays.complex_dtype(xp, on_site, flux)
        quanta, values = fields_of(flux), self._checked(on_site)
        samples = values.shape[0]
        on_cpu = device is None or device.type == "cpu"
        chunk = _CHUNK if on_cpu else _GPU_CHUNK
        slices = self.length if keep else 1
        check_memory(chunk * self.width**2 * 16 * (slices + 8) if on_cpu else 0, repr(self))
        sigma, injection, _ = stacked_leads(self.width, self.energy, quanta)
        values = arrays.as_complex(xp, values, dtype, device)
        sigma, injection = (arrays.as_complex(xp, a, dtype, device) for a in (sigma, injection))
        hop = self._along_x(quanta, xp, dtype, device)
        pieces = []
        for start in range(0, samples * len(quanta), chunk):
            number = np.arange(start, min(start + chunk, samples * len(quanta)))
            field, sample = np.divmod(number, samples)
            inputs = values[sample], hop[field], sigma[:, field], injection[:, field]
            pieces.append(self._piece(inputs, quantity, xp, keep))
        whole = pieces[0] if len(pieces) == 1 else xp.concat(pieces)
        return xp.moveaxis(whole.reshape((len(quanta), samples, *whole.shape[1:])), 0, 1)

    def _piece(self, inputs, quantity, xp, keep):
        """`quantity` of one chunk; wires in which the recursion is not safe are solved as a whole.

        A singular batch is split until the guilty wire stands alone.
        """
        try:
            swept = _sweep.sweep(self.energy, *inputs, xp, keep)
        except (np.linalg.LinAlgError, RuntimeError) as error:
            if "singular" not in str(error).lower():
                raise
            count = inputs[0].shape[0]
            if count == 1:
                return self._directly(inputs, 0, quantity, xp)[None]
            halves = [slice(None, count // 2), slice(count // 2, None)]
            parts = [(i[0][h], i[1][h], i[2][:, h], i[3][:, h]) for i in [inputs] for h in halves]
            return xp.concat([self._piece(part, quantity, xp, keep) for part in parts])
        result = quantity(swept)
        limit = _SAFE["complex64" if "complex64" in str(inputs[0].dtype) else "complex128"]
        for n in np.flatnonzero(~(arrays.to_numpy(swept.growth) < limit)):
            result[int(n)] = self._directly(inputs, int(n), quantity, xp)
        return result

    def _directly(self, inputs, n, quantity, xp):
        on_site, hop, sigma, injection = inputs
        if getattr(on_site, "requires_grad", False):
            raise RuntimeError(
                "a part of this wire has a level right at the energy, where the recursion has no "
                "gradient: move the energy a little."
            )
        one = [arrays.to_numpy(a) for a in (on_site[n].real, hop[n], sigma[:, n], injection[:, n])]
        one = [one[0].astype(float), *(a.astype(complex) for a in one[1:])]
        psi = wire_states(self.energy, *one).reshape(2, self.length, self.width, -1)
        found = quantity(_Whole(psi, one[3]))[0]
        device = arrays.backend(on_site)[1]
        kind = on_site.dtype if np.iscomplexobj(found) else arrays.real_dtype(xp, on_site.dtype)
        return xp.asarray(found, dtype=kind, device=device)


class _Whole(_sweep.Swept):
    """The same results from states that are known already."""

    def __init__(self, states, injection):
        super().__init__(injection[:, None], None, None, [states[0][None, -1]], None, np)
        self._states = states

    def states(self, source):
        return self._states[0 if source == "left" else 1][None]
