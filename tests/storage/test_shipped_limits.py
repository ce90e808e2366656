"""What is shipped stays small: a limit for each chapter, and one for all together."""

import json

import pytest

from qmlcourse.course.chapters import CHAPTERS
from qmlcourse.storage import shipped

ALL = 30_000_000  # bytes


@pytest.mark.parametrize("chapter", shipped.LIMITS)
def test_a_chapter_keeps_to_its_bytes(chapter):
    taken = shipped.sizes()[chapter]
    assert 0 < taken <= shipped.LIMITS[chapter]


def test_the_limits_are_those_of_all_chapters_and_stay_below_that_of_all_together():
    assert set(shipped.LIMITS) == {chapter.name for chapter in CHAPTERS}
    assert sum(shipped.LIMITS.values()) <= ALL
    everything = sum(file.stat().st_size for file in shipped._FOLDER.iterdir())
    assert sum(shipped.sizes().values()) <= everything <= ALL


def test_every_file_of_the_folder_is_listed_and_counted_once():
    files = {file.name for file in shipped._FOLDER.iterdir()} - {"manifest.json"}
    assert files == {entry["file"] for entry in shipped.manifest().values()}
    total = sum((shipped._FOLDER / name).stat().st_size for name in files)
    assert sum(shipped.sizes().values()) == total


def test_a_file_beyond_the_limit_is_not_taken(tmp_path, monkeypatch):
    (tmp_path / "shipped").mkdir()
    monkeypatch.setattr(shipped, "LIMITS", shipped.LIMITS | {"ab_oscillations": 100})
    told = {
        "command": "a test",
        "tier": "laptop",
        "what": "nothing",
        "folder": tmp_path / "shipped",
    }
    for name, size in (("ab_one", 60), ("ab_two", 41)):
        (tmp_path / f"{name}.json").write_bytes(b" " * size)
    shipped.register("ab_one", tmp_path / "ab_one.json", **told)
    with pytest.raises(ValueError, match="101 bytes; take at most 100"):
        shipped.register("ab_two", tmp_path / "ab_two.json", **told)
    assert set(json.loads((tmp_path / "shipped" / "manifest.json").read_text())) == {"ab_one"}
    (tmp_path / "ab_one.json").write_bytes(b" " * 90)
    shipped.register("ab_one", tmp_path / "ab_one.json", **told)  # the old one goes
