"""NumPy's arrays on memory that both languages hold."""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from operator import index
from typing import Any

import numpy as np

from . import elements, tags
from .array_decoder import read_element
from .container_encoder import write_shape
from .decoder import Decoder
from .elements import Element
from .encoder import Encoder
from .shares import Share, Shares

_I64 = struct.Struct("<q")

Array = np.ndarray[Any, Any]


def make_shared(shares: Shares, shape: int | Sequence[int], dtype: Any) -> Array:
    """A new array of zeros, in Julia's memory order. Raises `TypeError`, `OSError`."""
    dtype = np.dtype(dtype)
    element = elements.of_dtype(dtype)
    if element is None:
        raise TypeError(f"the elements of a shared array are numbers, not {dtype}")
    if dtype != element.dtype:  # else it may say of which struct of Julia's they are
        dtype = element.dtype
    dims = tuple(map(index, shape if isinstance(shape, Sequence) else (shape,)))
    size = math.prod(dims) * dtype.itemsize
    return np.ndarray(dims, dtype, buffer=shares.make(size), order="F")


def copy_shared(shares: Shares, source: Any) -> Array:
    """A shared array with the elements of `source`. Raises `TypeError`, `OSError`."""
    source = np.asarray(source)
    shared = make_shared(shares, source.shape, source.dtype)
    shared[...] = source
    return shared


def share_of(shares: Shares, value: Array) -> Share | None:
    """The share that all elements of `value` stand in."""
    span = addresses(value) if len(shares) else None
    return None if span is None else shares.find(*span)


def addresses(value: Array) -> tuple[int, int] | None:
    """The address of the first byte of all elements, and that behind the last.

    `None` where there are none, or the same element is in several places.
    """
    if value.size == 0:
        return None
    first = end = value.__array_interface__["data"][0]
    for length, stride in zip(value.shape, value.strides, strict=True):
        if length > 1 and stride == 0:
            return None
        reach = (length - 1) * stride
        first, end = first + min(reach, 0), end + max(reach, 0)
    return first, end + value.itemsize


def write_shared_array(encoder: Encoder, value: Array, element: Element) -> bool:
    """`value` as a place in its share. Whether it is in one."""
    share = share_of(encoder.shares, value) if value.dtype == element.dtype else None
    if share is None:
        return False
    address = value.__array_interface__["data"][0]
    encoder.byte(tags.SHARED_ARRAY)
    encoder.description += element.description
    write_shape(encoder, value.shape)
    write_steps(encoder, value)
    encoder.u64(address - share.address)
    encoder.shared_blob(share)
    return True


def write_steps(encoder: Encoder, value: Array) -> None:
    """The bytes from one element to the next, in every dimension."""
    for stride in value.strides:
        encoder.description += _I64.pack(stride)


def read_shared_array(decoder: Decoder) -> Array:
    dtype = read_element(decoder)
    shape = decoder.shape()
    strides = [decoder.i64() for _ in shape]
    offset = decoder.u64()
    memory = decoder.shared_memory()
    return np.ndarray(shape, dtype, buffer=memory, offset=offset, strides=strides)
