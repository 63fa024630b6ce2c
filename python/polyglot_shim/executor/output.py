"""Everything a cell shows: text and messages, each with its request, in exact order.

Text is collected for a few milliseconds at most: the first line after a pause goes out at once, a
flood in batches. Whatever is published flushes the text before it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from queue import SimpleQueue
from typing import Any

from . import jsontext
from .channel import Channel
from .frames import Buffer
from .interrupt import Interrupts
from .request import Request, current_request

INTERVAL = 0.003  # seconds that text may wait
LONG = 8192  # characters that are not kept waiting


class Output:
    """The way out for text and messages, from any thread."""

    def __init__(self, channel: Channel, interrupts: Interrupts) -> None:
        self._channel = channel
        self._interrupts = interrupts
        self._lock = threading.Lock()  # held by the one who sends text
        self._texts: list[tuple[str, Request, str]] = []
        self._last = 0.0  # when text was sent
        self._wake: SimpleQueue[None] = SimpleQueue()
        self._waking = False  # the flusher knows that there is text

    def start(self) -> None:
        """Start the thread that sends text that nobody else sends."""
        threading.Thread(target=self._flush_often, name="polyglot-flush", daemon=True).start()

    def write(self, name: str, text: str) -> None:
        """`text` for the stream `name` (``stdout``, ``stderr``) of the current request."""
        # Appending is atomic, so that printing takes no lock.
        self._texts.append((name, current_request(), text))
        if ("\n" in text or len(text) > LONG) and time.monotonic() - self._last >= INTERVAL:
            self.flush()
        elif not self._waking:
            self._waking = True
            self._wake.put(None)

    def flush(self) -> None:
        """Send the text that was written until now."""
        if not self._texts:
            return
        self._interrupts.shield()
        try:
            with self._lock:
                self._send_texts()
        finally:
            self._interrupts.unshield()

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
        text = jsontext.dumps(content)
        header = {"type": "publish", "id": request.id, "msg_type": msg_type, **fields}
        if metadata:
            header["metadata"] = metadata
        self.flush()
        self._channel.send(header, [text, *buffers])

    def _send_texts(self) -> None:
        count = len(self._texts)
        texts = self._texts[:count]
        del self._texts[:count]
        start = 0
        for index in range(1, len(texts) + 1):
            name, request, _ = texts[start]
            if index < len(texts) and texts[index][0] is name and texts[index][1] is request:
                continue
            if not request.muted:
                text = "".join([text for _, _, text in texts[start:index]])
                data = text.encode("utf-8", "backslashreplace")
                self._channel.send(request.stream_headers[name], [data])
            start = index
        self._last = time.monotonic()

    def _flush_often(self) -> None:
        while True:
            self._wake.get()
            time.sleep(INTERVAL)
            self._waking = False
            self.flush()
