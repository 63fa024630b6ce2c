"""Reading the values in a container that were written at once (`docs/values.md`, *Packed values*).

An error names the place of the value by `ConversionError.index` among those that were written
together; each level on the way up makes a step of the path of it.
"""

from __future__ import annotations

import gc
from array import array
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate, islice, repeat
from operator import setitem
from typing import Any

from . import tags
from .decoder import Buffer, Decoder, missing_value
from .errors import ConversionError, brief, place
from .keys import make_dict, make_key, make_set
from .named_tuples import named_tuple_class
from .references import Reference
from .texts_decoder import read_texts

PackedReader = Callable[[Decoder, int], list[Any]]


def read_container(decoder: Decoder) -> Any:
    """A tuple, list or set."""
    tag, count = decoder.byte(), decoder.u32()
    if tag == tags.SET:
        return make_set(_read_members(decoder, count))
    items = read_items(decoder, count)
    return tuple(items) if tag == tags.TUPLE else items


def read_items(decoder: Decoder, count: int, shape: Sequence[int] = ()) -> list[Any]:
    """Values, of which one that cannot be read is named by its place; `shape` is an array's."""
    try:
        return read_packed(decoder, count)
    except ConversionError as error:
        error.under(place(error.index, shape))
        raise


def _read_members(decoder: Decoder, count: int) -> list[Any]:
    try:
        return read_packed(decoder, count)
    except ConversionError as error:
        error.under("<member>")
        raise


def read_dict(decoder: Decoder) -> dict[Any, Any]:
    """A dict, its keys and its values."""
    count = decoder.u32()
    keys = _read_keys(decoder, count)
    try:
        values = read_packed(decoder, count)
    except ConversionError as error:
        error.under(f"[{brief(keys[error.index])}]")
        raise
    return make_dict(keys, values)


def _read_keys(decoder: Decoder, count: int) -> list[Any]:
    try:
        return read_packed(decoder, count)
    except ConversionError as error:
        error.under("<key>")
        raise


def read_packed(decoder: Decoder, count: int) -> list[Any]:
    """As many values as were written together. Raises `ConversionError` with their `index`."""
    kind = decoder.byte()
    read = _KINDS.get(kind)
    if read is None:
        raise ConversionError(f"the kind {kind:#x} is unknown", "corrupt", "receive")
    values = _undisturbed(read, decoder, count)
    if len(values) != count:
        reason = f"there are {len(values)} values in the place of {count}"
        raise ConversionError(reason, "corrupt", "receive")
    return values


def _undisturbed(read: PackedReader, decoder: Decoder, count: int) -> list[Any]:
    """Without the garbage collector, which would look for garbage in what is being made."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        return read(decoder, count)
    finally:
        if enabled:
            gc.enable()


def _read_nothing(decoder: Decoder, count: int) -> list[Any]:
    return [None] * count


def _read_missing(decoder: Decoder, count: int) -> list[Any]:
    return [missing_value()] * count


def _read_bools(decoder: Decoder, count: int) -> list[Any]:
    return memoryview(decoder.blob()).cast("B").cast("?").tolist()


def _read_numbers(code: str) -> PackedReader:
    def read(decoder: Decoder, count: int) -> list[Any]:
        return _numbers(code, decoder.blob()).tolist()

    return read


def _numbers(code: str, data: Buffer) -> array[Any]:
    numbers = array(code)
    numbers.frombytes(data)
    return numbers


def _read_one_by_one(decoder: Decoder, count: int) -> list[Any]:
    values: list[Any] = []
    try:
        for _ in range(count):
            values.append(decoder.read())
    except ConversionError as error:
        error.index = len(values)
        raise
    return values


def _read_mixed(decoder: Decoder, count: int) -> list[Any]:
    kinds = decoder.byte()
    codes = bytes(decoder.blob())
    groups: list[Iterator[Any]] = []
    try:
        for _ in range(kinds):
            groups.append(iter(read_packed(decoder, decoder.u32())))
    except ConversionError as error:
        of_the_kind = (index for index, code in enumerate(codes) if code == len(groups))
        error.index = next(islice(of_the_kind, error.index, None))
        raise
    return list(map(next, map(groups.__getitem__, codes)))


def _read_columns(decoder: Decoder, count: int, steps: Iterable[str]) -> list[list[Any]]:
    """A list for each of the steps, which lead to what is in it."""
    columns = []
    for step in steps:
        try:
            columns.append(read_packed(decoder, count))
        except ConversionError as error:
            error.under(step)
            raise
    return columns


def _rows(columns: Sequence[list[Any]], count: int) -> Iterable[tuple[Any, ...]]:
    return zip(*columns, strict=True) if columns else repeat((), count)


def _read_tuples(decoder: Decoder, count: int) -> list[Any]:
    columns = _read_columns(decoder, count, map(place, range(decoder.u32())))
    return list(_rows(columns, count))


def _read_named_tuples(decoder: Decoder, count: int) -> list[Any]:
    names = decoder.texts(decoder.u32())
    columns = _read_columns(decoder, count, [f".{name}" for name in names])
    return list(map(named_tuple_class(names)._make, _rows(columns, count)))


def _read_records(decoder: Decoder, count: int) -> list[Any]:
    width = decoder.u32()
    try:
        keys = [make_key(key, "key") for key in _read_keys(decoder, width)]
    except ConversionError as error:
        error.index = 0
        raise
    columns = _read_columns(decoder, count, (f"[{brief(key)}]" for key in keys))
    if len(set(keys)) != width:
        return _make_each(make_dict, ((keys, row) for row in _rows(columns, count)))
    # Filled column by column: no code of Python's runs for each dict.
    dicts = list(map(dict.copy, repeat(dict.fromkeys(keys), count)))
    for key, column in zip(keys, columns, strict=True):
        deque(map(setitem, dicts, repeat(key), column), maxlen=0)
    return dicts


def _make_each(make: Callable[..., Any], parts: Iterable[Sequence[Any]]) -> list[Any]:
    made: list[Any] = []
    try:
        for part in parts:
            made.append(make(*part))
    except ConversionError as error:
        error.index = len(made)
        raise
    return made


def _cut(values: list[Any], lengths: Iterable[int]) -> Iterable[Iterator[Any]]:
    """The values in portions, each of which has to be used up before the next."""
    return map(islice, repeat(iter(values)), lengths)


def _portions(values: list[Any], lengths: array[Any]) -> Iterable[Iterable[Any]]:
    """As `_cut`; many that are equally long as tuples, which takes a quarter of the time."""
    width = lengths[0] if lengths else 0
    if 0 < width < len(lengths) == lengths.count(width):
        return zip(*repeat(iter(values), width), strict=True)
    return _cut(values, lengths)


def _read_rows(make: type[list[Any]] | type[tuple[Any, ...]]) -> PackedReader:
    def read(decoder: Decoder, count: int) -> list[Any]:
        lengths = _numbers("q", decoder.blob())
        try:
            values = read_packed(decoder, sum(lengths))
        except ConversionError as error:
            row, column = _row_of(lengths, error.index)
            error.under(place(column))
            error.index = row
            raise
        return list(map(make, _portions(values, lengths)))

    return read


def _row_of(lengths: Iterable[int], index: int) -> tuple[int, int]:
    """In which row the value of that index is, and at which place in it."""
    for row, (length, end) in enumerate(zip(lengths, accumulate(lengths), strict=True)):
        if index < end:
            return row, index - end + length
    raise IndexError(index)


def _read_dicts(decoder: Decoder, count: int) -> list[Any]:
    """Dicts with keys of their own."""
    lengths = _numbers("q", decoder.blob())
    total = sum(lengths)
    try:
        keys = read_packed(decoder, total)
    except ConversionError as error:
        error.under("<key>")
        error.index, _ = _row_of(lengths, error.index)
        raise
    try:
        values = read_packed(decoder, total)
    except ConversionError as error:
        error.under(f"[{brief(keys[error.index])}]")
        error.index, _ = _row_of(lengths, error.index)
        raise
    parts = zip(_cut(keys, lengths), _cut(values, lengths), strict=True)
    return _make_each(lambda *both: make_dict(*map(list, both)), parts)


def _read_references(decoder: Decoder, count: int) -> list[Any]:
    owner, generation = decoder.text(), decoder.u64()
    is_callable, type_name = bool(decoder.byte()), decoder.text()
    numbers = _numbers("Q", decoder.blob())
    if owner == "python":
        return [decoder.exports.get(generation, number) for number in numbers]
    make = decoder.make_proxy
    return [
        make(Reference(owner, generation, number, type_name, is_callable)) for number in numbers
    ]


_KINDS: dict[int, PackedReader] = {
    tags.NOTHING: _read_nothing,
    tags.MISSING: _read_missing,
    tags.BOOL: _read_bools,
    tags.INT64: _read_numbers("q"),
    tags.FLOAT64: _read_numbers("d"),
    tags.TEXTS: read_texts,
    tags.TUPLE: _read_tuples,
    tags.TUPLE | tags.OF_ITS_OWN: _read_rows(tuple),
    tags.LIST | tags.OF_ITS_OWN: _read_rows(list),
    tags.DICT: _read_records,
    tags.DICT | tags.OF_ITS_OWN: _read_dicts,
    tags.NAMED_TUPLE: _read_named_tuples,
    tags.ONE_BY_ONE: _read_one_by_one,
    tags.MIXED: _read_mixed,
    tags.REFERENCE: _read_references,
}
