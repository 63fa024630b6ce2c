"""Reading the scalars of the language itself, and references."""

from __future__ import annotations

import datetime
import enum
import struct
import sys
import uuid
from collections.abc import Callable
from typing import Any

from . import tags
from .decoder import Decoder, array_decoder, missing_value
from .errors import ConversionError
from .references import Reference

_F64 = struct.Struct("<d")
_C64 = struct.Struct("<dd")

_EPOCH = datetime.datetime(1970, 1, 1)
_EPOCH_DAY = _EPOCH.toordinal()
_LAST_DAY = datetime.date.max.toordinal()
_MILLISECONDS = (
    (datetime.datetime.min - _EPOCH) // datetime.timedelta(milliseconds=1),
    (datetime.datetime.max - _EPOCH) // datetime.timedelta(milliseconds=1),
)


def read_float(decoder: Decoder) -> float:
    return float(decoder.unpack(_F64)[0])


def read_complex64(decoder: Decoder) -> complex:
    return complex(*decoder.unpack(_C64))


def read_integer(decoder: Decoder) -> int:
    negative = decoder.byte()
    magnitude = int.from_bytes(decoder.blob(), "little")
    return -magnitude if negative else magnitude


def fixed_integer(size: int, signed: bool) -> Callable[[Decoder], int]:
    def read(decoder: Decoder) -> int:
        start = decoder.position
        decoder.position = start + size
        return int.from_bytes(decoder.data[start : start + size], "little", signed=signed)

    return read


def numpy_scalar(tag: int) -> Callable[[Decoder], Any]:
    """Numbers that only NumPy has types for; their width survives the way back."""

    def read(decoder: Decoder) -> Any:
        return array_decoder().read_scalar(decoder, tag)

    return read


def read_missing(decoder: Decoder) -> object:
    return missing_value()


def read_uuid(decoder: Decoder) -> uuid.UUID:
    start = decoder.position
    decoder.position = start + 16
    return uuid.UUID(bytes=bytes(decoder.data[start : start + 16]))


def read_complex(decoder: Decoder) -> Any:
    real, imaginary = decoder.read(), decoder.read()
    if isinstance(real, int):
        return complex(real, imaginary)
    return array_decoder().make_complex(real, imaginary)


def read_bigfloat(decoder: Decoder) -> Any:
    precision = decoder.u32()
    negative = decoder.byte()
    special = decoder.byte()
    significand, exponent = 0, 0
    if special == 0:
        significand, exponent = int.from_bytes(decoder.blob(), "little"), decoder.i64()
    module = array_decoder()
    return module.make_longdouble(precision, negative, special, significand, exponent)


def read_enum(decoder: Decoder) -> Any:
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


def read_date(decoder: Decoder) -> Any:
    days = decoder.i64()
    if 1 <= days + _EPOCH_DAY <= _LAST_DAY:
        return datetime.date.fromordinal(days + _EPOCH_DAY)
    return array_decoder().make_datetime64(days, "D")


def read_datetime(decoder: Decoder) -> Any:
    milliseconds = decoder.i64()
    if _MILLISECONDS[0] <= milliseconds <= _MILLISECONDS[1]:
        return _EPOCH + datetime.timedelta(milliseconds=milliseconds)
    return array_decoder().make_datetime64(milliseconds, "ms")


def read_time(decoder: Decoder) -> datetime.time:
    seconds, nanoseconds = divmod(decoder.i64(), 1_000_000_000)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    return datetime.time(hour, minute, second, nanoseconds // 1000)


def read_period(decoder: Decoder) -> Any:
    unit, count = decoder.byte(), decoder.i64()
    if unit == tags.MICROSECONDS:
        try:
            return datetime.timedelta(microseconds=count)
        except OverflowError:
            pass
    return array_decoder().make_timedelta64(count, tags.PERIOD_UNITS[unit])


# ------------------------------------------------------------------------------------- references


def read_reference(decoder: Decoder) -> Any:
    owner = decoder.text()
    generation, number = decoder.u64(), decoder.u64()
    is_callable = bool(decoder.byte())
    type_name = decoder.text()
    if owner == "python":
        return decoder.exports.get(generation, number)
    return decoder.make_proxy(Reference(owner, generation, number, type_name, is_callable))
