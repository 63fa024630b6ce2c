"""The first start after an install: a home without a depot, where nothing is compiled yet.

Sent at once, in one launch: a request for kernel_info, a Python cell, and a Julia cell behind it.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator

from bench.client import Kernel, check, parent
from bench.run import Run
from bench.specs import IMAGELESS, cell
from bench.table import OURS, Limit, Row

READY = "first start after an install: ready"
PYTHON = "first start after an install: first Python result"
JULIA = "first start after an install: first Julia result"
COMPILING = 600.0  # s, guard
OF_THE_HOME = ("JULIA_DEPOT_PATH", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME")

ROWS = [
    Row(READY, (Limit(5.0),), old=()),
    Row(PYTHON, (Limit(5.0),), old=()),
    Row(JULIA, (Limit(20.0),), old=()),
]


def measure(run: Run) -> None:
    arrivals: Iterator[float] = iter(())

    def next_arrival() -> float:
        return next(arrivals)

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        environment = {name: value for name, value in os.environ.items() if name not in OF_THE_HOME}
        environment["HOME"] = home
        # An install brings no image of the kernel's.
        with Kernel(IMAGELESS, ready=False, environment=environment, guard=COMPILING) as kernel:
            arrivals = times_of_replies(kernel)
            for row in (READY, PYTHON, JULIA):
                run.sample(row, OURS, next_arrival)


def times_of_replies(kernel: Kernel) -> Iterator[float]:
    """The times from the launch to each reply, in the order of the requests."""
    requests = [kernel.send("shell", "kernel_info_request")]
    requests += [kernel.execute(cell(kernel.name, way, "1")) for way in ("python", "julia")]
    came: dict[str | None, float] = {}
    for request in requests:
        while request not in came:
            channel, message = kernel.receive()
            if channel == "shell":
                came[parent(message)] = time.perf_counter() - kernel.launched
                if message["msg_type"] == "execute_reply":
                    check(message["content"], "1")
        yield came[request]
