"""A kernel in whose own cells times are taken: what values that cross cost, as a cell sees it."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from bench.client import Kernel
from bench.table import OURS

GUARD = 600.0  # s, against a hang only

PYTHON = """
import json, time
import numpy as np, pandas as pd
def timed(f):
    start = time.perf_counter(); f(); return time.perf_counter() - start
def report(value):
    with open({path!r}, "w") as file: json.dump(value, file)
def python_function(x): return x
python_number = 1
rng = np.random.default_rng(1)
"""

JULIA = """%julia
f(x) = x
number = 1
function timed(f)
    start = time_ns(); f(); return (time_ns() - start) / 1e9
end
report(values) = (write({path}, string('[', join(values, ','), ']')); nothing)
read_npy(path, n) = open(io -> read!(seek(io, 128), Vector{{Float64}}(undef, n)), path)
assign_big() = (global big = py.array; nothing)
send_big() = (py.back = big; nothing)
"""


@dataclass
class Cells:
    """The kernel is started when it is first needed. Files go into `folder`."""

    folder: Path

    @cached_property
    def kernel(self) -> Kernel:
        kernel = Kernel(OURS, guard=GUARD)
        try:
            kernel.run(PYTHON.format(path=str(self._report)))
            kernel.run(JULIA.format(path=json.dumps(str(self._report))))
        except BaseException:
            kernel.close()
            raise
        return kernel

    @property
    def _report(self) -> Path:
        return self.folder / "report.json"

    def run(self, code: str) -> None:
        self.kernel.run(code)

    def python(self, code: str, times: int = 1) -> list[float]:
        """The seconds that the Python code takes, each time."""
        self.run(f"report([timed(lambda: {code}) for _ in range({times})])")
        return self._reported()

    def julia(self, code: str, times: int = 1) -> list[float]:
        self.run(f"%julia\nreport([timed(() -> {code}) for _ in 1:{times}])")
        return self._reported()

    def _reported(self) -> list[float]:
        return json.loads(self._report.read_text())


@contextmanager
def running_cells() -> Iterator[Cells]:
    with tempfile.TemporaryDirectory() as folder:
        cells = Cells(Path(folder))
        try:
            yield cells
        finally:
            if "kernel" in vars(cells):
                cells.kernel.close()
