"""Two electrons on two atoms: the one filling of the mean field, then two at once."""

from functools import lru_cache

import ipywidgets
import numpy as np
import traitlets

from ...nqs import Sector, hydrogen_ring
from ...widgets import COLORS, Explorer, LiveFigure, Stop, new_figure, slider
from ._boxes import minus

_ANGLES = np.arange(-90.0, 91.0, 2.0)
_LENGTHS = np.round(np.arange(1.0, 8.01, 0.25), 2)
_PLACES = [(0, 0), (1, 0), (0, 1), (1, 1)]  # atoms of the two electrons


class TwoFillingsExplorer(Explorer):
    """A hydrogen molecule that is pulled apart, with one filling, or two at once.

    Pull the atoms apart with one filling. How often do both electrons sit on the same atom? Then
    mix the second one in.
    """

    name, title = "nqs_two_fillings", "One filling, and two at once"
    computed_by = (Sector, hydrogen_ring)
    columns = (("angle_degrees", _ANGLES), ("energy_hartree", "curve"))
    path = (
        Stop(
            "Two atoms, two electrons, one filling: both electrons are in the lower wave, which is "
            "spread evenly over the two atoms. The squares say how often the first and the second "
            "electron are at which atom. Now the atoms are pulled 6 bohr apart, and the filling "
            "stays as it is. How often will both electrons sit on the same atom?",
            "In half of the cases, as before. Each electron is left or right with even odds and "
            "knows nothing of the other. Two electrons at one proton and none at the other cost a "
            "lot: this state lies 0.29 hartree above the right one. The other filling, "
            "both in the upper wave, has the same odds.",
            {"spacing": 1.4, "mix": 0.0},
            {"spacing": 6.0},
        ),
        Stop(
            "Mix in the second filling, in which both electrons are in the upper wave. "
            "Turn the angle until the energy is lowest. Can two fillings do what "
            "none of them can?",
            "Yes. At −44° the weights are nearly equal, 53 and 47 %, and the signs opposite. For "
            "both electrons on the same atom the two fillings then cancel, for electrons apart "
            "they add. This is interference again, now between ways to fill.",
            {"spacing": 6.0, "mix": 0.0},
            {"mix": -44.0},
        ),
        Stop(
            "Now back to 1.4 bohr, where the molecule lives, with the angle that was right for "
            "6 bohr. Turn until the energy is lowest again. How much of the second filling "
            "does a molecule need?",
            "About one per cent, at −6°. It lowers the energy by 21 mHa (a millihartree, mHa, is a "
            "thousandth of a hartree), little beside 290, but ten for each atom, where chemistry "
            "needs to know 1.6. What one filling misses is called the correlation energy.",
            {"spacing": 1.4, "mix": -44.0},
            {"mix": -6.0},
        ),
    )

    spacing = traitlets.Float(1.4).tag(control=slider("Distance of the atoms", "bohr", 1, 8, 0.1))
    mix = traitlets.Float(0.0).tag(control=slider("Mixing angle θ", "°", -90, 90, 1))

    def prepare(self):
        figure = new_figure(10.4, 4.7)
        grid = figure.add_gridspec(2, 3, width_ratios=[0.95, 1, 1])
        amounts = figure.panel(grid[0, 0], "", "amplitude", "the two fillings")
        self._amounts = amounts.bar([0, 1], [0, 0], 0.5, color=[COLORS["orange"], COLORS["purple"]])
        amounts.axhline(0, color="#999999", lw=1)
        amounts.set(xlim=(-0.6, 1.6), ylim=(-1.15, 1.15), yticks=[-1, 0, 1])
        amounts.set_xticks([0, 1], ["lower wave\n↑↓", "upper wave\n↑↓"])
        odds = figure.panel(grid[1, 0], "first electron at", "second at", "how often, in %")
        odds.set(xlim=(-0.6, 1.6), ylim=(-0.6, 1.6), aspect="equal")
        odds.set_xticks([0, 1], ["left", "right"])
        odds.set_yticks([0, 1], ["left", "right"])
        self._odds = odds.scatter(*np.array(_PLACES).T, s=0, marker="s", color=COLORS["sky"])
        self._words = [odds.text(x, y, "", ha="center", va="center") for x, y in _PLACES]
        turn = figure.panel(
            grid[:, 1], "mixing angle θ (°)", "energy (hartree)", "at this distance"
        )
        turn.set(xlim=(-90, 90), ylim=(-1.2, 0.75), xticks=[-90, -45, 0, 45, 90])
        turn.axvline(0, color="#DDDDDD", lw=1)
        self._curve = turn.plot([], [], color=COLORS["blue"])[0]
        self._here = turn.plot([], [], "o", color=COLORS["black"], ms=9)[0]
        self._alone = turn.axhline(0, color=COLORS["orange"], ls="--", lw=1.4)
        pulled = figure.panel(grid[:, 2], "distance (bohr)", "energy (hartree)", "pulled apart")
        one, two = np.array([_solved(d)[:2] for d in _LENGTHS]).T
        pulled.plot(_LENGTHS, one, "--", color=COLORS["orange"])
        pulled.plot(_LENGTHS, two, color=COLORS["black"])
        pulled.text(3.5, -0.68, "one filling", color="#8A6200", ha="right")
        pulled.annotate("two fillings", (4.6, -0.99), color=COLORS["black"])
        pulled.set(xlim=(1, 8), ylim=(-1.2, -0.5))
        self._there = pulled.plot([], [], "o", color=COLORS["black"], ms=9)[0]
        live = LiveFigure(figure)
        live.animated(*self._amounts, self._odds, *self._words)
        live.animated(self._curve, self._here, self._alone, self._there)
        live.on_drag(turn, lambda x, y: self._turn_to(mix=x))
        live.on_drag(pulled, lambda x, y: self._turn_to(spacing=x))
        live.on_arrows(
            lambda dx, dy: self._turn_to(mix=self.mix + dx, spacing=self.spacing + dy / 10)
        )
        live.widget.hint = (
            "Drag a point, or use the arrow keys: sideways for the angle, up and down for the "
            "distance."
        )
        return live

    def _turn_to(self, mix=None, spacing=None):
        with self.together():
            if mix is not None:
                self.mix = float(np.clip(round(mix), -90, 90))
            if spacing is not None:
                self.spacing = float(np.clip(round(spacing, 1), 1, 8))

    def extras(self):
        button = ipywidgets.Button(description="Go to the lowest energy").add_class("qml-button")
        button.on_click(lambda _: self.guarded(self._lowest)())
        return [button]

    def _lowest(self):
        self._turn_to(mix=self.data["best"])

    def compute(self, spacing, mix):
        one, exact, best, matrix = _solved(round(spacing, 2))
        turn = np.deg2rad(np.append(_ANGLES, mix))
        state = np.stack([np.cos(turn), np.sin(turn)])
        curve = np.einsum("in,ij,jn->n", state, matrix, state)
        lower, upper = state[:, -1]
        # the lower wave is (left + right) / sqrt 2, the upper one (left - right) / sqrt 2
        same, apart = (lower + upper) ** 2 / 4, (lower - upper) ** 2 / 4
        return {
            "state": (lower, upper),
            "curve": curve[:-1],
            "energy": curve[-1],
            "one": one,
            "exact": exact,
            "best": best,
            "odds": [same, apart, apart, same],
        }

    def draw(self, data, state):
        for bar, value in zip(self._amounts, data["state"], strict=True):
            bar.set_height(value)
        odds = np.array(data["odds"])
        self._odds.set_sizes(3000 * odds)
        for word, value in zip(self._words, odds, strict=True):
            word.set_text(f"{100 * value:.0f}")
        self._curve.set_data(_ANGLES, data["curve"])
        self._here.set_data([state["mix"]], [data["energy"]])
        self._alone.set_ydata([data["one"]] * 2)
        self._there.set_data([state["spacing"]], [data["energy"]])
        above = 1e3 * (data["energy"] - data["exact"])
        same = 100 * (odds[0] + odds[3])
        self.readout = (
            f"energy <b>{minus(data['energy'])} hartree</b>, {above:.1f} mHa above the lowest; "
            f"both electrons on the same atom in <b>{same:.0f} %</b>"
        )
        return (
            f"Two hydrogen atoms {state['spacing']:.1f} bohr apart, fillings mixed by "
            f"{state['mix']:.0f} degrees: energy {data['energy']:.4f} hartree, {above:.1f} "
            f"millihartree above the lowest; both electrons on the same atom in {same:.0f} percent."
        )


@lru_cache(maxsize=128)
def _solved(spacing):
    """Energies of one filling and of the best mixture, its angle in degrees, and the matrix."""
    matrix = Sector(hydrogen_ring(2, spacing)).hamiltonian().toarray().real
    energies, states = np.linalg.eigh(matrix)
    lower, upper = states[:, 0] * np.sign(states[0, 0])
    return matrix[0, 0], energies[0], np.rad2deg(np.arctan2(upper, lower)), matrix
