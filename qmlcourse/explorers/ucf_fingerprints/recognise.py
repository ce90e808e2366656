"""A learned distance: a network learns to know a wire from a part of its curve."""

from functools import lru_cache

import numpy as np
import traitlets

from ...transport.wires.prepared import prepared_wire
from ...widgets import COLORS, SEQUENTIAL, LiveFigure, Stop, new_figure, to_come
from ...widgets.controls import choice, seed, slider
from ...widgets.playable import Frames, PlayableExplorer
from ._wires import ENERGY, FLUX_LABEL, G_LABEL, QUANTA, per_plaquette, random_places, wire

KNOWN, ASKED = 600, 100  # wires to learn from, wires to be told apart
MAKE, LEARN = 35, 60  # frames that compute curves, frames that train
FRAMES = MAKE + LEARN
STEPS = 5  # of the training in a frame
POINTS = 21  # of a part; a whole curve has 41
FIELDS = QUANTA[::2]
NOISE = 0.05
SHOWN = 24  # wires in the picture of likeness
_RADIUS, _IMPURITIES = 2.5, 6
_BATCH = 128


class RecogniseExplorer(PlayableExplorer):
    """A hundred wires that nobody has seen, and half of a curve of one of them: which one is it?

    Press Play: curves of other wires are computed, then a network learns from pairs that belong
    together. Bright places on the diagonal are wires that it recognises.
    """

    name, title = "ucf_recognise", "Which wire is it?"
    computed_by = (
        "qmlcourse.transport.measured.recognition.best_correlation",
        prepared_wire,
        "qmlcourse.transport.measured.recognition.random_parts",
        "qmlcourse.transport.measured.recognition.recognition_fit",
    )
    counts = "frame"
    interval = 0.05
    plays = "Compute curves, then train"
    runs_kept = 4
    columns = (("flux_quanta", FIELDS), "measured_again", "best_match", "its_own")
    path = (
        Stop(
            "Half of the curve of each wire was measured again, at an unknown place, and its field "
            "axis may be wrong by up to 30 %. The table on the left will show how alike the "
            "network finds each part (row) and each wire (column). Where should it become bright?",
            "On the diagonal, which is each part and its own wire. Nobody has said what to "
            "compare. It was shown parts and whole curves that belong together, and the weights "
            "moved so that these come close, and all others far apart.",
            {"stretch": 0.3, "frame": 0},
            {"frame": FRAMES},
        ),
        Stop(
            "Its rival slides the part along each curve and takes the best correlation. Who knows "
            "more wires if the field axis is right?",
            "The rival: sliding is exactly what this case needs. With the wrong axis it loses "
            "every second of them, until somebody tells it to try thirteen scales as well. The "
            "network found out by itself that place and scale do not count, because the pairs "
            "had many of both. That is what learning a distance is good for: you need pairs, and "
            "no rule.",
            {"stretch": 0.3, "frame": FRAMES},
            {"stretch": 0.0},
        ),
    )

    frame = traitlets.Int(0).tag(control=slider("Frame", "", 0, FRAMES, 1))
    stretch = traitlets.Float(0.3).tag(
        control=choice("Field axis", {"wrong by up to 30 %": 0.3, "right": 0.0})
    )
    part = traitlets.Int(2).tag(control=slider("Part on show", "", 1, SHOWN, 1))
    seed = traitlets.Int(0).tag(control=seed("Wires and start"), group="more")
    compute_depends = ("frame", "stretch", "seed")

    def prepare(self):
        figure = new_figure(10.4, 4.4)
        grid = figure.add_gridspec(2, 2, width_ratios=[1, 1.25])
        alike = figure.panel(grid[:, 0], "wire", "part of wire", "likeness")
        self._alike = alike.imshow(
            np.zeros((SHOWN, SHOWN)),
            vmin=-0.4,
            vmax=1,
            cmap=SEQUENTIAL,
            origin="upper",
            extent=(0.5, SHOWN + 0.5, SHOWN + 0.5, 0.5),
            interpolation="none",
        )
        self._row = alike.plot([], [], color=COLORS["orange"], lw=2)[0]
        top = figure.panel(grid[0, 1], FLUX_LABEL, G_LABEL, grid=True)
        top.set(xlim=(0, FIELDS[-1]), ylim=(1, 5.2))
        self._best = top.plot([], [], color=COLORS["blue"], label="its choice")[0]
        self._own = top.plot([], [], color="#9A9A9A", ls="--", label="its own wire")[0]
        self._part = top.plot([], [], "o", color="#222222", ms=4, label="measured again")[0]
        top.legend(loc="upper right", ncols=3)
        below = figure.panel(grid[1, 1], "training steps", "recognised (%)", grid=True)
        below.set(xlim=(0, LEARN * STEPS), ylim=(0, 102))
        self._right = below.plot([], [], color=COLORS["blue"])[0]
        self._rivals = [
            below.plot([0, LEARN * STEPS], [0, 0], color=COLORS[c], ls=ls)[0]
            for c, ls in (("orange", "-"), ("orange", "--"))
        ]
        self._names = [
            below.text(3, 0, words, ha="left", va="bottom", color="#7A5200")
            for words in ("slid along", "slid, thirteen scales")
        ]
        self._to_come = to_come(below, "Press Play: curves first,\nthen the network learns.")
        live = LiveFigure(figure)
        live.animated(self._alike, self._row, self._best, self._own, self._part, self._right)
        live.animated(*self._rivals, *self._names, self._to_come)
        return live

    @staticmethod
    def begin(stretch, seed):
        return Frames(LiveRecognition(stretch, seed), LiveRecognition.look)

    def draw(self, data, state):
        n, learned = state["part"] - 1, data["likeness"] is not None
        left, right, low, high = 0.5, SHOWN + 0.5, n + 0.5, n + 1.5
        self._row.set_data([left, right, right, left, left], [low, low, high, high, low])
        self._to_come.set_visible(not learned)
        for artist in (self._alike, *self._rivals, *self._names):
            artist.set_visible(learned)
        if not learned:
            for line in (self._best, self._part, self._right):
                line.set_data([], [])
            newest = data["newest"]
            axis = "may be wrong" if state["stretch"] else "is right"
            self._to_come.set_text(
                f"Press Play: curves first, then learning.\nThe field axis of the parts {axis}."
            )
            self._own.set_data(*((FIELDS, newest) if newest is not None else ([], [])))
            self.readout = f"<b>{data['made']}</b> of {KNOWN + ASKED} curves computed"
            return (
                f"{data['made']} of {KNOWN + ASKED} curves of wires are computed; the network has "
                "not learned anything yet."
            )
        self._alike.set_data(data["likeness"][:SHOWN, :SHOWN])
        chosen = int(data["likeness"][n].argmax())
        curves = data["curves"]
        where = FIELDS[0] + data["where"][n] * (FIELDS[1] - FIELDS[0])
        self._part.set_data(where, data["parts"][n])
        self._best.set_data(FIELDS, curves[chosen])
        self._own.set_data(FIELDS, curves[n])
        self._right.set_data(STEPS * np.arange(len(data["right"])), data["right"])
        for line, words, value in zip(self._rivals, self._names, data["rivals"], strict=True):
            line.set_ydata([value, value])
            words.set_y(value + 1)
        data["measured_again"] = np.interp(FIELDS, where, data["parts"][n], np.nan, np.nan)
        data["best_match"], data["its_own"] = curves[chosen], curves[n]
        steps, right = STEPS * (len(data["right"]) - 1), data["right"][-1]
        said = "right" if chosen == n else f"it is wire {n + 1}"
        self.readout = (
            f"step <b>{steps}</b>: <b>{right:.0f}</b> of {ASKED} wires recognised, "
            f"<b>{data['first_five']:.0f}</b> among the first five (by chance 1 and 5); part "
            f"{n + 1}: the network says wire {chosen + 1}, {said}"
        )
        return (
            f"After {steps} training steps {right:.0f} of {ASKED} wires are recognised from half "
            f"of a curve; sliding along recognises {data['rivals'][0]:.0f}, sliding and trying "
            f"thirteen scales {data['rivals'][1]:.0f}."
        )


class LiveRecognition:
    """One run: curves of wires first, then the training, a few steps a frame."""

    def __init__(self, stretch, seed):
        self._stretch, self._seed = stretch, seed
        self._frame, self._made, self._right = 0, 0, []
        self._fit = self._parts = self._newest = None

    def advance(self):
        """Compute the curves of one frame, or take a few steps of the training."""
        if self._frame < MAKE:
            self._made = (KNOWN + ASKED) * (self._frame + 1) // MAKE
            self._newest = block_of_curves(self._seed, self._frame)[-1].numpy()
        else:
            if self._fit is None:
                self._begin()
            for _ in range(STEPS):
                if not self._fit.done:
                    self._fit.advance()
            self._test()
        self._frame += 1

    def _begin(self):
        import torch

        from ...transport.measured.recognition import (
            best_correlation,
            random_parts,
            rank_of_own,
            recognition_fit,
        )

        torch.set_num_threads(1)  # two threads on small tensors are far slower
        whole = torch.cat([block_of_curves(self._seed, n) for n in range(MAKE)])
        known, self._curves = whole[:KNOWN], whole[KNOWN:]
        epochs = -(-LEARN * STEPS * _BATCH // KNOWN)
        options = {"stretch": self._stretch, "noise": NOISE}
        self._fit = recognition_fit(known, POINTS, self._seed, epochs=epochs, **options)
        dice = torch.Generator().manual_seed(self._seed + 1)
        self._parts, self._where = random_parts(dice, self._curves, POINTS, **options)
        scales = np.exp(np.linspace(-0.3, 0.3, 13))
        self._rivals = [
            100 * (rank_of_own(best_correlation(self._parts, self._curves, tried)) == 0).mean()
            for tried in ((1.0,), scales)
        ]
        self._test()

    def _test(self):
        import torch

        from ...transport.measured.recognition import rank_of_own

        encoder = self._fit.model.module.eval()
        with torch.no_grad():
            self._likeness = encoder.likeness(self._parts, self._curves)
        self._rank = rank_of_own(self._likeness)
        self._right.append(100 * float((self._rank == 0).mean()))

    def look(self):
        """Return what is drawn of the present frame."""
        out = {"made": self._made, "likeness": None, "newest": self._newest}
        if self._fit is None:
            return out
        return {
            "made": self._made,
            "likeness": self._likeness.numpy(),
            "right": list(self._right),
            "first_five": 100 * float((self._rank < 5).mean()),
            "rivals": self._rivals,
            "curves": self._curves.numpy(),
            "parts": self._parts.numpy(),
            "where": self._where.numpy(),
        }


@lru_cache(maxsize=4 * MAKE)
def block_of_curves(seed, block):
    """Curves of one frame's wires, (wire, field)."""
    import torch

    bounds = [(KNOWN + ASKED) * n // MAKE for n in (block, block + 1)]
    antidots = np.array(
        [
            [
                (x, y, _RADIUS)
                for x, y in random_places(100_000 * (seed + 1) + n, _IMPURITIES, _RADIUS)
            ]
            for n in range(*bounds)
        ]
    )
    g = wire().conductance(ENERGY, per_plaquette(FIELDS), antidots)
    return torch.from_numpy(g).float()
