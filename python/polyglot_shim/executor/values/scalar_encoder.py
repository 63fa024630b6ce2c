"""Writing the scalars of the language itself."""

from __future__ import annotations

import datetime
import enum
import fractions
import struct
import uuid

from . import tags
from .encoder import Encoder

_EPOCH = datetime.datetime(1970, 1, 1)
_EPOCH_DAY = _EPOCH.toordinal()
_MILLISECOND = datetime.timedelta(milliseconds=1)
_MICROSECOND = datetime.timedelta(microseconds=1)

_INT64 = struct.Struct("<Bq")
_FLOAT64 = struct.Struct("<Bd")
_COMPLEX64 = struct.Struct("<Bdd")

_INT64_MIN, _INT64_MAX = -(1 << 63), (1 << 63) - 1


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
        encoder.loses("a datetime was sent to the millisecond: Julia's DateTime holds no more")
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
