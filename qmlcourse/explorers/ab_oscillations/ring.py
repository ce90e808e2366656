"""The main explorer: a ring, the electron wave in it, and g against flux."""

import ipywidgets
import matplotlib
import numpy as np
import traitlets
from matplotlib.patches import Circle, Rectangle

from ...transport import ABRing, lowest_energy, oscillation_spectrum, thermal_average
from ...widgets import (
    COLORS,
    CYCLIC,
    SEQUENTIAL,
    LiveFigure,
    Sketch,
    Stop,
    kept,
    new_figure,
)
from ...widgets.controls import choice, seed, slider
from ._rings import FLUX_LABEL, G_LABEL, FluxExplorer, fit_top, ring, two_periods, warm_conductance

SKETCH = "ab-sketch"  # the key under which the guessed curve is kept
_NAMES = {1: "h/e", 2: "h/2e", 3: "h/3e", 4: "h/4e", 5: "h/5e"}


class RingExplorer(FluxExplorer):
    """Density or phase on the ring at the present flux, g(flux), and its harmonics.

    Drag the flux, or the picture of g itself, and watch where the wave leaves the ring: bright at
    the right lead means a large g.
    """

    name, title = "ab_ring", "A ring, a flux, an electron"
    computed_by = (ABRing, lowest_energy, oscillation_spectrum, thermal_average)
    columns = ("ring_flux", "conductance")
    path = (
        Stop(
            "Let the flux grow, or drag it in the curve. After how much flux has all come back, "
            "the picture and g?",
            "After one flux quantum h/e. In between it is another ring: half a quantum lets "
            "through three times as much as none.",
            {"flux": 0.0, "energy": -1.96, "radius": 14, "disorder": 0.0, "offset": 0},
        ),
        Stop(
            "Next the ring will be larger, 18 instead of 14 sites. What do you expect of the "
            "period? Press when you have decided.",
            "The curve is another one. The period is the same.",
            {"radius": 14},
            {"radius": 18},
        ),
        Stop(
            "Move the Fermi energy slowly. What does it change, and what not?",
            "Height and form, even whether g has a hill or a valley at zero flux. Not the period; "
            "and each curve remains its own mirror image, the same for Φ and −Φ.",
            {"radius": 14},
        ),
        Stop(
            "Now impurities: a random energy on every site. Which of these properties will they "
            "spoil?",
            "Neither the period nor the mirror image. They make another curve, as another shape of "
            "the ring would.",
            {"energy": -1.96},
            {"disorder": 1.5},
        ),
        Stop(
            "Last, move the leads up by one site, so that one arm is longer. What will happen at "
            "zero flux?",
            "Without any flux the two parts already arrive with a phase difference, from their "
            "different lengths: g(0) has gone from 0.60 to 1.29. The flux comes on top of it.",
            {"disorder": 0.0, "flux": 0.0},
            {"offset": 1},
        ),
    )

    flux = traitlets.Float(0.25).tag(
        control=slider("Flux Φ", "h/e", 0, 2, 0.01, help="Flux quanta through the hole")
    )
    energy = traitlets.Float(-1.96).tag(control=slider("Fermi energy", "t", -3.6, 0.0, 0.01))
    radius = traitlets.Int(14).tag(control=slider("Outer radius", "sites", 9, 20, 1), group="more")
    arm = traitlets.Int(5).tag(control=slider("Arm width", "sites", 3, 7, 1), group="more")
    temperature = traitlets.Float(0.0).tag(
        control=slider("Temperature kT", "t", 0, 0.1, 0.002, help="Thermal energy, in hoppings t"),
        group="more",
    )
    disorder = traitlets.Float(0.0).tag(
        control=slider("Disorder W", "t", 0, 3, 0.1, help="Width of the random on-site energies")
    )
    offset = traitlets.Int(0).tag(
        control=slider("Lead position", "sites up", -4, 4, 1, help="Makes the two arms unequal"),
        group="more",
    )
    show = traitlets.Unicode("density").tag(
        control=choice("Picture", {"Density": "density", "Phase": "phase"})
    )
    lead = traitlets.Int(7).tag(control=slider("Lead width", "sites", 1, 7, 1), group="more")
    dephasing = traitlets.Float(0.0).tag(
        control=slider("Dephasing Γ", "t", 0, 0.3, 0.01), group="more"
    )
    seed = traitlets.Int(1).tag(control=seed("Disorder seed"), group="more")

    def prepare(self):
        figure = new_figure(8.8, 5.0, "A ring with two leads and its conductance against flux.")
        grid = figure.add_gridspec(2, 2, width_ratios=[1.15, 1], height_ratios=[1.35, 1])
        self._picture = figure.panel(grid[:, 0])
        self._curve = figure.panel(grid[0, 1], FLUX_LABEL, G_LABEL, grid=True)
        self._lines = figure.panel(grid[1, 1], "period of the oscillation", "amplitude (e²/h)")
        self._picture.set_axis_off()
        self._picture.set(xlim=(-1.32, 1.32), ylim=(-1.2, 1.2), aspect="equal")
        self._leads = [
            self._picture.add_patch(Rectangle((0, 0), 0, 0, color="#E4E4E4", lw=0)) for _ in "lr"
        ]
        self._inside = self._picture.add_patch(Circle((0, 0), 0.5, color="white", zorder=2))
        self._words = [
            self._picture.text(x, 0, word, va="center", ha=side, fontsize=11, color="#444444")
            for x, word, side in ((-1.3, "in", "left"), (1.3, "out", "right"))
        ]
        blank = np.zeros((3, 3, 4))
        self._image = self._picture.imshow(blank, extent=(-1, 1, -1, 1), interpolation="none")
        self._image.set_zorder(3)
        self._picture.set(xlim=(-1.32, 1.32), ylim=(-1.2, 1.2))
        self._caption = self._picture.set_title("")
        self._hole = self._picture.text(
            0, 0, "", ha="center", va="center", fontsize=15, color=COLORS["red"]
        )
        self._ghost = self._curve.plot([], [], color="#BDBDBD", lw=2, ls=(0, (4, 2)))[0]
        self._sketch = self._curve.plot([], [], color=COLORS["purple"], ls=":", lw=2.5)[0]
        self._g = self._curve.plot([], [], color=COLORS["blue"])[0]
        self._marker = self._curve.axvline(0, color=COLORS["red"], lw=1.6)
        self._dot = self._curve.plot([], [], "o", color=COLORS["red"], ms=10, mec="white")[0]
        self._curve.set_xlim(0, 2)
        self._curve.set_xticks([0, 0.5, 1, 1.5, 2])
        self._bars = self._lines.bar(range(1, 6), np.zeros(5), width=0.55, color=COLORS["sky"])
        self._bars[0].set_color(COLORS["blue"])
        self._bars[1].set_color(COLORS["orange"])
        self._lines.set_xticks(range(1, 6), [_NAMES[n] for n in range(1, 6)])
        self._kept = None
        live = LiveFigure(figure)
        live.animated(*self._leads, self._inside, self._image, self._hole, *self._words)
        live.animated(self._ghost, self._sketch, self._g, self._marker, self._dot, *self._bars)
        self.follow_flux(live, self._curve)
        kept.follow(SKETCH, self._follow_sketch)
        return live

    def close(self):
        kept.leave(self._follow_sketch)
        super().close()

    def _follow_sketch(self):
        self.guarded(self._show_sketch)()

    def _show_sketch(self):
        """Draw the student's own guess, kept under `SKETCH`, behind the curve."""
        guess = Sketch.kept(SKETCH)
        self._sketch.set_data(*(([], []) if guess is None else guess))
        if self.has_picture:
            self.figure.draw()

    def extras(self):
        keep = ipywidgets.Button(description="Keep this curve", tooltip="Draws it in grey behind")
        keep.add_class("qml-button")
        keep.on_click(self.guarded(lambda _: self._keep()))
        return [keep]

    def compute(self, **state):
        ring_now = self._ring(state)
        energy, flux = state["energy"], state["flux"]
        psi = ring_now.wave_function(energy, flux, dephasing=state["dephasing"], gauge="azimuthal")
        curve = self._period(**{k: v for k, v in state.items() if k not in ("flux", "show")})
        spectrum = oscillation_spectrum(np.arange(len(curve)) / len(curve), curve)
        every_flux, every_g = self._period_pair
        return {
            "psi": psi,
            "density": (np.abs(psi) ** 2).sum(0),
            "mask": ring_now.mask,
            "extent": ring_now.extent,
            "ring_flux": every_flux,
            "conductance": every_g,
            "g": float(
                warm_conductance(ring_now, energy, state["temperature"], state["dephasing"], flux)
            ),
            "harmonics": spectrum.amplitude[1:6],
            "channels": ring_now.open_channels(energy),
            "sites": len(ring_now.sites),
        }

    def draw(self, data, state):
        self._draw_wave(data, state)
        if data["conductance"] is not getattr(self, "_drawn", None):
            self._g.set_data(data["ring_flux"], data["conductance"])
            known = [data["conductance"], *([] if self._kept is None else [self._kept[1]])]
            fit_top(self._curve, np.concatenate(known), 1.02)
            for bar, height in zip(self._bars, data["harmonics"], strict=True):
                bar.set_height(height)
            fit_top(self._lines, data["harmonics"], 1.02)
            self._draw_leads(data["extent"], state)
            self._drawn = data["conductance"]
        self._marker.set_xdata([state["flux"]] * 2)
        self._dot.set_data([state["flux"]], [data["g"]])
        channels = data["channels"]
        if channels == 0:
            first = lowest_energy(state["lead"])
            self.readout = f"<b>g = 0</b>: no open channel below E = {first:.2f} t"
        else:
            self.readout = (
                f"<b>g = {data['g']:.3f} e²/h</b> of at most {channels} "
                f"({'one open channel' if channels == 1 else f'{channels} open channels'})"
            )
        swing = np.ptp(data["conductance"])
        return (
            f"{'Density' if state['show'] == 'density' else 'Phase'} of the electron on a ring of "
            f"outer radius {state['radius']} at flux {state['flux']:.2f} h/e; the conductance is "
            f"{data['g']:.3f} and swings by {swing:.3f} e²/h with period h/e."
        )

    def _ring(self, state):
        return ring(
            state["radius"],
            state["arm"],
            state["lead"],
            state["offset"],
            state["disorder"],
            state["seed"] if state["disorder"] else 0,
        )

    def _period(self, **state):
        key = tuple(state.items())
        if key != getattr(self, "_period_key", None):
            self._period_curve = warm_conductance(
                self._ring(state), state["energy"], state["temperature"], state["dephasing"]
            )
            self._period_pair = two_periods(self._period_curve)
            self._period_key = key
        return self._period_curve

    def _draw_wave(self, data, state):
        density = data["density"]
        strength = np.clip(density / max(np.quantile(density[data["mask"]], 0.98), 1e-12), 0, 1)
        strength = strength**0.7  # lets weak waves be seen
        if state["show"] == "density":
            colours = matplotlib.colormaps[SEQUENTIAL](strength)
        else:
            first = data["psi"][0] if len(data["psi"]) else np.zeros(density.shape, complex)
            weight = np.abs(first) / max(np.abs(first).max(), 1e-12)
            colours = matplotlib.colormaps[CYCLIC](np.angle(first) / (2 * np.pi) % 1)
            colours[..., :3] = 1 - (1 - colours[..., :3]) * np.sqrt(weight)[..., None]
        colours[~data["mask"]] = (1, 1, 1, 0)
        self._image.set_data(np.swapaxes(colours, 0, 1))
        words = "Where the electron is" if state["show"] == "density" else "Phase of its wave"
        if self._caption.get_text() != words:
            self._caption.set_text(words)
        self._hole.set_text(f"Φ = {state['flux']:.2f} h/e")

    def _draw_leads(self, extent, state):
        site = 1 / (extent + 0.5)  # the picture of the ring fills -1 to 1
        bottom = (state["offset"] - state["lead"] // 2 - 0.5) * site
        for strip, x in zip(self._leads, (-1.32, 0), strict=True):
            strip.set_bounds(x, bottom, 1.32, state["lead"] * site)
        self._inside.set_radius((state["radius"] - state["arm"]) * site)

    def _keep(self):
        self._kept = (self.data["ring_flux"], self.data["conductance"])
        self._ghost.set_data(*self._kept)
        self.refresh()
