"""Hostile messages: what a broken, old or malicious client may send, made from a seed.

    Hostile(seed=1, key=b"…").shot(17)      # always the same one, whatever came before

A `Shot` is a message's parts for one channel, or bytes for its port. Nothing here stops the kernel
when it is obeyed: cells do no harm, and what asks for a shutdown is never signed well.
"""

from __future__ import annotations

import json
import random
import struct
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from jupyter_client.session import Session

sys.set_int_max_str_digits(0)  # for numbers that Python refuses to read

CHANNELS = ("shell", "control", "stdin")
PORTS = ("shell", "control", "stdin", "iopub", "hb")

CODES = (
    *("x0 = 1", "1 + 1", "print('a')", "1 / 0", "", "  \n", "%julia", "%julia 1", "%python 2"),
    *("%julia\nsqrt(-1)", "%julia\nprintln(1)", "%julia -i lent -o y0\ny0 = lent", "%nonsense 1"),
    *("?print", "%julia ?sin", "a = [1, 2]\na[0]", "def f0(x):\n    return x", "%julia\nf0(x) = x"),
    *("'é' * 3", '%julia "αβγ"', "%%python", "% julia", "%julia -i", "\ufeff%julia 1", "%%time\n1"),
)
NAMES = (
    "print",
    "kept",
    "str.jo",
    "prin",
    "%julia\nprintl",
    "%julia\nBase.prin",
    "%julia\n\\alph",
    "x\0y",
    "%julia\nx\0y",
    "%julia\n\0",
)
# The contents as the specification has them, and what they are made of.
CONTENTS: dict[str, Callable[[random.Random], dict[str, Any]]] = {
    "execute_request": lambda r: {
        "code": r.choice(CODES),
        "silent": r.random() < 0.1,
        "store_history": r.random() < 0.7,
        "user_expressions": r.choice([{}, {"a": "kept"}, {"a": "1/0", "é": ""}]),
        "allow_stdin": False,
        "stop_on_error": r.random() < 0.2,
    },
    "complete_request": lambda r: {"code": r.choice(NAMES), "cursor_pos": r.randrange(12)},
    "inspect_request": lambda r: {
        "code": r.choice(NAMES),
        "cursor_pos": r.randrange(12),
        "detail_level": r.randrange(2),
    },
    "is_complete_request": lambda r: {"code": r.choice(CODES)},
    "history_request": lambda r: {
        "output": r.random() < 0.5,
        "raw": r.random() < 0.5,
        "hist_access_type": r.choice(["tail", "range", "search"]),
        "session": r.randrange(-2, 2),
        "start": r.randrange(3),
        "stop": r.randrange(9),
        "n": r.randrange(9),
        "pattern": r.choice(["*", "x*", "[", ""]),
        "unique": r.random() < 0.5,
    },
    "kernel_info_request": lambda r: {},
    "connect_request": lambda r: {},
    "comm_info_request": lambda r: {"target_name": r.choice(["echo", "none"])},
    "usage_request": lambda r: {},
    "interrupt_request": lambda r: {},
    "create_subshell_request": lambda r: {},
    "delete_subshell_request": lambda r: {"subshell_id": r.choice(["", "none"])},
    "list_subshell_request": lambda r: {},
    "comm_open": lambda r: {
        "comm_id": r.choice("abc"),
        "target_name": r.choice(["echo", "none"]),
        "data": {},
    },
    "comm_msg": lambda r: {"comm_id": r.choice("abc"), "data": {"a": 1}},
    "comm_close": lambda r: {"comm_id": r.choice("abc"), "data": {}},
    "input_reply": lambda r: {"value": "text", "status": "ok"},
}
KINDS = tuple(CONTENTS)
# No need for a subshell in each of ten thousand: they stay until they are deleted.
RARE = {"create_subshell_request": 0.05, "interrupt_request": 0.2}


@dataclass(frozen=True)
class Shot:
    """`parts` for a channel, or `raw` for the port of it; `answered`: there has to be an idle."""

    name: str
    channel: str
    parts: tuple[bytes, ...] = ()
    raw: bytes = b""
    msg_id: str = ""
    answered: bool = False


class Hostile:
    def __init__(self, seed: int, key: bytes) -> None:
        self.seed = seed
        self.session = Session(key=key)
        self.other = Session(key=b"the key of somebody else")

    def shot(self, index: int) -> Shot:
        """The shot of that number."""
        chance = random.Random(f"{self.seed}:{index}")
        kind = chance.choice(KINDS)
        if chance.random() > RARE.get(kind, 1):
            kind = "execute_request"
        message = {
            "header": {
                "msg_id": f"{self.seed}-{index}",
                "session": f"hostile {self.seed}",
                "username": "hostile",
                "date": f"2026-01-01T00:00:{index % 60:02}.000000Z",
                "msg_type": kind,
                "version": "5.4",
            },
            "parent_header": {},
            "metadata": {},
            "content": CONTENTS[kind](chance),
        }
        way = chance.choice(WAYS)
        return way(self, chance, message)

    def parts(self, message: dict[str, Any], session: Session | None = None) -> list[bytes]:
        texts = [encode(message[n]) for n in ("header", "parent_header", "metadata", "content")]
        return self.signed(texts, session)

    def signed(self, texts: list[bytes], session: Session | None = None) -> list[bytes]:
        return [b"<IDS|MSG>", (session or self.session).sign(texts), *texts]

    def sent(
        self, chance: random.Random, message: dict[str, Any], name: str, parts, answered=False
    ):
        kind = message["header"]["msg_type"]
        channel = chance.choice(CHANNELS[:2])
        if kind == "input_reply":
            channel = "stdin"
        if kind in ("interrupt_request", "create_subshell_request"):
            channel = "control"
        msg_id = message["header"].get("msg_id")
        known = answered and isinstance(msg_id, str) and kind != "input_reply"
        return Shot(f"{name} {kind}", channel, tuple(parts), b"", msg_id if known else "", known)


def encode(value: Any) -> bytes:
    """JSON, with what Python alone would refuse: single surrogates as escapes."""
    return json.dumps(value).encode()


def odd_value(chance: random.Random) -> Any:
    """What a field is not meant to be."""
    nested: Any = chance.choice([[], {}, "a"])
    for _ in range(chance.randrange(1, 90)):
        nested = [nested] if chance.random() < 0.5 else {"a": nested}
    return chance.choice(
        [
            *(
                None,
                True,
                False,
                0,
                1,
                -1,
                2**31,
                -(2**63),
                2**63,
                2**64,
                10**300,
                1.5,
                -0.0,
                1e308,
            ),
            *(
                "",
                "a",
                "\0",
                "a\0b",
                "\ud800",
                "\udc00é",
                "𝒳" * 9,
                "\x1b[31m",
                "%julia",
                "x" * 100_000,
            ),
            *([], {}, [None], {"": None}, {"\0": 1}, [[]], [1, "a", {}], nested),
        ]
    )


def wrong_fields(self: Hostile, chance: random.Random, message: dict[str, Any]) -> Shot:
    """Well signed; some fields of the content are of a wrong type, missing, or unknown."""
    content = message["content"]
    for _ in range(chance.randrange(1, 4)):
        name = chance.choice([*content, "unknown"]) if content else "unknown"
        if chance.random() < 0.2:
            content.pop(name, None)
        elif name != "allow_stdin":  # nobody will answer a question
            content[name] = odd_value(chance)
    return self.sent(chance, message, "wrong fields:", self.parts(message), answered=True)


# What a parser, or a regular expression, may take long for, or go deep into. No "!": the shell's
# commands are no harmless code.
PIECES = (
    *(
        "x",
        "x.",
        "é",
        "(",
        "[",
        "{",
        "f(",
        "f(x, ",
        "-",
        "1+",
        "!",
        ":",
        "x,",
        "a?b:",
        "if a;",
        "@a ",
    ),
    *(
        "\n",
        " ",
        "\t\n",
        "\\",
        '"',
        "'",
        '"$(',
        "#=",
        "`",
        ";",
        "]",
        "?",
        "%",
        "using x:",
        "\\alpha",
        "\0",
    ),
    *(
        "[a for b in ",
        "lambda:",
        "f'{",
        "x[",
        "not ",
        "a.b(",
        ")",
        "jl.x.",
        "@",
        "def f():\n ",
        "𝒳",
    ),
)


def long_code(self: Hostile, chance: random.Random, message: dict[str, Any]) -> Shot:
    """Well signed; the code is one thing over and over."""
    kinds = ["complete_request", "inspect_request", "is_complete_request", "execute_request"]
    kind = message["header"]["msg_type"] = chance.choice(kinds)
    start = chance.choice(["", "%julia\n", "%julia -i ", "%julia -o x", "%julia ", "#", "%"])
    code = start + chance.choice(PIECES) * chance.choice([40, 300, 4_000, 30_000])
    message["content"] = CONTENTS[kind](chance) | {"code": code}
    if "cursor_pos" in message["content"]:
        message["content"]["cursor_pos"] = chance.choice(
            [len(code), len(code) // 2, len(start) + 1]
        )
    return self.sent(chance, message, "long code:", self.parts(message), answered=True)


def wrong_envelope(self: Hostile, chance: random.Random, message: dict[str, Any]) -> Shot:
    """The same for header, parent and metadata."""
    message["parent_header"] = chance.choice([{}, {"msg_id": "a"}, dict(message["header"])])
    for _ in range(chance.randrange(1, 3)):
        part = message[chance.choice(["header", "parent_header", "metadata"])]
        names = [name for name in [*part, "subshell_id", "unknown"] if name != "msg_type"]
        part[chance.choice(names)] = odd_value(chance)
    fits = isinstance(message["header"]["msg_id"], str)
    return self.sent(chance, message, "wrong envelope:", self.parts(message), answered=fits)


def no_object(self: Hostile, chance: random.Random, message: dict[str, Any]) -> Shot:
    """A part is no object, or no type is given."""
    if chance.random() < 0.5:
        message["header"]["msg_type"] = odd_value(chance)
        return self.sent(chance, message, "wrong type:", self.parts(message))
    name = chance.choice(["header", "parent_header", "metadata", "content"])
    kind = message["header"]["msg_type"]
    texts = {n: encode(message[n]) for n in ("header", "parent_header", "metadata", "content")}
    texts[name] = encode(chance.choice([None, [], "a", 1, True, [[]], odd_value(chance)]))
    parts = self.signed(list(texts.values()))
    return self.sent(chance, {"header": {"msg_type": kind}}, "no object:", parts)


def mutated(chance: random.Random, data: bytes) -> bytes:
    """Bits flipped, bytes cut, doubled, put in."""
    changed = bytearray(data)
    for _ in range(chance.choice([1, 1, 2, 8])):
        at = chance.randrange(len(changed) + 1)
        way = chance.randrange(5)
        if way == 0 and at < len(changed):
            changed[at] ^= 1 << chance.randrange(8)
        elif way == 1:
            del changed[at:]
        elif way == 2:
            del changed[at : at + chance.randrange(9)]
        elif way == 3:
            changed[at:at] = chance.choice(
                [
                    b"\xff",
                    b"\xc3",
                    b"\xed\xa0\x80",
                    b"\xf4\x90\x80\x80",
                    b"\0",
                    b'"',
                    b"\\u",
                    b"\\ud800",
                ]
            )
        else:
            changed[at:at] = changed[at : at + 20]
    return bytes(changed)


def mutated_text(self: Hostile, chance: random.Random, message: dict[str, Any]) -> Shot:
    """Well signed; the text of a part is damaged."""
    texts = [encode(message[n]) for n in ("header", "parent_header", "metadata", "content")]
    at = chance.choice([0, 3, 3, 1, 2])
    texts[at] = mutated(chance, texts[at])
    if b"shutdown" in texts[0]:
        texts[0] = b"{}"
    return self.sent(chance, message, "mutated text:", self.signed(texts))


def mutated_parts(self: Hostile, chance: random.Random, message: dict[str, Any]) -> Shot:
    """A part is damaged on the way: the signature does not fit."""
    parts = self.parts(message)
    at = chance.randrange(len(parts))
    parts[at] = mutated(chance, parts[at])
    return self.sent(chance, message, "mutated parts:", parts)


def wrong_count(self: Hostile, chance: random.Random, message: dict[str, Any]) -> Shot:
    """Parts are missing, doubled, swapped, too many."""
    parts = self.parts(message)
    way = chance.randrange(6)
    if way == 0:
        del parts[chance.randrange(len(parts)) :]
    elif way == 1:
        parts.insert(chance.randrange(len(parts)), b"")
    elif way == 2:
        chance.shuffle(parts)
    elif way == 3:
        parts += [b"x" * chance.randrange(9)] * chance.choice([1, 3, 2_000])
    elif way == 4:
        parts = [b"identity"] * chance.choice([1, 2, 2_000]) + parts
    else:
        parts = [b""] * chance.randrange(1, 9)
    return self.sent(chance, message, "wrong count:", parts or [b""])


def badly_signed(self: Hostile, chance: random.Random, message: dict[str, Any]) -> Shot:
    """Not, or with another key: these may ask for anything."""
    if chance.random() < 0.3:
        message["header"]["msg_type"] = "shutdown_request"
    parts = self.parts(message, self.other)
    if chance.random() < 0.5:
        parts[1] = chance.choice([b"", b"0" * 64, b"\xff" * 64, b"a" * 100_000])
    return self.sent(chance, message, "badly signed:", parts)


def deep(self: Hostile, chance: random.Random, message: dict[str, Any]) -> Shot:
    """JSON that is nested beyond any stack, closed or not."""
    depth = chance.choice([100, *range(480, 520, 3), 600, 10_000, 300_000])
    opening, closing = chance.choice([(b"[", b"]"), (b'{"a":', b"}"), (b'[{"a":', b"}]")])
    nested = opening * depth + b"1" + closing * chance.choice([0, depth])
    texts = [encode(message[n]) for n in ("header", "parent_header", "metadata", "content")]
    at = chance.randrange(4)
    texts[at] = chance.choice([nested, texts[at][:-1] + b', "deep":' + nested + b"}"])
    texts[at] = texts[at].replace(b"{,", b"{")
    return self.sent(chance, message, "deep:", self.signed(texts))


def replayed(self: Hostile, chance: random.Random, message: dict[str, Any]) -> Shot:
    """What has been sent before: one of ten messages that are always the same."""
    message["header"] |= {"msg_id": f"again {chance.randrange(10)}", "date": "2026-01-01T00:00:00Z"}
    message["header"]["msg_type"] = "kernel_info_request"
    message["content"] = {}
    return self.sent(chance, message, "replayed:", self.parts(message))


def noise(self: Hostile, chance: random.Random, message: dict[str, Any]) -> Shot:
    """On the port itself: no ZeroMQ at all, a cut greeting, or frames of impossible lengths."""
    greeting = b"\xff" + bytes(8) + b"\x7f\x03\x00NULL" + bytes(16 + 1 + 31)
    ready = b"\x04\x1c\x05READY\x0bSocket-Type\x00\x00\x00\x06DEALER"
    body = chance.randbytes(chance.randrange(200))
    size = chance.choice([0, 1, len(body), 2**31 - 1, 2**31, 2**40, 2**62, 2**64 - 1])
    flags = chance.choice([0, 1, 2, 3, 4, 5, 6, 7, 0x80, 0xFF])
    frame = bytes([flags]) + (struct.pack(">Q", size) if flags & 2 else bytes([size & 0xFF])) + body
    raw = chance.choice(
        [
            *(b"GET / HTTP/1.1\r\n\r\n", body, mutated(chance, greeting + ready), greeting[:20]),
            *(greeting + frame, greeting + ready + frame, greeting + ready + frame * 20),
        ]
    )
    return Shot("noise", chance.choice(PORTS), raw=raw)


# Most of what gets past the signature is most of what can do harm.
WAYS = (
    *(wrong_fields, wrong_fields, wrong_fields, wrong_envelope, wrong_envelope, mutated_text),
    *(
        mutated_text,
        long_code,
        no_object,
        mutated_parts,
        wrong_count,
        badly_signed,
        deep,
        replayed,
        noise,
    ),
)
