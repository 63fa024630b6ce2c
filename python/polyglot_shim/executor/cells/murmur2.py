"""The hash by which front ends' debuggers know a cell."""

from __future__ import annotations

import struct

SEED = 0xC70F6907
_FACTOR = 0x5BD1E995
_WORD = 0xFFFFFFFF


def murmur2(text: str) -> int:
    """Austin Appleby's MurmurHash2 of the text in UTF-8, 32 bits, with the seed above."""
    data = text.encode("utf-8", "surrogatepass")
    words, rest = divmod(len(data), 4)
    hash = SEED ^ len(data)
    for (word,) in struct.iter_unpack("<I", data[: 4 * words]):
        word = word * _FACTOR & _WORD
        hash = (hash * _FACTOR ^ (word ^ word >> 24) * _FACTOR) & _WORD
    if rest:
        hash = (hash ^ int.from_bytes(data[-rest:], "little")) * _FACTOR & _WORD
    hash = (hash ^ hash >> 13) * _FACTOR & _WORD
    return hash ^ hash >> 15
