"""Collects samples, compares medians with the bars of the issues, and renders the table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from statistics import median


@dataclass(frozen=True)
class Row:
    """One line of the table. At most one bar: `ratio` of ipykernel's median, or `limit` in s."""

    name: str
    ratio: float | None = None
    limit: float | None = None


@dataclass
class Table:
    """`rows` in order; samples by row name and kernel."""

    rows: list[Row]
    samples: dict[tuple[str, str], list[float]] = field(default_factory=lambda: defaultdict(list))

    def add(self, row: str, kernel: str, seconds: float) -> None:
        if row not in {known.name for known in self.rows}:
            raise KeyError(row)
        self.samples[row, kernel].append(seconds)

    def median(self, row: str, kernel: str) -> float | None:
        values = self.samples.get((row, kernel))
        return median(values) if values else None

    def meets_bar(self, row: Row) -> bool | None:
        """None where there is no bar, or nothing to compare with."""
        ours, theirs = self.median(row.name, "polyglot"), self.median(row.name, "ipykernel")
        if ours is None:
            return None
        if row.limit is not None:
            return ours <= row.limit
        if row.ratio is not None and theirs is not None:
            return ours <= row.ratio * theirs
        return None

    def lines(self) -> Iterator[str]:
        yield "| what | polyglot | ipykernel | ratio | bar | met |"
        yield "|---|---:|---:|---:|---|---|"
        for row in self.rows:
            ours, theirs = self.median(row.name, "polyglot"), self.median(row.name, "ipykernel")
            if ours is None:
                continue
            ratio = f"{ours / theirs:.2f}" if theirs else ""
            met = {True: "yes", False: "**no**", None: ""}[self.meets_bar(row)]
            cells = (row.name, shown(ours), shown(theirs), ratio, bar(row), met)
            yield "| " + " | ".join(cells) + " |"


def bar(row: Row) -> str:
    if row.limit is not None:
        return f"≤ {shown(row.limit)}"
    return "" if row.ratio is None else f"≤ {row.ratio:.2f} of ipykernel"


def shown(seconds: float | None) -> str:
    if seconds is None:
        return ""
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1000:.3g} ms"
