"""Drives an executor over its pipes, as the host does, and shows what a notebook would show."""

from __future__ import annotations

import fcntl
import json
import os
import queue
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from polyglot_shim.executor.frames import Frame, FrameReader, encode

MARK = b"\x02polyglot-mark-of-the-test\x03"
GUARD = 60.0  # seconds after which a test has hung
SOURCES = Path(__file__).parent.parent / "python"


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
        self._descriptor = descriptor
        self._data = b""
        self._changed = threading.Condition()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        while data := os.read(self._descriptor, 65536):
            with self._changed:
                self._data += data
                self._changed.notify_all()
        os.close(self._descriptor)

    def before_mark(self) -> str:
        """The text before the next mark, which is on its way."""
        with self._changed:
            assert self._changed.wait_for(lambda: MARK in self._data, GUARD), "the mark is missing"
            text, _, self._data = self._data.partition(MARK)
        return text.decode()

    def until(self, text: str) -> str:
        """What has come when `text` is there."""
        wanted = text.encode()
        with self._changed:
            assert self._changed.wait_for(lambda: wanted in self._data, GUARD), self._data
            data, self._data = self._data, b""
        return data.decode()

    def rest(self) -> str:
        with self._changed:
            data, self._data = self._data, b""
        return data.decode()


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
        self.raw = {"stdout": RawPipe(stdout_read), "stderr": RawPipe(stderr_read)}
        self.frames: queue.Queue[Frame | None] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()
        self._number = 0
        self.count = 0
        self._status: int | None = None
        self.ready = self.receive().header

    def _read(self) -> None:
        reader = FrameReader(lambda view: os.readv(self._replies, [view]))
        while (frame := reader.read()) is not None:
            self.frames.put(frame)
        self.frames.put(None)
        os.close(self._replies)

    # Frames

    def send(self, type: str, buffers: list[bytes] | None = None, **fields: Any) -> str:
        """Send a frame; the id that it got, or has."""
        self._number += 1
        header = {"type": type, "id": f"r{self._number}", **fields}
        self.send_bytes(b"".join(encode(header, buffers or [])))
        return header["id"]

    def send_bytes(self, data: bytes) -> None:
        while data:
            data = data[os.write(self._requests, data) :]

    def receive(self) -> Frame:
        """The next frame."""
        frame = self.frames.get(timeout=GUARD)
        assert frame is not None, "the executor is gone"
        return frame

    def events(self, id: str) -> Iterator[tuple[str, Any]]:
        """What comes until the reply to `id`, with raw output at its place: (kind, what)."""
        while True:
            frame = self.receive()
            for bit, name in ((1, "stdout"), (2, "stderr")):
                if frame.marks & bit:
                    yield "raw", (name, self.raw[name].before_mark())
            yield frame.header["type"], frame
            if frame.header["type"] == "reply" and frame.header["id"] == id:
                return

    def collect(self, id: str, answers: list[str] | None = None) -> Cell:
        """The cell `id` to its end; questions are answered with `answers` in turn."""
        cell = Cell()
        answers = list(answers or [])
        for kind, what in self.events(id):
            if kind == "raw":
                cell.add_text(*what)
            elif kind == "stream":
                cell.add_text(what.header["name"], bytes(what.buffers[0]).decode())
            elif kind == "publish":
                cell.outputs.append(
                    {
                        **what.header,
                        "content": json.loads(bytes(what.buffers[0])),
                        "buffers": [bytes(buffer) for buffer in what.buffers[1:]],
                    }
                )
            elif kind == "input_request":
                cell.outputs.append({**what.header, "msg_type": "input_request"})
                self.send("input_reply", id=what.header["id"], value=answers.pop(0))
            elif kind == "reply" and what.header["id"] == id:
                cell.reply = json.loads(bytes(what.buffers[0]))
        assert not answers, "not all answers were asked for"
        return cell

    # Requests

    def start(self, code: str, **fields: Any) -> str:
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
        id = f"cell-{self._number + 1}"
        header = {"msg_id": f"msg-{id}", "msg_type": "execute_request"}
        return self.send("execute", id=id, code=code, header=header, **{**defaults, **fields})

    def run(self, code: str, answers: list[str] | None = None, **fields: Any) -> Cell:
        """Run a cell to its end."""
        return self.collect(self.start(code, **fields), answers)

    def ask(self, type: str, **fields: Any) -> dict[str, Any]:
        """The reply's content to a question."""
        return self.collect(self.send(type, **fields)).reply

    def wait_for(self, kind: str) -> Frame:
        """The next frame of a kind."""
        while (frame := self.receive()).header["type"] != kind:
            pass
        return frame

    def wait_for_text(self, text: str) -> None:
        """Until the streams have shown `text`."""
        shown = ""
        while text not in shown:
            shown += bytes(self.wait_for("stream").buffers[0]).decode()

    def interrupt(self) -> None:
        """SIGINT to the group, as the host sends it."""
        os.killpg(self.pid, signal.SIGINT)

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
            try:
                os.killpg(self.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
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
    executor = PipedExecutor(
        [sys.executable, "-m", "polyglot_shim.executor"], environment, cwd=str(home)
    )
    try:
        yield executor
    finally:
        executor.close()
