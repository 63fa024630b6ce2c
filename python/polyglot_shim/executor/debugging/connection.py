"""The line to debugpy, which runs in this process: messages of the Debug Adapter Protocol.

debugpy is asked to connect to us, and speaks to nobody else: there is no adapter's process and no
port at which another user of the machine could attach.
"""

from __future__ import annotations

import json
import os
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, BinaryIO

from .hidden import hide

Message = dict[str, Any]
Answered = Callable[[Message], None]

_CONNECT_SECONDS = 20.0  # on a busy machine; it takes a tenth of a second
_NO_WARNING = "PYDEVD_DISABLE_FILE_VALIDATION"  # of Python's frozen modules, on stderr


class Connection:
    """Sends requests and takes what comes back.

    `heard(message)` is called in a thread of its own for each event and response, and with `None`
    at the connection's end. All methods are those of one thread.
    """

    def __init__(self, heard: Callable[[Message | None], None]) -> None:
        self._heard = heard
        self._seq = 0
        self._answers: dict[int, Answered] = {}
        _load()
        with socket.create_server(("127.0.0.1", 0)) as listener:
            listener.settimeout(_CONNECT_SECONDS)
            address = listener.getsockname()
            # It returns when debugpy is configured, which is our part.
            self._connecting = self._start(lambda: _connect(address), "polyglot-debug-connect")
            self._socket, _ = listener.accept()
        self._socket.settimeout(None)
        self._start(self._read, "polyglot-debug-reader")

    def request(self, command: str, arguments: Any, answered: Answered) -> None:
        """Send a request; `answered` is called by `answer` with the response."""
        self._seq += 1
        self._answers[self._seq] = answered
        message = {"type": "request", "seq": self._seq, "command": command}
        if arguments is not None:
            message["arguments"] = arguments
        body = json.dumps(message).encode()
        self._socket.sendall(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))

    def answer(self, response: Message) -> None:
        """Hand the response to whoever asked."""
        answered = self._answers.pop(response["request_seq"], None)
        if answered is not None:
            answered(response)

    def await_tracing(self) -> None:
        """Wait until debugpy, which is configured, watches all threads."""
        self._connecting.join(_CONNECT_SECONDS)

    def _start(self, work: Callable[[], None], name: str) -> threading.Thread:
        thread = hide(threading.Thread(target=work, name=name, daemon=True))
        thread.start()
        return thread

    def _read(self) -> None:
        with suppress(OSError), self._socket.makefile("rb") as stream:
            while (message := _next_message(stream)) is not None:
                self._heard(message)
        self._heard(None)


def _load() -> None:
    before = os.environ.get(_NO_WARNING)
    os.environ[_NO_WARNING] = "1"
    try:
        import debugpy

        # Nobody would attach to the processes that cells start. All of debugpy is loaded only now.
        debugpy.configure(subProcess=False)
    finally:
        if before is None:
            del os.environ[_NO_WARNING]
        else:
            os.environ[_NO_WARNING] = before


def _connect(address: tuple[str, int]) -> None:
    import debugpy

    debugpy.connect(address)


def _next_message(stream: BinaryIO) -> Message | None:
    """The next message; `None` at the end of the stream."""
    length = 0
    while line := stream.readline():
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
        elif not line.strip():
            body = stream.read(length)
            return json.loads(body) if len(body) == length else None
    return None
