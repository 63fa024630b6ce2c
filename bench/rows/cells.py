"""The round trip of the smallest cell."""

from __future__ import annotations

from bench.client import Kernel
from bench.measure import round_trip
from bench.run import Run
from bench.specs import IJULIA, IPYKERNEL, XEUS
from bench.table import OURS, Against, Row

PYTHON = "execute `1`, Python cell"
JULIA = "execute `1`, Julia cell"

# On the machine of issue 2's figures ipykernel needed 4.5 ms for a cell, and 0.8 ms was the bar.
OLD_JULIA_RATIO = 0.8 / 4.5

ROWS = [
    Row(
        PYTHON, (Against(IPYKERNEL, 0.2), Against(XEUS, 0.5)), old=(Against(IPYKERNEL, 0.35),)
    ),
    Row(
        JULIA,
        (Against(IPYKERNEL, 0.15, PYTHON),),
        old=(Against(IPYKERNEL, OLD_JULIA_RATIO, PYTHON),),
    ),
]  # fmt: skip


def measure(run: Run) -> None:
    count = run.times(full=100, quick=30)
    with run.running(first_cells) as running:
        for _ in range(run.times(full=5, quick=2)):
            for name in (OURS, IPYKERNEL, XEUS):
                running.sample(PYTHON, name, lambda k: round_trip(k, "python", "1", count))
            for name in (OURS, IJULIA):
                running.sample(JULIA, name, lambda k: round_trip(k, "julia", "1", count))


def first_cells(kernel: Kernel) -> None:
    """What is done the first time is over then."""
    kernel.run("1")
    if kernel.name == OURS:
        kernel.julia("1")
