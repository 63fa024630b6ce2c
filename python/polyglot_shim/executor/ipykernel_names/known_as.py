"""Classes that libraries know by a name of ipykernel's."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

Class = TypeVar("Class", bound=type)


def known_as(module: str, name: str = "") -> Callable[[Class], Class]:
    """Let the class say that it comes from `module`, under `name` if that is another one.

    plotly, click and many others tell a notebook by the module of the shell's class, or of the
    streams'; IPython's configuration and `%config` go by the class's name.
    """

    def rename(class_: Class) -> Class:
        class_.__module__ = module
        if name:
            class_.__name__ = class_.__qualname__ = name
        return class_

    return rename
