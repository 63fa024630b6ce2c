"""Much output: many lines, large prints, large results. Python's figures of ipykernel stand beside
Julia's too."""

from __future__ import annotations

from bench.measure import LARGE, LINES, large_result, printed, printed_lines
from bench.rows.cells import first_cells
from bench.run import Run
from bench.specs import IPYKERNEL, cell
from bench.table import OURS, Against, Row

LANGUAGES = ("Python", "Julia")
PRINT = "100,000 printed lines, {}"
FLOOD = "50 MB printed, {}"
RESULT = "20 MB text result, {}"
FLOOD_LENGTH = 50_000_000
PYTHON = {
    PRINT: f"for i in range({LINES}): print('line', i)",
    FLOOD: f"print(('x' * 99 + '\\n') * {FLOOD_LENGTH // 100}, end='')",
    RESULT: f"'x' * {LARGE}",
}
JULIA = {
    PRINT: f'for i in 0:{LINES - 1}; println("line ", i); end',
    FLOOD: f'print(("x"^99 * "\\n")^{FLOOD_LENGTH // 100})',
    RESULT: f'Text("x"^{LARGE})',  # a String's own display is shortened by Julia since 1.11
}
MEASURE = {
    PRINT: printed_lines,
    FLOOD: lambda kernel, code: printed(kernel, code, FLOOD_LENGTH, "x\n"),
    RESULT: large_result,
}


def against_python(row: str, ratio: float, old: float | None = None) -> list[Row]:
    """A row for each language, both beside ipykernel's Python."""
    rows = []
    for language, other in zip(LANGUAGES, ("", row.format("Python")), strict=True):
        bars = [(Against(IPYKERNEL, each, other),) if each else () for each in (ratio, old)]
        rows.append(Row(row.format(language), bars[0], old=bars[1]))
    return rows


ROWS = [
    *against_python(PRINT, 0.8, old=0.8),
    *against_python(FLOOD, 0.9),
    *against_python(RESULT, 0.9, old=1.0),
]


def measure(run: Run) -> None:
    with run.running(first_cells) as running:
        for _ in range(run.times(full=5, quick=2)):
            for row, action in MEASURE.items():
                for name in (OURS, IPYKERNEL):
                    code = PYTHON[row]
                    running.sample(row.format("Python"), name, lambda k, a=action, c=code: a(k, c))
                code = cell(OURS, "julia", JULIA[row])
                running.sample(row.format("Julia"), OURS, lambda k, a=action, c=code: a(k, c))
