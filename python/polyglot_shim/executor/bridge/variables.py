"""The variables of both languages in one table."""

from __future__ import annotations

import html
import sys
from collections.abc import Sequence
from typing import Any

from ..cells.errors import USER_ERRORS
from ..values.errors import type_name
from ..values.sharing import Sharing
from .objects import JuliaObject

Row = tuple[str, str, str, str, str, str]
"""Name, language, type, size, a short value, and in what it is shared."""

_HEADERS = ("Name", "Language", "Type", "Size", "Value", "Shared")
_LONGEST = 60


def variables_of(namespace: dict[str, Any], hidden: Any, sharing: Sharing) -> list[Row]:
    """The user's variables, by name; no modules, functions or classes."""
    rows = []
    for name, value in sorted(namespace.items()):
        if name.startswith("_") or (name in hidden and hidden[name] is value) or _is_code(value):
            continue
        told = (_type(value), _size(value), _short(value), sharing(value))
        rows.append((name, "Python", *told))
    return rows


def _is_code(value: Any) -> bool:
    return isinstance(value, type) or type(value).__name__ in (
        "module",
        "function",
        "builtin_function_or_method",
        "Julia",
    )


def _type(value: Any) -> str:
    if isinstance(value, JuliaObject):
        return f"{value._holding.reference.type_name} (in Julia)"
    return type_name(value)


def _size(value: Any) -> str:
    if isinstance(value, JuliaObject):
        return ""
    shape = getattr(value, "shape", None)
    if isinstance(shape, tuple):
        return "×".join(map(str, shape)) or "0-d"
    if isinstance(value, (str, bytes)) or hasattr(type(value), "__len__"):
        try:
            return str(len(value))
        except USER_ERRORS:
            return ""
    return ""


def _short(value: Any) -> str:
    """One line of the value, which may be huge: only its beginning is looked at."""
    if isinstance(value, (str, bytes)):
        text = repr(value[:_LONGEST])
    elif _is_long(value):
        return ""
    else:
        try:
            text = repr(value)
        except USER_ERRORS as error:
            text = f"({type(error).__name__} in its repr)"
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _is_long(value: Any) -> bool:
    if isinstance(value, JuliaObject):
        return False
    if isinstance(value, (list, tuple, dict, set, frozenset)):
        return len(value) > _LONGEST
    size = getattr(value, "size", 0)
    if isinstance(size, int) and hasattr(value, "shape"):
        return size > _LONGEST
    return sys.getsizeof(value, 0) > 1_000_000


class VariableTable:
    """What `%variables` shows."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows = rows

    def _table(self) -> list[tuple[str, ...]]:
        """The headers and the rows; without the last column where nothing is shared."""
        shown = len(_HEADERS) if any(row[-1] for row in self.rows) else len(_HEADERS) - 1
        return [row[:shown] for row in (_HEADERS, *self.rows)]

    def __repr__(self) -> str:
        if not self.rows:
            return "no variables"
        table = self._table()
        widths = [max(map(len, column)) for column in zip(*table, strict=True)]
        lines = (
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in table
        )
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        headers, *rows = self._table()
        head = "".join(f"<th style='text-align:left'>{title}</th>" for title in headers)
        body = "".join(
            "<tr>"
            + "".join(f"<td style='text-align:left'>{html.escape(cell)}</td>" for cell in row)
            + "</tr>"
            for row in rows
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
