"""Objects that stay where they are: what this process lent out, and what it was lent."""

from __future__ import annotations

import queue
import random
import threading
import weakref
from dataclasses import dataclass

from .errors import StaleReferenceError

Released = tuple[int, int, int]
"""Generation and number of an object, and how many of its references are let go."""


@dataclass(frozen=True)
class Reference:
    """The address of an object: which process holds it, and under which number."""

    owner: str
    """The language of the process that holds the object."""
    generation: int
    """That process's own number, so that its successor is not taken for it."""
    number: int
    type_name: str
    is_callable: bool


class Exports:
    """The objects of this process that another one holds references to.

    An object has one number however often it was sent, and a count of how often it was: the other
    side gives the count back when it lets go, so that a reference under way cannot be lost.
    """

    def __init__(self, generation: int | None = None) -> None:
        self.generation = random.getrandbits(52) if generation is None else generation
        # Of a finalizer's code, too, which may run at any point.
        self._lock = threading.RLock()
        self._objects: dict[int, tuple[object, int]] = {}
        self._numbers: dict[int, int] = {}
        self._last = 0

    def lend(self, value: object) -> int:
        """The number of `value`, which lives from now on until it is released."""
        with self._lock:
            number = self._numbers.get(id(value))
            if number is None:
                self._last += 1
                number = self._numbers[id(value)] = self._last
                self._objects[number] = (value, 0)
            count = self._objects[number][1]
            self._objects[number] = (value, count + 1)
            return number

    def number_of(self, value: object) -> int | None:
        """The number of `value`, if the other process holds references to it."""
        with self._lock:
            number = self._numbers.get(id(value))
            return number if number is not None and self._objects[number][0] is value else None

    def get(self, generation: int, number: int) -> object:
        """The object itself. Raises `StaleReferenceError`."""
        if generation != self.generation:
            raise StaleReferenceError(
                "this reference is to an object of a Python process that has been restarted"
            )
        try:
            return self._objects[number][0]
        except KeyError:
            raise StaleReferenceError(f"the object {number} was let go") from None

    def release(self, generation: int, number: int, count: int) -> None:
        """Take back `count` of the references to an object."""
        with self._lock:
            if generation != self.generation or number not in self._objects:
                return
            value, held = self._objects[number]
            if held > count:
                self._objects[number] = (value, held - count)
            else:
                del self._objects[number]
                del self._numbers[id(value)]

    def clear(self) -> None:
        """Let go of everything: the process that held the references is gone."""
        with self._lock:
            self._objects.clear()
            self._numbers.clear()

    def __len__(self) -> int:
        return len(self._objects)


class Holding:
    """One reference that this process holds; its end is noted in `released`.

    Kept apart from the proxy that the user sees, whose attributes are those of the object.
    """

    __slots__ = ("__weakref__", "count", "reference", "released")

    def __init__(self, reference: Reference, released: queue.SimpleQueue[Released]) -> None:
        self.reference = reference
        self.released = released
        self.count = 0

    def __del__(self) -> None:
        # A finalizer runs at any point of any code, so it may not send. SimpleQueue.put is made
        # to be safe there.
        reference = self.reference
        self.released.put((reference.generation, reference.number, self.count))


class Imports:
    """The references that this process holds."""

    def __init__(self) -> None:
        self._live: weakref.WeakValueDictionary[tuple[int, int], Holding]
        self._live = weakref.WeakValueDictionary()
        self._lock = threading.RLock()
        self._released: queue.SimpleQueue[Released] = queue.SimpleQueue()

    def hold(self, reference: Reference) -> Holding:
        """The holding of `reference`, which has just arrived once more."""
        key = (reference.generation, reference.number)
        with self._lock:
            holding = self._live.get(key)
            if holding is None:
                holding = self._live[key] = Holding(reference, self._released)
            holding.count += 1
            return holding

    def take_released(self) -> list[Released]:
        """What was let go since the last time."""
        released = []
        while True:
            try:
                released.append(self._released.get_nowait())
            except queue.Empty:
                return released

    def __len__(self) -> int:
        return len(self._live)
