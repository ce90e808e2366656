"""Where the flux sits: the cut can be moved around the ring, and at one quantum it is gone."""

from functools import lru_cache

import matplotlib
import numpy as np
import traitlets

from ...transport import ABRing
from ...widgets import COLORS, CYCLIC, Explorer, LiveFigure, Stop, new_figure, style_axes
from ...widgets.controls import slider
from ._rings import narrow_ring

_ENERGY = -2.8
_TURN = 2 * np.pi
_FIRST = 90.0  # degrees: where the library puts the flux


class MovedCutExplorer(Explorer):
    """The phase of one wave, with the phase of the flux on a line that can be moved.

    Move the line around the ring, then let the flux grow to one whole quantum. What happens to the
    step in the phase?
    """

    name, title = "ab_gauge", "The line on which the flux sits"
    computed_by = (ABRing,)
    columns = (("place_x", "x"), ("place_y", "y"), ("turned_degrees", "turned"))
    path = (
        Stop(
            "On the left, colours are the phase of the wave. Across the dashed line it makes a "
            "step: there our calculation has put the phase of the flux. Drag the line to another "
            "place. The right picture shows what this changes. What, and where? And what of g?",
            "Between the old place and the new one all phases are turned by the same amount, "
            "2πΦ/(h/e), and nowhere else is anything changed. The density and g stay as they are: "
            "where the step is, is our choice, and nothing that can be measured depends on it.",
            {"flux": 0.3, "place": 150.0},
        ),
        Stop(
            "Could one then not do without the step? Try it: is there a place of the line at which "
            "it is gone?",
            "No. It can be moved, but not removed: around the hole the phases must add up to "
            "2πΦ/(h/e), and a wave has one value at each place. Only this sum can be measured.",
            {"flux": 0.3},
        ),
        Stop(
            "Now let the flux grow to one whole quantum. How high is the step then?",
            "2π, and a turn by 2π is none: both pictures lose the step. So the ring with one "
            "quantum in its hole is the ring without flux, with other phases. This is the theorem "
            "of Byers and Yang, for any ring, and the reason for the period h/e.",
            {"flux": 0.3},
            {"flux": 1.0},
        ),
    )

    flux = traitlets.Float(0.3).tag(control=slider("Flux Φ", "h/e", 0, 1, 0.01))
    place = traitlets.Float(150.0).tag(control=slider("Place of the line", "°", 0, 355, 5))

    def prepare(self):
        figure = new_figure(8.8, 4.5)
        titles = ("phase of the wave", "turned by the choice of the line")
        self._images, self._lines = [], []
        for ax, title in zip(figure.subplots(1, 2), titles, strict=True):
            style_axes(ax, title=title).set_axis_off()
            self._images.append(ax.imshow(np.zeros((3, 3, 4)), extent=(-1, 1, -1, 1)))
            ax.set(xlim=(-1.2, 1.2), ylim=(-1.2, 1.2), aspect="equal")
            self._lines += ax.plot([], [], color=COLORS["red"], ls="--", lw=2.6)
        right = figure.axes[1]
        right.plot([0, 0], [0.45, 1.15], color=COLORS["grey"], ls=":", lw=2.6)
        right.text(0.06, 1.1, "the first line", color="#5A5A5A", va="top", fontsize=10.5)
        self._words = [
            ax.text(0, 0, "", ha="center", va="center", color=COLORS["red"]) for ax in figure.axes
        ]
        live = LiveFigure(figure)
        live.animated(*self._images, *self._lines, *self._words)
        for ax in figure.axes:
            live.on_drag(ax, self._drag)
        live.on_arrows(self._steer)
        return live

    def _steer(self, dx, dy):
        """Sideways the line, upwards the flux."""
        self.place = float((self.place + 5 * dx) % 360)
        self.flux = round(min(max(self.flux + 0.01 * dy, 0.0), 1.0), 2)

    def _drag(self, x, y):
        self.place = float(5 * round(np.degrees(np.arctan2(y, x)) / 5) % 360)

    def compute(self, flux, place):
        ring, smooth, g, angle = _smooth(flux)
        here, first = (np.mod(angle - np.radians(line), _TURN) for line in (place, _FIRST))
        psi = smooth * np.exp(-1j * flux * here)
        # a phase that is the same everywhere means nothing: it is taken off
        turn = np.exp(-1j * flux * (here - first + np.radians(place - _FIRST)))
        x, y = ring.sites.T
        return {
            "psi": psi,
            "turn": turn,
            "mask": ring.mask,
            "g": g,
            "x": x,
            "y": y,
            "turned": np.degrees(np.angle(turn[tuple(ring.sites.T + ring.extent)])),
        }

    def draw(self, data, state):
        psi, mask = data["psi"], data["mask"]
        strength = np.sqrt(np.abs(psi) / np.abs(psi).max())
        for image, phase, weight in zip(
            self._images, (psi, data["turn"]), (0.25 + 0.75 * strength, 1.0), strict=True
        ):
            colours = matplotlib.colormaps[CYCLIC](np.angle(phase) / _TURN % 1)
            colours[..., :3] = 1 - (1 - colours[..., :3]) * np.expand_dims(weight, -1)
            colours[~mask] = (1, 1, 1, 0)
            image.set_data(np.swapaxes(colours, 0, 1))
        ray = np.exp(1j * np.radians(state["place"])) * np.array([0.45, 1.15])
        for line in self._lines:
            line.set_data(ray.real, ray.imag)
        step = 360 * state["flux"]
        none = ", which is none" if state["flux"] in (0, 1) else ""
        self._words[0].set_text(f"Φ =\n{state['flux']:.2f} h/e")
        self._words[1].set_text(f"between the lines\nby {step:.0f}°")
        self.readout = (
            f"step on the line: <b>{step:.0f}°</b>{none}; <b>g = {data['g']:.3f} e²/h</b>, "
            "wherever the line is"
        )
        return (
            f"Phase of the wave on a ring with {state['flux']:.2f} h/e in the hole: on a line at "
            f"{state['place']:.0f} degrees it makes a step of {step:.0f} degrees{none}; between "
            f"this line and one at {_FIRST:.0f} degrees the phases are turned by as much. g is "
            f"{data['g']:.3f} e²/h."
        )


@lru_cache(maxsize=64)
def _smooth(flux):
    """The ring, its wave with the phase of the flux spread over all angles, g, and the angles."""
    ring = narrow_ring(1, 0.6, 2)
    psi = ring.wave_function(_ENERGY, flux, gauge="azimuthal")[0]
    # spread evenly, the wave is smooth at the cut of the library, wherever angles are counted from
    angle = ring.angle_from_cut
    return ring, psi, float(ring.conductance(_ENERGY, flux)), np.mod(angle + np.pi / 2, _TURN)
