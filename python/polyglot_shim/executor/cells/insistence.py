"""Code that catches every interrupt and goes on is left behind the `try` that has caught one.

`while True: try: … except BaseException: pass` would go on for ever. Its handlers may do what they
are there for; but the first line behind them raises once more.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from types import CoroutineType, FrameType
from typing import Any

_OWN_MODULES = __name__.partition(".")[0] + "."
# Between the executor and the user's code; nothing of it is to be left half done.
_AROUND_MODULES = (_OWN_MODULES, "IPython.", "asyncio.")

Trace = Callable[[FrameType, str, Any], Any]


class Insistence:
    """Watches, line by line, whether code goes on after it has caught an interrupt."""

    def __init__(self) -> None:
        self._watched: list[FrameType] = []
        self._interrupt: KeyboardInterrupt | None = None

    def begin(self, interrupt: KeyboardInterrupt, frames: Iterator[FrameType]) -> None:
        """`interrupt` is about to be raised in `frames`; nothing where a debugger watches."""
        if sys.gettrace() is not None:
            return
        self._interrupt = interrupt
        self._watched = list(frames)
        for frame in self._watched:
            frame.f_trace = self._trace
        sys.settrace(self._trace)

    def end(self) -> None:
        """The code runs no more."""
        if self._interrupt is None:
            return
        self._interrupt = None
        sys.settrace(None)
        for frame in self._watched:
            frame.f_trace = None
        self._watched = []

    def _trace(self, frame: FrameType, event: str, _: Any) -> Trace | None:
        if self._interrupt is None or _is_in(frame, _AROUND_MODULES):
            return None
        if event == "line" and not self._is_handled():
            self.end()
            raise KeyboardInterrupt
        return self._trace

    def _is_handled(self) -> bool:
        """Whether a handler of the interrupt runs, or of what it has led to."""
        error = sys.exc_info()[1]
        while error is not None and error is not self._interrupt:
            error = error.__context__
        return error is not None


def users_frames(frame: FrameType | None) -> Iterator[FrameType]:
    """The frame and those that have called it, as far as they are the user's or a library's."""
    while frame is not None and not _is_in(frame, _AROUND_MODULES):
        yield frame
        frame = frame.f_back


def awaiting_frames(coroutine: Any) -> Iterator[FrameType]:
    """The frames of a coroutine that awaits something, and of those that it awaits."""
    while isinstance(coroutine, CoroutineType) and coroutine.cr_frame is not None:
        yield coroutine.cr_frame
        coroutine = coroutine.cr_await


def _is_in(frame: FrameType, modules: tuple[str, ...]) -> bool:
    return frame.f_globals.get("__name__", "").startswith(modules)
