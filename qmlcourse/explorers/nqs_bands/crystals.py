"""Real crystals: a polymer, graphene, a salt; network, exact, coupled cluster, per cell."""

import numpy as np
import traitlets

from ...nqs import CHEMICAL_ACCURACY
from ...reproduce.nqs_bands import STORED
from ...storage import shipped
from ...widgets import COLORS, Explorer, LiveFigure, Stop, new_figure, style_axes
from ...widgets.controls import choice, slider, toggle
from ._symbols import open_symbol

NAMES = {
    "hydrogen chain, 6 momenta": "chain-6",
    "hydrogen chain, 8 momenta": "chain-8",
    "hydrogen chain, 10 momenta": "chain-10",
    "polyacetylene, 3 momenta": "polyacetylene-3",
    "polyacetylene, 4 momenta": "polyacetylene-4",
    "polyacetylene, 5 momenta": "polyacetylene-5",
    "graphene, 2 × 2 at Γ": "graphene-2x2",
    "graphene, 2 × 3 at Γ": "graphene-2x3",
    "graphene, halfway to K": "graphene-2x2-50",
    "graphene, 80 % to K": "graphene-2x2-80",
    "graphene, 95 % to K": "graphene-2x2-95",
    "lithium hydride, 2 momenta": "lih-2x1x1",
    "lithium hydride, 3 momenta": "lih-3x1x1",
}
_EV = 27.211386245988


class CrystalExplorer(Explorer):
    """Bands and errors of one stored crystal, computed by the full-scale run.

    Which method stays inside the green zone for all crystals? Walk graphene towards K: what happens
    to the gap at the momentum closest to K?
    """

    name, title = "nqs_crystals", "Real crystals"
    made_from = "A stored result of <code>qmlcourse reproduce nqs_bands</code>."
    columns = (("method", ["hartree_fock", "ccsd_t", "network"]), ("error_mha_per_cell", "errors"))

    path = (
        Stop(
            "Polyacetylene, a polymer: 6,378 amplitudes, a network of 440 complex numbers. The "
            "bars compare energies with the exact one of the same mesh. Who is better here, the "
            "network or CCSD(T)?",
            "CCSD(T), by far: 0.005 against 1.4 mHa a cell. The network just keeps chemical "
            "accuracy. In an unstretched polymer one determinant has nearly all the weight, which "
            "is what coupled cluster is made for. It costs less, too.",
            {"crystal": "polyacetylene-5", "madelung": False},
        ),
        Stop(
            "Graphene, on meshes that come nearer and nearer to the corner K of the zone, where "
            "the bands of a single layer touch. Halfway to K: who is better now?",
            "The network: 0.15 against 1.3 mHa a cell. The gap between filled and empty levels has "
            "become smaller, and the lowest determinant is no longer alone.",
            {"crystal": "graphene-2x2"},
            {"crystal": "graphene-2x2-50"},
        ),
        Stop(
            "Polyacetylene is a semiconductor whose measured gap is below 2 eV. Read the exact "
            "gap of this mesh under the picture. Is it right?",
            "It says 8 eV, and 11 with the Madelung shift, which a charged periodic cell needs. "
            "Exact is only the solution of <em>this</em> model: five momenta and the pi electrons "
            "alone. A coarse mesh is a small crystal.",
            {"crystal": "polyacetylene-5", "madelung": False},
            {"madelung": True},
        ),
    )

    crystal = traitlets.Unicode("polyacetylene-5").tag(control=choice("Crystal", NAMES))
    show_hf = traitlets.Bool(True).tag(control=toggle("Hartree-Fock bands"))
    threshold = traitlets.Float(0.1).tag(control=slider("Least weight drawn", "", 0, 0.95, 0.05))
    madelung = traitlets.Bool(False).tag(control=toggle("Add the Madelung shift"))

    def prepare(self):
        self._rows = {row["name"]: row for row in shipped.load_json(STORED)["crystals"]}
        figure = new_figure(10.2, 4.6)
        bands, errors = figure.subplots(1, 2, width_ratios=[1.25, 1])
        style_axes(bands, "momentum, in the order of the mesh", "energy (eV)", "quasiparticles")
        style_axes(errors, "", "|error| per cell (mHa)", "ground state against exact")
        looks = (
            ("hartree_fock", "Hartree-Fock", "orange", "s"),
            ("one", "1h/1p on the network", "blue", "o"),
            ("exact", "exact", "black", "_"),
        )
        self._marks = {
            key: bands.scatter([], [], s=[], marker=mark, label=words, **open_symbol(colour, mark))
            for key, words, colour, mark in looks
        }
        self._none = bands.text(0.5, 0.5, "", transform=bands.transAxes, ha="center", va="center")
        self._least = bands.text(
            0.98,
            0.98,
            "",
            transform=bands.transAxes,
            ha="right",
            va="top",
            color="#666666",
            fontsize=10,
        )
        handles = [
            bands.plot(
                [],
                [],
                mark,
                mfc="none" if mark != "_" else None,
                mew=2.2,
                color=COLORS[colour],
                label=words,
            )[0]
            for _, words, colour, mark in looks
        ]
        bands.legend(
            handles=handles,
            loc="upper center",
            bbox_to_anchor=(0.5, -0.16),
            ncol=3,
            fontsize=9.5,
            columnspacing=1,
        )
        errors.set_yscale("log")
        errors.set(ylim=(1e-5, 300), xlim=(-0.6, 2.6))
        errors.axhspan(1e-6, 1e3 * CHEMICAL_ACCURACY, color=COLORS["green"], alpha=0.15)
        errors.text(2.55, 7, "green: chemical accuracy", color=COLORS["green"], ha="right")
        errors.set_xticks(range(3), ["Hartree-Fock", "CCSD(T)", "network"])
        self._bars = errors.bar(
            range(3), [1] * 3, width=0.6, color=[COLORS[c] for c in ("orange", "red", "blue")]
        )
        self._texts = [errors.text(n, 1, "", ha="center", va="bottom") for n in range(3)]
        self._axes, self._drawn = (bands, errors), None
        live = LiveFigure(figure)
        live.animated(*self._marks.values(), self._none, self._least, *self._bars, *self._texts)
        return live

    def compute(self, crystal, show_hf, madelung, threshold):
        row = self._rows[crystal]
        triples = np.nan if row["ccsd_t"] is None else row["ccsd_t"] - row["exact"]
        errors = 1e3 * np.array([row["hartree_fock"] - row["exact"], triples, row["error"]])
        bands = {}
        for key in ("hartree_fock", "one", "exact"):
            if key not in row.get("bands", {}):
                continue
            part = row["bands"][key]
            shift = row["madelung"] / 2 if madelung else 0.0
            removal, addition = (_array(part[side]) for side in ("removal", "addition"))
            bands[key] = {
                "valence": _EV * (-removal - shift),
                "conduction": _EV * (addition + shift),
                "weights": (_array(part["removal_weight"]), _array(part["addition_weight"])),
                "gap": _EV * (part["gap"] + 2 * shift),
            }
        return {"errors": errors, "bands": bands, "row": row}

    def draw(self, data, state):
        row, bands = data["row"], data["bands"]
        for key, marks in self._marks.items():
            if key not in bands or (key == "hartree_fock" and not state["show_hf"]):
                marks.set_offsets(np.empty((0, 2)))
                marks.set_sizes([])
                continue
            energy = np.concatenate([bands[key]["valence"], bands[key]["conduction"]])
            weight = np.concatenate(bands[key]["weights"])
            k = np.tile(np.arange(len(energy) // 2), 2)
            there = ~np.isnan(energy) & (weight >= state["threshold"])
            marks.set_offsets(np.stack([k[there], energy[there]], -1))
            marks.set_sizes(
                np.full(there.sum(), 280.0) if key == "exact" else 30 + 130 * weight[there]
            )
        self._none.set_text("" if bands else "no exact neighbours at this size")
        self._least.set_text(f"weights from {state['threshold']:.2f}")
        axes = self._axes[0]
        if row["name"] != self._drawn:
            axes.set_xlim(-0.5, len(row["k"]) - 0.5)
            axes.set_xticks(range(len(row["k"])), [_label(k) for k in row["k"]], fontsize=9)
            self.relayout()
            self._drawn = row["name"]
        if bands:
            every = [bands[key][side] for key in bands for side in ("valence", "conduction")]
            low, high = np.nanmin(every), np.nanmax(every)
            limits = low - 0.08 * (high - low), high + 0.16 * (high - low)
            if not np.allclose(axes.get_ylim(), limits):
                axes.set_ylim(limits)
        for bar, text, error in zip(self._bars, self._texts, data["errors"], strict=True):
            height = max(abs(error), 1e-5)
            bar.set_height(0 if np.isnan(error) else height)
            text.set_y(height if np.isfinite(height) else 1e-4)
            text.set_text("none" if np.isnan(error) else f"{error:.3g}".replace("-", "−"))
        gap = (
            f"; gap exact <b>{bands['exact']['gap']:.2f} eV</b>, 1h/1p {bands['one']['gap']:.2f}, "
            f"HF {bands['hartree_fock']['gap']:.2f}"
            if bands
            else ""
        )
        self.readout = (
            f"{row['determinants']:,} determinants, {row['amplitudes']:,} amplitudes, "
            f"{row['parameters']:,} complex parameters; network off by "
            f"<b>{data['errors'][2]:.3f} mHa a cell</b>{gap}"
        )
        shift = "with" if state["madelung"] else "without"
        return (
            f"{row['name']}: errors per cell in mHa: Hartree-Fock {data['errors'][0]:.1f}, "
            f"CCSD(T) {data['errors'][1]:.3f}, network {data['errors'][2]:.3f}; bands {shift} the "
            f"Madelung shift and weights from {state['threshold']:.2f}, Hartree-Fock "
            f"{'shown' if state['show_hf'] else 'hidden'}."
        )


def _array(values):
    return np.array([np.nan if value is None else value for value in values], float)


def _label(k):
    if max(abs(part) for part in k) < 1e-9:
        return "Γ"
    parts = [f"{part:.2f}".replace("-", "−") for part in k]
    return "\n".join(parts[: max(1, sum(abs(p) > 1e-9 for p in k))] if len(k) > 2 else parts)
