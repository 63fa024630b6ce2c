"""Reading values: the scalars and containers of the language itself.

Arrays need NumPy and are read in `array_decoder`, tables in `table_decoder`.
"""

from __future__ import annotations

import datetime
import enum
import fractions
import importlib
import importlib.util
import struct
import sys
import uuid
from array import array
from collections import namedtuple
from collections.abc import Callable, Sequence
from operator import itemgetter
from types import ModuleType
from typing import Any

from . import tags
from .errors import ConversionError, type_name
from .references import Exports, Reference
from .shared import borrow

_U32 = struct.Struct("<I")
_U64 = struct.Struct("<Q")
_I64 = struct.Struct("<q")
_F64 = struct.Struct("<d")
_C64 = struct.Struct("<dd")
_FD = struct.Struct("<IIQ")
_FILE = struct.Struct("<QI")

_EPOCH = datetime.datetime(1970, 1, 1)
_EPOCH_DAY = _EPOCH.toordinal()
_LAST_DAY = datetime.date.max.toordinal()
_MILLISECONDS = (
    (datetime.datetime.min - _EPOCH) // datetime.timedelta(milliseconds=1),
    (datetime.datetime.max - _EPOCH) // datetime.timedelta(milliseconds=1),
)

Buffer = Any
"""Something that has bytes: `bytes`, `bytearray`, `memoryview`, a ctypes array."""

ProxyMaker = Callable[[Reference], object]


class Decoder:
    """Reads one value out of the buffers of a frame."""

    def __init__(
        self,
        buffers: Sequence[Buffer],
        exports: Exports,
        make_proxy: ProxyMaker,
        enums: dict[Any, type[enum.Enum]],
    ) -> None:
        self.data = memoryview(buffers[0]).cast("B")
        self.position = 0
        self.segments: list[int] = []
        """The sender's segments that were mapped: it can close them."""
        self.exports = exports
        self.make_proxy = make_proxy
        self.enums = enums
        self._buffers = buffers

    def read(self) -> Any:
        """The next value. Raises `ConversionError`."""
        tag = self.data[self.position]
        self.position += 1
        return _READERS[tag](self)

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
            return self.data[start : self.position]
        if placement == tags.IN_FRAME:
            return self._buffers[self.u32()]
        if placement == tags.SHARED_FD:
            pid, fd, inode = self.unpack(_FD)
            memory = borrow(f"/proc/{pid}/fd/{fd}", inode, size)
            self.segments.append(fd)
            return memory
        inode, length = self.unpack(_FILE)
        path = str(self.data[self.position : self.position + length], "utf-8")
        self.position += length
        return borrow(path, inode, size)

    def items(self, count: int) -> list[Any]:
        return [self.read() for _ in range(count)]


def _not_a_value(decoder: Decoder) -> Any:
    tag = decoder.data[decoder.position - 1]
    raise ConversionError(f"the tag {tag:#x} is unknown", "corrupt", "receive")


# ---------------------------------------------------------------------------------------- scalars


def _read_integer(decoder: Decoder) -> int:
    negative = decoder.byte()
    magnitude = int.from_bytes(decoder.blob(), "little")
    return -magnitude if negative else magnitude


def _fixed_integer(size: int, signed: bool) -> Callable[[Decoder], int]:
    def read(decoder: Decoder) -> int:
        start = decoder.position
        decoder.position = start + size
        return int.from_bytes(decoder.data[start : start + size], "little", signed=signed)

    return read


def _numpy_scalar(tag: int) -> Callable[[Decoder], Any]:
    """Numbers that only NumPy has types for; their width survives the way back."""

    def read(decoder: Decoder) -> Any:
        return array_decoder(decoder).read_scalar(decoder, tag)

    return read


def array_decoder(decoder: Decoder) -> ModuleType:
    """The reader of arrays; a clear error where NumPy is not installed."""
    name = f"{__package__}.array_decoder"
    module = sys.modules.get(name)
    if module is not None:
        return module
    if importlib.util.find_spec("numpy") is None:
        raise ConversionError("it needs NumPy, which is not installed", "array", "receive")
    return importlib.import_module(name)


def _read_missing(decoder: Decoder) -> object:
    return missing_value()


def missing_value() -> object:
    """`pandas.NA`, or `None` where pandas is not installed."""
    pandas = find_library("pandas")
    return None if pandas is None else pandas.NA


def find_library(name: str) -> Any:
    """The module `name`, `None` when it is not installed."""
    if name in sys.modules:
        return sys.modules[name]
    if importlib.util.find_spec(name) is None:
        return None
    return importlib.import_module(name)


def _read_uuid(decoder: Decoder) -> uuid.UUID:
    start = decoder.position
    decoder.position = start + 16
    return uuid.UUID(bytes=bytes(decoder.data[start : start + 16]))


def _read_complex(decoder: Decoder) -> Any:
    real, imaginary = decoder.read(), decoder.read()
    if isinstance(real, int):
        return complex(real, imaginary)
    return array_decoder(decoder).make_complex(real, imaginary)


def _read_bigfloat(decoder: Decoder) -> Any:
    precision = decoder.u32()
    negative = decoder.byte()
    special = decoder.byte()
    significand, exponent = 0, 0
    if special == 0:
        significand, exponent = int.from_bytes(decoder.blob(), "little"), decoder.i64()
    module = array_decoder(decoder)
    return module.make_longdouble(precision, negative, special, significand, exponent)


def _read_enum(decoder: Decoder) -> Any:
    owner, path, name = decoder.texts(3)
    value = decoder.read()
    members = [(decoder.text(), decoder.i64()) for _ in range(decoder.u32())]
    if owner == "python":
        return _own_enum(path, name, value)
    key = (path, tuple(members))
    cls = decoder.enums.get(key)
    if cls is None:
        cls = enum.Enum(path.rpartition(".")[2], members)  # type: ignore[assignment]
        cls.__julia_type__ = path  # type: ignore[attr-defined, union-attr]
        decoder.enums[key] = cls  # type: ignore[assignment]
    return cls[name]  # type: ignore[index]


def _own_enum(path: str, name: str, value: Any) -> enum.Enum:
    module, _, qualified = path.partition(":")
    cls: Any = sys.modules.get(module)
    for part in qualified.split("."):
        cls = getattr(cls, part, None)
    if not (isinstance(cls, type) and issubclass(cls, enum.Enum)):
        raise ConversionError(f"there is no enum {qualified} any more", qualified, "receive")
    return cls[name] if name in cls.__members__ else cls(value)


# ---------------------------------------------------------------------------------- dates and times


def _read_date(decoder: Decoder) -> Any:
    days = decoder.i64()
    if 1 <= days + _EPOCH_DAY <= _LAST_DAY:
        return datetime.date.fromordinal(days + _EPOCH_DAY)
    return array_decoder(decoder).make_datetime64(days, "D")


def _read_datetime(decoder: Decoder) -> Any:
    milliseconds = decoder.i64()
    if _MILLISECONDS[0] <= milliseconds <= _MILLISECONDS[1]:
        return _EPOCH + datetime.timedelta(milliseconds=milliseconds)
    return array_decoder(decoder).make_datetime64(milliseconds, "ms")


def _read_time(decoder: Decoder) -> datetime.time:
    seconds, nanoseconds = divmod(decoder.i64(), 1_000_000_000)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    return datetime.time(hour, minute, second, nanoseconds // 1000)


def _read_period(decoder: Decoder) -> Any:
    unit, count = decoder.byte(), decoder.i64()
    if unit == tags.MICROSECONDS:
        try:
            return datetime.timedelta(microseconds=count)
        except OverflowError:
            pass
    return array_decoder(decoder).make_timedelta64(count, tags.PERIOD_UNITS[unit])


# -------------------------------------------------------------------------------------- containers


def _read_dict(decoder: Decoder) -> dict[Any, Any]:
    result = {}
    count = decoder.u32()
    for _ in range(count):
        key = _hashable(decoder.read(), "a key of a dict")
        if key in result:
            reason = f"two keys become the same one in Python, {key!r}"
            raise ConversionError(reason, "Dict", "receive")
        try:
            result[key] = decoder.read()
        except ConversionError as error:
            error.under(f"[{key!r}]")
            raise
    return result


def _read_set(decoder: Decoder) -> set[Any]:
    result = set()
    for _ in range(decoder.u32()):
        member = _hashable(decoder.read(), "a member of a set")
        if member in result:
            reason = f"two members become the same one in Python, {member!r}"
            raise ConversionError(reason, "Set", "receive")
        result.add(member)
    return result


def _hashable(value: Any, what: str) -> Any:
    if isinstance(value, set):
        return frozenset(value)
    try:
        hash(value)
    except TypeError:
        reason = f"{what} must be hashable in Python"
        raise ConversionError(reason, type_name(value), "receive") from None
    return value


def _read_named_tuple(decoder: Decoder) -> tuple[Any, ...]:
    count = decoder.u32()
    names = decoder.texts(count)
    return make_named_tuple(names, decoder.items(count))


def make_named_tuple(names: Sequence[str], values: Sequence[Any]) -> Any:
    """A named tuple; Python's own where it can have these names."""
    cls = namedtuple("NamedTuple", names, rename=True)  # type: ignore[misc]
    if cls._fields != tuple(names):
        _restore_names(cls, names)
    cls.__reduce__ = _reduce_named_tuple  # type: ignore[method-assign]
    return cls._make(values)


def _restore_names(cls: Any, names: Sequence[str]) -> None:
    # Julia's names may be keywords or start with an underscore, which namedtuple refuses.
    cls._fields = tuple(names)
    for index, name in enumerate(names):
        if not hasattr(tuple, name):
            setattr(cls, name, property(itemgetter(index)))
    cls.__repr__ = _show_named_tuple


def _show_named_tuple(self: Any) -> str:
    pairs = zip(self._fields, self, strict=True)
    return f"NamedTuple({', '.join(f'{name}={value!r}' for name, value in pairs)})"


def _reduce_named_tuple(self: Any) -> tuple[Any, ...]:
    return make_named_tuple, (self._fields, tuple(self))


def _read_range(decoder: Decoder) -> range:
    start, step, length = decoder.read(), decoder.read(), decoder.read()
    return range(start, start + step * length, step)


def _read_packed_list(decoder: Decoder) -> list[Any]:
    code = "q" if decoder.byte() == tags.INT64 else "d"
    data = array(code)
    data.frombytes(decoder.blob())
    return data.tolist()


# ------------------------------------------------------------------------------- arrays and strings


def read_strings(decoder: Decoder) -> tuple[int, tuple[int, ...], list[Any]]:
    """What they become, their shape, and the strings in column-major order."""
    kind = decoder.byte()
    shape = decoder.shape()
    offsets = memoryview(decoder.blob()).cast("B").cast("q").tolist()
    texts = _split(decoder.blob(), offsets)
    if decoder.byte():
        _fill_in(texts, bytes(decoder.blob()))
    return kind, shape, texts


def _split(data: Buffer, offsets: list[int]) -> list[Any]:
    text = str(memoryview(data).cast("B"), "utf-8")
    starts, ends = offsets[:-1], offsets[1:]
    if len(text) == offsets[-1]:  # ASCII only: bytes are characters
        return [text[start:end] for start, end in zip(starts, ends, strict=True)]
    raw = text.encode()
    return [raw[start:end].decode() for start, end in zip(starts, ends, strict=True)]


def _fill_in(texts: list[Any], mask: bytes) -> None:
    missing = missing_value() if tags.IS_MISSING in mask else None
    for index, code in enumerate(mask):
        if code == tags.IS_NOTHING:
            texts[index] = None
        elif code == tags.IS_MISSING:
            texts[index] = missing


def _read_strings(decoder: Decoder) -> Any:
    kind, shape, texts = read_strings(decoder)
    if kind == tags.STRINGS_LIST:
        return texts
    return array_decoder(decoder).make_objects(texts, shape)


def _by_array_decoder(name: str) -> Callable[[Decoder], Any]:
    def read(decoder: Decoder) -> Any:
        return getattr(array_decoder(decoder), name)(decoder)

    return read


def _read_table(decoder: Decoder) -> Any:
    array_decoder(decoder)
    return importlib.import_module(".table_decoder", __package__).read_table(decoder)


def _read_categorical(decoder: Decoder) -> Any:
    array_decoder(decoder)
    return importlib.import_module(".table_decoder", __package__).read_categorical(decoder)


def _read_reference(decoder: Decoder) -> Any:
    owner = decoder.text()
    generation, number = decoder.u64(), decoder.u64()
    is_callable = bool(decoder.byte())
    type_name = decoder.text()
    if owner == "python":
        return decoder.exports.get(generation, number)
    return decoder.make_proxy(Reference(owner, generation, number, type_name, is_callable))


def _readers() -> list[Callable[[Decoder], Any]]:
    table: list[Callable[[Decoder], Any]] = [_not_a_value] * 256
    table[tags.NOTHING] = lambda decoder: None
    table[tags.MISSING] = _read_missing
    table[tags.FALSE] = lambda decoder: False
    table[tags.TRUE] = lambda decoder: True
    table[tags.INT64] = Decoder.i64
    table[tags.INT128] = _fixed_integer(16, True)
    table[tags.UINT128] = _fixed_integer(16, False)
    for tag in (tags.INT8, tags.INT16, tags.INT32, tags.FLOAT16, tags.FLOAT32, tags.COMPLEX32):
        table[tag] = _numpy_scalar(tag)
    for tag in (tags.UINT8, tags.UINT16, tags.UINT32, tags.UINT64):
        table[tag] = _numpy_scalar(tag)
    table[tags.FLOAT64] = lambda decoder: decoder.unpack(_F64)[0]
    table[tags.COMPLEX64] = lambda decoder: complex(*decoder.unpack(_C64))
    table[tags.INTEGER] = _read_integer
    table[tags.BIGFLOAT] = _read_bigfloat
    table[tags.COMPLEX] = _read_complex
    table[tags.STRING] = Decoder.text
    table[tags.BYTES] = lambda decoder: bytes(decoder.blob())
    table[tags.TUPLE] = lambda decoder: tuple(decoder.items(decoder.u32()))
    table[tags.NAMED_TUPLE] = _read_named_tuple
    table[tags.LIST] = lambda decoder: decoder.items(decoder.u32())
    table[tags.DICT] = _read_dict
    table[tags.SET] = _read_set
    table[tags.RANGE] = _read_range
    table[tags.RATIONAL] = lambda decoder: fractions.Fraction(decoder.read(), decoder.read())
    table[tags.DATE] = _read_date
    table[tags.DATETIME] = _read_datetime
    table[tags.TIME] = _read_time
    table[tags.PERIOD] = _read_period
    table[tags.UUID] = _read_uuid
    table[tags.ENUM] = _read_enum
    table[tags.ARRAY] = _by_array_decoder("read_array")
    table[tags.MASKED_ARRAY] = _by_array_decoder("read_masked_array")
    table[tags.STRINGS] = _read_strings
    table[tags.OBJECTS] = _by_array_decoder("read_objects")
    table[tags.CATEGORICAL] = _read_categorical
    table[tags.TABLE] = _read_table
    table[tags.PACKED_LIST] = _read_packed_list
    table[tags.RECORDS] = _by_array_decoder("read_records")
    table[tags.REFERENCE] = _read_reference
    return table


_READERS = _readers()
