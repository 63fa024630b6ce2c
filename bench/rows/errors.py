"""A cell that fails, when such cells have failed before."""

from __future__ import annotations

from functools import partial
from statistics import median

from bench.client import Kernel
from bench.measure import error_time
from bench.run import Run
from bench.specs import IJULIA, IPYKERNEL, XEUS
from bench.table import OURS, Limit, Row

ERROR = "an error, after the first, {}"
CODE = {"Python": "1 / 0", "Julia": 'error("text")'}
KERNELS = {"Python": (OURS, IPYKERNEL, XEUS), "Julia": (OURS, IJULIA)}
WARM = 3

ROWS = [Row(ERROR.format(language), (Limit(0.003),), old=()) for language in CODE]


def measure(run: Run) -> None:
    count = run.times(full=20, quick=5)
    for language, code in CODE.items():
        for name in KERNELS[language]:
            run.fresh(ERROR.format(language), name, partial(later, language, code, count))


def later(language: str, code: str, count: int, kernel: Kernel) -> float:
    times = [error_time(kernel, language.lower(), code) for _ in range(WARM + count)]
    return median(times[WARM:])
