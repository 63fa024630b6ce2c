"""`input()`, `getpass()` and `sys.stdin`: the front end asks the user."""

from __future__ import annotations

import builtins
import getpass
import io
import sys
import threading
from queue import Empty, SimpleQueue
from typing import Any

from IPython.core.error import StdinNotImplementedError

from ..cells.request import current_request
from ..pipes.channel import Channel
from ..pipes.frames import Frame
from .output import Output

END_OF_FILE = "\x04"


class Prompter:
    """Asks the user, one question at a time; answers come from the reader thread."""

    def __init__(self, channel: Channel, output: Output) -> None:
        self._channel = channel
        self._output = output
        self._answers: SimpleQueue[Frame] = SimpleQueue()
        self._lock = threading.Lock()

    def answered(self, frame: Frame) -> None:
        """An `input_reply` arrived."""
        self._answers.put(frame)

    def ask(self, prompt: str, *, password: bool = False) -> str:
        """What the user typed. Raises EOFError, StdinNotImplementedError, KeyboardInterrupt."""
        request = current_request()
        if not request.allow_stdin:
            raise StdinNotImplementedError(
                "this cell cannot ask for input: its client does not allow stdin requests"
            )
        with self._lock:
            self._forget_stale_answers()
            self._output.flush()
            self._channel.send(
                {
                    "type": "input_request",
                    "id": request.id,
                    "prompt": prompt,
                    "password": password,
                }
            )
            while True:
                answer = self._answers.get().header
                if answer.get("id") == request.id:
                    break
        value = str(answer.get("value", ""))
        if value == END_OF_FILE:
            raise EOFError("end of input")
        return value

    def _forget_stale_answers(self) -> None:
        try:
            while True:
                self._answers.get_nowait()
        except Empty:
            pass

    def input(self, prompt: object = "", /) -> str:
        """Read a line from the user; the prompt is written first."""
        return self.ask(str(prompt))

    def getpass(self, prompt: str = "Password: ", stream: Any = None, **_: Any) -> str:
        """Read a line from the user that is not shown as it is typed."""
        return self.ask(str(prompt), password=True)

    def install(self) -> None:
        """Replace `input`, `getpass.getpass` and `sys.stdin`."""
        builtins.input = self.input
        getpass.getpass = self.getpass
        sys.stdin = InputStream(self)


class InputStream(io.TextIOBase):
    """`sys.stdin`: each line is asked for when it is read."""

    def __init__(self, prompter: Prompter) -> None:
        super().__init__()
        self._prompter = prompter
        self._rest = ""  # of a line that was read in part

    @property
    def name(self) -> str:
        return "<stdin>"

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return "utf-8"

    @property
    def errors(self) -> str:  # type: ignore[override]
        return "strict"

    def readline(self, size: int | None = -1, /) -> str:  # type: ignore[override]
        """A line with its end, at most `size` characters of it; empty at end-of-file."""
        if not self._rest:
            try:
                self._rest = self._prompter.ask("") + "\n"
            except EOFError:
                return ""
        end = len(self._rest) if size is None or size < 0 else size
        line, self._rest = self._rest[:end], self._rest[end:]
        return line

    def read(self, size: int | None = -1, /) -> str:
        """All lines up to end-of-file, or the next `size` characters."""
        parts: list[str] = []
        left = -1 if size is None else size
        while left != 0:
            part = self.readline(left)
            if not part:
                break
            parts.append(part)
            left = left - len(part) if left > 0 else left
        return "".join(parts)

    def readable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return False

    def fileno(self) -> int:
        return 0

    def close(self) -> None:
        """Standard input lasts as long as the process."""
