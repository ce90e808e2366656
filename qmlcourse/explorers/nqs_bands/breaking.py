"""When coupled cluster breaks: pull the ring apart."""

import numpy as np
import traitlets

from ...nqs import CHEMICAL_ACCURACY, RBM, exact_ground_state, ground_state, hydrogen_ring
from ...reproduce.nqs_bands import STORED
from ...storage import shipped
from ...widgets import COLORS, Explorer, LiveFigure, Stop, new_figure, seed, slider, style_axes

_LOOKS = (
    ("hartree_fock", "Hartree-Fock", "orange", "--"),
    ("ccsd", "CCSD", "purple", ":"),
    ("ccsd_t", "CCSD(T)", "red", "-."),
    ("exact", "exact (FCI)", "black", "-"),
)


class BreakingExplorer(Explorer):
    """Energies and errors of four methods, and a network trained at the chosen distance.

    Pull the atoms apart. Where does the red line cross the black one, and what is the weight of the
    Hartree-Fock determinant there?
    """

    name, title = "nqs_breaking", "The ring pulled apart"
    computed_by = (RBM, exact_ground_state, ground_state, hydrogen_ring)
    slow_depends = ("spacing", "seed")
    path = (
        Stop(
            "At 1.8 bohr the ring is comfortable: one determinant has 95 % of the weight. The "
            "methods that build on it, CCSD and CCSD(T), are excellent. Now pull to 4 bohr. "
            "Where do their curves go?",
            "Through the exact curve and below it: by 43 mHa an atom, 27 times chemical accuracy "
            "(1.6 mHa an atom). They correct one determinant, and at 4 bohr this determinant has a "
            "quarter of the weight. There is little left to correct.",
            {"spacing": 1.8},
            {"spacing": 4.0},
        ),
        Stop(
            "The blue star is a network that is trained at this distance while you look. It may "
            "give any amplitude to each of the 68 determinants. Does it fail as well?",
            "No: it ends on the exact curve at every distance, and never below. It leans on no "
            "determinant, and its energy is an average in a state. But it has more numbers than "
            "there are determinants here. Whether a small one can do it is the question of the "
            "rest of this chapter.",
            {"spacing": 4.0},
        ),
    )

    spacing = traitlets.Float(1.8).tag(control=slider("Distance of neighbours", "bohr", 1, 4, 0.1))
    seed = traitlets.Int(0).tag(control=seed("Start of the network"))

    def prepare(self):
        rows = shipped.load_json(STORED)["six"]
        self._spacing = np.array([row["spacing"] for row in rows])
        self._curves = {
            key: np.array([np.nan if row[key] is None else row[key] for row in rows]) / 6
            for key, *_ in _LOOKS
        }
        self._weight = np.array([row["weight"] for row in rows])
        figure = new_figure(10.4, 4.6)
        left, right, gauge = figure.subplots(1, 3, width_ratios=[1.15, 1.15, 0.22])
        style_axes(left, "distance (bohr)", "energy per atom (hartree)", "energies")
        style_axes(right, "distance (bohr)", "|error| per atom (mHa)", "errors, log scale")
        style_axes(gauge, "", "weight of the HF determinant", "")
        for key, words, colour, line in _LOOKS:
            left.plot(self._spacing, self._curves[key], line, color=COLORS[colour], label=words)
            if key != "exact":
                error = 1e3 * (self._curves[key] - self._curves["exact"])
                right.semilogy(self._spacing, np.abs(error), line, color=COLORS[colour])
                below = error < 0
                right.semilogy(self._spacing[below], -error[below], "v", ms=5, color=COLORS[colour])
        right.axhline(1e3 * CHEMICAL_ACCURACY, color=COLORS["green"], lw=1.4)
        right.text(1.05, 1.9, "chemical accuracy", color=COLORS["green"], fontsize=10)
        right.plot([], [], "v", color="#666666", ms=5, label="below the exact energy")
        self._cursors = [ax.axvline(1.8, color="#888888", lw=1.2) for ax in (left, right)]
        self._net = [
            ax.plot([], [], "*", color=COLORS["blue"], ms=15, mec="white", label="network")[0]
            for ax in (left, right)
        ]
        left.set(xlim=(1, 4), ylim=(-0.56, -0.33))
        right.set(xlim=(1, 4), ylim=(1e-8, 200))
        left.legend(loc="upper right", fontsize=9.5)
        right.legend(loc="center left", bbox_to_anchor=(0, 0.45), fontsize=9.5)
        self._bar = gauge.bar([0], [1], width=0.8, color=COLORS["blue"])[0]
        gauge.set(ylim=(0, 1), xticks=[])
        live = LiveFigure(figure)
        live.animated(*self._cursors, *self._net, self._bar)
        live.on_drag(left, self._moved)
        live.on_drag(right, self._moved)
        return live

    def compute(self, spacing, seed):
        at = int(np.abs(np.array(_spacings()) - spacing).argmin())
        return {"at": at}

    def compute_slow(self, state):
        crystal = hydrogen_ring(6, round(state["spacing"], 1))
        exact = exact_ground_state(crystal, momentum=0).energy
        found = ground_state(crystal, RBM, seed=state["seed"])
        return {
            "network": found.energy / 6,
            "error": (found.energy - exact) / 6,
            "steps": len(found.history),
            "trained": state["spacing"],
        }

    def draw(self, data, state):
        at = data["at"]
        for cursor in self._cursors:
            cursor.set_xdata([self._spacing[at]] * 2)
        self._bar.set_height(self._weight[at])
        exact = self._curves["exact"][at]
        errors = {key: 1e3 * (self._curves[key][at] - exact) for key, *_ in _LOOKS[:3]}
        fresh = data.get("trained") == state["spacing"]
        if fresh:
            self._net[0].set_data([state["spacing"]], [data["network"]])
            self._net[1].set_data([state["spacing"]], [1e3 * max(data["error"], 2e-11)])
        else:
            for marker in self._net:
                marker.set_data([], [])
        words = {key: f"{value:+.2f}".replace("-", "−") for key, value in errors.items()}
        network = f"network <b>{1e3 * data['error']:.5f}</b>" if fresh else "network: training …"
        self.readout = (
            f"errors in mHa an atom: HF {words['hartree_fock']}, CCSD {words['ccsd']}, CCSD(T) "
            f"<b>{words['ccsd_t']}</b>, {network}; HF weight <b>{self._weight[at]:.2f}</b>"
        )
        return (
            f"H6 ring at {self._spacing[at]:.1f} bohr: CCSD(T) is off by {words['ccsd_t']} mHa an "
            f"atom, the Hartree-Fock determinant has the weight {self._weight[at]:.2f}"
            + (
                f", a network from start {state['seed']} is off by {1e3 * data['error']:.5f} after "
                f"{data['steps']} steps."
                if fresh
                else "."
            )
        )

    def table(self, data, state):
        return {"spacing_bohr": self._spacing, "hf_weight": self._weight} | {
            f"{key}_hartree_per_atom": values for key, values in self._curves.items()
        }

    def _moved(self, x, y):
        self.spacing = float(np.clip(round(x, 1), 1, 4))


def _spacings():
    return [row["spacing"] for row in shipped.load_json(STORED)["six"]]
