"""Drives an executor over its pipes, as the host does, and shows what a notebook would show."""

from __future__ import annotations

import fcntl
import importlib.util
import json
import os
import select
import signal
import sys
import termios
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import schema

SOURCES = Path(__file__).parent.parent / "python"
if importlib.util.find_spec("polyglot_shim") is None:
    sys.path.insert(0, str(SOURCES))
from polyglot_shim import programs  # noqa: E402
from polyglot_shim.executor.pipes.frames import Frame, FrameReader, encode  # noqa: E402

MARK = b"\x02polyglot-mark-of-the-test\x03"
AGAIN = 0.5  # s; when the host sends an interrupt again
GUARD = 60.0  # seconds after which a test has hung


@dataclass
class Cell:
    """What a request showed, in order, and what it was answered."""

    reply: dict[str, Any] = field(default_factory=dict)
    outputs: list[dict[str, Any]] = field(default_factory=list)

    def add_text(self, name: str, text: str) -> None:
        last = self.outputs[-1] if self.outputs else {}
        if last.get("name") == name:
            last["text"] += text
        elif text:
            self.outputs.append({"msg_type": "stream", "name": name, "text": text})

    def add_message(self, frame: Frame) -> None:
        content = json.loads(bytes(frame.buffers[0]))
        schema.validate_content("iopub", frame.header["msg_type"], content)
        self.outputs.append(
            {
                **frame.header,
                "content": content,
                "buffers": [bytes(buffer) for buffer in frame.buffers[1:]],
            }
        )

    def text(self, name: str) -> str:
        return "".join(output["text"] for output in self.outputs if output.get("name") == name)

    @property
    def stdout(self) -> str:
        return self.text("stdout")

    @property
    def stderr(self) -> str:
        return self.text("stderr")

    def messages(self, msg_type: str) -> list[dict[str, Any]]:
        return [output for output in self.outputs if output["msg_type"] == msg_type]

    @property
    def result(self) -> str | None:
        """The result as text."""
        found = self.messages("execute_result")
        return found[0]["content"]["data"]["text/plain"] if found else None

    @property
    def displays(self) -> list[dict[str, Any]]:
        return [message["content"]["data"] for message in self.messages("display_data")]

    @property
    def error(self) -> dict[str, Any] | None:
        found = self.messages("error")
        return found[0]["content"] if found else None


class RawPipe:
    """The reading end of raw stdout or stderr."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self._data = b""
        self._fetched = 0

    def written(self) -> int:
        """How many bytes have been written so far."""
        waiting = fcntl.ioctl(self.descriptor, termios.FIONREAD, bytes(4))
        return self._fetched + int.from_bytes(waiting, sys.byteorder)

    def before_mark(self) -> str:
        """The text before the next mark, which is there or on its way."""
        while MARK not in self._data:
            self._fetch(self._fetched + 1)
        text, _, self._data = self._data.partition(MARK)
        return text.decode()

    def held(self) -> str:
        """What was read and not shown: it stands before a frame that has no mark."""
        data, self._data = self._data, b""
        return data.decode()

    def until(self, limit: int) -> str:
        """The text among the first `limit` bytes ever written that belongs before no frame."""
        self._fetch(limit)
        if MARK in self._data:
            return ""  # its frame is on its way
        data, self._data = self._data, b""
        return data.decode()

    def to_end(self) -> str:
        """All that is left, of a process that has ended."""
        with suppress(AssertionError):
            self._fetch(sys.maxsize)
        return self._data.decode(errors="replace")

    def _fetch(self, limit: int) -> None:
        while self._fetched < limit:
            data = os.read(self.descriptor, 65536)
            assert data, "the mark is missing"
            self._data += data
            self._fetched += len(data)


class PipedExecutor:
    """An executor process and the host's ends of its pipes."""

    def __init__(self, command: list[str], env: dict[str, str], cwd: str | None = None) -> None:
        requests_read, self._requests = os.pipe()
        self._replies, replies_write = os.pipe()
        stdout_read, stdout_write = os.pipe()
        stderr_read, stderr_write = os.pipe()
        null = os.open(os.devnull, os.O_RDONLY)
        ends = [null, stdout_write, stderr_write, requests_read, replies_write]
        # Away from the numbers that they get in the child.
        moved = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 20) for end in ends]
        actions = [(os.POSIX_SPAWN_DUP2, end, number) for number, end in enumerate(moved)]
        before = os.getcwd()
        os.chdir(cwd or before)
        try:
            self.pid = os.posix_spawn(
                command[0],
                command,
                {**env, "POLYGLOT_MARK": MARK.decode()},
                file_actions=actions,
                setpgroup=0,
            )
        finally:
            os.chdir(before)
        for end in [*ends, *moved]:
            os.close(end)
        self._raw = {"stdout": RawPipe(stdout_read), "stderr": RawPipe(stderr_read)}
        self._reader = FrameReader(lambda view: os.readv(self._replies, [view]))
        self._poll = select.poll()
        for descriptor in (self._replies, stdout_read, stderr_read):
            self._poll.register(descriptor, select.POLLIN)
        self._events: deque[tuple[str, Any]] = deque()
        self._number = 0
        self._asked: dict[int, str] = {}  # the types of the requests, by id
        self._interrupting = False  # an interrupt was sent and has not arrived
        self.count = 0
        self._status: int | None = None
        self.ready = self.wait_for("ready").header

    # Frames

    def send(self, type: str, buffers: list[bytes] | None = None, **fields: Any) -> int:
        """Send a frame; the id that it got, or has."""
        self._number += 1
        header = {"type": type, "id": self._number, **fields}
        self._asked.setdefault(header["id"], type)  # `input_reply` has the cell's
        self.send_bytes(b"".join(encode(header, buffers or [])))
        return header["id"]

    def send_bytes(self, data: bytes) -> None:
        while data:
            data = data[os.write(self._requests, data) :]

    def next_event(self) -> tuple[str, Any]:
        """What comes next: ("raw", (stream, text)), or a frame's type and the frame.

        In the order that the host makes of it (*Order* in `docs/executor-protocol.md`).
        """
        while not self._events:
            self._read()
        event = self._events.popleft()
        if event[0] == "end":
            seen = "".join(what[1] for kind, what in self._events if kind == "raw")
            raise AssertionError(f"the executor is gone: {seen}{self._raw['stderr'].to_end()}")
        return event

    def _read(self) -> None:
        ready = self._wait()
        assert ready, "nothing came"
        # What is there now stands before all frames that are not readable yet.
        limits = {name: raw.written() for name, raw in self._raw.items()}
        self._take_frames()
        for name, raw in self._raw.items():
            self._add_raw(name, raw.until(limits[name]))

    def _wait(self) -> set[int]:
        deadline = time.monotonic() + GUARD
        while True:
            patience = AGAIN if self._interrupting else GUARD
            ready = {descriptor for descriptor, _ in self._poll.poll(patience * 1000)}
            if ready or time.monotonic() > deadline:
                return ready
            os.killpg(self.pid, signal.SIGINT)

    def _take_frames(self) -> None:
        while self._reader.buffered or select.select([self._replies], [], [], 0)[0]:
            if not self._take_frame():
                self._poll.unregister(self._replies)
                return

    def _take_frame(self) -> bool:
        frame = self._reader.read()
        if frame is None:
            self._events.append(("end", None))
            return False
        for bit, (name, raw) in zip((1, 2), self._raw.items(), strict=True):
            self._add_raw(name, raw.before_mark() if frame.marks & bit else raw.held())
        if frame.header["type"] in ("interrupted", "reply"):
            self._interrupting = False
        self._events.append((frame.header["type"], frame))
        return True

    def _add_raw(self, name: str, text: str) -> None:
        if text:
            self._events.append(("raw", (name, text)))

    def collect(self, id: int, answers: list[str] | None = None) -> Cell:
        """The request `id` to its end; questions are answered with `answers` in turn."""
        cell = Cell()
        answers = list(answers or [])
        while not cell.reply:
            kind, what = self.next_event()
            if kind == "raw":
                cell.add_text(*what)
            elif kind == "stream":
                cell.add_text(what.header["name"], bytes(what.buffers[0]).decode())
            elif kind == "publish":
                cell.add_message(what)
            elif kind == "input_request":
                cell.outputs.append({**what.header, "msg_type": "input_request"})
                self.send("input_reply", id=what.header["id"], value=answers.pop(0))
            elif kind == "reply" and what.header["id"] == id:
                cell.reply = self._content_of_reply(what)
        assert not answers, "not all answers were asked for"
        return cell

    def _content_of_reply(self, frame: Frame) -> dict[str, Any]:
        content = json.loads(bytes(frame.buffers[0]))
        asked = self._asked[frame.header["id"]]
        if asked == "comm":
            return content or {"status": "empty"}  # no client sees it
        schema.validate_content("shell", f"{asked}_reply", content)
        return content

    # Requests

    def start(self, code: str, **fields: Any) -> int:
        """Send a cell; its id."""
        if not fields.get("silent") and fields.get("store_history", True):
            self.count += 1
        defaults = {
            "silent": False,
            "store_history": True,
            "allow_stdin": True,
            "execution_count": max(self.count, 1),
            "user_expressions": {},
            "inputs": [],
            "outputs": [],
        }
        self._interrupting = False
        id = self._number + 1
        header = {"msg_id": f"msg-{id}", "msg_type": "execute_request"}
        return self.send("execute", id=id, code=code, header=header, **{**defaults, **fields})

    def run(self, code: str, answers: list[str] | None = None, **fields: Any) -> Cell:
        """Run a cell to its end."""
        return self.collect(self.start(code, **fields), answers)

    def ask(self, type: str, **fields: Any) -> dict[str, Any]:
        """The reply's content to a question."""
        return self.collect(self.send(type, **fields)).reply

    def wait_for(self, kind: str) -> Frame:
        """The next frame of a kind; what came before it is dropped."""
        while True:
            found, what = self.next_event()
            if found == kind:
                return what

    def wait_for_text(self, text: str) -> None:
        """Until the streams, raw ones too, have shown `text`."""
        shown = ""
        while text not in shown:
            kind, what = self.next_event()
            if kind == "stream":
                shown += bytes(what.buffers[0]).decode()
            elif kind == "raw":
                shown += what[1]

    def interrupt(self) -> None:
        """SIGINT to the group, as the host sends it: again until it has arrived (`_read`)."""
        os.killpg(self.pid, signal.SIGINT)
        self._interrupting = True

    # The end

    def wait(self) -> int:
        """How the process ended: exit code, or minus the signal."""
        deadline = time.monotonic() + GUARD
        while self._status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self._status = os.waitstatus_to_exitcode(status)
            else:
                assert time.monotonic() < deadline, "the executor does not end"
                time.sleep(0.01)
        return self._status

    def hang_up(self) -> None:
        """Close the request pipe, as a dead host does."""
        os.close(self._requests)
        self._requests = -1

    def close(self) -> None:
        if self._requests != -1:
            self.hang_up()
        if self._status is None:
            with suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
            self.wait()


@contextmanager
def python_executor(home: Path, **env: str) -> Iterator[PipedExecutor]:
    """A Python executor whose IPython profile is in `home`."""
    environment = {
        **os.environ,
        "HOME": str(home),
        "IPYTHONDIR": str(home / "ipython"),
        "PYTHONPATH": str(SOURCES),
        **env,
    }
    environment.pop("MPLBACKEND", None)
    environment.update(env)
    executor = PipedExecutor(programs.python_executor(), environment, cwd=str(home))
    try:
        yield executor
    finally:
        executor.close()
