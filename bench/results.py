"""bench/RESULTS.md: a section for each Julia, the newest first."""

from __future__ import annotations

import re
from pathlib import Path

FILE = Path(__file__).with_name("RESULTS.md")
TITLE = "# Measured by `make bench`"
INTRODUCTION = """\
A section for each Julia, and each is one run. A number is the median of several, taken in turns
with the peers. Where a row has several bars it has a line for each. Julia before 1.9, which keeps
no machine code of packages, has bars of its own: those of the time when it was the only one."""
SECTION = re.compile(r"^## Julia (\S+)\n", re.MULTILINE)


def write(version: str, text: str, file: Path = FILE) -> None:
    """Replaces this Julia's section; the others stay."""
    old = file.read_text(encoding="utf-8") if file.exists() else ""
    parts = SECTION.split(old)[1:]
    sections = dict(zip(parts[::2], map(str.strip, parts[1::2]), strict=True))
    sections[version] = text.strip()
    newest_first = sorted(sections, key=order, reverse=True)
    body = "\n\n".join(f"## Julia {each}\n\n{sections[each]}" for each in newest_first)
    file.write_text(f"{TITLE}\n\n{INTRODUCTION}\n\n{body}\n", encoding="utf-8")


def order(version: str) -> tuple[list[int], bool, str]:
    """`1.13.0-beta3` comes before `1.13.0`."""
    number, _, prerelease = version.partition("-")
    return [int(part) for part in number.split(".")], not prerelease, prerelease
