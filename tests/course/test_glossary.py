"""The words of the glossary as the page's cards have them."""

import json
import re

import numpy as np
import pytest

from qmlcourse.course import glossary
from qmlcourse.course.small_pictures import small_pictures

_NUMBER = re.compile(r"-?\d+\.\d+")


def stored():
    text = glossary.place().read_text("utf-8")
    inside = text.split('id="qml-words">')[1].split("</script>")[0]
    return json.loads(inside)


def test_the_page_has_the_words_of_the_glossary():
    found = {entry["word"]: entry["text"] for entry in stored()["words"].values()}
    assert found == glossary.words(), "run `qmlcourse glossary`"
    assert len(found) >= 40
    assert "<math" in found["Flux quantum"]
    assert not any("$" in text for text in found.values())


@pytest.fixture(scope="module")
def pictures():
    return small_pictures()


def test_small_pictures_are_computed_as_they_are_stored(pictures):
    there = {one["word"]: one["picture"] for one in stored()["words"].values() if one["picture"]}
    assert set(there) == set(pictures) <= set(glossary.words())
    assert len(there) >= 6
    for word, picture in pictures.items():
        assert _shape(picture) == _shape(there[word]), word
        np.testing.assert_allclose(_numbers(picture), _numbers(there[word]), atol=0.2)


def test_small_pictures_say_what_they_show_and_stay_in_their_frame(pictures):
    for picture in pictures.values():
        assert re.search(r'role="img" aria-label="[^"]{30,}\.?"', picture)
        assert len(picture) < 6000
        for points in re.findall(r'points="([^"]*)"', picture):
            x, y = np.array([one.split(",") for one in points.split()], float).T
            assert 0 <= x.min() < x.max() <= 220
            assert 0 <= y.min() < y.max() <= 96


def _shape(picture):
    plain = re.sub(r"base64,[^\"]*", "", picture)
    return _NUMBER.sub("#", plain)


def _numbers(picture):
    return [float(one) for one in _NUMBER.findall(re.sub(r"base64,[^\"]*", "", picture))]
