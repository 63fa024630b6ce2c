"""Writing strings in one piece."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from itertools import accumulate

from . import tags
from .encoder import Encoder
from .errors import ConversionError, place


def write_texts(encoder: Encoder, values: Sequence[str], shape: Sequence[int] = ()) -> None:
    """Strings, without saying how many; `shape` is of the array that they are in.

    Raises `ConversionError`.
    """
    joined = "\0".join(values)
    if joined.count("\0") == len(values) - 1:
        encoder.byte(tags.BY_SEPARATOR)
        encoder.blob(_encode(joined, values, shape))
        return
    data, lengths = _encode_pieces(values, shape)
    offsets = array("q", (0,))
    offsets.extend(accumulate(lengths))
    encoder.byte(tags.BY_OFFSETS)
    encoder.blob(offsets)
    encoder.blob(data)


def _encode(joined: str, values: Sequence[str], shape: Sequence[int]) -> bytes:
    try:
        return joined.encode()
    except UnicodeEncodeError:
        raise _surrogate(values, shape) from None


def _encode_pieces(values: Sequence[str], shape: Sequence[int]) -> tuple[bytes, Iterable[int]]:
    joined = "".join(values)
    if joined.isascii():
        return joined.encode("ascii"), map(len, values)
    try:
        pieces = [value.encode() for value in values]
    except UnicodeEncodeError:
        raise _surrogate(values, shape) from None
    return b"".join(pieces), map(len, pieces)


def _surrogate(values: Sequence[str], shape: Sequence[int]) -> ConversionError:
    """The error for the string that is no Unicode."""
    for index, value in enumerate(values):
        try:
            value.encode()
        except UnicodeEncodeError as error:
            reason = f"it holds a lone surrogate at position {error.start}"
            found = ConversionError(reason, "str")
            found.under(place(index, shape))
            return found
    raise AssertionError("no string holds a surrogate")
