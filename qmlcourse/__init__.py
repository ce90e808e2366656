"""qmlcourse: machine learning for quantum matter, as a course and as a library."""

__version__ = "2.0.0"

LANGUAGES = ("en", "ja")  # of pages and interface; each has a catalogue, English is the original
