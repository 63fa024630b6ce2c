"""A large array across the languages: how fast, and by how much memory it costs more than itself;
beside the ways of others, by an npy file, as SoS goes, and by JSON, as .NET does."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable
from statistics import median

import psutil

from bench.rows.memory import memory_of
from bench.run import Run
from bench.table import OURS, Against, Limit, Row
from bench.values import Cells, running_cells

COUNT = 100_000_000
SIZE = 8 * COUNT
NAME = f"{SIZE / 1e9:.1f} GB"
PART = 100
WAYS: dict[str, Callable[[Cells], list[float]]] = {
    f"{NAME} Python → Julia, `jl.big = array`": lambda cells: cells.python(
        "jl.__setattr__('big', array)"
    ),
    f"{NAME} Python → Julia, `big = py.array`": lambda cells: cells.julia("assign_big()"),
    f"{NAME} Julia → Python, `jl.big`": lambda cells: cells.python("jl.big"),
    f"{NAME} Julia → Python, `py.back = big`": lambda cells: cells.julia("send_big()"),
}
SHARED = {
    f"{NAME} shared, Python → Julia": "jl.__setattr__('held', shared)",
    f"{NAME} shared, Julia → Python": "jl.held",
    f"a slice of {NAME} shared, Python → Julia": "jl.__setattr__('part', shared[5:-5])",
}
COPY = f"{NAME} by `numpy.copyto` into fresh memory, in one language"
OF_COPY = 0.8  # of its speed
EXTRA = "{}, peak extra memory"
BY_FILE = f"{NAME} by an npy file (SoS)"
BY_JSON = f"{NAME} by JSON (.NET)"
MANY = 1000
GROWTH = f"{MANY:,} × 10 MB there and back, growth from the first half to the second"
LEFT = f"{MANY:,} × 10 MB there and back, files left in /dev/shm"
LOOK = 0.002  # s

ROWS = [
    Row(GROWTH, (Limit(100.0),), "MiB"),
    Row(LEFT, (Limit(0.0),), ""),
    Row(COPY),
    *(
        row
        for way in WAYS
        for row in (
            Row(way, (Against(OURS, 1 / OF_COPY, COPY),)),
            Row(EXTRA.format(way), (Limit(1.1),), "× the array"),
        )
    ),
    *(Row(way, (Limit(0.001),)) for way in SHARED),
    Row(BY_FILE),
    Row(BY_JSON),
]


def measure(run: Run) -> None:
    with running_cells() as cells:
        many = MANY // run.times(full=1, quick=10)
        run.sample(GROWTH, OURS, lambda: growth(run, cells, many))
        run.sample(BY_FILE, OURS, lambda: by_file(cells))
        run.sample(BY_JSON, OURS, lambda: by_json(cells))
        run.sample(COPY, OURS, lambda: by_copy(run, cells))
        for way, action in WAYS.items():
            run.sample(way, OURS, lambda way=way, action=action: best(run, cells, way, action))
        for way, code in SHARED.items():
            run.sample(way, OURS, lambda code=code: crossing(run, cells, code))


def crossing(run: Run, cells: Cells, code: str) -> float:
    """The seconds that it takes for a shared array to cross."""
    cells.run(f"if 'shared' not in globals(): shared = jl.share({COUNT}, float); jl.held = shared")
    cells.python(code, run.times(full=20, quick=5))  # whatever is compiled at the first time
    return median(cells.python(code, run.times(full=100, quick=20)))


def best(run: Run, cells: Cells, way: str, action: Callable[[Cells], list[float]]) -> float:
    """The shortest time; the extra memory of that goes into its own row."""
    times = run.times(full=5, quick=2)
    seconds, extra = min(watched(lambda: action(cells)) for _ in range(times))
    run.table.add(EXTRA.format(way), OURS, extra / SIZE)
    return seconds


def watched(action: Callable[[], list[float]]) -> tuple[float, float]:
    """The seconds, and by how many bytes the system's free memory fell at most meanwhile."""
    before = psutil.virtual_memory().available
    lowest, over = before, threading.Event()

    def watch() -> None:
        nonlocal lowest
        while not over.wait(LOOK):
            lowest = min(lowest, psutil.virtual_memory().available)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        seconds = action()[0]
    finally:
        over.set()
        watcher.join()
    return seconds, before - lowest


def by_copy(run: Run, cells: Cells) -> float:
    return min(cells.python("np.copyto(np.empty_like(array), array)", run.times(full=5, quick=2)))


def by_file(cells: Cells) -> float:
    path = str(cells.folder / "array.npy")
    cells.run(f"array = rng.random({COUNT})\njl.big = array")
    written = cells.python(f"np.save({path!r}, array)")[0]
    read = cells.julia(f"read_npy({json.dumps(path)}, {COUNT})")[0]
    os.unlink(path)
    return written + read


def by_json(cells: Cells) -> float:
    cells.run(f"part = array[:{COUNT // PART}].tolist()")
    return PART * cells.python("json.loads(json.dumps(part))")[0]


def growth(run: Run, cells: Cells, times: int) -> float:
    """In MiB, PSS: the second half must leave no more behind than the first."""
    cells.run("ten = rng.random(1_250_000)")
    names = shared_names()
    used = []
    for _ in range(2):
        cells.run(f"for _ in range({times // 2}):\n    jl.ten = ten\n    back = jl.ten")
        # Without this it is chance how long ago the last collection was.
        cells.run("import gc; gc.collect(); jl.GC.gc()")
        used.append(memory_of(cells.kernel.pid))
    run.table.add(LEFT, OURS, len(shared_names() - names))
    return used[1] - used[0]


def shared_names() -> set[str]:
    return set(os.listdir("/dev/shm")) if os.path.isdir("/dev/shm") else set()
