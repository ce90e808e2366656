"""The stored result of chapter 1: a part of it made again, and the runner's promises."""

import json
from dataclasses import replace

import numpy as np
import pytest

from qmlcourse.reproduce import runner
from qmlcourse.reproduce.ab_oscillations import TIERS, work
from qmlcourse.reproduce.ab_oscillations.sizes import RingSizes
from qmlcourse.storage import shipped


def small(**changes):
    sizes = RingSizes(rings=320, chunk=80, thermal_rings=2, thermal_energies=301)
    return replace(sizes, **changes)


def test_the_first_stored_rings_come_out_again():
    stored = shipped.load_json("ab_oscillations_laptop")
    values = {k: tuple(v) if isinstance(v, list) else v for k, v in stored["settings"].items()}
    seeds = np.random.SeedSequence([stored["seed"], 0, 0]).generate_state(8, np.uint64)
    again = work.ring_harmonics(RingSizes(**values), [int(s) for s in seeds])
    assert np.abs(again - stored["first_rings"]).max() < 1e-9


def test_the_stored_result_says_what_the_chapter_says():
    stored = shipped.load_json("ab_oscillations_laptop")
    h_over_e, h_over_2e = np.abs(stored["mean_harmonics"])
    assert h_over_2e > 3 * h_over_e
    assert stored["exponent"][0] == pytest.approx(-0.5, abs=4 * stored["exponent_error"][0])


def test_an_interrupted_run_goes_on_and_ends_the_same(tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(TIERS, "laptop", small())
    whole = runner.reproduce("ab_oscillations", "laptop", tmp_path / "whole", seed=1)
    calls = []
    unharmed = work.ring_harmonics

    def dies_in_the_second_chunk(sizes, seed, device):
        calls.append(len(seed))
        if len(calls) == 2:
            raise KeyboardInterrupt
        return unharmed(sizes, seed, device)

    monkeypatch.setattr(work, "ring_harmonics", dies_in_the_second_chunk)
    with pytest.raises(KeyboardInterrupt):
        runner.reproduce("ab_oscillations", "laptop", tmp_path / "broken", seed=1)
    (tmp_path / "broken" / "ring-00000.npz").write_bytes(b"damaged")
    monkeypatch.setattr(work, "ring_harmonics", unharmed)
    broken = runner.reproduce("ab_oscillations", "laptop", tmp_path / "broken", seed=1)
    assert whole.name == broken.name == "ab_oscillations_laptop.json"
    assert whole.read_bytes() == broken.read_bytes()
    assert "h/2e" in capsys.readouterr().out
    result = json.loads(whole.read_bytes())
    assert result["rings"] == 320
    assert set(result) == set(shipped.load_json("ab_oscillations_laptop"))


def test_the_gpu_tier_s_lines_give_the_same_numbers():
    pytest.importorskip("torch")
    sizes, seed = small(), [3, 4]
    for harmonics in (work.ring_harmonics, work.thermal_harmonics):
        assert np.abs(harmonics(sizes, seed) - harmonics(sizes, seed, "cpu")).max() < 1e-10


def test_an_unknown_tier_is_refused(tmp_path):
    with pytest.raises(ValueError, match="laptop, gpu"):
        runner.reproduce("ab_oscillations", "cluster", tmp_path)


def test_shipped_files_are_checked(tmp_path):
    path = tmp_path / "thing.json"
    path.write_text("{}")
    shipped.register("thing", path, command="make it", tier="laptop", what="x", folder=tmp_path)
    entry = json.loads((tmp_path / "manifest.json").read_text())["thing"]
    assert entry["command"] == "make it"
    with pytest.raises(ValueError, match="nothing called"):
        shipped.read("no such thing")
    for name in shipped.manifest():
        assert shipped.read(name)
