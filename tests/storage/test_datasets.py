"""The data factory: whatever happens on the way, the same bytes in the end."""

import errno
import os
import signal
import subprocess
import sys
import textwrap
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from qmlcourse.course import command_line
from qmlcourse.storage.dataset import Variable, generate, load, store, verify


@dataclass(frozen=True)
class Toy:
    """Random walks, as slow as one likes."""

    chunk: int = 4
    steps: int = 5
    pause: float = 0.0
    name = "toy"
    coordinates: dict = field(default_factory=lambda: {"step": (np.arange(5.0), "s")})

    @property
    def parameters(self):
        return {"steps": self.steps}

    @property
    def variables(self):
        return {
            "walk": Variable(("step",), (self.steps,), "m", "a random walk"),
            "seen": Variable((), (), "", "how many", "int64"),
        }

    def make(self, generator, count):
        time.sleep(self.pause)
        walk = generator.normal(size=(count, self.steps)).cumsum(1)
        return {"walk": walk, "seen": np.full(count, 7)}


def tree(folder):
    """All files of a folder and their bytes."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    return generate(Toy(), 30, tmp_path_factory.mktemp("whole") / "toy", seed=3, quiet=True)


def test_xarray_opens_the_result(undisturbed):
    import xarray

    dataset = xarray.open_zarr(undisturbed)
    assert dict(dataset.sizes) == {"sample": 30, "step": 5}
    assert dataset.walk.attrs == {"units": "m", "long_name": "a random walk"}
    assert dataset.step.values.tolist() == [0, 1, 2, 3, 4]
    assert dataset.attrs["seed"] == 3
    assert dataset.seen.dtype == np.int64
    expected = np.random.default_rng([3, 2]).normal(size=(4, 5)).cumsum(1)
    assert np.array_equal(load(undisturbed).walk[8:12], expected)
    assert verify(undisturbed) == []


@pytest.mark.parametrize("workers", [1, 2, 8])
def test_any_number_of_workers_gives_the_same_bytes(undisturbed, tmp_path, workers):
    out = generate(Toy(), 30, tmp_path / "toy", seed=3, workers=workers, quiet=True)
    assert tree(out) == tree(undisturbed)


def test_killed_in_the_middle_and_started_again(undisturbed, tmp_path):
    out = tmp_path / "toy"
    code = f"""
        import sys
        sys.path.insert(0, {str(Path(__file__).parent)!r})
        from test_datasets import Toy
        from qmlcourse.storage.dataset import generate
        generate(Toy(pause=0.15), 30, {str(out)!r}, seed=3, workers=1)
    """
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)], stderr=subprocess.PIPE, text=True
    )
    while len(list(out.glob(".chunks/*.json"))) < 3:
        time.sleep(0.02)
        assert process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert 3 <= len(list(out.glob(".chunks/*.json"))) < 8
    with pytest.raises(ValueError, match=r"has \d of 8 chunks; run the same command again"):
        load(out)
    (out / "walk" / "5.0.half.partial").write_bytes(b"left over")
    (out / ".recipe.123.partial.json").write_bytes(b"left over")
    generate(Toy(), 30, out, seed=3, quiet=True)
    assert tree(out) == tree(undisturbed)


def test_a_killed_worker_of_a_cluster_loses_nothing(undisturbed, tmp_path):
    import distributed

    sys.path.insert(0, str(Path(__file__).parent))
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    ) as cluster:
        with distributed.Client(cluster) as client:
            client.run(lambda folder: __import__("sys").path.insert(0, folder), sys.path[0])
            victim = next(iter(client.run(os.getpid).values()))
        script = f"import os, time; time.sleep(0.6); os.kill({victim}, 9)"
        killer = subprocess.Popen([sys.executable, "-c", script])
        slow = Toy(pause=0.2)
        out = generate(
            slow, 30, tmp_path / "toy", seed=3, scheduler=cluster.scheduler_address, quiet=True
        )
        killer.wait()
    assert tree(out) == tree(undisturbed)


@pytest.mark.parametrize("damage", ["flip", "cut", "remove"])
def test_a_damaged_chunk_is_found_and_made_again(undisturbed, tmp_path, damage):
    out = generate(Toy(), 30, tmp_path / "toy", seed=3, quiet=True)
    chunk = out / "walk" / "2.0"
    data = chunk.read_bytes()
    if damage == "remove":
        chunk.unlink()
    else:
        chunk.write_bytes(data[:-4] + (b"" if damage == "cut" else b"ouch"))
    assert verify(out) == [2]
    generate(Toy(), 30, out, seed=3, quiet=True)
    assert tree(out) == tree(undisturbed)


@pytest.mark.parametrize("name", [".zmetadata", "step/0", "walk/.zarray", "recipe.json", ".zattrs"])
def test_damaged_metadata_and_coordinates_are_mended(undisturbed, tmp_path, name):
    out = generate(Toy(), 30, tmp_path / "toy", seed=3, quiet=True)
    stamp = (out / "walk" / "1.0").stat().st_mtime_ns
    (out / name).write_bytes(b"ouch")
    generate(Toy(), 30, out, seed=3, quiet=True)
    assert tree(out) == tree(undisturbed)
    assert (out / "walk" / "1.0").stat().st_mtime_ns == stamp, "whole chunks are left alone"


def test_chunks_of_another_recipe_do_not_count(tmp_path, undisturbed):
    out = generate(Toy(), 30, tmp_path / "toy", seed=4, quiet=True)
    (out / "recipe.json").unlink()
    generate(Toy(), 30, out, seed=3, quiet=True)
    assert tree(out) == tree(undisturbed)


def test_more_samples_later(undisturbed, tmp_path, capsys):
    out = generate(Toy(), 10, tmp_path / "toy", seed=3, quiet=True)
    assert load(out).sizes["sample"] == 10
    generate(Toy(), 30, out, seed=3)
    assert "2 of 8 chunks are there already" in capsys.readouterr().err
    assert tree(out) == tree(undisturbed)
    with pytest.raises(ValueError, match="meant to have 30 samples"):
        generate(Toy(), 10, out, seed=3, quiet=True)


def test_a_folder_holds_one_dataset(undisturbed, tmp_path):
    before = tree(undisturbed)
    with pytest.raises(ValueError, match="made with another seed \\(3, now 4\\)"):
        generate(Toy(), 30, undisturbed, seed=4, quiet=True)
    with pytest.raises(ValueError, match="made with another chunk"):
        generate(Toy(chunk=5), 30, undisturbed, seed=3, quiet=True)
    assert tree(undisturbed) == before
    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(ValueError, match="holds other files"):
        generate(Toy(), 30, tmp_path, seed=3, quiet=True)
    with pytest.raises(ValueError, match="at least one sample"):
        generate(Toy(), 0, tmp_path / "none", quiet=True)
    with pytest.raises(ValueError, match="holds no dataset"):
        load(tmp_path)


def test_a_full_disk_is_one_sentence_and_keeps_what_is_done(undisturbed, tmp_path, monkeypatch):
    out, write, notes = tmp_path / "toy", store.write_bytes, []

    def fills_up(path, data):
        notes.extend([path] if path.parent.name == store.NOTES else [])
        if len(notes) > 3:
            raise OSError(errno.ENOSPC, "No space left on device")
        write(path, data)

    monkeypatch.setattr(store, "write_bytes", fills_up)
    with pytest.raises(OSError, match="is full; make room and run the same command again"):
        generate(Toy(), 30, out, seed=3, workers=1, quiet=True)
    monkeypatch.setattr(store, "write_bytes", write)
    assert len(list(out.glob(".chunks/*.json"))) == 3
    generate(Toy(), 30, out, seed=3, quiet=True)
    assert tree(out) == tree(undisturbed)


def test_a_wrong_recipe_is_named(tmp_path):
    class Wrong(Toy):
        def make(self, generator, count):
            return {"walk": np.zeros((count, 3)), "seen": np.zeros(count)}

    with pytest.raises(RuntimeError, match=r"made walk of shape \(4, 3\), not \(4, 5\)"):
        generate(Wrong(), 4, tmp_path / "toy", quiet=True)


def test_progress_tells_rate_and_rest(tmp_path, capsys):
    generate(Toy(), 12, tmp_path / "toy")
    said = capsys.readouterr().err
    assert "3 of 3 chunks" in said
    assert "samples/s" in said
    assert "s left" in said


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nothing"], "there is no dataset 'nothing'; there is: fingerprints"),
        (["fingerprints", "--workers", "0"], "--workers is 1 or more"),
        (["fingerprints", "--scheduler", "tcp://127.0.0.1:9"], "no Dask scheduler answers at tcp"),
        (["fingerprints", "--tier", "gpu"], "needs a GPU"),
    ],
)
def test_the_command_says_what_is_wrong_in_one_sentence(
    tmp_path, capsys, monkeypatch, arguments, words
):
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    where = ["--samples", "10", "--out", str(tmp_path / "made")]
    assert command_line.main(["generate", *arguments, *where]) == 2
    said = capsys.readouterr().err
    assert words in said
    assert said.count("\n") <= 2
