"""Writing the values in a container all at once, kind by kind (`docs/values.md`, *Packed values*).

What is of one kind is written by calls that run over all of it in C. Anything out of the ordinary
(a string that is no Unicode, a container that may contain itself) is a `ConversionError` without a
place: then the container is written value by value, which knows better.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, compress, islice
from operator import itemgetter
from typing import Any

from . import tags
from .encoder import Encoder
from .errors import ConversionError, type_name
from .texts_encoder import write_texts

SHORTEST = 8
"""The shortest container for which looking at all types pays."""

_MOST_TYPES = 32
"""Of how many types the values in one container may be."""

_MOST_SHAPES = 16
"""How many sets of keys dicts may have for each of them to be sent once."""

_MOST_UNNOTED = 6
_GROWTH = 8
"""How many levels of containers are written, and how many times as many values as in the level
noted last, until it is looked whether they contain themselves: what does has levels without end."""

_PART = 8192
"""Values that are looked at in one go: what is made of them takes no new memory from the system."""

_ONLY = [bytes(number == code for number in range(256)) for code in range(_MOST_TYPES)]
"""For each code the table that makes of it 1 and of all others 0."""

Values = Sequence[Any]
PackedWriter = Callable[["Packer", Values], None]


def write_packed(encoder: Encoder, tag: int, values: Values) -> bool:
    """A tuple, list or set, as `tag` says. Whether it could be written so."""

    def write() -> None:
        encoder.byte(tags.PACKED)
        encoder.counted(tag, len(values))
        _pack(encoder, values)

    return encoder.attempt(write)


def write_packed_dict(encoder: Encoder, keys: Values, values: Values) -> bool:
    """A dict. Whether it could be written so."""

    def write() -> None:
        encoder.counted(tags.PACKED_DICT, len(keys))
        _pack(encoder, keys)
        _pack(encoder, values)

    return encoder.attempt(write)


def write_packed_items(encoder: Encoder, values: Values) -> bool:
    """Values whose number is known to the reader. Whether they could be written so."""
    return encoder.attempt(lambda: _pack(encoder, values))


def _pack(encoder: Encoder, values: Values) -> None:
    packer = Packer(encoder)
    try:
        packer.write(values)
    finally:
        packer.forget()


class Packer:
    """Writes values of which there are many."""

    def __init__(self, encoder: Encoder) -> None:
        self.encoder = encoder
        self._levels: list[Values] = []
        """The containers that what is written now stands in, one level below the other."""
        self._noted: list[set[int]] = []
        """Of the levels that may be met again below, which containers these are."""
        self._noted_size = 0
        """How many values there were when levels were noted last."""
        self._told = 0
        """How many of these sets the encoder knows, too."""

    def write(self, values: Values) -> None:
        """The values, without their number. Raises `ConversionError`."""
        if _are_of_one_type(values):
            self._writer(type(values[0]))(self, values)
            return
        types = set(map(type, values))
        if 1 < len(types) <= _MOST_TYPES:
            self._write_mixed(types, values)
        else:
            self.one_by_one(values)

    def _writer(self, cls: type) -> PackedWriter:
        writers = self.encoder.writers
        return _KINDS.get(cls) or writers.packed.get(writers[cls]) or Packer.one_by_one

    def _write_mixed(self, types: set[type], values: Values) -> None:
        numbers = {cls: number for number, cls in enumerate(types)}
        codes = bytes(map(numbers.__getitem__, map(type, values)))
        for cls, group in zip(numbers, self.groups(values, codes, len(types)), strict=True):
            self._writer(cls)(self, group)

    def groups(self, values: Values, codes: bytes, count: int) -> Iterator[Values]:
        """The values of each kind, as `codes` have it, to be written when they come."""
        self.encoder.byte(tags.MIXED)
        self.encoder.byte(count)
        self.encoder.blob(codes)
        for code in range(count):
            group = list(compress(values, codes.translate(_ONLY[code])))
            self.encoder.u32(len(group))
            yield group

    def one_by_one(self, values: Values) -> None:
        """Values of which there is nothing to say at once."""
        self._note_levels()
        for met in self._noted[self._told :]:
            self.encoder.inside |= met
        self._told = len(self._noted)
        self.encoder.byte(tags.ONE_BY_ONE)
        for value in values:
            self.encoder.write(value)

    def columns(self, columns: Sequence[Values]) -> None:
        for column in columns:
            self.write(column)

    def enter(self, values: Values) -> None:
        """Begin with what is in the containers `values`."""
        if len(self._levels) - len(self._noted) > _MOST_UNNOTED:
            self._note_levels()
        self.encoder.deeper(values[0])
        self._levels.append(values)
        if len(self._levels) == 1:
            self._noted_size = max(self._noted_size, len(values))

    def expect(self, count: int) -> None:
        """So many values are in the containers entered last, and are about to be collected."""
        if count > _GROWTH * self._noted_size:
            self._note_levels()
            self._noted_size = count

    def leave(self) -> None:
        """End with what is in the containers that were entered last."""
        self._levels.pop()
        if len(self._noted) > len(self._levels):
            self._forget()
        self.encoder.higher()

    def forget(self) -> None:
        """Nothing more is written, whether all was or not."""
        while self._noted:
            self._forget()

    def _forget(self) -> None:
        met = self._noted.pop()
        if self._told > len(self._noted):
            self.encoder.inside -= met
            self._told = len(self._noted)

    def _note_levels(self) -> None:
        # There are containers further down, and they may be those above. What is met again need
        # not be above the same value: writing one value after the other tells.
        for values in self._levels[len(self._noted) :]:
            met = set() if type(values[0]) is tuple else set(map(id, values))
            if not all(map(met.isdisjoint, (self.encoder.inside, *self._noted))):
                raise ConversionError("it may contain itself", type_name(values[0]))
            self._noted.append(met)


def _are_of_one_type(values: Values) -> bool:
    types = map(type, values)
    while part := list(islice(types, _PART)):
        if part.count(type(values[0])) != len(part):  # which is faster than a set of them
            return False
    return len(values) > 0


def _write_numbers(packer: Packer, tag: int, code: str, values: Values) -> None:
    """Numbers of the code that `struct` has for them. Raises `struct.error` for one too large."""
    packer.encoder.byte(tag)
    if len(values) <= _PART:
        packer.encoder.blob(_packed(code, values))
    else:
        size = struct.calcsize(code) * len(values)
        packer.encoder.blob_in_chunks(size, lambda: _packed_parts(code, values))


def _packed_parts(code: str, values: Values) -> Iterator[memoryview]:
    for start in range(0, len(values), _PART):
        yield memoryview(_packed(code, values[start : start + _PART]))


def _packed(code: str, values: Values) -> bytes:
    return struct.Struct(f"{len(values)}{code}").pack(*values)  # a third of what an array takes


def _write_nothing(packer: Packer, values: Values) -> None:
    packer.encoder.byte(tags.NOTHING)


def _write_bools(packer: Packer, values: Values) -> None:
    _write_numbers(packer, tags.BOOL, "?", values)


def _write_ints(packer: Packer, values: Values) -> None:
    start = len(packer.encoder.description)
    try:
        _write_numbers(packer, tags.INT64, "q", values)
    except struct.error:  # one has more than 64 bits
        del packer.encoder.description[start:]
        packer.one_by_one(values)


def _write_floats(packer: Packer, values: Values) -> None:
    _write_numbers(packer, tags.FLOAT64, "d", values)


def _write_strings(packer: Packer, values: Values) -> None:
    packer.encoder.byte(tags.TEXTS)
    write_texts(packer.encoder, values)


def _columns(rows: Values, width: int) -> Sequence[Values]:
    """What stands at the first place of all rows, at the second, and so on."""
    if width > len(rows):
        return list(zip(*rows, strict=True))
    return [list(map(itemgetter(place), rows)) for place in range(width)]


def _write_tuples(packer: Packer, values: Values) -> None:
    widths = set(map(len, values))
    packer.enter(values)
    if len(widths) == 1:
        width = widths.pop()
        packer.expect(width * len(values))
        packer.encoder.counted(tags.TUPLE, width)
        packer.columns(_columns(values, width))
    else:
        _write_rows(packer, tags.TUPLE | tags.OF_ITS_OWN, values)
    packer.leave()


def _write_lists(packer: Packer, values: Values) -> None:
    packer.enter(values)
    _write_rows(packer, tags.LIST | tags.OF_ITS_OWN, values)
    packer.leave()


def _write_rows(packer: Packer, tag: int, rows: Values) -> None:
    lengths = list(map(len, rows))
    packer.expect(sum(lengths))
    items = list(chain.from_iterable(rows))
    while list(map(len, rows)) != lengths or sum(lengths) != len(items):
        rows = list(map(tuple, rows))  # another thread changes them
        lengths, items = list(map(len, rows)), list(chain.from_iterable(rows))
    packer.encoder.byte(tag)
    packer.encoder.blob(array("q", lengths))
    packer.write(items)


def _write_dicts(packer: Packer, values: Values) -> None:
    packer.enter(values)
    if not _write_as_records(packer, values):
        dicts = list(map(dict.copy, values))  # another thread may change them
        if not _write_as_shapes(packer, dicts):
            _write_each_dict(packer, dicts)
    packer.leave()


def _write_as_records(packer: Packer, dicts: Sequence[dict[Any, Any]]) -> bool:
    """Dicts with the same keys, in whatever order: Julia's have none. Whether they are such."""
    keys = tuple(dicts[0])
    packer.expect(sum(map(len, dicts)))
    if set(map(len, dicts)) != {len(keys)} or not _are_strings(chain.from_iterable(dicts)):
        return False
    try:
        columns = _fields(dicts, keys)
    except KeyError:
        return False
    _write_records(packer, keys, columns)
    return True


def _fields(dicts: Sequence[dict[Any, Any]], keys: Iterable[Any]) -> list[list[Any]]:
    return [list(map(itemgetter(key), dicts)) for key in keys]


def _write_records(packer: Packer, keys: Values, columns: Sequence[Values]) -> None:
    packer.encoder.counted(tags.DICT, len(keys))
    packer.write(keys)
    packer.columns(columns)


def _are_strings(keys: Iterable[Any]) -> bool:
    # Among keys of other types there are different ones that are equal.
    return set(map(type, keys)) <= {str}


def _write_as_shapes(packer: Packer, dicts: Sequence[dict[Any, Any]]) -> bool:
    """Dicts among which there are few sets of keys. Whether they are such."""
    if not _are_strings(chain.from_iterable(dicts)):
        return False
    shapes = list(map(frozenset, dicts))
    numbers = {shape: number for number, shape in enumerate(dict.fromkeys(shapes))}
    if len(numbers) > min(_MOST_SHAPES, len(dicts) // 2):
        return False
    codes = bytes(map(numbers.__getitem__, shapes))
    for group in packer.groups(dicts, codes, len(numbers)):
        keys = tuple(group[0])
        _write_records(packer, keys, _fields(group, keys))
    return True


def _write_each_dict(packer: Packer, dicts: Sequence[dict[Any, Any]]) -> None:
    packer.encoder.byte(tags.DICT | tags.OF_ITS_OWN)
    packer.encoder.blob(array("q", map(len, dicts)))
    packer.write(list(chain.from_iterable(dicts)))
    packer.write(list(chain.from_iterable(map(dict.values, dicts))))


def write_named_tuples(packer: Packer, values: Values) -> None:
    """Named tuples of one class."""
    names = values[0]._fields
    packer.enter(values)
    packer.expect(len(names) * len(values))
    packer.encoder.counted(tags.NAMED_TUPLE, len(names))
    for name in names:
        packer.encoder.text(name)
    packer.columns(_columns(values, len(names)))
    packer.leave()


def write_references(packer: Packer, values: Values) -> None:
    """Objects of one type, all of which stay here."""
    encoder = packer.encoder
    numbers = array("Q")
    for value in values:
        number = encoder.exports.lend(value)
        encoder.lent.append(number)
        numbers.append(number)
    encoder.byte(tags.REFERENCE)
    encoder.text("python")
    encoder.u64(encoder.exports.generation)
    encoder.byte(callable(values[0]))
    encoder.text(type_name(values[0]))
    encoder.blob(numbers)


_KINDS: dict[type, PackedWriter] = {
    type(None): _write_nothing,
    bool: _write_bools,
    int: _write_ints,
    float: _write_floats,
    str: _write_strings,
    tuple: _write_tuples,
    list: _write_lists,
    dict: _write_dicts,
}
