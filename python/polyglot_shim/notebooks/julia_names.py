"""Which names a Julia cell takes from the cells above it, and which it gives to those below.

There is no parser of Julia in Python: words are looked for outside of comments and strings. That is
enough to tell which cells need one of few names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_ABOVE = re.compile(r"(?:\s|#=.*?=#|#[^\n]*)*", re.DOTALL)
_MODES = {
    ";": "Shell commands",
    "]": "Commands of the package manager",
    "?": "A question for help",
}
_MAGIC = re.compile(r"%%?\w")

# A string with `$` in it may hold code, and stays.
_NO_CODE = re.compile(
    r'#=.*?=#|#[^\n]*|"""(?:\\.|[^\\$])*?"""|(?<![\w"])"(?:\\.|[^\\"$])*"', re.DOTALL
)
_NAME = r"[^\W\d][\w!]*"
_GIVEN = re.compile(
    rf"""^(?:const\s+|global\s+)?(?:
        (?P<variables>{_NAME}(?:\s*,\s*{_NAME})*)\s*(?:::[^=\n]+)?=(?![=>])
        | (?P<short>{_NAME})\([^\n]*\)\s*(?:::[^=\n]+)?=(?![=>])
        | (?:function|macro|(?:mutable\s+)?struct|abstract\s+type)\s+(?P<defined>{_NAME})
    )""",
    re.VERBOSE | re.MULTILINE,
)


def julia_mode(code: str) -> str | None:
    """What a cell is that is no Julia code but one of the REPL's modes (`;ls`), or a magic."""
    body = code[_ABOVE.match(code).end() :]  # type: ignore[union-attr]
    return _MODES.get(body[:1]) or ("A magic of IPython's" if _MAGIC.match(body) else None)


def needed_by_julia(code: str, names: Iterable[str]) -> set[str]:
    """Those of `names` that the cell takes from elsewhere."""
    bare = _NO_CODE.sub(" ", code)
    needed = set()
    for name in names:
        used = re.search(rf"(?<![\w.@:]){re.escape(name)}(?![\w!])", bare)
        made = next((m for m in _GIVEN.finditer(bare) if name in _names(m)), None)
        if used and not (made and made.start() <= used.start() and _is_first(made, name, bare)):
            needed.add(name)
    return needed


def given_by_julia(code: str) -> set[str]:
    """What it assigns and defines at its outermost level."""
    found = _GIVEN.finditer(_NO_CODE.sub(" ", code))
    return {name for match in found for name in _names(match)}


def _names(match: re.Match[str]) -> list[str]:
    found = match["variables"] or match["short"] or match["defined"]
    return [name.strip() for name in found.split(",")]


def _is_first(made: re.Match[str], name: str, code: str) -> bool:
    """Whether nothing of the line that makes `name` takes it: `x = 1`, but not `x = x + 1`."""
    line = code[made.end() : code.find("\n", made.end()) % (len(code) + 1)]
    return not re.search(rf"(?<![\w.@:]){re.escape(name)}(?![\w!])", line)
