"""Collects samples and failures, compares medians with the bars of the issues, renders the table.

A row may have several bars, and several peers beside it: it has a line for each.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from statistics import median

OURS = "polyglot"


def seconds(value: float) -> str:
    return f"{value:.2f} s" if value >= 1 else f"{value * 1000:.3g} ms"


UNITS: dict[str, Callable[[float], str]] = {
    "s": seconds,
    "": lambda value: f"{value:,.0f}",
    "MiB": lambda value: f"{value:,.0f} MiB",
    "× the array": lambda value: f"{value:.2f} × the array",
}


@dataclass(frozen=True)
class Limit:
    """A bar that needs no peer, in the row's unit."""

    value: float


@dataclass(frozen=True)
class Against:
    """At most `ratio` of what the peer needs, in the same row or in the one named. `otherwise` is
    the limit where the peer is not there."""

    peer: str
    ratio: float
    row: str = ""
    otherwise: float | None = None


Bars = tuple[Limit | Against, ...]


@dataclass(frozen=True)
class Row:
    """What is measured. `old` are the bars for Julia before 1.9, where they are others."""

    name: str
    bars: Bars = ()
    unit: str = "s"
    old: Bars | None = None


@dataclass(frozen=True)
class Line:
    """A row beside one peer, with one bar."""

    what: str
    ours: str
    peer: str
    ratio: str
    bar: str
    met: bool | None

    def __str__(self) -> str:
        met = {True: "yes", False: "**no**", None: ""}[self.met]
        cells = (self.what, self.ours, self.peer, self.ratio, self.bar, met)
        return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


HEAD = (
    "| what | polyglot | beside | ratio | bar | met |",
    "|---|---:|---:|---:|---|---|",
)


@dataclass
class Table:
    """`rows` in order; samples, and why there are none, by row name and kernel. `old`: the bars
    for Julia before 1.9 count."""

    rows: list[Row]
    old: bool = False
    samples: dict[tuple[str, str], list[float]] = field(default_factory=lambda: defaultdict(list))
    reasons: dict[tuple[str, str], str] = field(default_factory=dict)

    def add(self, row: str, kernel: str, value: float) -> None:
        self._known(row)
        self.samples[row, kernel].append(value)

    def no(self, row: str, kernel: str, reason: str) -> None:
        """There is no figure of this kernel in the row, for this reason."""
        self._known(row)
        self.reasons.setdefault((row, kernel), reason)

    def _known(self, row: str) -> None:
        if row not in {known.name for known in self.rows}:
            raise KeyError(row)

    def median(self, row: str, kernel: str) -> float | None:
        """None where a sample failed, too: the others would make it look well."""
        values = self.samples.get((row, kernel))
        return median(values) if values and (row, kernel) not in self.reasons else None

    def bars(self, row: Row) -> Bars:
        return row.old if self.old and row.old is not None else row.bars

    def all_met(self) -> bool:
        return all(line.met is not False for row in self.rows for line in self.of(row))

    def lines(self) -> Iterator[str]:
        yield from HEAD
        for row in self.rows:
            yield from map(str, self.of(row))

    def of(self, row: Row) -> Iterator[Line]:
        """The row's lines; none if nothing was measured."""
        if not any(name == row.name for name, _ in (*self.samples, *self.reasons)):
            return
        bars = self.bars(row)
        compared = {bar.peer for bar in bars if isinstance(bar, Against) and not bar.row}
        others = [peer for peer in self._peers(row) if peer not in compared]
        for bar in bars:
            if isinstance(bar, Against):
                yield self._line(row, bar.peer, bar)
            else:
                yield self._line(row, others.pop(0) if others else "", bar)
        for peer in others:
            yield self._line(row, peer, None)
        if not bars and not self._peers(row):
            yield self._line(row, "", None)

    def _peers(self, row: Row) -> list[str]:
        kernels = (kernel for name, kernel in (*self.samples, *self.reasons) if name == row.name)
        return [kernel for kernel in dict.fromkeys(kernels) if kernel != OURS]

    def _line(self, row: Row, peer: str, bar: Limit | Against | None) -> Line:
        other = bar.row if isinstance(bar, Against) and bar.row else row.name
        ours, theirs = self.median(row.name, OURS), self.median(other, peer)
        beside = f"{peer}: {self._shown(other, peer, row.unit)}" if peer else ""
        comparable = ours is not None and theirs is not None and theirs > 0
        return Line(
            row.name,
            self._shown(row.name, OURS, row.unit),
            beside,
            f"{ours / theirs:.2f}" if comparable else "",
            bar_text(bar, theirs, row.unit),
            None if (row.name, OURS) not in self._measured() else met(bar, ours, theirs),
        )

    def _measured(self) -> set[tuple[str, str]]:
        return {key for key in (*self.samples, *self.reasons) if key[1] == OURS}

    def _shown(self, row: str, kernel: str, unit: str) -> str:
        value = self.median(row, kernel)
        if value is not None:
            return UNITS[unit](value)
        return self.reasons.get((row, kernel), "")


def met(bar: Limit | Against | None, ours: float | None, theirs: float | None) -> bool | None:
    """None where there is no bar, or nothing to compare with. Ours without a figure has failed."""
    if isinstance(bar, Limit):
        return ours is not None and ours <= bar.value
    if bar is None:
        return None
    if theirs is not None:
        return ours is not None and ours <= bar.ratio * theirs
    if bar.otherwise is not None:
        return ours is not None and ours <= bar.otherwise
    return None if ours is not None else False


def bar_text(bar: Limit | Against | None, theirs: float | None, unit: str) -> str:
    if isinstance(bar, Limit):
        return f"≤ {UNITS[unit](bar.value)}"
    if bar is None:
        return ""
    if theirs is None and bar.otherwise is not None:
        return f"≤ {UNITS[unit](bar.otherwise)}"
    return f"≤ {bar.ratio:.2f} of {bar.peer}" + (f"'s “{bar.row}”" if bar.row else "")
