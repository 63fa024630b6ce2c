"""The rule by which a cell has its language.

It is the kernel's (`parse_cell` in julia/PolyglotKernel/src/jobs/cell.jl), in as far as the
language goes; the examples in test/vectors/cells.json hold for both.
"""

from __future__ import annotations

import re
from typing import NamedTuple

LANGUAGES = ("julia", "python")

# White space as Julia's `isspace` has it, which differs from that of Python.
_SPACE = " \\t-\\r\\x85\\xa0\\u1680\\u2000-\\u200a\\u202f\\u205f\\u3000"
_FIRST_LINE = re.compile(f"[^{_SPACE}][^\\n]*")
_WORD = re.compile(f"[^{_SPACE}]*")
_BLANKS = re.compile("[ \t]*")
_NAMES = re.compile(f"(?:[^{_SPACE},]|[ \t]*,[ \t]*)*")
_NAMED = re.compile("\ufeff?%[% \t]*((?:[^\\W\\d]|[0-9])+)")
_UNKNOWN_OPTION = re.compile("--?[A-Za-z]")
_IN_BACKGROUND = re.compile("&[ \t]*$")


class Cell(NamedTuple):
    """A cell's source taken apart."""

    language: str
    code: str
    """What is behind the marker and its options; lines keep their numbers."""
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    """What `-i` and `-o` name, as it stands there."""
    wrong: bool = False
    """Whether the kernel refuses the marker: the cell then does not run."""


def parse_cell(source: str, default: str) -> Cell:
    """Takes `source` apart; `default` is the language of a cell with no marker."""
    found = _FIRST_LINE.search(source)
    line = found[0] if found else ""
    named = _NAMED.match(line)
    language = named[1].lower() if named else ""
    if not found or language not in LANGUAGES:
        return Cell(default, source)
    word = _WORD.match(line)[0]  # type: ignore[index]
    if word != ("%%" if line.startswith("%%") else "%") + language:
        return Cell(default, source, wrong=True)
    names: dict[str, list[str]] = {"-i": [], "-o": []}
    end = _read_options(line, len(word), names)
    if end is None:
        return Cell(language, source, wrong=True)
    code = source[: found.start()] + source[found.start() + end :]
    return Cell(language, code, tuple(names["-i"]), tuple(names["-o"]))


def _read_options(line: str, position: int, names: dict[str, list[str]]) -> int | None:
    """Fills `names` and gives the place behind the options; None where they are wrong."""
    while True:
        position = _end(_BLANKS, line, position)
        stop = _end(_WORD, line, position)
        option = line[position:stop]
        if option not in names:
            mark = _IN_BACKGROUND.match(line, position)
            end = mark.end() if mark else position
            return None if _UNKNOWN_OPTION.match(option) else end
        position = _end(_BLANKS, line, stop)
        stop = _end(_NAMES, line, position)
        items = [item.strip() for item in line[position:stop].split(",")]
        if not all(items):
            return None
        names[option] += items
        position = stop


def _end(expression: re.Pattern[str], line: str, position: int) -> int:
    return expression.match(line, position).end()  # type: ignore[union-attr]
