"""The stored result of chapter 1: a part of it made again, and the runner's promises."""

import json
from dataclasses import replace

import numpy as np
import pytest

from qmlcourse.storage import shipped
from qmlcourse.reproduce.ab_oscillations import work


def small(**changes):
    return replace(
        work.Settings(rings=320, chunk=80, thermal_rings=2, thermal_energies=301), **changes
    )


def test_the_first_stored_rings_come_out_again():
    stored = shipped.load_json("ab_oscillations_laptop")
    settings = work.Settings(
        **{k: tuple(v) if isinstance(v, list) else v for k, v in stored["settings"].items()}
    )
    seeds = np.random.SeedSequence([stored["seed"], 0, 0]).generate_state(8, np.uint64)
    again = work.ring_harmonics(settings, [int(s) for s in seeds])
    assert np.abs(again - stored["first_rings"]).max() < 1e-9


def test_the_stored_result_says_what_the_chapter_says():
    stored = shipped.load_json("ab_oscillations_laptop")
    h_over_e, h_over_2e = np.abs(stored["mean_harmonics"])
    assert h_over_2e > 3 * h_over_e
    assert stored["exponent"][0] == pytest.approx(-0.5, abs=4 * stored["exponent_error"][0])


def test_an_interrupted_run_goes_on_and_ends_the_same(tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(work.TIERS, "laptop", small())
    work.run("laptop", tmp_path / "whole", seed=1)
    calls = []
    work = work.ring_harmonics

    def dies_in_the_second_chunk(settings, seeds, device):
        calls.append(len(seeds))
        if len(calls) == 2:
            raise KeyboardInterrupt
        return work(settings, seeds, device)

    monkeypatch.setattr(reproduce, "ring_harmonics", dies_in_the_second_chunk)
    with pytest.raises(KeyboardInterrupt):
        work.run("laptop", tmp_path / "broken", seed=1)
    (tmp_path / "broken" / "ring-00000.npz").write_bytes(b"damaged")
    monkeypatch.setattr(reproduce, "ring_harmonics", work)
    work.run("laptop", tmp_path / "broken", seed=1)
    name = "ab_oscillations_laptop.json"
    first, second = ((tmp_path / d / name).read_bytes() for d in ("whole", "broken"))
    assert first == second
    assert "h/2e" in capsys.readouterr().out
    assert json.loads(first)["rings"] == 320


def test_the_gpu_tier_s_lines_give_the_same_numbers():
    pytest.importorskip("torch")
    settings, seeds = small(), [3, 4]
    for work in (work.ring_harmonics, work.thermal_harmonics):
        assert np.abs(work(settings, seeds) - work(settings, seeds, "cpu")).max() < 1e-10


def test_an_unknown_tier_is_refused(tmp_path):
    with pytest.raises(ValueError, match="laptop, gpu"):
        work.run("cluster", tmp_path)


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
