"""What user code raises, what it says, and which part of its traceback is the user's."""

from __future__ import annotations

import os
from types import FrameType, TracebackType

# What may come out of the user's code wherever the kernel calls it: an object's `__str__`, a hook,
# a callback. KeyboardInterrupt is not among them: it is the user's word to whatever runs.
USER_ERRORS = (Exception, SystemExit, GeneratorExit)

_OWN_FILES = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep


def message_of(error: BaseException) -> str:
    """What the error says of itself, if it can."""
    try:
        return str(error)
    except USER_ERRORS as failure:
        return f"(its message cannot be shown: {type(failure).__name__})"


def is_own(frame: FrameType) -> bool:
    """Whether the executor's code runs in the frame."""
    return frame.f_code.co_filename.startswith(_OWN_FILES)


def user_part(traceback: TracebackType | None) -> TracebackType | None:
    """The traceback from the first frame on that is not the executor's."""
    while traceback and is_own(traceback.tb_frame):
        traceback = traceback.tb_next
    return traceback


def cut_own_frames(error: BaseException) -> None:
    """Let the traceback end in the user's code, not in what handled a signal or called Julia."""
    last = None
    traceback = error.__traceback__
    while traceback is not None:
        if not is_own(traceback.tb_frame):
            last = traceback
        traceback = traceback.tb_next
    if last is not None:
        last.tb_next = None
