"""Frames against test/vectors/frames.json, which Julia's tests read too.

Each case has `bytes` (hexadecimal). Those of `valid` have `frames`, what they decode to: `header`,
`buffers` (hexadecimal) and `marks`; those of `broken` a word of the `error`; the rest of those of
`incomplete` never comes.
"""

from __future__ import annotations

import array
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from executor_pipes import SOURCES  # noqa: F401  makes polyglot_shim importable
from hypothesis import given
from hypothesis import strategies as st
from polyglot_shim.executor.pipes.frames import Frame, FrameError, FrameReader, encode

sys.path.insert(0, str(Path(__file__).parent / "vectors"))
import make_frames

CASES = json.loads(make_frames.PATH.read_text())


def test_the_file_is_what_make_frames_writes() -> None:
    assert make_frames.PATH.read_text() == make_frames.text()


def read_all(data: bytes, chunk: int = 2**20) -> list[Frame]:
    """All frames in `data`, which arrives in pieces of at most `chunk` bytes."""
    position = 0

    def readinto(view: memoryview) -> int:
        nonlocal position
        piece = data[position : position + min(chunk, len(view))]
        view[: len(piece)] = piece
        position += len(piece)
        return len(piece)

    reader = FrameReader(readinto)
    frames = []
    while (frame := reader.read()) is not None:
        frames.append(frame)
    return frames


def described(frame: Frame) -> dict[str, Any]:
    buffers = [bytes(buffer).hex() for buffer in frame.buffers]
    return {"header": frame.header, "buffers": buffers, "marks": frame.marks}


@pytest.mark.parametrize("case", CASES["valid"], ids=lambda case: case["name"])
@pytest.mark.parametrize("chunk", [1, 7, 2**20])
def test_bytes_become_frames(case: dict[str, Any], chunk: int) -> None:
    frames = read_all(bytes.fromhex(case["bytes"]), chunk)
    assert [described(frame) for frame in frames] == case["frames"]


@pytest.mark.parametrize("case", CASES["broken"], ids=lambda case: case["name"])
@pytest.mark.parametrize("chunk", [1, 7, 2**20])
def test_broken_bytes_are_an_error(case: dict[str, Any], chunk: int) -> None:
    with pytest.raises(FrameError, match=case["error"]):
        read_all(bytes.fromhex(case["bytes"]), chunk)


@pytest.mark.parametrize("case", CASES["incomplete"], ids=lambda case: case["name"])
def test_the_end_inside_a_frame_is_an_error(case: dict[str, Any]) -> None:
    with pytest.raises(FrameError, match="ends inside"):
        read_all(bytes.fromhex(case["bytes"]))


@pytest.mark.parametrize("case", CASES["valid"], ids=lambda case: case["name"])
def test_encoding_gives_what_decodes_to_the_same(case: dict[str, Any]) -> None:
    data = b"".join(
        piece
        for frame in case["frames"]
        for piece in encode(
            frame["header"],
            [bytes.fromhex(buffer) for buffer in frame["buffers"]],
            frame["marks"],
        )
    )
    assert [described(frame) for frame in read_all(data)] == case["frames"]


@given(
    st.dictionaries(st.text(st.characters(codec="utf-8")), st.integers() | st.text()),
    st.lists(st.binary(max_size=100), max_size=5),
    st.integers(0, 3),
    st.integers(1, 50),
)
def test_any_frame_comes_through(
    header: dict[str, Any], buffers: list[bytes], marks: int, chunk: int
) -> None:
    [frame] = read_all(b"".join(encode(header, buffers, marks)), chunk)
    assert described(frame) == described(Frame(header, list(buffers), marks))


def test_large_buffers_are_not_copied_when_encoded() -> None:
    buffer = memoryview(bytes(10**7))
    assert encode({"type": "stream"}, [buffer])[1] is buffer


def test_a_large_frame_arrives_whole() -> None:
    buffer = bytes(range(256)) * 4000
    [frame] = read_all(b"".join(encode({"type": "stream"}, [buffer, b"end"])), 70_000)
    assert [bytes(part) for part in frame.buffers] == [buffer, b"end"]


def test_items_wider_than_a_byte_are_counted_in_bytes() -> None:
    numbers = memoryview(bytes(range(32))).cast("d")
    [frame] = read_all(b"".join(encode({}, [numbers])))
    assert bytes(frame.buffers[0]) == bytes(range(32))


NUMBERS = np.arange(12, dtype="int32")
OTHER_BUFFERS = {
    "an array of Python's": (array.array("d", [1, 2]), array.array("d", [1, 2]).tobytes()),
    "an array": (NUMBERS, NUMBERS.tobytes()),
    "two dimensions": (NUMBERS.reshape(3, 4), NUMBERS.tobytes()),
    "one of Fortran's order": (NUMBERS.reshape(3, 4).T, NUMBERS.reshape(3, 4).T.tobytes()),
    "every other item": (NUMBERS[::2], NUMBERS[::2].tobytes()),
    "bytes from behind": (memoryview(b"abc")[::-1], b"cba"),
    "no dimension": (np.array(1.5), np.array(1.5).tobytes()),
    "no item": (np.empty((0, 3)), b""),
    "a foreign byte order": (NUMBERS.astype(">i4"), NUMBERS.astype(">i4").tobytes()),
    "records": (np.zeros(3, "i4,f8"), bytes(36)),
}


@pytest.mark.parametrize("buffer, data", OTHER_BUFFERS.values(), ids=OTHER_BUFFERS)
def test_any_buffer_has_the_length_of_its_bytes(buffer: Any, data: bytes) -> None:
    [frame] = read_all(b"".join(encode({"type": "publish"}, [buffer, b"behind"])))
    assert list(map(bytes, frame.buffers)) == [data, b"behind"]


@pytest.mark.parametrize("no_buffer", ["text", None, np.array([object()])])
def test_what_has_no_bytes_is_refused(no_buffer: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        encode({"type": "publish"}, [no_buffer])
