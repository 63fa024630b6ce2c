"""Whether there is room for what is to be shared, which is asked before anything is written.

Memory that the system has promised and does not have ends a process that did nothing wrong.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

_THRESHOLD = 64 << 20
"""What is smaller is written without a question."""


def is_roomy(size: int) -> bool:
    """Whether there is memory for so many bytes."""
    return size < _THRESHOLD or size <= available_memory()


def available_memory() -> int:
    """The bytes of memory that can be used now; `sys.maxsize` where the system does not say."""
    found = _search("/proc/meminfo", r"^MemAvailable: +(\d+) kB")
    return min(sys.maxsize if found is None else 1024 * found, _available_in(_cgroup()))


def _available_in(folder: Path) -> int:
    """What a container's limit leaves; its files in memory give way when memory is needed."""
    limit = _search(folder / "memory.max", r"^(\d+)$")
    used = _search(folder / "memory.current", r"^(\d+)$")
    if limit is None or used is None:
        return sys.maxsize
    return max(0, limit - used + (_search(folder / "memory.stat", r"^inactive_file (\d+)$") or 0))


def _cgroup() -> Path:
    with suppress(OSError):
        for line in Path("/proc/self/cgroup").read_text().splitlines():
            if line.startswith("0::/"):
                return Path("/sys/fs/cgroup") / line.removeprefix("0::/")
    return Path("/nowhere")


def _search(path: str | Path, pattern: str) -> int | None:
    """The number in a file of the system's."""
    with suppress(OSError):
        found = re.search(pattern, Path(path).read_text(), re.MULTILINE)
        return None if found is None else int(found[1])
    return None


def roomy_folder() -> str:
    """The folder for files that memory is too short for: not `/tmp`, which often is memory."""
    chosen = os.environ.get("TMPDIR")
    return chosen or ("/var/tmp" if os.path.isdir("/var/tmp") else tempfile.gettempdir())


def available_disk() -> int:
    """The bytes that a file in the roomy folder may have."""
    try:
        return shutil.disk_usage(roomy_folder()).free
    except OSError:
        return 0


def no_room(size: int) -> str:
    """What to say when there is none."""
    memory, disk = _in_words(available_memory()), _in_words(available_disk())
    free = f"free are {memory} of memory, {disk} in {roomy_folder()}"
    return f"there is no room for {_in_words(size)}: {free}"


def _in_words(size: int) -> str:
    tenths = size // 10**8
    return f"{tenths // 10}.{tenths % 10} GB" if tenths >= 10 else f"{size // 10**6} MB"
