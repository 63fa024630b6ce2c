"""What a user does first in a kernel, each as the first thing of its kind in a fresh kernel.

The kernel has been ready for 2 s, as long as a user types. Where a row needs something of Python
(`x`, `f`, a table), a Python cell has made it before those 2 s; no Julia cell has run before.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from bench.client import Kernel
from bench.measure import cell_time, completion, error_time, timed
from bench.rows.start import USER_TYPES
from bench.run import Run
from bench.specs import IJULIA, IPYKERNEL, XEUS
from bench.table import OURS, Bars, Limit, Row

BAR = (Limit(0.03),)
FRAME = "import pandas as pd\nframe = pd.DataFrame({'a': [1, 2, 3], 'b': [0.5, 1.5, 2.5]})"
TUPLES = '[(name="a", x=1, y=0.5), (name="b", x=2, y=1.5), (name="c", x=3, y=2.5)]'


@dataclass(frozen=True)
class First:
    """`action` takes a fresh kernel that has run the Python cell `setup`, and returns its time."""

    row: Row
    kernels: tuple[str, ...]
    action: Callable[[Kernel], float]
    setup: str = ""


def first(name: str, bars: Bars = BAR, old: Bars = ()) -> Row:
    return Row(name, bars, old=old)


FIRSTS = [
    First(
        first("first Julia cell, sent 2 s after kernel_info_reply", old=(Limit(0.5),)),
        (OURS, IJULIA),
        lambda kernel: cell_time(kernel, "julia", "1"),
    ),
    First(
        first("first error, Julia"),
        (OURS, IJULIA),
        lambda kernel: error_time(kernel, "julia", 'error("text")'),
    ),
    First(
        first("first error, Python"),
        (OURS, IPYKERNEL, XEUS),
        lambda kernel: error_time(kernel, "python", "1 / 0"),
    ),
    First(
        first("first `rand(3,3)`"),
        (OURS, IJULIA),
        lambda kernel: cell_time(kernel, "julia", "rand(3,3)"),
    ),
    First(
        first("first table: pandas' by `-i`, shown by Julia"),
        (OURS,),
        lambda kernel: timed(lambda: kernel.run("%julia -i frame\nframe")),
        FRAME,
    ),
    First(
        first("first table: a Vector of NamedTuples"),
        (OURS, IJULIA),
        lambda kernel: cell_time(kernel, "julia", TUPLES),
    ),
    First(
        first("completion, Julia, first"),
        (OURS, IJULIA),
        lambda kernel: completion(kernel, "julia", "printl"),
    ),
    First(
        first("completion, Python, first", old=(Limit(0.3),)),
        (OURS, IPYKERNEL, XEUS),
        lambda kernel: completion(kernel, "python", "os.pat"),
        "import os",
    ),
    First(
        first("first `-i x`"),
        (OURS,),
        lambda kernel: timed(lambda: kernel.run("%julia -i x\nx")),
        "x = 1",
    ),
    First(
        first("first `py.f(1)`"),
        (OURS,),
        lambda kernel: cell_time(kernel, "julia", "py.f(1)"),
        "def f(x): return x",
    ),
]

ROWS = [each.row for each in FIRSTS]


def measure(run: Run) -> None:
    for _ in range(run.times(full=3, quick=1)):
        for each in FIRSTS:
            for name in each.kernels:
                run.fresh(each.row.name, name, lambda kernel, each=each: typed(kernel, each))


def typed(kernel: Kernel, each: First) -> float:
    if each.setup:
        kernel.run(each.setup)
    time.sleep(USER_TYPES)
    return each.action(kernel)
