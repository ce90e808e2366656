"""What the chapters show of their reproductions: the results of the laptop tier, as shipped.

Each chapter's `full_scale()` returns a Matplotlib figure of them, with an alt text, and its
`report()` the text.
"""

from ...storage import shipped


def name_of(room):
    """Return the name under which the results of a package of `reproduce` are shipped."""
    return f"{room.__name__.rsplit('.', 1)[1]}_laptop"


def stored(room):
    """Return the shipped results of a package of `reproduce`."""
    return shipped.load_json(name_of(room))


def told(room):
    """Return the shipped results as text, with the tier and the command that made them."""
    return f"{room.report(stored(room))}\nmade by: {shipped.about(name_of(room))['command']}"
