"""Pages without a kernel, chapters given back, licences: what leaves and what comes back."""

import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from qmlcourse.course import chapters, command_line, doctor, pages

ROOT = Path(__file__).parents[2]
NOTEBOOKS = chapters.notebooks()


@pytest.mark.delivery(2)
@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_handout_stands_alone(notebook):
    page = pages.handout(notebook)
    assert page.count("<math") > 20
    assert "$" not in re.sub(r"<(pre|code)\b.*?</\1>", "", re.sub(r'"[^"]*"', "", page), flags=re.S)
    assert page.count("data:image/png") >= 7
    assert all(link.startswith("data:") for link in re.findall(r'src="([^"]*)"', page))
    assert "<script" not in page
    assert page.count('class="answer"') >= 8


def test_formulas_become_mathml():
    found = pages.markdown("An energy $E=\\hbar\\omega$ and\n\n$$\\int_0^1 x\\,dx = \\tfrac12$$")
    assert found.count("<math") == 2
    assert 'display="block"' in found


def test_the_site_has_a_gallery_of_everything(tmp_path):
    written = pages.write_site(tmp_path)
    assert written[0].name == "index.html"
    gallery = written[0].read_text("utf-8")
    assert gallery.count("<figure>") >= 55
    assert all(f'href="{path.stem}.html"' in gallery for path in NOTEBOOKS)
    assert all(alt.strip() for alt in re.findall(r'<img alt="([^"]*)"', gallery))


@pytest.fixture
def own(tmp_path, monkeypatch):
    """A student's copy of the course with an original to come back to."""
    packed = tmp_path / "package" / "_chapters"
    packed.mkdir(parents=True)
    for name in ("00_welcome.ipynb", "01_ab_oscillations.ipynb"):
        (packed / name).write_bytes((ROOT / "chapters" / name).read_bytes())
    monkeypatch.setattr(chapters, "PACKED", packed)
    monkeypatch.setattr(chapters, "__file__", str(tmp_path / "package" / "course" / "chapters.py"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "home" / "qmlcourse" / "chapters"


def test_an_installed_package_unpacks_its_chapters_once(own):
    assert chapters.folder() == own
    (own / "00_welcome.ipynb").write_text("changed")
    assert chapters.folder() == own
    assert (own / "00_welcome.ipynb").read_text() == "changed"


def test_restore_gives_the_original_back_and_keeps_the_students(own, capsys):
    path = chapters.find(1)
    fresh = path.read_bytes()
    path.write_text(fresh.decode("utf-8").replace("ring", "wring"), "utf-8")
    changed = path.read_bytes()
    assert command_line.main(["restore", "1"]) == 0
    assert path.read_bytes() == fresh
    (kept,) = (own / "kept").glob("*.ipynb")
    assert kept.read_bytes() == changed
    assert str(kept) in capsys.readouterr().out
    assert chapters.find(1) == path  # the kept one is no chapter
    assert chapters.restore(1) == (path, None)


def test_restore_says_what_is_missing(own, monkeypatch):
    chapters.folder()
    monkeypatch.setattr(chapters, "PACKED", own.parent / "nothing")
    (own / "01_ab_oscillations.ipynb").write_text("mine")
    with pytest.raises(ValueError, match="neither in the package nor in git"):
        chapters.restore(1)
    assert (own / "01_ab_oscillations.ipynb").read_text() == "mine"


@pytest.mark.parametrize("tool", [True, False], ids=["pip-licenses", "without the extra"])
def test_every_dependency_has_a_licence(monkeypatch, tool):
    if not tool:
        monkeypatch.setattr(doctor.importlib.util, "find_spec", lambda name: None)
    table = doctor.licences()
    for name in ("torch", "kwant", "numpy", "voila", "jupyterlab", "ipywidgets", "matplotlib"):
        (row,) = [line for line in table.splitlines() if line.startswith(f"| {name} |")]
        assert re.search("BSD|MIT|Python|PSF|Apache", row), row
    assert ("qmlcourse[audit]" in table) is not tool


@pytest.mark.slow
def test_the_wheel_brings_everything(tmp_path):
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    for path in (
        *ROOT.glob("chapters/*.ipynb"),
        *ROOT.glob("chapters/*/*.md"),
        *ROOT.glob("chapters/ja/*.ipynb"),
    ):
        assert f"qmlcourse/_chapters/{path.relative_to(ROOT / 'chapters').as_posix()}" in names
    for path in (ROOT / "qmlcourse" / "shipped").glob("*"):
        assert f"qmlcourse/shipped/{path.name}" in names
    for name in ("index.html.j2", "lecture.js", "course.js", "error.html"):
        assert any(one.endswith(f"templates/qmlcourse/{name}") for one in names)
    assert wheel.stat().st_size < 60e6
