"""Errors with others in them (`ExceptionGroup`), as Python itself writes their tracebacks."""

from __future__ import annotations

import builtins
import traceback
from types import TracebackType
from typing import Any

from .errors import chain_of, cut_own_frames

_GROUP: Any = getattr(builtins, "BaseExceptionGroup", ())  # since Python 3.11
_RUNS_CELLS = "IPython.core.interactiveshell"


def has_group(error: BaseException) -> bool:
    """Whether the error is a group, or came from one."""
    return any(isinstance(link, _GROUP) for link in chain_of(error))


def group_lines(error: BaseException) -> list[str]:
    """The traceback, of the user's frames alone, also in the errors of the groups."""
    for link in chain_of(error):
        link.__traceback__ = _behind_ipython(link.__traceback__)
        _cut_members(link)
    return "".join(traceback.format_exception(error)).splitlines()


def _cut_members(error: BaseException) -> None:
    for member in getattr(error, "exceptions", ()) if isinstance(error, _GROUP) else ():
        cut_own_frames(member)
        _cut_members(member)


def _behind_ipython(frames: TracebackType | None) -> TracebackType | None:
    """Without the frames of IPython's that ran the cell."""
    while frames and frames.tb_next and frames.tb_frame.f_globals.get("__name__") == _RUNS_CELLS:
        frames = frames.tb_next
    return frames
