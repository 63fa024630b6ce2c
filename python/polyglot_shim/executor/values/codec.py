"""Values to buffers of frames and back."""

from __future__ import annotations

import enum
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from . import tags
from .decoder import Buffer, Decoder, ProxyMaker
from .encoder import Encoder, Writer
from .errors import ConversionError, type_name
from .mapped_files import MappedFiles
from .readers import READERS
from .references import Exports
from .shared import Lender, NoRoomError
from .shares import Shares
from .writers import Writers


@dataclass(frozen=True)
class Encoded:
    """A value as a frame carries it."""

    buffers: list[Any]
    segments: list[int]
    """Segments of the `Lender` that have to stay open until the other side has mapped them."""
    lent: list[int]
    """Numbers of the objects that it refers to."""
    losses: tuple[str, ...] = ()
    """What the other side's types do not hold of it."""


Parts = Sequence[tuple[str, Any]]
"""Values with what they are called in an error message."""


class Codec:
    """Both directions, for one other language."""

    def __init__(self, exports: Exports, lender: Lender, make_proxy: ProxyMaker) -> None:
        self._exports = exports
        self._lender = lender
        self._make_proxy = make_proxy
        self._writers = Writers()
        self.shares = Shares()
        self._files = MappedFiles()
        self._enums: dict[Any, type[enum.Enum]] = {}

    def register(self, cls: type, writer: Writer) -> None:
        """Let `writer` write the values of type `cls`."""
        self._writers[cls] = writer

    def encode(self, value: Any, name: str = "the value") -> Encoded:
        """The buffers for `value`. Raises `ConversionError`, in which `name` is what it is called.

        Nothing is left behind when it fails: the value crosses whole or not at all.
        """
        encoder = self.encoder()
        return self._complete(encoder, lambda: _write_named(encoder, name, value))

    def encode_parts(self, parts: Parts) -> Encoded:
        """The buffers for a tuple of values that have a name each. Raises `ConversionError`."""
        encoder = self.encoder()

        def write() -> None:
            encoder.counted(tags.TUPLE, len(parts))
            for name, value in parts:
                _write_named(encoder, name, value)

        return self._complete(encoder, write)

    def _complete(self, encoder: Encoder, write: Callable[[], None]) -> Encoded:
        """What `write` writes; nothing is left of it when it fails."""
        try:
            write()
        except BaseException:
            self.abandon(finished(encoder))
            raise
        return finished(encoder)

    def abandon(self, encoded: Encoded) -> None:
        """Let go of everything that is in it: it will not be sent."""
        for fd in encoded.segments:
            self._lender.close(fd)
        for number in encoded.lent:
            self._exports.release(self._exports.generation, number, 1)

    def encoder(self) -> Encoder:
        """An encoder to which nothing was written."""
        return Encoder(self._writers, self._exports, self._lender, self.shares)

    def decode(self, buffers: Sequence[Buffer], name: str = "the value") -> Any:
        """The value. Raises `ConversionError`, in which `name` is what the value is called.

        Either way the sender can close its segments.
        """
        return _read_named(self._decoder(buffers), name)

    def decode_parts(
        self, buffers: Sequence[Buffer], names_of: Callable[[int], Sequence[str]]
    ) -> list[Any]:
        """The values that `encode_parts` wrote; `names_of(count)` says what they are called.

        Raises `ConversionError`.
        """
        decoder = self._decoder(buffers)
        if decoder.byte() != tags.TUPLE:
            raise ConversionError("they are no tuple", "the values of a call", "receive")
        return [_read_named(decoder, name) for name in names_of(decoder.u32())]

    def _decoder(self, buffers: Sequence[Buffer]) -> Decoder:
        return Decoder(
            buffers,
            READERS,
            self._exports,
            self._make_proxy,
            self.shares,
            self._files,
            self._enums,
        )


def finished(encoder: Encoder) -> Encoded:
    """What was written, ready to be sent."""
    return Encoded(encoder.buffers, encoder.segments, encoder.lent, tuple(encoder.losses))


def _read_named(decoder: Decoder, name: str) -> Any:
    try:
        return decoder.read()
    except ConversionError as error:
        error.name = name
        raise


def _write_named(encoder: Encoder, name: str, value: Any) -> None:
    try:
        encoder.write(value)
    except ConversionError as error:
        error.name = name
        raise
    except NoRoomError as error:
        told = ConversionError(error.strerror, type_name(value))
        told.name = name
        raise told from None
