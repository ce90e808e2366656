"""qmlcourse: machine learning for quantum matter, as a course and as a library."""

__version__ = "1.0.0"
