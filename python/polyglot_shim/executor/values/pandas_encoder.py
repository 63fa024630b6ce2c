"""Writing what pandas has: data frames, series and their elements."""

from __future__ import annotations

import datetime
import importlib
import importlib.util
import uuid
from typing import Any

import numpy as np
import pandas as pd

from . import tags
from .columns import time_zone_loss, write_categorical, write_columns
from .container_encoder import write_strings
from .encoder import Encoder, Writer
from .errors import ConversionError
from .numpy_encoder import write_array, write_masked, write_missing
from .object_encoder import write_items, write_objects


def find_writer(cls: type) -> Writer | None:
    """The writer for a type of pandas', `None` when it has no value of its own."""
    for base, writer in _WRITERS:
        if issubclass(cls, base):
            return writer
    return None


def write_timestamp(encoder: Encoder, value: pd.Timestamp) -> None:
    if value.tzinfo is not None:
        encoder.reference(value)
    else:
        encoder.write(value.to_datetime64())


def write_timedelta(encoder: Encoder, value: pd.Timedelta) -> None:
    if value.nanoseconds:
        encoder.write(value.to_timedelta64().astype("m8[ns]"))
    else:
        encoder.write(value.to_pytimedelta())


def write_frame(encoder: Encoder, value: pd.DataFrame) -> None:
    """A table; an index that is more than row numbers becomes its first columns."""
    if not _is_row_numbers(value.index):
        value = value.reset_index()
    names = [name if isinstance(name, str) else str(name) for name in value.columns]
    columns = [value.iloc[:, position] for position in range(len(names))]
    write_columns(encoder, names, columns, write_series)


def _is_row_numbers(index: pd.Index) -> bool:
    if index.name is not None:
        return False
    return isinstance(index, pd.RangeIndex) and index.start == 0 and index.step == 1


def write_series(encoder: Encoder, value: Any) -> None:
    """A column or an index: its elements."""
    if isinstance(value.dtype, np.dtype):
        _write_plain(encoder, np.asarray(value))
    else:
        write_values(encoder, value.array)


def write_values(encoder: Encoder, value: Any) -> None:
    dtype = value.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        write_categorical(
            encoder,
            np.asarray(value.codes),
            lambda: write_series(encoder, value.categories),
            value.ordered,
        )
    elif isinstance(dtype, pd.StringDtype):
        _write_strings(encoder, value)
    elif isinstance(dtype, pd.ArrowDtype):
        importlib.import_module(".arrow_encoder", __package__).write_column(
            encoder, value.__arrow_array__()
        )
    elif isinstance(dtype, pd.DatetimeTZDtype):
        encoder.loses(time_zone_loss(dtype.tz))
        write_array(encoder, np.asarray(value.tz_convert("UTC").tz_localize(None)))
    elif isinstance(dtype, pd.SparseDtype):
        write_array(encoder, np.asarray(value))
    elif getattr(dtype, "numpy_dtype", None) is not None and dtype.na_value is pd.NA:
        plain = dtype.numpy_dtype
        write_masked(encoder, value.to_numpy(dtype=plain, na_value=plain.type(0)), value.isna())
    else:
        _write_plain(encoder, np.asarray(value))


def _write_plain(encoder: Encoder, items: np.ndarray[Any, Any]) -> None:
    if items.dtype.kind == "O":
        _write_object_column(encoder, items)
    else:
        write_array(encoder, items)


def _write_strings(encoder: Encoder, value: Any) -> None:
    if importlib.util.find_spec("pyarrow") is not None:
        arrow = importlib.import_module("pyarrow")
        importlib.import_module(".arrow_encoder", __package__).write_column(
            encoder, arrow.array(value, from_pandas=True)
        )
    else:
        _write_texts(encoder, value.to_numpy(dtype=object), value.isna())


def _write_texts(
    encoder: Encoder, items: np.ndarray[Any, Any], absent: np.ndarray[Any, Any]
) -> None:
    """A column of strings, also if all of them are absent."""
    mask = None
    if absent.any():
        items = np.where(absent, "", items)
        mask = absent.astype(np.uint8).tobytes()
    write_strings(encoder, items.tolist(), mask, items.shape)


_DTYPES = {bool: "?", int: "i8", float: "f8", datetime.date: "M8[D]"}
_TAGS = {bytes: tags.BYTES, uuid.UUID: tags.UUID}


def _write_object_column(encoder: Encoder, items: np.ndarray[Any, Any]) -> None:
    """Objects of one type of which Julia has vectors, among which `None`, NaN or NA mean missing;
    else anything."""
    absent = pd.isna(items)
    types = set(map(type, items[~absent]))
    only = types.pop() if len(types) == 1 else None
    if only is str:
        _write_texts(encoder, items, absent)
    elif only in _DTYPES and _fit(items[~absent], only):
        filled = np.zeros(items.shape, _DTYPES[only])
        filled[~absent] = items[~absent].tolist()
        if absent.any():
            write_masked(encoder, filled, absent)
        else:
            write_array(encoder, filled)
    elif only in _TAGS:
        values = [pd.NA if gone else x for x, gone in zip(items, absent, strict=True)]
        write_items(encoder, values, items.shape, _TAGS[only], bool(absent.any()))
    else:
        write_objects(encoder, items)


def _fit(items: np.ndarray[Any, Any], cls: type) -> bool:
    """Whether a dtype holds them: integers may be of any size."""
    return cls is not int or -(1 << 63) <= min(items) <= max(items) < 1 << 63


def write_index(encoder: Encoder, value: pd.Index) -> None:
    if isinstance(value, pd.MultiIndex):
        raise ConversionError("send it as a table, with to_frame()", "pandas.MultiIndex")
    write_series(encoder, value)


_WRITERS: tuple[tuple[type | tuple[type, ...], Writer], ...] = (
    ((type(pd.NA), type(pd.NaT)), write_missing),
    (pd.Timestamp, write_timestamp),
    (pd.Timedelta, write_timedelta),
    (pd.DataFrame, write_frame),
    (pd.Index, write_index),
    (pd.Series, write_series),
    (pd.api.extensions.ExtensionArray, write_values),
)
