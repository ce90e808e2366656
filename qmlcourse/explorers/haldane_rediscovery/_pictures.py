"""Pictures that several explorers of chapter 5 draw: a hexagon of hops, a zone, a phase diagram."""

import itertools

import matplotlib
import numpy as np
from matplotlib.patches import FancyArrowPatch

from ...inverse_design import honeycomb_lattice
from ...widgets import COLORS, CYCLIC, DIVERGING, style_axes

SIGMA_LABEL = "σ (e²/h)"
_A, _B = np.radians([330, 210, 90, 330]), np.radians([150, 30, 270, 150])
_PIXELS = 90


class HexagonPicture:
    """One hexagon with its six second-neighbour hops as arrows.

    The colour is the phase of the amplitude, the width its size; an arrow points along the bond
    where the phase lies between 0 and π, and against it otherwise.
    """

    def __init__(self, ax, title=""):
        style_axes(ax, title=title)
        ax.set(xlim=(-1.42, 1.42), ylim=(-1.32, 1.32), aspect="equal")
        ax.set_axis_off()
        corners = np.radians(np.arange(30, 391, 60))
        ax.plot(np.cos(corners), np.sin(corners), color="#555555", lw=2.5, zorder=1)
        colours = (COLORS["black"], "white")
        self.sites = [
            ax.plot(
                np.cos(a[:3]),
                np.sin(a[:3]),
                "o",
                ms=13,
                mfc=c,
                mec=COLORS["black"],
                mew=2,
                zorder=4,
            )[0]
            for a, c in zip((_A, _B), colours, strict=True)
        ]
        self.energies = [
            ax.text(x, y, "", ha="center", va="center", fontsize=10.5, zorder=5)
            for x, y in ((1.2, -1.2), (-1.2, 1.2))
        ]
        self._ends = []
        for angles in (_A, _B):
            points = np.stack([np.cos(angles), np.sin(angles)], -1)
            for start, end in itertools.pairwise(points):
                self._ends.append((start + 0.14 * (end - start), end - 0.14 * (end - start)))
        self.arrows = [
            FancyArrowPatch(*ends, arrowstyle="-|>", mutation_scale=17, lw=2, zorder=3)
            for ends in self._ends
        ]
        for arrow in self.arrows:
            ax.add_patch(arrow)
        self.moving = [*self.arrows, *self.sites, *self.energies]

    def show(self, hops, on_site=None):
        """Draw six complex amplitudes, A first, in the order of `honeycomb_lattice`'s bonds."""
        hops = np.asarray(hops)
        for arrow, ends, hop in zip(self.arrows, self._ends, hops, strict=True):
            phase = np.angle(hop)
            arrow.set_positions(*(ends if phase >= 0 else ends[::-1]))
            colour = phase_colour(phase)
            arrow.set_color(colour)
            arrow.set_linewidth(0.8 + 3.4 * min(abs(hop), 1.0))
        if on_site is not None:
            for text, name, energy in zip(self.energies, "AB", on_site, strict=True):
                text.set_text(f"{name}: {signed(energy)}")


def hold(ax, values, usual):
    """Let an axis reach as far as its values do, and no less than usual: (low, high)."""
    low, high = usual
    if values.max() > high:
        high = values.max() + 0.15 * np.ptp(values)
    if values.min() < low:
        low = values.min() - 0.15 * np.ptp(values)
    if ax.get_ylim() != (low, high):
        ax.set_ylim(low, high)


def signed(value, digits=2):
    """A number with its sign, as text; what rounds to zero has none."""
    value = round(float(value), digits)
    return f"{value:+.{digits}f}".replace("-", "−") if value else f"{0:.{digits}f}"


def phase_colour(phase):
    """The colour of a phase in radians, a shade darker, so that it shows on white."""
    red, green, blue, _ = matplotlib.colormaps[CYCLIC]((phase / (2 * np.pi)) % 1.0)
    return (0.8 * red, 0.8 * green, 0.8 * blue)


class ZonePicture:
    """A Brillouin zone and its surroundings: the Berry curvature, red positive, blue negative."""

    def __init__(self, ax, lattice=None, title="Berry curvature"):
        self._lattice = lattice or honeycomb_lattice()
        b = self._lattice.reciprocal
        reach = 0.72 * np.linalg.norm(b[0])
        self._k = np.stack(
            np.meshgrid(*[np.linspace(-reach, reach, _PIXELS)] * 2, indexing="xy"), -1
        )
        self.image = ax.imshow(
            np.zeros((_PIXELS, _PIXELS)),
            origin="lower",
            cmap=DIVERGING,
            extent=(-reach, reach, -reach, reach),
            vmin=-1,
            vmax=1,
            interpolation="bilinear",
        )
        corners = zone_corners(b)
        edge = ax.plot(*np.vstack([corners, corners[:1]]).T, color="#333333", lw=1.4, zorder=3)[0]
        style_axes(ax, title=title)
        ax.set(xticks=[], yticks=[], aspect="equal", xlabel="momentum")
        for side in ax.spines.values():
            side.set_visible(False)
        self._places = {}
        self.moving = [self.image, edge]

    def show(self, curvature):
        """Draw (mesh, mesh) values on the Gamma-centred mesh; colours scaled to the largest."""
        mesh = len(curvature)
        if mesh not in self._places:
            share = self._k @ np.linalg.inv(self._lattice.reciprocal)
            self._places[mesh] = tuple(np.round(share * mesh).astype(int).transpose(2, 0, 1) % mesh)
        values = np.asarray(curvature)[self._places[mesh]]
        top = max(np.abs(values).max(), 1e-9)
        self.image.set_data(np.sign(values) * np.sqrt(np.abs(values) / top))


def zone_corners(b):
    """Corners of the hexagonal zone, in order."""
    around = [n * b[0] + m * b[1] for n in (-1, 0, 1) for m in (-1, 0, 1) if (n, m) != (0, 0)]
    found = []
    for p in around:
        for q in around:
            matrix = np.array([p, q])
            if abs(np.linalg.det(matrix)) < 1e-6:
                continue
            corner = np.linalg.solve(matrix, [p @ p / 2, q @ q / 2])
            if all(corner @ r <= r @ r / 2 + 1e-9 for r in around):
                found.append(tuple(np.round(corner, 9)))
    return np.array(sorted(set(found), key=lambda c: np.arctan2(c[1], c[0])))


class Walker:
    """A dot on Haldane's phase diagram, (φ, M/t₂), that can leave a trail.

    Parameters
    ----------
    ax : axes of the diagram
    colour, width : of the trail; the dot has its colour
    """

    reach = 7.0  # of M/t₂

    def __init__(self, ax, colour="#222222", width=1.4):
        self.ax = ax
        self.trail = ax.plot([], [], "-", color=colour, lw=width)[0]
        self.dot = ax.plot([], [], "o", ms=11, color=colour, mec="white", mew=1.8)[0]
        self.moving = [self.trail, self.dot]

    def show(self, phi, ratio):
        """Draw (step,) arrays of φ (radians) and M/t₂; the last one is the dot."""
        phi, ratio = np.atleast_1d(phi) / np.pi, np.atleast_1d(ratio)
        ratio = np.clip(ratio, -self.reach, self.reach)
        jumps = np.flatnonzero(np.abs(np.diff(phi)) > 1) + 1
        self.trail.set_data(np.insert(phi, jumps, np.nan), np.insert(ratio, jumps, np.nan))
        self.dot.set_data(phi[-1:], ratio[-1:])


class PhaseDiagram(Walker):
    """Haldane's phase diagram with its dot."""

    def __init__(self, ax, title="phase diagram", label=True):
        phi = np.linspace(-1, 1, 181)
        edge = 3 * np.sqrt(3) * np.sin(np.pi * phi)
        for sign, colour in ((1, "red"), (-1, "blue")):
            inside = sign * phi >= 0
            ax.fill_between(
                phi[inside], -edge[inside], edge[inside], color=COLORS[colour], alpha=0.22, lw=0
            )
            text = "C = +1" if sign > 0 else "C = −1"
            ax.text(0.5 * sign, -2.6, text, ha="center", va="center", color="#333333")
        ax.plot(phi, edge, color="#555555", lw=1.2)
        ax.plot(phi, -edge, color="#555555", lw=1.2)
        ax.text(-0.96, 5.9, "C = 0", color="#333333")
        style_axes(ax, "phase φ (π)", "M / t₂" if label else "", title)
        ax.set(xlim=(-1, 1), ylim=(-self.reach, self.reach), xticks=[-1, -0.5, 0, 0.5, 1])
        super().__init__(ax)
