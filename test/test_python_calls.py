"""Calls between executors, on Python's side (`polyglot_shim.executor.pipes.calls`)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any

import pytest
from executor_pipes import GUARD, SOURCES  # noqa: F401  makes polyglot_shim importable
from polyglot_shim.executor.bridge.arrivals import Arrivals
from polyglot_shim.executor.cells.interrupt import Interrupts
from polyglot_shim.executor.cells.request import Request, current_request, set_request
from polyglot_shim.executor.pipes.calls import Answer, Calls
from polyglot_shim.executor.pipes.frames import Frame


class Pipe:
    """Stands in for the channel and the output: keeps what is sent."""

    def __init__(self) -> None:
        self.sent: SimpleQueue[tuple[dict[str, Any], list[bytes]]] = SimpleQueue()

    def send(self, header: dict[str, Any], buffers: Any = ()) -> None:
        self.sent.put((header, list(buffers)))

    def flush(self) -> None:
        pass

    def next(self) -> dict[str, Any]:
        return self.sent.get(timeout=GUARD)[0]


@pytest.fixture
def pipe() -> Pipe:
    return Pipe()


@pytest.fixture
def calls(pipe: Pipe) -> Calls:
    return Calls(pipe, pipe, Interrupts(lambda _: None))  # type: ignore[arg-type]


def in_thread(work: Callable[[], Any]) -> Callable[[], Any]:
    """Start `work`; its result, when asked for."""
    results: SimpleQueue[Any] = SimpleQueue()
    threading.Thread(target=lambda: results.put(work()), daemon=True).start()
    return lambda: results.get(timeout=GUARD)


def returned(call: dict[str, Any], *buffers: bytes) -> Frame:
    return Frame({"type": "return", "call": call["call"], "status": "ok"}, list(buffers))


def test_a_call_waits_for_its_return(calls: Calls, pipe: Pipe) -> None:
    def work() -> Frame:
        set_request(Request("cell", allow_stdin=True))
        return calls.call("julia", "eval", {"code": "1+1"}, [b"values"])

    result = in_thread(work)
    header, buffers = pipe.sent.get(timeout=GUARD)
    assert header == {
        "type": "call",
        "to": "julia",
        "call": 1,
        "id": "cell",
        "allow_stdin": True,
        "aside": False,
        "op": "eval",
        "code": "1+1",
    }
    assert buffers == [b"values"]
    assert calls.arrived(returned(header, b"2"))
    assert result().buffers == [b"2"]


def test_nested_calls_are_served_by_the_one_who_waits(calls: Calls, pipe: Pipe) -> None:
    served_in = []

    def twice(frame: Frame) -> Answer:
        served_in.append((threading.current_thread(), current_request().id))
        inner = calls.call("julia", "inner", {})
        return Answer({"n": 2}, inner.buffers)

    calls.register("twice", twice)
    thread: list[threading.Thread] = []

    def work() -> Frame:
        thread.append(threading.current_thread())
        return calls.call("julia", "outer", {})

    result = in_thread(work)
    outer = pipe.next()
    assert calls.arrived(Frame({"type": "call", "call": 77, "op": "twice", "id": "theirs"}))
    inner = pipe.next()
    assert (inner["op"], inner["id"]) == ("inner", "theirs")
    assert calls.arrived(returned(inner, b"deep"))
    answer, buffers = pipe.sent.get(timeout=GUARD)
    assert answer == {"type": "return", "call": 77, "status": "ok", "n": 2}
    assert buffers == [b"deep"]
    assert served_in == [(thread[0], "theirs")]
    assert calls.arrived(returned(outer, b"done"))
    assert result().buffers == [b"done"]


def test_a_call_that_nobody_waits_for_is_left_to_the_main_thread(calls: Calls) -> None:
    assert not calls.arrived(Frame({"type": "call", "call": 1, "op": "x"}))


def test_an_unknown_kind_of_call_is_an_error(calls: Calls, pipe: Pipe) -> None:
    calls.serve(Frame({"type": "call", "call": 5, "op": "never heard of"}))
    answer = pipe.next()
    assert (answer["call"], answer["status"]) == (5, "error")
    assert "never heard of" in answer["evalue"]


def test_the_return_of_an_abandoned_call_is_dropped(calls: Calls, pipe: Pipe) -> None:
    class Leave(BaseException):
        pass

    def left(frame: Frame) -> Answer:
        raise Leave

    calls.register("leave", left)

    def work() -> str:
        try:
            calls.call("julia", "slow", {})
        except Leave:
            return "left"
        return "returned"

    result = in_thread(work)
    slow = pipe.next()
    assert calls.arrived(Frame({"type": "call", "call": 9, "op": "leave"}))
    assert result() == "left"
    assert calls.arrived(returned(slow))
    assert not calls.arrived(Frame({"type": "call", "call": 10, "op": "leave"}))


def test_a_late_return_and_releases_are_handed_on(calls: Calls, pipe: Pipe) -> None:
    seen: list[dict[str, Any]] = []
    calls.on_late_return = calls.on_release = lambda frame: seen.append(frame.header)
    assert calls.ask_briefly(0.0, "julia", "dir", {}, []) is None
    late = returned(pipe.next())
    release = Frame({"type": "release", "refs": [3, 4]})
    assert calls.arrived(late)
    assert calls.arrived(release)
    assert seen == [late.header, release.header]


def test_what_is_let_go_waits_for_the_frames_before_it(calls: Calls, pipe: Pipe) -> None:
    arrivals = Arrivals()
    calls.on_arrival, calls.on_read = arrivals.arrived, arrivals.read
    result = in_thread(lambda: calls.call("julia", "get", {}, (), lambda _: arrivals.take_due()))
    call = pipe.next()
    arrivals.let_go([[1, 2, 3]])
    assert arrivals.take_due() == [[[1, 2, 3]]]
    arrivals.arrived(returned(call))
    arrivals.let_go([[4, 5, 6]])
    assert calls.arrived(returned(call))
    assert result() == []
    assert arrivals.take_due() == [[[4, 5, 6]]]


def test_a_call_whose_thread_stopped_waiting_is_served_by_another(calls: Calls, pipe: Pipe) -> None:
    left: list[Frame] = []
    calls.on_unserved = left.append
    orphan = Frame({"type": "call", "call": 7, "op": "x"})

    def read(_: Frame) -> None:
        calls.arrived(orphan)

    result = in_thread(lambda: calls.call("julia", "get", {}, (), read))
    calls.arrived(returned(pipe.next()))
    result()
    assert left == [orphan]
