"""The formulas of the lecturers' guides are whole: nothing is lost at a dollar sign."""

import re
from pathlib import Path

import pytest

GUIDES = sorted((Path(__file__).parents[2] / "chapters" / "guides").glob("*.md"))
_FORMULA = re.compile(r"\$([^$]*)\$")
_WORDS = re.compile(r"(?<![\\A-Za-z])[A-Za-z]{3,}[ ,]+[A-Za-z]{2,}")
# what only a formula holds, or an operator whose left side is gone
_LOST = re.compile(
    r"\\[A-Za-z]+|\\,|[_^]\{|(?<!\S)[/^_]\w"
    r"|(?:(?:^|[,;:.(])\s*|\b(?:a|and|as|at|by|for|from|is|of|the|to|with)\s+)[=/^_]\s*\w"
)


def broken_formulas(text):
    """What is wrong with the formulas of a text, one sentence each; none where all are whole."""
    found = []
    for part in re.split(r"\n\s*\n|\n\|", text):
        code = re.findall(r"`([^`]*)`", part)
        for piece in (*code, re.sub(r"`[^`]*`", "code", part)):
            if piece.count("$") % 2:
                found.append(f"an odd number of dollar signs in {piece!r}")
                continue
            found += [
                f"{reason} in ${f}$" for f in _FORMULA.findall(piece) for reason in _faults(f)
            ]
            if piece not in code and (lost := _LOST.search(_FORMULA.sub("x", piece))):
                found.append(f"mathematics outside of a formula: {lost.group()!r} in {piece!r}")
    return found


def _faults(formula):
    if not formula.strip():
        yield "nothing"
        return
    if formula != formula.strip() or formula[0] in ",;.=/^_)]}" or formula[-1] in "=+-/^_([{\\":
        yield "a symbol is missing at an end"
    if any(formula.count(a) != formula.count(b) for a, b in ("{}", "[]", "()")):
        yield "an open bracket"
    if _WORDS.search(re.sub(r"\\(text|mathrm)\{[^}]*\}", "", formula)):
        yield "prose"


def test_there_is_a_guide_for_each_chapter():
    assert [path.name[:2] for path in GUIDES] == [f"0{n}" for n in range(1, 8)]


@pytest.mark.parametrize("path", GUIDES, ids=lambda path: path.stem)
def test_formulas_are_whole(path):
    assert broken_formulas(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "text",
    [
        # what stood in the guides once, after a shell had read the dollar signs
        "The conductance repeats after /e$, and averaging leaves /2e$.",
        "The two arms with $ and  e^{2\\pi i\\Phi/(h/e)}$; the closed loop of $; the pair.",
        "$ for an even state and for one site.",
        "the small change -G_0[:,s]G_0[s,s]^{-1}G_0[s,:]$.",
        "Second quantisation as far as ^\\dagger c$, and more.",
        # all dollar signs gone, an end gone, a bracket open, nothing
        "The arms with a and b\\,e^{i\\varphi}.",
        "A phase of = 2 at the end.",
        "The ratio $x=$ and more.",
        "The sum $\\frac{1}{2$ of both.",
        "A pair of $$ signs.",
        "| why | 3 | `The sign of $h/e depends` |",
    ],
)
def test_what_is_broken_is_found(text):
    assert broken_formulas(text)


@pytest.mark.parametrize(
    "text",
    [
        "The arms with $a$ and $b\\,e^{2\\pi i\\Phi/(h/e)}$; a loop of $A$.",
        "| why | 3 | `The sign of $h/e$ depends` | `a:b=2,c=1/4` | one and two / three |",
        "The change $-G_0[:,s]G_0[s,s]^{-1}G_0[s,:]$, 25 m/s, h/2e and W = 10.",
    ],
)
def test_what_is_whole_is_left_in_peace(text):
    assert broken_formulas(text) == []
