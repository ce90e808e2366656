"""Settings for all tests: nothing is kept in the home of whoever runs them, and slow checks of
delivery are sampled by the date."""

import datetime
import os
import random

import pytest

os.environ["QMLCOURSE_PROGRESS"] = "off"
SAMPLE = os.environ.get("QMLCOURSE_SAMPLE") or datetime.date.today().isoformat()


@pytest.fixture
def nothing_kept():
    """No answer is kept before the test, nor after it."""
    from qmlcourse.widgets import kept

    kept.clear()
    yield
    kept.clear()


def pytest_report_header():
    return f"slow checks of delivery: sample {SAMPLE} (make test SAMPLE={SAMPLE} takes it again)"


def pytest_collection_modifyitems(config, items):
    """Keep, of each test marked ``delivery(n)``, n cases that follow from the sample's name.

    Cases of one test are chosen among each other; with ``delivery(n, of="whole runs")``, n among
    all modules in which these words stand.
    """
    if SAMPLE == "all":
        return
    groups = {}
    for item in items:
        if mark := item.get_closest_marker("delivery"):
            of = mark.kwargs.get("of")
            name, case = (of, item.path) if of else (f"{item.path.name} {item.originalname}", item)
            groups.setdefault((name, mark.args[0]), {}).setdefault(case, []).append(item)
    dropped = set()
    for (name, number), cases in groups.items():
        kept = random.Random(f"{SAMPLE} {name}").sample(list(cases), min(number, len(cases)))
        dropped.update(id(item) for case in cases if case not in kept for item in cases[case])
    config.hook.pytest_deselected(items=[item for item in items if id(item) in dropped])
    items[:] = [item for item in items if id(item) not in dropped]
