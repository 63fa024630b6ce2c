"""The files that this process has mapped, as the system tells it (`/proc/self/maps`)."""

from __future__ import annotations

import bisect
import mmap
import os
import re
import sys
import threading
import weakref
from dataclasses import dataclass

from . import tags
from .errors import ConversionError

_LINE = re.compile(rb"([0-9a-f]+)-([0-9a-f]+) (\S+) ([0-9a-f]+) \S+ \d+ *(.*)")
_DELETED = b" (deleted)"
_MEMORY = (b"/memfd:", b"/SYSV")


@dataclass(frozen=True)
class FileRange:
    """A range of a file at an address, and its `MODE_…`."""

    address: int
    size: int
    start: int
    mode: int
    path: bytes

    @property
    def name(self) -> str:
        """The path, also that of a file which was deleted."""
        return os.fsdecode(self.path.removesuffix(_DELETED))


@dataclass(frozen=True)
class _Line:
    first: int
    end: int
    permissions: bytes
    start: int
    path: bytes


def read_maps() -> list[bytes]:
    """What the process has mapped, as lines in the order of the addresses; Linux only."""
    if not sys.platform.startswith("linux"):
        return []
    with open("/proc/self/maps", "rb") as maps:
        return maps.read().splitlines()


def find_file(first: int, end: int, lines: list[bytes]) -> FileRange | None:
    """The range of a file in which all addresses from `first` to before `end` are.

    Memory that has no name in the file system is no file, although the system may call it one.
    """
    at = bisect.bisect_right(lines, first, key=_end)
    if at == len(lines):
        return None
    found = last = _parse(lines[at])
    while last.end < end and at + 1 < len(lines):
        at += 1
        following = _parse(lines[at])
        if not _is_continued(last, following):
            return None
        last = following
    if not found.first <= first or last.end < end or _is_memory(found.path):
        return None
    mode = _mode(found.permissions)
    return FileRange(found.first, last.end - found.first, found.start, mode, found.path)


def _end(line: bytes) -> int:
    return int(line[line.index(b"-") + 1 : line.index(b" ")], 16)


def _parse(line: bytes) -> _Line:
    match = _LINE.match(line)
    assert match is not None
    first, end, permissions, start, path = match.groups()
    path = path.replace(rb"\012", b"\n")
    return _Line(int(first, 16), int(end, 16), permissions, int(start, 16), path)


def _is_continued(last: _Line, following: _Line) -> bool:
    """The system tells of one mapping in pieces where advice was given for a part of it."""
    return (
        following.first == last.end
        and (following.path, following.permissions) == (last.path, last.permissions)
        and following.start == last.start + last.end - last.first
    )


def _is_memory(path: bytes) -> bool:
    if not path.startswith(b"/") or path.startswith(_MEMORY):
        return True
    if path.endswith(_DELETED):  # what had a name for a moment, in memory or of our making
        return path.startswith(b"/dev/") or b"/polyglot-" in path
    return path.startswith(b"/dev/") and not os.path.isfile(path)


def _mode(permissions: bytes) -> int:
    if permissions[1:2] != b"w":
        return tags.MODE_READ
    return tags.MODE_WRITE if permissions[3:4] == b"s" else tags.MODE_COPY


_HEAD = re.compile(rb"[0-9a-f]+-[0-9a-f]+ ")
_CHANGED = re.compile(rb"(Anonymous|Swap): +[1-9]")


def is_changed(where: FileRange) -> bool:
    """Whether the process has written to something of a range that it keeps for itself."""
    inside = False
    with open("/proc/self/smaps", "rb") as maps:
        for line in maps:
            if _HEAD.match(line):
                inside = where.address < _end(line) <= where.address + where.size
            elif inside and _CHANGED.match(line):
                return True
    return False


@dataclass(frozen=True)
class Extent:
    """A range of a file, and its `MODE_…`."""

    device: int
    inode: int
    start: int
    size: int
    mode: int


_ACCESS = {
    tags.MODE_READ: mmap.ACCESS_READ,
    tags.MODE_WRITE: mmap.ACCESS_WRITE,
    tags.MODE_COPY: mmap.ACCESS_COPY,
}


class MappedFiles:
    """What this process has mapped for arrays that came, each range once."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._live: weakref.WeakValueDictionary[Extent, mmap.mmap] = weakref.WeakValueDictionary()

    def hold(self, path: bytes, extent: Extent) -> mmap.mmap:
        """The range of the file at `path`. Raises `ConversionError`."""
        if extent.mode == tags.MODE_COPY:  # what was written to an earlier one is not in the file
            return _map(path, extent)
        with self._lock:
            known = self._live.get(extent)
            if known is None:
                known = self._live[extent] = _map(path, extent)
            return known


def _map(path: bytes, extent: Extent) -> mmap.mmap:
    name = os.fsdecode(path)
    writes = extent.mode == tags.MODE_WRITE
    try:
        fd = os.open(path, (os.O_RDWR if writes else os.O_RDONLY) | os.O_CLOEXEC)
    except OSError as error:
        raise ConversionError(f"{name}: {error.strerror}", "file", "receive") from None
    try:
        status = os.fstat(fd)
        if (status.st_dev, status.st_ino) != (extent.device, extent.inode):
            raise ConversionError(f"{name} is another file now", "file", "receive")
        # Mappings are of whole pages, of which the last one may be more than the file.
        size = min(extent.size, status.st_size - extent.start)
        return mmap.mmap(fd, size, access=_ACCESS[extent.mode], offset=extent.start)
    finally:
        os.close(fd)
