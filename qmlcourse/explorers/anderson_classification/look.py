"""Look: one disorder pattern, one state, and how it shrinks when the disorder grows."""

import matplotlib
import numpy as np
import traitlets
from matplotlib.collections import LineCollection, PolyCollection

from ...anderson import eigenstates, inverse_participation
from ...widgets import SEQUENTIAL, Explorer, LiveFigure, new_figure
from ...widgets.controls import choice, seed, slider, toggle
from ._states import state
from ._voxels import box_edges, centred, fewest_sites, visible_faces

SIZE = 12


class LookExplorer(Explorer):
    """The state nearest E = 0 in a cube of 12 sites an edge: a surface to turn and three cuts.

    Drag the cube to turn it. Raise W: the disorder pattern stays, only its strength grows. When
    does the state stop reaching around the whole cube?
    """

    name, title = "anderson_look", "One state of a random crystal"
    computed_by = (eigenstates, inverse_participation)

    strength = traitlets.Float(10.0).tag(control=slider("Disorder W", "t", 2, 30, 0.5))
    disorder = traitlets.Unicode("box").tag(
        control=choice("Energies", {"box": "box", "in a field": "box, flux 1/4"})
    )
    log = traitlets.Bool(True).tag(control=toggle("Colours logarithmic"))
    seed = traitlets.Int(3).tag(control=seed("Disorder pattern"))
    turn = traitlets.Float(35.0).tag(control=slider("Turn", "°", -180, 180, 5), group="more")
    tilt = traitlets.Float(25.0).tag(control=slider("Tilt", "°", -85, 85, 5), group="more")
    share = traitlets.Float(0.5).tag(
        control=slider("Share inside the surface", "", 0.1, 0.9, 0.05), group="more"
    )
    compute_depends = ("strength", "disorder", "seed")

    def prepare(self):
        figure = new_figure(10.4, 4.6)
        grid = figure.add_gridspec(2, 3, width_ratios=[1.75, 1, 1])
        cube = figure.panel(grid[:, 0])
        self._words = cube.text(0, 1, "", transform=cube.transAxes, va="top", weight="bold")
        reach = SIZE * 0.92
        cube.set(xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal")
        cube.set_axis_off()
        self._edges = LineCollection([], colors="#9A9A9A", linewidths=1)
        self._faces = PolyCollection([], linewidths=0.35)
        cube.add_collection(self._edges)
        cube.add_collection(self._faces)
        self._images = []
        labels = ("cut through its top: x, y", "x, z", "y, z", "sum over one axis")
        for number, label in enumerate(labels):
            ax = figure.panel(grid[number // 2, 1 + number % 2], title=label)
            ax.set(xticks=[], yticks=[])
            self._images.append(ax.imshow(np.zeros((SIZE, SIZE)), vmin=0, vmax=1))
        self._cube = cube
        live = LiveFigure(figure)
        live.animated(self._edges, self._faces, self._words, *self._images)
        self._held = None
        live.on_drag(cube, self._drag, start=self._hold)
        live.on_arrows(lambda dx, dy: self._rotate(self.turn + 5 * dx, self.tilt + 5 * dy))
        return live

    def _hold(self, x, y):
        self._held = (x, y, self.turn, self.tilt)

    def _drag(self, x, y):
        x0, y0, turn, tilt = self._held
        self._rotate(turn - 9 * (x - x0), tilt - 9 * (y - y0))

    def _rotate(self, turn, tilt):
        turn = (round(turn) + 180) % 360 - 180
        with self.together():
            self.turn, self.tilt = float(turn), float(np.clip(round(tilt), -85, 85))

    def compute(self, strength, disorder, seed):
        density, energy, residual = state(disorder, SIZE, round(strength, 2), seed)
        return {
            "density": centred(density),
            "energy": energy,
            "residual": residual,
            "participation": float(inverse_participation(_tensor(density))),
        }

    def draw(self, data, state):
        density = data["density"]
        inside = fewest_sites(density, state["share"])
        corners, colours, lines = surface(density, inside, state["turn"], state["tilt"])
        values = _scaled(density, state["log"])
        self._faces.set_verts(corners)
        self._faces.set_facecolor(colours)
        self._faces.set_edgecolor(lines)
        self._words.set_text(f"the fewest sites that hold {100 * state['share']:.0f} % of it")
        self._edges.set_segments(box_edges(density.shape, state["turn"], state["tilt"]))
        top = np.unravel_index(density.argmax(), density.shape)
        cuts = [values[:, :, top[2]], values[:, top[1], :], values[top[0]]]
        cuts.append(_scaled(density.sum(2) / SIZE, state["log"]))
        for image, cut in zip(self._images, cuts, strict=True):
            image.set_data(cut.T)
        count, share = int(inside.sum()), data["participation"]
        self.readout = (
            f"<b>{count}</b> of {SIZE**3:,} sites hold {100 * state['share']:.0f} %; "
            f"P₂ = <b>{share:.4f}</b>, so it lives on about <b>{1 / share:.0f}</b> sites; "
            f"E = {data['energy']:+.4f}, residual {data['residual']:.0e}"
        )
        return (
            f"A state at energy {data['energy']:.3f} for disorder {state['strength']:g}: "
            f"{count} of {SIZE**3} sites hold {100 * state['share']:.0f} percent of it, seen from "
            f"{state['turn']:.0f} degrees around and {state['tilt']:.0f} above."
        )

    def table(self, data, state):
        places = np.indices(data["density"].shape).reshape(3, -1)
        return {"x": places[0], "y": places[1], "z": places[2], "density": data["density"].ravel()}


def surface(density, inside, turn, tilt):
    """The faces of the sites inside: corners on the screen, colours by density, edge colours.

    Colours span one and a half decades below the largest density, darker away from the light.
    """
    corners, sites, light = visible_faces(inside, turn, tilt)
    shares = density[tuple(sites.T)] / density.max()
    values = np.clip(1 + np.log10(np.maximum(shares, 1e-12)) / 1.5, 0, 1)
    colours = matplotlib.colormaps[SEQUENTIAL](values)
    colours[:, :3] *= light[:, None]
    return corners, colours, colours * [0.75, 0.75, 0.75, 1]


def _scaled(density, log):
    """0 to 1 for the colours: linear, or logarithmic over five decades below the largest."""
    top = density.max()
    if not log:
        return density / top
    return np.clip(1 + np.log10(np.maximum(density / top, 1e-12)) / 5, 0, 1)


def _tensor(density):
    import torch

    return torch.from_numpy(density)
