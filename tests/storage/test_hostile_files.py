"""Files made to break a loader: each is refused in one sentence, and nothing of it runs."""

import json
import pickle
import struct
import time

import numpy as np
import pytest
import torch
from safetensors.torch import save

from qmlcourse import self_energy, transport
from qmlcourse.anderson.classifier import Classifier
from qmlcourse.storage import dataset, shipped
from qmlcourse.widgets import Prediction, kept
from qmlcourse.widgets.answers import Answer
from qmlcourse.widgets.export import csv_bytes
from qmlcourse.widgets.files import Upload
from qmlcourse.ynet.reader import Reader

READER = shipped.read("ynet_one")
CLASSIFIER = shipped.read("classifier_metal-small-8")


def with_header(data, change):
    """The same file with a changed header."""
    length = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8 : 8 + length])
    change(header)
    fresh = json.dumps(header).encode()
    return struct.pack("<Q", len(fresh)) + fresh + data[8 + length :]


def told(key, **settings):
    def change(header):
        about = json.loads(header["__metadata__"][key])
        about["net" if key == "reader" else "settings"].update(settings)
        header["__metadata__"][key] = json.dumps(about)

    return change


def no_metadata(header):
    del header["__metadata__"]


def far_away(header):
    name = next(name for name in header if name != "__metadata__")
    header[name]["data_offsets"] = [0, 2**50]


@pytest.mark.parametrize(("load", "data"), [(Reader, READER), (Classifier, CLASSIFIER)])
@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: b"",
        lambda data: data[:1000],
        lambda data: data[:-7],
        lambda data: struct.pack("<Q", 2**60) + data[8:],
        lambda data: b"PK\x03\x04" + data,
        lambda data: pickle.dumps({"weights": 1}),
        lambda data: with_header(data, no_metadata),
        lambda data: with_header(data, far_away),
        lambda data: save({"net.x": torch.zeros(2)}, {"reader": "{}", "classifier": "[]"}),
    ],
    ids=["empty", "torn", "short", "huge", "zip", "pickle", "no-words", "far", "other"],
)
def test_spoiled_networks_are_refused(load, data, spoil):
    with pytest.raises((ValueError, KeyError)) as refused:
        load.from_bytes(spoil(data))
    assert "\n" not in str(refused.value)


def test_a_network_cannot_ask_for_more_memory_than_it_brings():
    start = time.monotonic()
    for data, key, load in ((READER, "reader", Reader), (CLASSIFIER, "classifier", Classifier)):
        name = next(
            iter(
                json.loads(json.loads(_header(data))["__metadata__"][key])[
                    "net" if key == "reader" else "settings"
                ]
            )
        )
        for size in (99_999, 10**12):
            with pytest.raises(ValueError, match="do not fit"):
                load.from_bytes(with_header(data, told(key, **{name: size})))
    assert time.monotonic() - start < 20


def _header(data):
    return data[8 : 8 + struct.unpack("<Q", data[:8])[0]]


def test_unspoiled_networks_are_read():
    assert Reader.from_bytes(READER).kind == "one"
    assert len(Classifier.from_bytes(CLASSIFIER).networks) >= 1


class Trap:
    """Something that would leave a mark if it were unpickled."""

    def __init__(self, mark):
        self.mark = str(mark)

    def __reduce__(self):
        return (open, (self.mark, "w"))


def test_a_dataset_with_pickles_in_it_is_refused(tmp_path):
    mark = tmp_path / "reached"
    place = tmp_path / "data.zarr"
    (place / "x").mkdir(parents=True)
    (place / "recipe.json").write_text("{}")
    array = {
        "zarr_format": 2,
        "shape": [1],
        "chunks": [1],
        "dtype": "|O",
        "compressor": None,
        "fill_value": None,
        "order": "C",
        "filters": [{"id": "pickle", "protocol": 5}],
    }
    (place / ".zgroup").write_text('{"zarr_format": 2}')
    (place / ".zattrs").write_text('{"chunk": 1}')
    (place / "x" / ".zarray").write_text(json.dumps(array))
    (place / "x" / ".zattrs").write_text('{"_ARRAY_DIMENSIONS": ["sample"]}')
    (place / "x" / "0").write_bytes(pickle.dumps(np.array([Trap(mark)], dtype=object)))
    with pytest.raises(ValueError, match="damaged, or no dataset of this course"):
        dataset.load(place)
    assert not mark.exists()


@pytest.mark.parametrize("text", ["{", "[]", '{"zarr_format": 3, "node_type": "group"}'])
def test_a_broken_dataset_is_refused(tmp_path, text):
    (tmp_path / "recipe.json").write_text("{}")
    (tmp_path / "zarr.json").write_text(text)
    with pytest.raises(ValueError, match="damaged, or no dataset of this course"):
        dataset.load(tmp_path)


FORMULAS = b"B,g\n" + b"\n".join(b"=HYPERLINK(1),=1+%d" % n for n in range(40))
LONG = b"B_T,g\n" + b"0.1,1.0\n" * 10_000_000
MARKUP = b"<img src=x onerror=alert(1)>,g\n" + b"\n".join(b"%d,1" % n for n in range(40))


def read_spectra(content, folder):
    path = folder / "curve.csv"
    path.write_bytes(content)
    return self_energy.read_curves(path, temperature=10.0, resolution=0.01)


@pytest.mark.parametrize("read", [lambda data, _: transport.read_curve(data), read_spectra])
@pytest.mark.parametrize(
    "content",
    [
        FORMULAS,
        LONG,
        b"\x00" * 1000,
        b"B,g\n" + b"9" * 5000 + b",1\n",
        b"B,g\nnan,inf\n" * 40,
        b'"' * 100_000,
    ],
    ids=["formulas", "ten-million-rows", "zeros", "long-number", "not-finite", "quotes"],
)
def test_tables_that_are_none_are_refused(read, content, tmp_path):
    start = time.monotonic()
    with pytest.raises(ValueError) as refused:  # noqa: PT011
        read(content, tmp_path)
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 400
    assert time.monotonic() - start < 10


def test_an_oversized_upload_is_refused_unread():
    def never(content):
        raise AssertionError("it was read")

    box = Upload("Curve", ".csv", never, 1000)
    assert not box.receive("big.csv", 10**9, None)
    assert "at most" in box.status.text
    assert not box.receive("big.csv", 10, b"x" * 10**6 if False else None)
    assert box.value is None


def test_a_table_that_leaves_holds_no_formula():
    table = csv_bytes({"name": np.array(["=1+1", "@x", "-2.5", "plain", "+cmd|' /C calc'!A0"])})
    lines = table.decode().splitlines()
    assert lines[1:] == ["'=1+1", "'@x", "-2.5", "plain", "'+cmd|' /C calc'!A0"]


def test_markup_in_answers_is_shown_as_text():
    evil = "<img src=x onerror=alert(1)>"
    kept.keep("markup", Answer(evil, "certain"))
    try:
        recall = Prediction.recall("markup", "yes", "because")
        assert evil not in recall.text.value
        assert "&lt;img" in recall.text.value
        again = Prediction("?", ["yes", "no"], "markup")
        assert again.choice.value is None  # the status line shows text, never markup
    finally:
        kept.clear("markup")
