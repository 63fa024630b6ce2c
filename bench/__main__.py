"""`python -m bench [--quick] [--write]`: all measurements, in two tables.

The kernel beside ipykernel, interleaved; then what it costs that values cross (`bench_values`).
`--quick` repeats each less often; `--write` puts the tables into bench/RESULTS.md. The exit code
says whether all bars are met.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from polyglot_shim.find_julia import find_julia
from polyglot_shim.julia_image import current_image
from polyglot_shim.julia_version import dotted

from bench import bench_values, measure
from bench.client import IMAGELESS, Kernel, install_specs
from bench.measure import JULIA, LINES, SPIN
from bench.table import Row, Table

START = "start to kernel_info_reply"
START_IMAGELESS = "start to kernel_info_reply, without the image"
PYTHON_CELL = "execute `1`, Python cell"
JULIA_CELL = "execute `1`, Julia cell (against ipykernel's Python cell)"
FIRST_JULIA = "first Julia cell, sent 2 s after kernel_info_reply"
FIRST_JULIA_IMAGELESS = "first Julia cell, sent 2 s after, without the image"
FIRST_JULIA_AT_ONCE = "first Julia cell, sent at once"
CONTROL = "control round trip while {} spins"
HEARTBEAT = "heartbeat round trip while {} spins"
INTERRUPT = "interrupt, {}"
PRINT = "100,000 printed lines, {}"
COMPLETE = "completion, {}"
RESULT = "20 MB text result, {}"
LANGUAGES = ("Python", "Julia")

# On the machine of the figures ipykernel needs 4.5 ms for a cell, and 0.8 ms is the bar.
JULIA_CELL_RATIO = 0.8 / 4.5

ROWS = [
    Row(START, ratio=1.5),
    Row(START_IMAGELESS),
    Row(PYTHON_CELL, ratio=0.35),
    Row(JULIA_CELL, ratio=JULIA_CELL_RATIO),
    Row(FIRST_JULIA, limit=0.5),
    Row(FIRST_JULIA_IMAGELESS),
    Row(FIRST_JULIA_AT_ONCE),
    *(Row(CONTROL.format(language), limit=0.005) for language in LANGUAGES),
    *(Row(HEARTBEAT.format(language), limit=0.005) for language in LANGUAGES),
    Row(INTERRUPT.format("Python loop"), limit=0.15),
    Row(INTERRUPT.format("yielding Julia loop"), limit=0.15),
    Row(INTERRUPT.format("tight Julia loop"), limit=1.0),
    *(Row(PRINT.format(language), ratio=0.8) for language in LANGUAGES),
    Row(COMPLETE.format("Python, first"), limit=0.3),
    Row(COMPLETE.format("Python"), limit=0.01),
    Row(COMPLETE.format("Julia"), limit=0.002),
    *(Row(COMPLETE.format(f"{language}, while it spins"), limit=0.2) for language in LANGUAGES),
    *(Row(RESULT.format(language), ratio=1.0) for language in LANGUAGES),
]

KERNELS = ("polyglot", "ipykernel")
USER_TYPES = 2.0  # s


def starts(table: Table, repetitions: int) -> None:
    """What only a fresh kernel shows: its start, its first cell, its first completion."""
    for repetition in range(repetitions):
        for name in KERNELS:
            say(f"start {repetition + 1} of {repetitions}: {name}")
            with Kernel(name) as kernel:
                table.add(START, name, kernel.started_in)
                if name == "polyglot" and repetition % 2:
                    first = measure.timed(lambda k=kernel: k.run(JULIA + "1"))
                    table.add(FIRST_JULIA_AT_ONCE, name, first)
                elif name == "polyglot":
                    time.sleep(USER_TYPES)
                    first = measure.timed(lambda k=kernel: k.run(JULIA + "1"))
                    table.add(FIRST_JULIA, name, first)
                kernel.run("import os")
                seconds = measure.completion(kernel, "os.pat")
                table.add(COMPLETE.format("Python, first"), name, seconds)


def imageless_starts(table: Table, repetitions: int) -> None:
    """What the image spares a Julia before 1.9, which compiles the kernel at each start."""
    for repetition in range(repetitions):
        say(f"start {repetition + 1} of {repetitions}: without the image")
        with Kernel(IMAGELESS) as kernel:
            table.add(START_IMAGELESS, "polyglot", kernel.started_in)
            time.sleep(USER_TYPES)
            first = measure.timed(lambda k=kernel: k.run(JULIA + "1"))
            table.add(FIRST_JULIA_IMAGELESS, "polyglot", first)


def warm_up() -> None:
    """The first start ever compiles the Julia packages, and fills the system's caches."""
    for name in KERNELS:
        say(f"warm-up: {name}")
        with Kernel(name) as kernel:
            kernel.run("1")
            if name == "polyglot":
                kernel.run(JULIA + "1")


def both(table: Table, row: str, kernels: dict[str, Kernel], action: Callable) -> None:
    for name, kernel in kernels.items():
        say(f"{row}: {name}")
        table.add(row, name, action(kernel))


def side_by_side(table: Table, kernels: dict[str, Kernel], count: int) -> None:
    """One round of everything that both kernels can do."""
    both(table, PYTHON_CELL, kernels, lambda k: measure.round_trip(k, "1", count))
    code = f"for i in range({LINES}): print('line', i)"
    both(table, PRINT.format("Python"), kernels, lambda k: measure.printed_lines(k, code))
    both(table, RESULT.format("Python"), kernels,
         lambda k: measure.large_result(k, "'x' * 20_000_000"))  # fmt: skip
    both(table, INTERRUPT.format("Python loop"), kernels,
         lambda k: measure.interrupt_latency(k, SPIN["python"]))  # fmt: skip
    both(table, CONTROL.format("Python"), kernels,
         lambda k: measure.control_round_trip(k, SPIN["python"], count))  # fmt: skip
    both(table, HEARTBEAT.format("Python"), kernels,
         lambda k: measure.heartbeat_round_trip(k, SPIN["python"], count))  # fmt: skip
    for name, kernel in kernels.items():
        kernel.run("import os, json, collections, pathlib")
        for prefix in ("os.pa", "json.du", "collections.Or", "pathlib.Pa", "os.path.jo", "prin"):
            table.add(COMPLETE.format("Python"), name, measure.completion(kernel, prefix))


def ours_alone(table: Table, kernels: dict[str, Kernel], count: int) -> None:
    """One round of what ipykernel cannot do; its Python figures stand beside Julia's."""
    kernel, peer = kernels["polyglot"], kernels["ipykernel"]
    say("Julia")
    table.add(JULIA_CELL, "polyglot", measure.round_trip(kernel, JULIA + "1", count))
    table.add(JULIA_CELL, "ipykernel", measure.round_trip(peer, "1", count))
    code = f'{JULIA}for i in 0:{LINES - 1}; println("line ", i); end'
    table.add(PRINT.format("Julia"), "polyglot", measure.printed_lines(kernel, code))
    code = f"for i in range({LINES}): print('line', i)"
    table.add(PRINT.format("Julia"), "ipykernel", measure.printed_lines(peer, code))
    code = JULIA + '"x"^20_000_000'
    table.add(RESULT.format("Julia"), "polyglot", measure.large_result(kernel, code))
    seconds = measure.large_result(peer, "'x' * 20_000_000")
    table.add(RESULT.format("Julia"), "ipykernel", seconds)
    for row, spin in (("yielding", "julia, yielding"), ("tight", "julia")):
        seconds = measure.interrupt_latency(kernel, SPIN[spin])
        table.add(INTERRUPT.format(f"{row} Julia loop"), "polyglot", seconds)
    seconds = measure.control_round_trip(kernel, SPIN["julia"], count)
    table.add(CONTROL.format("Julia"), "polyglot", seconds)
    seconds = measure.heartbeat_round_trip(kernel, SPIN["julia"], count)
    table.add(HEARTBEAT.format("Julia"), "polyglot", seconds)
    for prefix in ("printl", "Base.isa", "sq", "\\alph", "Base.Threads.nth"):
        seconds = measure.completion(kernel, JULIA + prefix)
        table.add(COMPLETE.format("Julia"), "polyglot", seconds)
    for language, code in (("python", "os.pa"), ("julia", JULIA + "printl")):
        seconds = measure.while_spinning(
            kernel, SPIN[language], lambda code=code: measure.completion(kernel, code)
        )
        row = COMPLETE.format(f"{language.capitalize()}, while it spins")
        table.add(row, "polyglot", seconds)


def run(quick: bool) -> Table:
    table = Table(ROWS)
    warm_up()
    starts(table, 4 if quick else 10)
    if has_image():
        imageless_starts(table, 2 if quick else 5)
    rounds, count = (2, 30) if quick else (5, 100)
    with Kernel("polyglot") as ours, Kernel("ipykernel") as theirs:
        kernels = {"polyglot": ours, "ipykernel": theirs}
        for kernel in kernels.values():
            kernel.run("1")
        ours.run(JULIA + "1")
        for number in range(rounds):
            say(f"round {number + 1} of {rounds}")
            side_by_side(table, kernels, count)
            ours_alone(table, kernels, count)
    return table


def say(text: str) -> None:
    print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)


def report(table: Table) -> str:
    import ipykernel
    import IPython

    julia = f"Julia {dotted(find_julia().version)}"
    if has_image():
        julia += " with the kernel's image (`polyglot-kernel compile`)"
    head = (
        "Medians of one run, interleaved. "
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores; {julia}; "
        f"Python {platform.python_version()}, ipykernel {ipykernel.__version__}, "
        f"IPython {IPython.__version__}."
    )
    return "\n".join([head, "", *table.lines()]) + "\n"


def has_image() -> bool:
    return current_image(find_julia().path) is not None


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer repetitions")
    parser.add_argument("--write", action="store_true", help="write bench/RESULTS.md")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        install_specs(Path(folder))
        os.environ["JUPYTER_PATH"] = folder
        os.environ["IPYTHONDIR"] = folder
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # as where a user has installed it
        table = run(options.quick)
        say("values")
        lines = bench_values.run(options.quick, Path(folder))
    say("")
    text = f"{report(table)}\n## Values and calls\n\n{bench_values.report(lines)}"
    print(text)
    if options.write:
        Path(__file__).with_name("RESULTS.md").write_text(f"# Measured by `make bench`\n\n{text}")
    all_met = all(table.meets_bar(row) is not False for row in table.rows)
    return 0 if all_met and bench_values.all_met(lines) else 1


if __name__ == "__main__":
    sys.exit(main())
