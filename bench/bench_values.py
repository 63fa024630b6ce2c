"""`python -m bench.bench_values [--quick]`: what it costs that values cross, as a cell sees it.

`python -m bench` runs it behind its own measurements. Beside the bars of the issue stand the ways
of others: by a file, as SoS goes (`npy` for arrays, feather for tables, pickle where pyarrow is not
installed), and by JSON, as .NET does (for a hundredth of the data, its time times a hundred: more
would take minutes).
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import sys
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil

from bench.client import Kernel, install_specs

SETUP_PYTHON = """
import json, statistics, time
import numpy as np, pandas as pd
def timed(f):
    start = time.perf_counter(); f(); return time.perf_counter() - start
def report(value):
    with open({path!r}, "w") as file: json.dump(value, file)
def python_function(x): return x
python_number = 1
rng = np.random.default_rng(1)
"""

SETUP_JULIA = """%julia
f(x) = x
number = 1
function timed(f)
    start = time_ns(); f(); return (time_ns() - start) / 1e9
end
report(values) = write({path}, string('[', join(values, ','), ']'))
read_npy(path, n) = open(io -> read!(seek(io, 128), Vector{{Float64}}(undef, n)), path)
assign_big() = (global big = py.array; nothing)
send_big() = (py.back = big; nothing)
"""

TABLE = """
n = {rows}
frame = pd.DataFrame({{
    "i": rng.integers(0, 100, n), "f": rng.random(n),
    "s": rng.choice(["alpha", "beta", "gamma", "délta"], n),
    "c": pd.Categorical(rng.choice(["x", "y", "z"], n)),
    "t": pd.date_range("2020", periods=n, freq="s").as_unit("ms"),
    "m": pd.array(rng.integers(0, 9, n), dtype="Int64"),
}})
frame.loc[::7, "m"] = pd.NA
"""


@dataclass
class Line:
    """A line of the result: what was measured, what came out, the bar, and whether it is met."""

    what: str
    value: str
    bar: str = ""
    met: bool | None = None

    def __str__(self) -> str:
        met = {None: "", True: "yes", False: "**no**"}[self.met]
        return f"| {self.what} | {self.value} | {self.bar} | {met} |"


class Bench:
    """A kernel in whose cells the times are taken."""

    def __init__(self, kernel: Kernel, folder: Path) -> None:
        self.kernel = kernel
        self.path = folder / "report.json"
        kernel.run(SETUP_PYTHON.format(path=str(self.path)))
        kernel.run(SETUP_JULIA.format(path=json.dumps(str(self.path))))

    def python(self, code: str, times: int) -> list[float]:
        """The seconds that the Python code takes, each time."""
        self.kernel.run(f"report([timed(lambda: {code}) for _ in range({times})])")
        return self.reported()

    def julia(self, code: str, times: int) -> list[float]:
        self.kernel.run(f"%julia\nreport([timed(() -> {code}) for _ in 1:{times}])")
        return self.reported()

    def reported(self) -> list[float]:
        numbers: list[float] = json.loads(self.path.read_text())
        return numbers


def median(numbers: list[float]) -> float:
    return sorted(numbers)[len(numbers) // 2]


def calls(bench: Bench, times: int) -> list[Line]:
    lines = []
    for what, seconds in (
        ("`jl.number`", bench.python("jl.number", times)),
        ("`jl.f(1)`", bench.python("jl.f(1)", times)),
        ("`py.python_number`", bench.julia("py.python_number", times)),
        ("`py.python_function(1)`", bench.julia("py.python_function(1)", times)),
    ):
        milliseconds = 1e3 * median(seconds)
        lines.append(Line(what, f"{milliseconds:.3f} ms", "≤ 0.5 ms", milliseconds <= 0.5))
    return lines


def big_arrays(bench: Bench, count: int, times: int, folder: Path) -> list[Line]:
    size = 8 * count / 1e9
    bench.kernel.run(f"array = rng.random({count})")
    bench.kernel.run("jl.big = array")
    lines = []
    for what, measure in (
        (
            "Python → Julia, `jl.big = array`",
            lambda: bench.python("jl.__setattr__('big', array)", 1),
        ),
        ("Python → Julia, `big = py.array`", lambda: bench.julia("assign_big()", 1)),
        ("Julia → Python, `jl.big`", lambda: bench.python("jl.big", 1)),
        ("Julia → Python, `py.back = big`", lambda: bench.julia("send_big()", 1)),
    ):
        best, extra = min(measured(measure) for _ in range(times))
        lines.append(
            Line(f"{size:.1f} GB {what}", f"{size / best:.1f} GB/s", "≥ 2 GB/s", size / best >= 2)
        )
        ratio = extra / (size * 1e9)
        lines.append(
            Line("… peak extra memory", f"{ratio:.2f} × the array", "≤ 1.1 ×", ratio <= 1.1)
        )
    return lines + by_file(bench, size, count, folder) + by_json(bench, size, count)


def by_file(bench: Bench, size: float, count: int, folder: Path) -> list[Line]:
    path = str(folder / "array.npy")
    written = bench.python(f"np.save({path!r}, array)", 1)[0]
    read = bench.julia(f"read_npy({json.dumps(path)}, {count})", 1)[0]
    os.unlink(path)
    return [Line(f"{size:.1f} GB by an npy file (SoS)", f"{size / (written + read):.2f} GB/s")]


def by_json(bench: Bench, size: float, count: int) -> list[Line]:
    bench.kernel.run(f"part = array[:{count // 100}].tolist()")
    seconds = bench.python("json.loads(json.dumps(part))", 1)[0]
    return [Line(f"{size:.1f} GB by JSON (.NET)", f"{size / 100 / seconds:.3f} GB/s")]


def measured(action: Callable[[], list[float]]) -> tuple[float, float]:
    """The seconds, and by how many bytes the system's free memory fell at most meanwhile."""
    before = psutil.virtual_memory().available
    lowest, over = before, threading.Event()

    def watch() -> None:
        nonlocal lowest
        while not over.wait(0.002):
            lowest = min(lowest, psutil.virtual_memory().available)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        seconds = action()[0]
    finally:
        over.set()
        watcher.join()
    return seconds, before - lowest


def tables(bench: Bench, rows: int, times: int) -> list[Line]:
    bench.kernel.run(TABLE.format(rows=rows))
    bench.kernel.run("jl.table = frame")
    lines = []
    for what, seconds in (
        ("Python → Julia", bench.python("jl.__setattr__('table', frame)", times)),
        ("Julia → Python", bench.python("jl.table", times)),
    ):
        took = median(seconds)
        lines.append(Line(f"DataFrame {rows:,} × 6, {what}", f"{took:.2f} s", "≤ 1 s", took <= 1))
    return [*lines, table_by_file(bench, rows), table_by_json(bench, rows)]


def table_by_file(bench: Bench, rows: int) -> Line:
    """Written and read again by pandas, which is no slower at it than SoS's reader in Julia."""
    way = "feather" if importlib.util.find_spec("pyarrow") else "pickle"
    path = str(bench.path.with_name(f"table.{way}"))
    written = bench.python(f"frame.to_{way}({path!r})", 1)[0]
    read = bench.python(f"pd.read_{way}({path!r})", 1)[0]
    os.unlink(path)
    return Line(f"DataFrame {rows:,} × 6 by a {way} file (SoS)", f"{written + read:.2f} s")


def table_by_json(bench: Bench, rows: int) -> Line:
    bench.kernel.run(f"part = frame[: {rows // 100}]")
    seconds = bench.python("json.loads(part.to_json(orient='records'))", 1)[0]
    return Line(f"DataFrame {rows:,} × 6 by JSON (.NET)", f"{100 * seconds:.2f} s")


def one_after_another(bench: Bench, times: int) -> list[Line]:
    """The second half must leave no more behind than the first."""
    bench.kernel.run("ten = rng.random(1_250_000)")
    names = shared_names()
    used = []
    for _ in range(2):
        bench.kernel.run(f"for _ in range({times // 2}):\n    jl.ten = ten\n    back = jl.ten")
        # Without this it is chance how long ago the last collection was.
        bench.kernel.run("import gc; gc.collect(); jl.GC.gc()")
        used.append(psutil.virtual_memory().used + psutil.virtual_memory().shared)
    growth = (used[1] - used[0]) / 1e6
    left = len(shared_names() - names)
    value = f"{growth:+.0f} MB from the first half to the second, {left} files in /dev/shm"
    return [Line(f"{times:,} × 10 MB there and back", value, "flat", growth < 100 and left == 0)]


def shared_names() -> set[str]:
    return set(os.listdir("/dev/shm")) if os.path.isdir("/dev/shm") else set()


def run(quick: bool, folder: Path) -> list[Line]:
    """All lines, by a kernel of the spec `polyglot`; `folder` is for files."""
    count, rows, repeat, many = (
        (10_000_000, 100_000, 2, 100) if quick else (100_000_000, 1_000_000, 5, 1000)
    )
    with Kernel("polyglot") as kernel:
        bench = Bench(kernel, folder)
        calls(bench, 50)  # whatever is compiled at the first call
        return [
            *calls(bench, 200 if quick else 1000),
            *tables(bench, rows, repeat),
            *one_after_another(bench, many),
            *big_arrays(bench, count, repeat, folder),
        ]


def report(lines: list[Line]) -> str:
    return (
        "\n".join(["| what | measured | bar | met |", "|---|---:|---|---|", *map(str, lines)])
        + "\n"
    )


def all_met(lines: list[Line]) -> bool:
    return all(line.met is not False for line in lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="smaller arrays, fewer repetitions")
    quick = parser.parse_args().quick
    with tempfile.TemporaryDirectory() as name:
        install_specs(Path(name))
        os.environ["JUPYTER_PATH"] = name
        lines = run(quick, Path(name))
    print(report(lines))
    return 0 if all_met(lines) else 1


if __name__ == "__main__":
    sys.exit(main())
