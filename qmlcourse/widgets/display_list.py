"""A Matplotlib figure as a display list: what the browser needs to draw it itself.

:class:`DisplayRenderer` is a renderer as Matplotlib's backends have one. Instead of pixels it
records paths, markers, images and text. The list is small (1 to 10 kB for most frames), does not
depend on the resolution of the screen, and text stays text.

The format is one run of bytes::

    "QML1"   4 bytes
    n, f     two 32-bit numbers: bytes of the header, number of floats (little endian)
    header   JSON, padded with blanks to a multiple of four
    floats   coordinates in pixels of the figure at 100 dots an inch, y downwards, float32
    bytes    colours of images and of marks, one byte a channel

The header holds ``width``, ``height``, ``styles`` and ``clips`` (tables), ``axes`` (what a place
means, for the value under the pointer), ``maps`` (the numbers behind images) and ``ops``. An
operation is a list that begins with its letter:

===  =============================================================================
p    path: style, first float, number of points, letters
m    one mark at many places: style, first float, points, letters, first place, places
c    marks with a colour each: as m, then the first byte, and whether the rim has this colour too
f    faces of equally many corners: style, first float, faces, corners, first byte, and whether
     colours of their rims follow those of the faces
i    image: clip, first byte, columns, rows, six numbers of its map, smooth, opacity
t    text: string, x, y, angle in degrees, size in pixels, colour, weight, slant, width, clip
===  =============================================================================

Letters say what the points are: M and L a line, Q and C curves with one and two control points
before the end, Z the way back; an empty string is a line from the first point to the last.
"""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Iterable
from copy import copy
from functools import lru_cache

import numpy as np
from matplotlib.backend_bases import GraphicsContextBase, RendererBase
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.colors import to_hex
from matplotlib.path import Path
from matplotlib.textpath import TextToPath
from matplotlib.transforms import Affine2D

MAGIC = b"QML1"
_LETTERS = {Path.MOVETO: "M", Path.LINETO: "L", Path.CURVE3: "Q", Path.CURVE4: "C"}
_MOST_VALUES = 20_000  # of an image whose numbers are sent along
# what Matplotlib's formatters write for a number without an exponent: text like any other
_NUMBER = re.compile(r"\$\\mathdefault\{([^{}$\\]*)\}\$")
_FAR = 1e5  # pixels; what lies farther out is cut off before it is sent


class _Measure:
    """Sizes and outlines of text. Mathematical text is parsed once, not once a frame."""

    def __init__(self):
        self._agg = lru_cache(4)(lambda dpi: RendererAgg(1, 1, dpi))
        self._sizes = lru_cache(4000)(self._size)

    def size(self, text: str, font, ismath, dpi: float) -> tuple[float, float, float]:
        """Return width, height and descent in pixels, as the stills have them."""
        if not ismath:
            return self._size(text, font, ismath, dpi)
        return self._sizes(text, copy(font), ismath, dpi)

    def _size(self, text, font, ismath, dpi):
        return self._agg(dpi).get_text_width_height_descent(text, font, ismath)


class _Outlines(TextToPath):
    """Outlines of mathematical text, each made once."""

    def __init__(self):
        super().__init__()
        self._made = lru_cache(1000)(super().get_text_path)

    def get_text_path(self, prop, s, ismath=False, **plain):
        """Return points and codes of a text; `plain` says what mathematical text does not use."""
        return self._made(copy(prop), s, ismath)


_measure, _outlines = _Measure(), _Outlines()


class DisplayRenderer(RendererBase):
    """Records what is drawn on it.

    Parameters
    ----------
    width, height
        Size of the figure in pixels.
    dpi
        Dots an inch: how many pixels 72 points are.
    """

    def __init__(self, width: float, height: float, dpi: float):
        super().__init__()
        self.width, self.height, self.dpi = width, height, dpi
        self._text2path = _outlines
        self._down = Affine2D().scale(1, -1).translate(0, height)  # as the browser counts
        self._ops: list[list] = []
        self._floats: list[np.ndarray] = []
        self._float_count = 0
        self._bytes: list[bytes] = []
        self._byte_count = 0
        self._styles: dict[tuple, int] = {}
        self._clips: dict[tuple, int] = {}
        self._axes: list[dict] = []
        self._maps: list[dict] = []

    def packed(self) -> bytes:
        """Return the display list, as the head of this module describes it."""
        header = {
            "width": self.width,
            "height": self.height,
            "styles": [dict(style) for style in self._styles],
            "clips": [list(clip) for clip in self._clips],
            "axes": self._axes,
            "maps": self._maps,
            "ops": self._ops,
        }
        text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
        text += b" " * (-len(text) % 4)
        numbers = np.concatenate([np.zeros(0, "<f4"), *self._floats]).astype("<f4").tobytes()
        sizes = struct.pack("<2I", len(text), self._float_count)
        return b"".join([MAGIC, sizes, text, numbers, *self._bytes])

    def describe(self, figure, animated: bool) -> None:
        """Say what places mean: the scales of all axes, and the numbers behind images.

        Parameters
        ----------
        figure
            The figure that was recorded.
        animated
            Whether its animated artists were recorded, or all others.
        """
        for ax in figure.axes:
            if not ax.get_visible() or not ax.axison or ax.name != "rectilinear":
                continue
            if not animated:
                self._axes.append(self._scales(ax))
            for image in ax.images:
                values = image.get_array()
                if (
                    image.get_visible()
                    and image.get_animated() == animated
                    and values is not None
                    and values.ndim == 2
                    and values.size <= _MOST_VALUES
                ):
                    self._maps.append(self._numbers(image, values))

    def _scales(self, ax) -> dict:
        box = self._down.transform(ax.bbox.get_points()).ravel()
        return {
            "box": [round(float(v), 1) for v in box],
            "x": [*map(float, ax.get_xlim()), ax.get_xscale(), _plain(ax.get_xlabel())],
            "y": [*map(float, ax.get_ylim()), ax.get_yscale(), _plain(ax.get_ylabel())],
        }

    def _numbers(self, image, values) -> dict:
        left, right, bottom, top = (float(v) for v in image.get_extent())
        first = self._float_count
        flat = np.ma.filled(np.ma.asarray(values, dtype=float), np.nan)
        self._floats.append(flat.astype("<f4").ravel())
        self._float_count += values.size
        if image.origin == "upper":
            bottom, top = top, bottom
        bar = getattr(image, "colorbar", None)
        return {
            "box": self._scales(image.axes)["box"],
            "first": first,
            "shape": list(values.shape),
            "extent": [left, right, bottom, top],
            "label": _plain(bar.ax.get_ylabel()) if bar else "",
        }

    # what Matplotlib asks of a renderer

    def get_canvas_width_height(self):
        """Return the size of the figure in pixels."""
        return self.width, self.height

    def flipy(self):
        """Return False: text is placed from below, as everything else is."""
        return False

    def points_to_pixels(self, points):
        """Return pixels for a length in points."""
        return points * self.dpi / 72

    def option_scale_image(self):
        """Return True: images are sent with their own few values."""
        return True

    def option_image_nocomposite(self):
        """Return True: the browser lays images over each other."""
        return True

    def get_text_width_height_descent(self, s, prop, ismath):
        """Measure text as the stills do, so that both have one layout."""
        s, ismath = _simple(s, ismath)
        return _measure.size(s, prop, ismath, self.dpi)

    def draw_path(self, gc, path, transform, rgbFace=None):
        """Record a path."""
        fill = _filled(gc, rgbFace)
        letters, points = self._cleaned(path, transform + self._down, gc, clip=fill is None)
        if len(points):
            self._op("p", self._style(gc, fill), *self._points(points), letters)

    def draw_markers(self, gc, marker_path, marker_trans, path, trans, rgbFace=None):
        """Record one mark and the places where it stands."""
        places = self._down.transform(trans.transform(path.vertices))
        places = places[np.isfinite(places).all(1)]
        self._marks(gc, marker_path, marker_trans, places, _filled(gc, rgbFace))

    def draw_path_collection(
        self,
        gc,
        master_transform,
        paths,
        all_transforms,
        offsets,
        offset_trans,
        facecolors,
        edgecolors,
        linewidths,
        linestyles,
        antialiaseds,
        urls,
        offset_position,
        **kwargs,
    ):
        """Record a collection; equal marks of different colours go as one operation."""
        sides = (facecolors, edgecolors, linewidths, linestyles)
        if self._faces(gc, master_transform, paths, all_transforms, offsets, *sides):
            return
        count = len(offsets)
        places = self._down.transform(offset_trans.transform(offsets))
        good = np.isfinite(places).all(1) if count else np.zeros(0, bool)
        faces, edges = (np.asarray(c, float).reshape(-1, 4) for c in (facecolors, edgecolors))
        own_edges = len(edges) > 1
        alike = (
            len(paths) == 1
            and max(len(all_transforms), len(linewidths), len(linestyles)) <= 1
            and len(faces) > 1
            and good.any()
            and (not own_edges or np.array_equal(edges, faces))
        )
        if not alike:
            super().draw_path_collection(
                gc,
                master_transform,
                paths,
                all_transforms,
                offsets,
                offset_trans,
                *sides,
                antialiaseds,
                urls,
                offset_position,
                **kwargs,
            )
            return
        own = Affine2D(all_transforms[0]) if len(all_transforms) else Affine2D()
        gc.set_linewidth(float(linewidths[0]) if len(linewidths) and len(edges) else 0.0)
        gc.set_foreground(edges[0] if len(edges) else (0, 0, 0, 0), isRGBA=True)
        mark = own + master_transform + Affine2D().scale(1, -1)
        letters, points = self._cleaned(paths[0], mark, gc, clip=False)
        if not len(points):
            return
        colours = np.round(255 * np.clip(np.resize(faces, (count, 4))[good], 0, 1))
        self._op(
            "c",
            self._style(gc, (0.0, 0.0, 0.0, 1.0)),
            *self._points(points),
            letters,
            *self._points(places[good]),
            self._blob(colours.astype(np.uint8).tobytes()),
            int(own_edges),
        )

    def _faces(
        self, gc, transform, paths, transforms, offsets, faces, edges, widths, styles
    ) -> bool:
        """Record polygons of equally many corners as one operation; say whether they are such."""
        corners = {len(path.vertices) for path in paths}
        if (
            len(paths) < 8
            or len(faces) != len(paths)
            or corners != {len(paths[0].vertices)}
            or len(transforms)
            or np.any(offsets)
            or max(len(widths), len(styles)) > 1
            or any(path.codes is None or path.codes[-1] != Path.CLOSEPOLY for path in paths)
            or any(Path.CURVE3 in path.codes or Path.CURVE4 in path.codes for path in paths[:1])
        ):
            return False
        faces, edges = (np.asarray(c, float).reshape(-1, 4) for c in (faces, edges))
        own_edges = len(edges) > 1
        if own_edges and len(edges) != len(faces):
            return False
        points = np.concatenate([path.vertices[:-1] for path in paths])
        points = (transform + self._down).transform(points)
        if not np.isfinite(points).all():
            return False
        gc.set_linewidth(float(widths[0]) if len(widths) and len(edges) else 0.0)
        gc.set_foreground(edges[0] if len(edges) else (0, 0, 0, 0), isRGBA=True)
        both = np.concatenate([faces, edges]) if own_edges else faces
        colours = np.round(255 * np.clip(both, 0, 1)).astype(np.uint8)
        self._op(
            "f",
            self._style(gc, (0.0, 0.0, 0.0, 1.0)),
            self._points(np.clip(points, -_FAR, _FAR))[0],
            len(paths),
            corners.pop() - 1,
            self._blob(colours.tobytes()),
            int(own_edges),
        )
        return True

    def draw_image(self, gc, x, y, im, transform=None):
        """Record an image by its own values and the map that lays it on the page."""
        rows, columns = im.shape[:2]
        resampled = transform is None  # smoothed already, for pixels of the figure
        if resampled:
            transform = Affine2D().scale(columns, rows)
        a, b, c, d, e, f = (float(v) for v in transform.get_affine().to_values())
        # the map of the unit square, y upwards, becomes that of pixels of the image, y downwards
        scale = (a / columns, -b / columns, c / rows, -d / rows)
        place = (e + x, self.height - (f + y))
        values = [round(v, 4) for v in (*scale, *place)]
        data = np.ascontiguousarray(im[..., :4])
        self._op(
            "i",
            self._clip(gc),
            self._blob(data.tobytes()),
            columns,
            rows,
            *values,
            int(resampled),
            round(float(gc.get_alpha()), 4),
        )

    def draw_text(self, gc, x, y, s, prop, angle, ismath=False, mtext=None):
        """Record text as text; mathematical text becomes paths."""
        s, ismath = _simple(s, ismath)
        if ismath:
            super().draw_text(gc, x, y, s, prop, angle, ismath, mtext)
            return
        width, _, _ = self.get_text_width_height_descent(s, prop, False)
        weight = prop.get_weight()
        bold = weight in ("bold", "heavy", "black", "semibold", "demibold", "extra bold") or (
            isinstance(weight, int) and weight >= 600
        )
        self._op(
            "t",
            s,
            round(float(x), 2),
            round(float(self.height - y), 2),
            round(float(angle), 2),
            round(float(self.points_to_pixels(prop.get_size_in_points())), 2),
            _line_colour(gc),
            "bold" if bold else "normal",
            prop.get_style(),
            round(float(width), 2),
            self._clip(gc),
        )

    # how it is written down

    def _op(self, *operation) -> None:
        self._ops.append(list(operation))

    def _points(self, points: np.ndarray) -> tuple[int, int]:
        """Keep points; return the place of the first float and the number of points."""
        first = self._float_count
        self._floats.append(np.asarray(points, "<f4").ravel())
        self._float_count += 2 * len(points)
        return first, len(points)

    def _blob(self, data: bytes) -> int:
        first = self._byte_count
        self._bytes.append(data)
        self._byte_count += len(data)
        return first

    def _cleaned(self, path, transform, gc, clip: bool) -> tuple[str, np.ndarray]:
        """Letters and points of a path in pixels, without what is not finite or far outside."""
        bounds = (0.0, 0.0, self.width, self.height) if clip else None
        found = path.cleaned(
            transform=transform,
            remove_nans=True,
            clip=bounds,
            simplify=path.should_simplify,
            curves=True,
            stroke_width=self.points_to_pixels(gc.get_linewidth()),
            snap=gc.get_snap(),
        )
        keep = found.codes != Path.STOP
        codes = found.codes[keep]
        points = np.clip(found.vertices[keep], -_FAR, _FAR)
        if not len(codes):
            return "", points
        if codes[0] == Path.MOVETO and np.all(codes[1:] == Path.LINETO):
            return "", points
        letters, kept, n = [], [], 0
        while n < len(codes):
            code = codes[n]
            if code == Path.CLOSEPOLY:
                letters.append("Z")
                n += 1
                continue
            step = {Path.CURVE3: 2, Path.CURVE4: 3}.get(code, 1)
            letters.append(_LETTERS[code])
            kept.append(points[n : n + step])
            n += step
        return "".join(letters), np.concatenate([np.zeros((0, 2)), *kept])

    def _marks(self, gc, marker_path, marker_trans, places, fill) -> None:
        mark = marker_trans + Affine2D().scale(1, -1)
        letters, points = self._cleaned(marker_path, mark, gc, clip=False)
        if len(points) and len(places):
            relative, spots = self._points(points), self._points(np.clip(places, -_FAR, _FAR))
            self._op("m", self._style(gc, fill), *relative, letters, *spots)

    def _style(self, gc: GraphicsContextBase, fill) -> int:
        """Number of a style: line, fill, dashes and clip."""
        width = self.points_to_pixels(gc.get_linewidth())
        offset, dashes = gc.get_dashes()
        style = {
            "line": _line_colour(gc) if width > 0 else "",
            "fill": "" if fill is None else _colour(fill, fill[3] if len(fill) > 3 else 1.0),
            "width": round(float(width), 3),
            "cap": gc.get_capstyle(),
            "join": gc.get_joinstyle(),
            "dash": None
            if dashes is None
            else tuple(round(float(self.points_to_pixels(d)), 2) for d in dashes),
            "offset": round(float(self.points_to_pixels(offset or 0)), 2),
            "clip": self._clip(gc),
        }
        key = tuple(style.items())
        return self._styles.setdefault(key, len(self._styles))

    def _clip(self, gc) -> int:
        """Number of a clip, -1 for none: a rectangle, or a path as letters and points."""
        path, transform = gc.get_clip_path()
        box = gc.get_clip_rectangle()
        if path is not None:
            letters, points = self._cleaned(path, transform + self._down, gc, clip=False)
            letters = letters or "M" + "L" * (len(points) - 1) + "Z"
            key = (letters, *(round(float(v), 2) for v in points.ravel()))
        elif box is not None:
            top = self.height - box.y1
            key = tuple(round(float(v), 2) for v in (box.x0, top, box.width, box.height))
        else:
            return -1
        return self._clips.setdefault(key, len(self._clips))


def record(figure, artists: Iterable | None = None) -> bytes:
    """Return the display list of a figure, or of some of its artists alone.

    Parameters
    ----------
    figure
        A Matplotlib figure whose layout is solved.
    artists
        Artists to draw, in their order; None draws the figure without its animated artists.
    """
    renderer = DisplayRenderer(*figure.bbox.size, figure.dpi)
    if artists is None:
        figure.draw(renderer)
    else:
        for artist in artists:
            artist.draw(renderer)
    renderer.describe(figure, animated=artists is not None)
    return renderer.packed()


def _simple(text: str, ismath) -> tuple[str, bool | str]:
    """Text and whether it is mathematical: a number alone is not."""
    found = _NUMBER.fullmatch(text) if ismath is True else None
    return (found[1], False) if found else (text, ismath)


def _plain(label: str) -> str:
    """A label without the marks of mathematical text."""
    return label.replace("$", "").replace("{", "").replace("}", "").replace("\\", "")


def _filled(gc, face):
    """A fill with its opacity; None where nothing is filled."""
    if face is None:
        return None
    red, green, blue = (float(v) for v in face[:3])
    own = float(face[3]) if len(face) > 3 else 1.0
    return red, green, blue, gc.get_alpha() if gc.get_forced_alpha() else own


def _line_colour(gc) -> str:
    rgba = gc.get_rgb()
    own = rgba[3] if len(rgba) > 3 else 1.0
    return _colour(rgba, gc.get_alpha() if gc.get_forced_alpha() else own)


def _colour(rgb, alpha) -> str:
    text = to_hex((*rgb[:3], float(1.0 if alpha is None else alpha)), keep_alpha=True)
    return text[:7] if text.endswith("ff") else text
