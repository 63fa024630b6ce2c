"""Reading arrays, which become NumPy's, in Julia's memory order and with no copy of big ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from . import elements, tags
from .decoder import Buffer, Decoder
from .errors import ConversionError


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
        count = decoder.u32()
        return np.dtype((read_element(decoder), (count,)))
    if code == tags.STRUCT:
        return _read_struct(decoder)
    return elements.DTYPES[code]


def _read_struct(decoder: Decoder) -> np.dtype[Any]:
    count = decoder.u32()
    julia_type = decoder.text()
    fields = []
    for _ in range(count):
        name = decoder.text()
        fields.append((name, read_element(decoder)))
    # What the type is called in Julia goes along, so that it comes back as the same struct.
    options = {"metadata": {"julia_type": julia_type}} if julia_type else {}
    return np.dtype(fields, align=True, **options)  # type: ignore[call-overload, no-any-return]


# ----------------------------------------------------------------------------- objects and records


def make_objects(items: Sequence[Any], shape: Sequence[int]) -> np.ndarray[Any, Any]:
    """An array of Python objects from its items in column-major order."""
    flat = np.empty(len(items), object)
    for index, item in enumerate(items):
        flat[index] = item
    return flat.reshape(shape, order="F")


def read_objects(decoder: Decoder) -> np.ndarray[Any, Any]:
    element = decoder.byte()
    shape = decoder.shape()
    items = decoder.items(int(np.prod(shape, dtype=np.int64)))
    if element == tags.BIGFLOAT:
        return np.array(items, np.longdouble).reshape(shape, order="F")
    if element == tags.COMPLEX:
        return np.array(items, np.clongdouble).reshape(shape, order="F")
    return make_objects(items, shape)


def read_records(decoder: Decoder) -> np.ndarray[Any, Any]:
    """A structured array, from one array for each field."""
    shape = decoder.shape()
    names = decoder.texts(decoder.u32())
    columns = [np.ma.asanyarray(decoder.read()) for _ in names]
    dtype = np.dtype([(name, column.dtype) for name, column in zip(names, columns, strict=True)])
    result = np.empty(shape, dtype, order="F")
    for name, column in zip(names, columns, strict=True):
        result[name] = column
    return result
