"""Interrupts: SIGINT reaches user code as `KeyboardInterrupt`, and nothing else.

The host sends SIGINT for an interrupt, again and again until `notify` tells that it arrived. One
of these can be under way then:

- user code of a request runs: the signal's handler raises in it;
- the event loop waits for a cell that awaits: the cell is cancelled, and `interruptible` makes a
  `KeyboardInterrupt` of it where it waits;
- a task of an earlier cell keeps the request that waits from beginning: it ends by the interrupt;
- a finalizer of the executor's runs in user code: Python would show and forget what is raised in
  it. Nothing is, nor told, and the next signal is raised in the code behind it;
- the code has caught two of them and gone on: it may catch the third, but go on no more
  (`insistence.py`);
- the executor is about its own business: in the middle of a frame, or of a call (`shielded`), the
  interrupt is kept until that is done; with no request running or waiting it is ignored.

All state belongs to the main thread, where Python runs signal handlers. Subshells have threads of
their own, which no signal reaches.
"""

from __future__ import annotations

import asyncio
import signal
import sys
import threading
import time
import types
import weakref
from collections.abc import Callable, Coroutine, Generator, Iterator
from contextlib import contextmanager
from contextvars import Context
from dataclasses import dataclass
from queue import SimpleQueue
from types import FrameType
from typing import Any

from .insistence import Insistence, awaiting_frames, users_frames

# Frames of these modules on top of the stack mean: the event loop itself runs, no user code.
_LOOP_MODULES = ("asyncio.", "selectors")
_FINALIZE = weakref.finalize.__call__.__code__
_OWN_MODULES = __name__.partition(".")[0] + "."
# For so long a report of an interrupt is not disturbed by the next one, which the host repeats.
_SPARED = 1.0  # seconds
# The first ones are the code's to handle.
_INSISTENT = 3


@dataclass
class Running:
    """User code of a request that runs."""

    id: int | None
    task: asyncio.Task[Any] | None = None  # the cell, when it may await
    cancelled: bool = False  # the cell was cancelled by an interrupt
    interrupts: int = 0  # that have reached it


class Interrupts:
    """Decides what a SIGINT means.

    `notify` tells the host that the interrupt reached the code of the request with that id. It is
    called in the handler, on the main thread, and never inside a shielded block of that thread.
    """

    def __init__(self, notify: Callable[[str | None], None]) -> None:
        self._notify = notify
        self._main = threading.get_ident()
        self._awaited: int | None = None  # the id of a request that has come and not begun
        self._own_task: asyncio.Task[Any] | None = None  # the executor's, which runs the requests
        self._spared_until = 0.0
        self._insistence = Insistence()
        self.running: Running | None = None
        self.is_shielded = False  # the main thread is in a shielded block
        self.is_pending = False  # an interrupt came inside a shielded block
        self._wakes: SimpleQueue[Any] | None = None  # what the main thread waits at in such a block

    def install(self) -> None:
        """Take over SIGINT. Done for each cell, as user code may have taken it, too."""
        signal.signal(signal.SIGINT, self._handle)

    def begin(self, id: int | None) -> None:
        """User code of a request runs from here to `end`; catch KeyboardInterrupt around both."""
        if not self.is_here():
            return
        if self._awaited == id:
            self._awaited = None
        if self.running is None:
            self.install()
        self.is_pending = False
        self.running = Running(id)

    def end(self, outer: Running | None = None) -> None:
        """The request's code runs no more, but that which was `running` before it began.

        That is a cell that awaits something, or none: then interrupts are ignored.
        """
        if self.is_here():
            self.running = outer
            self._insistence.end()

    def expect(self, id: int) -> None:
        """A request for the main thread has come; from any thread."""
        self._awaited = id

    def watch_over(self, task: asyncio.Task[Any]) -> None:
        """`task` is the executor's own on the main thread: all others there are user code."""
        self._own_task = task

    @contextmanager
    def spared(self, wanted: bool) -> Iterator[None]:
        """In this block interrupts are ignored for a moment, and raised if they come later."""
        if not (wanted and self.is_here()):
            yield
            return
        self._spared_until = time.monotonic() + _SPARED
        try:
            yield
        finally:
            self._spared_until = 0.0

    def shielded(self) -> _Block:
        """A block that must not be left half done: an interrupt is raised at its end."""
        return _Block(self, shields=True)

    def exposed(self) -> _Block:
        """User code within a shielded block: there interrupts are raised where they hit."""
        return _Block(self, shields=False)

    def take(self, arrivals: SimpleQueue[Any]) -> Any:
        """The next of `arrivals`, in a shielded block: an interrupt ends the wait, and takes none.

        Whoever takes what is left has to pass over `None`, by which the wait was ended.
        """
        if not self.is_here():
            return arrivals.get()
        while True:
            self._wakes = arrivals
            taken = None if self.is_pending else arrivals.get()
            self._wakes = None
            if taken is not None:
                return taken
            self.raise_pending()

    def raise_pending(self) -> None:
        """Raise the interrupt that came in a shielded block, if one did."""
        if self.is_pending:
            self.is_pending = False
            self._deliver(None)

    async def run_task(self, coroutine: Coroutine[Any, Any, Any], context: Context) -> Any:
        """Await the cell `coroutine` as a task of its own, in `context`, that an interrupt ends."""
        running = self.running
        if not self.is_here() or running is None:
            return await create_task(coroutine, context)
        running.task = create_task(self._driven(coroutine, running), context)
        try:
            return await running.task
        finally:
            running.task = None

    def cancel_task(self) -> None:
        """Interrupt the awaiting cell, if there is one."""
        running = self.running
        if running is not None and running.task is not None and not running.task.done():
            running.cancelled = True
            # By way of the loop's pipe: a loop that waits for its next event would sleep on.
            running.task.get_loop().call_soon_threadsafe(running.task.cancel)

    def is_here(self) -> bool:
        """Whether this is the main thread, the only one that interrupts are about."""
        return threading.get_ident() == self._main

    def _handle(self, _signal: int, frame: FrameType | None) -> None:
        if self.running is None:
            if self._awaited is not None and self._is_kept_waiting(frame):
                self._notify(self._awaited)
                raise KeyboardInterrupt
            return
        if time.monotonic() < self._spared_until:
            return
        if self.is_shielded:
            self.is_pending = True
            if self._wakes is not None:
                self._wakes.put(None)  # of all queues, this one allows that to a signal handler
        elif not _is_finalizing(frame):
            self._deliver(frame)

    def _deliver(self, frame: FrameType | None) -> None:
        running = self.running
        if running is None:
            return
        self._notify(running.id)
        running.interrupts += 1
        if running.task is not None and _loop_waits(frame, running.task.get_loop()):
            self.cancel_task()
        else:
            raise self._interrupt(running, users_frames(frame))

    def _interrupt(self, running: Running, frames: Iterator[FrameType]) -> KeyboardInterrupt:
        """What is to be raised in `frames`."""
        interrupt = KeyboardInterrupt()
        if running.interrupts >= _INSISTENT:
            self._insistence.begin(interrupt, frames)
        return interrupt

    def _is_kept_waiting(self, frame: FrameType | None) -> bool:
        """Whether user code runs on the main thread although no request does."""
        if self._own_task is None or frame is None or self.is_shielded:
            return False
        loop = self._own_task.get_loop()
        if asyncio.current_task(loop) is self._own_task or _is_in(frame, _OWN_MODULES):
            return False
        return not _loop_waits(frame, loop)

    async def _driven(self, coroutine: Coroutine[Any, Any, Any], running: Running) -> Any:
        return await self._interruptible(coroutine, running)

    @types.coroutine
    def _interruptible(
        self, coroutine: Coroutine[Any, Any, Any], running: Running
    ) -> Generator[Any, Any, Any]:
        """Runs the coroutine; a cancellation that an interrupt made becomes KeyboardInterrupt."""
        thrown: BaseException | None = None
        while True:
            try:
                waits = coroutine.send(None) if thrown is None else coroutine.throw(thrown)
            except StopIteration as stop:
                return stop.value
            try:
                yield waits
                thrown = None
            except GeneratorExit:
                coroutine.close()
                raise
            except asyncio.CancelledError as cancelled:
                thrown = cancelled
                if running.cancelled:
                    thrown = self._interrupt(running, awaiting_frames(coroutine))
                running.cancelled = False
            except BaseException as error:
                thrown = error


class _Block:
    """A block of `Interrupts`; no generator, which an interrupt could keep from its end."""

    __slots__ = ("_before", "_interrupts", "_shields")

    def __init__(self, interrupts: Interrupts, *, shields: bool) -> None:
        self._interrupts = interrupts
        self._shields = shields

    def __enter__(self) -> None:
        interrupts = self._interrupts
        self._before = interrupts.is_shielded
        if not interrupts.is_here():
            return
        interrupts.is_shielded = self._shields
        if interrupts.is_pending and not self._shields:
            interrupts.is_shielded = self._before  # there is no end of a block that did not begin
            interrupts.raise_pending()

    def __exit__(self, *_: object) -> None:
        interrupts = self._interrupts
        if interrupts.is_here():
            interrupts.is_shielded = self._before
            if not self._before:
                interrupts.raise_pending()


def create_task(coroutine: Coroutine[Any, Any, Any], context: Context) -> asyncio.Task[Any]:
    """A task of the running loop, in `context` where Python can do that (3.11 and newer)."""
    loop = asyncio.get_running_loop()
    if sys.version_info >= (3, 11):
        return loop.create_task(coroutine, context=context)
    return loop.create_task(coroutine)


def _loop_waits(frame: FrameType | None, loop: asyncio.AbstractEventLoop) -> bool:
    """Whether the signal came while the event loop itself was running."""
    if asyncio.current_task(loop) is not None or frame is None:
        return False
    return _is_in(frame, _LOOP_MODULES)


def _is_finalizing(frame: FrameType | None) -> bool:
    """Whether the signal came in a finalizer of the executor's, which are all short."""
    is_own = False
    while frame is not None and _is_in(frame, _OWN_MODULES):
        if frame.f_code.co_name == "__del__":
            return True
        is_own = True
        frame = frame.f_back
    return is_own and frame is not None and frame.f_code is _FINALIZE


def _is_in(frame: FrameType, modules: str | tuple[str, ...]) -> bool:
    return frame.f_globals.get("__name__", "").startswith(modules)
