"""Writes values.json, which the tests of both languages read (`test/test_value_vectors.py`).

Descriptions are put together here by hand, from the tables in docs/values.md, so that neither
language's encoder is the judge of its own decoder.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from pathlib import Path

PATH = Path(__file__).parent / "values.json"

NOTHING, TRUE, FALSE = b"\x00", b"\x03", b"\x02"


def u32(value: int) -> bytes:
    return struct.pack("<I", value)


def blob(data: bytes) -> bytes:
    return b"\x00" + struct.pack("<Q", len(data)) + data


def i64s(*values: int) -> bytes:
    return blob(struct.pack(f"<{len(values)}q", *values))


# Values one by one.


def integer(value: int) -> bytes:
    return b"\x07" + struct.pack("<q", value)


def number(value: float) -> bytes:
    return b"\x10" + struct.pack("<d", value)


def string(value: str) -> bytes:
    return b"\x20" + blob(value.encode())


def plain_tuple(*items: bytes) -> bytes:
    return b"\x22" + u32(len(items)) + b"".join(items)


def plain_list(*items: bytes) -> bytes:
    return b"\x24" + u32(len(items)) + b"".join(items)


def plain_set(*items: bytes) -> bytes:
    return b"\x26" + u32(len(items)) + b"".join(items)


def plain_dict(*items: tuple[bytes, bytes]) -> bytes:
    return b"\x25" + u32(len(items)) + b"".join(key + value for key, value in items)


# Packed values.


def integers(values: Sequence[int]) -> bytes:
    return b"\x07" + i64s(*values)


def numbers(values: Sequence[float]) -> bytes:
    return b"\x10" + blob(struct.pack(f"<{len(values)}d", *values))


def booleans(values: Sequence[bool]) -> bytes:
    return b"\x03" + blob(bytes(values))


def strings(values: Sequence[str]) -> bytes:
    return b"\x20\x01" + blob("\0".join(values).encode())


def strings_by_offsets(values: Sequence[str]) -> bytes:
    pieces = [value.encode() for value in values]
    ends = [sum(map(len, pieces[:count])) for count in range(len(pieces) + 1)]
    return b"\x20\x00" + i64s(*ends) + blob(b"".join(pieces))


def tuples(*columns: bytes) -> bytes:
    return b"\x22" + u32(len(columns)) + b"".join(columns)


def rows(kind: int, lengths: Sequence[int], items: bytes) -> bytes:
    return bytes((kind,)) + i64s(*lengths) + items


def records(keys: Sequence[str], *columns: bytes) -> bytes:
    return b"\x25" + u32(len(keys)) + strings(keys) + b"".join(columns)


def mixed(codes: Sequence[int], *groups: tuple[int, bytes]) -> bytes:
    kinds = b"".join(u32(count) + values for count, values in groups)
    return b"\x3f" + bytes((len(groups),)) + blob(bytes(codes)) + kinds


def container(tag: int, count: int, values: bytes) -> bytes:
    return bytes((0x36, tag)) + u32(count) + values


TUPLE, LIST, SET = 0x22, 0x24, 0x26
NINE = range(9)
WORDS = ["", "a", "é", "日本", "😀", "", "b", "c", ""]
WITH_ZEROS = ["\0", "a\0b", "é", "日", "😀", "", "b", "c", ""]

# name: packed, one by one, whether both encoders write the first
CASES: dict[str, tuple[bytes, bytes, bool]] = {
    "integers": (
        container(LIST, 9, integers(range(-4, 5))),
        plain_list(*map(integer, range(-4, 5))),
        True,
    ),
    "floats": (
        container(LIST, 9, numbers([n / 4 for n in NINE])),
        plain_list(*(number(n / 4) for n in NINE)),
        True,
    ),
    "booleans": (
        container(LIST, 9, booleans([n % 2 == 0 for n in NINE])),
        plain_list(*(FALSE if n % 2 else TRUE for n in NINE)),
        True,
    ),
    "nothing": (container(LIST, 9, NOTHING), plain_list(*[NOTHING] * 9), True),
    "strings": (container(LIST, 9, strings(WORDS)), plain_list(*map(string, WORDS)), True),
    "strings with zero bytes": (
        container(LIST, 9, strings_by_offsets(WITH_ZEROS)),
        plain_list(*map(string, WITH_ZEROS)),
        True,
    ),
    "strings by offsets": (
        container(LIST, 9, strings_by_offsets(WORDS)),
        plain_list(*map(string, WORDS)),
        False,
    ),
    "a tuple": (container(TUPLE, 9, integers(NINE)), plain_tuple(*map(integer, NINE)), True),
    "a set": (container(SET, 9, integers(NINE)), plain_set(*map(integer, NINE)), False),
    "tuples": (
        container(LIST, 9, tuples(integers(NINE), strings(WORDS))),
        plain_list(*(plain_tuple(integer(n), string(WORDS[n])) for n in NINE)),
        True,
    ),
    "tuples of several lengths": (
        container(LIST, 8, rows(0xA2, [0, 1] * 4, integers(range(4)))),
        plain_list(*(plain_tuple(*[integer(n // 2)] * (n % 2)) for n in range(8))),
        True,
    ),
    "empty tuples": (container(LIST, 9, tuples()), plain_list(*[plain_tuple()] * 9), True),
    "lists": (
        container(LIST, 8, rows(0xA4, [0, 1] * 4, integers(range(4)))),
        plain_list(*(plain_list(*[integer(n // 2)] * (n % 2)) for n in range(8))),
        True,
    ),
    "empty lists": (
        container(LIST, 9, rows(0xA4, [0] * 9, b"\x33")),
        plain_list(*[plain_list()] * 9),
        True,
    ),
    "dicts with the same key": (
        container(LIST, 9, records(["a"], integers(NINE))),
        plain_list(*(plain_dict((string("a"), integer(n))) for n in NINE)),
        True,
    ),
    "dicts with keys of their own": (
        container(LIST, 9, rows(0xA5, [1] * 9, integers(NINE) + strings(WORDS))),
        plain_list(*(plain_dict((integer(n), string(WORDS[n]))) for n in NINE)),
        True,
    ),
    "a dict": (
        b"\x38" + u32(9) + integers(NINE) + strings(WORDS),
        plain_dict(*((integer(n), string(WORDS[n])) for n in NINE)),
        False,
    ),
    "several kinds": (
        container(
            LIST,
            8,
            mixed(
                [0, 1, 2, 0, 1, 2, 0, 1],
                (3, integers([0, 3, 6])),
                (3, NOTHING),
                (2, b"\x33" + TRUE * 2),
            ),
        ),
        plain_list(*([integer(n), NOTHING, TRUE][n % 3] for n in range(8))),
        False,
    ),
}


def text() -> str:
    cases = [
        {"name": name, "packed": packed.hex(), "plain": plain.hex(), "written": written}
        for name, (packed, plain, written) in CASES.items()
    ]
    return json.dumps(cases, ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    PATH.write_text(text())
