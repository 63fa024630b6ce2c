"""Memory that both languages hold at once (`docs/values.md`, *Shared arrays*).

Each process that holds a share has a mapping and a descriptor of it: so the memory outlives the one
that made it, and can be handed on. It goes when the last array on it is gone, in the last process.
"""

from __future__ import annotations

import ctypes
import os
import sys
import threading
import weakref
from dataclasses import dataclass
from typing import Any

from .shared import map_shared, open_allocated, unmap

Memory = ctypes.Array[ctypes.c_char]
"""What arrays have as their base; it is unmapped with the last of them."""


@dataclass(frozen=True)
class Share:
    """Memory that this process has mapped."""

    fd: int
    device: int
    inode: int
    address: int
    size: int
    memory: weakref.ref[Any]


class Shares:
    """The shares that this process holds."""

    def __init__(self) -> None:
        # A finalizer may run at any point of any code, also of that which holds the lock.
        self._lock = threading.RLock()
        self._live: dict[tuple[int, int], Share] = {}
        """By device and inode: each file is mapped once."""

    def __len__(self) -> int:
        return len(self._live)

    def make(self, size: int) -> Memory:
        """New memory, all zero. Raises `OSError` where there is not enough of it."""
        if not sys.platform.startswith("linux"):
            raise OSError("memory is shared on Linux only")
        segment = open_allocated(max(size, 1))
        try:
            return self._hold(segment.fd, os.fstat(segment.fd), max(size, 1))
        except BaseException:
            os.close(segment.fd)
            raise

    def hold(self, path: str, inode: int, size: int) -> Memory:
        """The memory that another process has at `path`; mapped once, however often it comes."""
        fd = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        try:
            status = os.fstat(fd)
            if status.st_ino != inode or status.st_size < size:
                raise OSError(f"{path} is no longer the memory that was shared")
            with self._lock:
                known = self._live.get((status.st_dev, inode))
                memory = None if known is None else known.memory()
            if memory is None:
                return self._hold(fd, status, size)
        except BaseException:
            os.close(fd)
            raise
        os.close(fd)
        return memory  # type: ignore[no-any-return]

    def _hold(self, fd: int, status: os.stat_result, size: int) -> Memory:
        address = map_shared(fd, size)
        memory = (ctypes.c_char * size).from_address(address)
        share = Share(fd, status.st_dev, status.st_ino, address, size, weakref.ref(memory))
        with self._lock:
            self._live[share.device, share.inode] = share
        # At exit arrays may still be in use; the system unmaps them.
        weakref.finalize(memory, self._let_go, share).atexit = False
        return memory

    def _let_go(self, share: Share) -> None:
        with self._lock:
            if self._live.get((share.device, share.inode)) is share:
                del self._live[share.device, share.inode]
        unmap(share.address, share.size)
        os.close(share.fd)

    def find(self, first: int, end: int) -> Share | None:
        """The share in which all addresses from `first` to before `end` are."""
        if not self._live:
            return None
        with self._lock:
            for share in self._live.values():
                if share.address <= first and end <= share.address + share.size:
                    return share
        return None
