"""Quasiparticles: take out one electron, put in one electron, and read the bands."""

from functools import lru_cache

import numpy as np
import traitlets

from ... import nqs
from ...widgets import COLORS, Explorer, LiveFigure, Stop, new_figure, style_axes
from ...widgets.controls import choice, slider, toggle
from ._symbols import open_symbol

SYSTEMS = {
    "H6 ring": "ring",
    "dimerised ring, 3 molecules": "dimers",
    "polyacetylene, 3 momenta": "polyacetylene-3",
}
PARENTS = {"the trained network": "network", "Hartree-Fock": "hartree_fock", "exact": "exact"}
_SETS = (
    ("hartree_fock", "Hartree-Fock (Koopmans)", "orange", "s"),
    ("one", "1h / 1p on the parent", "blue", "o"),
    ("two", "with a pair: 2h1p / 2p1h", "green", "^"),
    ("exact", "exact N ∓ 1", "black", "_"),
)


class QuasiparticleExplorer(Explorer):
    """Removal and addition energies by momentum, with four methods to switch on.

    Compare the gap of the small space with the exact one: which is wider, and why must it be so?
    Let one more pair in. Does it hold for Hartree-Fock as the parent, too?
    """

    name, title = "nqs_quasiparticles", "Bands from a many-electron state"
    computed_by = (
        nqs.Bands,
        nqs.RBM,
        nqs.dimerised_ring,
        nqs.exact_bands,
        nqs.exact_ground_state,
        nqs.ground_state,
        nqs.hartree_fock,
        nqs.hydrogen_ring,
        nqs.koopmans_bands,
        nqs.load_crystal,
        nqs.quasiparticle_bands,
    )
    path = (
        Stop(
            "One electron out of the trained state, or one in, and nothing else may change (1h and "
            "1p). Switch the exact energies on: is the gap of these frozen holes and particles too "
            "narrow or too wide?",
            "Too wide, by 54 mHa. Taking out costs too much, and putting in gains too little, "
            "since the other electrons may not give way. A smaller space has a higher lowest "
            "energy, and both charged states are searched in a small space.",
            {"system": "ring", "parent": "network", "show_two": False, "show_exact": False},
            {"show_exact": True},
        ),
        Stop(
            "Now the others may give way a little: beside the hole, one electron may be lifted to "
            "an empty level (2h1p), and likewise for the particle. How much of the 54 mHa is left?",
            "Nothing that one could see: less than 0.001 mHa on this small ring. One lifted "
            "electron is nearly all that answers to a hole.",
            {"show_exact": True, "show_two": False},
            {"show_two": True},
        ),
        Stop(
            "Last, take the electron out of Hartree-Fock instead of the network. Is the gap of the "
            "frozen holes still too wide?",
            "No, too narrow, by 9 mHa: the parent's own energy is too high by 75 mHa, and the gap "
            "counts it twice, with a minus sign. Two errors of different origin nearly cancel. So "
            "the sign of the first stop is certain only where the parent is exact, or nearly.",
            {"parent": "network", "show_exact": True},
            {"parent": "hartree_fock"},
        ),
    )

    system = traitlets.Unicode("ring").tag(control=choice("Crystal", SYSTEMS))
    spacing = traitlets.Float(1.8).tag(control=slider("Ring: distance", "bohr", 1.2, 3.0, 0.1))
    parent = traitlets.Unicode("network").tag(control=choice("Parent state", PARENTS))
    show_hf = traitlets.Bool(True).tag(control=toggle("Hartree-Fock"))
    show_one = traitlets.Bool(True).tag(control=toggle("1h / 1p"))
    show_two = traitlets.Bool(False).tag(control=toggle("2h1p / 2p1h"))
    show_exact = traitlets.Bool(False).tag(control=toggle("Exact"))
    shake = traitlets.Bool(False).tag(
        control=toggle("Draw also weights below 0.1 (shake-up)"), group="more"
    )

    compute_depends = ("system", "spacing")
    slow_depends = ("system", "spacing", "parent")

    def prepare(self):
        figure = new_figure(9.8, 4.5)
        ax, gaps = figure.subplots(1, 2, width_ratios=[1.5, 1])
        style_axes(ax, "crystal momentum k (2π/a)", "energy (hartree)", "bands: size is the weight")
        style_axes(gaps, "gap (hartree)", "", "gap")
        self._marks = {}
        for key, words, colour, mark in _SETS:
            self._marks[key] = ax.scatter(
                [],
                [],
                marker=mark,
                s=[],
                label=words,
                zorder=4 if key == "exact" else 3,
                **open_symbol(colour, mark),
            )
        ax.axhline(0, color="#DDDDDD", lw=1)
        self._middle = ax.axhspan(0, 0.1, color="#F1F1F1", zorder=0)
        ax.set_xlim(-0.56, 0.56)
        self._bars = gaps.barh(range(4), [0] * 4, color=[COLORS[c] for _, _, c, _ in _SETS])
        gaps.set_yticks(range(4), ["HF", "1h/1p", "2h1p", "exact"])
        gaps.invert_yaxis()
        gaps.set_xlim(0, 1.2)
        self._texts = [gaps.text(0, n, "", va="center", fontsize=10.5) for n in range(4)]
        self._ax, self._gaps = ax, gaps
        live = LiveFigure(figure)
        live.animated(*self._marks.values(), self._middle, *self._bars, *self._texts)
        return live

    def compute(self, system, spacing):
        found = _mean_field(system, round(spacing, 1) if system == "ring" else 0.0)
        nothing = nqs.Bands(*np.full((5, found.crystal.momenta), np.nan))
        bands = {key: nothing for key, *_ in _SETS}
        bands["hartree_fock"] = nqs.koopmans_bands(found.crystal)
        return {"k": found.crystal.wave_vectors()[:, 0], "bands": bands, "error": np.nan}

    def compute_slow(self, state):
        system = state["system"]
        spacing = round(state["spacing"], 1) if system == "ring" else 0.0
        return _bands(system, spacing, state["parent"])

    def draw(self, data, state):
        k = data["k"]
        shown = {
            "hartree_fock": state["show_hf"],
            "one": state["show_one"],
            "two": state["show_two"],
            "exact": state["show_exact"],
        }
        lowest, highest = np.inf, -np.inf
        for key, *_ in _SETS:
            bands = data["bands"][key]
            energy = np.concatenate([bands.valence, bands.conduction])
            weight = np.concatenate([bands.removal_weight, bands.addition_weight])
            there = ~np.isnan(energy) & (state["shake"] | (weight > 0.1))
            if there.any():
                lowest = min(lowest, energy[there].min())
                highest = max(highest, energy[there].max())
            if not shown[key]:
                there &= False
            self._marks[key].set_offsets(np.stack([np.tile(k, 2)[there], energy[there]], -1))
            size = np.full(there.sum(), 260.0) if key == "exact" else 30 + 130 * weight[there]
            self._marks[key].set_sizes(size)
        exact = data["bands"]["exact"]
        known = not np.isnan(exact.removal).all()
        if known:
            low, high = np.nanmax(exact.valence), np.nanmin(exact.conduction)
            self._middle.set_y(low)
            self._middle.set_height(high - low)
        self._middle.set_visible(state["show_exact"] and known)
        span = highest - lowest
        now = self._ax.get_ylim()
        if not (now[0] < lowest and now[1] > highest and now[1] - now[0] < 1.8 * span):
            self._ax.set_ylim(lowest - 0.15 * span, highest + 0.15 * span)
            self.relayout()
        widest = 0.0
        for n, (key, *_) in enumerate(_SETS):
            there = shown[key] and not np.isnan(data["bands"][key].removal).all()
            gap = data["bands"][key].gap if there else 0.0
            widest = max(widest, gap)
            self._bars[n].set_width(gap)
            word = f" {gap:.4f}" if there else " …" if shown[key] else " (off)"
            self._texts[n].set_text(word)
            self._texts[n].set_x(gap)
        if not 0.5 * self._gaps.get_xlim()[1] < 1.3 * widest < self._gaps.get_xlim()[1]:
            self._gaps.set_xlim(0, max(1.45 * widest, 0.1))
            self.relayout()
        if not known:
            self.readout = "taking out and putting in electrons …"
            return f"Hartree-Fock bands of the {_word(state)}; the others are being computed."
        one, two, true = (1e3 * data["bands"][key].gap for key in ("one", "two", "exact"))
        told = []
        if shown["one"]:
            side = "wide" if one > true else "narrow"
            told.append(f"1h/1p gap too {side} by <b>{abs(one - true):.2f} mHa</b>")
        if shown["two"]:
            side = "wide" if two > true else "narrow"
            told.append(f"with a pair too {side} by <b>{abs(two - true):.4f} mHa</b>")
        self.readout = ("; ".join(told) or "switch a method on") + (
            f"; parent's energy error {1e3 * data['error']:.4f} mHa"
        )
        return (
            f"Quasiparticle bands of the {_word(state)}: gaps in hartree "
            + ", ".join(f"{key} {data['bands'][key].gap:.4f}" for key, *_ in _SETS if shown[key])
            + f", parent {state['parent']}, shake-up {'shown' if state['shake'] else 'hidden'}."
        )

    def table(self, data, state):
        columns = {"k": data["k"]}
        for key, bands in data["bands"].items():
            columns |= {f"{key}_valence": bands.valence, f"{key}_conduction": bands.conduction}
        return columns


def _word(state):
    return next(words for words, key in SYSTEMS.items() if key == state["system"])


@lru_cache(maxsize=64)
def _mean_field(system, spacing):
    crystal = (
        nqs.hydrogen_ring(6, spacing)
        if system == "ring"
        else nqs.dimerised_ring(3, 1.4, 2.2)
        if system == "dimers"
        else nqs.load_crystal(system)
    )
    return nqs.hartree_fock(crystal)


@lru_cache(maxsize=48)
def _crystal(system, spacing):
    found = _mean_field(system, spacing)
    exact = nqs.exact_ground_state(found.crystal, momentum=found.momentum)
    return found, exact, nqs.koopmans_bands(found.crystal), nqs.exact_bands(found.crystal, exact)


@lru_cache(maxsize=96)
def _bands(system, spacing, parent):
    found, exact, koopmans, true = _crystal(system, spacing)
    crystal = found.crystal
    if parent == "exact":
        state, energy = exact, exact.energy
    elif parent == "network":
        state = nqs.ground_state(crystal, nqs.RBM, seed=0)
        energy = state.energy
    else:
        psi = np.zeros(exact.sector.dimension)
        psi[exact.sector.find(found.determinant, found.determinant)[0]] = 1
        state, energy = (exact.sector, psi, found.energy), found.energy
    return {
        "k": crystal.wave_vectors()[:, 0],
        "bands": {
            "hartree_fock": koopmans,
            "exact": true,
            "one": nqs.quasiparticle_bands(crystal, state, 1),
            "two": nqs.quasiparticle_bands(crystal, state, 2),
        },
        "error": energy - exact.energy,
    }
