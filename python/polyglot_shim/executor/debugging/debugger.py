"""The debugger's entrance: frames of the type `debug`, and the threads that run cells.

Implements the section *Debugger* of `docs/executor-protocol.md`. Who does not debug pays for this
module alone: the others are loaded with the first request, debugpy when a session begins.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import TYPE_CHECKING

from ..cells.shell import ZMQInteractiveShell
from ..pipes.channel import Channel
from ..pipes.frames import Frame
from .hidden import hide

if TYPE_CHECKING:
    from .commands import Commands

_SETTLE_SECONDS = 10.0  # on a busy machine; it takes some milliseconds


class Debugger:
    """Has debug requests answered in a thread of their own, and follows the cells."""

    def __init__(self, shell: ZMQInteractiveShell, channel: Channel) -> None:
        self._shell = shell
        self._channel = channel
        self._work: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._commands: Commands | None = None
        self._is_traced = threading.local()
        # A step out of a cell's code ends before what others have registered.
        shell.events.register("post_execute", self.end_cell)

    # The reader thread's

    def put(self, frame: Frame) -> None:
        """Answer the request, soon."""
        if self._thread is None:
            self._thread = hide(
                threading.Thread(target=self._serve, name="polyglot-debug", daemon=True)
            )
            self._thread.start()
        self._work.put(lambda: self._answer(frame))

    # The threads' that run cells

    def begin_cell(self) -> None:
        """A cell begins in this thread: it is watched from here on, or is not any more.

        An interrupt at a breakpoint has taken the watch off the thread.
        """
        traces = self._commands is not None and self._commands.session.started
        if traces or getattr(self._is_traced, "value", False):
            import debugpy

            debugpy.trace_this_thread(traces)
            self._is_traced.value = traces

    def end_cell(self) -> None:
        """The cell's code, or the cell, in this thread is over."""
        if self._commands is None:
            return
        session = self._commands.session
        if session.is_unsettled(threading.current_thread().name):
            done = threading.Event()
            self._work.put(lambda: session.settle(done.set))
            done.wait(_SETTLE_SECONDS)

    # The debugger's own thread's

    def _serve(self) -> None:
        while True:
            try:
                self._work.get()()
            except Exception:
                sys.excepthook(*sys.exc_info())  # type: ignore[arg-type]

    def _answer(self, frame: Frame) -> None:
        if self._commands is None:
            from .commands import Commands

            self._commands = Commands(self._shell, self._channel, self._work.put)
        self._commands.answer(frame)


def stop_tracing_children() -> None:
    """Let no forked child stand at a breakpoint: nobody would let it go on."""

    def end() -> None:
        if "debugpy" not in sys.modules:
            return
        sys.settrace(None)
        threading.settrace(None)  # type: ignore[arg-type]
        if sys.version_info >= (3, 12) and sys.monitoring.get_tool(sys.monitoring.DEBUGGER_ID):
            sys.monitoring.set_events(sys.monitoring.DEBUGGER_ID, 0)

    os.register_at_fork(after_in_child=end)
