"""A large table across the languages, beside the ways of others: by a file, as SoS goes (feather,
or pickle where pyarrow is not installed), and by JSON, as .NET does (for a hundredth of the data,
its time times a hundred: more would take minutes)."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from statistics import median

from bench.run import Run
from bench.table import OURS, Limit, Row
from bench.values import Cells, running_cells

LENGTH = 1_000_000
FRAME = f"DataFrame {LENGTH:,} × 6"
FILE = "feather" if importlib.util.find_spec("pyarrow") else "pickle"
TO_JULIA = f"{FRAME}, Python → Julia"
TO_PYTHON = f"{FRAME}, Julia → Python"
BY_FILE = f"{FRAME} by a {FILE} file (SoS)"
BY_JSON = f"{FRAME} by JSON (.NET)"
PART = 100

SETUP = f"""
n = {LENGTH}
frame = pd.DataFrame({{
    "i": rng.integers(0, 100, n), "f": rng.random(n),
    "s": rng.choice(["alpha", "beta", "gamma", "délta"], n),
    "c": pd.Categorical(rng.choice(["x", "y", "z"], n)),
    "t": pd.date_range("2020", periods=n, freq="s").as_unit("ms"),
    "m": pd.array(rng.integers(0, 9, n), dtype="Int64"),
}})
frame.loc[::7, "m"] = pd.NA
part = frame[: n // {PART}]
jl.table = frame
"""

ROWS = [Row(TO_JULIA, (Limit(1.0),)), Row(TO_PYTHON, (Limit(1.0),)), Row(BY_FILE), Row(BY_JSON)]


def measure(run: Run) -> None:
    times = run.times(full=5, quick=2)
    with running_cells() as cells:

        def to_julia() -> float:
            cells.run(SETUP)
            return median(cells.python("jl.__setattr__('table', frame)", times))

        ways: dict[str, Callable[[], float]] = {
            TO_JULIA: to_julia,
            TO_PYTHON: lambda: median(cells.python("jl.table", times)),
            BY_FILE: lambda: by_file(cells),
            BY_JSON: lambda: by_json(cells),
        }
        for row, way in ways.items():
            run.sample(row, OURS, way)


def by_file(cells: Cells) -> float:
    """Written and read again by pandas, which is no slower at it than SoS's reader in Julia."""
    path = str(cells.folder / f"table.{FILE}")
    written = cells.python(f"frame.to_{FILE}({path!r})")[0]
    return written + cells.python(f"pd.read_{FILE}({path!r})")[0]


def by_json(cells: Cells) -> float:
    return PART * cells.python("json.loads(part.to_json(orient='records'))")[0]
