"""Completion of names below `jl` and below objects that stay in Julia.

IPython itself completes `jl.` by `dir(jl)`, but looks no further than one dot: it does not evaluate
attributes that code computes.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from .bridge import Bridge, BusyError
from .julia import Julia, JuliaError, call
from .objects import JuliaObject

# Begun only where a name begins, or a long word would be looked through from each of its letters.
_BELOW = re.compile(r"(?<![\w.])([^\W\d]\w*)((?:\.\w+)+)\.(\w*)$")


def matcher(bridge: Bridge, namespace: dict[str, Any]) -> Callable[[str], list[str]]:
    """What IPython's completer asks for each word."""

    def complete(text: str) -> list[str]:
        found = _BELOW.search(text)
        if found is None:
            return []
        root, path, prefix = found.groups()
        value = namespace.get(root)
        if not isinstance(value, (Julia, JuliaObject)):
            return []
        names = path[1:].split(".")
        arguments = (names,) if isinstance(value, Julia) else (names, value)
        try:
            below = call(bridge, "polyglot.names_below", arguments, {})
        except (JuliaError, BusyError):
            return []
        return [f"{root}{path}.{name}" for name in below if name.startswith(prefix)]

    return complete
