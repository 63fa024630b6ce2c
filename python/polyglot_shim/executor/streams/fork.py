"""A forked child is no executor: it must not touch the pipes to the host."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from typing import Any, Protocol

from ..pipes.channel import Channel
from .output import Output
from .stdin import Prompter


def install(
    descriptors: Sequence[int], channel: Channel, output: Output, prompter: Prompter
) -> None:
    """Let children of this process print on the raw descriptors, read nothing, and call nobody."""

    def become_plain() -> None:
        for descriptor in descriptors:
            os.close(descriptor)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        # The objects stay, as loggers and others hold them; what they do changes. Their locks may
        # be held by threads that the child does not have.
        text = PlainText()
        output.write = text.write  # type: ignore[method-assign]
        output.flush = text.flush  # type: ignore[method-assign]
        output.publish = text.publish  # type: ignore[method-assign]
        prompter.ask = _end_of_file  # type: ignore[method-assign]
        # The descriptor's number may become that of a file of the child's.
        channel.send = _refuse  # type: ignore[method-assign]

    os.register_at_fork(after_in_child=become_plain)


class Lock(Protocol):
    """What can be held."""

    def acquire(self) -> bool:
        """Wait for it and hold it."""

    def release(self) -> None:
        """Hold it no longer."""


def hold_while_forking(lock: Lock) -> None:
    """Let no process fork while another thread holds `lock`.

    A child has none of the other threads, but keeps what they have locked, for good: modules that
    are being imported, above all.
    """
    os.register_at_fork(
        before=lock.acquire, after_in_parent=lock.release, after_in_child=lock.release
    )


class PlainText:
    """Stands in for `Output` in a child: text, a line at a time, on descriptors 1 and 2."""

    def __init__(self) -> None:
        self._rests = {"stdout": "", "stderr": ""}

    def write(self, name: str, text: str) -> None:
        lines, newline, rest = (self._rests[name] + text).rpartition("\n")
        self._rests[name] = rest
        _write(name, lines + newline)

    def flush(self) -> None:
        for name, rest in self._rests.items():
            self._rests[name] = ""
            _write(name, rest)

    def publish(self, msg_type: str, content: dict[str, Any], **_: Any) -> None:
        if msg_type == "error" and content["ename"] != "SystemExit":
            self.write("stderr", "\n".join(content["traceback"]) + "\n")
        elif "text/plain" in content.get("data", {}):
            self.write("stdout", content["data"]["text/plain"] + "\n")


def _write(name: str, text: str) -> None:
    data = text.encode("utf-8", "backslashreplace")
    while data:
        data = data[os.write(1 if name == "stdout" else 2, data) :]


def _end_of_file(prompt: str, *, password: bool = False) -> str:
    raise EOFError("a forked process cannot ask for input")


def _refuse(*_: Any, **__: Any) -> None:
    raise RuntimeError(
        "a forked process has no way to the kernel: call Julia (jl) in the notebook's own process"
    )


def leave_if_child(parent: int, error: BaseException | None) -> None:
    """End a child whose code ran to the end of the cell: the rest is the parent's business."""
    if os.getpid() == parent:
        return
    sys.stdout.flush()
    code = error.code if isinstance(error, SystemExit) else int(error is not None)
    os._exit(code if isinstance(code, int) else int(code is not None))
