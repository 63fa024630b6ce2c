"""Streams that a user has redirected: what the other language prints meanwhile goes there, too.

A call says which streams are redirected where it comes from. The called side collects what is
printed on those of its own, and hands it back before it answers or calls back.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from IPython.core.displaypub import CapturingDisplayPublisher
from IPython.core.getipython import get_ipython

from ..streams.streams import OutputStream

Write = Callable[[str, str], None]
"""Writes to the other language's stream of a name."""

_NAMES = ("stdout", "stderr")


class Collector(io.StringIO):
    """What stands in the place of a stream of ours while the other language has redirected its."""

    def __init__(self, name: str, write: Write) -> None:
        super().__init__()
        self._name = name
        self._write = write

    def hand_over(self) -> None:
        """Let the other language have what was printed until now."""
        text = self.getvalue()
        if text:
            self.seek(0)
            self.truncate()
            self._write(self._name, text)


def redirected() -> list[str]:
    """The names of the streams for which code of ours has put something else; and `display`, where
    what is displayed is captured."""
    ours = (OutputStream, Collector)
    names = [name for name in _NAMES if not isinstance(getattr(sys, name), ours)]
    shell = get_ipython()
    if shell is not None and isinstance(shell.display_pub, CapturingDisplayPublisher):
        names.append("display")
    return names


def hand_over() -> None:
    """Let the other language have what was printed, before something else is done there."""
    for name in _NAMES:
        stream = getattr(sys, name)
        if isinstance(stream, Collector):
            stream.hand_over()


@contextmanager
def collected(names: Sequence[str], write: Write) -> Iterator[None]:
    """What is printed meanwhile on the streams of these names is the other language's."""
    before = {name: getattr(sys, name) for name in _NAMES if name in names}
    for name in before:
        setattr(sys, name, Collector(name, write))
    try:
        yield
    finally:
        try:
            hand_over()
        finally:
            for name, stream in before.items():
                setattr(sys, name, stream)


def write_here(name: str, text: str) -> None:
    """Print what the other language printed on its stream of this name."""
    stream = getattr(sys, name)
    if stream is not None:
        stream.write(text)


def show_here(
    data: dict[str, Any], metadata: dict[str, Any], display_id: str | None, update: bool
) -> None:
    """Show what the other language displays; whoever captures that here gets it."""
    transient = {} if display_id is None else {"display_id": display_id}
    publisher = get_ipython().display_pub
    publisher.publish(data, metadata, transient=transient, update=update)
