"""Reading tables: pandas data frames; without pandas pyarrow's, and without both named tuples."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import tags
from .array_decoder import make_objects, read_data_and_mask
from .container_decoder import read_strings
from .decoder import Decoder, find_library
from .errors import ConversionError
from .named_tuples import make_named_tuple


def read_table(decoder: Decoder) -> Any:
    count = decoder.u32()
    names = decoder.texts(count)
    pandas = find_library("pandas")
    columns = []
    for name in names:
        try:
            columns.append(_read_column(decoder, pandas))
        except ConversionError as error:
            error.under(f".{name}")
            raise
    if pandas is not None:
        return pandas.DataFrame(dict(zip(names, columns, strict=True)), copy=False)
    pyarrow = find_library("pyarrow")
    if pyarrow is not None:
        return pyarrow.table(dict(zip(names, columns, strict=True)))
    return make_named_tuple(names, columns)


def _read_column(decoder: Decoder, pandas: Any) -> Any:
    tag = decoder.data[decoder.position]
    if pandas is None or tag not in (tags.ARRAY, tags.MASKED_ARRAY, tags.STRINGS):
        return decoder.read()
    if tag == tags.ARRAY:
        return _dates_as_objects(decoder.read())
    decoder.position += 1
    if tag == tags.STRINGS:
        return _read_strings(decoder, pandas)
    data, mask = read_data_and_mask(decoder)
    kind = data.dtype.kind
    if data.dtype == "M8[D]":
        objects = _dates_as_objects(data)
        objects[mask] = pandas.NA if objects.dtype == object else "NaT"
        return objects
    if kind in "Mm":
        data[mask] = "NaT"
        return data
    if kind == "b":
        return pandas.arrays.BooleanArray(data, mask)
    if kind in "iu":
        return pandas.arrays.IntegerArray(data, mask)
    if data.dtype in (np.dtype("f4"), np.dtype("f8")):
        return pandas.arrays.FloatingArray(data, mask)
    return pandas.array(np.ma.MaskedArray(data, mask).astype(object).filled(pandas.NA))


_FIRST_DATE, _LAST_DATE = np.datetime64("0001-01-01"), np.datetime64("9999-12-31")


def _dates_as_objects(data: Any) -> Any:
    """pandas has no dates, and would make times of them; as objects they come back as dates."""
    if data.dtype != "M8[D]":
        return data
    if data.size and not (data.min() >= _FIRST_DATE and data.max() <= _LAST_DATE):
        return data
    return data.astype(object)


def _read_strings(decoder: Decoder, pandas: Any) -> Any:
    """A column in the dtype that pandas itself gives strings."""
    native = pandas.Series(["a"]).dtype
    pyarrow = find_library("pyarrow")
    for_arrow = pyarrow is not None and isinstance(native, pandas.StringDtype)
    start = decoder.position
    count = decoder.shape()[0]
    if decoder.byte() != tags.BY_OFFSETS or not for_arrow:
        decoder.position = start
        strings = read_strings(decoder)
        return pandas.Series(make_objects(strings.texts, strings.shape), dtype=native)
    offsets = pyarrow.py_buffer(decoder.blob())
    data = pyarrow.py_buffer(decoder.blob())
    validity, nulls = None, 0
    if decoder.byte():
        absent = np.frombuffer(decoder.blob(), np.uint8) != 0
        validity = pyarrow.py_buffer(np.packbits(~absent, bitorder="little"))
        nulls = int(absent.sum())
    column = pyarrow.LargeStringArray.from_buffers(count, offsets, data, validity, nulls)
    return native.__from_arrow__(column)


def read_categorical(decoder: Decoder) -> Any:
    ordered = bool(decoder.byte())
    levels, codes = decoder.read(), decoder.read()
    pandas = find_library("pandas")
    if pandas is not None:
        return pandas.Categorical.from_codes(codes, categories=levels, ordered=ordered)
    items = [None if code < 0 else levels[code] for code in codes.tolist()]
    return make_objects(items, codes.shape)
