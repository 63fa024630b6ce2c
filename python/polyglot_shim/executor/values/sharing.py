"""What a table of variables says of arrays: in what they are shared with the other language."""

from __future__ import annotations

import functools
import sys
from typing import Any

from .mapped_files import read_maps
from .shares import Shares


class Sharing:
    """Tells of many arrays, for which the system is asked once."""

    def __init__(self, shares: Shares) -> None:
        self._shares = shares
        self._maps = functools.cache(read_maps)

    def __call__(self, value: Any) -> str:
        """`memory`, or the path of a file; empty where the value is not shared, or no array.

        No code of the user's is run.
        """
        numpy = sys.modules.get("numpy")
        kinds = (getattr(numpy, "ndarray", None), getattr(numpy, "memmap", None))
        if not any(type(value) is kind for kind in kinds):
            return ""
        from .mapped_arrays import sharing_of

        return sharing_of(self._shares, value, self._maps)
