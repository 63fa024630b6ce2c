"""Writing NumPy's dates, times and periods."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import tags
from .array_bits import write_bits
from .container_encoder import write_shape
from .encoder import Encoder
from .errors import ConversionError, place

_DATE_UNITS = ("Y", "M", "W", "D")
_FINER_THAN_JULIA = ("us", "ns", "ps", "fs", "as")

_SECOND = 10**18
_SIZES = {
    "Y": 31_556_952 * _SECOND,  # on the average of the calendar's 400 years
    "M": 2_629_746 * _SECOND,
    "W": 604_800 * _SECOND,
    "D": 86_400 * _SECOND,
    "h": 3600 * _SECOND,
    "m": 60 * _SECOND,
    "s": _SECOND,
    "ms": 10**15,
    "us": 10**12,
    "ns": 10**9,
    "ps": 10**6,
    "fs": 10**3,
    "as": 1,
}
"""NumPy's units, in attoseconds."""

_LIMITS = {
    "Date": (-92_231_826_453_037_731, 92_231_826_451_598_675),
    "DateTime": (-4_611_748_144_118_400_000, 4_611_623_872_924_799_000),
}
"""From `typemin` to `typemax`, in days and milliseconds since 1970."""

_INT64 = (-(1 << 63), (1 << 63) - 1)


def write_datetime64(encoder: Encoder, value: np.datetime64) -> None:
    if np.isnat(value):
        encoder.byte(tags.MISSING)
        return
    days, counts = _in_julia_units(encoder, np.asarray(value))
    encoder.byte(tags.DATE if days else tags.DATETIME)
    encoder.description += counts.astype("<i8").tobytes()


def write_timedelta64(encoder: Encoder, value: np.timedelta64) -> None:
    if np.isnat(value):
        encoder.byte(tags.MISSING)
        return
    unit, counts = _in_periods(encoder, np.asarray(value))
    encoder.byte(tags.PERIOD)
    encoder.byte(unit)
    encoder.description += counts.astype("<i8").tobytes()


def write_times(
    encoder: Encoder, value: np.ndarray[Any, Any], mask: np.ndarray[Any, Any] | None
) -> None:
    """An array of dates, times or periods; `NaT` and what `mask` covers is missing."""
    absent = np.isnat(value)
    if mask is not None:
        absent = absent | mask
    masked = mask is not None or bool(absent.any())
    if masked:
        value = np.where(absent, np.zeros((), value.dtype), value)
    if value.dtype.kind == "M":
        days, counts = _in_julia_units(encoder, value)
        code = bytes((tags.DATE if days else tags.DATETIME,))
    else:
        unit, counts = _in_periods(encoder, value)
        code = bytes((tags.PERIOD, unit))
    encoder.byte(tags.MASKED_ARRAY if masked else tags.ARRAY)
    encoder.description += code
    write_shape(encoder, value.shape)
    write_bits(encoder, counts, np.dtype("<i8"))
    if masked:
        write_bits(encoder, absent, np.dtype(np.bool_))


def _in_julia_units(
    encoder: Encoder, value: np.ndarray[Any, Any]
) -> tuple[bool, np.ndarray[Any, Any]]:
    """Whether these are dates, and days or milliseconds since 1970."""
    unit = np.datetime_data(value.dtype)[0]
    if unit in _DATE_UNITS:
        _check_range(value, "D", "Date")
        return True, value.astype("<M8[D]", copy=False).view("<i8")
    _check_range(value, "ms", "DateTime")
    milliseconds = value.astype("<M8[ms]", copy=False)
    if unit in _FINER_THAN_JULIA and (milliseconds.astype(value.dtype) != value).any():
        encoder.loses("a datetime64 was sent to the millisecond: Julia's DateTime holds no more")
    return False, milliseconds.view("<i8")


def _in_periods(encoder: Encoder, value: np.ndarray[Any, Any]) -> tuple[int, np.ndarray[Any, Any]]:
    """The unit's index, and how many of it; Julia's periods have the same units."""
    unit, count = np.datetime_data(value.dtype)
    if unit == "generic":
        raise ConversionError("a timedelta64 without a unit has no period in Julia", "timedelta64")
    base = unit if unit in tags.PERIOD_UNITS else "ns"
    if unit != base or count != 1:
        _check_range(value, base, "Nanosecond" if base == "ns" else "Period")
    counts = value.astype(f"<m8[{base}]", copy=False)
    if unit != base and (counts.astype(value.dtype) != value).any():
        encoder.loses("a timedelta64 was sent to the nanosecond: Julia's periods hold no more")
    return tags.PERIOD_UNITS.index(base), counts.view("<i8")


def _check_range(value: np.ndarray[Any, Any], target: str, julia_type: str) -> None:
    """Refuse what the target unit cannot count: NumPy itself wraps around without a word."""
    unit, count = np.datetime_data(value.dtype)
    if value.size == 0 or unit == "generic":  # a datetime64 without a unit is NaT
        return
    low, high = _LIMITS.get(julia_type, _INT64)
    for extreme in (value.min(), value.max()):
        size = int(extreme.view("i8")) * count * _SIZES[unit]
        if not low <= size // _SIZES[target] <= high:
            reason = f"it is out of the range of Julia's {julia_type}"
            error = ConversionError(reason, str(value.dtype))
            if value.ndim:
                index = int(np.argmax(np.ravel(value, order="F") == extreme))
                error.under(place(index, value.shape))
            raise error
