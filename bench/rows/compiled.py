"""The methods that Julia compiles at run time, from the launch through the thirty cells.

Each Julia process writes what it compiles (`bench.trace`). The user's own is set aside: methods
with a name of Main in them, and what Julia compiles for the same cells' code in no kernel, where
nothing is shown (`inv` of a matrix, say). A row says how many the latter are.
"""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from bench import thirty, trace
from bench.client import Kernel
from bench.run import Run, reason, say
from bench.specs import IJULIA, IJULIA_TRACED, TRACED
from bench.table import OURS, Limit, Row
from bench.trace import Method

HOST = "methods compiled until after the thirty cells, host"
EXECUTOR = "methods compiled until after the thirty cells, executor"
ALL = "methods compiled until after the thirty cells"
SECONDS = "methods compiled until after the thirty cells, the time it takes"
AGAIN = "methods compiled until after the thirty cells, marked `# recompile`"
JULIAS_OWN = "methods set aside, as the cells' code needs them in no kernel, too"
AFTERWARDS = 2.0  # s, for what is done in the background
ALONE_SECONDS = 300.0  # guard

# A cell's code as a REPL evaluates it, without showing its value.
ALONE = """
for code in {cells}
    try
        include_string(Main, code)
    catch
    end
end
"""

ROWS = [
    Row(HOST, unit=""),
    Row(EXECUTOR, unit=""),
    Row(ALL, (Limit(30),), unit="", old=()),
    Row(SECONDS, (Limit(0.1),), old=()),
    Row(AGAIN, unit=""),
    Row(JULIAS_OWN, unit=""),
]


def measure(run: Run) -> None:
    run.kernels.trace(run.julia.image, run.julia.number >= trace.TIMING_SINCE)
    alone = _guarded(run, JULIAS_OWN, OURS, lambda: compiled_alone(run))
    for name, traced in ((OURS, TRACED), (IJULIA, IJULIA_TRACED)):
        if not run.wanted(ALL, name):
            continue
        processes = _guarded(run, ALL, name, lambda traced=traced: compiled_by(run, traced))
        if processes is not None:
            fill(run, name, *processes, alone)


def _guarded(run: Run, row: str, name: str, action: Callable) -> object:
    say(f"{row}: {name}")
    try:
        return action()
    except Exception as error:
        run.table.no(row, name, reason(error))
        return None


def fill(
    run: Run, name: str, first: list[Method], others: list[Method], alone: set[str] | None
) -> None:
    """`first` are the methods of the process that was launched, `others` those of its children. Our
    host runs no user code: a name of Main in it is the kernel's own."""
    table, own = run.table, alone or set()
    others = without_users(others)
    first = first if name == OURS else without_users(first)
    methods = [method for method in first + others if method.statement not in own]
    if name == OURS:
        in_host = sum(method.statement not in own for method in first)
        table.add(HOST, name, in_host)
        table.add(EXECUTOR, name, len(methods) - in_host)
    table.add(ALL, name, len(methods))
    if alone is not None:
        table.add(JULIAS_OWN, name, len(first) + len(others) - len(methods))
    seconds = trace.total_seconds(methods)
    if seconds is not None:
        table.add(SECONDS, name, seconds)
        table.add(AGAIN, name, sum(method.again for method in methods))


def without_users(methods: list[Method]) -> list[Method]:
    return [method for method in methods if not method.users]


def compiled_by(run: Run, traced: str) -> tuple[list[Method], list[Method]]:
    """What the launched process and its children compile."""
    before = set(run.kernels.traces.iterdir())
    with Kernel(traced, guard=600.0) as kernel:
        thirty.run_all(kernel)
        time.sleep(AFTERWARDS)
        launched = run.kernels.traces / f"{kernel.pid}.jl"
        files = set(run.kernels.traces.iterdir()) - before
        of_others = [method for file in sorted(files - {launched}) for method in trace.read(file)]
        return trace.read(launched), of_others


def compiled_alone(run: Run) -> set[str]:
    """The statements of what Julia compiles to run the Julia cells' code in no kernel."""
    file: Path = run.kernels.traces / "alone"
    cells = json.dumps([cell.code for cell in thirty.julia_alone()], ensure_ascii=False)
    program = ALONE.format(cells=cells.replace("$", "\\$"))
    command = [run.julia.path, "--startup-file=no", f"--trace-compile={file}", "-e", program]
    subprocess.run(command, check=True, capture_output=True, timeout=ALONE_SECONDS)
    return {method.statement for method in trace.read(file)}
