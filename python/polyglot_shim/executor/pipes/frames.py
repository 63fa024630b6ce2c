"""Frames, the units of the pipes between the host and its executors.

Implements the section *Frames* of `docs/executor-protocol.md`.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

Buffer: TypeAlias = bytes | bytearray | memoryview
Outgoing: TypeAlias = Buffer | list[bytes]  # a buffer as a whole, or in pieces

MAGIC = b"PGK1"
PREFIX = struct.Struct("<4sIII")
MAX_HEADER = 64 * 2**20
MAX_BUFFERS = 2**16
MAX_TOTAL = 64 * 2**30

# Formats of the struct module that a memoryview can be cast from.
_CASTABLE = frozenset("cbB?hHiIlLqQnNfdPe")

STDOUT_MARK = 1
STDERR_MARK = 2

# Requests are small; one read usually brings a whole frame, which matters while a cell holds the
# GIL: each blocking read waits up to a switch interval to get it back.
CHUNK = 65536


class FrameError(Exception):
    """The bytes are no frame, or would be none. Nothing behind them can be read."""


@dataclass(frozen=True)
class Frame:
    """What a frame's header says, and its raw buffers."""

    header: dict[str, Any]
    buffers: list[Buffer] = field(default_factory=list)
    marks: int = 0


def encode_header(header: dict[str, Any]) -> bytes:
    """The header's bytes; `encode` takes them in place of the header."""
    return json.dumps(header, separators=(",", ":"), allow_nan=False).encode()


def encode(
    header: dict[str, Any] | bytes, buffers: Sequence[Outgoing] = (), marks: int = 0
) -> list[Buffer]:
    """The frame as pieces to be written one after another: large buffers are not copied.

    Raises FrameError when it breaks the bounds, which would cost the process its life.
    """
    text = header if isinstance(header, bytes) else encode_header(header)
    views: list[Buffer] = []
    lengths = []
    for buffer in buffers:
        pieces = buffer if isinstance(buffer, list) else [view_of_bytes(buffer)]
        views += pieces
        lengths.append(sum(map(len, pieces)))
    _check_bounds(len(text), len(lengths), sum(lengths))
    sizes = struct.pack(f"<{len(lengths)}Q", *lengths)
    return [PREFIX.pack(MAGIC, marks, len(text), len(lengths)) + sizes + text, *views]


def with_marks(start: Buffer, marks: int) -> bytes:
    """The first piece of a frame with these marks in it."""
    return b"".join((start[:4], marks.to_bytes(4, "little"), start[8:]))


def _check_bounds(header_size: int, buffers: int, total: int) -> None:
    if header_size > MAX_HEADER:
        raise FrameError(f"a header of {header_size} bytes")
    if buffers > MAX_BUFFERS:
        raise FrameError(f"{buffers} buffers")
    if total > MAX_TOTAL:
        raise FrameError(f"buffers of more than {MAX_TOTAL} bytes")


def view_of_bytes(buffer: Buffer) -> Buffer:
    """The buffer such that `len` is its size in bytes, whatever its items and dimensions are.

    The items are in C order, as a reader that knows no strides expects them; they are copied only
    where they are not so already. Raises TypeError for what is no buffer, or one of pointers.
    """
    if isinstance(buffer, (bytes, bytearray)):
        return buffer
    view = buffer if isinstance(buffer, memoryview) else memoryview(buffer)
    if view.ndim == 1 and view.itemsize == 1 and view.contiguous:
        return view
    if "O" in view.format:
        raise TypeError("a buffer of Python objects holds their addresses, not what they are")
    if view.nbytes and view.c_contiguous and view.format.lstrip("@") in _CASTABLE:
        return view.cast("B")
    return view.tobytes()


class FrameReader:
    """Reads frames one after another.

    `readinto` fills the start of a memoryview and says how many bytes it wrote, 0 at the end of
    the stream, as `io.RawIOBase.readinto` does.
    """

    def __init__(self, readinto: Callable[[memoryview], int]) -> None:
        self._readinto = readinto
        self._buffered = memoryview(b"")

    @property
    def buffered(self) -> bool:
        """Whether bytes of another frame were read already."""
        return bool(self._buffered)

    def read(self) -> Frame | None:
        """The next frame; `None` at a clean end of the stream. Raises `FrameError`."""
        if not self._buffered and not self._fill():
            return None
        magic, marks, header_size, count = PREFIX.unpack(self._take(PREFIX.size))
        if magic != MAGIC:
            raise FrameError("it does not start with PGK1")
        _check_bounds(header_size, count, 0)
        sizes = struct.unpack(f"<{count}Q", self._take(8 * count))
        _check_bounds(header_size, count, sum(sizes))
        header = parse_header(self._take(header_size))
        return Frame(header, [self._take(size) for size in sizes], marks)

    def _take(self, size: int) -> bytearray:
        """The next `size` bytes, copied once from where they were read to."""
        taken = bytearray(size)
        view = memoryview(taken)
        position = 0
        while position < size:
            if self._buffered:
                piece = self._buffered[: size - position]
                view[position : position + len(piece)] = piece
                self._buffered = self._buffered[len(piece) :]
                position += len(piece)
            elif size - position >= CHUNK:
                position += self._checked(self._readinto(view[position:]))
            else:
                self._checked(self._fill())
        return taken

    def _fill(self) -> int:
        chunk = memoryview(bytearray(CHUNK))
        count = self._readinto(chunk)
        self._buffered = chunk[:count]
        return count

    @staticmethod
    def _checked(count: int) -> int:
        if count == 0:
            raise FrameError("the stream ends inside a frame")
        return count


def parse_header(text: bytes | bytearray) -> dict[str, Any]:
    """The header as an object. Raises `FrameError`."""
    try:
        header = json.loads(text.decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise FrameError(f"its header is no JSON: {error}") from error
    if not isinstance(header, dict):
        raise FrameError("its header is no JSON object")
    return header


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")
