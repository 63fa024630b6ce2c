"""Which part of a traceback is the user's."""

from __future__ import annotations

import os
from types import FrameType, TracebackType
from typing import Any

_OWN_FILES = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep


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


def content_of(shown: dict[str, Any] | None, error: BaseException | None) -> dict[str, Any]:
    """What a reply tells of an error: of one that was not shown (usage errors) no traceback."""
    if shown is None:
        return {"ename": type(error).__name__, "evalue": str(error), "traceback": []}
    return shown
