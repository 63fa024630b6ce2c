"""How much memory a process holds."""

from __future__ import annotations

import re
from pathlib import Path

import psutil


def memory(process: psutil.Process) -> int:
    """Resident, in bytes, without what the process has already given back.

    Linux counts pages as resident that it may take whenever it needs some (MADV_FREE): so does
    Julia 1.12 give back what its collector has freed.
    """
    try:
        text = Path(f"/proc/{process.pid}/smaps_rollup").read_text()
    except OSError:
        return process.memory_info().rss
    kilobytes = {name: int(size) for name, size in re.findall(r"^(\w+): +(\d+) kB$", text, re.M)}
    return (kilobytes["Rss"] - kilobytes.get("LazyFree", 0)) * 1024
