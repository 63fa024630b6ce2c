"""Operators that Julia asks of a Python object.

Where the other operand is an object of Julia's, Julia has looked for a method of its own already
and found none: only the Python object's own methods are left to try. Asking `operator` would bring
the question back to Julia, and so on without end.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from .objects import JuliaObject

# The names in `operator`; of the method, on the left and on the right.
_ARITHMETIC = ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "and", "or")
_ARITHMETIC += ("xor", "lshift", "rshift")
_COMPARISONS = {"eq": "eq", "ne": "ne", "lt": "gt", "gt": "lt", "le": "ge", "ge": "le"}
_METHODS = {name: (f"__{name}__", f"__r{name}__") for name in _ARITHMETIC} | {
    name: (f"__{name}__", f"__{mirrored}__") for name, mirrored in _COMPARISONS.items()
}


def operators() -> dict[str, Callable[[Any, Any], Any]]:
    """The functions, each under the name by which Julia calls it."""
    return {f"polyglot.operator.{name}": _operator(name) for name in _METHODS}


def _operator(name: str) -> Callable[[Any, Any], Any]:
    left, right = _METHODS[name]
    anything = getattr(operator, left)

    def apply(a: Any, b: Any) -> Any:
        if isinstance(a, JuliaObject):
            result = _own(b, right, a)
        elif isinstance(b, JuliaObject):
            result = _own(a, left, b)
        else:
            return anything(a, b)
        if result is not NotImplemented:
            return result
        if name in ("eq", "ne"):  # two objects that know nothing of each other are not the same
            return name == "ne"
        raise TypeError(f"{name}: not supported between {_type_name(a)} and {_type_name(b)}")

    return apply


def _own(value: Any, method: str, other: JuliaObject) -> Any:
    function = getattr(type(value), method, None)
    return NotImplemented if function is None else function(value, other)


def _type_name(value: Any) -> str:
    if isinstance(value, JuliaObject):
        return f"Julia's {object.__getattribute__(value, '_holding').reference.type_name}"
    return f"Python's {type(value).__name__}"
