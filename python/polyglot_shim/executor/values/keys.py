"""Keys of dicts and members of sets, which have to be hashable and different in Python."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from .errors import ConversionError, brief, type_name


def make_key(value: Any, role: str) -> Any:
    """The value as what the `role` says ("key", "member"). Raises `ConversionError`."""
    if isinstance(value, set):
        return frozenset(value)
    try:
        hash(value)
    except TypeError:
        reason = f"a {role} must be hashable in Python"
        error = ConversionError(reason, type_name(value), "receive")
        error.under(f"<{role} {brief(value)}>")
        raise error from None
    return value


def make_dict(keys: Sequence[Any], values: Sequence[Any]) -> dict[Any, Any]:
    """A dict of as many entries as there are keys. Raises `ConversionError`."""
    try:
        made = dict(zip(keys, values, strict=True))
    except TypeError:  # a key that is a set can be one after all
        made = {}
    if len(made) == len(keys):
        return made
    made = {}
    for key, value in zip((make_key(key, "key") for key in keys), values, strict=True):
        if key in made:
            raise twice("keys", key, "Dict")
        made[key] = value
    return made


def make_set(members: Sequence[Any]) -> set[Any]:
    """A set of as many members. Raises `ConversionError`."""
    try:
        made = set(members)
    except TypeError:
        made = set()
    return made if len(made) == len(members) else _add_each(members)


def _add_each(members: Iterable[Any]) -> set[Any]:
    made: set[Any] = set()
    for value in members:
        member = make_key(value, "member")
        if member in made:
            raise twice("members", member, "Set")
        made.add(member)
    return made


def twice(what: str, item: Any, cls: str) -> ConversionError:
    """The error for two of `what` ("keys", "members") of a `cls` that are `item` both."""
    reason = f"two {what} become the same one in Python, {brief(item)}"
    return ConversionError(reason, cls, "receive")
