"""What the student sees and touches: one package a chapter. No physics lives here."""

import warnings

# MUMPS is optional and only makes Kwant faster; `qmlcourse doctor` tells which solver is there, and
# a warning inside a chapter would only puzzle the student.
warnings.filterwarnings("ignore", "MUMPS is not available", RuntimeWarning)
