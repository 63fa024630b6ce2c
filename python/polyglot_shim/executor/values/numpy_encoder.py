"""Writing what NumPy has: arrays of every dtype, in Julia's memory order, and scalars."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import elements, tags
from .array_bits import write_bits
from .container_encoder import write_fields, write_shape
from .encoder import Encoder, Writer
from .errors import ConversionError
from .mapped_arrays import write_mapped_array
from .object_encoder import write_objects
from .shared_arrays import write_shared_array
from .time_encoder import write_datetime64, write_timedelta64, write_times


def find_writer(cls: type) -> Writer | None:
    """The writer for a type of NumPy's, `None` when it has no value of its own."""
    if cls is np.ma.core.MaskedConstant:
        return write_missing
    if issubclass(cls, np.ma.core.mvoid):
        return _write_record
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
        write_datetime64(encoder, value)
    elif kind == "m":
        write_timedelta64(encoder, value)
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


def _write_record(encoder: Encoder, value: Any) -> None:
    dtype = value.dtype
    write_fields(
        encoder,
        tags.NAMED_TUPLE,
        dtype.names,
        (_in_tuples(value[name], dtype[name].ndim) for name in dtype.names),
    )


def _in_tuples(value: Any, levels: int) -> Any:
    """A subarray as the tuples that it is in an array of records."""
    return tuple(_in_tuples(item, levels - 1) for item in value) if levels else value


# ----------------------------------------------------------------------------------------- arrays


def write_array(encoder: Encoder, value: np.ndarray[Any, Any]) -> None:
    """An array; its elements are written in column-major order."""
    value = np.asarray(value)  # subclasses: matrix, memmap, recarray
    kind = value.dtype.kind
    element = elements.of_dtype(value.dtype)
    if element is not None:
        if not (
            write_shared_array(encoder, value, element)
            or write_mapped_array(encoder, value, element)
        ):
            encoder.byte(tags.ARRAY)
            encoder.description += element.description
            write_shape(encoder, value.shape)
            write_bits(encoder, value, element.dtype)
    elif kind == "M" or kind == "m":
        write_times(encoder, value, None)
    elif kind == "V" and value.dtype.names:
        _write_records(encoder, value, None)
    else:
        write_objects(encoder, value)


def write_masked_array(encoder: Encoder, value: np.ma.MaskedArray[Any, Any]) -> None:
    """An array with missing elements."""
    write_masked(encoder, np.ma.getdata(value), np.ma.getmaskarray(value))


def write_masked(encoder: Encoder, data: np.ndarray[Any, Any], mask: np.ndarray[Any, Any]) -> None:
    """Elements and, beside them, which of them are missing."""
    element = elements.of_dtype(data.dtype)
    if data.dtype.kind in "Mm":
        write_times(encoder, data, mask)
    elif data.dtype.names:
        _write_records(encoder, data, mask)
    elif element is None:
        write_objects(encoder, data, mask)
    else:
        encoder.byte(tags.MASKED_ARRAY)
        encoder.description += element.description
        write_shape(encoder, data.shape)
        write_bits(encoder, data, element.dtype)
        write_bits(encoder, mask, np.dtype(np.bool_))


# ---------------------------------------------------------------------------------------- records


def _write_records(
    encoder: Encoder, value: np.ndarray[Any, Any], mask: np.ndarray[Any, Any] | None
) -> None:
    """A structured array of what is no plain bits, field by field; each has a mask of its own."""
    names = value.dtype.names or ()
    encoder.byte(tags.RECORDS)
    write_shape(encoder, value.shape)
    encoder.u32(len(names))
    for name in names:
        encoder.text(name)
    for name in names:
        try:
            _write_field(encoder, value[name], None if mask is None else mask[name], value.ndim)
        except ConversionError as error:
            error.under(f"[{name!r}]")
            raise


def _write_field(
    encoder: Encoder, column: np.ndarray[Any, Any], mask: np.ndarray[Any, Any] | None, ndim: int
) -> None:
    """The field of all records. A subarray is a tuple in each: one column for each place in it."""
    if column.ndim == ndim:
        if mask is None:
            write_array(encoder, column)
        else:
            write_masked(encoder, column, mask)
        return
    count = column.shape[ndim]
    if count == 0:
        raise ConversionError("a subarray of no items has no type in Julia", str(column.dtype))
    encoder.counted(tags.TUPLE, count)
    for index in range(count):
        at = (*(slice(None),) * ndim, index, ...)
        _write_field(encoder, column[at], None if mask is None else mask[at], ndim)
