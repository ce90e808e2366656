"""Play: twenty states, metal or insulator? The student against one number and the network."""

from functools import lru_cache

import ipywidgets
import matplotlib
import numpy as np
import traitlets

from ...anderson import AndersonModel, load_classifier, nearest_densities
from ...anderson.baselines import ParticipationThreshold
from ...widgets import COLORS, SEQUENTIAL, Explorer, LiveFigure, new_figure
from ...widgets.controls import choice, seed, slider
from ._states import classifier, participation_threshold
from ._voxels import centred, sum_panels, summed

COUNT = 20
SIZE = 8
FAR = ((8.0, 13.0), (20.0, 27.0))
NEAR = ((14.0, 16.2), (16.9, 19.0))
_OPEN = "." * COUNT
_CLASSIFIER = "metal-small-8"


class GameExplorer(Explorer):
    """Twenty states, half far from the transition and half near it; who tells them better?

    Give an answer for each picture, then look at the score. Are you better than one number? What
    happens to all three near the transition?
    """

    name, title = "anderson_game", "Metal or insulator?"
    computed_by = (AndersonModel, ParticipationThreshold, load_classifier, nearest_densities)

    number = traitlets.Int(1).tag(control=slider("State", "", 1, COUNT, 1))
    order = traitlets.Unicode("mixed").tag(
        control=choice("States", {"mixed": "mixed", "far first": "far", "near only": "near"})
    )
    seed = traitlets.Int(5).tag(control=seed("Set of states"))
    answers = traitlets.Unicode(_OPEN).tag(state=True)

    def prepare(self):
        figure = new_figure(10.4, 4.3)
        grid = figure.add_gridspec(1, 3, width_ratios=[1, 1, 1.15])
        labels = ("sum over z", "sum over y")
        self._images = sum_panels(figure, grid, labels, SIZE)
        score = figure.panel(grid[0, 2], "", "right so far (%)", "score")
        score.set(ylim=(0, 108), xlim=(-0.5, 2.5))
        score.set_xticks(range(3), ["you", "P₂", "network"])
        score.axhline(50, color="#BBBBBB", lw=1)
        colours = [COLORS["blue"], COLORS["orange"]]
        self._bars = [
            score.bar(np.arange(3) + 0.2 * (2 * k - 1), [0] * 3, 0.36, color=colours[k], label=name)
            for k, name in enumerate(("far from the transition", "near it"))
        ]
        score.legend(loc="upper left", ncols=2, fontsize=10, bbox_to_anchor=(0, 1.02))
        first = self._images[0].axes
        self._words = first.text(0, -0.08, "", fontsize=12, va="top", transform=first.transAxes)
        self._map = matplotlib.colormaps[SEQUENTIAL]
        live = LiveFigure(figure)
        live.animated(*self._images, *self._bars[0], *self._bars[1], self._words)
        return live

    def extras(self):
        row = []
        for label, letter in (("metal", "m"), ("insulator", "i")):
            button = ipywidgets.Button(description=label).add_class("qml-button")
            answer = self.guarded(self._answer)
            button.on_click(lambda _, a=answer, k=letter: a(k))
            row.append(button)
        self.buttons = row
        return [ipywidgets.HBox(row).add_class("qml-row")]

    def _answer(self, letter):
        at = self.number - 1
        with self.together():
            self.answers = self.answers[:at] + letter + self.answers[at + 1 :]
            self.number = min(self.number + 1, COUNT)

    def compute(self, number, order, seed, answers):
        found = _set(seed, order)
        said = np.array([{"m": 1, "i": 0, ".": -1}[letter] for letter in answers])
        done = said >= 0
        score = np.full((3, 2), np.nan)
        for group in (0, 1):
            chosen = done & (found["near"] == group)
            if chosen.any():
                truth = found["metal"][chosen]
                for row, who in enumerate((said, found["number"], found["network"])):
                    score[row, group] = 100 * (who[chosen] == truth).mean()
        return {
            "score": score,
            "done": int(done.sum()),
            "said": said,
            "density": found["density"][number - 1],
            "found": found,
        }

    def draw(self, data, state):
        density = data["density"]
        for image, axis in zip(self._images, (2, 1), strict=True):
            image.set_data(summed(density, axis))
        for group, bars in enumerate(self._bars):
            for bar, height in zip(bars, data["score"][:, group], strict=True):
                bar.set_height(0 if np.isnan(height) else height)
        number = state["number"]
        asked = data["said"][number - 1] < 0
        self._words.set_text(
            f"state {number} of {COUNT}: metal or insulator?" if asked else f"state {number}"
        )
        last = self._judged(data, number - 1 if asked else number)
        score = data["score"]
        right = "; ".join(
            f"{name}: you {_percent(score[0, k])}, P₂ {_percent(score[1, k])}, "
            f"network {_percent(score[2, k])}"
            for k, name in enumerate(("far", "near"))
            if not np.isnan(score[0, k])
        )
        answered = f"{data['done']} of {COUNT} answered."
        self.readout = f"{last} {answered} {f'Right so far, {right}.' if right else ''}".strip()
        return f"State {number} of {COUNT}, summed over z and over y; {answered} {last}".strip()

    @staticmethod
    def _judged(data, number):
        """Who was right about a state that has been answered; empty for any other."""
        said = data["said"][number - 1] if number > 0 else -1
        if said < 0:
            return ""
        found, at = data["found"], number - 1
        metal = bool(found["metal"][at])
        three = (
            ("you", said),
            (f"P₂ ({1 / found['share'][at]:.0f} sites)", found["number"][at]),
            (f"the network (p = {found['probability'][at]:.2f})", found["network"][at]),
        )
        right = [who for who, one in three if bool(one) == metal]
        wrong = [who for who, one in three if bool(one) != metal]
        said = "; ".join(
            f"{word}: {', '.join(names)}"
            for word, names in (("right", right), ("wrong", wrong))
            if names
        )
        kind = "a metal" if metal else "an insulator"
        said = f"{said[:1].upper()}{said[1:]}"
        return f"State {number} has W = {found['strength'][at]:.1f}, {kind}. {said}."

    def table(self, data, state):
        found = _set(state["seed"], state["order"])
        return {
            "number": np.arange(1, COUNT + 1),
            "disorder": found["strength"],
            "p2": found["share"],
            "network": found["probability"],
            "answer": data["said"],
        }


def _percent(value):
    return f"<b>{value:.0f} %</b>"


@lru_cache(maxsize=16)
def _set(seed, order):
    """Twenty states with what one number and the network say of them."""
    rng = np.random.default_rng(seed)
    near = np.repeat([0, 1], COUNT // 2)
    metal = np.tile([0, 1], COUNT // 2)
    if order == "near":
        near = np.ones_like(near)
    if order != "far":
        shuffled = rng.permutation(COUNT)
        near, metal = near[shuffled], metal[shuffled]
    strength = np.array(
        [
            rng.uniform(*(NEAR if n else FAR)[0 if m else 1])
            for n, m in zip(near, metal, strict=True)
        ]
    )
    density = nearest_densities(AndersonModel(SIZE), 0.0, strength, int(rng.integers(2**31)))
    one = participation_threshold(SIZE)
    net = classifier(_CLASSIFIER)
    probability = net.probabilities(density)[..., 1].mean(0).numpy()
    return {
        "near": near,
        "metal": metal,
        "strength": strength,
        "density": np.array([centred(d) for d in density.double().numpy()]),
        "share": density.double().square().sum((1, 2, 3)).numpy(),
        "number": (one.metal_probability(density) > 0.5).long().numpy(),
        "network": (probability > 0.5).astype(int),
        "probability": probability,
    }
