"""Toward experiment: noise, a background, another energy; and the student's own curve."""

from dataclasses import replace

import numpy as np
import torch
import traitlets

from ...transport import read_curve
from ...widgets import COLORS, LiveFigure, Stop, choice, new_figure, seed, slider, style_axes
from ...ynet import held_out, load_ynet, noisy_traces, traces_with_background, wires
from ..shared.own_curve import OwnCurveExplorer
from ..shared.wire_picture import steady_ticks
from ._wires import FLUX_LABEL, G_LABEL, QUANTA, Panel, antidots, draw_skills, hidden, reader, rest

_ENERGIES = {"-0.02": -0.02, "-0.01": -0.01, "0": 0.0, "0.01": 0.01, "0.05": 0.05}


class LaboratoryExplorer(OwnCurveExplorer):
    """A fingerprint as a laboratory would have it, read by a clean and by a rough reader.

    Add noise, a smooth background, or an energy that the network does not know. Which of them
    breaks the clean reader first? Does it warn you? Then take the rough one.
    """

    name, title = "ynet_laboratory", "Would it work in a laboratory?"
    computed_by = (read_curve, held_out, load_ynet, noisy_traces, traces_with_background, wires)
    columns = (("flux_quanta", QUANTA), ("conductance", "given"))
    path = (
        Stop(
            "A measured curve has noise, here 0.02 e²/h, and the clean reader is 0.4 sites off. "
            "Now 0.1. What does it do, and what does it say?",
            "It is 2 sites off, states a doubt of 0.3, and warns all the same: the point is "
            "outside of its training. The warning comes from the sheet, not from its own doubt, "
            "which knows only wires like those that it has seen.",
            {"noise": 0.02, "background": 0.0, "energy": 0.0, "trained": "one", "sample": 1},
            {"noise": 0.1},
        ),
        Stop(
            "Little noise again, but an energy that is off by 0.05 t and that nobody told. Is that "
            "worse?",
            "Much worse: 8 sites, which is a blind guess. The curve is clean and belongs to "
            "another wire. It warns, and it had better.",
            {"noise": 0.02, "background": 0.0, "energy": 0.0, "trained": "one", "sample": 1},
            {"energy": 0.05},
        ),
        Stop(
            "Last, a reader that was trained on curves with noise, backgrounds and wrong energies. "
            "How does it read the same curve, and what has it lost?",
            "1.5 sites off instead of 8, and it says 0.8. It pays with sharpness, and it no longer "
            "warns: what has learned to overlook such things overlooks strangers, too.",
            {"noise": 0.02, "background": 0.0, "energy": 0.05, "trained": "one", "sample": 1},
            {"trained": "rough"},
        ),
    )

    noise = traitlets.Float(0.02).tag(control=slider("Noise", "e²/h", 0, 0.2, 0.01))
    background = traitlets.Float(0.0).tag(control=slider("Background", "e²/h", 0, 0.6, 0.02))
    energy = traitlets.Float(0.0).tag(control=choice("Energy off by (t)", _ENERGIES))
    trained = traitlets.Unicode("one").tag(
        control=choice("Reader trained on", {"clean curves": "one", "rough curves": "rough"})
    )
    sample = traitlets.Int(1).tag(control=seed("Wire"))

    slow_depends = ("energy", "sample")

    def prepare(self):
        figure = new_figure(11.4, 3.7)
        left, middle, right = figure.subplots(1, 3, width_ratios=[1.1, 1.2, 1.0])
        style_axes(left, FLUX_LABEL, G_LABEL, "the curve that is read", grid=True)
        self._given = left.plot([], [], ".-", color=COLORS["black"], lw=1, ms=5, label="measured")[
            0
        ]
        self._clean = left.plot([], [], color=COLORS["red"], lw=1.4, label="without all that")[0]
        left.set(xlim=(0, 32), ylim=(0, 4.5))
        left.legend(fontsize=10, loc="upper right")
        steady_ticks(left)
        self._left = left
        self._panel = Panel(middle, "read from it", 2, ("red", "white"))
        style_axes(right, "noise (e²/h)", "skill", "a thousand wires", grid=True)
        draw_skills(right, "nothing", "noise")
        right.set(ylim=(-0.4, 1.02), xlim=(-0.005, 0.21))
        right.legend(fontsize=10, loc="lower left")
        self._mark = right.axvline(0, color=COLORS["red"], lw=1.4)
        live = LiveFigure(figure)
        live.animated(self._given, self._clean, *self._panel.moving, self._mark)
        return live

    def compute(self, noise, background, energy, trained, sample):
        return {"level": noise}

    def compute_slow(self, state):
        return {"clean": _fingerprint(state["sample"], state["energy"])}

    def _given_curve(self, data, state):
        """(field,) what is measured, and the undisturbed curve or None."""
        if self.own is not None:
            return own_fingerprint(self.own), None
        clean = data["clean"]
        generator = torch.Generator().manual_seed(state["sample"])
        trace = torch.as_tensor(clean.astype(np.float32))[None]
        trace = traces_with_background(trace, state["background"], generator)
        return noisy_traces(trace, state["noise"], generator)[0].numpy(), clean

    def draw(self, data, state):
        if "clean" not in data and self.own is None:
            self.readout = "computing the wire …"
            return f"Wire {state['sample']} is being computed."
        given, clean = self._given_curve(data, state)
        found = reader(state["trained"]).decode(given)
        data |= {"given": given, "found": found}
        self._given.set_data(QUANTA, given)
        self._clean.set_data(*(([], []) if clean is None else (QUANTA, clean)))
        self._left.set_ylim(min(0.0, np.floor(given.min())), max(4.5, np.ceil(given.max() + 0.5)))
        self._panel.show(found.density, rest("one", found.removed))
        place = None if self.own is not None else hidden("one", state["sample"])[0]
        self._panel.ring(0, place)
        self._panel.ring(1, found.antidots[0], "--")
        self._mark.set_xdata([state["noise"]] * 2)
        error = (
            "your curve: "
            if place is None
            else (f"<b>{np.hypot(*(found.antidots[0] - place)):.1f} sites</b> off, ")
        )
        warning = "" if found.inside else ": <b>outside my training, do not believe it</b>"
        self.readout = (
            f"{error}stated doubt <b>{found.position_spread:.1f}</b>; distance from the training "
            f"wires <b>{found.distance:.2f}</b> of what is usual{warning}"
        )
        return (
            f"A fingerprint with noise {state['noise']:.2f} and background "
            f"{state['background']:.2f} e²/h and the picture read from it; distance from training "
            f"{found.distance:.2f}."
        )


def own_fingerprint(curve):
    """(field,) a student's curve at the reader's fields: flux quanta as they are, teslas stretched
    so that the largest field is 32 quanta, since the area of the sample is not known."""
    field = np.asarray(curve.field, float)
    if curve.unit == "T":
        field = 32 * (field - field.min()) / np.ptp(field)
    if field.max() < 31.9 or field.min() > 0.5:
        raise ValueError(
            f"the curve reaches from {field.min():.3g} to {field.max():.3g} flux quanta; the "
            "network reads 0 to 32."
        )
    return np.interp(QUANTA, field, curve.conductance)


def _fingerprint(wire, shift):
    """(field,) g of a hidden wire at an energy that is off by `shift`."""
    recipe = wires("one")
    moved = replace(recipe, energy=round(recipe.energy + shift, 6))
    places = antidots(*hidden("one", wire))
    return moved.wire.conductance(moved.energy, moved.flux, places)[0].astype(float)
