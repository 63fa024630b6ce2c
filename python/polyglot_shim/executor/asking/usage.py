"""What the kernel uses of the machine, as resource monitors of JupyterLab ask for it.

The fields are those of ipykernel's `usage_reply`: the messaging specification has none.
"""

from __future__ import annotations

import contextlib
import os
import platform
from typing import Any

import psutil


class Usage:
    """Measures the host and all its descendants: both executors and what they started."""

    def __init__(self) -> None:
        # kept from one question to the next: the CPU's share is measured between two of them
        self._processes: dict[int, Any] = {}

    def answer(self, _asked: dict[str, Any]) -> dict[str, Any]:
        """The content of `usage_reply`: memory in bytes, CPU in percent of one core."""
        self._find_processes()
        cpu, memory = 0.0, 0
        for process in self._processes.values():
            with contextlib.suppress(psutil.Error):
                cpu += process.cpu_percent()
                memory += process.memory_info().rss
        return {
            "status": "ok",
            "hostname": platform.node(),
            "pid": os.getppid(),
            "kernel_cpu": cpu,
            "kernel_memory": memory,
            "cpu_count": psutil.cpu_count(),
            "host_cpu_percent": psutil.cpu_percent(),
            "host_virtual_memory": psutil.virtual_memory()._asdict(),
        }

    def _find_processes(self) -> None:
        host = psutil.Process(os.getppid())
        found = {process.pid: process for process in [host, *host.children(recursive=True)]}
        self._processes = {pid: self._processes.get(pid, found[pid]) for pid in found}
