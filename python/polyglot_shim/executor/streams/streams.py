"""`sys.stdout`, `sys.stderr` of cells."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterable

from .output import Output


def unbuffered(descriptor: int) -> io.TextIOWrapper:
    """The descriptor itself as a text stream, written to at once, as with `python -u`."""
    raw = io.FileIO(descriptor, "w", closefd=False)
    return io.TextIOWrapper(raw, "utf-8", "backslashreplace", write_through=True)  # type: ignore


class _Lasting(io.IOBase):
    """Lasts as long as the process: a library that closes it shall not end output."""

    def close(self) -> None:
        self.flush()

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return False


class OutputStream(_Lasting, io.TextIOBase):
    """A text stream whose text goes to the host as frames; its descriptor is the raw one."""

    def __init__(self, name: str, descriptor: int, output: Output) -> None:
        super().__init__()
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
        self._output.write(self._stream, text)
        return len(text)

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
