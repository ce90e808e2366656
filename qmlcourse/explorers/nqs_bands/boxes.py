"""Determinants as boxes that fill: one way of 400, and how much of the truth it is."""

from functools import lru_cache

import numpy as np
import traitlets

from ...nqs import Sector, hartree_fock, hydrogen_ring
from ...widgets import COLORS, Explorer, LiveFigure, Stop, new_figure, slider, toggle
from ._boxes import DOWN, UP, centred, minus

ATOMS = 6
_MOMENTA = np.sort(centred(ATOMS))  # a wave of momentum m is orbital m, modulo 6
_ROWS = (0.6, -0.9)  # heights of spin up and spin down


class BoxesExplorer(Explorer):
    """Twelve boxes for six electrons: click a filled box, then an empty one of the same row.

    Each way to fill them is a dot on the right. How many have the momentum of the lowest one, and
    how much of the true state is each?
    """

    name, title = "nqs_boxes", "Boxes that fill"
    computed_by = (Sector, hartree_fock, hydrogen_ring)
    columns = (("momentum", "momenta"), ("energy_hartree", "energies"), ("weight", "weights"))
    path = (
        Stop(
            "Six atoms in a ring bring six waves, with the momenta m = −2 to 3 around the ring, "
            "and each wave is a box for one electron of either spin. Here the three lowest boxes "
            "of each row are filled. On the right this filling is the dot with the ring around "
            "it. Click a filled box and then an empty one of its row. Which way does the dot go?",
            "Up, always: the other wave has more energy. And sideways by the change of the "
            "momentum. There are 20 × 20 = 400 ways to fill the boxes; each is called a "
            "determinant. The lowest one alone is the mean field, or Hartree-Fock.",
            {"number": 1, "spacing": 1.8, "weight": False},
            {"number": 11},
        ),
        Stop(
            "Electrons repel each other, so they collide, and a collision takes the ring "
            "from one filling to another. The blue dots are those that the lowest filling can "
            "reach in one collision. Why do they all stand in one column?",
            "Because momentum is kept: what one electron gains the other loses. And why only "
            "some of that column? Two electrons collide, not three: fillings that differ in three "
            "boxes are reached in two steps.",
            {"number": 1, "weight": False},
        ),
        Stop(
            "The true ground state is a sum of fillings. Now a dot is as large as its weight in "
            "it. At 1.8 bohr, how many dots can you see? And pulled to 4 bohr?",
            "At 1.8 bohr one dot has 95 % of all. At 4 bohr it has 24 %, and the rest is spread "
            "over dozens. No single filling is the state there: it takes a list of 68 numbers.",
            {"number": 1, "spacing": 1.8, "weight": True},
            {"spacing": 4.0},
        ),
    )

    number = traitlets.Int(1).tag(control=slider("Filling, by energy", "", 1, 400, 1))
    spacing = traitlets.Float(1.8).tag(control=slider("Distance of neighbours", "bohr", 1, 4, 0.1))
    weight = traitlets.Bool(False).tag(control=toggle("Size shows the weight"))
    compute_depends = ("number", "spacing")

    def prepare(self):
        figure = new_figure(10.4, 4.6)
        boxes, dots = figure.subplots(1, 2, width_ratios=[0.9, 1.2])
        boxes.set(xlim=(-2.6, 3.6), ylim=(-1.5, 1.3), title="the filling")
        boxes.set_xticks(_MOMENTA)
        boxes.set_xlabel("momentum m of the wave")
        boxes.set_yticks(_ROWS, ["spin up", "spin down"])
        x, y = np.tile(_MOMENTA, 2), np.repeat(_ROWS, ATOMS)
        boxes.plot(x, y, "s", mfc="white", mec="#777777", ms=30, mew=1.3)
        self._ups = boxes.plot([], [], "^", color=UP, ms=17)[0]
        self._downs = boxes.plot([], [], "v", color=DOWN, ms=17)[0]
        self._held = boxes.plot([], [], "s", mfc="none", mec=COLORS["blue"], ms=34, mew=2.5)[0]
        dots.set(xlim=(-2.6, 3.6), xlabel="total momentum", ylabel="energy (hartree)")
        dots.set_title("all 400 fillings")
        dots.set_xticks(_MOMENTA)
        self._all = dots.scatter([], [], s=[], color=[], linewidths=0)
        self._here = dots.plot([], [], "o", mfc="none", mec=COLORS["black"], ms=15, mew=2)[0]
        dots.plot([], [], "o", color=COLORS["blue"], label="one collision from the lowest")
        dots.plot([], [], "o", color="#B5B5B5", label="the others")
        dots.legend(loc="upper right", fontsize=10)
        self._dots = dots
        self._picked = None
        live = LiveFigure(figure)
        live.animated(self._ups, self._downs, self._held, self._all, self._here)
        live.on_drag(boxes, lambda x, y: None, end=self._clicked)
        live.on_drag(dots, lambda x, y: None, end=self._pointed)
        live.on_arrows(lambda dx, dy: self._go(self.number + dx + 10 * dy))
        live.widget.hint = (
            "Click a filled box, then an empty one of the same row; or use the arrow keys."
        )
        return live

    def _go(self, number):
        self.number = int(np.clip(number, 1, len(self.data["energies"])))

    def _clicked(self, x, y):
        m, row = int(np.clip(round(x), _MOMENTA[0], _MOMENTA[-1])), int(y < np.mean(_ROWS))
        bits = self.data["bits"][self.data["at"]].tolist()
        if _filled(bits[row], m):
            self._picked = (row, m)
        elif self._picked is not None and self._picked[0] == row:
            bits[row] += (1 << m % ATOMS) - (1 << self._picked[1] % ATOMS)
            self._picked = None
            self._go(self.data["find"][tuple(bits)] + 1)
        self.refresh()

    def _pointed(self, x, y):
        data = self.data
        width, height = np.ptp(self._dots.get_xlim()), np.ptp(self._dots.get_ylim())
        off = np.hypot((data["momenta"] - x) / width, (data["energies"] - y) / height)
        self._go(int(off.argmin()) + 1)

    def compute(self, number, spacing):
        return _ring(round(spacing, 1)) | {"at": number - 1}

    def draw(self, data, state):
        at = data["at"]
        spins = data["bits"][at]
        for line, height, bits in zip((self._ups, self._downs), _ROWS, spins, strict=True):
            there = [m for m in _MOMENTA if _filled(bits, m)]
            line.set_data(there, [height] * len(there))
        if self._picked is not None and _filled(spins[self._picked[0]], self._picked[1]):
            self._held.set_data([self._picked[1]], [_ROWS[self._picked[0]]])
        else:
            self._picked = None
            self._held.set_data([], [])
        energies, momenta = data["energies"], data["momenta"]
        self._all.set_offsets(np.stack([momenta + data["aside"], energies], -1))
        size = 900 * data["weights"] if state["weight"] else np.full(len(energies), 26.0)
        self._all.set_sizes(np.maximum(size, 2.0))
        self._all.set_facecolors(np.where(data["reached"], COLORS["blue"], "#B5B5B5"))
        self._here.set_data([momenta[at] + data["aside"][at]], [energies[at]])
        low, high = energies.min(), energies.max()
        now, span = self._dots.get_ylim(), high - low
        if not (now[0] < low and now[1] > high + 0.3 * span and np.ptp(now) < 2 * span):
            self._dots.set_ylim(low - 0.08 * span, high + 0.45 * span)
            self.relayout()
        weight = 100 * data["weights"][at]
        share = f"<b>{weight:.2f} %</b> of the ground state"
        self.readout = (
            f"filling {at + 1} of {len(energies)}: energy <b>{minus(energies[at])} hartree</b>, "
            f"total momentum <b>{minus(momenta[at], 0)}</b>, {share}; the lowest has "
            f"{100 * data['weights'][0]:.0f} %"
        )
        return (
            f"Filling {at + 1} of {len(energies)} of a ring of six atoms {state['spacing']:.1f} "
            f"bohr apart: energy {energies[at]:.4f} hartree, total momentum {momenta[at]}, weight "
            f"{weight:.2f} percent; the lowest filling has {100 * data['weights'][0]:.0f} percent."
        )

    def table(self, data, state):
        return {key: data[name] for key, name in self.columns} | {
            "up": data["bits"][:, 0],
            "down": data["bits"][:, 1],
        }


def _filled(bits, m):
    """Whether the wave of momentum m is filled in a bit mask of one spin."""
    return int(bits) >> (int(m) % ATOMS) & 1


@lru_cache(maxsize=40)
def _ring(spacing):
    """All fillings of the ring, by their energy: momenta, weights, and who is reached."""
    crystal = hydrogen_ring(ATOMS, spacing)
    lowest = hartree_fock(crystal).determinant
    rows = []
    for momentum, counted in enumerate(centred(ATOMS)):
        sector = Sector(crystal, momentum=momentum)
        matrix = sector.hamiltonian()
        weights = np.zeros(sector.dimension)
        reached = np.zeros(sector.dimension, bool)
        if momentum == 0:
            weights = np.abs(sector.ground_state()[1][0]) ** 2
            start = int(sector.find(lowest, lowest)[0])
            reached = np.abs(matrix[[start]].toarray()[0]) > 1e-9
        rows += zip(
            matrix.diagonal().real,
            np.full(sector.dimension, counted),
            weights,
            reached,
            sector.up,
            sector.down,
            strict=True,
        )
    rows.sort(key=lambda row: (round(row[0], 9), *row[1:2], *row[4:]))
    energies, momenta, weights, reached, up, down = (
        np.array(part) for part in zip(*rows, strict=True)
    )
    bits = np.stack([up, down], -1)
    # equal energies of one momentum stand beside each other
    aside = 0.28 * np.sin(2.4 * np.arange(len(energies)))
    aside[0] = 0
    return {
        "energies": energies,
        "momenta": momenta,
        "weights": weights,
        "reached": reached,
        "bits": bits,
        "find": {(int(a), int(b)): n for n, (a, b) in enumerate(bits)},
        "aside": aside,
    }
