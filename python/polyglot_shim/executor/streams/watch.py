"""Notices what cells do to the process: threads and subprocesses."""

from __future__ import annotations

import functools
import os
import sys
import threading
from typing import Any

from ..cells.request import follow, inherit
from .output import Output

# Behind these another program may write to the raw descriptors: what was written before is shown
# before.
_STARTS_A_PROCESS = frozenset(
    {
        "subprocess.Popen",
        "os.system",
        "os.posix_spawn",
        "os.spawn",
        "os.exec",
        "os.fork",
        "os.forkpty",
        "pty.spawn",
    }
)


def install(output: Output) -> None:
    """Watch this process from now on. Audit hooks cannot be taken back."""
    process = os.getpid()

    def hook(event: str, _arguments: tuple[Any, ...]) -> None:
        if event in _STARTS_A_PROCESS and os.getpid() == process:
            output.flush()

    sys.addaudithook(hook)
    _wrap_thread_start()


def _wrap_thread_start() -> None:
    """Let threads work for a request; Python 3.11 has no audit event here."""
    start = threading.Thread.start
    libraries = _libraries()

    @functools.wraps(start)
    def start_for_request(thread: threading.Thread) -> None:
        by_library = sys._getframe(1).f_code.co_filename.startswith(libraries)
        (follow if by_library else inherit)(thread)
        start(thread)

    threading.Thread.start = start_for_request  # type: ignore[method-assign]


def _libraries() -> tuple[str, ...]:
    """The folders of code that is not the user's own."""
    installed = [
        folder for folder in sys.path if folder.endswith(("site-packages", "dist-packages"))
    ]
    return tuple(folder + os.sep for folder in (os.path.dirname(os.__file__), *installed))
