"""Reading the containers of the language itself, and strings in one piece."""

from __future__ import annotations

from array import array
from collections import namedtuple
from collections.abc import Sequence
from operator import itemgetter
from typing import Any, NamedTuple

from . import tags
from .decoder import Buffer, Decoder, array_decoder, missing_value
from .errors import ConversionError, brief, type_name


def read_list(decoder: Decoder) -> list[Any]:
    return decoder.items(decoder.u32())


def read_tuple(decoder: Decoder) -> tuple[Any, ...]:
    return tuple(decoder.items(decoder.u32()))


def read_dict(decoder: Decoder) -> dict[Any, Any]:
    result: dict[Any, Any] = {}
    for _ in range(decoder.u32()):
        key = _read_key(decoder, "key")
        if key in result:
            reason = f"two keys become the same one in Python, {brief(key)}"
            raise ConversionError(reason, "Dict", "receive")
        try:
            result[key] = decoder.read()
        except ConversionError as error:
            error.under(f"[{brief(key)}]")
            raise
    return result


def read_set(decoder: Decoder) -> set[Any]:
    result = set()
    for _ in range(decoder.u32()):
        member = _read_key(decoder, "member")
        if member in result:
            reason = f"two members become the same one in Python, {brief(member)}"
            raise ConversionError(reason, "Set", "receive")
        result.add(member)
    return result


def _read_key(decoder: Decoder, role: str) -> Any:
    """The next value, which has to be hashable, as the `role` says ("key", "member")."""
    try:
        value = decoder.read()
    except ConversionError as error:
        error.under(f"<{role}>")
        raise
    if isinstance(value, set):
        return frozenset(value)
    try:
        hash(value)
    except TypeError:
        reason = f"a {role} must be hashable in Python"
        error = ConversionError(reason, type_name(value), "receive")
        error.under(f"<{role} {brief(value)}>")
        raise error from None
    return value


def read_named_tuple(decoder: Decoder) -> tuple[Any, ...]:
    count = decoder.u32()
    names = decoder.texts(count)
    return make_named_tuple(names, decoder.fields(names))


def make_named_tuple(names: Sequence[str], values: Sequence[Any]) -> Any:
    """A named tuple; Python's own where it can have these names."""
    cls = namedtuple("NamedTuple", names, rename=True)  # type: ignore[misc]
    if cls._fields != tuple(names):
        _restore_names(cls, names)
    cls.__reduce__ = _reduce_named_tuple  # type: ignore[method-assign]
    return cls._make(values)


def _restore_names(cls: Any, names: Sequence[str]) -> None:
    # Julia's names may be keywords or start with an underscore, which namedtuple refuses.
    cls._fields = tuple(names)
    for index, name in enumerate(names):
        if not hasattr(tuple, name):
            setattr(cls, name, property(itemgetter(index)))
    cls.__repr__ = _show_named_tuple


def _show_named_tuple(self: Any) -> str:
    pairs = zip(self._fields, self, strict=True)
    return f"NamedTuple({', '.join(f'{name}={value!r}' for name, value in pairs)})"


def _reduce_named_tuple(self: Any) -> tuple[Any, ...]:
    return make_named_tuple, (self._fields, tuple(self))


def read_range(decoder: Decoder) -> range:
    start, step, length = decoder.read(), decoder.read(), decoder.read()
    return range(start, start + step * length, step)


def read_packed_list(decoder: Decoder) -> list[Any]:
    code = "q" if decoder.byte() == tags.INT64 else "d"
    data = array(code)
    data.frombytes(decoder.blob())
    return data.tolist()


# ------------------------------------------------------------------------------- arrays and strings


class Strings(NamedTuple):
    """Strings in column-major order, and what an array of them says beside."""

    kind: int
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
    kind = decoder.byte()
    shape = decoder.shape()
    offsets = memoryview(decoder.blob()).cast("B").cast("q").tolist()
    texts = _split(decoder.blob(), offsets)
    flags = decoder.byte()
    mask = bytes(decoder.blob()) if flags else b""
    _fill_in(texts, mask)
    return Strings(kind, shape, texts, flags, mask)


def _split(data: Buffer, offsets: list[int]) -> list[Any]:
    text = str(memoryview(data).cast("B"), "utf-8")
    starts, ends = offsets[:-1], offsets[1:]
    if len(text) == offsets[-1]:  # ASCII only: bytes are characters
        return [text[start:end] for start, end in zip(starts, ends, strict=True)]
    raw = text.encode()
    return [raw[start:end].decode() for start, end in zip(starts, ends, strict=True)]


def _fill_in(texts: list[Any], mask: bytes) -> None:
    missing = missing_value() if tags.IS_MISSING in mask else None
    for index, code in enumerate(mask):
        if code == tags.IS_NOTHING:
            texts[index] = None
        elif code == tags.IS_MISSING:
            texts[index] = missing


def read_string_array(decoder: Decoder) -> Any:
    strings = read_strings(decoder)
    if strings.kind == tags.STRINGS_LIST:
        return strings.texts
    return array_decoder().make_strings(strings)
