"""`sys.stdout`, `sys.stderr` of cells."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterable
from contextvars import Token
from typing import Any

from ..cells.request import REQUEST, KnownRequests, current_request
from ..display.hooks import ThreadHooks
from ..ipykernel_names.known_as import known_as
from .output import Output


def unbuffered(descriptor: int, name: str) -> io.TextIOWrapper:
    """The descriptor itself as a text stream, written to at once, as with `python -u`."""
    raw = io.FileIO(descriptor, "w", closefd=False)
    raw.name = name
    stream = io.TextIOWrapper(raw, "utf-8", "backslashreplace", write_through=True)  # type: ignore
    stream.mode = "w"  # type: ignore[misc]  as Python's own have it
    return stream


class _Lasting(io.IOBase):
    """Lasts as long as the process: a library that closes it shall not end output."""

    def close(self) -> None:
        self.flush()

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return False


@known_as("ipykernel.iostream", "OutStream")
class OutputStream(_Lasting, io.TextIOBase, ThreadHooks):
    """A text stream whose text goes to the host as frames; its descriptor is the raw one.

    Libraries colour their text for streams of ipykernel's. Some redirect a thread's output to
    another cell by `parent_header` and `set_parent`, or see it by a hook.
    """

    pub_thread = None  # of ipykernel's, which hands text to a socket
    echo = None  # a second stream of its

    def __init__(self, name: str, descriptor: int, output: Output, requests: KnownRequests) -> None:
        super().__init__()
        self._requests = requests
        self._stream = name
        self._descriptor = descriptor
        self._output = output
        self.buffer = BytesStream(self)

    @property
    def name(self) -> str:
        return f"<{self._stream}>"

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return "utf-8"

    @property
    def errors(self) -> str:  # type: ignore[override]
        return "backslashreplace"

    @property
    def line_buffering(self) -> bool:
        return True

    def write(self, text: str) -> int:
        """Show `text`, soon; lone surrogates are shown as ``\\udc80``."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        if self._own is None:
            self._output.write(self._stream, text)
        else:
            self._write_by_hooks(text)
        return len(text)

    def _write_by_hooks(self, text: str) -> None:
        content = {"name": self._stream, "text": text}
        message = self._seen_by_hooks(self.session.msg("stream", content, self.parent_header))
        if message is not None:
            self._output.write(self._stream, message["content"]["text"])

    @property
    def session(self) -> Any:
        """Makes the messages that hooks see."""
        from IPython import get_ipython

        return get_ipython().kernel.session

    @property
    def topic(self) -> bytes:
        return b"stream." + self._stream.encode()

    @property
    def parent_header(self) -> dict[str, Any]:
        """The header of the message whose output the calling code's is."""
        return current_request().message["header"]

    @parent_header.setter
    def parent_header(self, parent: dict[str, Any]) -> None:
        self.set_parent(parent)

    def set_parent(self, parent: dict[str, Any]) -> None:
        """From now on output of the calling context belongs to the message `parent`, or the one
        with that header."""
        self.set_thread_parent(parent)

    def set_thread_parent(self, parent: dict[str, Any]) -> Token[Any] | None:
        """The same; what is returned lets `reset_thread_parent` undo it."""
        request = self._requests.find(parent)
        return None if request is None else REQUEST.set(request)

    def reset_thread_parent(self, token: Token[Any] | None) -> None:
        """Undo what `set_thread_parent` did in this thread."""
        if token is not None:
            REQUEST.reset(token)

    def writelines(self, lines: Iterable[str]) -> None:  # type: ignore[override]
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        self._output.flush()

    def fileno(self) -> int:
        return self._descriptor


class BytesStream(_Lasting, io.RawIOBase):
    """`sys.stdout.buffer`: bytes of UTF-8 text, which may be cut anywhere."""

    def __init__(self, text: OutputStream) -> None:
        super().__init__()
        self._text = text
        self._decoder = codecs.getincrementaldecoder("utf-8")("backslashreplace")

    def write(self, data: bytes) -> int:  # type: ignore[override]
        view = memoryview(data)
        self._text.write(self._decoder.decode(bytes(view)))
        return view.nbytes

    def flush(self) -> None:
        self._text.flush()

    def fileno(self) -> int:
        return self._text.fileno()
