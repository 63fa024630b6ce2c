"""Array elements that are plain bits: NumPy dtypes and their codes in the encoding."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np

from . import tags

_FIELD = struct.Struct("<I")
_COUNTED = struct.Struct("<BI")
_NAME = struct.Struct("<BQ")

DTYPES: dict[int, np.dtype[Any]] = {
    tags.BOOL: np.dtype(np.bool_),
    tags.INT8: np.dtype("<i1"),
    tags.INT16: np.dtype("<i2"),
    tags.INT32: np.dtype("<i4"),
    tags.INT64: np.dtype("<i8"),
    tags.UINT8: np.dtype("<u1"),
    tags.UINT16: np.dtype("<u2"),
    tags.UINT32: np.dtype("<u4"),
    tags.UINT64: np.dtype("<u8"),
    tags.FLOAT16: np.dtype("<f2"),
    tags.FLOAT32: np.dtype("<f4"),
    tags.FLOAT64: np.dtype("<f8"),
    tags.COMPLEX32: np.dtype("<c8"),
    tags.COMPLEX64: np.dtype("<c16"),
    tags.DATE: np.dtype("<M8[D]"),
    tags.DATETIME: np.dtype("<M8[ms]"),
}

_TIMES = (tags.DATE, tags.DATETIME)

CODES = {dtype: code for code, dtype in DTYPES.items() if code not in _TIMES}


@dataclass(frozen=True)
class Element:
    """How an element is described, and the dtype with exactly that layout."""

    description: bytes
    dtype: np.dtype[Any]


def of_dtype(dtype: np.dtype[Any]) -> Element | None:
    """The element for `dtype`; `None` when its elements are no plain bits on the other side."""
    if dtype.byteorder == ">":
        dtype = dtype.newbyteorder("<")
    code = CODES.get(dtype)
    if code is not None:
        return Element(bytes((code,)), DTYPES[code])
    if dtype.subdtype is not None:
        return _of_subarray(*dtype.subdtype)
    if dtype.names:
        return _of_struct(dtype)
    return None


_JULIA_TYPE = "julia_type"
"""Under this key of its metadata a dtype says of what type its elements are in Julia."""

_STRING_TYPES = {
    0: "String",
    tags.IS_MISSING: "Union{Missing,String}",
    tags.IS_NOTHING: "Union{Nothing,String}",
    tags.IS_MISSING | tags.IS_NOTHING: "Union{Missing,Nothing,String}",
}
_STRING_FLAGS = {name: flags for flags, name in _STRING_TYPES.items()}


def julia_type(dtype: np.dtype[Any]) -> str:
    """What the elements are in Julia, where the dtype came from there and says so."""
    name: str = (dtype.metadata or {}).get(_JULIA_TYPE, "")
    return name


def with_julia_type(name: str) -> dict[str, Any]:
    """The options of a dtype that says what its elements are in Julia."""
    return {"metadata": {_JULIA_TYPE: name}}


def string_flags(dtype: np.dtype[Any]) -> int | None:
    """What there is beside strings where the dtype says so; `None` where it is of no strings."""
    return _STRING_FLAGS.get(julia_type(dtype))


def string_dtype(flags: int) -> np.dtype[Any]:
    """The dtype of an object array that is of strings although there may be none in it."""
    return np.dtype(object, **with_julia_type(_STRING_TYPES[flags]))  # type: ignore[no-any-return, call-overload]


def _of_subarray(base: np.dtype[Any], shape: tuple[int, ...]) -> Element | None:
    element = of_dtype(base)
    if element is None:
        return None
    # Rows within rows, as NumPy nests them: a (2, 3) field is a 2-tuple of 3-tuples.
    description = reduce(
        lambda inner, count: _COUNTED.pack(tags.SUBARRAY, count) + inner,
        reversed(shape),
        element.description,
    )
    return Element(description, np.dtype((element.dtype, shape)))


def _of_struct(dtype: np.dtype[Any]) -> Element | None:
    """A struct, laid out as C (and so Julia) does it, whatever NumPy's layout is."""
    fields = []
    for name in dtype.names or ():
        element = of_dtype(dtype.fields[name][0])  # type: ignore[index]
        if element is None or element.dtype.itemsize == 0:
            return None
        fields.append((name, element))
    aligned = np.dtype([(name, element.dtype) for name, element in fields], align=True)
    description = bytearray(_COUNTED.pack(tags.STRUCT, len(fields)))
    description += _text(julia_type(dtype))
    for name, element in fields:
        description += _text(name)
        description += element.description
    return Element(bytes(description), aligned)


def _text(value: str) -> bytes:
    data = value.encode()
    return _NAME.pack(tags.INLINE, len(data)) + data
