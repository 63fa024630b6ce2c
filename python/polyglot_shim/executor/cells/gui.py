"""`%gui`: event loops of graphical toolkits, between cells and while one awaits something."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from IPython.core.error import UsageError

from .request import work_for_latest

# What needs no loop beside the one that the cells await in, by its names for `%gui` and of
# matplotlib's backends.
WITHOUT_LOOP = frozenset(
    (None, "none", "asyncio", "inline", "agg", "ipympl", "widget", "notebook", "nbagg", "webagg")
)
INTERVAL = 0.02  # seconds between two looks at what a toolkit has to do


class GuiLoop:
    """Lets one toolkit at a time handle its events, on the main thread."""

    def __init__(self) -> None:
        self._handle_events: Callable[[], Any] | None = None
        self._next: asyncio.TimerHandle | None = None

    def choose(self, gui: str | None) -> None:
        """Run the toolkit's loop, or with `None` no more. Raises UsageError where it cannot."""
        if self._next is not None:
            self._next.cancel()
        self._handle_events = self._next = None
        if gui in WITHOUT_LOOP:
            return
        if gui not in _TOOLKITS:
            known = ", ".join(_TOOLKITS)
            raise UsageError(
                f"this kernel runs no {gui} event loop, but those of {known}; "
                "%matplotlib inline and %matplotlib widget need none"
            )
        try:
            self._handle_events = _TOOLKITS[gui]()
        except Exception as error:
            raise UsageError(f"the {gui} event loop cannot run: {error}") from error
        self._turn(asyncio.get_running_loop())

    def _turn(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._handle_events is not None:
            self._next = loop.call_later(INTERVAL, self._turn, loop)
            work_for_latest()
            self._handle_events()


def _qt() -> Callable[[], Any]:
    from IPython.lib.guisupport import get_app_qt4  # of the Qt that is installed

    return get_app_qt4([" "]).processEvents


def _tk() -> Callable[[], Any]:
    import tkinter

    root = tkinter.Tk()
    root.withdraw()
    return root.update


_TOOLKITS: dict[str | None, Callable[[], Callable[[], Any]]] = {
    "qt": _qt,
    "qt5": _qt,
    "qt6": _qt,
    "tk": _tk,
}
