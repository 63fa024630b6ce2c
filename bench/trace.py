"""What `--trace-compile` has Julia say: a line for each method that it compiles at run time.

`#=   12.3 ms =# precompile(Tuple{typeof(Base.show), …}) # recompile`: the time with
`--trace-compile-timing` (Julia 1.12), the mark for what was compiled ahead and became invalid.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

LINE = re.compile(
    r"^(?:#=\s*(?P<ms>[\d.]+) ms =# )?(?P<statement>precompile\(.*\))(?P<again> # recompile)?$"
)
USERS = re.compile(r"\bMain\b")
TIMING_SINCE = (1, 12)


@dataclass(frozen=True)
class Method:
    """A method that was compiled, with the time in s where Julia tells it. `again`: it is marked
    `# recompile`."""

    statement: str
    seconds: float | None
    again: bool

    @property
    def users(self) -> bool:
        """Whether it is of the cells' own code: a name of Main is in it."""
        return bool(USERS.search(self.statement))


def read(file: Path) -> list[Method]:
    if not file.exists():
        return []
    found = map(LINE.match, file.read_text(encoding="utf-8", errors="replace").splitlines())
    return [
        Method(
            match["statement"],
            float(match["ms"]) / 1000 if match["ms"] else None,
            bool(match["again"]),
        )
        for match in found
        if match
    ]


def total_seconds(methods: list[Method]) -> float | None:
    """None where Julia tells no times."""
    times = [method.seconds for method in methods]
    return None if None in times else sum(times)
