"""Datasets made in chunks: interrupted, killed or spread over workers, the same bytes in the end.

A dataset is a zarr folder that xarray opens. It is a list of chunks of samples, each a function of
(recipe, seed, number of the chunk) alone. A chunk that is written is noted in `.chunks/` with the
checksums of its files; what is not noted, or does not match, is made again.
"""

from .factory import Recipe, Variable, generate, load, verify

__all__ = ["Recipe", "Variable", "generate", "load", "verify"]
