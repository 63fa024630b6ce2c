"""Reading strings that stand in one piece."""

from __future__ import annotations

from typing import Any

from . import tags
from .decoder import Buffer, Decoder


def read_texts(decoder: Decoder, count: int) -> list[Any]:
    """Strings, which should be as many."""
    if decoder.byte() == tags.BY_SEPARATOR:
        texts: list[Any] = str(memoryview(decoder.blob()).cast("B"), "utf-8").split("\0")
    else:
        offsets = memoryview(decoder.blob()).cast("B").cast("q").tolist()
        texts = _cut(decoder.blob(), offsets)
    return texts


def _cut(data: Buffer, offsets: list[int]) -> list[Any]:
    text = str(memoryview(data).cast("B"), "utf-8")
    starts, ends = offsets[:-1], offsets[1:]
    if len(text) == offsets[-1]:  # ASCII only: bytes are characters
        return [text[start:end] for start, end in zip(starts, ends, strict=True)]
    raw = text.encode()
    return [raw[start:end].decode() for start, end in zip(starts, ends, strict=True)]
