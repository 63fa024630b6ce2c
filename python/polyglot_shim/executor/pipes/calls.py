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

from ..cells.errors import USER_ERRORS, message_of
from ..cells.interrupt import Interrupts
from ..cells.request import Request, current_request, set_request
from ..streams.output import Output
from .channel import Channel
from .frames import Buffer, Frame


@dataclass
class Answer:
    """What a handler answers: fields and buffers of the `return` frame."""

    fields: dict[str, Any] = field(default_factory=dict)
    buffers: Sequence[Buffer] = ()
    status: str = "ok"
    keep: Any = None
    """What has to live until the frame is sent, as it refers to it."""


Handler = Callable[[Frame], Answer]


def _ignore(*_: Any) -> None:
    pass


def _itself(frame: Frame | None) -> Frame | None:
    return frame


class Calls:
    """Makes calls to other executors and serves theirs.

    A thread that waits for a `return` serves the calls that arrive meanwhile, so that a cycle of
    calls cannot deadlock. All of it is shielded from interrupts but the wait, the handlers and
    `read`: no frame is lost by one, and every call gets its `return`.
    """

    def __init__(self, channel: Channel, output: Output, interrupts: Interrupts) -> None:
        self._channel = channel
        self._output = output
        self._interrupts = interrupts
        self._handlers: dict[str, Handler] = {}
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        # The waiting calls by number, the innermost last; each takes frames from its queue.
        self._waiting: dict[int, SimpleQueue[Frame | None]] = {}
        # Calls of threads that run no cell, which therefore serve none.
        self._asked: dict[int, SimpleQueue[Frame | None]] = {}
        # Calls that could not be answered yet: number, and the error to answer with.
        self._owed: list[tuple[int, BaseException]] = []
        # A `call` or `return` has come, on the reader's thread; it was read, or nobody will.
        self.on_arrival: Callable[[Frame], None] = _ignore
        self.on_read: Callable[[str, int], None] = _ignore
        # A `return` is done with: it was read, or an interrupt came first.
        self.on_returned: Callable[[Frame], None] = _ignore
        self.on_release: Callable[[Frame], None] = _ignore
        self.on_late_return: Callable[[Frame], None] = _ignore
        # A call for the main thread: the thread that was to serve it is not there any more.
        self.on_unserved: Callable[[Frame], None] = _ignore

    def register(self, op: str, handler: Handler) -> None:
        """Let `handler` serve calls with this `op`."""
        self._handlers[op] = handler

    def call(
        self,
        to: str,
        op: str,
        fields: dict[str, Any],
        buffers: Sequence[Buffer] = (),
        read: Callable[[Frame], Any] = _itself,
    ) -> Any:
        """What `read` makes of a call's `return` frame, whose `status` says whether it failed.

        Blocks; serves calls to this executor meanwhile. Raises KeyboardInterrupt.
        """
        number = next(self._numbers)
        arrivals: SimpleQueue[Frame | None] = SimpleQueue()
        with self._interrupts.shielded():
            with self._lock:
                self._waiting[number] = arrivals
            try:
                self._output.flush()
                self._send(number, to, op, fields, buffers)
                while (frame := self._interrupts.take(arrivals)).header["type"] != "return":
                    self.serve(frame)
                return self._read(read, frame)
            finally:
                self._end(number, self._waiting, arrivals)

    def ask_briefly(
        self,
        seconds: float,
        to: str,
        op: str,
        fields: dict[str, Any],
        buffers: Sequence[Buffer],
        read: Callable[[Frame | None], Any] = _itself,
    ) -> Any:
        """What `read` makes of the `return` frame, or of `None` where none comes within `seconds`.

        Nothing is served meanwhile.
        """
        number = next(self._numbers)
        arrivals: SimpleQueue[Frame | None] = SimpleQueue()
        with self._lock:
            self._asked[number] = arrivals
        try:
            self._send(number, to, op, fields, buffers)
            try:
                frame = arrivals.get(timeout=seconds)
            except Empty:
                frame = None
            return read(None) if frame is None else self._read(read, frame)
        finally:
            self._end(number, self._asked, arrivals)

    def _read(self, read: Callable[[Frame], Any], frame: Frame) -> Any:
        # What it lends is given back, also where an interrupt comes before it is read.
        try:
            with self._interrupts.exposed():
                return read(frame)
        finally:
            self.on_returned(frame)

    def _end(
        self,
        number: int,
        waiting: dict[int, SimpleQueue[Frame | None]],
        arrivals: SimpleQueue[Frame | None],
    ) -> None:
        with self._lock:
            del waiting[number]
        self.on_read("return", number)
        # What came when this thread was interrupted, or waited no more, is another one's now.
        with suppress(Empty):
            while True:
                frame = arrivals.get_nowait()
                if frame is not None and not self.arrived(frame):
                    self.on_unserved(frame)

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
        self.on_arrival(frame)
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
        """Run the call, for its request, and send its `return`; in a shielded block.

        Whatever is raised, the caller gets one: at the recursion limit, where not even that can be
        sent, by the one who next has anything to send.
        """
        number = frame.header["call"]
        try:
            try:
                answer = self._handle(frame)
            finally:
                self.on_read("call", number)
            self._output.flush()
            self.pay()
            self._answer(number, answer)
        except BaseException as error:
            self._owed.append((number, error))
            self.pay()
            if not isinstance(error, (*USER_ERRORS, KeyboardInterrupt)):
                raise

    def pay(self) -> None:
        """Send the answers that the recursion limit has kept from being sent."""
        while self._owed:
            with suppress(IndexError):  # another thread was faster
                number, error = owed = self._owed.pop()
                fields = {"ename": type(error).__name__, "evalue": message_of(error)}
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
            with self._interrupts.exposed():
                return handler(frame) if handler else _unknown(header)
        finally:
            set_request(before)

    def _answer(self, number: int, answer: Answer) -> None:
        header = {"type": "return", "call": number, "status": answer.status}
        self._channel.send({**answer.fields, **header}, answer.buffers)


def _unknown(header: dict[str, Any]) -> Answer:
    message = f"Python serves no calls of the kind {header.get('op')!r}"
    return Answer({"ename": "NotImplementedError", "evalue": message}, status="error")
