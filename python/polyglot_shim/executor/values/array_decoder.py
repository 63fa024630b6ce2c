"""Reading arrays, which become NumPy's, in Julia's memory order and with no copy of big ones."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from . import elements, tags
from .container_decoder import Strings
from .decoder import Buffer, Decoder
from .errors import ConversionError
from .packed_decoder import read_items

_OBJECT = np.dtype(object)


def read_scalar(decoder: Decoder, tag: int) -> Any:
    dtype = elements.DTYPES[tag]
    start = decoder.position
    decoder.position = start + dtype.itemsize
    return np.frombuffer(decoder.data, dtype, 1, start)[0]


def make_complex(real: Any, imaginary: Any) -> Any:
    result = np.zeros((), np.clongdouble)
    result.real, result.imag = real, imaginary
    return result[()]


def make_longdouble(
    precision: int, negative: int, special: int, significand: int, exponent: int
) -> Any:
    """The extended float that is exactly this number."""
    information = np.finfo(np.longdouble)
    if special:
        magnitude = np.longdouble("inf" if special == 1 else "nan")
    else:
        if precision > information.nmant + 1:
            reason = f"NumPy's longest float has fewer than its {precision} bits"
            raise ConversionError(reason, "BigFloat", "receive")
        low = significand & 0xFFFF_FFFF
        high = significand >> 32
        scaled = np.ldexp(np.longdouble(high), 32) + np.longdouble(low)
        magnitude = np.ldexp(scaled, exponent)
    return -magnitude if negative else magnitude


def make_datetime64(count: int, unit: str) -> Any:
    return np.datetime64(count, unit)


def make_timedelta64(count: int, unit: str) -> Any:
    return np.timedelta64(count, unit)


# ----------------------------------------------------------------------------------------- arrays


def read_array(decoder: Decoder) -> np.ndarray[Any, Any]:
    dtype = read_element(decoder)
    shape = decoder.shape()
    return from_buffer(decoder.blob(), dtype, shape)


def read_masked_array(decoder: Decoder) -> Any:
    data, mask = read_data_and_mask(decoder)
    if data.dtype.kind in "Mm":
        data[mask] = "NaT"  # NumPy's own way to say that a time is missing
        return data
    return np.ma.MaskedArray(data, mask)


def read_data_and_mask(decoder: Decoder) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    dtype = read_element(decoder)
    shape = decoder.shape()
    data = from_buffer(decoder.blob(), dtype, shape)
    return data, from_buffer(decoder.blob(), np.dtype(np.bool_), shape)


def from_buffer(data: Buffer, dtype: np.dtype[Any], shape: Sequence[int]) -> np.ndarray[Any, Any]:
    """An array on `data`, or on a copy where `data` is part of something else or read-only."""
    return np.ndarray(tuple(shape), dtype, buffer=_writable(data), order="F")


def _writable(data: Buffer) -> Buffer:
    # A slice of the description would keep all of it alive.
    return bytearray(data) if isinstance(data, (bytes, memoryview)) else data


def read_element(decoder: Decoder) -> np.dtype[Any]:
    code = decoder.byte()
    if code == tags.PERIOD:
        return np.dtype(f"<m8[{tags.PERIOD_UNITS[decoder.byte()]}]")
    if code == tags.SUBARRAY:
        return _read_subarray(decoder)
    if code == tags.STRUCT:
        return _read_struct(decoder)
    return elements.DTYPES[code]


def _read_subarray(decoder: Decoder) -> np.dtype[Any]:
    """Rows within rows are one subarray of several dimensions."""
    shape = [decoder.u32()]
    while decoder.data[decoder.position] == tags.SUBARRAY:
        decoder.position += 1
        shape.append(decoder.u32())
    return np.dtype((read_element(decoder), tuple(shape)))


def _read_struct(decoder: Decoder) -> np.dtype[Any]:
    count = decoder.u32()
    julia_type = decoder.text()
    fields = []
    for _ in range(count):
        name = decoder.text()
        fields.append((name, read_element(decoder)))
    # What the type is called in Julia goes along, so that it comes back as the same struct.
    options = elements.with_julia_type(julia_type) if julia_type else {}
    return np.dtype(fields, align=True, **options)  # type: ignore[call-overload, no-any-return]


# ---------------------------------------------------------------------------------------- objects


def make_objects(
    items: Sequence[Any], shape: Sequence[int], dtype: np.dtype[Any] = _OBJECT
) -> np.ndarray[Any, Any]:
    """An array of Python objects from its items in column-major order."""
    flat = np.fromiter(items, dtype, len(items))
    return flat.reshape(shape, order="F")


def make_strings(strings: Strings) -> np.ndarray[Any, Any]:
    """An object array, whose dtype says what they are where the elements do not."""
    dtype = _OBJECT if strings.tell_their_type() else elements.string_dtype(strings.flags)
    return make_objects(strings.texts, strings.shape, dtype)


_LONG = {tags.BIGFLOAT: np.dtype(np.longdouble), tags.COMPLEX: np.dtype(np.clongdouble)}


def read_objects(decoder: Decoder) -> np.ndarray[Any, Any]:
    element = decoder.byte()
    shape = decoder.shape()
    items = read_items(decoder, math.prod(shape), shape)
    dtype = _LONG.get(element & ~tags.OR_MISSING)
    if dtype is None:
        return make_objects(items, shape)
    if not element & tags.OR_MISSING:
        return np.array(items, dtype).reshape(shape, order="F")
    mask = np.array([not isinstance(item, np.generic) for item in items], bool)
    data = np.array([0 if gone else item for item, gone in zip(items, mask, strict=True)], dtype)
    return np.ma.MaskedArray(data.reshape(shape, order="F"), mask.reshape(shape, order="F"))


# ---------------------------------------------------------------------------------------- records

Column = Any
"""A field of all records: an array, and for a subarray a tuple with one for each place in it."""


def read_records(decoder: Decoder) -> np.ndarray[Any, Any]:
    """A structured array, masked where one of its fields is."""
    shape = decoder.shape()
    names = decoder.texts(decoder.u32())
    columns = decoder.fields(names)
    fields = [(name, *_column_dtype(column)) for name, column in zip(names, columns, strict=True)]
    dtype = np.dtype(fields)
    data = np.empty(shape, dtype, order="F")
    for name, column in zip(names, columns, strict=True):
        _fill(data[name], column, len(shape), np.ma.getdata)
    if not any(map(_is_masked, columns)):
        return data
    mask = np.empty(shape, np.ma.make_mask_descr(dtype), order="F")
    for name, column in zip(names, columns, strict=True):
        _fill(mask[name], column, len(shape), np.ma.getmaskarray)
    return np.ma.MaskedArray(data, mask)


def _column_dtype(column: Column) -> tuple[np.dtype[Any], tuple[int, ...]]:
    """The dtype of the elements, and the shape of the subarray that they stand in."""
    if not isinstance(column, tuple):
        return column.dtype, ()
    dtype, shape = _column_dtype(column[0])
    return dtype, (len(column), *shape)


def _is_masked(column: Column) -> bool:
    if isinstance(column, tuple):
        return any(map(_is_masked, column))
    return isinstance(column, np.ma.MaskedArray)


def _fill(
    target: np.ndarray[Any, Any], column: Column, ndim: int, part: Callable[[Any], Any]
) -> None:
    if not isinstance(column, tuple):
        target[...] = part(column)
        return
    for index, item in enumerate(column):
        _fill(target[(*(slice(None),) * ndim, index, ...)], item, ndim, part)
