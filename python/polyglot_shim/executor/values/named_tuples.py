"""Named tuples, whose class is made when its names arrive."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any


def make_named_tuple(names: Sequence[str], values: Sequence[Any]) -> Any:
    """A named tuple; Python's own where it can have these names."""
    return named_tuple_class(tuple(names))._make(values)


@lru_cache(maxsize=256)
def named_tuple_class(names: tuple[str, ...]) -> Any:
    """The class of the named tuples with these names."""
    cls: Any = namedtuple("NamedTuple", names, rename=True)  # type: ignore[misc]
    if cls._fields != names:
        _restore_names(cls, names)
    cls.__reduce__ = _reduce_named_tuple
    return cls


def _restore_names(cls: Any, names: Sequence[str]) -> None:
    # Julia's names may be keywords or start with an underscore, which namedtuple refuses.
    cls._fields = tuple(names)
    for index, name in enumerate(names):
        if not hasattr(tuple, name):
            setattr(cls, name, property(itemgetter(index)))
    cls.__repr__ = _show_named_tuple


def _show_named_tuple(self: Any) -> str:
    pairs = zip(self._fields, self, strict=True)
    return f"NamedTuple({', '.join(f'{name}={value!r}' for name, value in pairs)})"


def _reduce_named_tuple(self: Any) -> tuple[Any, ...]:
    return make_named_tuple, (self._fields, tuple(self))
