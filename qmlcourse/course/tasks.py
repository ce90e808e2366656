"""What there is to do in each chapter, read from the notebooks themselves."""

import json
import re

from ..widgets import kept
from ..widgets.answers import Answer, Tries
from . import chapters

# how each chapter's keys begin, under which predictions and exercises are kept
PREFIXES = {1: "ab", 2: "ucf", 3: "anderson", 4: "ynet", 5: "haldane", 6: "nqs", 7: "hidden"}
_RECALLED = 4
_NAME = re.compile(r"\.questions\.(predict_|find_)?(\w+)\(")
_NO_TASK = {"unseen", "shuffle", "bars", "momentum_pictures", "green_chain"}


def tasks():
    """Keys of predictions, exercises and recall questions, by chapter number, in their order."""
    found = {}
    for path in sorted(chapters.folder().glob("0[1-7]_*.ipynb")):
        number = int(path.stem[:2])
        found[number] = _keys(json.loads(path.read_text("utf-8")), PREFIXES[number])
    return found


def _keys(book, prefix):
    keys = []
    for cell in book["cells"]:
        if cell["cell_type"] != "code" or "solution" in cell["metadata"].get("tags", ()):
            continue
        source = "".join(cell["source"])
        names = [name for _, name in _NAME.findall(source)]
        keys += [f"{prefix}-{n}" for n in names if n not in _NO_TASK and n[:7] != "recall_"]
        if re.search(r"\.recall\(\)", source):
            keys += [f"{prefix}-recall-{n + 1}" for n in range(_RECALLED)]
    return list(dict.fromkeys(keys))


def done(key):
    """Whether a prediction is made or an exercise solved."""
    answer = kept.kept(key)
    return answer.solved if isinstance(answer, Tries) else answer is not None


def results(name=""):
    """Table of all tasks for a teacher: columns by name, one row a task.

    Predictions are listed with what was chosen; nobody grades them.
    """
    rows = []
    for number, keys in tasks().items():
        for key in keys:
            answer = kept.kept(key)
            wrong = str(answer.wrong) if isinstance(answer, Tries) else ""
            day = answer.day if isinstance(answer, Tries) else ""
            said = str(answer) if isinstance(answer, Answer) else ""
            rows.append((name, number, key, "yes" if done(key) else "no", wrong, day, said))
    columns = ("name", "chapter", "task", "done", "wrong_answers", "day", "prediction")
    return dict(zip(columns, map(list, zip(*rows, strict=True)), strict=True))
