"""Everything a cell shows: text and messages, each with its request, in exact order.

A line of text goes out at once, so that it comes before what C code writes next; a flood goes out
in batches, part of a line after a few milliseconds. Whatever is published flushes the text before.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter
from time import monotonic
from typing import Any

from ..cells.interrupt import Interrupts
from ..cells.request import REQUEST, current_request
from ..pipes import jsontext
from ..pipes.channel import Channel
from ..pipes.frames import Buffer
from .later import Later

INTERVAL = 0.003  # seconds that text may wait
LONG = 8192  # characters that are as good as a line
PIECE = 2**20  # characters that go out at once: the host handles one piece while the next is made
# A frame costs as much as some twenty prints. So many lines may go out at once, on average and in
# a burst, before it is a flood:
SECONDS_PER_LINE = 0.0002
BURST = 200 * SECONDS_PER_LINE


class Output:
    """The way out for text and messages, from any thread."""

    def __init__(self, channel: Channel, interrupts: Interrupts) -> None:
        self._channel = channel
        self._interrupts = interrupts
        self._lock = threading.Lock()  # held by the one who sends text
        self._texts: list[tuple[bytes, str]] = []  # of frames: header, text
        self._last = 0.0  # when text was sent
        self._due = 0.0  # when the lines sent at once are paid for
        self._flush_later = Later(self._flush_unless_flooded, INTERVAL, "polyglot-flush")

    def write(self, name: str, text: str) -> None:
        """`text` for the stream `name` (``stdout``, ``stderr``) of the current request."""
        # Every `print` comes here twice: no lock (appending is atomic), few calls.
        request = REQUEST.get() or current_request()
        self._texts.append((request.stream_headers[name], text))
        if ("\n" in text or len(text) > LONG) and (now := monotonic()) > self._due - BURST:
            self._due = max(now, self._due) + SECONDS_PER_LINE
            self.flush()
        elif not self._flush_later.asked:
            self._flush_later.ask()

    def flush(self) -> None:
        """Send the text that was written until now."""
        if not self._texts:
            return
        with self._interrupts.shielded(), self._lock:
            self._send_texts()

    def publish(
        self,
        msg_type: str,
        content: dict[str, Any],
        *,
        metadata: dict[str, Any] | None = None,
        buffers: Sequence[Buffer] = (),
        **fields: Any,
    ) -> None:
        """Publish a message of the current request, after the text before it.

        `fields` are more fields of the frame's header. Raises TypeError for content that JSON
        cannot carry; nothing was sent then.
        """
        request = current_request()
        if request.muted:
            return
        text = jsontext.pieces(content)
        header = {"type": "publish", "id": request.id, "msg_type": msg_type, **fields}
        if metadata:
            header["metadata"] = metadata
        self.flush()
        self._channel.send(header, [text, *buffers])

    def _send_texts(self) -> None:
        count = len(self._texts)
        texts = self._texts[:count]
        del self._texts[:count]
        for header, run in groupby(texts, _header):
            if header:
                self._send_text(header, "".join(map(_text, run)))
        self._last = monotonic()

    def _send_text(self, header: bytes, text: str) -> None:
        for start in range(0, len(text), PIECE):
            piece = text if len(text) <= PIECE else text[start : start + PIECE]
            self._channel.send(header, [piece.encode("utf-8", "backslashreplace")])

    def _flush_unless_flooded(self) -> None:
        """Send what nobody else will send: in a flood the one who prints does it."""
        if monotonic() - self._last < INTERVAL:
            self._flush_later.ask()
        else:
            self.flush()


_header = itemgetter(0)
_text = itemgetter(1)
