"""Calls between executors: `call`, `return` and `release` frames.

Implements the section *Calls* of `docs/executor-protocol.md`. What the values in the frames are is
none of this module's business.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Any

from .channel import Channel
from .frames import Buffer, Frame
from .output import Output
from .request import Request, current_request, set_request


@dataclass
class Answer:
    """What a handler answers: fields and buffers of the `return` frame."""

    fields: dict[str, Any] = field(default_factory=dict)
    buffers: Sequence[Buffer] = ()
    status: str = "ok"


Handler = Callable[[Frame], Answer]


class Calls:
    """Makes calls to other executors and serves theirs.

    A thread that waits for a `return` serves the calls that arrive meanwhile, so that a cycle of
    calls cannot deadlock.
    """

    def __init__(self, channel: Channel, output: Output) -> None:
        self._channel = channel
        self._output = output
        self._handlers: dict[str, Handler] = {}
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        # The waiting calls by number, the innermost last; each takes frames from its queue.
        self._waiting: dict[int, SimpleQueue[Frame]] = {}
        # Calls of threads that run no cell, which therefore serve none.
        self._asked: dict[int, SimpleQueue[Frame]] = {}
        # Calls that could not be answered yet: number, and the error to answer with.
        self._owed: list[tuple[int, BaseException]] = []
        self.on_release: Callable[[Frame], None] = _ignore
        self.on_late_return: Callable[[Frame], None] = _ignore

    def register(self, op: str, handler: Handler) -> None:
        """Let `handler` serve calls with this `op`."""
        self._handlers[op] = handler

    def call(
        self, to: str, op: str, fields: dict[str, Any], buffers: Sequence[Buffer] = ()
    ) -> Frame:
        """The `return` frame of a call; its `status` says whether it failed.

        Blocks; serves calls to this executor meanwhile. Raises KeyboardInterrupt.
        """
        number = next(self._numbers)
        arrivals: SimpleQueue[Frame] = SimpleQueue()
        with self._lock:
            self._waiting[number] = arrivals
        try:
            self._output.flush()
            self._send(number, to, op, fields, buffers)
            while True:
                frame = arrivals.get()
                if frame.header["type"] == "return":
                    return frame
                self.serve(frame)
        finally:
            with self._lock:
                del self._waiting[number]

    def ask_briefly(
        self, seconds: float, to: str, op: str, fields: dict[str, Any], buffers: Sequence[Buffer]
    ) -> Frame | None:
        """The `return` frame if it comes within `seconds`; nothing is served meanwhile."""
        number = next(self._numbers)
        arrivals: SimpleQueue[Frame] = SimpleQueue()
        with self._lock:
            self._asked[number] = arrivals
        try:
            self._send(number, to, op, fields, buffers)
            return arrivals.get(timeout=seconds)
        except Empty:
            return None
        finally:
            with self._lock:
                del self._asked[number]

    def _send(
        self, number: int, to: str, op: str, fields: dict[str, Any], buffers: Sequence[Buffer]
    ) -> None:
        request = current_request()
        self._channel.send(
            {
                **fields,
                "type": "call",
                "to": to,
                "call": number,
                "id": request.id,
                "allow_stdin": request.allow_stdin,
                "aside": request.is_aside,
                "op": op,
            },
            buffers,
        )

    def arrived(self, frame: Frame) -> bool:
        """Take a frame from the reader thread; False for a call that no waiting thread serves."""
        type, number = frame.header["type"], frame.header.get("call")
        if type == "release":
            self.on_release(frame)
            return True
        with self._lock:
            if type == "return":
                arrivals = self._waiting.get(number) or self._asked.get(number)
                if arrivals is not None:
                    arrivals.put(frame)
                else:  # the caller was interrupted, or waits no more
                    self.on_late_return(frame)
                return True
            for innermost in reversed(self._waiting):
                self._waiting[innermost].put(frame)
                return True
        return False

    def serve(self, frame: Frame) -> None:
        """Run the call, for its request, and send its `return`.

        Whatever is raised, the caller gets one: at the recursion limit, where not even that can be
        sent, by the one who next has anything to send.
        """
        number = frame.header["call"]
        try:
            answer = self._handle(frame)
            self._output.flush()
            self._pay()
            self._answer(number, answer)
        except BaseException as error:
            self._owed.append((number, error))
            self._pay()
            if not isinstance(error, Exception):
                raise

    def _pay(self) -> None:
        while self._owed:
            with suppress(IndexError):  # another thread was faster
                number, error = owed = self._owed.pop()
                fields = {"ename": type(error).__name__, "evalue": str(error)}
                try:
                    self._answer(number, Answer(fields, status="error"))
                except BaseException:
                    self._owed.append(owed)
                    raise

    def _handle(self, frame: Frame) -> Answer:
        header = frame.header
        handler = self._handlers.get(header.get("op"))
        before = current_request()
        request = before
        if header.get("id") != before.id:
            request = Request(header.get("id"), allow_stdin=header.get("allow_stdin", False))
        set_request(request)
        try:
            return handler(frame) if handler else _unknown(header)
        finally:
            set_request(before)

    def _answer(self, number: int, answer: Answer) -> None:
        header = {"type": "return", "call": number, "status": answer.status}
        self._channel.send({**answer.fields, **header}, answer.buffers)


def _ignore(_: Frame) -> None:
    pass


def _unknown(header: dict[str, Any]) -> Answer:
    message = f"Python serves no calls of the kind {header.get('op')!r}"
    return Answer({"ename": "NotImplementedError", "evalue": message}, status="error")
