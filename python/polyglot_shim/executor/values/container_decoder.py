"""Reading the containers of the language itself, and strings in one piece."""

from __future__ import annotations

import math
from itertools import compress
from typing import Any, NamedTuple

from . import tags
from .decoder import Decoder, array_decoder, missing_value
from .errors import ConversionError, brief
from .keys import make_key, make_set, twice
from .named_tuples import make_named_tuple
from .texts_decoder import read_texts


def read_list(decoder: Decoder) -> list[Any]:
    return decoder.items(decoder.u32())


def read_tuple(decoder: Decoder) -> tuple[Any, ...]:
    return tuple(decoder.items(decoder.u32()))


def read_dict(decoder: Decoder) -> dict[Any, Any]:
    result: dict[Any, Any] = {}
    for _ in range(decoder.u32()):
        key = _read_key(decoder, "key")
        if key in result:
            raise twice("keys", key, "Dict")
        try:
            result[key] = decoder.read()
        except ConversionError as error:
            error.under(f"[{brief(key)}]")
            raise
    return result


def read_set(decoder: Decoder) -> set[Any]:
    return make_set([_read_key(decoder, "member") for _ in range(decoder.u32())])


def _read_key(decoder: Decoder, role: str) -> Any:
    """The next value, which has to be hashable, as the `role` says ("key", "member")."""
    try:
        value = decoder.read()
    except ConversionError as error:
        error.under(f"<{role}>")
        raise
    return make_key(value, role)


def read_named_tuple(decoder: Decoder) -> tuple[Any, ...]:
    count = decoder.u32()
    names = decoder.texts(count)
    return make_named_tuple(names, decoder.fields(names))


def read_range(decoder: Decoder) -> range:
    start, step, length = decoder.read(), decoder.read(), decoder.read()
    return range(start, start + step * length, step)


# ------------------------------------------------------------------------------- arrays and strings


class Strings(NamedTuple):
    """Strings in column-major order, and what an array of them says beside."""

    shape: tuple[int, ...]
    texts: list[Any]
    flags: int
    mask: bytes

    def tell_their_type(self) -> bool:
        """Whether there is a string, and of all that there may be beside strings one too."""
        found = set(self.mask)
        special = sum(flag for flag in (tags.IS_MISSING, tags.IS_NOTHING) if flag in found)
        return special == self.flags and (0 in found if self.mask else bool(self.texts))


def read_strings(decoder: Decoder) -> Strings:
    shape = decoder.shape()
    texts = read_texts(decoder, math.prod(shape))
    flags = decoder.byte()
    mask = bytes(decoder.blob()) if flags else b""
    _fill_in(texts, mask)
    return Strings(shape, texts, flags, mask)


def _fill_in(texts: list[Any], mask: bytes) -> None:
    missing = missing_value() if tags.IS_MISSING in mask else None
    for index in compress(range(len(mask)), mask):
        texts[index] = missing if mask[index] == tags.IS_MISSING else None


def read_string_array(decoder: Decoder) -> Any:
    return array_decoder().make_strings(read_strings(decoder))
