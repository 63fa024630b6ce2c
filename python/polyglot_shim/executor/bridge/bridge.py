"""Requests to another language, and the values that come with them.

One `call` frame asks for one of four things (`docs/values.md`, *Calls*): the value of a variable,
its assignment, the value of code, or a function's result. The values that it needs are one tuple.
"""

from __future__ import annotations

import queue
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import Any, Protocol

from ..cells.request import current_request
from ..pipes.calls import Answer, Calls
from ..pipes.frames import Frame
from ..values.codec import Codec, Encoded, Parts, finished
from ..values.encoder import Encoder
from ..values.errors import ConversionError, StaleReferenceError
from ..values.references import Exports, Holding, Imports, Reference
from ..values.shared import Lender
from ..values.sharing import Sharing
from .arrivals import Arrivals
from .known_names import KnownNames
from .losses import LossWarnings
from .redirected import hand_over, redirected

PATIENCE = 1.0
"""How long a question by completion or inspection may take, in seconds.

While the other side runs a cell the host answers at once that it is busy.
"""


class Failed(Exception):
    """The other side answered with an error; its fields, and the exception itself if it came."""

    def __init__(self, header: dict[str, Any], exception: Any) -> None:
        super().__init__(header.get("evalue", ""))
        self.header = header
        self.exception = exception


class BusyError(AttributeError):
    """A question about the other side's objects came while it had no time to answer."""


class Sender(Protocol):
    """Sends a frame, as `Channel.send` does."""

    def __call__(self, header: dict[str, Any], buffers: Sequence[Any] = ()) -> None: ...


class Proxy(Protocol):
    """What stands for an object of another process."""

    @classmethod
    def of(cls, bridge: Bridge, holding: Holding) -> Any:
        """The one for what `holding` refers to."""


class Bridge:
    """All that this process shares with the process of one other language.

    `proxy` is the class of what stands here for an object there; its `of` makes one of the bridge
    and a `Holding`.
    """

    def __init__(self, peer: str, calls: Calls, send: Sender, proxy: type[Proxy]) -> None:
        self.peer = peer
        self.proxy = proxy
        self.exports = Exports()
        self.imports = Imports()
        self.known = KnownNames()
        self.lender = Lender()
        self.codec = Codec(self.exports, self.lender, self._make_proxy)
        self._calls = calls
        self._send = send
        self._warnings = LossWarnings(peer)
        self._peer_generation: int | None = None
        # What the reader thread was told; objects are let go on the main thread, where their
        # finalizers expect to run.
        self.arrivals = Arrivals()
        self._late: queue.SimpleQueue[Frame] = queue.SimpleQueue()

    def sharing(self) -> Sharing:
        """What tells of many values in what they are shared."""
        return Sharing(self.codec.shares)

    def _make_proxy(self, reference: Reference) -> object:
        return self.proxy.of(self, self.imports.hold(reference))

    def request(self, op: str, parts: Parts = (), **fields: Any) -> Any:
        """The answer to `op`; `parts` are the values that it needs, with the names of each.

        Raises `ConversionError`, `Failed` and KeyboardInterrupt.
        """
        self.known.asking()
        asking = current_request().muted
        if not asking:
            self.settle()
            hand_over()
            names = redirected()
            if names:
                fields["capture"] = names
        encoded = self._checked(self.codec.encode_parts(parts))
        fields["generation"] = self.exports.generation
        result = partial(self._result, fields.get("name", "the result"))
        try:
            if asking:
                # Completion and inspection look at objects while a cell runs, and the other side
                # may be running it.
                fields["brief"] = True
                return self._calls.ask_briefly(
                    PATIENCE, self.peer, op, fields, encoded.buffers, result
                )
            return self._calls.call(self.peer, op, fields, encoded.buffers, result)
        finally:  # it was mapped, or nobody waits for the answer any more
            self._close(encoded.segments)

    def _checked(self, encoded: Encoded) -> Encoded:
        """What is about to be sent, when the user has been warned of what is lost."""
        if encoded.losses and not current_request().muted:
            try:
                self._warnings.warn(encoded.losses)
            except BaseException:
                self.codec.abandon(encoded)
                raise
        return encoded

    def _result(self, name: str, frame: Frame | None) -> Any:
        if frame is None or frame.header.get("busy"):
            raise BusyError(f"{self.peer} is running a cell")
        header = frame.header
        self._meet(header)
        value = None
        if frame.buffers:
            value = self.codec.decode(frame.buffers, name)
        if header["status"] != "ok":
            raise Failed(header, value)
        if header.get("known") and isinstance(value, self.proxy):
            self.known.learn(name, value)
        return value

    def arguments(self, frame: Frame) -> tuple[Any, ...]:
        """The values of a call that arrived."""
        self._meet(frame.header)
        self.known.clear()
        # The caller waits, and closes the segments.
        values = self.codec.decode_parts(
            frame.buffers, lambda count: _names_of_parts(frame.header, count)
        )
        self.arrivals.read_frame(frame)
        self.settle()
        return tuple(values)

    def answer(self, value: Any, name: str) -> Answer:
        """The `return` with a value. Raises `ConversionError`."""
        encoded = self._checked(self.codec.encode(value, name))
        fields: dict[str, Any] = {"generation": self.exports.generation}
        if encoded.segments:
            fields["segments"] = encoded.segments
        return Answer(fields, encoded.buffers, keep=value)

    def failure(self, fields: dict[str, Any], exception: BaseException) -> Answer:
        """The `return` with an error: what it says, and the exception to look at."""
        encoded = self._reference(exception)
        fields["generation"] = self.exports.generation
        return Answer(fields, encoded.buffers, status="error")

    def _reference(self, value: object) -> Encoded:
        encoder = self.codec.encoder()
        encoder.reference(value)
        return finished(encoder)

    def _meet(self, header: dict[str, Any]) -> None:
        # A new process has nothing of what the one before it held.
        generation = header.get("generation")
        if generation is None:  # the host's answer: the process is gone, or was not reached
            self.known.clear()
            return
        self.known.forget(header.get("changed", ()))
        if generation == self._peer_generation:
            return
        self.known.clear()
        if self._peer_generation is not None:
            self.exports.clear()
            self.lender.close_all()
        self._peer_generation = generation

    def _close(self, segments: Sequence[int]) -> None:
        for fd in segments:
            self.lender.close(fd)

    # Letting go

    def give_back(self, frame: Frame) -> None:
        """What the `return` lends is lent no longer: it was read, or nobody will."""
        segments = frame.header.get("segments")
        if segments:
            self._release([], segments, frame.header["generation"])

    def settle(self) -> None:
        """Tell the other side what we let go of, and do what it told us. On the main thread."""
        released = self.imports.take_released()
        if released:
            self._release(released, (), 0)
        while True:
            try:
                frame = self._late.get_nowait()
            except queue.Empty:
                break
            with suppress(ConversionError, StaleReferenceError):  # nobody wants the value
                if frame.buffers:
                    self.codec.decode(frame.buffers, "the result")
            self.give_back(frame)
            self.arrivals.read_frame(frame)
        for references in self.arrivals.take_due():
            for generation, number, count in references:
                self.exports.release(generation, number, count)

    def _release(
        self, references: Sequence[Sequence[int]], segments: Sequence[int], generation: int
    ) -> None:
        self._send(
            {
                "type": "release",
                "to": self.peer,
                "refs": references,
                "segments": segments,
                "generation": generation,
            }
        )

    def release_arrived(self, frame: Frame) -> None:
        """Take a `release` frame, on the reader's thread."""
        header = frame.header
        if header.get("generation") == self.exports.generation:
            self._close(header.get("segments", ()))
        if header.get("refs"):
            self.arrivals.let_go(header["refs"])

    def late_return_arrived(self, frame: Frame) -> None:
        """Take the answer to a call whose caller waits no more, on the reader's thread."""
        self._late.put(frame)


def _names_of_parts(header: dict[str, Any], count: int) -> list[str]:
    """What the values of a call are called."""
    if header["op"] != "call":
        return list(header["names"]) if count else []
    function = [] if header.get("target") else ["the function"]
    keywords = [f"keyword {name}" for name in header.get("keywords", ())]
    arguments = range(1, count - len(function) - len(keywords) + 1)
    return [*function, *(f"argument {index}" for index in arguments), *keywords]


def write_proxy(encoder: Encoder, value: Any) -> None:
    """What the other side lent us goes back to it as itself."""
    encoder.foreign_reference(object.__getattribute__(value, "_holding").reference)
