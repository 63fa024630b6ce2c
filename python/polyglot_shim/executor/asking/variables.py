"""The variables, for the panel of a front end: answered while a cell runs.

Nothing here runs code of the user's: no `repr`, `len`, `shape` or property of a type that a
notebook may have defined, since it might take for ever, or change something. What is shown of a
value is what built-in types and the arrays and tables of known libraries tell in a moment; nothing
is copied. Types are compared by `is`, since a metaclass may define `==`.
"""

from __future__ import annotations

import datetime
import decimal
import itertools
import pathlib
from collections.abc import Callable
from operator import itemgetter
from typing import Any

from ..bridge.objects import JuliaObject

LONGEST = 80
_SHOWN_ITEMS = 8
_DEPTH = 2
_INTEGER_BITS = 256

# whose `shape` and `dtype` are fields, not computations
_LIBRARIES = frozenset(
    ("cupy", "jax", "jaxlib", "numpy", "pandas", "polars", "pyarrow", "scipy", "torch", "xarray")
)
_CODE = ("module", "function", "builtin_function_or_method", "Julia")
_SIZED = (str, bytes, bytearray, list, tuple, dict, set, frozenset, range)

# The fields of a class itself, past what its metaclass may have in their place.
_module_of: Callable[[type], Any] = type.__dict__["__module__"].__get__  # type: ignore[attr-defined]
_fields_of: Callable[[type], Any] = type.__dict__["__dict__"].__get__  # type: ignore[attr-defined]
_ancestors_of: Callable[[type], Any] = type.__dict__["__mro__"].__get__  # type: ignore[attr-defined]
_name_of: Callable[[type], str] = type.__dict__["__qualname__"].__get__  # type: ignore[attr-defined]


def answer(
    namespace: dict[str, Any], hidden: dict[str, Any], sharing: Callable[[Any], str]
) -> dict[str, Any]:
    """The content of `variables_reply`: no modules, functions or classes, and nothing private.

    `sharing` says in what a value is shared with the other language.
    """
    rows = []
    variables = [(name, value) for name, value in namespace.copy().items() if type(name) is str]
    for name, value in sorted(variables, key=itemgetter(0)):
        if name.startswith("_") or (name in hidden and hidden[name] is value) or _is_code(value):
            continue
        rows.append(
            {
                "name": name,
                "type": _type(value),
                "size": _size(value),
                "value": text(value),
                "shared": sharing(value),
            }
        )
    return {"status": "ok", "language": "python", "busy": False, "variables": rows}


def _is_code(value: Any) -> bool:
    return issubclass(type(value), type) or _name_of(type(value)) in _CODE


def _type(value: Any) -> str:
    if type(value) is JuliaObject:
        return f"{value._holding.reference.type_name} (in Julia)"
    name = _name_of(type(value))
    dtype = _field(value, "dtype") if _is_of_library(value) else None
    return _cut(f"{name} ({dtype})") if dtype is not None and _is_of_library(dtype) else name


def _is_one(kind: type, kinds: tuple[type, ...]) -> bool:
    return any(kind is other for other in kinds)


def _is_of_library(value: Any) -> bool:
    module = _module_of(type(value))
    return isinstance(module, str) and module.partition(".")[0] in _LIBRARIES


def _field(value: Any, name: str) -> Any:
    """A field that the type has; `name` may also be a column of a table, which is the user's."""
    if not any(name in _fields_of(kind) for kind in _ancestors_of(type(value))):
        return None
    try:
        return getattr(value, name, None)
    except Exception:
        return None


def _size(value: Any) -> str:
    if _is_one(type(value), _SIZED):
        return str(len(value))
    shape = _field(value, "shape") if _is_of_library(value) else None
    if isinstance(shape, tuple) and all(type(length) is int for length in shape):
        return "×".join(map(str, shape))
    return ""


def text(value: Any, depth: int = _DEPTH) -> str:
    """A line of the value, cut; empty where only code of the user's could tell."""
    try:
        line = _text(value, depth)
    except Exception:  # a cell that runs meanwhile has changed it
        return ""
    return _cut(line)


def _cut(line: str) -> str:
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"


def _text(value: Any, depth: int) -> str:
    kind = type(value)
    if kind is int:
        bits = value.bit_length()
        return repr(value) if bits <= _INTEGER_BITS else f"a whole number of {bits} bits"
    if _is_one(kind, (bool, float, complex, type(None), range, type(...))):
        return repr(value)
    if _is_one(kind, (str, bytes, bytearray)):
        return repr(value[:LONGEST])
    if _is_one(kind, (list, tuple, set, frozenset, dict)):
        return _container(value, depth)
    if _is_one(kind, (datetime.date, datetime.timedelta, decimal.Decimal, pathlib.PosixPath)):
        return str(value)
    if _is_one(kind, (datetime.datetime, datetime.time)):
        zone = value.tzinfo
        return str(value) if zone is None or type(zone) is datetime.timezone else ""
    return _numbers(value) if _is_of_library(value) else ""


_BRACKETS = {list: "[]", tuple: "()", set: "{}", frozenset: "{}", dict: "{}"}


def _container(value: Any, depth: int) -> str:
    opening, closing = _BRACKETS[type(value)]
    if depth == 0:
        return f"{opening}…{closing}" if value else opening + closing
    entries = value.items() if type(value) is dict else value
    parts = []
    for entry in itertools.islice(entries, _SHOWN_ITEMS):
        if type(value) is dict:
            key, item = (text(each, depth - 1) or "…" for each in entry)
            parts.append(f"{key}: {item}")
        else:
            parts.append(text(entry, depth - 1) or _name_of(type(entry)))
    if len(value) > _SHOWN_ITEMS:
        parts.append("…")
    inside = ", ".join(parts)
    return f"{opening}{inside}{',' if type(value) is tuple and len(value) == 1 else ''}{closing}"


def _numbers(value: Any) -> str:
    """Of NumPy's scalars and small arrays; of the others the size says enough."""
    if _module_of(type(value)) != "numpy" or _field(value, "dtype") is None:
        return ""
    if value.dtype.kind not in "biufcSUmM" or value.size > _SHOWN_ITEMS:
        return ""
    return str(value.item()) if value.ndim == 0 else str(value.tolist())
