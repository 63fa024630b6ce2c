"""Names of variables whose objects are known without asking: `jl.f(1)` in a loop asks for `f` once.

Two sides keep the book. Who answers (`ToldNames`) notes the names that it has given references
for, and says with each answer which of them stand for something else by now. Who asks
(`KnownNames`) believes what it was told until then, but no longer than its own code runs: when the
cell is over, or the other side's code calls in, it forgets all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from ..cells.request import current_request
from ..values.references import Exports


class KnownNames:
    """What the other side's names stand for, as the code of a cell was told.

    Threads beside the cell, and code of no cell, neither use it nor add to it: what runs on the
    other side meanwhile does not tell them of changes.
    """

    def __init__(self) -> None:
        self._values: dict[str, Any] = {}
        # The name and the value that were read last, if nothing has been asked since.
        self._just_read: tuple[str, Any] | None = None

    def get(self, name: str) -> Any:
        """What `name` stands for; `None` where that is not known."""
        value = self._values.get(name)
        if value is None or not _is_of_a_cell():
            return None
        self._just_read = (name, value)
        return value

    def learn(self, name: str, value: Any) -> None:
        """The other side will say when `name` stands for something else than `value`."""
        if _is_of_a_cell():
            self._values[name] = value
            self._just_read = (name, value)

    def take_name(self, value: Any) -> str | None:
        """The name by which `value` was read just now, with nothing asked since."""
        read, self._just_read = self._just_read, None
        return read[0] if read is not None and read[1] is value else None

    def asking(self) -> None:
        """Something is about to be asked: what was read before was not read just now."""
        self._just_read = None

    def forget(self, names: Iterable[str]) -> None:
        """These stand for something else by now."""
        for name in names:
            self._values.pop(name, None)

    def clear(self) -> None:
        """Forget all."""
        self._values.clear()
        self._just_read = None


def _is_of_a_cell() -> bool:
    request = current_request()
    return request.id is not None and not request.muted and not request.is_aside


class ToldNames:
    """The names that the other side believes to know, by the numbers of their objects.

    `find` gives what a name stands for, and raises NameError.
    """

    def __init__(self, exports: Exports, find: Callable[[str], Any]) -> None:
        self._exports = exports
        self._find = find
        self._numbers: dict[str, int] = {}

    def tell(self, name: str, value: Any) -> bool:
        """Note that the other side is told of `value`, if it stays here and goes as a reference."""
        number = self._exports.number_of(value)
        if number is None:
            return False
        self._numbers[name] = number
        return True

    def take_changed(self) -> list[str]:
        """The names that stand for something else than was told, or whose object was let go."""
        changed = [name for name, number in self._numbers.items() if not self._is(name, number)]
        for name in changed:
            del self._numbers[name]
        return changed

    def _is(self, name: str, number: int) -> bool:
        try:
            return self._exports.number_of(self._find(name)) == number
        except NameError:
            return False
