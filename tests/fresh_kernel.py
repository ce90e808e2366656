"""A fresh kernel as far as kept answers go: it knows nothing but the file."""

from contextlib import contextmanager

from qmlcourse.widgets import kept


def forget():
    """What a restarted kernel knows: nothing but the file."""
    for known in (kept._answers, kept._followers, kept._watchers, kept._file):
        known.clear()


@contextmanager
def progress_at(path, monkeypatch):
    """Let the kernel find its answers in a file; afterwards it keeps none, as in all tests."""
    monkeypatch.setenv("QMLCOURSE_PROGRESS", str(path))
    forget()
    yield path
    forget()
    kept._file.append(None)
