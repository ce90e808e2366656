"""Files are refused in one sentence, and the last good one stays."""

import pytest

from qmlcourse.widgets import upload
from qmlcourse.widgets.export import csv_bytes
from qmlcourse.widgets.files import CHANNEL_LIMIT, text


def parse(content):
    rows = text(content).split()
    if "x" in rows:
        raise ValueError("Row 2 is not a number")
    return [float(row) for row in rows]


@pytest.fixture
def box():
    box = upload("Your curve", ".csv", parse, max_bytes=1000)
    assert box.receive("good.csv", content=b"1 2 3")
    return box


@pytest.mark.parametrize(
    ("size", "content", "said"),
    [
        (0, b"", "bad.csv is empty."),
        (100_000_000, None, "bad.csv has 100.0 MB; at most 1000 bytes are taken."),
        (None, b"1" * 2000, "bad.csv has 2000 bytes; at most 1000 bytes are taken."),
        (None, b"\x00\x01", "This is not a text file."),
        (None, b"\xff\xfe9", "This is not a text file in UTF-8."),
        (None, b"1 x", "Row 2 is not a number."),
        (10, None, "bad.csv did not arrive; please choose it again."),
    ],
)
def test_bad_files_are_refused_and_the_good_one_stays(box, size, content, said):
    assert not box.receive("bad.csv", size, content)
    assert box.status.text == f"{said} good.csv stays in use."
    assert box.status.tone == "error"
    assert (box.value, box.name) == ([1.0, 2.0, 3.0], "good.csv")
    assert len(box.errors) == 1


def test_too_much_is_never_parsed():
    parsed = []
    box = upload("Your curve", ".csv", parsed.append, max_bytes=10)
    box.receive("big.csv", content=b"1" * 11)
    assert parsed == []


def test_a_broken_parser_is_shown(box):
    box._parse = lambda content: 1 / 0
    box.receive("odd.csv", content=b"1")
    assert box.status.text.startswith("Something went wrong: ZeroDivisionError")


def test_the_browser_knows_the_limit_and_it_fits_the_channel():
    assert upload("Any", "", parse, max_bytes=10**9).chooser.limit == CHANNEL_LIMIT < 10_000_000


def test_a_message_from_the_browser_is_read(box):
    message = {"do": "file", "name": "new.csv", "size": 3}
    box.chooser._handle_custom_msg(message, [memoryview(b"4 5")])
    assert (box.value, box.name) == ([4.0, 5.0], "new.csv")


def test_csv_pads_short_columns_and_quotes_names():
    out = csv_bytes({"a, b": [1.5, 2], "c": ["x"]}, ("title\nline",)).decode()
    assert out == '# title line\n"a, b",c\n1.5,x\n2,\n'
    with pytest.raises(ValueError, match="one dimension"):
        csv_bytes({"a": [[1, 2]]})
