"""Starts the executors: they begin while Julia is still to load the host, which takes them over.

What an executor is given is said in docs/executor-protocol.md, *The process*.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal

# Descriptors 0 to 15 are the executor's; what it gets is kept clear of them until then.
LOWEST = 16
PIPES = 5
PIPE_CAPACITY = 2**20
# Python ignores some signals, and a shell has what runs in the background ignore SIGINT; a child
# would, too.
IGNORED = ("SIGPIPE", "SIGXFZ", "SIGXFSZ", "SIGINT")
USUAL = [getattr(signal, name) for name in IGNORED if hasattr(signal, name)]


class Started:
    """An executor's process, and this process's ends of its pipes."""

    def __init__(self, command: list[str], environment: dict[str, str]) -> None:
        """Raises OSError where the command cannot be run."""
        self.mark = os.urandom(16).hex()
        null = _moved(os.open(os.devnull, os.O_RDWR))
        requests, self._requests = _pipe()
        self._replies, replies = _pipe()
        self._out, out = _pipe()
        self._err, err = _pipe()
        theirs = (null, out, err, requests, replies)
        places = (*theirs, *[null] * (LOWEST - PIPES))
        try:
            self.pid = os.posix_spawnp(
                command[0],
                command,
                {**environment, "POLYGLOT_MARK": f"\x1e{self.mark}"},
                file_actions=[(os.POSIX_SPAWN_DUP2, fd, i) for i, fd in enumerate(places)],
                setpgroup=0,
                setsigmask=[],
                setsigdef=USUAL,
            )
        except OSError:
            self._close()
            raise
        finally:
            for fd in theirs:
                os.close(fd)

    def hand_over(self) -> str:
        """What the program that takes this process's place has to know. It inherits the pipes."""
        ends = (self._requests, self._replies, self._out, self._err)
        for fd in ends:
            os.set_inheritable(fd, True)
        return ",".join(map(str, (self.pid, *ends, self.mark)))

    def kill(self) -> None:
        """Ends the executor and all that it has started, as there will be no host."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)

    def _close(self) -> None:
        for fd in (self._requests, self._replies, self._out, self._err):
            os.close(fd)


def start(command: list[str], environment: dict[str, str]) -> Started | None:
    """The executor, or None where it cannot be run: the host will try, and say why, in a cell."""
    try:
        return Started(command, environment)
    except OSError:
        return None


def _pipe() -> tuple[int, int]:
    """A pipe's end to read from and its end to write to, a large one where the system lets us."""
    ends = os.pipe()
    with contextlib.suppress(AttributeError, OSError):  # a small one works, too
        fcntl.fcntl(ends[0], fcntl.F_SETPIPE_SZ, PIPE_CAPACITY)
    return _moved(ends[0]), _moved(ends[1])


def _moved(fd: int) -> int:
    moved = fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, LOWEST)
    os.close(fd)
    return moved
