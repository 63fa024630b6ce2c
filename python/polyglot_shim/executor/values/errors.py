"""What can go wrong while a value crosses."""

from __future__ import annotations

from collections.abc import Sequence


class ConversionError(TypeError):
    """A value, or a part of it, cannot cross to another language.

    The message names the value, the path to the offending part inside it, and that part's type,
    for instance ``cannot send data['k'][2] (str): it holds a lone surrogate at position 0``.
    """

    def __init__(self, reason: str, type_name: str, verb: str = "send") -> None:
        super().__init__(reason)
        self.reason = reason
        self.type_name = type_name
        self.verb = verb
        self.path: list[str] = []
        self.name = "the value"
        self.index = 0
        """Where what failed stands among values that were written together."""

    def under(self, step: str) -> None:
        """Say that what failed stands at `step` (``[2]``, ``['k']``, ``.field``) of a container."""
        self.path.insert(0, step)

    def __str__(self) -> str:
        where = self.name + "".join(self.path)
        return f"cannot {self.verb} {where} ({self.type_name}): {self.reason}"


class PrecisionLossWarning(UserWarning):
    """The other language's type holds less than the value that was sent."""


class StaleReferenceError(ReferenceError):
    """The process that held the object was restarted, or the object was let go."""


def place(index: int, shape: Sequence[int] = ()) -> str:
    """The step to the element that is number `index` in column-major order."""
    if len(shape) < 2:
        return f"[{index}]"
    indices = []
    for length in shape:
        index, position = divmod(index, length)
        indices.append(str(position))
    return f"[{', '.join(indices)}]"


_SHOWN = (type(None), bool, int, float, complex, str, bytes)
_LONGEST = 60


def brief(value: object) -> str:
    """A key or member as it stands in a path. Nothing that is not shown at once: it may be huge."""
    if type(value) in _SHOWN:
        text = repr(value)
    elif type(value) is tuple:
        text = f"({', '.join(map(brief, value))})"
    elif type(value) is list:
        text = f"[{', '.join(map(brief, value[:_LONGEST]))}]"
    else:
        text = type_name(value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."


def type_name(value: object) -> str:
    """The type of `value` as a user would write it."""
    cls = type(value)
    if cls.__module__ in ("builtins", "__main__"):
        return cls.__qualname__
    return f"{cls.__module__}.{cls.__qualname__}"
