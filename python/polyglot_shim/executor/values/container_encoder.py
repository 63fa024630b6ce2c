"""Writing the containers of the language itself, and strings in one piece."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Any

from . import tags
from .encoder import Encoder
from .errors import ConversionError, brief, place
from .scalar_encoder import write_int

_SHORTEST_PACKED = 8
"""The shortest list for which looking at all types pays."""


def write_tuple(encoder: Encoder, value: tuple[Any, ...]) -> None:
    encoder.enter(value)
    encoder.counted(tags.TUPLE, len(value))
    encoder.items(value)
    encoder.leave(value)


def write_named_tuple(encoder: Encoder, value: Any) -> None:
    encoder.enter(value)
    write_fields(encoder, tags.NAMED_TUPLE, value._fields, value)
    encoder.leave(value)


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


def write_list(encoder: Encoder, value: list[Any]) -> None:
    if len(value) >= _SHORTEST_PACKED and write_packed_list(encoder, value):
        return
    encoder.enter(value)
    items = tuple(value)
    encoder.counted(tags.LIST, len(items))
    encoder.items(items)
    encoder.leave(value)


def write_packed_list(encoder: Encoder, value: list[Any]) -> bool:
    """Lists of numbers or of strings only, a hundred times faster; `False` for any other."""
    types = set(map(type, value))
    if types == {int}:
        try:
            data = array("q", value)
        except OverflowError:
            return False
        encoder.byte(tags.PACKED_LIST)
        encoder.byte(tags.INT64)
    elif types == {float}:
        data = array("d", value)
        encoder.byte(tags.PACKED_LIST)
        encoder.byte(tags.FLOAT64)
    elif types == {str}:
        write_strings(encoder, value, None, (len(value),), tags.STRINGS_LIST)
        return True
    else:
        return False
    encoder.blob(data)
    return True


def write_dict(encoder: Encoder, value: dict[Any, Any]) -> None:
    encoder.enter(value)
    items = tuple(value.items())
    encoder.counted(tags.DICT, len(items))
    for key, item in items:
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
    encoder.leave(value)


def write_set(encoder: Encoder, value: Iterable[Any]) -> None:
    items = tuple(value)
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
    kind: int,
    flags: int = 0,
) -> None:
    """Strings in one piece; `mask` names the entries that are missing or nothing (see tags).

    `flags` says that there may be such entries, as far as there are none.
    """
    data, lengths = _encode_strings(values, shape)
    offsets = array("q", (0,))
    offsets.extend(accumulate(lengths))
    encoder.byte(tags.STRINGS)
    encoder.byte(kind)
    write_shape(encoder, shape)
    encoder.blob(offsets)
    encoder.blob(data)
    write_mask(encoder, mask, len(values), flags)


def write_mask(encoder: Encoder, mask: bytes | None, count: int, flags: int = 0) -> None:
    """Which of the special values there may be, and where they are."""
    if mask is not None:
        flags |= tags.IS_MISSING * (tags.IS_MISSING in mask)
        flags |= tags.IS_NOTHING * (tags.IS_NOTHING in mask)
    encoder.byte(flags)
    if flags:
        encoder.blob(bytes(count) if mask is None else mask)


def _encode_strings(values: Sequence[str], shape: Sequence[int]) -> tuple[bytes, Iterable[int]]:
    try:
        joined = "".join(values)
        if joined.isascii():
            return joined.encode("ascii"), map(len, values)
        pieces = [value.encode() for value in values]
    except UnicodeEncodeError:
        index, position = _find_surrogate(values)
        reason = f"it holds a lone surrogate at position {position}"
        error = ConversionError(reason, "str")
        error.under(place(index, shape))
        raise error from None
    return b"".join(pieces), map(len, pieces)


def _find_surrogate(values: Sequence[str]) -> tuple[int, int]:
    for index, value in enumerate(values):
        try:
            value.encode()
        except UnicodeEncodeError as error:
            return index, error.start
    raise AssertionError("no string holds a surrogate")
