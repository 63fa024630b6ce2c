"""What can go wrong while a value crosses."""

from __future__ import annotations


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

    def under(self, step: str) -> None:
        """Say that what failed stands at `step` (``[2]``, ``['k']``, ``.field``) of a container."""
        self.path.insert(0, step)

    def __str__(self) -> str:
        where = self.name + "".join(self.path)
        return f"cannot {self.verb} {where} ({self.type_name}): {self.reason}"


class PrecisionLossWarning(UserWarning):
    """The other language's type holds fewer digits than the value that was sent."""


class StaleReferenceError(ReferenceError):
    """The process that held the object was restarted, or the object was let go."""


def type_name(value: object) -> str:
    """The type of `value` as a user would write it."""
    cls = type(value)
    if cls.__module__ in ("builtins", "__main__"):
        return cls.__qualname__
    return f"{cls.__module__}.{cls.__qualname__}"
