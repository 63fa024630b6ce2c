"""Notices what cells do to the process: threads, subprocesses and forks.

Python reports these to audit hooks, so that nothing of the standard library is replaced.
"""

from __future__ import annotations

import os
import sys
import threading
from typing import Any

from .output import Output
from .request import inherit

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
_STARTS_A_THREAD = frozenset({"_thread.start_new_thread", "_thread.start_joinable_thread"})


def install(output: Output) -> None:
    """Watch this process from now on. Audit hooks cannot be taken back."""
    process = os.getpid()

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event in _STARTS_A_PROCESS:
            if os.getpid() == process:
                output.flush()
        elif event in _STARTS_A_THREAD:
            owner = getattr(arguments[0], "__self__", None)
            if isinstance(owner, threading.Thread):
                inherit(owner)

    sys.addaudithook(hook)
