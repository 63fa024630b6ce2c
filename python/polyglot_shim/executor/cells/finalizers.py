"""An interrupt that meets a finalizer.

Finalizers run in the middle of whatever code drops the last reference, or makes the collector run.
What is raised in one Python shows and forgets: the finalizer would be left half done, and the
interrupt be lost. So it is raised where the code goes on behind it.
"""

from __future__ import annotations

import sys
import weakref
from collections.abc import Callable
from types import FrameType
from typing import Any

_FINALIZE = weakref.finalize.__call__.__code__


def finalizer_around(frame: FrameType | None) -> FrameType | None:
    """The outermost finalizer that runs at `frame`, if one does."""
    found = None
    while frame is not None:
        if frame.f_code is _FINALIZE or frame.f_code.co_name == "__del__":
            found = frame
        frame = frame.f_back
    return found


def call_behind(finalizer: FrameType, then: Callable[[FrameType], None]) -> None:
    """Have `then` called with the frame of the code that goes on when `finalizer` is done.

    By Python's tracing, unless somebody else has that (a debugger): then nothing comes of it.
    """
    caller = finalizer.f_back
    if caller is None or sys.gettrace() is not None:
        return

    def trace(frame: FrameType, _event: str, _argument: Any) -> None:
        sys.settrace(None)
        caller.f_trace = None
        then(frame)

    caller.f_trace = trace
    sys.settrace(_trace_no_calls)  # what is called meanwhile may be the report of an error


def _trace_no_calls(_frame: FrameType, _event: str, _argument: Any) -> None:
    pass
