"""Light on a chain of spins: which textures drive a current, by hand."""

import numpy as np
import traitlets

from ...inverse_design import cone, photocurrent, spin_chain, sunlight_current
from ...inverse_design.sunlight import BOLTZMANN_EV, black_body
from ...widgets import COLORS, Explorer, LiveFigure, Stop, choice, new_figure, slider, toggle
from ._spins import SpinPicture

HOPS = {"t1": 0.117, "t2": 0.079, "exchange": 0.248}  # eV, where the paper's run ends
KERNELS = {
    "three velocities": "velocity",
    "density matrix": "length",
    "injection": "injection",
    "shift": "shift",
}
_OMEGA = np.linspace(0.04, 1.6, 79)
_HEIGHTS = np.linspace(-1, 1, 41)


class SunlightExplorer(Explorer):
    """A cone of spins, the current of each colour of light, and the sum against S_z.

    Close the cone, flatten it, wind it the other way: where is the current exactly zero, and where
    does it turn round?
    """

    name, title = "haldane_sunlight", "Sunlight on a chain of spins"
    computed_by = (black_body, cone, photocurrent, spin_chain, sunlight_current)
    columns = (("photon_energy_ev", "omega"), ("sigma_times_sunlight", "weighted"))
    slow_depends = ("sites", "back", "kernel", "broadening")
    path = (
        Stop(
            "Three spins on a cone, repeated along the chain; the electrons feel them. Light "
            "shines on it. Now flatten the cone, S_z = 0, and then close it, S_z = 1. What is the "
            "current in these two cases?",
            "Exactly zero. In a closed cone all spins are alike, and so are left and right. In a "
            "flat one, turn time round, which turns all spins over, and then turn all spins by "
            "half a turn about the axis: the chain is as before, but every electron runs the "
            "other way.",
            {"height": 0.4, "back": False, "kernel": "velocity", "sites": 3},
            {"height": 0.0},
        ),
        Stop(
            "Wind the cone the other way. What must the current do?",
            "Turn round, to the last digit: −7.74 instead of +7.74 A/m². Symmetry alone says so, "
            "whatever formula is used.",
            {"height": 0.4, "back": False, "kernel": "velocity"},
            {"back": True},
        ),
        Stop(
            "Now another formula for the same current: that of the density matrix, which is "
            "complete. Does it agree with the three velocities?",
            "No: −14.42 instead of +7.74. The shape of the curve is the same, sign and size are "
            "not. The text below says why; and that the shift part is exactly zero for a cone.",
            {"height": 0.4, "back": False, "kernel": "velocity"},
            {"kernel": "length"},
        ),
    )

    height = traitlets.Float(0.4).tag(control=slider("Height of the cone S_z", "", -1, 1, 0.05))
    sites = traitlets.Int(3).tag(control=choice("Spins in a turn", [3, 4, 6]))
    back = traitlets.Bool(False).tag(control=toggle("Wind the other way"))
    kernel = traitlets.Unicode("velocity").tag(control=choice("Formula", KERNELS))
    broadening = traitlets.Float(0.05).tag(
        control=slider("Broadening", "eV", 0.02, 0.2, 0.01), group="more"
    )

    def prepare(self):
        figure = new_figure(9.8, 5.4)
        grid = figure.add_gridspec(2, 2, height_ratios=[0.75, 1])
        self._spins = SpinPicture(figure.add_subplot(grid[0, :]), "twelve sites of the chain")
        left = figure.panel(
            grid[1, 0],
            "photon energy (eV)",
            "σ(ω) × sunlight",
            "colour by colour",
        )
        right = figure.panel(
            grid[1, 1],
            "height of the cone S_z",
            "current (A/m²)",
            "all colours together",
        )
        left.axhline(0, color="#AAAAAA", lw=1)
        right.axhline(0, color="#AAAAAA", lw=1)
        right.axvline(0, color="#AAAAAA", lw=1)
        self._spectrum = left.plot([], [], color=COLORS["orange"])[0]
        self._curve = right.plot([], [], color=COLORS["red"])[0]
        self._dot = right.plot([], [], "o", ms=12, color="#222222", mec="white")[0]
        left.set(xlim=(0, 1.6), ylim=(-1, 1), yticks=[0])
        right.set(xlim=(-1, 1), ylim=(-25, 25))
        self._right = right
        live = LiveFigure(figure)
        live.animated(*self._spins.moving, self._spectrum, self._curve, self._dot)
        live.on_drag(right, lambda x, y: setattr(self, "height", _step(x)))
        live.on_arrows(lambda dx, dy: setattr(self, "height", _step(self.height + 0.05 * dx)))
        return live

    def compute(self, height, sites, back, kernel, broadening):
        spins = cone(sites, height, chirality=-1 if back else 1)
        sigma = photocurrent(
            spin_chain(spins, **HOPS),
            _OMEGA,
            temperature=BOLTZMANN_EV * 300,
            kernel=kernel,
            broadening=broadening,
            mesh=_mesh(sites),
        ).numpy()
        weighted = sigma * black_body(_OMEGA)
        return {
            "spins": spins,
            "omega": _OMEGA,
            "weighted": weighted,
            "current": float(_current(spins, kernel, broadening, sites)),
        }

    def compute_slow(self, state):
        chirality = -1 if state["back"] else 1
        spins = np.array([cone(state["sites"], h, chirality=chirality) for h in _HEIGHTS])
        curve = _current(spins, state["kernel"], state["broadening"], state["sites"])
        return {"curve": curve, "curve_of": {n: state[n] for n in self.slow_depends}}

    def draw(self, data, state):
        right = self._right
        self._spins.show(data["spins"])
        top = np.abs(data["weighted"]).max()
        self._spectrum.set_data(data["omega"], data["weighted"] / top if top > 1e-3 else 0 * _OMEGA)
        there = data.get("curve_of") == {n: state[n] for n in self.slow_depends}
        self._curve.set_data(_HEIGHTS if there else [], data["curve"] if there else [])
        self._dot.set_data([state["height"]], [data["current"]])
        largest = max(abs(data["current"]), np.abs(data["curve"]).max() if there else 0, 1e-3)
        now = right.get_ylim()[1]
        if not 0.25 * now < largest < 0.97 * now and (there or largest > now):
            right.set_ylim(-1.25 * largest, 1.25 * largest)
        size = abs(data["current"])
        words = "zero" if size < 1e-9 else f"{data['current']:.2f} A/m²".replace("-", "−")
        self.readout = f"current <b>{words}</b>" + (
            f" (below 10⁻⁹: {size:.0e})" if size < 1e-9 else ""
        )
        return (
            f"A cone of {state['sites']} spins with S_z = {state['height']:.2f}: the light of a "
            f"black body drives a current of {words}."
        )


def _mesh(sites):
    return 96 // sites


def _current(spins, kernel, broadening, sites):
    model = spin_chain(spins, **HOPS)
    return sunlight_current(
        model,
        kernel=kernel,
        broadening_ev=broadening,
        mesh=_mesh(sites),
        frequencies_ev=np.linspace(0.05, 2.45, 33),
    ).numpy()


def _step(x):
    return round(20 * min(max(x, -1), 1)) / 20
