"""NumPy's arrays whose elements stand in a file that is mapped (`numpy.memmap`).

What crosses is where in which file, and the other side maps it, too (`docs/values.md`, *Files
larger than memory*).
"""

from __future__ import annotations

import mmap
import os
from collections.abc import Callable
from typing import Any

import numpy as np

from . import tags
from .array_decoder import read_element
from .container_encoder import write_shape
from .decoder import Decoder
from .elements import Element
from .encoder import Encoder
from .errors import ConversionError, type_name
from .mapped_files import Extent, FileRange, find_file, is_changed, read_maps
from .shared_arrays import Array, addresses, share_of, write_steps
from .shares import Shares

Maps = Callable[[], list[bytes]]


def file_of(value: Array, maps: Maps = read_maps) -> FileRange | None:
    """The range of a file that all elements of `value` stand in."""
    span = addresses(value) if _is_mapped(value) else None
    return None if span is None else find_file(*span, maps())


def sharing_of(shares: Shares, value: Array, maps: Maps = read_maps) -> str:
    """In what the elements of `value` are shared: `memory`, or the path of a file; or empty."""
    if share_of(shares, value) is not None:
        return "memory"
    where = file_of(value, maps)
    return "" if where is None or where.mode == tags.MODE_COPY else where.name


_base_of = np.ndarray.base.__get__  # type: ignore[attr-defined]


def _is_mapped(value: Any) -> bool:
    """Whether the array, or the one that it is a view of, was made on a mapping."""
    while not issubclass(type(value), mmap.mmap):  # `isinstance` might ask an object of the user's
        if issubclass(type(value), np.ndarray):
            value = _base_of(value)
        elif type(value) is memoryview:
            value = value.obj
        else:
            return False
    return True


def write_mapped_array(encoder: Encoder, value: Array, element: Element) -> bool:
    """`value` as a place in the file that it is mapped from. Whether it is mapped from one."""
    if value.dtype != element.dtype or not value.flags.aligned:
        return False
    span = addresses(value) if _is_mapped(value) else None
    where = None if span is None else find_file(*span, read_maps())
    if span is None or where is None or (where.mode == tags.MODE_COPY and is_changed(where)):
        return False
    status = _status(where, span[1] - where.address, value)
    encoder.byte(tags.MAPPED_ARRAY)
    encoder.description += element.description
    write_shape(encoder, value.shape)
    write_steps(encoder, value)
    encoder.u64(value.__array_interface__["data"][0] - where.address)
    encoder.byte(where.mode if value.flags.writeable else tags.MODE_READ)
    encoder.blob(where.path)
    for number in (status.st_dev, status.st_ino, where.start, where.size):
        encoder.u64(number)
    return True


def _status(where: FileRange, needed: int, value: Array) -> os.stat_result:
    try:
        status = os.stat(where.path)
    except OSError:
        reason = f"its file is not there any more: {where.name}"
        raise ConversionError(reason, type_name(value)) from None
    if status.st_size < where.start + needed:
        raise ConversionError(f"its file has become shorter: {where.name}", type_name(value))
    return status


_MODES = {tags.MODE_READ: "r", tags.MODE_WRITE: "r+", tags.MODE_COPY: "c"}


def read_mapped_array(decoder: Decoder) -> Array:
    dtype = read_element(decoder)
    shape = decoder.shape()
    strides = [decoder.i64() for _ in shape]
    offset = decoder.u64()
    mode = decoder.byte()
    path = bytes(decoder.blob())
    device, inode, start, size = (decoder.u64() for _ in range(4))
    memory = decoder.files.hold(path, Extent(device, inode, start, size, mode))
    array: Any = np.ndarray.__new__(
        np.memmap, shape, dtype, buffer=memory, offset=offset, strides=strides
    )
    # What numpy.memmap gives its own: flush() and those who ask for the file look there.
    array._mmap, array.filename = memory, os.fsdecode(path)
    array.offset, array.mode = start + offset, _MODES[mode]
    return array  # type: ignore[no-any-return]
