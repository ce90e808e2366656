"""The languages of the course: one list for the command, the pages and the interface."""

LANGUAGES = ("en", "ja")
