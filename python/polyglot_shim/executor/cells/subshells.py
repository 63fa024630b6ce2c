"""Subshells: threads that run cells and comm messages beside the main thread's.

Implements the field `subshell` of `docs/executor-protocol.md`. Each subshell has an asyncio loop of
its own; the variables are everybody's.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from contextvars import Context, copy_context
from typing import Any

from ..pipes.frames import Frame
from .interrupt import create_task

Run = Callable[[Frame], Awaitable[None]]


class Subshells:
    """The subshells by name. All methods are the reader thread's.

    `prepare` is called in each new thread, with the context of what runs there, and answers what
    runs a request.
    """

    def __init__(self, prepare: Callable[[Context], Run]) -> None:
        self._prepare = prepare
        self._subshells: dict[str, Subshell] = {}

    def put(self, frame: Frame) -> None:
        """Run the request in its subshell, after those that came before it."""
        name = frame.header["subshell"]
        if name not in self._subshells:
            self._subshells[name] = Subshell(name, self._prepare)
        self._subshells[name].put(frame)

    def end(self, name: str) -> None:
        """Let the thread end when it has run what it was given."""
        subshell = self._subshells.pop(name, None)
        if subshell is not None:
            subshell.put(None)


class Subshell:
    """A thread that runs one request after another."""

    def __init__(self, name: str, prepare: Callable[[Context], Run]) -> None:
        self._prepare = prepare
        self._loop = asyncio.new_event_loop()
        self._frames: asyncio.Queue[Frame | None] = asyncio.Queue()
        threading.Thread(target=self._serve, name=name, daemon=True).start()

    def put(self, frame: Frame | None) -> None:
        """Run the request; `None` ends the thread."""
        self._loop.call_soon_threadsafe(self._frames.put_nowait, frame)

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        context = copy_context()
        run = self._prepare(context)

        async def start() -> asyncio.Task[None]:
            return create_task(self._main(run), context)

        main = self._loop.run_until_complete(start())
        while not main.done():
            try:
                self._loop.run_until_complete(main)
            except RuntimeError:
                if main.done():
                    raise
                # User code stopped the loop, which is ours.
        self._loop.close()

    async def _main(self, run: Run) -> None:
        while (frame := await self._frames.get()) is not None:
            await run(frame)


class OfThread:
    """An attribute that each thread has for itself, of a class with one instance.

    For what belongs to a cell: one of a subshell runs beside the main shell's. A thread that never
    set it sees what was set last.
    """

    def __init__(self, default: Any) -> None:
        self._latest = default
        self._own = threading.local()

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        return getattr(self._own, "value", self._latest)

    def __set__(self, instance: Any, value: Any) -> None:
        self._own.value = self._latest = value
