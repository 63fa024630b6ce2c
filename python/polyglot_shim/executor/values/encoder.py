"""Writing values: the description, and the buffers beside it.

How the values of each type are written is in `scalar_encoder` and `container_encoder`, and in
`numpy_encoder`, `pandas_encoder` and `arrow_encoder` for what these libraries add.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import Any

from . import tags
from .errors import ConversionError, place, type_name
from .references import Exports, Reference
from .shared import Chunks, Lender
from .shares import Share, Shares

MAX_DEPTH = 200
"""How deep containers may be nested; both languages' stacks bear it."""

_U32 = struct.Struct("<I")
_U64 = struct.Struct("<Q")
_COUNTED = struct.Struct("<BI")
_INLINE = struct.Struct("<BQ")
_IN_FRAME = struct.Struct("<BQI")
_SHARED_FD = struct.Struct("<BQIIQ")
_SHARED_FILE = struct.Struct("<BQQI")

Writer = Callable[["Encoder", Any], None]


class WriterTable(dict[type, Writer]):
    """The writer for each type."""

    packed: dict[Writer, Callable[[Any, Sequence[Any]], None]]
    """What writes many of one type at once, where its writer does not do it one by one."""


class Encoder:
    """Writes one value: its description, and beside it the buffers that are too big to copy."""

    def __init__(
        self, writers: WriterTable, exports: Exports, lender: Lender, shares: Shares
    ) -> None:
        self.description = bytearray()
        self.buffers: list[Any] = [self.description]
        self.segments: list[int] = []
        self.lent: list[int] = []
        self.losses: dict[str, None] = {}
        """What the other side's types do not hold of the value; each is said once, in order."""
        self.writers = writers
        self._lender = lender
        self.inside: set[int] = set()
        """The containers in which what is written now may stand."""
        self.exports = exports
        self.shares = shares
        self._entered: list[int] = []
        self._depth = 0
        self._careful_from = MAX_DEPTH + 1
        """The depth from which on nothing is attempted: there something cannot be sent."""

    def write(self, value: Any) -> None:
        """Append `value`. Raises `ConversionError`."""
        self.writers[type(value)](self, value)

    def byte(self, value: int) -> None:
        self.description.append(value)

    def u32(self, value: int) -> None:
        self.description += _U32.pack(value)

    def u64(self, value: int) -> None:
        self.description += _U64.pack(value)

    def counted(self, tag: int, count: int) -> None:
        self.description += _COUNTED.pack(tag, count)

    def text(self, value: str) -> None:
        """A name or string, with no tag."""
        try:
            self.blob(value.encode())
        except UnicodeEncodeError as error:
            reason = f"it holds a lone surrogate at position {error.start}"
            raise ConversionError(reason, "str") from None

    def blob(self, data: Any) -> None:
        """Bytes that stand in one piece."""
        view = memoryview(data)
        if view.nbytes < self._lender.threshold:
            self.description += _INLINE.pack(tags.INLINE, view.nbytes)
            self.description += view
        else:
            self.big_blob(view.nbytes, lambda: (view.cast("B"),))

    def blob_in_chunks(self, size: int, chunks: Chunks) -> None:
        """Bytes that have to be rearranged on their way; `chunks()` gives them piece by piece."""
        if size < self._lender.threshold:
            self.description += _INLINE.pack(tags.INLINE, size)
            for chunk in chunks():
                self.description += chunk
        else:
            self.big_blob(size, chunks)

    def big_blob(self, size: int, chunks: Chunks) -> None:
        segment = self._lender.lend(size, chunks)
        if segment is None:
            self.description += _IN_FRAME.pack(tags.IN_FRAME, size, len(self.buffers))
            self.buffers.append(_joined(size, chunks))
            return
        self.segments.append(segment.fd)
        if segment.path:
            path = segment.path.encode()
            self.description += _SHARED_FILE.pack(tags.SHARED_FILE, size, segment.inode, len(path))
            self.description += path
        else:
            self.description += _SHARED_FD.pack(
                tags.SHARED_FD, size, os.getpid(), segment.fd, segment.inode
            )

    def shared_blob(self, share: Share) -> None:
        """All of the memory of `share`, which the other side is to hold, too."""
        segment = self._lender.lend_open(share.fd, share.inode)
        self.segments.append(segment.fd)
        self.description += _SHARED_FD.pack(
            tags.SHARED_FD, share.size, os.getpid(), segment.fd, share.inode
        )

    def loses(self, message: str) -> None:
        """The user is warned when the value is complete."""
        self.losses[message] = None

    def enter(self, value: object) -> None:
        """Begin with the contents of the container `value`."""
        if id(value) in self.inside:
            raise ConversionError("it contains itself", type_name(value))
        self.deeper(value)
        self.inside.add(id(value))
        self._entered.append(id(value))

    def leave(self) -> None:
        """The contents of the container that was entered last are written."""
        self.inside.discard(self._entered.pop())
        self._depth -= 1
        if self._depth < self._careful_from:
            self._careful_from = MAX_DEPTH + 1

    def deeper(self, value: object) -> None:
        """Go down one level, into `value` or into many like it."""
        if self._depth >= MAX_DEPTH:
            reason = f"it is nested more than {MAX_DEPTH} levels deep"
            raise ConversionError(reason, type_name(value))
        self._depth += 1

    def higher(self) -> None:
        """What `deeper` went into is written."""
        self._depth -= 1

    def attempt(self, write: Callable[[], None]) -> bool:
        """Whether `write` could write all of the container that was entered last.

        Where it could not, nothing is left of what it wrote, and in that container nothing else is
        attempted: it is written for the error's sake, and once.
        """
        if self._depth >= self._careful_from:
            return False
        lengths = [len(part) for part in self._parts()]
        depth = self._depth
        with suppress(ConversionError, RecursionError):
            write()
            return True
        for fd in self.segments[lengths[2] :]:
            self._lender.close(fd)
        for number in self.lent[lengths[3] :]:
            self.exports.release(self.exports.generation, number, 1)
        self.inside.difference_update(self._entered[lengths[4] :])
        for part, length in zip(self._parts(), lengths, strict=True):
            del part[length:]
        self._depth = self._careful_from = depth
        return False

    def _parts(self) -> tuple[Any, ...]:
        """All that grows while a value is written."""
        return self.description, self.buffers, self.segments, self.lent, self._entered

    def items(self, values: Iterable[Any], shape: Sequence[int] = ()) -> None:
        """Every value, each at its place in the path of an error; `shape` is an array's."""
        index = 0
        try:
            for value in values:
                self.write(value)
                index += 1
        except ConversionError as error:
            error.under(place(index, shape))
            raise

    def reference(self, value: object) -> None:
        """`value` stays here; the other side gets something to reach it by."""
        number = self.exports.lend(value)
        self.lent.append(number)
        self.byte(tags.REFERENCE)
        self.text("python")
        self.u64(self.exports.generation)
        self.u64(number)
        self.byte(callable(value))
        self.text(type_name(value))

    def foreign_reference(self, reference: Reference) -> None:
        """What the other side lent us goes back to it."""
        self.byte(tags.REFERENCE)
        self.text(reference.owner)
        self.u64(reference.generation)
        self.u64(reference.number)
        self.byte(reference.is_callable)
        self.text(reference.type_name)


def _joined(size: int, chunks: Chunks) -> bytearray:
    joined = bytearray(size)
    view, position = memoryview(joined), 0
    for chunk in chunks():
        view[position : position + len(chunk)] = chunk
        position += len(chunk)
    return joined
