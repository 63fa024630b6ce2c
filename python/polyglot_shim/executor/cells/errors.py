"""What user code raises, what it says, and which part of its traceback is the user's."""

from __future__ import annotations

import os
from collections.abc import Iterator
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


def chain_of(error: BaseException | None) -> Iterator[BaseException]:
    """The error, and those that it came from."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def cut_own_frames(error: BaseException) -> None:
    """Leave the user's frames alone in the tracebacks of the error and those that it came from.

    Ours are in between where the languages call each other, and last where Julia was called, a
    signal was handled or a debugger looked on.
    """
    for link in chain_of(error):
        first = user_part(link.__traceback__)
        frame = first
        while frame is not None:
            frame.tb_next = frame = _next_of_users(frame)
        if first is not None:
            link.__traceback__ = first


def _next_of_users(traceback: TracebackType) -> TracebackType | None:
    """What follows in the user's code."""
    following = traceback.tb_next
    while following and (is_own(following.tb_frame) or _is_same_place(following, traceback)):
        following = following.tb_next
    return None if following is None or _is_debuggers(following.tb_frame) else following


def call_texts(error: BaseException | None) -> None:
    """Ask the error and those that it came from for their texts. Raises KeyboardInterrupt alone."""
    for link in chain_of(error):
        try:
            str(link)
        except KeyboardInterrupt:
            raise
        except BaseException:
            pass  # whoever shows it finds a way around


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
