"""The one font of all pictures, for the browser: Matplotlib's own DejaVu Sans, cut to what we use.

Stills and the layout of every picture are measured with DejaVu Sans, which comes with Matplotlib.
A browser need not have it, so a page is given the two weights once, without hints and with the
letters that pictures use. Words in other scripts come from the page's own fonts.
"""

from __future__ import annotations

import io
import logging
from functools import cache
from pathlib import Path

import matplotlib

NAME = "QML DejaVu Sans"
_LETTERS = (
    *range(0x20, 0x180),  # Latin
    *range(0x370, 0x400),  # Greek
    *range(0x2010, 0x2060),  # dashes and quotes
    *range(0x2070, 0x20A0),  # raised and lowered digits
    *range(0x2100, 0x2150),
    *range(0x2190, 0x2300),  # arrows, mathematics
    *range(0x25A0, 0x2600),  # geometric shapes
)


@cache
def fonts() -> dict[str, bytes]:
    """Return the regular and the bold font as WOFF files, by the weight that CSS gives them."""
    return {"normal": _cut("DejaVuSans.ttf"), "bold": _cut("DejaVuSans-Bold.ttf")}


def _cut(name: str) -> bytes:
    from fontTools import subset

    logging.getLogger("fontTools.subset").setLevel(logging.ERROR)  # tables that nobody draws with
    options = subset.Options()
    options.hinting = False
    options.drop_tables += ["GPOS", "GSUB", "FFTM"]
    font = subset.load_font(Path(matplotlib.get_data_path(), "fonts", "ttf", name), options)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=_LETTERS)
    cutter.subset(font)
    font.flavor = "woff"
    stream = io.BytesIO()
    font.save(stream)
    return stream.getvalue()
