"""Changes a JSON text in one place and leaves every other byte of it as it is."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import Any

_BLANK = re.compile(r"[ \t\r\n]*")
_ATOM = re.compile(r"-?[0-9.eE+-]+|true|false|null|NaN|-?Infinity")


@dataclass
class Node:
    """A value and where it stands; objects and arrays know what is in them."""

    start: int
    end: int
    members: list[Member] | None = None
    """Of an object, in their order."""
    items: list[Node] = field(default_factory=list)
    """Of an array."""

    def get(self, key: str) -> Node | None:
        """The value of a member; of the last one, where there are several."""
        found = [member.value for member in self.members or () if member.key == key]
        return found[-1] if found else None


@dataclass
class Member:
    """`"key": value` and where its key begins."""

    key: str
    start: int
    value: Node


@dataclass(frozen=True)
class Layout:
    """How the text is laid out: what begins a line, what each depth adds, what follows a key."""

    newline: str
    indent: str
    colon: str

    @staticmethod
    def of(text: str, root: Node) -> Layout:
        """That of the text's outermost object."""
        if not root.members:
            return Layout("\n", " ", ": ")
        first = root.members[0]
        before = text[root.start + 1 : first.start]
        _, key_end = scanstring(text, first.start + 1)
        newline = re.match(r"\r?\n|", before)[0]  # type: ignore[index]
        return Layout(newline, before[len(newline) :], text[key_end : first.value.start])


def parse(text: str, start: int = 0) -> Node:
    """The value that begins at `start` or behind white space there. Raises ValueError."""
    start = _BLANK.match(text, start).end()  # type: ignore[union-attr]
    opening = text[start : start + 1]
    if opening == "{":
        return _object(text, start)
    if opening == "[":
        return _array(text, start)
    if opening == '"':
        return Node(start, scanstring(text, start + 1)[1])
    atom = _ATOM.match(text, start)
    if not atom:
        raise ValueError(f"no JSON at character {start}")
    return Node(start, atom.end())


def _object(text: str, start: int) -> Node:
    members: list[Member] = []
    position = _skip(text, start + 1)
    while text[position : position + 1] != "}":
        if members:
            position = _skip(text, _expect(text, position, ","))
        key_start = position
        key, position = scanstring(text, _expect(text, position, '"'))
        value = parse(text, _expect(text, _skip(text, position), ":"))
        members.append(Member(key, key_start, value))
        position = _skip(text, value.end)
    return Node(start, position + 1, members)


def _array(text: str, start: int) -> Node:
    items: list[Node] = []
    position = _skip(text, start + 1)
    while text[position : position + 1] != "]":
        if items:
            position = _expect(text, position, ",")
        items.append(parse(text, position))
        position = _skip(text, items[-1].end)
    return Node(start, position + 1, items=items)


def _skip(text: str, position: int) -> int:
    return _BLANK.match(text, position).end()  # type: ignore[union-attr]


def _expect(text: str, position: int, sign: str) -> int:
    if text[position : position + 1] != sign:
        raise ValueError(f"no {sign} at character {position}")
    return position + 1


def set_member(text: str, key: str, value: Any, layout: Layout, outer: str) -> str:
    """The text of an object with `key` set to `value`, among its keys by their order.

    `outer` is the indentation of the line on which the object begins.
    """
    node = parse(text)
    members = node.members or []
    old = node.get(key)
    inner = outer + layout.indent
    if old:
        return text[: old.start] + _dump(value, layout, inner) + text[old.end :]
    member = json.dumps(key) + layout.colon + _dump(value, layout, inner)
    if not members:
        before, behind = (
            (layout.newline + inner, layout.newline + outer) if layout.newline else ("", "")
        )
        return "{" + before + member + behind + "}"
    place = next((i for i, other in enumerate(members) if other.key > key), len(members))
    gap = _gap(text, members, place, layout)
    if place == len(members):
        end = members[-1].value.end
        return text[:end] + "," + gap + member + text[end:]
    start = members[place].start
    return text[:start] + member + "," + gap + text[start:]


def delete_member(text: str, key: str) -> str:
    """The text of an object without `key`."""
    node = parse(text)
    members = node.members or []
    place = next((i for i, member in enumerate(members) if member.key == key), None)
    if place is None:
        return text
    if len(members) == 1:
        return "{}"
    if place + 1 < len(members):
        return text[: members[place].start] + text[members[place + 1].start :]
    return text[: members[place - 1].value.end] + text[members[place].value.end :]


def _gap(text: str, members: list[Member], place: int, layout: Layout) -> str:
    """The white space behind a new member's comma, as it is beside another one."""
    if not layout.newline and len(members) == 1:
        return layout.colon.partition(":")[2]
    # a text on one line has it behind commas, and none behind the brace
    start = members[max(1, min(place, len(members) - 1)) if len(members) > 1 else 0].start
    return text[len(text[:start].rstrip(" \t\r\n")) : start]


def _dump(value: Any, layout: Layout, outer: str) -> str:
    if not isinstance(value, dict):
        return json.dumps(value)
    text = "{}"
    for key, each in value.items():
        text = set_member(text, key, each, layout, outer)
    return text
