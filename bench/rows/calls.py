"""What a call and a variable across the languages cost."""

from __future__ import annotations

from statistics import median

from bench.run import Run
from bench.table import OURS, Limit, Row
from bench.values import Cells, running_cells

WARM = 50
FROM_PYTHON = {"`jl.number`": "jl.number", "`jl.f(1)`": "jl.f(1)"}
FROM_JULIA = {
    "`py.python_number`": "py.python_number",
    "`py.python_function(1)`": "py.python_function(1)",
}
OLD = (Limit(0.0005),)
CALL = (Limit(0.00035),)

ROWS = [
    Row(name, CALL if name.endswith("(1)`") else OLD, old=OLD)
    for name in (*FROM_PYTHON, *FROM_JULIA)
]


def measure(run: Run) -> None:
    times = run.times(full=1000, quick=200)
    with running_cells() as cells:
        for name, code in FROM_PYTHON.items():
            run.sample(name, OURS, lambda code=code: from_python(cells, code, times))
        for name, code in FROM_JULIA.items():
            run.sample(name, OURS, lambda code=code: from_julia(cells, code, times))


def from_python(cells: Cells, code: str, times: int) -> float:
    cells.python(code, WARM)  # whatever is compiled at the first call
    return median(cells.python(code, times))


def from_julia(cells: Cells, code: str, times: int) -> float:
    cells.julia(code, WARM)
    return median(cells.julia(code, times))
