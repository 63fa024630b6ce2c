"""Threads that take turns: one works at a time, and one that hangs is given up for the next.

What it asks are objects of the user's, whose methods may never return. Python cannot end a thread,
but one that runs Python code can be sent an exception.
"""

from __future__ import annotations

import ctypes
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from ..debugging.hidden import hide
from ..pipes.frames import Frame

# How long a question may take, in seconds: alone, and when another one waits.
ALONE, WAITED_FOR = 10.0, 2.0
# Between two looks at the one that works, and how long after the last one the watching ends.
LOOK, IDLE = 0.2, 5.0  # seconds


@dataclass
class Turn:
    """One thread's turn."""

    is_first: bool
    lock: threading.RLock = field(default_factory=threading.RLock)
    """Held while it works."""
    frame: Frame | None = None
    since: float = 0.0
    given_up: bool = False

    @contextmanager
    def at(self, frame: Frame) -> Iterator[None]:
        """In this block the thread works on the frame."""
        with self.lock:
            self.since = time.monotonic()
            self.frame = frame
            try:
                yield
            finally:
                self.frame = None


class Turns:
    """Runs `work(turn)` in a thread, and in the next one when that is given up.

    `give_up(frame, seconds)` is called for the frame that was not answered; `is_idle` tells whether
    no other one waits. `acquire` and `release` hold the lock of whoever works.
    """

    def __init__(
        self,
        work: Callable[[Turn], None],
        give_up: Callable[[Frame, float], None],
        is_idle: Callable[[], bool],
    ) -> None:
        self._work = work
        self._give_up = give_up
        self._is_idle = is_idle
        self._turn = Turn(is_first=True)
        self._held: list[threading.RLock] = []
        self._watching = threading.Lock()

    def start(self) -> None:
        """Begin a turn."""
        self._thread = hide(
            threading.Thread(
                target=self._work, args=(self._turn,), name="polyglot-asking", daemon=True
            )
        )
        self._thread.start()

    def watch(self) -> None:
        """See to it that what was put now is answered, or given up."""
        if self._watching.acquire(blocking=False):
            name = "polyglot-asking-watch"
            hide(threading.Thread(target=self._watch, name=name, daemon=True)).start()

    def acquire(self) -> bool:
        """Wait for whoever works to be done, and keep it from going on."""
        while not (lock := self._turn.lock).acquire(timeout=LOOK):
            pass  # whoever has it may be given up
        self._held.append(lock)
        return True

    def release(self) -> None:
        """The end of `acquire`."""
        self._held.pop().release()

    def _watch(self) -> None:
        quiet_since = time.monotonic()
        while time.monotonic() < quiet_since + IDLE:
            time.sleep(LOOK)
            turn = self._turn
            frame = turn.frame
            if frame is None:
                continue
            quiet_since = time.monotonic()
            seconds = quiet_since - turn.since
            if seconds > (ALONE if self._is_idle() else WAITED_FOR):
                self._replace(turn, frame, seconds)
        self._watching.release()
        if self._turn.frame is not None or not self._is_idle():
            self.watch()  # it came in this very moment

    def _replace(self, turn: Turn, frame: Frame, seconds: float) -> None:
        turn.given_up = True
        hung = self._thread.ident
        self._turn = Turn(is_first=False)
        self._give_up(frame, seconds)
        self.start()
        ctypes.pythonapi.PyThreadState_SetAsyncExc(
            ctypes.c_ulong(hung or 0), ctypes.py_object(SystemExit)
        )
