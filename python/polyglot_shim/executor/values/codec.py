"""Values to buffers of frames and back."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from . import tags
from .decoder import Buffer, Decoder, ProxyMaker
from .encoder import Encoder, Writer, base_writers
from .errors import ConversionError
from .references import Exports
from .shared import Lender


@dataclass(frozen=True)
class Encoded:
    """A value as a frame carries it."""

    buffers: list[Any]
    segments: list[int]
    """Segments of the `Lender` that have to stay open until the other side has mapped them."""


Parts = Sequence[tuple[str, Any]]
"""Values with what they are called in an error message."""


class Codec:
    """Both directions, for one other language."""

    def __init__(self, exports: Exports, lender: Lender, make_proxy: ProxyMaker) -> None:
        self._exports = exports
        self._lender = lender
        self._make_proxy = make_proxy
        self._writers: dict[type, Writer] = base_writers()
        self._enums: dict[Any, type[enum.Enum]] = {}

    def register(self, cls: type, writer: Writer) -> None:
        """Let `writer` write the values of type `cls`."""
        self._writers[cls] = writer

    def encode(self, value: Any, name: str = "the value") -> Encoded:
        """The buffers for `value`. Raises `ConversionError`, in which `name` is what it is called.

        Nothing is left behind when it fails: the value crosses whole or not at all.
        """
        encoder = self.encoder()
        try:
            _write_named(encoder, name, value)
        except BaseException:
            encoder.abandon()
            raise
        return Encoded(encoder.buffers, encoder.segments)

    def encode_parts(self, parts: Parts) -> Encoded:
        """The buffers for a tuple of values that have a name each. Raises `ConversionError`."""
        encoder = self.encoder()
        encoder.counted(tags.TUPLE, len(parts))
        try:
            for name, value in parts:
                _write_named(encoder, name, value)
        except BaseException:
            encoder.abandon()
            raise
        return Encoded(encoder.buffers, encoder.segments)

    def encoder(self) -> Encoder:
        """An encoder to which nothing was written."""
        return Encoder(self._writers, self._exports, self._lender)

    def decode(self, buffers: Sequence[Buffer]) -> tuple[Any, list[int]]:
        """The value, and the segments of the sender's that it may close now."""
        decoder = Decoder(buffers, self._exports, self._make_proxy, self._enums)
        value = decoder.read()
        return value, decoder.segments


def _write_named(encoder: Encoder, name: str, value: Any) -> None:
    try:
        encoder.write(value)
    except ConversionError as error:
        error.name = name
        raise
