"""What delivers the course: the table of chapters, the command line, pages, lectures, classes.

Start with `chapters.py`: one row a chapter, and all else follows from it. `command_line.py` is the
command `qmlcourse`.
"""
