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
    """Keep, of each test marked ``delivery(n)``, n cases that follow from the sample's name."""
    if SAMPLE == "all":
        return
    groups = {}
    for item in items:
        if item.get_closest_marker("delivery"):
            groups.setdefault((item.path, item.originalname), []).append(item)
    dropped = set()
    for (path, name), cases in groups.items():
        number = cases[0].get_closest_marker("delivery").args[0]
        draw = random.Random(f"{SAMPLE} {path.name} {name}")
        kept = draw.sample(range(len(cases)), min(number, len(cases)))
        dropped.update(id(case) for n, case in enumerate(cases) if n not in kept)
    config.hook.pytest_deselected(items=[item for item in items if id(item) in dropped])
    items[:] = [item for item in items if id(item) not in dropped]
