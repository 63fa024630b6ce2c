"""Writing what NumPy has: arrays of every dtype, in Julia's memory order, and scalars."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from . import elements, tags
from .encoder import (
    Encoder,
    Writer,
    warn_precision,
    write_fields,
    write_shape,
    write_strings,
)
from .errors import ConversionError

_CHUNK = 4 << 20
"""Bytes that are rearranged at a time: little beside the array, and in the processor's cache."""

_OBJECT_ELEMENTS = {"g": tags.BIGFLOAT, "G": tags.COMPLEX}
_DATE_UNITS = ("Y", "M", "W", "D")
_FINER_THAN_JULIA = ("us", "ns", "ps", "fs", "as")


def find_writer(cls: type) -> Writer | None:
    """The writer for a type of NumPy's, `None` when it has no value of its own."""
    if cls is np.ma.core.MaskedConstant:
        return write_missing
    if issubclass(cls, np.ma.MaskedArray):
        return write_masked_array
    if issubclass(cls, np.ndarray):
        return write_array
    if issubclass(cls, np.generic):
        return write_scalar
    return None


# ---------------------------------------------------------------------------------------- scalars


def write_scalar(encoder: Encoder, value: np.generic) -> None:
    kind = value.dtype.kind
    code = elements.CODES.get(value.dtype.newbyteorder("="))
    if kind == "b":
        encoder.byte(tags.TRUE if value else tags.FALSE)
    elif code is not None:
        encoder.byte(code)
        encoder.description += value.astype(value.dtype.newbyteorder("<")).tobytes()
    elif kind == "g" or value.dtype == np.longdouble:
        write_longdouble(encoder, value)
    elif value.dtype == np.clongdouble:
        encoder.byte(tags.COMPLEX)
        write_longdouble(encoder, value.real)
        write_longdouble(encoder, value.imag)
    elif kind == "M":
        _write_datetime64(encoder, value)
    elif kind == "m":
        _write_timedelta64(encoder, value)
    elif kind == "V" and value.dtype.names:
        _write_record(encoder, value)
    else:  # str_, bytes_, void: what Python makes of them
        encoder.write(value.item())


def write_missing(encoder: Encoder, value: object) -> None:
    encoder.byte(tags.MISSING)


def write_longdouble(encoder: Encoder, value: Any) -> None:
    """A float of more than 64 bits, exactly: significand and exponent."""
    encoder.byte(tags.BIGFLOAT)
    precision = np.finfo(np.longdouble).nmant + 1
    encoder.u32(precision)
    encoder.byte(bool(np.signbit(value)))
    if not np.isfinite(value):
        encoder.byte(2 if np.isnan(value) else 1)
        return
    encoder.byte(0)
    fraction, exponent = np.frexp(np.abs(value))
    significand = int(np.ldexp(fraction, precision))
    encoder.blob(significand.to_bytes((precision + 7) // 8, "little"))
    encoder.u64(int(exponent) - precision & 0xFFFF_FFFF_FFFF_FFFF)


def _write_datetime64(encoder: Encoder, value: Any) -> None:
    if np.isnat(value):
        encoder.byte(tags.MISSING)
        return
    days, counts = _in_julia_units(np.asarray(value))
    encoder.byte(tags.DATE if days else tags.DATETIME)
    encoder.description += counts.astype("<i8").tobytes()


def _write_timedelta64(encoder: Encoder, value: Any) -> None:
    if np.isnat(value):
        encoder.byte(tags.MISSING)
        return
    unit, counts = _in_periods(np.asarray(value))
    encoder.byte(tags.PERIOD)
    encoder.byte(unit)
    encoder.description += counts.astype("<i8").tobytes()


def _write_record(encoder: Encoder, value: Any) -> None:
    names = value.dtype.names
    write_fields(encoder, tags.NAMED_TUPLE, names, (value[name] for name in names))


# ----------------------------------------------------------------------------------------- arrays


def write_array(encoder: Encoder, value: np.ndarray[Any, Any]) -> None:
    """An array; its elements are written in column-major order."""
    value = np.asarray(value)  # subclasses: matrix, memmap, recarray
    kind = value.dtype.kind
    element = elements.of_dtype(value.dtype)
    if element is not None:
        encoder.byte(tags.ARRAY)
        encoder.description += element.description
        write_shape(encoder, value.shape)
        write_bits(encoder, value, element.dtype)
    elif kind == "M" or kind == "m":
        _write_times(encoder, value, None)
    elif kind == "U":
        write_strings(encoder, _in_column_order(value), None, value.shape, tags.STRINGS_ARRAY)
    elif kind == "V" and value.dtype.names:
        _write_records(encoder, value)
    else:
        write_objects(encoder, value)


def write_masked_array(encoder: Encoder, value: np.ma.MaskedArray[Any, Any]) -> None:
    """An array with missing elements."""
    write_masked(encoder, np.ma.getdata(value), np.ma.getmaskarray(value))


def write_masked(encoder: Encoder, data: np.ndarray[Any, Any], mask: np.ndarray[Any, Any]) -> None:
    """Elements and, beside them, which of them are missing."""
    element = elements.of_dtype(data.dtype)
    if data.dtype.kind in "Mm":
        _write_times(encoder, data, mask)
        return
    if element is None:
        objects = data.astype(object)
        objects[mask] = np.ma.masked
        write_objects(encoder, objects)
        return
    encoder.byte(tags.MASKED_ARRAY)
    encoder.description += element.description
    write_shape(encoder, data.shape)
    write_bits(encoder, data, element.dtype)
    write_bits(encoder, mask, np.dtype(np.bool_))


def write_bits(encoder: Encoder, value: np.ndarray[Any, Any], dtype: np.dtype[Any]) -> None:
    """The elements in column-major order and as `dtype`, which is what the other side reads."""
    size = value.size * dtype.itemsize
    if value.dtype == dtype and value.flags.f_contiguous:
        encoder.blob(_bytes_of(value))
    else:
        encoder.blob_in_chunks(size, lambda: map(_bytes_of, _column_major_chunks(value, dtype)))


def _bytes_of(value: np.ndarray[Any, Any]) -> memoryview:
    if value.size == 0:
        return memoryview(b"")
    # ravel("K") of what is contiguous is a view; a read-only one is fine.
    return memoryview(value.ravel(order="K").view(np.uint8)).cast("B")


def _column_major_chunks(
    value: np.ndarray[Any, Any], dtype: np.dtype[Any]
) -> Iterator[np.ndarray[Any, Any]]:
    """`value` in pieces that, one behind the other, are its elements in column-major order."""
    if value.ndim == 0 or value.size * dtype.itemsize <= _CHUNK:
        yield value.astype(dtype, order="F")
        return
    count = value.shape[-1]
    slice_size = value.size // count * dtype.itemsize
    if slice_size > _CHUNK:
        for index in range(count):
            yield from _column_major_chunks(value[..., index], dtype)
        return
    step = max(1, _CHUNK // slice_size)
    for start in range(0, count, step):
        yield value[..., start : start + step].astype(dtype, order="F")


def _in_column_order(value: np.ndarray[Any, Any]) -> list[Any]:
    items: list[Any] = value.ravel(order="F").tolist()
    return items


# -------------------------------------------------------------------------------- dates and periods


def _write_times(
    encoder: Encoder, value: np.ndarray[Any, Any], mask: np.ndarray[Any, Any] | None
) -> None:
    absent = np.isnat(value)
    if mask is not None:
        absent = absent | mask
    if value.dtype.kind == "M":
        days, counts = _in_julia_units(np.where(absent, np.zeros((), value.dtype), value))
        code = bytes((tags.DATE if days else tags.DATETIME,))
    else:
        unit, counts = _in_periods(value)
        code = bytes((tags.PERIOD, unit))
    masked = mask is not None or bool(absent.any())
    encoder.byte(tags.MASKED_ARRAY if masked else tags.ARRAY)
    encoder.description += code
    write_shape(encoder, value.shape)
    write_bits(encoder, counts, np.dtype("<i8"))
    if masked:
        write_bits(encoder, absent, np.dtype(np.bool_))


def _in_julia_units(value: np.ndarray[Any, Any]) -> tuple[bool, np.ndarray[Any, Any]]:
    """Whether these are dates, and days or milliseconds since 1970."""
    unit = np.datetime_data(value.dtype)[0]
    if unit in _DATE_UNITS:
        return True, value.astype("<M8[D]").view("<i8")
    milliseconds = value.astype("<M8[ms]")
    if unit in _FINER_THAN_JULIA and (milliseconds != value).any():
        warn_precision("a datetime64", "milliseconds")
    return False, milliseconds.view("<i8")


def _in_periods(value: np.ndarray[Any, Any]) -> tuple[int, np.ndarray[Any, Any]]:
    """The unit's index, and how many of it; Julia's periods have the same units."""
    unit, count = np.datetime_data(value.dtype)
    if unit in tags.PERIOD_UNITS and count == 1:
        native = value.astype(value.dtype.newbyteorder("<"))
        return tags.PERIOD_UNITS.index(unit), native.view("<i8")
    if unit == "generic":
        raise ConversionError("a timedelta64 without a unit has no period in Julia", "timedelta64")
    base = unit if unit in tags.PERIOD_UNITS else "ns"
    exact = value.astype(f"<m8[{base}]")
    if (exact != value).any() and not np.isnat(value).any():
        warn_precision("a timedelta64", "nanoseconds")
    return tags.PERIOD_UNITS.index(base), exact.view("<i8")


# ----------------------------------------------------------------------------- records and objects


def _write_records(encoder: Encoder, value: np.ndarray[Any, Any]) -> None:
    """A structured array with fields that are no plain bits: field by field."""
    names = value.dtype.names or ()
    encoder.byte(tags.RECORDS)
    write_shape(encoder, value.shape)
    encoder.u32(len(names))
    for name in names:
        encoder.text(name)
    for name in names:
        try:
            write_array(encoder, value[name])
        except ConversionError as error:
            error.under(f"[{name!r}]")
            raise


def write_objects(encoder: Encoder, value: np.ndarray[Any, Any]) -> None:
    """An array of anything: as strings where it holds nothing else, else one by one."""
    items = _in_column_order(value)
    if not items or not _write_as_strings(encoder, items, value.shape):
        encoder.enter(value)
        encoder.byte(tags.OBJECTS)
        encoder.byte(_OBJECT_ELEMENTS.get(value.dtype.char, tags.NOTHING))
        write_shape(encoder, value.shape)
        encoder.items(items)
        encoder.leave(value)


def _write_as_strings(encoder: Encoder, items: list[Any], shape: tuple[int, ...]) -> bool:
    kinds = {_string_kind(cls) for cls in set(map(type, items))}
    if 0 not in kinds or -1 in kinds:
        return False
    if kinds == {0}:
        write_strings(encoder, items, None, shape, tags.STRINGS_ARRAY)
        return True
    mask = bytes(_string_kind(type(item)) for item in items)
    texts = ["" if code else item for code, item in zip(mask, items, strict=True)]
    write_strings(encoder, texts, mask, shape, tags.STRINGS_ARRAY)
    return True


def _string_kind(cls: type) -> int:
    """0 for a string, the mask's code for what stands for none, -1 for anything else."""
    if cls is str:
        return 0
    if cls is type(None):
        return tags.IS_NOTHING
    if cls.__name__ == "NAType" or cls is np.ma.core.MaskedConstant:
        return tags.IS_MISSING
    return -1
