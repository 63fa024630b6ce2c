"""The languages' own containers across, beside what pickle needs for the same in Python; a table
with text columns beside a feather file; a call with a small array beside one with a number."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

from bench.run import Run
from bench.table import OURS, Against, Row
from bench.values import Cells, running_cells

PICKLE = "pickle there and back"
FEATHER = "feather file there and back"
BAR = Against(PICKLE, 1.5)


@dataclass(frozen=True)
class Kind:
    """The same value as code of both languages."""

    name: str
    python: str
    julia: str
    bar: Against = BAR

    @property
    def to_julia(self) -> str:
        return f"{self.name}, Python → Julia"

    @property
    def to_python(self) -> str:
        return f"{self.name}, Julia → Python"


KINDS = (
    Kind("1e6 ints", "list(range(10**6))", "Any[i for i in 1:10^6]"),
    Kind("1e6 floats", "rng.random(10**6).tolist()", "Any[rand() for i in 1:10^6]"),
    Kind("1e6 bools", "[n % 3 == 0 for n in range(10**6)]", "Any[n % 3 == 0 for n in 1:10^6]"),
    Kind(
        "1e6 short strings",
        "[f'text{n}' for n in range(10**6)]",
        'Any["text$n" for n in 1:10^6]',
    ),
    Kind(
        "`Vector{String}` of 1e6",
        "np.array([f'text{n}' for n in range(10**6)], object)",
        '["text$n" for n in 1:10^6]',
    ),
    Kind(
        "dict of 1e5",
        "{f'key{n}': n for n in range(10**5)}",
        'Dict("key$n" => n for n in 1:10^5)',
    ),
    Kind(
        "set of 1e5 strings",
        "{f'text{n}' for n in range(10**5)}",
        'Set("text$n" for n in 1:10^5)',
    ),
    Kind(
        "1e5 tuples (int, str, float)",
        "[(n, f'text{n}', n / 2) for n in range(10**5)]",
        '[(n, "text$n", n / 2) for n in 1:10^5]',
    ),
    Kind(
        "1e5 lists of 3 ints",
        "[[n, n + 1, n + 2] for n in range(10**5)]",
        "Any[Any[n, n + 1, n + 2] for n in 1:10^5]",
    ),
    Kind(
        "1e4 nested dicts",
        "[{'a': n, 'b': {'c': f'text{n}', 'd': [n, n + 1]}} for n in range(10**4)]",
        'Any[Dict("a" => n, "b" => Dict("c" => "text$n", "d" => Any[n, n + 1])) for n in 1:10^4]',
    ),
    Kind(
        "1e5 of four types",
        "[(n, f'text{n}', None, n / 2)[n % 4] for n in range(10**5)]",
        'Any[(n, "text$n", nothing, n / 2)[n % 4 + 1] for n in 1:10^5]',
    ),
    Kind(
        "DataFrame 1e6 × 3, two of text",
        "pd.DataFrame({'n': range(10**6), 's': [f'text{n}' for n in range(10**6)],"
        " 't': [f'kind {n % 100}' for n in range(10**6)]})",
        '(n = collect(1:10^6), s = ["text$n" for n in 1:10^6],'
        ' t = ["kind $(n % 100)" for n in 1:10^6])',
        Against(FEATHER, 1.0),
    ),
)
NUMBER, SMALL = "`jl.f(1)`, beside an array", "`jl.f(x)`, x an array of 10"

ROWS = [
    *(Row(name, (kind.bar,)) for kind in KINDS for name in (kind.to_julia, kind.to_python)),
    Row(NUMBER),
    Row(SMALL, (Against(OURS, 1.2, NUMBER),)),
]


def measure(run: Run) -> None:
    times = run.times(full=7, quick=3)
    with running_cells() as cells:
        for kind in KINDS:
            measure_kind(run, cells, kind, times)
        calls = run.times(full=1000, quick=200)
        for row, argument in ((NUMBER, "1"), (SMALL, "np.ones(10)")):
            run.sample(row, OURS, lambda argument=argument: call(cells, argument, calls))


def measure_kind(run: Run, cells: Cells, kind: Kind, times: int) -> None:
    def to_julia() -> float:
        cells.run(f"import pickle\nvalue = {kind.python}\njl.value = value")
        return median(cells.python("jl.__setattr__('value', value)", times))

    def beside() -> float:
        if kind.bar.peer == PICKLE:
            return median(cells.python("pickle.loads(pickle.dumps(value, 5))", times))
        path = str(cells.folder / "value.feather")
        way = f"(value.to_feather({path!r}), pd.read_feather({path!r}))"
        return median(cells.python(way, times))

    def to_python() -> float:
        cells.run(f"%julia\nvalue = {kind.julia}; nothing")
        cells.run("back = jl.value")
        return median(cells.python("jl.value", times))

    run.sample(kind.to_julia, OURS, to_julia)
    run.sample(kind.to_julia, kind.bar.peer, beside)
    for sample in run.table.samples.get((kind.to_julia, kind.bar.peer), ())[-1:]:
        run.table.add(kind.to_python, kind.bar.peer, sample)
    run.sample(kind.to_python, OURS, to_python)


def call(cells: Cells, argument: str, times: int) -> float:
    cells.run(f"argument = {argument}")
    cells.python("jl.f(argument)", 50)  # whatever is compiled at the first call
    return median(cells.python("jl.f(argument)", times))
