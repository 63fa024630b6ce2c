"""Which descriptors are the executor's: none that user code reaches by a small number.

Programs close, duplicate to and write to descriptors that they take for free, the small ones. The
host keeps those up to 15 occupied while the process starts, so that all that it opens for itself
then (the event loop, the history) is above them; the pipes to the host move much higher.
"""

from __future__ import annotations

import fcntl
import os
import resource
import select
import stat
from contextlib import suppress
from typing import NoReturn

REQUESTS, REPLIES = 3, 4  # as the host gives them
ROOM = range(3, 16)  # the null device keeps these free; the first two from `move_up` on
HIGH = 1000
PIPES_LOST = 71  # exit code
SPARE = 16  # of what the process may open, where that is less


def move_up(descriptor: int) -> int:
    """The same pipe as a high descriptor that no child inherits, the null device in its place."""
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    high = HIGH if limit == resource.RLIM_INFINITY else min(HIGH, limit - SPARE)
    moved = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, max(high, descriptor))
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, descriptor, inheritable=False)
    os.close(null)
    return moved


def free_room() -> None:
    """Let user code have the small descriptors. Another program than the host may keep none."""
    null = os.stat(os.devnull).st_rdev
    for descriptor in ROOM:
        try:
            found = os.fstat(descriptor)
        except OSError:
            continue
        if stat.S_ISCHR(found.st_mode) and found.st_rdev == null:
            os.close(descriptor)


def wait_for(descriptor: int, events: int) -> None:
    """Until one of poll's `events` happens to a descriptor that somebody has made non-blocking."""
    waiting = select.poll()
    waiting.register(descriptor, events)
    waiting.poll()


def leave_without_pipes(error: OSError) -> NoReturn:
    """End the process, which can hear nothing and tell nothing: user code has closed its pipes."""
    with suppress(OSError):
        os.write(2, f"the pipes to the kernel are lost: {error}\n".encode())
    os._exit(PIPES_LOST)
