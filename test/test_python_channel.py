"""The executor's end of the reply pipe (`executor.pipes.channel`): whole frames or none."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

import pytest
from executor_pipes import SOURCES  # noqa: F401  makes polyglot_shim importable
from polyglot_shim.executor.pipes import channel as channel_module
from polyglot_shim.executor.pipes.channel import Channel
from polyglot_shim.executor.pipes.frames import MAX_BUFFERS, Frame, FrameError, FrameReader


class Pipe:
    """A channel and the other end of its pipe."""

    def __init__(self) -> None:
        self.end, self.descriptor = os.pipe()
        self.channel = Channel(self.descriptor, b"")

    def frames(self) -> list[Frame]:
        """All that was sent; a `FrameError` where that is no row of frames."""
        os.close(self.descriptor)
        reader = FrameReader(lambda view: os.readv(self.end, [view]))
        return list(iter(reader.read, None))


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    pipe = Pipe()
    yield pipe
    os.close(pipe.end)


@pytest.mark.parametrize(
    ("header", "buffers"),
    [({"text": "x" * 64 * 2**20}, []), ({"few": 1}, [b""] * (MAX_BUFFERS + 1))],
    ids=["a header of more than 64 MiB", "too many buffers"],
)
def test_a_frame_beyond_the_bounds_is_an_error_here(pipe: Pipe, header, buffers) -> None:
    with pytest.raises(FrameError):
        pipe.channel.send(header, buffers)
    pipe.channel.send({"n": 1})
    assert [frame.header for frame in pipe.frames()] == [{"n": 1}]


def test_at_the_recursion_limit_a_frame_is_sent_whole_or_not_at_all(pipe: Pipe) -> None:
    sent = []

    def send_below(depth: int) -> None:
        if depth:
            send_below(depth - 1)
        else:
            pipe.channel.send({"n": len(sent)}, [b"y" * 10])
            sent.append({"n": len(sent)})

    limit = sys.getrecursionlimit()
    for depth in range(limit - 150, limit):
        try:
            send_below(depth)
        except RecursionError:
            continue
    assert 0 < len(sent) < 150
    assert [frame.header for frame in pipe.frames()] == sent


def test_what_cannot_be_written_down_leaves_no_mark(pipe: Pipe, monkeypatch) -> None:
    marked = []
    monkeypatch.setattr(channel_module.RawOutput, "mark", lambda raw: marked.append(raw) or 0)
    channel = Channel(pipe.descriptor, b"mark")
    with pytest.raises(TypeError):
        channel.send({"n": object()})
    assert marked == []
