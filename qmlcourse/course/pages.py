"""Pages without a kernel: a handout to print, and a gallery of all pictures.

Both are made from what the notebooks store, need no network and no script: formulas are MathML.
"""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any

from .. import LANGUAGES
from . import chapters

_FORMULA = re.compile(r"\$\$(.+?)\$\$|\$([^$\n]+)\$", re.DOTALL)
_STYLE = """
body { font: 11.5pt/1.5 Georgia, "DejaVu Serif", "Noto Serif CJK JP", serif; max-width: 46rem;
  margin: 2rem auto; padding: 0 1rem; color: #1a1a1a; }
h1, h2, h3 { font-family: system-ui, "DejaVu Sans", sans-serif; color: #0b3c5d; line-height: 1.25; }
h2 { border-top: 2px solid #0072b2; padding-top: 0.4rem; margin-top: 2rem; }
pre { background: #f5f7f9; padding: 0.6rem 0.8rem; overflow-x: auto; font-size: 0.8em; }
figure { margin: 1rem 0; break-inside: avoid; } img { max-width: 100%; }
details { border: 1px dashed #0072b2; padding: 0.5rem 0.8rem; margin: 1rem 0; }
summary { cursor: pointer; font-weight: 600; }
figcaption { font-size: 0.85em; color: #444; } a { color: #005a8d; }
math[display=block] { margin: 0.8rem 0; }
.qml-compare { font: 10pt/1.35 system-ui, "DejaVu Sans", sans-serif; }
.qml-compare table { border-collapse: collapse; }
.qml-compare tbody tr { border-top: 1px solid #ccc; }
.qml-compare :is(th, td) { text-align: left; font-weight: normal; padding: 2px 0.6rem 2px 0; }
.qml-compare pre { font-size: 8pt; }
.answer { border: 1px solid #bbb; border-radius: 6px; height: 3.2rem; margin: 0.5rem 0; }
@media print { body { max-width: none; margin: 0; } h2 { break-after: avoid; } a { color: #000; } }
"""
_ANSWERED = re.compile(r"\.questions\.(?!recall)|\.recall\(\)")


def handout(notebook: str | Path) -> str:
    """Make of a chapter one page to print: text, formulas, pictures, code, room for answers.

    Parameters
    ----------
    notebook
        Path of the chapter, with its stored outputs.

    Returns
    -------
    str
        A page of HTML that needs no other file.
    """
    book = chapters.load(Path(notebook))
    parts = []
    for cell in book["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            parts.append(markdown(source))
            continue
        if "solution" in cell["metadata"].get("tags", ()):
            continue
        if source.count("\n") >= 2:
            parts.append(f"<pre>{html.escape(source)}</pre>")
        parts += [_output(one) for one in cell["outputs"]]
        if _ANSWERED.search(source):
            parts.append('<div class="answer" role="img" aria-label="room for an answer"></div>')
    place = Path(notebook).parent.name
    language = place if place in LANGUAGES else "en"
    return _page(_title(book), "\n".join(parts), language)


def gallery(folder: str | Path) -> str:
    """Show all explorers of the course on one page, each with what its picture shows."""
    parts = ["<h1>Gallery</h1>", "<p>Every picture was computed by the notebook it comes from.</p>"]
    for path in chapters.notebooks(folder):
        book = chapters.load(path)
        parts.append(f'<h2><a href="{path.stem}.html">{html.escape(_title(book))}</a></h2>')
        for cell in book["cells"]:
            parts += [_figures(one) for one in cell.get("outputs", ())]
    return _page("qmlcourse: gallery", "\n".join(parts))


def write_site(out: str | Path) -> list[Path]:
    """Write gallery and handouts of all chapters into a folder; return the pages."""
    out = Path(out)
    out.mkdir(parents=True, exist_ok=True)
    pages = {"index.html": gallery(chapters.folder())}
    for path in chapters.notebooks():
        pages[f"{path.stem}.html"] = handout(path)
    for name, text in pages.items():
        (out / name).write_text(text, "utf-8")
    return [out / name for name in pages]


def markdown(text: str) -> str:
    """Turn Markdown with formulas into HTML with MathML."""
    from nbconvert.filters.markdown_mistune import markdown2html_mistune

    kept = []

    def keep(match: re.Match) -> str:
        kept.append(_mathml(match))
        return f"qmlformula{len(kept) - 1}end"

    found = markdown2html_mistune(_FORMULA.sub(keep, text))
    found = re.sub(r"qmlformula(\d+)end", lambda match: kept[int(match[1])], found)
    return re.sub(r'<a class="anchor-link"[^>]*>.*?</a>', "", found)


def _mathml(match: re.Match) -> str:
    from latex2mathml.converter import convert

    display = match[1] is not None
    return convert((match[1] or match[2]).strip(), display="block" if display else "inline")


def _output(output: dict[str, Any]) -> str:
    data = output.get("data", {})
    if "text/html" in data:  # a picture behind a veil stays in its fold
        return "".join(data["text/html"])
    if found := _figures(output):
        return found
    text = "".join(output.get("text", ""))
    return f"<pre>{html.escape(text)}</pre>" if text else ""


def _figures(output: dict[str, Any]) -> str:
    return "".join(
        f'<figure><img alt="{html.escape(alt, quote=True)}" src="data:image/png;base64,{picture}" '
        f"/><figcaption>{html.escape(alt)}</figcaption></figure>"
        for picture, alt in chapters.pictures(output)
    )


def _title(book: dict[str, Any]) -> str:
    return "".join(book["cells"][0]["source"]).splitlines()[0].lstrip("# ")


def _page(title: str, body: str, language: str = "en") -> str:
    return (
        f'<!DOCTYPE html>\n<html lang="{language}"><head><meta charset="utf-8" />'
        f'<meta name="viewport" content="width=device-width, initial-scale=1" />'
        f"<title>{html.escape(title)}</title><style>{_STYLE}</style></head>\n"
        f"<body>\n{body}\n</body></html>\n"
    )
