"""Writing values: the scalars and containers of the language itself.

What NumPy, pandas and pyarrow add is in `numpy_encoder`, `table_encoder` and `arrow_encoder`, which
are imported when the first value of theirs is sent.
"""

from __future__ import annotations

import datetime
import enum
import fractions
import importlib
import os
import struct
import uuid
import warnings
from array import array
from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate
from typing import Any

from . import tags
from .errors import ConversionError, PrecisionLossWarning, type_name
from .references import Exports, Reference
from .shared import Chunks, Lender

MAX_DEPTH = 200
"""How deep containers may be nested; both languages' stacks bear it."""

_SHORTEST_PACKED = 8
_EPOCH = datetime.datetime(1970, 1, 1)
_EPOCH_DAY = _EPOCH.toordinal()
_MILLISECOND = datetime.timedelta(milliseconds=1)
_MICROSECOND = datetime.timedelta(microseconds=1)

_U32 = struct.Struct("<I")
_U64 = struct.Struct("<Q")
_INT64 = struct.Struct("<Bq")
_FLOAT64 = struct.Struct("<Bd")
_COMPLEX64 = struct.Struct("<Bdd")
_COUNTED = struct.Struct("<BI")
_INLINE = struct.Struct("<BQ")
_IN_FRAME = struct.Struct("<BQI")
_SHARED_FD = struct.Struct("<BQIIQ")
_SHARED_FILE = struct.Struct("<BQQI")

_INT64_MIN, _INT64_MAX = -(1 << 63), (1 << 63) - 1

Writer = Callable[["Encoder", Any], None]


class Encoder:
    """Writes one value: its description, and beside it the buffers that are too big to copy."""

    def __init__(self, writers: dict[type, Writer], exports: Exports, lender: Lender) -> None:
        self.description = bytearray()
        self.buffers: list[Any] = [self.description]
        self.segments: list[int] = []
        self.lent: list[int] = []
        self._writers = writers
        self._exports = exports
        self._lender = lender
        self._inside: set[int] = set()

    def write(self, value: Any) -> None:
        """Append `value`. Raises `ConversionError`."""
        cls = type(value)
        writer = self._writers.get(cls)
        if writer is None:
            writer = self._writers[cls] = find_writer(cls, self._writers)
        writer(self, value)

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
        segment = self._lender.lend(chunks)
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

    def abandon(self) -> None:
        """Take everything back: the value will not be sent."""
        for fd in self.segments:
            self._lender.close(fd)
        for number in self.lent:
            self._exports.release(self._exports.generation, number, 1)

    def enter(self, value: object) -> None:
        """Begin with the contents of the container `value`."""
        if id(value) in self._inside:
            raise ConversionError("it contains itself", type_name(value))
        if len(self._inside) >= MAX_DEPTH:
            reason = f"it is nested more than {MAX_DEPTH} levels deep"
            raise ConversionError(reason, type_name(value))
        self._inside.add(id(value))

    def leave(self, value: object) -> None:
        self._inside.discard(id(value))

    def items(self, values: Iterable[Any]) -> None:
        """Every value, each at its index in the path of an error."""
        index = 0
        try:
            for value in values:
                self.write(value)
                index += 1
        except ConversionError as error:
            error.under(f"[{index}]")
            raise

    def reference(self, value: object) -> None:
        """`value` stays here; the other side gets something to reach it by."""
        number = self._exports.lend(value)
        self.lent.append(number)
        self.byte(tags.REFERENCE)
        self.text("python")
        self.u64(self._exports.generation)
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


# ------------------------------------------------------------------------------ finding the writer

_LIBRARIES = {
    "numpy": "numpy_encoder",
    "pandas": "pandas_encoder",
    "pyarrow": "arrow_encoder",
}


def find_writer(cls: type, writers: dict[type, Writer]) -> Writer:
    """The writer for a type that was not met before: its library's, its base's, or a reference."""
    if issubclass(cls, enum.Enum):
        return write_enum
    library = _LIBRARIES.get(cls.__module__.partition(".")[0])
    if library is not None:
        module = importlib.import_module(f".{library}", __package__)
        found: Writer | None = module.find_writer(cls)
        if found is not None:
            return found
    if issubclass(cls, tuple) and hasattr(cls, "_fields"):
        return write_named_tuple
    for base in cls.__mro__[1:]:
        if base in writers and base is not object:
            return writers[base]
        if base.__module__.partition(".")[0] in _LIBRARIES:
            return find_writer(base, writers)
    return Encoder.reference


# ---------------------------------------------------------------------------------------- scalars


def write_none(encoder: Encoder, value: None) -> None:
    encoder.byte(tags.NOTHING)


def write_bool(encoder: Encoder, value: bool) -> None:
    encoder.byte(tags.TRUE if value else tags.FALSE)


def write_int(encoder: Encoder, value: int) -> None:
    if _INT64_MIN <= value <= _INT64_MAX:
        encoder.description += _INT64.pack(tags.INT64, value)
        return
    encoder.byte(tags.INTEGER)
    encoder.byte(value < 0)
    magnitude = abs(value)
    encoder.blob(magnitude.to_bytes((magnitude.bit_length() + 7) // 8, "little"))


def write_float(encoder: Encoder, value: float) -> None:
    encoder.description += _FLOAT64.pack(tags.FLOAT64, value)


def write_complex(encoder: Encoder, value: complex) -> None:
    encoder.description += _COMPLEX64.pack(tags.COMPLEX64, value.real, value.imag)


def write_str(encoder: Encoder, value: str) -> None:
    encoder.byte(tags.STRING)
    encoder.text(value)


def write_bytes(encoder: Encoder, value: bytes) -> None:
    encoder.byte(tags.BYTES)
    encoder.blob(value)


def write_bytearray(encoder: Encoder, value: Any) -> None:
    """A mutable buffer of bytes is an array of UInt8."""
    encoder.byte(tags.ARRAY)
    encoder.byte(tags.UINT8)
    write_shape(encoder, (len(value),))
    encoder.blob(value)


def write_fraction(encoder: Encoder, value: fractions.Fraction) -> None:
    encoder.byte(tags.RATIONAL)
    write_int(encoder, value.numerator)
    write_int(encoder, value.denominator)


def write_uuid(encoder: Encoder, value: uuid.UUID) -> None:
    encoder.byte(tags.UUID)
    encoder.description += value.bytes


def write_enum(encoder: Encoder, value: enum.Enum) -> None:
    cls = type(value)
    julia_type = getattr(cls, "__julia_type__", None)
    encoder.byte(tags.ENUM)
    encoder.text("python" if julia_type is None else "julia")
    encoder.text(f"{cls.__module__}:{cls.__qualname__}" if julia_type is None else julia_type)
    encoder.text(value.name or "")
    encoder.write(value.value)
    encoder.u32(0)  # the members are the owner's business


# ---------------------------------------------------------------------------------- dates and times


def write_date(encoder: Encoder, value: datetime.date) -> None:
    encoder.description += _INT64.pack(tags.DATE, value.toordinal() - _EPOCH_DAY)


def write_datetime(encoder: Encoder, value: datetime.datetime) -> None:
    if value.tzinfo is not None:
        encoder.reference(value)  # Julia's standard library has no time zones
        return
    milliseconds, rest = divmod(value - _EPOCH, _MILLISECOND)
    if rest:
        warn_precision("a datetime", "milliseconds")
    encoder.description += _INT64.pack(tags.DATETIME, milliseconds)


def write_time(encoder: Encoder, value: datetime.time) -> None:
    if value.tzinfo is not None:
        encoder.reference(value)
        return
    seconds = (value.hour * 60 + value.minute) * 60 + value.second
    nanoseconds = (seconds * 1_000_000 + value.microsecond) * 1000
    encoder.description += _INT64.pack(tags.TIME, nanoseconds)


def write_timedelta(encoder: Encoder, value: datetime.timedelta) -> None:
    count = value // _MICROSECOND
    if _INT64_MIN <= count <= _INT64_MAX:
        write_period(encoder, tags.MICROSECONDS, count)
    else:  # 292,000 years: Julia's periods count in 64 bits
        encoder.reference(value)


def write_period(encoder: Encoder, unit: int, count: int) -> None:
    encoder.byte(tags.PERIOD)
    encoder.description += _INT64.pack(unit, count)


def warn_precision(what: str, kept: str) -> None:
    """Say that digits are lost; Python shows a warning once for each place in the user's code."""
    message = f"{what} was sent with finer digits than Julia's DateTime holds: {kept} are kept"
    warnings.warn(message, PrecisionLossWarning, stacklevel=2)


# -------------------------------------------------------------------------------------- containers


def write_tuple(encoder: Encoder, value: tuple[Any, ...]) -> None:
    encoder.enter(value)
    encoder.counted(tags.TUPLE, len(value))
    encoder.items(value)
    encoder.leave(value)


def write_named_tuple(encoder: Encoder, value: Any) -> None:
    encoder.enter(value)
    write_fields(encoder, tags.NAMED_TUPLE, value._fields, value)
    encoder.leave(value)


def write_fields(encoder: Encoder, tag: int, names: Sequence[str], values: Iterable[Any]) -> None:
    encoder.counted(tag, len(names))
    for name in names:
        encoder.text(name)
    for name, value in zip(names, values, strict=True):
        try:
            encoder.write(value)
        except ConversionError as error:
            error.under(f".{name}")
            raise


def write_list(encoder: Encoder, value: list[Any]) -> None:
    if len(value) >= _SHORTEST_PACKED and write_packed_list(encoder, value):
        return
    encoder.enter(value)
    items = tuple(value)
    encoder.counted(tags.LIST, len(items))
    encoder.items(items)
    encoder.leave(value)


def write_packed_list(encoder: Encoder, value: list[Any]) -> bool:
    """Lists of numbers or of strings only, a hundred times faster; `False` for any other."""
    types = set(map(type, value))
    if types == {int}:
        try:
            data = array("q", value)
        except OverflowError:
            return False
        encoder.byte(tags.PACKED_LIST)
        encoder.byte(tags.INT64)
    elif types == {float}:
        data = array("d", value)
        encoder.byte(tags.PACKED_LIST)
        encoder.byte(tags.FLOAT64)
    elif types == {str}:
        write_strings(encoder, value, None, (len(value),), tags.STRINGS_LIST)
        return True
    else:
        return False
    encoder.blob(data)
    return True


def write_dict(encoder: Encoder, value: dict[Any, Any]) -> None:
    encoder.enter(value)
    items = tuple(value.items())
    encoder.counted(tags.DICT, len(items))
    for key, item in items:
        try:
            encoder.write(key)
        except ConversionError as error:
            error.under(f"<key {key!r}>")
            raise
        try:
            encoder.write(item)
        except ConversionError as error:
            error.under(f"[{key!r}]")
            raise
    encoder.leave(value)


def write_set(encoder: Encoder, value: Iterable[Any]) -> None:
    items = tuple(value)
    encoder.counted(tags.SET, len(items))
    for item in items:
        try:
            encoder.write(item)
        except ConversionError as error:
            error.under(f"<member {item!r}>")
            raise


def write_range(encoder: Encoder, value: range) -> None:
    encoder.byte(tags.RANGE)
    write_int(encoder, value.start)
    write_int(encoder, value.step)
    write_int(encoder, len(value))


# ------------------------------------------------------------------------------------------ arrays


def write_shape(encoder: Encoder, shape: Sequence[int]) -> None:
    encoder.byte(len(shape))
    for length in shape:
        encoder.u64(length)


def write_strings(
    encoder: Encoder,
    values: Sequence[str],
    mask: bytes | None,
    shape: Sequence[int],
    kind: int,
) -> None:
    """Strings in one piece; `mask` names the entries that are missing or nothing (see tags)."""
    data, lengths = _encode_strings(values)
    offsets = array("q", (0,))
    offsets.extend(accumulate(lengths))
    encoder.byte(tags.STRINGS)
    encoder.byte(kind)
    write_shape(encoder, shape)
    encoder.blob(offsets)
    encoder.blob(data)
    write_mask(encoder, mask)


def write_mask(encoder: Encoder, mask: bytes | None) -> None:
    """Which of the special values occur, and where."""
    flags = 0
    if mask is not None:
        flags = (tags.IS_MISSING * (tags.IS_MISSING in mask)) | (
            tags.IS_NOTHING * (tags.IS_NOTHING in mask)
        )
    encoder.byte(flags)
    if flags:
        encoder.blob(mask)


def _encode_strings(values: Sequence[str]) -> tuple[bytes, Iterable[int]]:
    try:
        joined = "".join(values)
        if joined.isascii():
            return joined.encode("ascii"), map(len, values)
        pieces = [value.encode() for value in values]
    except UnicodeEncodeError:
        index, position = _find_surrogate(values)
        reason = f"it holds a lone surrogate at position {position}"
        error = ConversionError(reason, "str")
        error.under(f"[{index}]")
        raise error from None
    return b"".join(pieces), map(len, pieces)


def _find_surrogate(values: Sequence[str]) -> tuple[int, int]:
    for index, value in enumerate(values):
        try:
            value.encode()
        except UnicodeEncodeError as error:
            return index, error.start
    raise AssertionError("no string holds a surrogate")


def base_writers() -> dict[type, Writer]:
    """The writers of the language's own types."""
    return {
        type(None): write_none,
        bool: write_bool,
        int: write_int,
        float: write_float,
        complex: write_complex,
        str: write_str,
        bytes: write_bytes,
        bytearray: write_bytearray,
        tuple: write_tuple,
        list: write_list,
        dict: write_dict,
        set: write_set,
        frozenset: write_set,
        range: write_range,
        fractions.Fraction: write_fraction,
        datetime.datetime: write_datetime,
        datetime.date: write_date,
        datetime.time: write_time,
        datetime.timedelta: write_timedelta,
        uuid.UUID: write_uuid,
    }
