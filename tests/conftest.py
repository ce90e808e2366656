"""Settings for all tests: nothing is kept in the home of whoever runs them."""

import os

os.environ["QMLCOURSE_PROGRESS"] = "off"
