"""From a ring to bands: orbitals, momenta, determinants, and what momentum forbids."""

from functools import lru_cache
from math import comb

import matplotlib
import numpy as np
import traitlets

from ...nqs import count_determinants, hartree_fock, hydrogen_ring
from ...widgets import COLORS, CYCLIC, Explorer, LiveFigure, Stop, new_figure, style_axes
from ...widgets.controls import choice, slider
from ._boxes import centred


class HydrogenRingExplorer(Explorer):
    """An orbital on the ring, the levels of all momenta, and the doubles of one pair.

    Two electrons leave filled levels for empty ones. Which targets are grey, and where do the
    allowed ones lie? Take the pair from other levels.
    """

    name, title = "nqs_ring", "A ring, its bands, and the law of momentum"
    computed_by = (count_determinants, hartree_fock, hydrogen_ring)
    path = (
        Stop(
            "Two electrons, one of each spin, leave the levels with the cross, m = 0 and m = 1, "
            "for two empty ones: nine pairs of targets, the fields on the right. How many of the "
            "nine does the law of momentum allow?",
            "Two. What one gains the other must lose. The others are not weak, they are exactly "
            "zero. There is one subtlety: the momentum counts turns of the phase around the ring, "
            "so six more is the same as none.",
            {"atoms": 6, "up": 1, "down": 2},
        ),
        Stop(
            "Now ten atoms. The number of fillings grows from 400 to 63,504. Does the law help "
            "more or less than before?",
            "More: there are ten momenta now, and a filling meets only those of its own. With "
            "total momentum 0 there are 6,352, a tenth of all. But a tenth of something that "
            "grows exponentially grows exponentially too.",
            {"atoms": 6},
            {"atoms": 10},
        ),
    )

    atoms = traitlets.Int(6).tag(control=choice("Atoms", [2, 6, 10, 14]))
    spacing = traitlets.Float(1.8).tag(control=slider("Distance of neighbours", "bohr", 1, 4, 0.1))
    orbital = traitlets.Int(1).tag(control=slider("Orbital shown, m", "", 0, 13, 1))
    up = traitlets.Int(1).tag(control=slider("Taken: spin up, number", "", 1, 7, 1))
    down = traitlets.Int(2).tag(control=slider("Taken: spin down, number", "", 1, 7, 1))

    def prepare(self):
        figure = new_figure(10.4, 4.5)
        ring, levels, grid = figure.subplots(1, 3, width_ratios=[0.85, 1.05, 1.1])
        style_axes(ring, title="orbital: colour is phase")
        ring.set(xlim=(-1.35, 1.35), ylim=(-1.35, 1.35), aspect="equal")
        ring.set_axis_off()
        style_axes(levels, "momentum m", "orbital energy (hartree)", "levels")
        style_axes(grid, "spin up goes to m", "spin down goes to m", "|coupling| / largest")
        turn = np.linspace(0, 2 * np.pi, 100)
        ring.plot(np.cos(turn), np.sin(turn), color="#BBBBBB", lw=1, zorder=0)
        self._atoms = ring.scatter(
            [], [], s=[], c=[], cmap=CYCLIC, vmin=-np.pi, vmax=np.pi, edgecolors=COLORS["black"]
        )
        self._empty = levels.plot([], [], "_", color=COLORS["grey"], ms=15, mew=2.5)[0]
        self._filled = levels.plot([], [], "_", color=COLORS["blue"], ms=15, mew=2.5)[0]
        self._ups = levels.plot([], [], "^", color=COLORS["red"], ms=7)[0]
        self._downs = levels.plot([], [], "v", color=COLORS["orange"], ms=7)[0]
        self._shown = levels.plot([], [], "o", mfc="none", mec=COLORS["black"], ms=19, mew=1.5)[0]
        colours = matplotlib.colormaps["cividis"].with_extremes(bad="#DDDDDD")
        self._image = grid.imshow(np.zeros((2, 2)), cmap=colours, aspect="equal", vmin=0, vmax=1)
        self._taken = grid.plot([], [], "x", color=COLORS["red"], ms=6)[0]
        figure.colorbar(self._image, ax=grid, fraction=0.046)
        self._levels, self._grid = levels, grid
        live = LiveFigure(figure)
        live.animated(self._atoms, self._empty, self._filled, self._ups, self._downs, self._shown)
        live.animated(self._image, self._taken)
        return live

    def compute(self, atoms, spacing, orbital, up, down):
        data = _ring(atoms, round(spacing, 2))
        pairs = atoms // 2
        filled = data["filled"]
        a, b = filled[min(up, pairs) - 1], filled[min(down, pairs) - 1]
        coupling = np.abs(data["g"][:, a, :, b]).T  # (down target, up target)
        m = np.arange(atoms)
        allowed = (m[:, None] + m - a - b) % atoms == 0
        occupied = np.isin(m, filled)
        free = ~occupied[:, None] & ~occupied
        shown = np.where(allowed & free, coupling, np.nan)
        return data | {
            "a": a,
            "b": b,
            "coupling": shown,
            "allowed": int((allowed & free).sum()),
            "free": int(free.sum()),
            "orbital": orbital % atoms,
            "occupied": occupied,
        }

    def draw(self, data, state):
        atoms, m = state["atoms"], data["orbital"]
        angle = 2 * np.pi * np.arange(atoms) / atoms
        self._atoms.set_offsets(np.stack([np.cos(angle), np.sin(angle)], -1))
        self._atoms.set_sizes(np.full(atoms, 420 if atoms < 12 else 240))
        self._atoms.set_array(np.angle(np.exp(1j * m * angle)))
        order = centred(atoms)
        where = {k: x for x, k in zip(order, np.arange(atoms), strict=True)}
        levels = data["levels"]
        places = np.array([where[k] for k in range(atoms)])
        occupied = data["occupied"]
        self._empty.set_data(places[~occupied], levels[~occupied])
        self._filled.set_data(places[occupied], levels[occupied])
        shift = 0.12 * atoms / 6
        self._ups.set_data(places[occupied] - shift, levels[occupied])
        self._downs.set_data(places[occupied] + shift, levels[occupied])
        self._shown.set_data([where[m]], [levels[m]])
        span = np.ptp(levels)
        low, high = levels.min() - 0.12 * span, levels.max() + 0.12 * span
        now = self._levels.get_ylim()
        moved = not (now[0] < levels.min() and now[1] > levels.max() and now[1] - now[0] < 2 * span)
        rank = np.argsort(order)
        picture = data["coupling"][np.ix_(rank, rank)]
        largest = max(np.nanmax(picture), 1e-12)
        self._image.set_data(np.ma.masked_invalid(picture / largest))
        edge = (order.min() - 0.5, order.max() + 0.5)
        if self._image.get_extent()[:2] != list(edge) or moved:
            self._image.set_extent((*edge, *edge))
            ticks = order[rank] if atoms < 12 else order[rank][::2]
            for ax in (self._levels, self._grid):
                ax.set_xticks(ticks)
            self._grid.set_yticks(ticks)
            self._grid.set(xlim=edge, ylim=edge)
            self._levels.set(xlim=(edge[0], edge[1]), ylim=(low, high))
            self.relayout()
        self._taken.set_data([where[data["a"]]], [where[data["b"]]])
        share = 100 * data["allowed"] / max(data["free"], 1)
        total = comb(atoms, atoms // 2) ** 2
        self.readout = (
            f"this pair: <b>{data['allowed']} of {data['free']}</b> empty targets allowed "
            f"({share:.0f} %), largest coupling {largest:.4f} hartree; all determinants "
            f"{total:,}, with total momentum 0 <b>{data['dimension']:,}</b>"
        )
        return (
            f"Ring of {atoms} atoms, {state['spacing']:.1f} bohr apart: a pair taken from momenta "
            f"{data['a']} and {data['b']} may go to {data['allowed']} of {data['free']} pairs of "
            f"empty levels; {data['dimension']} of {total} determinants have momentum 0; orbital "
            f"{m} is shown."
        )

    def table(self, data, state):
        return {
            "momentum": np.arange(state["atoms"]),
            "level_hartree": data["levels"],
            "filled": data["occupied"].astype(int),
        }


@lru_cache(maxsize=64)
def _ring(atoms, spacing):
    crystal = hydrogen_ring(atoms, spacing)
    found = hartree_fock(crystal)
    levels = found.levels[:, 0]
    filled = np.nonzero(found.occupied[:, 0])[0]
    return {
        "levels": levels,
        "filled": filled[np.argsort(levels[filled], kind="stable")],
        "g": crystal.g,
        "dimension": count_determinants(crystal),
    }
