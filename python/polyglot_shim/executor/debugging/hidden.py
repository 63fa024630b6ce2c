"""Threads that no debugger stops: those of the executor itself."""

from __future__ import annotations

import threading


def hide(thread: threading.Thread) -> threading.Thread:
    """Mark the thread for debugpy, loaded or not, and return it.

    A breakpoint stops all other threads, and who answers questions must go on.
    """
    thread.pydev_do_not_trace = True  # type: ignore[attr-defined]
    thread.is_pydev_daemon_thread = True  # type: ignore[attr-defined]
    return thread
