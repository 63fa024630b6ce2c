"""Writing the containers of the language itself, and strings in one piece."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from . import tags
from .encoder import Encoder
from .errors import ConversionError, brief
from .packed_encoder import SHORTEST, write_packed, write_packed_dict
from .scalar_encoder import write_int
from .texts_encoder import write_texts


def write_tuple(encoder: Encoder, value: tuple[Any, ...]) -> None:
    encoder.enter(value)
    if len(value) < SHORTEST or not write_packed(encoder, tags.TUPLE, value):
        encoder.counted(tags.TUPLE, len(value))
        encoder.items(value)
    encoder.leave()


def write_list(encoder: Encoder, value: list[Any]) -> None:
    encoder.enter(value)
    items = tuple(value)
    if len(items) < SHORTEST or not write_packed(encoder, tags.LIST, items):
        encoder.counted(tags.LIST, len(items))
        encoder.items(items)
    encoder.leave()


def write_named_tuple(encoder: Encoder, value: Any) -> None:
    encoder.enter(value)
    write_fields(encoder, tags.NAMED_TUPLE, value._fields, value)
    encoder.leave()


def write_fields(encoder: Encoder, tag: int, names: Sequence[str], values: Iterable[Any]) -> None:
    encoder.counted(tag, len(names))
    for name in names:
        encoder.text(name)
    for name, value in zip(names, values, strict=True):
        try:
            encoder.write(value)
        except ConversionError as error:
            error.under(f".{name}")
            raise


def write_dict(encoder: Encoder, value: dict[Any, Any]) -> None:
    encoder.enter(value)
    # A copy, as another thread may change it. A subclass may have other items than it holds.
    items = value.copy() if type(value) is dict else dict(value.items())
    if len(items) < SHORTEST or not write_packed_dict(encoder, tuple(items), tuple(items.values())):
        _write_items(encoder, items)
    encoder.leave()


def _write_items(encoder: Encoder, items: dict[Any, Any]) -> None:
    encoder.counted(tags.DICT, len(items))
    for key, item in items.items():
        try:
            encoder.write(key)
        except ConversionError as error:
            error.under(f"<key {brief(key)}>")
            raise
        try:
            encoder.write(item)
        except ConversionError as error:
            error.under(f"[{brief(key)}]")
            raise


def write_set(encoder: Encoder, value: Iterable[Any]) -> None:
    encoder.enter(value)
    items = tuple(value)
    if len(items) < SHORTEST or not write_packed(encoder, tags.SET, items):
        _write_members(encoder, items)
    encoder.leave()


def _write_members(encoder: Encoder, items: Sequence[Any]) -> None:
    encoder.counted(tags.SET, len(items))
    for item in items:
        try:
            encoder.write(item)
        except ConversionError as error:
            error.under(f"<member {brief(item)}>")
            raise


def write_range(encoder: Encoder, value: range) -> None:
    # Not `len`, which is limited to what the machine can index.
    length = (value[-1] - value.start) // value.step + 1 if value else 0
    encoder.byte(tags.RANGE)
    write_int(encoder, value.start)
    write_int(encoder, value.step)
    write_int(encoder, length)


def write_shape(encoder: Encoder, shape: Sequence[int]) -> None:
    encoder.byte(len(shape))
    for length in shape:
        encoder.u64(length)


def write_bytearray(encoder: Encoder, value: Any) -> None:
    """A mutable buffer of bytes is an array of UInt8."""
    encoder.byte(tags.ARRAY)
    encoder.byte(tags.UINT8)
    write_shape(encoder, (len(value),))
    encoder.blob(value)


# ----------------------------------------------------------------------------------------- strings


def write_strings(
    encoder: Encoder,
    values: Sequence[str],
    mask: bytes | None,
    shape: Sequence[int],
    flags: int = 0,
) -> None:
    """Strings in one piece; `mask` names the entries that are missing or nothing (see tags).

    `flags` says that there may be such entries, as far as there are none.
    """
    encoder.byte(tags.STRINGS)
    write_shape(encoder, shape)
    write_texts(encoder, values, shape)
    write_mask(encoder, mask, len(values), flags)


def write_mask(encoder: Encoder, mask: bytes | None, count: int, flags: int = 0) -> None:
    """Which of the special values there may be, and where they are."""
    if mask is not None:
        flags |= tags.IS_MISSING * (tags.IS_MISSING in mask)
        flags |= tags.IS_NOTHING * (tags.IS_NOTHING in mask)
    encoder.byte(flags)
    if flags:
        encoder.blob(bytes(count) if mask is None else mask)
