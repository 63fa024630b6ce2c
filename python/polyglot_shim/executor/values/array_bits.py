"""Array elements that are plain bits, in Julia's memory order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from .encoder import Encoder

_CHUNK = 4 << 20
"""Bytes that are rearranged at a time: little beside the array, and in the processor's cache."""


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
