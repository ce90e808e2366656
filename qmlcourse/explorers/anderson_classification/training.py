"""Train live: states made on the spot, a small network, and its p(W) as the steps go by."""

import numpy as np
import torch
import traitlets

from ...anderson import (
    AndersonModel,
    classifier_fit,
    labelled_states,
    logistic_step,
    nearest_densities,
)
from ...widgets import (
    COLORS,
    Frames,
    LiveFigure,
    PlayableExplorer,
    Stop,
    new_figure,
    style_axes,
    to_come,
)
from ...widgets.controls import choice, seed, slider
from ._states import CRITICAL, REPEAT, UNSEEN, right_far, unseen

SIZE = 8
MAKE = 40  # frames that make states
LEARN = 90  # frames that train
FRAMES = MAKE + LEARN
WINDOWS = {"wide": ((8, 14), (19, 27)), "near": ((13, 16), (17.1, 20.1)), "far": ((2, 6), (30, 40))}
_STEP = 0.5  # a curve that falls by less has no step whose place could be read off


class ClassifierTrainingExplorer(PlayableExplorer):
    """A fresh network of 42,000 weights learns from a few hundred states of 8 x 8 x 8 sites.

    Press Play: first the states are made, then the network learns. It never sees the white gap
    between the windows. Where does its curve cross one half?
    """

    name, title = "anderson_training", "Train it here"
    computed_by = (AndersonModel, classifier_fit, labelled_states, logistic_step, nearest_densities)
    counts = "frame"
    interval = 0.03
    plays = "Make states, then train"
    runs_kept = 6

    path = (
        Stop(
            "Four hundred states are made, all far from the transition, then the network learns. "
            "Nobody tells it where the transition is. Where will its curve cross one half?",
            "Within a unit of the accepted 16.54. It has to draw the line somewhere in the white "
            "gap, and what tells the two phases apart changes fastest near the transition.",
            {"window": "wide", "frame": 0},
            {"frame": 130},
        ),
        Stop(
            "Now train it only at W = 2 to 6 and 30 to 40, where even a child could tell. Better "
            "or worse?",
            "Worse: the curve crosses at W = 9. Its loss is as low as before, so it has learned "
            "its task. But what is enough for so easy a task (is there any empty site?) is not "
            "what makes a metal. A network learns what separates its examples, and no more.",
            {"frame": 130},
            {"window": "far"},
        ),
    )

    frame = traitlets.Int(44).tag(control=slider("Frame", "", 0, FRAMES, 1))
    window = traitlets.Unicode("wide").tag(
        control=choice(
            "Trained at", {"8–14, 19–27": "wide", "13–16, 17–20": "near", "2–6, 30–40": "far"}
        )
    )
    states = traitlets.Int(400).tag(
        control=choice("States", {"100": 100, "400": 400}), group="more"
    )
    seed = traitlets.Int(0).tag(control=seed("States and start"))

    def prepare(self):
        figure = new_figure(10.4, 4.4)
        left, right = figure.subplots(1, 2, width_ratios=[1, 1.35])
        style_axes(left, "training steps", "loss (cross-entropy)", "learning")
        style_axes(right, "disorder W", "probability of a metal", "states it never saw")
        left.set(xlim=(0, LEARN), ylim=(1e-3, 2), yscale="log")
        right.set(xlim=(7, 27), ylim=(-0.03, 1.03))
        self._loss = left.plot([], [], ".", color="#B5B5B5", ms=5)[0]
        self._smooth = left.plot([], [], color=COLORS["blue"])[0]
        self._spans = [
            right.axvspan(0, 1, color=COLORS[c], alpha=0.13, lw=0) for c in ("green", "red")
        ]
        self._dots = right.plot([], [], ".", color="#9A9A9A", ms=5, alpha=0.6)[0]
        self._curve = right.plot([], [], "o-", color=COLORS["blue"], ms=6)[0]
        right.axvline(CRITICAL, color=COLORS["black"], ls="--", lw=1.3)
        right.text(CRITICAL + 0.2, 0.94, "accepted 16.54", fontsize=10)
        right.axhline(0.5, color="#BBBBBB", lw=1)
        self._words = left.text(0.97, 0.95, "", ha="right", va="top", transform=left.transAxes)
        self._to_come = [
            to_come(left, "Press Play: states are made,\nthen the network learns."),
            to_come(right, "What it says of states that it never saw\nwill stand here."),
        ]
        live = LiveFigure(figure)
        live.animated(*self._spans, self._loss, self._smooth, self._dots, self._curve, self._words)
        return live

    @staticmethod
    def begin(window, states, seed):
        return Frames(LiveClassifier(window, states, seed), LiveClassifier.look)

    def draw(self, data, state):
        loss = np.array(data["loss"])
        for words in self._to_come:
            if words.get_visible() == bool(data["made"]):
                words.set_visible(not data["made"])
        steps = np.arange(1, len(loss) + 1)
        self._loss.set_data(steps, np.maximum(loss, 1.1e-3))
        wide = np.array([loss[max(0, n - 9) : n + 1].mean() for n in range(len(loss))])
        self._smooth.set_data(steps, np.maximum(wide, 1.1e-3))
        for span, (low, high) in zip(self._spans, WINDOWS[state["window"]], strict=True):
            span.set_bounds(low, 0, high - low, 1)
        said = data["said"]
        if said is None:
            self._dots.set_data([], [])
            self._curve.set_data([], [])
        else:
            self._dots.set_data(np.tile(UNSEEN, REPEAT), said.ravel())
            self._curve.set_data(UNSEEN, said.mean(0))
        made, total = data["made"], state["states"]
        self._words.set_text("" if made == total else f"making states: {made} of {total}")
        if data["crossing"] is None:
            self.readout = (
                f"<b>{made}</b> of {total} labelled states of {SIZE}³ sites made; "
                f"<b>{len(loss)}</b> of {LEARN} training steps done"
            )
        else:
            self.readout = (
                f"step <b>{len(loss)}</b>: <b>{100 * data['right']:.0f} %</b> right far from the "
                f"transition; p = ½ at <b>W = {data['crossing']:.1f}</b> (accepted 16.54)"
            )
        where = "not yet" if data["crossing"] is None else f"at W = {data['crossing']:.1f}"
        return (
            f"Training after {made} states made and {len(loss)} steps; the probability of a metal "
            f"crosses one half {where}."
        )

    def table(self, data, state):
        loss = np.array(data["loss"])
        return {"step": np.arange(1, len(loss) + 1), "loss": loss}


class LiveClassifier:
    """One run: states are made first, then the network learns, a step a frame."""

    def __init__(self, window, states, seed):
        self._window, self._count, self._seed = window, states, seed
        self._frame = 0
        self._parts, self._loss, self._right = [], [], []
        self._fit = None

    def advance(self):
        """Make the states of one frame, or take one step of the training."""
        if self._frame < MAKE:
            number = self._count // MAKE + (self._frame < self._count % MAKE)
            self._make(number)
        else:
            if self._fit is None:
                density, label = (torch.cat(part) for part in zip(*self._parts, strict=True))
                self._fit = classifier_fit(
                    density,
                    label,
                    "small",
                    self._seed,
                    batch_size=32,
                    epochs=max(1, -(-LEARN * 32 // len(density))),
                )
            if not self._fit.done:
                self._fit.advance()
                self._loss.append(self._fit.loss)
        self._frame += 1

    def _make(self, number):
        metal, insulator = WINDOWS[self._window]
        seed = 10_000 * self._seed + self._frame
        density, label, _ = labelled_states(AndersonModel(SIZE), number, seed, metal, insulator)
        self._parts.append((density, label))

    def look(self):
        """Return what is drawn of the present frame."""
        made = sum(len(part[0]) for part in self._parts)
        out = {
            "made": min(made, self._count),
            "loss": list(self._loss),
            "said": None,
            "crossing": None,
            "right": 0.0,
        }
        if self._loss:
            network = self._fit.model
            network.eval()
            with torch.no_grad():
                said = torch.softmax(network(unseen()), -1)[:, 1].numpy()
            out["said"] = said.reshape(REPEAT, len(UNSEEN))
            out["right"] = right_far(out["said"])
            curve = out["said"].mean(0)
            if curve[0] - curve[-1] > _STEP and curve[0] > 0.5 > curve[-1]:
                out["crossing"] = _crossing(curve)
        return out


def _crossing(curve):
    try:
        return logistic_step(UNSEEN, curve)[0]
    except RuntimeError:  # no step yet
        return None
