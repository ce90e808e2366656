"""Train a small Y-net live: wires made on the spot, then each branch in turn."""

from functools import lru_cache

import numpy as np
import torch
import traitlets

from ...widgets import COLORS, Frames, LiveFigure, PlayableExplorer, Stop, new_figure
from ...widgets.controls import choice, seed, slider
from ...ynet import (
    centres,
    fingerprints,
    new_network,
    position_error,
    reading_fit,
    redrawing_fit,
    skill,
    tuning_fit,
    wires,
)
from ...ynet.network import SCALE, with_chances
from ...ynet.recipes import RECIPES
from ...ynet.wires import joined
from ._wires import QUANTA, Panel, rest

MAKE, REDRAW, READ, TUNE = 30, 40, 20, 70  # frames of each part
FRAMES = MAKE + REDRAW + READ + TUNE
STEPS = 8  # steps of the optimiser a frame
LATENT = RECIPES["live"].latent
_PHASES = ("making wires", "A and B: redraw", "C: find the point", "A, B and C together")


class ReaderTrainingExplorer(PlayableExplorer):
    """A Y-net of 800,000 weights, drawn as a Y, learns from wires that are made before the eye.

    Press Play: wires are made, A and B learn to redraw, then C learns to find their points. Which
    picture becomes sharp first, the redrawn one or the one read from g(B)?
    """

    name, title = "ynet_training", "Train a Y-net here"
    computed_by = (
        centres,
        fingerprints,
        with_chances,
        new_network,
        position_error,
        reading_fit,
        redrawing_fit,
        skill,
        tuning_fit,
        wires,
        joined,
    )
    long_steps = True
    counts = "frame"
    interval = 0.03
    plays = "Make wires, then train"
    runs_kept = 4
    path = (
        Stop(
            "The Y, with one wire that is never trained on. Above: its picture goes through A to "
            "a point of eight numbers (blue), and through B to a picture. Below: its fingerprint "
            "goes through C to a point (green) and through the same B. Only A and B are learning "
            "yet. What must C learn?",
            "To make the green numbers equal to the blue ones. C never sees a picture; it is "
            "told the point, and B draws it.",
            {"frame": 36, "wires": 3000},
        ),
        Stop(
            "Frame 70: A and B have learned, C has not begun. What does the lower picture show?",
            "Something that looks like a wire, and is the wrong one: B draws wires whatever "
            "point it is given. So a plausible picture proves nothing.",
            {"frame": 70, "wires": 3000},
        ),
        Stop(
            "Now C learns, and in the end all three together. Play to the end: do the green "
            "numbers meet the blue ones, and which of the two pictures is sharper?",
            "They come near, and the read picture follows the redrawn one without reaching it: "
            "what A and B lose, C cannot find again, and a few thousand wires are few for it.",
            {"frame": 90, "wires": 3000},
            {"frame": 160},
        ),
    )

    frame = traitlets.Int(36).tag(control=slider("Frame", "", 0, FRAMES, 1))
    wires = traitlets.Int(3000).tag(
        control=choice("Wires", {"600": 600, "1,500": 1500, "3,000": 3000})
    )
    wire = traitlets.Int(0).tag(control=slider("Test wire", "", 0, 11, 1))
    seed = traitlets.Int(0).tag(control=seed("Wires and start"), group="more")

    def prepare(self):
        figure = new_figure(11.0, 4.5)
        grid = figure.add_gridspec(3, 3, width_ratios=[1, 1.05, 1], height_ratios=[1, 1, 0.95])
        spots = {
            (0, 0): "a wire it never saw, ψ",
            (0, 2): "redrawn: B(A(ψ))",
            (1, 2): "read: B(C(g))",
        }
        self._panels = [Panel(figure.add_subplot(grid[spot]), name) for spot, name in spots.items()]
        trace = figure.panel(grid[1, 0], title="its fingerprint g(B)")
        self._g = trace.plot([], [], color=COLORS["black"], lw=1.6)[0]
        trace.set(xlim=(0, 32), ylim=(0.5, 4.5), xticks=[], yticks=[])
        point = figure.panel(grid[:2, 1], "eight numbers", "", "the point z by A and by C")
        at = np.arange(LATENT)
        self._points = [
            point.bar(at + side, 0 * at, 0.4, color=COLORS[colour], label=name)
            for side, colour, name in ((-0.2, "blue", "A(ψ)"), (0.2, "green", "C(g)"))
        ]
        point.axhline(0, color="#999999", lw=1)
        point.set(xlim=(-0.7, LATENT - 0.3), ylim=(-6, 7), xticks=[])
        point.legend(loc="upper right", ncols=2)
        for ax, letter in ((self._panels[0].ax, "A"), (trace, "C")):
            ax.text(1.02, 0.5, f"{letter} →", transform=ax.transAxes, va="center", fontsize=15)
        for height in (0.78, 0.2):
            point.text(1.02, height, "B →", transform=point.transAxes, va="center", fontsize=15)
        left = figure.panel(grid[2, :2], "frame", "loss", grid=True)
        left.set(xlim=(0, FRAMES), ylim=(0.01, 3), yscale="log")
        colours = ("blue", "orange", "green")
        self._losses = [
            left.plot([], [], color=COLORS[c], label=n)[0]
            for c, n in zip(colours, _PHASES[1:], strict=True)
        ]
        left.legend(ncols=3, loc="lower left")
        for edge in (MAKE, MAKE + REDRAW, MAKE + REDRAW + READ):
            left.axvline(edge, color="#BBBBBB", lw=1)
        self._now = left.axvline(0, color=COLORS["red"], lw=1.4)
        right = figure.panel(grid[2, 2], "frame", "skill", grid=True)
        right.set(xlim=(0, FRAMES), ylim=(-0.6, 1.02))
        self._skills = [
            right.plot([], [], color=COLORS[c], label=n)[0]
            for c, n in (("blue", "redrawn"), ("green", "read"))
        ]
        right.legend(loc="lower right")
        live = LiveFigure(figure)
        for panel in self._panels:
            live.animated(*panel.moving)
        for bars in self._points:
            live.animated(*bars)
        live.animated(*self._losses, *self._skills, self._now, self._g)
        return live

    @staticmethod
    def begin(wires, seed):
        return Frames(LiveReader(wires, seed), LiveReader.look)

    def compute(self, frame, wires, wire, seed):
        return self.run(wires=wires, seed=seed).until(frame)[-1] | {"frame": frame}

    def draw(self, data, state):
        test, number = _test(), state["wire"]
        true = test.picture[number].float()
        pictures = [true, data["again"][number], data["read"][number]]
        for panel, picture in zip(self._panels, pictures, strict=True):
            panel.show(SCALE * np.asarray(picture[0]), rest("one", np.asarray(picture[1])))
        self._g.set_data(QUANTA, test.trace[number].numpy())
        for bars, values in zip(self._points, data["points"], strict=True):
            for bar, value in zip(bars, values[number], strict=True):
                bar.set_height(value)
        for line, points in zip(self._losses, data["losses"], strict=True):
            line.set_data(*(np.array(points).T if points else ([], [])))
        for line, points in zip(self._skills, data["skills"], strict=True):
            line.set_data(*(np.array(points).T if points else ([], [])))
        self._now.set_xdata([data["frame"]] * 2)
        phase = _PHASES[data["phase"]]
        made = f"<b>{data['made']}</b> of {state['wires']} wires made"
        if data["phase"] == 0:
            self.readout = made
        else:
            self.readout = (
                f"{phase}: skill redrawn <b>{data['skills'][0][-1][1]:.2f}</b>, read "
                f"<b>{data['skills'][1][-1][1]:.2f}</b>; antidot read "
                f"<b>{data['error']:.1f} sites</b> off (median of {len(test)})"
            )
        return (
            f"Frame {data['frame']} of {FRAMES}, {phase}: a test wire, the same redrawn, and read "
            f"from its fingerprint; {data['made']} wires made."
        )

    def table(self, data, state):
        points = [(f, v, n) for n, part in enumerate(data["losses"]) for f, v in part]
        frame, loss, branch = np.array(points or [(0, np.nan, 0)]).T
        return {"frame": frame, "loss": loss, "phase": branch}


class LiveReader:
    """One run: wires are made first, then the three fits follow, a few steps a frame."""

    def __init__(self, count, seed):
        self._count, self._seed = count, seed
        self._frame = 0
        self._rng = np.random.default_rng([seed, 404])
        self._parts, self._losses, self._skills = [], ([], [], []), ([], [])
        self._net = self._samples = self._fit = None

    def _phase(self, frame):
        """0 while wires are made, then 1, 2, 3."""
        return int(np.searchsorted([MAKE, MAKE + REDRAW, MAKE + REDRAW + READ], frame, "right"))

    def advance(self):
        """Make the wires of one frame, or take some steps of the fit that is on."""
        phase = self._phase(self._frame)
        if phase == 0:
            self._parts.append(fingerprints(self._count // MAKE, self._rng))
        else:
            self._train(phase)
        self._frame += 1

    def _train(self, phase):
        if self._net is None:
            whole = joined(self._parts)
            self._samples = whole.at(whole.part > 0)  # without those that are held out
            self._net = new_network(self._samples, "live", self._seed)
        start = (MAKE, MAKE + REDRAW, MAKE + REDRAW + READ)[phase - 1]
        if self._frame == start:
            length = (REDRAW, READ, TUNE)[phase - 1]
            batches = max(1, len(self._samples) // RECIPES["live"].batch_size)
            fit = (redrawing_fit, reading_fit, tuning_fit)[phase - 1]
            self._net.eval()
            self._fit = fit(
                self._net, self._samples, "live", self._seed, epochs=-(-length * STEPS // batches)
            )
        losses = []
        while len(losses) < STEPS and not self._fit.done:
            self._fit.advance()
            losses.append(self._fit.loss)
        if losses:
            self._losses[phase - 1].append((self._frame + 1, float(np.mean(losses))))

    def look(self):
        """Return what is drawn of the present frame."""
        test = _test()
        phase = self._phase(max(self._frame - 1, 0))
        made = sum(len(part) for part in self._parts)
        blank = torch.zeros(12, 2, *test.picture.shape[2:])
        out = {"again": blank, "read": blank, "phase": phase, "made": made, "error": np.nan}
        out["points"] = np.zeros((2, 12, LATENT))
        if self._net is not None:
            self._net.eval()
            with torch.no_grad():
                z = self._net.encode(test.picture.float())[0], self._net.trace(test.trace)
                again, read = (with_chances(self._net.draw(one)) for one in z)
            mean = self._samples.picture[:, 0].float().mean(0)
            for drawn, points in zip((again, read), self._skills, strict=True):
                points.append((self._frame, skill(drawn[:, 0], test.picture[:, 0], mean)))
            found = centres(read[:, 1], 1)
            out |= {
                "points": np.stack([one[:12].numpy() for one in z]),
                "again": again[:12],
                "read": read[:12],
                "error": float(np.median(position_error(found, test.antidots))),
            }
        return out | {
            "losses": [list(p) for p in self._losses],
            "skills": [list(p) for p in self._skills],
        }


@lru_cache(maxsize=1)
def _test():
    """A hundred wires with sets of removed sites that are never trained on."""
    made = fingerprints(2500, 2022)
    return made.at(np.flatnonzero(made.part == 0)[:100])
