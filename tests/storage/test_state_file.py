"""The state of a long computation survives a file, and a damaged file is named."""

import numpy as np
import pytest
import torch

from qmlcourse.storage.atomic import replacing_file, replacing_folder, write_bytes
from qmlcourse.storage.state_file import read_state, write_state


def test_arrays_tensors_and_json_come_back(tmp_path):
    state = {
        "step": 3,
        "history": [{"loss": 0.5}],
        "weights": {"a": torch.arange(6.0).reshape(2, 3), "b": np.array([1 + 2j])},
    }
    write_state(tmp_path / "run.npz", state)
    again = read_state(tmp_path / "run.npz")
    assert again["step"] == 3
    assert again["history"] == [{"loss": 0.5}]
    np.testing.assert_array_equal(again["weights"]["a"], np.arange(6.0).reshape(2, 3))
    assert again["weights"]["a"].dtype == np.float32
    assert again["weights"]["b"][0] == 1 + 2j


@pytest.mark.parametrize("content", [b"", b"not a file", b"PK\x03\x04 half"])
def test_a_damaged_state_is_one_sentence(tmp_path, content):
    path = tmp_path / "run.npz"
    path.write_bytes(content)
    with pytest.raises(ValueError, match="holds no state that can be read"):
        read_state(path)


def test_objects_are_not_read(tmp_path):
    path = tmp_path / "run.npz"
    np.savez(path, bad=np.array([{"a": 1}], dtype=object))
    with pytest.raises(ValueError, match="holds no state"):
        read_state(path)


def test_a_failed_write_leaves_the_old_file_and_no_draft(tmp_path):
    path = tmp_path / "kept.json"
    write_bytes(path, b"old")

    def fail():
        with replacing_file(path) as draft:
            draft.write_bytes(b"half of the n")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["kept.json"]


def test_a_folder_is_replaced_as_a_whole(tmp_path):
    folder = tmp_path / "deep" / "wire"
    for text in ("one", "two"):
        with replacing_folder(folder) as draft:
            (draft / "a").write_text(text)
    assert (folder / "a").read_text() == "two"

    def fail():
        with replacing_folder(folder) as draft:
            (draft / "a").write_text("three")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert (folder / "a").read_text() == "two"
    assert [p.name for p in folder.parent.iterdir()] == ["wire"]
