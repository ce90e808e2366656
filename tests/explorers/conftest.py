"""Each class that names a chapter's package is run for every explorer of the chapter."""

from qmlcourse.widgets import Explorer


def pytest_generate_tests(metafunc):
    room = getattr(metafunc.cls, "room", None)
    if room is not None and "explorer_class" in metafunc.fixturenames:
        classes = [one for one in vars(room).values() if isinstance(one, type)]
        found = [one for one in classes if issubclass(one, Explorer)]
        metafunc.parametrize("explorer_class", found, ids=lambda one: one.__name__)
