"""Which function writes the values of a type."""

from __future__ import annotations

import datetime
import enum
import fractions
import importlib
import uuid

from .container_encoder import (
    write_bytearray,
    write_dict,
    write_list,
    write_named_tuple,
    write_range,
    write_set,
    write_tuple,
)
from .encoder import Encoder, Writer, WriterTable
from .packed_encoder import write_named_tuples, write_references
from .scalar_encoder import (
    write_bool,
    write_bytes,
    write_complex,
    write_date,
    write_datetime,
    write_enum,
    write_float,
    write_fraction,
    write_int,
    write_none,
    write_str,
    write_time,
    write_timedelta,
    write_uuid,
)

_LIBRARIES = {
    "numpy": "numpy_encoder",
    "pandas": "pandas_encoder",
    "pyarrow": "arrow_encoder",
}
"""The modules for what libraries add; imported when the first value of theirs is sent."""

_OWN_TYPES: dict[type, Writer] = {
    type(None): write_none,
    bool: write_bool,
    int: write_int,
    float: write_float,
    complex: write_complex,
    str: write_str,
    bytes: write_bytes,
    bytearray: write_bytearray,
    tuple: write_tuple,
    list: write_list,
    dict: write_dict,
    set: write_set,
    frozenset: write_set,
    range: write_range,
    fractions.Fraction: write_fraction,
    datetime.datetime: write_datetime,
    datetime.date: write_date,
    datetime.time: write_time,
    datetime.timedelta: write_timedelta,
    uuid.UUID: write_uuid,
}


class Writers(WriterTable):
    """The writer for each type. One that was not met before is found when it is asked for."""

    def __init__(self) -> None:
        super().__init__(_OWN_TYPES)
        self.packed = {
            write_named_tuple: write_named_tuples,
            Encoder.reference: write_references,
        }

    def __missing__(self, cls: type) -> Writer:
        writer = self[cls] = self._find(cls)
        return writer

    def _find(self, cls: type) -> Writer:
        """Its library's, its base's, or a reference."""
        if issubclass(cls, enum.Enum):
            return write_enum
        found = _library_writer(cls)
        if found is not None:
            return found
        if issubclass(cls, tuple) and hasattr(cls, "_fields"):
            return write_named_tuple
        for base in cls.__mro__[1:]:
            if base in self and base is not object:
                return self[base]
            if _library_of(base) is not None:
                return self._find(base)
        return Encoder.reference


def _library_of(cls: type) -> str | None:
    return _LIBRARIES.get(cls.__module__.partition(".")[0])


def _library_writer(cls: type) -> Writer | None:
    library = _library_of(cls)
    if library is None:
        return None
    writer: Writer | None = importlib.import_module(f".{library}", __package__).find_writer(cls)
    return writer
