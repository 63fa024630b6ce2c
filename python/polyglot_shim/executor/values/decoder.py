"""Reading values out of the buffers of a frame.

How the values of each tag are read is in `scalar_decoder` and `container_decoder`; arrays need
NumPy and are read in `array_decoder`, tables in `table_decoder`.
"""

from __future__ import annotations

import enum
import importlib
import importlib.util
import struct
import sys
from collections.abc import Callable, Sequence
from typing import Any

from . import tags
from .errors import ConversionError, place
from .mapped_files import MappedFiles
from .references import Exports, Reference
from .shared import borrow
from .shares import Memory, Shares

_U32 = struct.Struct("<I")
_U64 = struct.Struct("<Q")
_I64 = struct.Struct("<q")
_FD = struct.Struct("<IIQ")
_FILE = struct.Struct("<QI")

Buffer = Any
"""Something that has bytes: `bytes`, `bytearray`, `memoryview`, a ctypes array."""

ProxyMaker = Callable[[Reference], object]

Reader = Callable[["Decoder"], Any]


class Decoder:
    """Reads one value out of the buffers of a frame."""

    def __init__(
        self,
        buffers: Sequence[Buffer],
        readers: Sequence[Reader],
        exports: Exports,
        make_proxy: ProxyMaker,
        shares: Shares,
        files: MappedFiles,
        enums: dict[Any, type[enum.Enum]],
    ) -> None:
        self.data = memoryview(buffers[0]).cast("B")
        self.position = 0
        self.exports = exports
        self.make_proxy = make_proxy
        self.enums = enums
        self.files = files
        self._shares = shares
        self._buffers = buffers
        self._readers = readers

    def read(self) -> Any:
        """The next value. Raises `ConversionError`."""
        tag = self.data[self.position]
        self.position += 1
        return self._readers[tag](self)

    def byte(self) -> int:
        value = self.data[self.position]
        self.position += 1
        return value

    def unpack(self, layout: struct.Struct) -> tuple[Any, ...]:
        values = layout.unpack_from(self.data, self.position)
        self.position += layout.size
        return values

    def u32(self) -> int:
        return int(self.unpack(_U32)[0])

    def u64(self) -> int:
        return int(self.unpack(_U64)[0])

    def i64(self) -> int:
        return int(self.unpack(_I64)[0])

    def text(self) -> str:
        return str(self.blob(), "utf-8")

    def texts(self, count: int) -> tuple[str, ...]:
        return tuple([self.text() for _ in range(count)])

    def shape(self) -> tuple[int, ...]:
        return tuple([self.u64() for _ in range(self.byte())])

    def blob(self) -> Buffer:
        """The bytes of a blob, wherever they are. Those of an inline blob are read-only."""
        placement = self.byte()
        size = self.u64()
        if placement == tags.INLINE:
            start = self.position
            self.position = start + size
            if self.position > len(self.data):
                raise ConversionError("the value ends too early", "corrupt", "receive")
            return self.data[start : self.position]
        if placement == tags.IN_FRAME:
            return self._buffers[self.u32()]
        if placement == tags.SHARED_FD:
            pid, fd, inode = self.unpack(_FD)
            return borrow(f"/proc/{pid}/fd/{fd}", inode, size)
        inode, length = self.unpack(_FILE)
        path = str(self.data[self.position : self.position + length], "utf-8")
        self.position += length
        return borrow(path, inode, size)

    def shared_memory(self) -> Memory:
        """All of a share, which is held from now on as long as there are arrays on it."""
        if self.byte() != tags.SHARED_FD:
            raise ConversionError("shared memory is nowhere", "corrupt", "receive")
        size = self.u64()
        pid, fd, inode = self.unpack(_FD)
        return self._shares.hold(f"/proc/{pid}/fd/{fd}", inode, size)

    def items(self, count: int) -> list[Any]:
        """As many values, each at its place in the path of an error."""
        items: list[Any] = []
        try:
            for _ in range(count):
                items.append(self.read())
        except ConversionError as error:
            error.under(place(len(items)))
            raise
        return items

    def fields(self, names: Sequence[str]) -> list[Any]:
        """A value for each name, which stands in the path of an error."""
        values: list[Any] = []
        try:
            for _ in names:
                values.append(self.read())
        except ConversionError as error:
            error.under(f".{names[len(values)]}")
            raise
        return values


def find_library(name: str) -> Any:
    """The module `name`, `None` when it is not installed."""
    if name in sys.modules:
        return sys.modules[name]
    if importlib.util.find_spec(name) is None:
        return None
    return importlib.import_module(name)


def missing_value() -> object:
    """`pandas.NA`, or `None` where pandas is not installed."""
    pandas = find_library("pandas")
    return None if pandas is None else pandas.NA


def array_decoder() -> Any:
    """The reader of arrays; a clear error where NumPy is not installed."""
    name = f"{__package__}.array_decoder"
    module = sys.modules.get(name)
    if module is not None:
        return module
    if find_library("numpy") is None:
        raise ConversionError("it needs NumPy, which is not installed", "array", "receive")
    return importlib.import_module(name)
