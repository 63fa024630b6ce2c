"""Writes frames.json, which the tests of both languages read (`test/test_frames.py` says how).

Frames are put together here by hand, from the table in docs/executor-protocol.md, so that neither
language's encoder is the judge of its own decoder.
"""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

PATH = Path(__file__).parent / "frames.json"
MIB = 2**20


def prefix(header_size: int, buffers: int, marks: int = 0, magic: bytes = b"PGK1") -> bytes:
    return struct.pack("<4sIII", magic, marks, header_size, buffers)


def frame(header: bytes | dict[str, Any], buffers: tuple[bytes, ...] = (), marks: int = 0) -> bytes:
    text = header
    if isinstance(header, dict):
        text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    sizes = b"".join(struct.pack("<Q", len(buffer)) for buffer in buffers)
    return prefix(len(text), len(buffers), marks) + sizes + text + b"".join(buffers)


REPLY = {"type": "reply", "id": "1"}
EXECUTE = {
    "type": "execute",
    "id": "a1",
    "code": "1+1\n",
    "silent": False,
    "execution_count": 3,
    "inputs": [["x", "y"]],
    "header": None,
}
UNICODE = {"type": "execute", "code": 'é 日本 😀 \u0000"\\'}
SPACED = b' { "type" : "shutdown",\n "restart" : true } '
STDOUT = {"type": "stream", "id": "1", "name": "stdout"}
STDERR = {"type": "stream", "id": None, "name": "stderr"}

# name: frames as (header, buffers, marks)
VALID: dict[str, list[tuple[Any, tuple[bytes, ...], int]]] = {
    "nothing at all": [],
    "empty header": [({}, (), 0)],
    "a request": [(EXECUTE, (), 0)],
    "characters beyond ASCII": [(UNICODE, (), 0)],
    "spaces in the header": [(SPACED, (), 0)],
    "one buffer": [(STDOUT, (b"hello\n",), 0)],
    "an empty buffer between others": [(REPLY, (b"a", b"", bytes(range(256))), 0)],
    "mark in stdout": [(REPLY, (b"{}",), 1)],
    "mark in stderr": [(REPLY, (b"{}",), 2)],
    "both marks": [(REPLY, (b"{}",), 3)],
    "several frames": [(REPLY, (b"{}",), 0), ({}, (), 3), (STDERR, ("é".encode(),), 0)],
    "a buffer that looks like a frame": [(REPLY, (frame(REPLY),), 0)],
    "many buffers": [(REPLY, tuple(b"%d" % i for i in range(300)), 0)],
}

# name: bytes, a word of the reason
BROKEN = {
    "another magic": (prefix(2, 0, magic=b"PGK2") + b"{}", "PGK1"),
    "text where a frame should be": (b"Segmentation fault (core dumped)\n", "PGK1"),
    "rubbish behind a good frame": (frame(REPLY) + b"rubbish rubbish rubbish", "PGK1"),
    "header too long": (prefix(64 * MIB + 1, 0), "header"),
    "too many buffers": (prefix(2, 65537), "buffers"),
    "buffers too large together": (
        prefix(2, 2) + struct.pack("<QQ", 64 * 2**30, 1) + b"{}",
        "buffers",
    ),
    "buffers whose sum overflows": (
        prefix(2, 2) + struct.pack("<QQ", 2**64 - 1, 2) + b"{}",
        "buffers",
    ),
    "header is no JSON": (frame(b"{type}"), "JSON"),
    "header is empty": (frame(b""), "JSON"),
    "header is an array": (frame(b"[1]"), "object"),
    "header is null": (frame(b"null"), "object"),
    "header is no UTF-8": (frame(b'{"a":"\xff"}'), "JSON"),
    "header with NaN": (frame(b'{"a":NaN}'), "JSON"),
    "header with something behind": (frame(b"{} {}"), "JSON"),
}

# Not wrong, but the rest is to come: at the end of the stream an error.
INCOMPLETE = {
    "half a prefix": frame(REPLY)[:9],
    "no header": frame(REPLY)[:16],
    "half a header": frame(REPLY)[:20],
    "no sizes": frame(REPLY, (b"abc",))[:16],
    "half a buffer": frame(REPLY, (b"abc",))[:-1],
    "half a second frame": frame(REPLY) + frame(REPLY, (b"abc",))[:-1],
}


def described(header: Any, buffers: tuple[bytes, ...], marks: int) -> dict[str, Any]:
    if isinstance(header, bytes):
        header = json.loads(header)
    return {"header": header, "buffers": [buffer.hex() for buffer in buffers], "marks": marks}


def text() -> str:
    vectors = {
        "valid": [
            {
                "name": name,
                "bytes": b"".join(frame(*parts) for parts in frames).hex(),
                "frames": [described(*parts) for parts in frames],
            }
            for name, frames in VALID.items()
        ],
        "broken": [
            {"name": name, "bytes": data.hex(), "error": error}
            for name, (data, error) in BROKEN.items()
        ],
        "incomplete": [{"name": name, "bytes": data.hex()} for name, data in INCOMPLETE.items()],
    }
    return json.dumps(vectors, ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    PATH.write_text(text())
