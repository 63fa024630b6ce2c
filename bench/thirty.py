"""Thirty ordinary first cells of both languages (`thirty_cells.txt`), for any of the kernels.

A cell begins with the line that picks its language; one with `# fails` must fail. A peer runs the
cells of its own language, without those that need the other one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from bench.client import Kernel
from bench.specs import JULIAS, POLYGLOTS

SEPARATOR = "---\n"
CROSSING = re.compile(r"^%\w+ -[io]|\b(jl|py)\.", re.MULTILINE)


@dataclass(frozen=True)
class Cell:
    """`text` is the whole cell, as it is written for our kernel."""

    text: str

    @property
    def language(self) -> str:
        return self.text.split(maxsplit=1)[0].removeprefix("%")

    @property
    def code(self) -> str:
        return self.text.split("\n", 1)[1]

    @property
    def crosses(self) -> bool:
        return bool(CROSSING.search(self.text))

    @property
    def fails(self) -> bool:
        return "# fails" in self.text


def all_cells() -> list[Cell]:
    text = Path(__file__).with_name("thirty_cells.txt").read_text(encoding="utf-8")
    return [Cell(part.rstrip("\n")) for part in text.split(SEPARATOR)]


def julia_alone() -> list[Cell]:
    return [cell for cell in all_cells() if cell.language == "julia" and not cell.crosses]


def texts(kernel: str) -> list[tuple[str, bool]]:
    """The cells as this kernel understands them, and whether each fails."""
    if kernel in POLYGLOTS:
        return [(cell.text, cell.fails) for cell in all_cells()]
    language = "julia" if kernel in JULIAS else "python"
    return [
        (cell.code, cell.fails)
        for cell in all_cells()
        if cell.language == language and not cell.crosses
    ]


def run_all(kernel: Kernel) -> None:
    for text, fails in texts(kernel.name):
        (kernel.fail if fails else kernel.run)(text)
