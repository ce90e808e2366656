"""Hides Kwant's solver MUMPS from one Python process, as on a machine that lacks it.

Used as a plugin of pytest, ``python -m pytest -p hide_mumps ...`` with this folder on the path, or
imported by the ``sitecustomize`` of a test's own.
"""

import sys
from importlib.abc import MetaPathFinder

NAMES = {"mumps", "kwant.linalg.mumps", "kwant.linalg._mumps", "kwant.solvers.mumps"}


class _Hidden(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name in NAMES:
            raise ImportError(f"{name} is hidden")
        return None


sys.meta_path.insert(0, _Hidden())
