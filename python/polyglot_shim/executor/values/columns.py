"""What tables of every library are written from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from . import tags
from .encoder import Encoder, Writer
from .errors import ConversionError
from .numpy_encoder import write_array


def write_columns(
    encoder: Encoder, names: Sequence[str], columns: Sequence[Any], write_column: Writer
) -> None:
    """A table; each column as `write_column` does it."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise ConversionError(f"two columns are named {name!r}", "table")
        seen.add(name)
    encoder.counted(tags.TABLE, len(names))
    for name in names:
        encoder.text(name)
    for name, column in zip(names, columns, strict=True):
        try:
            write_column(encoder, column)
        except ConversionError as error:
            error.under(f"[{name!r}]")
            raise


def time_zone_loss(zone: object) -> str:
    """What is lost of times in a zone, in a column."""
    return f"times in the zone {zone} were sent in UTC: Julia's DateTime has no time zone"


def write_categorical(
    encoder: Encoder,
    codes: np.ndarray[Any, Any],
    write_levels: Callable[[], None],
    ordered: bool,
) -> None:
    """Categories and, for each element, which it is; -1 where it is missing."""
    encoder.byte(tags.CATEGORICAL)
    encoder.byte(bool(ordered))
    write_levels()
    write_array(encoder, codes.astype("<i4"))
