"""The variational principle by hand: six amplitudes, one energy."""

from functools import lru_cache

import numpy as np
import traitlets

from ...nqs import CHEMICAL_ACCURACY, Sector, hydrogen_ring
from ...widgets import COLORS, Explorer, LiveFigure, Stop, new_figure, slider, toggle
from ._boxes import BoxStrip, minus

ATOMS, ELECTRONS, MOMENTUM = 4, (2, 1), 1
COUNT = 6
_TRIES = np.linspace(-1, 1, 81)
_NAMES = tuple(f"c{n}" for n in range(2, COUNT + 1))


class AmplitudesExplorer(Explorer):
    """Three electrons on four atoms: six fillings, and an amplitude for each that you choose.

    Drag the bars. How low can you bring the energy, and can you bring it too low?
    """

    name, title = "nqs_amplitudes", "Six amplitudes by hand"
    computed_by = (Sector, hydrogen_ring)
    columns = ("amplitude", "exact")
    path = (
        Stop(
            "A ring of four atoms has lost one electron. Three are left, and with the right "
            "momentum there are just six ways to fill the boxes. A state is a number for each, "
            "its amplitude. The first is fixed at 1, since only ratios count; the others are zero: "
            "this is the mean field. Drag the second bar up, and down. Does the energy fall?",
            "For one sign it falls, for the other it rises. At zero the curve on the right has a "
            "slope: the Hamiltonian connects the two fillings, and it wants them with opposite "
            "signs. So each amplitude has a size and a sign, and both matter.",
            {"spacing": 4.0, **dict.fromkeys(_NAMES, 0.0), "slopes": False, "exact": False},
            {"c2": -0.3},
        ),
        Stop(
            "Now all five. Bring the energy as low as you can; the curve always shows the "
            "amplitude that you moved last. Is there a list of six numbers whose energy lies "
            "below the true one, the black line at zero?",
            "No. Measured in any state, the energy is an average over the exact levels, and an "
            "average is never below the lowest of them. So whoever has the lower energy has the "
            "better list, and nobody has to know the answer to see it: this is the variational "
            "principle.",
            {"spacing": 4.0},
            {"exact": True},
        ),
        Stop(
            "You went one bar at a time, and came back to bars that you had set before. The "
            "arrows say for each bar where the energy falls, and how steeply. Start again from "
            "one filling, follow all arrows at once, a little. What has become of the arrows?",
            "They have turned shorter: you come nearer. A machine does the same, with all bars in "
            "one step, and again, until no arrow is left.",
            {**dict.fromkeys(_NAMES, 0.0), "slopes": True, "exact": False},
            {"c2": -0.15, "c3": 0.15, "c4": -0.12, "c5": 0.11, "c6": 0.04},
        ),
    )

    spacing = traitlets.Float(4.0).tag(control=slider("Distance of neighbours", "bohr", 1, 5, 0.1))
    c2 = traitlets.Float(0.0).tag(control=slider("Amplitude 2", "", -1, 1, 0.01))
    c3 = traitlets.Float(0.0).tag(control=slider("Amplitude 3", "", -1, 1, 0.01))
    c4 = traitlets.Float(0.0).tag(control=slider("Amplitude 4", "", -1, 1, 0.01))
    c5 = traitlets.Float(0.0).tag(control=slider("Amplitude 5", "", -1, 1, 0.01))
    c6 = traitlets.Float(0.0).tag(control=slider("Amplitude 6", "", -1, 1, 0.01))
    slopes = traitlets.Bool(False).tag(control=toggle("Show where the energy falls"))
    exact = traitlets.Bool(False).tag(control=toggle("Show the exact amplitudes"))
    moved = traitlets.Int(2, min=2, max=COUNT).tag(state=True)
    compute_depends = ("spacing", "moved", *_NAMES)

    def prepare(self):
        figure = new_figure(10.4, 4.8)
        grid = figure.add_gridspec(2, 2, width_ratios=[1.35, 1], height_ratios=[4, 1])
        bars = figure.panel(grid[0, 0], "", "amplitude", "one amplitude for each filling")
        self._bars = bars.bar(range(COUNT), [0] * COUNT, 0.5, color=COLORS["blue"])
        self._bars[0].set_color("#9A9A9A")
        bars.axhline(0, color="#999999", lw=1)
        bars.set(ylim=(-1.08, 1.08), xticks=[], xlim=(-0.6, COUNT - 0.4))
        self._exact = bars.plot([], [], "_", color=COLORS["black"], ms=26, mew=2.5)[0]
        self._arrows = bars.plot([], [], color=COLORS["red"], lw=2.4)[0]
        self._heads = [bars.plot([], [], mark, color=COLORS["red"], ms=8)[0] for mark in ("^", "v")]
        strip = figure.add_subplot(grid[1, 0])
        BoxStrip(strip, _system(4.0)[0])
        slice_ = figure.panel(
            grid[:, 1], "amplitude that was moved last", "above the truth (mHa an atom)"
        )
        slice_.set(xlim=(-1, 1), ylim=(-3, 105), xticks=[-1, -0.5, 0, 0.5, 1])
        slice_.axhline(0, color=COLORS["black"], lw=1.6)
        slice_.axhspan(0, 1e3 * CHEMICAL_ACCURACY, color=COLORS["green"], alpha=0.35, lw=0)
        self._one = slice_.axhline(0, color=COLORS["orange"], ls="--", lw=1.4)
        self._words = slice_.text(-0.97, 0, "one filling", color="#8A6200", va="bottom")
        self._curve = slice_.plot([], [], color=COLORS["blue"])[0]
        self._here = slice_.plot([], [], "o", color=COLORS["black"], ms=9)[0]
        live = LiveFigure(figure)
        live.animated(*self._bars, self._exact, self._arrows, *self._heads)
        live.animated(self._one, self._words, self._curve, self._here)
        live.on_drag(bars, self._pull, start=self._take)
        live.on_drag(slice_, lambda x, y: self._move(self.moved, x))
        live.on_arrows(self._steer)
        live.widget.hint = (
            "Drag a bar; or use the arrow keys: sideways to choose one, up and down to move it."
        )
        return live

    def _take(self, x, y):
        self._move(int(np.clip(round(x) + 1, 2, COUNT)), y)

    def _pull(self, x, y):
        self._move(self.moved, y)

    def _steer(self, dx, dy):
        number = int(np.clip(self.moved + np.sign(dx), 2, COUNT))
        self._move(number, getattr(self, f"c{number}") + dy / 100)

    def _move(self, number, value):
        with self.together():
            self.moved = number
            setattr(self, f"c{number}", float(np.clip(round(value, 2), -1, 1)))

    @traitlets.observe(*_NAMES)
    def _remember(self, change):
        self.moved = int(change["name"][1:])

    def compute(self, spacing, moved, **amplitudes):
        _, matrix, energy, ground = _system(round(spacing, 1))
        state = np.array([1.0, *(amplitudes[name] for name in _NAMES)])
        norm = state @ state
        here = state @ matrix @ state / norm
        many = np.repeat(state[None], len(_TRIES), 0)
        many[:, moved - 1] = _TRIES
        curve = np.einsum("ni,ij,nj->n", many, matrix, many) / (many**2).sum(1)
        return {
            "amplitude": state,
            "exact": ground,
            "off": 1e3 / ATOMS * (here - energy),
            "one": 1e3 / ATOMS * (matrix[0, 0] - energy),
            "curve": 1e3 / ATOMS * (curve - energy),
            "slope": 2 * (matrix @ state - here * state) / norm,
            "energy": here,
        }

    def draw(self, data, state):
        for bar, value in zip(self._bars, data["amplitude"], strict=True):
            bar.set_height(value)
        at = np.arange(COUNT)
        self._exact.set_data(*((at, data["exact"]) if state["exact"] else ([], [])))
        # some way down the slope; the first amplitude is fixed and has no arrow
        start, step = data["amplitude"][1:], -1.2 * data["slope"][1:]
        end = np.clip(start + step, -1.05, 1.05)
        shown = (np.abs(step) > 0.02) & state["slopes"]
        lines = np.full((3, COUNT - 1), np.nan)
        lines[0], lines[1] = start, end
        lines[:, ~shown] = np.nan
        self._arrows.set_data(np.repeat(at[1:], 3), lines.T.ravel())
        for head, way in zip(self._heads, (step > 0, step < 0), strict=True):
            head.set_data(at[1:][shown & way], end[shown & way])
        self._one.set_ydata([data["one"]] * 2)
        self._words.set_y(data["one"])
        self._curve.set_data(_TRIES, data["curve"])
        self._here.set_data([data["amplitude"][state["moved"] - 1]], [data["off"]])
        good = data["off"] < 1e3 * CHEMICAL_ACCURACY
        self.readout = (
            f"energy {minus(data['energy'])} hartree, <b>{data['off']:.2f} mHa an atom</b> above "
            f"the truth; one filling alone {data['one']:.1f}; chemical accuracy is "
            f"{1e3 * CHEMICAL_ACCURACY:.1f}" + (": reached" if good else "")
        )
        return (
            f"Amplitudes {', '.join(f'{value:.2f}' for value in data['amplitude'])} of six "
            f"fillings at {state['spacing']:.1f} bohr: {data['off']:.2f} millihartree an atom "
            f"above the exact energy, the mean field {data['one']:.1f}; amplitude "
            f"{state['moved']} was moved last."
        )


@lru_cache(maxsize=1)
def _order():
    """The lowest filling first, then those that it is coupled to, the strongest first."""
    matrix = Sector(hydrogen_ring(ATOMS, 4.0), ELECTRONS, MOMENTUM).hamiltonian().toarray().real
    lowest = matrix.diagonal().argmin()
    return np.argsort(-np.abs(matrix[lowest]), kind="stable")


@lru_cache(maxsize=48)
def _system(spacing):
    """Occupations, matrix, lowest energy, and its amplitudes with the first one 1."""
    sector = Sector(hydrogen_ring(ATOMS, spacing), ELECTRONS, MOMENTUM)
    matrix = sector.hamiltonian().toarray().real
    order = _order()
    matrix = matrix[np.ix_(order, order)]
    energies, states = np.linalg.eigh(matrix)
    return sector.occupations()[order], matrix, energies[0], states[:, 0] / states[0, 0]
