"""From the launch of a kernel to its first answers."""

from __future__ import annotations

import time

from bench.client import Kernel
from bench.measure import cell_time
from bench.run import Run
from bench.specs import IJULIA, IMAGELESS, IPYKERNEL, XEUS
from bench.table import OURS, Against, Row

START = "start to kernel_info_reply"
START_IMAGELESS = "start to kernel_info_reply, without the image"
FIRST_PYTHON = "launch to the first Python result, sent at once"
FIRST_JULIA = "launch to the first Julia result, sent at once"
JULIA_AT_ONCE = "first Julia cell, sent at once"
JULIA_IMAGELESS = "first Julia cell, sent 2 s after, without the image"
USER_TYPES = 2.0  # s

ROWS = [
    Row(START, (Against(IPYKERNEL, 0.9), Against(XEUS, 1.0)), old=(Against(IPYKERNEL, 1.5),)),
    Row(START_IMAGELESS),
    Row(FIRST_PYTHON, (Against(IPYKERNEL, 1.1),), old=()),
    Row(FIRST_JULIA, (Against(IPYKERNEL, 1.3, FIRST_PYTHON), Against(IJULIA, 0.9)), old=()),
    Row(JULIA_AT_ONCE),
    Row(JULIA_IMAGELESS),
]


def measure(run: Run) -> None:
    for _ in range(run.times(full=8, quick=3)):
        for name in (OURS, IPYKERNEL, XEUS, IJULIA):
            run.fresh(START, name, lambda kernel: kernel.started_in)
        for name in (OURS, IPYKERNEL, XEUS):
            at_once(run, FIRST_PYTHON, name, "python")
        for name in (OURS, IJULIA):
            at_once(run, FIRST_JULIA, name, "julia")
            run.fresh(JULIA_AT_ONCE, name, lambda kernel: cell_time(kernel, "julia", "1"))
    if run.julia.image:
        imageless(run)


def at_once(run: Run, row: str, name: str, language: str) -> None:
    run.fresh(row, name, lambda kernel: kernel.first_result(language, "1"), ready=False)


def imageless(run: Run) -> None:
    """What the image spares a Julia before 1.9, which compiles the kernel at each start."""

    def start(kernel: Kernel) -> float:
        time.sleep(USER_TYPES)
        run.sample(JULIA_IMAGELESS, OURS, lambda: cell_time(kernel, "julia", "1"))
        return kernel.started_in

    def measured() -> float:
        with Kernel(IMAGELESS) as kernel:
            return start(kernel)

    for _ in range(run.times(full=5, quick=2)):
        run.sample(START_IMAGELESS, OURS, measured)
