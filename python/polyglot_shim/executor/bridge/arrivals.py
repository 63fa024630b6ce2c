"""The order between values that arrive and objects that the other side lets go of."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Sequence

from ..pipes.frames import Frame

References = Sequence[Sequence[int]]


class Arrivals:
    """What is let go takes effect behind the frames that came before.

    Those may refer to the same objects, and the thread that is to read them may not have had its
    turn. Frames are numbered as they come; what was let go has the number of the last one.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._unread: dict[tuple[str, int], int] = {}
        self._releases: deque[tuple[int, References]] = deque()
        self._last = 0

    def arrived(self, frame: Frame) -> None:
        """Note a `call` or `return`; once more changes nothing."""
        with self._lock:
            self._last += 1
            self._unread.setdefault(_key(frame), self._last)

    def read(self, type: str, number: int) -> None:
        """The `call` or `return` with this number was read, or nobody will."""
        with self._lock:
            self._unread.pop((type, number), None)

    def read_frame(self, frame: Frame) -> None:
        """The frame was read, or nobody will."""
        self.read(*_key(frame))

    def let_go(self, references: References) -> None:
        """The other side has let go of these, after it sent what has arrived until now."""
        with self._lock:
            self._releases.append((self._last, references))

    def take_due(self) -> list[References]:
        """What was let go behind frames that all are read."""
        due = []
        with self._lock:
            oldest = min(self._unread.values(), default=self._last + 1)
            while self._releases and self._releases[0][0] < oldest:
                due.append(self._releases.popleft()[1])
        return due


def _key(frame: Frame) -> tuple[str, int]:
    return frame.header["type"], frame.header["call"]
