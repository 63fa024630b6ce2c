"""The memory of all processes of a kernel: PSS, where what is shared counts once."""

from __future__ import annotations

import time
from contextlib import suppress

import psutil

from bench.client import Kernel
from bench.run import Run
from bench.specs import IJULIA, IPYKERNEL, XEUS
from bench.table import OURS, Against, Limit, Row
from bench.thirty import run_all

IDLE = "memory when idle, PSS of all processes"
USED = "memory after the thirty cells, PSS of all processes"
BOTH = f"{IJULIA} + {IPYKERNEL}"
KERNELS = (OURS, IPYKERNEL, XEUS, IJULIA)
STILL = 0.02  # of a core
LOOK = 1.0  # s
LONGEST = 60.0  # s until a kernel that does something in the background is taken as it is

ROWS = [
    Row(IDLE, (Limit(400),), "MiB", old=()),
    Row(USED, (Against(BOTH, 1.0, otherwise=420),), "MiB", old=()),
]


def measure(run: Run) -> None:
    for name in KERNELS:
        run.fresh(IDLE, name, lambda kernel: memory(run, kernel), guard=600.0)
    both = [run.table.median(USED, name) for name in (IJULIA, IPYKERNEL)]
    if None in both:
        run.table.no(USED, BOTH, "not there")
    else:
        run.table.add(USED, BOTH, sum(both))


def memory(run: Run, kernel: Kernel) -> float:
    """When idle; what it has after the thirty cells goes into its own row."""

    def used() -> float:
        run_all(kernel)
        return settled(kernel.pid)

    idle = settled(kernel.pid)
    run.sample(USED, kernel.name, used)
    return idle


def settled(pid: int) -> float:
    """The memory in MiB, once the processes do nothing any more."""
    deadline = time.monotonic() + LONGEST
    before = processor_seconds(pid)
    while time.monotonic() < deadline:
        time.sleep(LOOK)
        now = processor_seconds(pid)
        if now - before < STILL * LOOK:
            break
        before = now
    return memory_of(pid)


def memory_of(pid: int) -> float:
    """The PSS of its processes in MiB."""
    return sum(process.memory_full_info().pss for process in family(pid)) / 2**20


def processor_seconds(pid: int) -> float:
    total = 0.0
    for process in family(pid):
        with suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            total += times.user + times.system
    return total


def family(pid: int) -> list[psutil.Process]:
    root = psutil.Process(pid)
    return [root, *root.children(recursive=True)]
