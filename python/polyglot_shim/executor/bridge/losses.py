"""Warnings of what the other language's types do not hold of a value that is sent."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Sequence
from types import FrameType
from typing import Any

from ..cells.errors import is_own
from ..cells.request import current_request
from ..values.errors import PrecisionLossWarning


class LossWarnings:
    """Warns once for each place of a cell, whatever the cells before it did.

    Python's own registry of warnings lasts as long as the module of the user's code, which all
    cells share.
    """

    def __init__(self, peer: str) -> None:
        self._nowhere = f"<sent to {peer}>"
        self._cell: int | None = None
        self._registry: dict[Any, Any] = {}

    def warn(self, losses: Sequence[str]) -> None:
        """Raises `PrecisionLossWarning` where the user's filters make it an error."""
        cell = current_request().id
        if cell != self._cell:
            self._cell, self._registry = cell, {}
        frame = _user_frame()
        file, line = (frame.f_code.co_filename, frame.f_lineno) if frame else (self._nowhere, 0)
        module = frame.f_globals.get("__name__", "") if frame else "__main__"
        for loss in losses:
            warnings.warn_explicit(loss, PrecisionLossWarning, file, line, module, self._registry)


def _user_frame() -> FrameType | None:
    """The innermost frame of the user's; there is none when a cell is over or Julia asks."""
    frame: FrameType | None = sys._getframe(1)
    while frame and is_own(frame):
        frame = frame.f_back
    # Below the executor's own code stands the loop that runs it.
    if frame is None or frame.f_globals.get("__name__", "").partition(".")[0] == "asyncio":
        return None
    return frame
