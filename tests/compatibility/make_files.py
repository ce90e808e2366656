"""Write the files of version 1.0 that the tests in this folder read; runs with the code of 1.0.

    git worktree add /tmp/v1 d2137fd
    cd /tmp/v1 && PYTHONPATH=/tmp/v1 python MAIN/tests/compatibility/make_files.py OUT

What is written: ``progress.json`` as a kernel leaves it, ``export.json`` as the welcome page hands
it out, ``bookmarks.json`` with two bookmarks and their states for each explorer and those of the
guides, a classifier, a reader, and what these two say.
"""

import importlib
import json
import os
import re
import sys
from pathlib import Path

OUT = Path(sys.argv[1])
os.environ["QMLCOURSE_PROGRESS"] = str(OUT / "progress.json")


def plain(value):
    """Arrays and NumPy numbers as JSON values."""
    return value.tolist()


def explorers():
    from qmlcourse import chapters
    from qmlcourse.widgets import Explorer

    for path in sorted(chapters.folder().glob("0[1-9]_*.ipynb")):
        room = importlib.import_module(f"qmlcourse.explorers.{path.stem[3:]}")
        for one in vars(room).values():
            if isinstance(one, type) and issubclass(one, Explorer):
                yield path, room, one


def another(control, value):
    """A value of a control that is not `value`; None where only the explorer knows one."""
    kind = type(control).__name__
    if kind == "Slider":
        if control.log:
            return control.high if value != control.high else control.low
        end = control.high if abs(control.high - value) > abs(value - control.low) else control.low
        steps = round((end - value) / control.step / 2) or round((end - value) / control.step)
        found = round(value + steps * control.step, 10)
        return int(found) if isinstance(value, int) else float(found)
    if kind == "Choice":
        return next((known for _, known in reversed(control.options) if known != value), None)
    return {"Toggle": not value, "Seed": 7}.get(kind)


def bookmarks():
    found = {}
    for path, _, make in explorers():
        one = make()
        defaults, written = one.defaults(), []
        for name, control in one._parts.items():
            value = another(control, defaults[name])
            value = defaults[name] if value is None else value
            written.append(f"{name}={control.encode(value)}")
        marks = [f"{make.name}:", f"{make.name}:{','.join(written)}"]
        guide = (path.parent / "guides" / f"{path.stem}.md").read_text("utf-8")
        marks += re.findall(rf"`({make.name}:[^`]*)`", guide)
        states = []
        for mark in dict.fromkeys(marks):
            one = make()
            one.set_state(mark)
            states.append([mark, one.state()])
        found[make.name] = states
    return found


def answer():
    """Give every kind of answer: choices, curves, tries that failed and tries that succeeded."""
    from qmlcourse.explorers import _tasks
    from qmlcourse.widgets import Prediction, kept

    for room in dict.fromkeys(room for _, room, _ in explorers()):
        for name, make in vars(room.questions).items():
            if not name.startswith("predict_"):
                continue
            cards = [make()]
            cards = cards if isinstance(cards[0], Prediction) else cards[0].children
            for card in cards:
                if isinstance(card, Prediction):
                    card.choice.value = [one for _, one in card.choice.options][-1]
                    card.confidence.value = "certain"
                    card.button.click()
                else:
                    card.move(0.25, 0.8)
                    card.move(1.5, 1.2)
                    card.keep()
    for keys in _tasks.tasks().values():
        for n, key in enumerate(keys):
            if kept.kept(key) is None:
                for ok in [[True], [False, True], [False, False]][n % 3]:
                    kept.tried(key, ok)
    (OUT / "export.json").write_bytes(kept.export())


def networks():
    """A classifier and a reader, as small as they may be, and what they make of fixed numbers."""
    import numpy as np
    import torch

    from qmlcourse.anderson.classifier import Classifier, DensityNetwork
    from qmlcourse.ynet.flow import Flow
    from qmlcourse.ynet.network import seeded_network
    from qmlcourse.ynet.reader import Reader

    torch.manual_seed(0)
    small = {"layers": ((2, 3, 1), (3, 3, 2)), "hidden": 4, "dimensions": 3}
    nets = tuple(DensityNetwork(**small) for _ in range(2))
    Classifier(nets, 1.5, ("insulator", "metal"), {"states": 3}).save(
        OUT / "classifier.safetensors"
    )
    density = torch.rand(2, 4, 4, 4, dtype=torch.float64)
    density /= density.sum((1, 2, 3), keepdim=True)
    net = seeded_network(1, latent=3, fields=64, shape=(36, 24), hidden=8, reader=8)
    memory = {
        "trace": torch.rand(4, 64),
        "point": torch.rand(4, 3),
        "antidots": torch.rand(4, 1, 2),
    }
    scales = {"trace": 1.0, "point": 2.0, "spread": 1.5, "sites": 0.7}
    reader = Reader(net.eval(), "one", memory, scales, {"wires": 4}, Flow(latent=3, hidden=8))
    (OUT / "reader.safetensors").write_bytes(reader.to_bytes())
    classifier = Classifier.from_bytes((OUT / "classifier.safetensors").read_bytes())
    reader = Reader.from_bytes((OUT / "reader.safetensors").read_bytes())
    trace = np.linspace(0.2, 1.0, 64)
    decoded = reader.decode(trace)
    return {
        "density": density.tolist(),
        "probabilities": classifier.probabilities(density).tolist(),
        "trace": trace.tolist(),
        "latent": decoded.latent.tolist(),
        "density_sum": float(decoded.density.sum()),
        "distance": decoded.distance,
        "position_spread": decoded.position_spread,
    }


if __name__ == "__main__":
    OUT.mkdir(parents=True, exist_ok=True)
    for name, value in (("bookmarks", bookmarks()), ("networks", networks())):
        text = json.dumps(value, default=plain, indent=1, ensure_ascii=False)
        (OUT / f"{name}.json").write_text(f"{text}\n", "utf-8")
    answer()
