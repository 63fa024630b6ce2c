"""What user code raises, what it says, and which part of its traceback is the user's."""

from __future__ import annotations

import os
from types import FrameType, TracebackType
from typing import Any

# What may come out of the user's code wherever the kernel calls it: an object's `__str__`, a hook,
# a callback. KeyboardInterrupt is not among them: it is the user's word to whatever runs.
USER_ERRORS = (Exception, SystemExit, GeneratorExit)

_OWN_FILES = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep


_DEBUGGERS_FILES = ("_pydevd_bundle/", f"{os.sep}debugpy{os.sep}_vendored{os.sep}")


def _is_debuggers(frame: FrameType) -> bool:
    """Whether debugpy runs in the frame: an interrupt came while the code stood at a breakpoint."""
    return any(part in frame.f_code.co_filename for part in _DEBUGGERS_FILES)


def _is_same_place(traceback: TracebackType, other: TracebackType | None) -> bool:
    """Whether it says the same again, as where a debugger has raised."""
    place = (traceback.tb_frame, traceback.tb_lineno)
    return other is not None and place == (other.tb_frame, other.tb_lineno)


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
    while traceback is not None and not _is_debuggers(traceback.tb_frame):
        if not (is_own(traceback.tb_frame) or _is_same_place(traceback, last)):
            last = traceback
        traceback = traceback.tb_next
    if last is not None:
        last.tb_next = None


def call_texts(error: BaseException | None) -> None:
    """Ask the error and those that it came from for their texts. Raises KeyboardInterrupt alone."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        try:
            str(error)
        except KeyboardInterrupt:
            raise
        except BaseException:
            pass  # whoever shows it finds a way around
        error = error.__cause__ or error.__context__


# Of a chain of errors so many of the last and of the first are shown.
_LAST, _FIRST = 3, 5


def cut_long_chain(error: BaseException | None) -> None:
    """Leave out what is in the middle of a long chain of errors, each the cause of the one before.

    A recursion through both languages ends in one such link for each turn.
    """
    chain: list[BaseException] = []
    while error is not None and all(error is not other for other in chain):
        chain.append(error)
        hidden = error.__suppress_context__
        error = error.__cause__ or (None if hidden else error.__context__)
    if len(chain) > _LAST + _FIRST + 1:
        left_out = len(chain) - _LAST - _FIRST
        link = RuntimeError(f"… {left_out} errors, each the cause of the next, are left out …")
        link.__cause__ = chain[-_FIRST]
        chain[_LAST - 1].__cause__ = link


def content_of(shown: dict[str, Any] | None, error: BaseException | None) -> dict[str, Any]:
    """What a reply tells of an error: of one that was not shown (usage errors) no traceback."""
    if shown is None:
        return {"ename": type(error).__name__, "evalue": message_of(error), "traceback": []}
    return shown
