"""The main explorer: drag an impurity and see the whole fingerprint change under the hand."""

from functools import lru_cache

import ipywidgets
import numpy as np
import traitlets

from ...transport import AntidotWire
from ...transport.wires.prepared import prepared_wire
from ...widgets import COLORS, LiveFigure, PlayableExplorer, Stop, new_figure, style_axes
from ...widgets.controls import choice, slider
from ..shared.wire_picture import WirePicture, steady_ticks
from . import _wires
from ._wires import FLUX_LABEL, G_LABEL, LENGTH, QUANTA, WIDTH, per_plaquette

MOST = 8
_RADIUS, _SEED = 2.5, 30
_PLACES = _wires.random_places(_SEED, MOST, _RADIUS)
_COARSE = slice(None, None, 16)  # fields that are computed at once at a new energy


class ImpurityExplorer(PlayableExplorer):
    """Antidots in a wire, the wave at the field marked, and g at 65 fields.

    Take hold of an impurity and drag it by one site, or use the arrow keys. The dashed curve is the
    fingerprint from before: which part of it survives?
    """

    name, title = "ucf_impurities", "Drag an impurity"
    computed_by = (AntidotWire, prepared_wire)
    columns = (("flux_quanta", "quanta"), "conductance")
    cache_size = 1
    counts = "field"
    stride = 0.25
    period = 20.25
    interval = 0.08
    plays = "Sweep the field"

    path = (
        Stop(
            "Take hold of an impurity, drag it by ten sites and let go. The dashed curve is the "
            "one from before: how much of it survives?",
            "About half: the likeness falls to some 0.5. Every path that touched this impurity has "
            "another length now, and so another phase against all others. What survives belongs "
            "to the paths that touch only the other five.",
            {"number": 6},
        ),
        Stop(
            "Put it back with Reset. Then move it by a single site with an arrow key, and by a "
            "second and third. How far must it go until the curve is another one?",
            "One site is seen at once: the likeness falls to 0.7 or 0.8, for some directions much "
            "lower. After three sites, half a wavelength, it is near 0.6; then it falls slowly, "
            "because the other five have not moved. A large field forgives only a little more "
            "than a small one: over sixty such wires one site changes g by 0.29 without field, "
            "by 0.20 at the right end.",
            {"number": 6, "field": 4.0},
        ),
        Stop(
            "Now a single impurity. Move it across the wire, up or down. Does one impurity make a "
            "fingerprint?",
            "A poor one: nearly seven of nine channels come through, and g falls smoothly with the "
            "field, with hardly a wiggle. Few pairs of paths can interfere; a fingerprint needs "
            "many.",
            {"number": 6},
            {"number": 1},
        ),
    )

    field = traitlets.Float(4.0).tag(
        control=slider("Flux Φ", "h/e", 0, 20, 0.25, help="Flux quanta through the whole wire")
    )
    number = traitlets.Int(6).tag(control=slider("Impurities", "", 1, MOST, 1))
    radius = traitlets.Float(_RADIUS).tag(control=slider("Their radius", "sites", 1, 4.5, 0.25))
    chosen = traitlets.Int(2).tag(
        control=choice("In the hand", {str(n + 1): n + 1 for n in range(MOST)})
    )
    energy = traitlets.Float(_wires.ENERGY).tag(
        control=slider("Fermi energy", "t", -3.4, -2.1, 0.05), group="more"
    )
    places = traitlets.Tuple(_PLACES).tag(state=True)

    slow_depends = ("energy",)

    def prepare(self):
        figure = new_figure(8.8, 5.9)
        top, bottom = figure.subplots(2, 1, height_ratios=[1.45, 1])
        self._top = style_axes(top, title="Where the electron is")
        self._bottom = style_axes(bottom, FLUX_LABEL, G_LABEL, grid=True)
        self._wire = WirePicture(top, MOST, LENGTH, WIDTH)
        self._ghost = bottom.plot([], [], color=COLORS["grey"], lw=2, ls=(0, (4, 2)))[0]
        self._g = bottom.plot([], [], color=COLORS["blue"])[0]
        self._marker = bottom.axvline(0, color=COLORS["red"], lw=1.6)
        self._dot = bottom.plot([], [], "o", color=COLORS["red"], ms=10, mec="white")[0]
        bottom.set(xlim=(0, QUANTA[-1]), ylim=(0, 9))
        steady_ticks(bottom)
        self.ghost, self.kept_antidots = None, None
        self._grip, self._seed = None, _SEED
        live = LiveFigure(figure)
        live.animated(*self._wire.moving, self._ghost, self._g, self._marker, self._dot)
        live.on_drag(top, self._drag, self._grab)
        live.on_drag(bottom, lambda x, y: setattr(self, "field", _on_grid(x)))
        live.on_arrows(self._step)
        return live

    def extras(self):
        keep = ipywidgets.Button(description="Keep this fingerprint", tooltip="Draws it dashed")
        keep.add_class("qml-button")
        keep.on_click(self.guarded(lambda _: self.keep()))
        other = ipywidgets.Button(description="Another wire", tooltip="Draws new places")
        other.add_class("qml-button")
        other.on_click(self.guarded(lambda _: self.shuffle()))
        return [*super().extras(), keep, other]

    # -- what is computed -----------------------------------------------------------------

    def antidots(self, state=None):
        """(K, 3): x, y, radius of the impurities on show."""
        state = state or self.state()
        return np.array([(x, y, state["radius"]) for x, y in state["places"][: state["number"]]])

    def compute(self, field, number, radius, chosen, energy, places):
        # the wire in memory where its fields are ready; else a few fields at once
        wire = _wires.ready(energy)
        quanta = QUANTA if wire else QUANTA[_COARSE]
        wire = wire or _coarse_wire()
        antidots = self.antidots({"radius": radius, "places": places, "number": number})
        here = per_plaquette(field)
        curve = wire.conductance(energy, per_plaquette(quanta), antidots)
        place = np.flatnonzero(quanta == field)
        g = curve[place[0]] if len(place) else wire.conductance(energy, here, antidots)
        return {
            "antidots": antidots,
            "quanta": quanta,
            "conductance": curve,
            "g": float(g),
            "density": wire.density(energy, here, antidots),
            "mask": wire.mask(antidots),
            "channels": wire.open_channels(energy),
        }

    def compute_slow(self, state):
        _wires.wire(state["energy"])
        return {}

    def draw(self, data, state):
        if len(data["quanta"]) < len(QUANTA) and _wires.ready(state["energy"]):
            data |= self.compute(**state)
        self._wire.show(data["density"], data["mask"], data["antidots"], state["chosen"] - 1)
        self._g.set_data(data["quanta"], data["conductance"])
        self._ghost.set_data(*(([], []) if self.ghost is None else self.ghost))
        self._marker.set_xdata([state["field"]] * 2)
        self._dot.set_data([state["field"]], [data["g"]])
        self._fit(data["conductance"])
        alike = self._alike(data)
        self.readout = f"<b>g = {data['g']:.3f} e²/h</b> of at most {data['channels']}" + (
            "" if alike is None else f"; likeness to the dashed curve {alike:+.2f}"
        )
        x, y = state["places"][state["chosen"] - 1]
        swing = np.ptp(data["conductance"])
        return (
            f"Density in a wire with {len(data['antidots'])} impurities, number {state['chosen']} "
            f"at x = {x:.1f}, y = {y:.1f}; at flux {state['field']:.3f} h/e the conductance is "
            f"{data['g']:.3f}, and over the whole field it varies by {swing:.2f} e²/h."
        )

    def _fit(self, curve):
        """Axes in whole steps that move only when a curve leaves them."""
        known = curve if self.ghost is None else np.concatenate([curve, self.ghost[1]])
        low, high = known.min(), known.max()
        now = self._bottom.get_ylim()
        if low < now[0] or high > now[1] or high - low < 0.4 * (now[1] - now[0]):
            room = 0.2 * (high - low) + 0.05
            self._bottom.set_ylim(max(low - room, -0.05), high + room)

    def _alike(self, data):
        if self.ghost is None or len(self.ghost[1]) != len(data["conductance"]):
            return None
        return _wires.similarity(self.ghost[1], data["conductance"])

    # -- what the hand does ---------------------------------------------------------------

    def keep(self):
        """Let the present fingerprint stay as a dashed curve."""
        self._remember(self.data)
        self.refresh()

    def _remember(self, data):
        self.ghost = data["quanta"], data["conductance"]
        self.kept_antidots = data["antidots"]

    def move(self, number, x, y):
        """Put impurity `number` (1, 2, ...) at x, y, inside the wire."""
        x, y = (
            round(float(np.clip(v, 0, n - 1)), 2) for v, n in ((x, LENGTH), (y, WIDTH))
        )  # a hundredth of a site: nobody can hold it more exactly
        places = list(self.places)
        places[number - 1] = (x, y)
        with self.together():
            self.chosen, self.places = number, tuple(places)

    def shuffle(self):
        """A wire with other places, drawn from the next seed; the old fingerprint stays dashed."""
        self._seed += 1
        self._remember(self.data)
        self.places = _wires.random_places(self._seed, MOST, _RADIUS)

    def _grab(self, x, y):
        places = np.array(self.places[: self.number])
        away = np.hypot(*(places - [x, y]).T)
        nearest = int(away.argmin())
        if away[nearest] > self.radius + 2:
            self._grip = None
            return
        self._grip = places[nearest] - [x, y]
        self._remember(self.data)
        self.chosen = nearest + 1
        self.refresh()

    def _drag(self, x, y):
        if self._grip is not None:
            self.move(self.chosen, x + self._grip[0], y + self._grip[1])

    def _step(self, dx, dy):
        if self.ghost is None:
            self._remember(self.data)
        x, y = self.places[self.chosen - 1]
        self.move(self.chosen, x + 0.5 * dx, y + 0.5 * dy)

    @traitlets.validate("chosen")
    def _among_those_there(self, proposal):
        if not 1 <= proposal["value"] <= MOST:
            raise ValueError(f"there are {MOST} impurities at most, not {proposal['value']}.")
        return min(proposal["value"], self.number)

    @traitlets.observe("number")
    def _choose_one_that_is_there(self, _):
        self.chosen = min(self.chosen, self.number)


@lru_cache(maxsize=1)
def _coarse_wire():
    return AntidotWire(LENGTH, WIDTH, max_bytes=2**27)


def _on_grid(quanta):
    return round(min(max(quanta, 0.0), QUANTA[-1]) * 4) / 4
