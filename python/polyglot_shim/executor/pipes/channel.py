"""The executor's side of the reply pipe: whole frames, in order with raw output.

Implements the section *Order* of `docs/executor-protocol.md`.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import select
import termios
import threading
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from ..cells.interrupt import Interrupts
from .descriptors import leave_without_pipes, wait_for
from .frames import STDERR_MARK, STDOUT_MARK, Outgoing, encode, with_marks

# Copying a small frame together is cheaper than telling the system of its pieces.
_SMALL = 65536
# What Linux lets a pipe hold without privileges: a large frame goes through in fewer turns.
_PIPE_SIZE = 2**20
# One writev takes at least this many pieces everywhere (IOV_MAX is 1024 on Linux and macOS).
_PIECES = 512
# `fcntl.ioctl` lets go of the GIL, which a busy thread then keeps for milliseconds, for a call that
# never waits.
_ioctl = ctypes.PyDLL(None).ioctl
_ioctl.argtypes = [ctypes.c_int, ctypes.c_ulong]  # the rest is variadic


class RawOutput:
    """One of the raw descriptors 1 and 2, as far as the order of frames needs it."""

    def __init__(self, descriptor: int, bit: int, mark: bytes) -> None:
        self._descriptor = descriptor
        self._bit = bit
        self._mark = mark
        self._pipe = _identity(descriptor)
        self._waiting = ctypes.c_int()

    def mark(self) -> int:
        """Write the mark where the host still has raw output to read; the frame's bit for it."""
        self._waiting.value = 0
        _ioctl(self._descriptor, termios.FIONREAD, ctypes.byref(self._waiting))
        # User code may have put a file in the descriptor's place, or nothing: that gets no mark.
        if self._waiting.value == 0 or _identity(self._descriptor) != self._pipe:
            return 0
        os.write(self._descriptor, self._mark)
        return self._bit


class Channel:
    """Sends frames, from any thread, each whole and in the order of the calls."""

    def __init__(self, descriptor: int, mark: bytes) -> None:
        self._descriptor = descriptor
        self._raw = [RawOutput(1, STDOUT_MARK, mark), RawOutput(2, STDERR_MARK, mark)]
        if not mark:
            self._raw = []
        self._lock = threading.Lock()
        self.interrupts: Interrupts | None = None
        if hasattr(fcntl, "F_SETPIPE_SZ"):  # Linux
            with suppress(OSError):
                fcntl.fcntl(descriptor, fcntl.F_SETPIPE_SZ, _PIPE_SIZE)

    def send(self, header: dict[str, Any] | bytes, buffers: Sequence[Outgoing] = ()) -> None:
        """Send a frame; blocks while the pipe is full.

        Raises FrameError for one that the host would not take; nothing was sent then.
        """
        interrupts = self.interrupts
        if interrupts is None:
            self._send(header, buffers)
            return
        with interrupts.shielded():
            self._send(header, buffers)

    def _send(self, header: dict[str, Any] | bytes, buffers: Sequence[Outgoing]) -> None:
        # All that may fail comes before the first byte, the marks included: the host can read
        # nothing behind half a frame.
        frame = encode(header, buffers)
        if sum(map(len, frame)) < _SMALL:
            frame = [b"".join(frame)]
        with self._lock:
            marks = 0
            for raw in self._raw:
                marks |= raw.mark()
            if marks:
                frame[0] = with_marks(frame[0], marks)
            pieces = [memoryview(piece) for piece in frame]
            # No deeper calls than those for the marks: none exceeds the recursion limit.
            while pieces:
                try:
                    written = os.writev(self._descriptor, pieces[:_PIECES])
                except BlockingIOError:  # user code has made it so
                    wait_for(self._descriptor, select.POLLOUT)
                    continue
                except OSError as error:
                    if error.errno != errno.EBADF:
                        raise  # the host is gone
                    leave_without_pipes(error)
                while pieces and written >= len(pieces[0]):
                    written -= len(pieces.pop(0))
                if written:
                    pieces[0] = pieces[0][written:]


def _identity(descriptor: int) -> tuple[int, int] | None:
    try:
        status = os.fstat(descriptor)
    except OSError:
        return None
    return status.st_dev, status.st_ino
