"""Big buffers in shared memory (`docs/values.md`, *Shared memory*).

The sender writes a buffer once into an anonymous file and keeps the descriptor open until the
receiver has mapped it. The file has no name on Linux, so nothing can be left behind: its pages
belong to the mapping alone as soon as the sender has closed its descriptor, and go with it.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import mmap
import os
import sys
import tempfile
import weakref
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from .room import available_disk, is_roomy, no_room, roomy_folder

THRESHOLD = 64 * 1024
"""Buffers of at least this many bytes are worth a file of their own."""

MODES = ("memfd", "file")
"""The ways to share, in the order in which they are tried; when all fail the pipe carries it."""

_WRITE_AT_ONCE = 1 << 30
_HAS_PROC_FD = sys.platform.startswith("linux")

Chunks = Callable[[], Iterable[memoryview]]


@dataclass(frozen=True)
class Segment:
    """A buffer that stands in a file of this process, until it is closed."""

    fd: int
    inode: int
    path: str
    """Empty when the receiver opens the descriptor through `/proc` instead."""


class Lender:
    """The segments that this process has lent and that nobody has taken over yet."""

    def __init__(self, modes: Iterable[str] = MODES, threshold: int = THRESHOLD) -> None:
        self.modes = tuple(mode for mode in modes if mode in _OPENERS)
        self.threshold = threshold
        self._open: dict[int, Segment] = {}

    def lend(self, size: int, chunks: Chunks) -> Segment | None:
        """Write what `chunks()` gives, of that size, into a new segment.

        `None` when no way to share works. Raises `NoRoomError` where the pipe is none, either.
        """
        roomy = is_roomy(size)
        for mode in self.modes:
            try:
                segment = _OPENERS[mode]() if roomy else _open_allocated_file(size)
            except OSError:
                continue
            self._open[segment.fd] = segment
            try:
                _write_all(segment.fd, chunks())
            except OSError:
                self.close(segment.fd)
                continue
            except BaseException:
                self.close(segment.fd)
                raise
            return segment
        if not roomy:
            raise NoRoomError(errno.ENOSPC, no_room(size))
        return None

    def lend_open(self, fd: int, inode: int) -> Segment:
        """A segment that is a file which this process has open, and keeps open for itself."""
        segment = Segment(os.dup(fd), inode, "")
        self._open[segment.fd] = segment
        return segment

    def close(self, fd: int) -> None:
        """Give up the segment `fd`; the receiver has mapped it, or nobody ever will."""
        segment = self._open.pop(fd, None)
        if segment is None:
            return
        os.close(segment.fd)
        if segment.path:
            _unlink(segment.path)

    def close_all(self) -> None:
        for fd in list(self._open):
            self.close(fd)

    def __len__(self) -> int:
        return len(self._open)


def _open_memfd() -> Segment:
    if not hasattr(os, "memfd_create"):
        raise OSError("memfd_create is not available")
    fd = os.memfd_create("polyglot", os.MFD_CLOEXEC)
    return Segment(fd, os.fstat(fd).st_ino, "")


def _open_file(folder: str | None = None) -> Segment:
    fd, path = tempfile.mkstemp(prefix="polyglot-", dir=folder)
    if _HAS_PROC_FD:
        os.unlink(path)
        path = ""
    return Segment(fd, os.fstat(fd).st_ino, path)


_OPENERS: dict[str, Callable[[], Segment]] = {"memfd": _open_memfd, "file": _open_file}


class NoRoomError(OSError):
    """There is neither memory nor disk for something."""


def open_allocated(size: int) -> Segment:
    """A new segment that nobody else knows, all of which is there: in memory, else in a file.

    What is not there when it is written to would end the process. Raises `NoRoomError`.
    """
    if is_roomy(size):
        with contextlib.suppress(OSError):
            return _allocated(_open_memfd(), size)
    try:
        return _open_allocated_file(size)
    except OSError:
        raise NoRoomError(errno.ENOSPC, no_room(size)) from None


def _open_allocated_file(size: int) -> Segment:
    if size > available_disk():  # which would be full until the system has noticed
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    return _allocated(_open_file(roomy_folder()), size)


def _allocated(segment: Segment, size: int) -> Segment:
    try:
        os.posix_fallocate(segment.fd, 0, size)
    except BaseException:
        os.close(segment.fd)
        raise
    return segment


def _unlink(path: str) -> None:
    with contextlib.suppress(FileNotFoundError):  # the other side may have been first
        os.unlink(path)


def _write_all(fd: int, chunks: Iterable[memoryview]) -> None:
    for chunk in chunks:
        written = 0
        while written < len(chunk):
            written += os.write(fd, chunk[written : written + _WRITE_AT_ONCE])


_GONE = "the process that has lent the value is gone, or has taken it back"


def borrow(path: str, inode: int, size: int) -> ctypes.Array[ctypes.c_char]:
    """Map the segment at `path`; the memory is writable, and freed with the object returned.

    `inode` guards against a descriptor that was closed and used again for another file. Raises
    OSError.
    """
    try:
        fd = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        raise OSError(_GONE) from None
    try:
        status = os.fstat(fd)
        if status.st_ino != inode or status.st_size < size:
            raise OSError(_GONE)
        return _map(fd, size)
    finally:
        os.close(fd)
        if not path.startswith("/proc/"):
            _unlink(path)


_LIBC = ctypes.CDLL(None, use_errno=True)
_LIBC.mmap.restype = ctypes.c_void_p
_LIBC.mmap.argtypes = (
    ctypes.c_void_p,
    ctypes.c_size_t,
    ctypes.c_int,
    ctypes.c_int,
    ctypes.c_int,
    ctypes.c_long,
)
_LIBC.munmap.restype = ctypes.c_int
_LIBC.munmap.argtypes = (ctypes.c_void_p, ctypes.c_size_t)
_MAP_FAILED = ctypes.c_void_p(-1).value


def map_shared(fd: int, size: int) -> int:
    """The address at which the file is mapped, to be read and written. Raises `OSError`."""
    protection = mmap.PROT_READ | mmap.PROT_WRITE
    address: int = _LIBC.mmap(None, size, protection, mmap.MAP_SHARED, fd, 0)
    if address == _MAP_FAILED:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
    return address


def unmap(address: int, size: int) -> None:
    """The end of what `map_shared` mapped."""
    _LIBC.munmap(address, size)


def _map(fd: int, size: int) -> ctypes.Array[ctypes.c_char]:
    # Not mmap.mmap: before Python 3.13 it keeps a descriptor for every mapping, and the 1,024 that
    # a process usually may have would be the limit for the arrays that a user may hold.
    address = map_shared(fd, size)
    memory = (ctypes.c_char * size).from_address(address)
    # At exit arrays may still be in use; the system unmaps them.
    weakref.finalize(memory, unmap, address, size).atexit = False
    return memory
