"""Train it: a neural state of a ring, step by step, beside the exact one."""

import numpy as np
import traitlets

from ...nqs import RBM, SearchSettings, Training, exact_ground_state, hydrogen_ring, prepare
from ...widgets import COLORS, CYCLIC, Frames, LiveFigure, PlayableExplorer, Stop, new_figure
from ...widgets.controls import choice, seed, slider, toggle

STEPS = 120
_BARS = 24
METHODS = {"Newton-like": "newton", "reconfiguration": "sr", "plain gradient": "gradient"}


class StateTrainingExplorer(PlayableExplorer):
    """Energy error, variance, amplitudes and the spectrum of S while an RBM learns H6.

    Play with reconfiguration, then with the plain gradient. Which determinants come right first?
    Why does the gradient stop halfway? Look at the spectrum of S.
    """

    name, title = "nqs_training", "Train a wave function"
    computed_by = (RBM, SearchSettings, Training, exact_ground_state, hydrogen_ring, prepare)
    stride = 2
    plays = "Training"
    runs_kept = 16
    path = (
        Stop(
            "Reconfiguration, after twelve steps; press Play for more. Bars are the exact "
            "amplitudes, dots those of the network. Which determinants come right first?",
            "The heavy ones: they decide the energy. After 12 steps the overlap is 97 %, while the "
            "energy is still 7 mHa an atom too high; the light ones take four times as long.",
            {"steps": 12, "method": "sr", "density": 1.0, "spacing": 1.8, "symmetric": False},
            {"steps": 24},
        ),
        Stop(
            "Now the plain gradient, with the same 120 steps. The purple curve says how much a "
            "step of the parameters moves the state, direction by direction. Why does the "
            "gradient stop halfway?",
            "It is still 12.6 mHa an atom too high, no better than Hartree-Fock. In a few "
            "directions the state moves a lot, in most it hardly moves, and the gradient takes no "
            "account of it; this is what the two paths above showed for two parameters.",
            {"method": "sr", "steps": 120},
            {"method": "gradient"},
        ),
        Stop(
            "Back to reconfiguration, with three hidden units instead of twelve: 51 complex "
            "numbers for 68 amplitudes. Are they enough?",
            "Yes, to 0.02 mHa an atom, eighty times better than chemistry needs. But the exact "
            "amplitudes are real, and 51 complex numbers are 102 real ones. The ring of ten, "
            "below, is the first on which a network is really the shorter list.",
            {"method": "sr", "steps": 120, "density": 1.0},
            {"density": 0.25},
        ),
    )

    spacing = traitlets.Float(1.8).tag(control=slider("Distance of neighbours", "bohr", 1, 4, 0.2))
    method = traitlets.Unicode("sr").tag(control=choice("Step", METHODS))
    steps = traitlets.Int(12).tag(control=slider("Steps taken", "", 0, STEPS, 1))
    seed = traitlets.Int(0).tag(control=seed("Random start"))
    density = traitlets.Float(1.0).tag(
        control=choice("Hidden units", {"3": 0.25, "6": 0.5, "12": 1.0, "24": 2.0})
    )
    symmetric = traitlets.Bool(False).tag(control=toggle("Use the symmetries"), group="more")
    step = traitlets.Float(0.3).tag(
        control=slider("Step size η", "1/Ha", 0.05, 1.0, 0.05), group="more"
    )
    log_damping = traitlets.Float(-2.0).tag(
        control=slider("Regularisation at first, log₁₀", "", -4, 0, 0.5), group="more"
    )

    def prepare(self):
        figure = new_figure(10.4, 4.7)
        grid = figure.add_gridspec(2, 2, width_ratios=[1, 1.2])
        error = figure.panel(grid[0, 0], "steps", "hartree", "error and variance")
        bars = figure.panel(
            grid[0, 1], "determinants by weight", "|ψ|", "amplitudes: dark where the phase is right"
        )
        gram = figure.panel(grid[1, 0], "direction", "eigenvalue of S", "where the state can move")
        hidden = figure.panel(
            grid[1, 1],
            "hidden unit",
            "spin orbital (up, down)",
            "|W|: dark 0, bright 0.5",
        )
        error.set_yscale("log")
        gram.set(yscale="log", xlim=(0, 70), ylim=(1e-10, 20))
        bars.set_yscale("log")
        self._error = error.plot([], [], color=COLORS["blue"], label="energy − exact")[0]
        self._variance = error.plot(
            [], [], color=COLORS["orange"], ls="--", label="variance (Ha²)"
        )[0]
        error.axhline(6e-5, color=COLORS["green"], lw=1.4)
        error.text(STEPS, 9e-5, "0.01 mHa an atom", color=COLORS["green"], fontsize=10, ha="right")
        error.set(xlim=(0, STEPS), ylim=(1e-9, 30))
        error.legend(loc="lower left", fontsize=9.5)
        self._stems = bars.scatter(
            [],
            [],
            s=44,
            c=[],
            cmap=CYCLIC,
            vmin=-np.pi,
            vmax=np.pi,
            edgecolors="#333333",
            linewidths=0.6,
            zorder=3,
        )
        self._exact = bars.plot([], [], "_", color=COLORS["black"], ms=14, mew=2, label="exact")[0]
        bars.set(xlim=(-1, _BARS), ylim=(1e-4, 2))
        bars.legend(loc="upper right")
        self._spectrum = gram.plot([], [], ".-", color=COLORS["purple"], lw=1, ms=4)[0]
        self._damping = gram.axhline(1e-2, color=COLORS["red"], ls="--", lw=1.4)
        self._words = gram.text(
            0.98,
            0.95,
            "",
            color=COLORS["red"],
            fontsize=10,
            ha="right",
            va="top",
            transform=gram.transAxes,
        )
        self._weights = hidden.imshow(np.zeros((12, 12)), aspect="auto", vmin=0, vmax=0.5)
        live = LiveFigure(figure)
        live.animated(
            self._error,
            self._variance,
            self._stems,
            self._exact,
            self._spectrum,
            self._damping,
            self._words,
            self._weights,
        )
        return live

    @staticmethod
    def begin(spacing, method, seed, density, symmetric, step, log_damping):
        return StateFrames(spacing, method, seed, density, symmetric, step, log_damping)

    def compute(self, steps, **setting):
        exact = {k: round(v, 4) if isinstance(v, float) else v for k, v in setting.items()}
        return self.run(**exact).picture(steps)

    def draw(self, data, state):
        count = np.arange(len(data["error"]))
        self._error.set_data(count, np.maximum(data["error"], 1e-10))
        self._variance.set_data(count, np.maximum(data["variance"], 1e-12))
        shown = np.arange(len(data["psi"]))
        self._stems.set_offsets(np.stack([shown, np.maximum(np.abs(data["psi"]), 1.2e-4)], -1))
        self._stems.set_array(np.angle(data["psi"] * np.sign(data["exact"])))
        self._exact.set_data(shown, np.abs(data["exact"]))
        spectrum = data["spectrum"]
        self._spectrum.set_data(np.arange(len(spectrum)), np.maximum(spectrum, 1e-12))
        self._damping.set_ydata([data["damping"]] * 2)
        self._words.set_text("" if state["method"] == "gradient" else "dashed: λ")
        self._weights.set_data(data["weights"])
        hidden = data["weights"].shape[1]
        if self._weights.get_extent()[1] != hidden - 0.5:
            self._weights.set_extent((-0.5, hidden - 0.5, -0.5, 11.5))
            self._weights.axes.set_xlim(-0.5, hidden - 0.5)
        error = 1e3 * data["error"][-1] / 6
        self.readout = (
            f"step {state['steps']}: error <b>{error:.5f} mHa an atom</b>, variance "
            f"<b>{data['variance'][-1]:.1e} Ha²</b>, overlap with the exact state "
            f"<b>{100 * data['overlap']:.3f} %</b>; {data['parameters']} complex numbers for "
            f"{data['amplitudes']} amplitudes"
        )
        return (
            f"Training of a neural state by {state['method']} after {state['steps']} steps: error "
            f"{error:.5f} mHa an atom, variance {data['variance'][-1]:.1e}, overlap "
            f"{100 * data['overlap']:.3f} percent."
        )

    def table(self, data, state):
        return {
            "step": np.arange(len(data["error"])),
            "error_hartree": data["error"],
            "variance_hartree2": data["variance"],
        }


class StateFrames(Frames):
    """The states of one training; what is drawn of one is computed when it is asked for."""

    def __init__(self, spacing, method, seed, density, symmetric, step, log_damping):
        crystal = hydrogen_ring(6, spacing)
        damping = 10.0**log_damping
        settings = SearchSettings(
            method=method, step=step, regularisation=damping, floor=min(1e-5, damping), tol=1e-13
        )
        self._settings = settings
        self._exact = exact_ground_state(crystal, momentum=0)
        self._order = np.argsort(-np.abs(self._exact.state), kind="stable")[:_BARS]
        self._pictures = {}
        training = prepare(
            crystal, RBM, seed, density=density, symmetric=symmetric, settings=settings
        )
        super().__init__(training, lambda training: training.network)

    def picture(self, steps):
        """Return what is drawn after some steps, with the errors on the way."""
        state, training = self.until(steps)[-1], self.computation
        rows = [*training.history, {"energy": training.energy, "variance": training.variance}]
        rows = rows[: steps + 1]
        if steps not in self._pictures:
            self._pictures[steps] = self._draw(state, len(rows) - 1)
        return self._pictures[steps] | {
            "error": np.array([row["energy"] for row in rows]) - self._exact.energy,
            "variance": np.array([row["variance"] for row in rows]),
        }

    def _draw(self, state, step):
        """What is drawn of the state after a step."""
        settings, basis = self._settings, self.computation.basis
        there = Training(basis, state, settings)
        psi = there.result().amplitudes()
        exact = self._exact.state[self._order]
        return {
            "psi": psi[self._order],
            "exact": exact * np.sign(exact[0]),
            "overlap": float(np.abs(np.vdot(self._exact.state, psi)) ** 2),
            "spectrum": there.overlap_spectrum(),
            "damping": settings.damping(step),
            "weights": state.W.abs().numpy(),
            "parameters": len(state.parameters),
            "amplitudes": basis.size,
        }
