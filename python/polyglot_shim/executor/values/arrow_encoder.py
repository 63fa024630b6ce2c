"""Writing what pyarrow has: tables, and columns of every type."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from . import tags
from .columns import time_zone_loss, write_categorical, write_columns
from .container_encoder import write_mask, write_shape
from .encoder import Encoder, Writer
from .numpy_encoder import write_array, write_masked
from .object_encoder import write_items


def find_writer(cls: type) -> Writer | None:
    """The writer for a type of pyarrow's, `None` when it has no value of its own."""
    if issubclass(cls, (pa.Table, pa.RecordBatch)):
        return write_table
    if issubclass(cls, (pa.Array, pa.ChunkedArray)):
        return write_column
    if issubclass(cls, pa.Scalar):
        return write_scalar
    return None


def write_scalar(encoder: Encoder, value: pa.Scalar) -> None:
    if value.is_valid:
        encoder.write(value.as_py())
    else:
        encoder.byte(tags.MISSING)


def write_table(encoder: Encoder, value: pa.Table) -> None:
    columns = [value.column(index) for index in range(value.num_columns)]
    write_columns(encoder, value.schema.names, columns, write_column)


def write_column(encoder: Encoder, value: pa.Array | pa.ChunkedArray) -> None:
    """A column; nulls become `missing`."""
    if isinstance(value, pa.ChunkedArray):
        value = value.combine_chunks()
        if isinstance(value, pa.ChunkedArray):  # a pyarrow that keeps one chunk a chunk
            value = value.chunk(0) if value.num_chunks else pa.array([], value.type)
    kind = value.type
    if pa.types.is_dictionary(kind):
        _write_dictionary(encoder, value)
    elif _is_text(kind):
        _write_text(encoder, value)
    elif pa.types.is_timestamp(kind):
        _write_timestamps(encoder, value)
    elif pa.types.is_date(kind):
        _write_bits(encoder, value.cast(pa.date32()), np.dtype("<M8[D]"))
    elif pa.types.is_duration(kind):
        _write_bits(encoder, value, np.dtype(f"<m8[{kind.unit}]"))
    elif pa.types.is_boolean(kind) or pa.types.is_integer(kind) or pa.types.is_floating(kind):
        _write_bits(encoder, value, np.dtype(kind.to_pandas_dtype()))
    else:
        _write_items(encoder, value)


def _is_text(kind: pa.DataType) -> bool:
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return True
    return hasattr(pa.types, "is_string_view") and bool(pa.types.is_string_view(kind))


def _write_bits(encoder: Encoder, value: pa.Array, dtype: np.dtype[Any]) -> None:
    if value.null_count == 0:
        write_array(encoder, value.to_numpy(zero_copy_only=False).astype(dtype, copy=False))
        return
    mask = value.is_null().to_numpy(zero_copy_only=False)
    filled = _filled(value).to_numpy(zero_copy_only=False).astype(dtype, copy=False)
    write_masked(encoder, filled, mask)


def _filled(value: pa.Array) -> pa.Array:
    if pa.types.is_temporal(value.type):
        width = pa.int32() if value.type.bit_width == 32 else pa.int64()
        return pc.fill_null(value.view(width), 0).view(value.type)
    zero = False if pa.types.is_boolean(value.type) else 0
    return pc.fill_null(value, pa.scalar(zero, value.type))


def _write_timestamps(encoder: Encoder, value: pa.Array) -> None:
    if value.type.tz is not None:
        encoder.loses(time_zone_loss(value.type.tz))
    _write_bits(
        encoder, value.cast(pa.timestamp(value.type.unit)), np.dtype(f"<M8[{value.type.unit}]")
    )


def _write_text(encoder: Encoder, value: pa.Array) -> None:
    value = value.cast(pa.large_string())
    count = len(value)
    mask = None
    if value.null_count:
        mask = value.is_null().to_numpy(zero_copy_only=False).astype(np.uint8)
    encoder.byte(tags.STRINGS)
    write_shape(encoder, (count,))
    encoder.byte(tags.BY_OFFSETS)
    offsets, data = _text_buffers(value, count)
    encoder.blob(offsets)
    encoder.blob(data)
    write_mask(encoder, None if mask is None else mask.tobytes(), count)


def _text_buffers(value: pa.Array, count: int) -> tuple[Any, Any]:
    if count == 0:
        return np.zeros(1, "<i8"), b""
    _, offset_buffer, data_buffer = value.buffers()
    offsets = np.frombuffer(offset_buffer, "<i8")[value.offset : value.offset + count + 1]
    first, last = int(offsets[0]), int(offsets[-1])
    data = memoryview(data_buffer)[first:last] if data_buffer is not None else b""
    return (offsets - first if first else np.ascontiguousarray(offsets)), data


def _write_dictionary(encoder: Encoder, value: pa.DictionaryArray) -> None:
    codes = pc.fill_null(value.indices, pa.scalar(-1, value.indices.type))
    write_categorical(
        encoder,
        codes.to_numpy(zero_copy_only=False),
        lambda: write_column(encoder, value.dictionary),
        value.type.ordered,
    )


def _write_items(encoder: Encoder, value: pa.Array) -> None:
    items = [np.ma.masked if item is None else item for item in value.to_pylist()]
    write_items(encoder, items, (len(value),))
