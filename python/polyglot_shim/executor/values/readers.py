"""Which function reads the values of each tag."""

from __future__ import annotations

import importlib
from fractions import Fraction
from typing import Any

from . import container_decoder, packed_decoder, scalar_decoder, tags
from .decoder import Decoder, Reader, array_decoder
from .errors import ConversionError


def _not_a_value(decoder: Decoder) -> Any:
    tag = decoder.data[decoder.position - 1]
    raise ConversionError(f"the tag {tag:#x} is unknown", "corrupt", "receive")


def _of_arrays(name: str) -> Reader:
    """A reader of `array_decoder`, which needs NumPy and so is imported when it is needed."""

    def read(decoder: Decoder) -> Any:
        return getattr(array_decoder(), name)(decoder)

    return read


def _of_module(module: str, name: str) -> Reader:
    def read(decoder: Decoder) -> Any:
        array_decoder()
        return getattr(importlib.import_module(f".{module}", __package__), name)(decoder)

    return read


def _read_rational(decoder: Decoder) -> Fraction:
    return Fraction(decoder.read(), decoder.read())


_NUMPY_SCALARS = (
    *(tags.INT8, tags.INT16, tags.INT32),
    *(tags.UINT8, tags.UINT16, tags.UINT32, tags.UINT64),
    *(tags.FLOAT16, tags.FLOAT32, tags.COMPLEX32),
)

_BY_TAG: dict[int, Reader] = {
    tags.NOTHING: lambda decoder: None,
    tags.MISSING: scalar_decoder.read_missing,
    tags.FALSE: lambda decoder: False,
    tags.TRUE: lambda decoder: True,
    tags.INT64: Decoder.i64,
    tags.INT128: scalar_decoder.fixed_integer(16, True),
    tags.UINT128: scalar_decoder.fixed_integer(16, False),
    **{tag: scalar_decoder.numpy_scalar(tag) for tag in _NUMPY_SCALARS},
    tags.FLOAT64: scalar_decoder.read_float,
    tags.COMPLEX64: scalar_decoder.read_complex64,
    tags.INTEGER: scalar_decoder.read_integer,
    tags.BIGFLOAT: scalar_decoder.read_bigfloat,
    tags.COMPLEX: scalar_decoder.read_complex,
    tags.STRING: Decoder.text,
    tags.BYTES: lambda decoder: bytes(decoder.blob()),
    tags.TUPLE: container_decoder.read_tuple,
    tags.NAMED_TUPLE: container_decoder.read_named_tuple,
    tags.LIST: container_decoder.read_list,
    tags.DICT: container_decoder.read_dict,
    tags.SET: container_decoder.read_set,
    tags.RANGE: container_decoder.read_range,
    tags.RATIONAL: _read_rational,
    tags.DATE: scalar_decoder.read_date,
    tags.DATETIME: scalar_decoder.read_datetime,
    tags.TIME: scalar_decoder.read_time,
    tags.PERIOD: scalar_decoder.read_period,
    tags.UUID: scalar_decoder.read_uuid,
    tags.ENUM: scalar_decoder.read_enum,
    tags.ARRAY: _of_arrays("read_array"),
    tags.MASKED_ARRAY: _of_arrays("read_masked_array"),
    tags.STRINGS: container_decoder.read_string_array,
    tags.OBJECTS: _of_arrays("read_objects"),
    tags.CATEGORICAL: _of_module("table_decoder", "read_categorical"),
    tags.TABLE: _of_module("table_decoder", "read_table"),
    tags.PACKED: packed_decoder.read_container,
    tags.PACKED_DICT: packed_decoder.read_dict,
    tags.RECORDS: _of_arrays("read_records"),
    tags.SHARED_ARRAY: _of_module("shared_arrays", "read_shared_array"),
    tags.MAPPED_ARRAY: _of_module("mapped_arrays", "read_mapped_array"),
    tags.REFERENCE: scalar_decoder.read_reference,
}

READERS: tuple[Reader, ...] = tuple(_BY_TAG.get(tag, _not_a_value) for tag in range(256))
