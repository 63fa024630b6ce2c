"""A real kernel and a client of it that reads like a notebook.

    cell = nb.run('%julia\\nprintln("a")')      # must succeed
    assert cell.stdout == "a\\n"
    assert nb.fail("1/0").error.ename == "ZeroDivisionError"

    spin = nb.submit("%julia\\nprintln(1)\\nwhile true; end")   # returns at once
    spin.wait_for_stdout("1")
    nb.interrupt()
    assert spin.wait().error.ename == "InterruptException"

    nb.run('input("name? ")', answers={"name? ": "Ada"})

One loop receives from all channels; every message is checked against its schema (`schema.py`) and
for its place in the conversation (`conversation.py`), whatever test it is in.
"""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, BinaryIO

import psutil
import schema
import zmq
from conversation import Message, OrderError, Request
from jupyter_client.manager import KernelManager
from jupyter_client.session import Session

GUARD = 60.0  # s; no wait of a test is meant to get near it
AT_ONCE = 500  # messages of a channel
CHANNELS = ("shell", "control", "stdin", "iopub")
Answers = Mapping[str, str] | Sequence[str]


def execute_content(code: str) -> dict[str, Any]:
    """The content of an `execute_request` as most clients send it."""
    return {
        "code": code,
        "silent": False,
        "store_history": True,
        "user_expressions": {},
        "allow_stdin": True,
        "stop_on_error": True,
    }


class Hang(AssertionError):
    """What was waited for did not come, or the kernel died meanwhile."""


class Kernel:
    """One kernel process: `start` it, make any number of clients, `stop` it."""

    def __init__(self, name: str, log: Path, transport: str = "tcp", **options: Any) -> None:
        """`log` gets the kernel's stderr; `options` are KernelManager's (`connection_file`, …)."""
        self.manager = KernelManager(kernel_name=name, transport=transport, **options)
        self.log = log
        self.notebooks: list[Notebook] = []

    def start(
        self,
        arguments: Sequence[str] = (),
        env: Mapping[str, str] | None = None,
        stderr: BinaryIO | None = None,
        **options: Any,
    ) -> Kernel:
        """`stderr` in the place of the log; `options` are those of `subprocess.Popen`."""
        # It stays open: a restart by the manager starts the kernel with the same arguments.
        self.log.touch()
        self._stderr = stderr or self.log.open("ab")
        self.manager.start_kernel(
            extra_arguments=list(arguments),
            stderr=self._stderr,
            env=os.environ | (env or {}),
            **options,
        )
        return self

    def connect(self) -> Notebook:
        """A new client, which has the kernel's welcome and its kernel_info already."""
        notebook = Notebook(self)
        self.notebooks.append(notebook)
        return notebook.greet()

    @property
    def process(self) -> psutil.Process:
        """The kernel's process: the shim, which has become the host."""
        return psutil.Process(self.manager.provisioner.pid)

    @property
    def descendants(self) -> list[psutil.Process]:
        """Executors, their guards, and what user code has started."""
        return self.process.children(recursive=True)

    @property
    def alive(self) -> bool:
        return self.manager.is_alive()

    def wait_for_end(self) -> int:
        """Until the process has ended by itself; its exit code."""
        return self.manager.provisioner.process.wait(GUARD)

    def stop(self) -> None:
        """End it as a client does: shutdown request first, then by force."""
        for notebook in self.notebooks:
            notebook.close()
        if self.manager.has_kernel:
            self.manager.shutdown_kernel(now=not self.alive)
        self.manager.cleanup_resources()
        self._stderr.close()


@dataclass
class Cell(Request):
    """A request of this notebook, which can be waited for."""

    notebook: Notebook = None  # type: ignore[assignment]
    answers: deque[str] | Mapping[str, str] = field(default_factory=deque)

    def wait(self) -> Cell:
        """Until the reply and the idle status are there."""
        self.notebook.wait_until(lambda: self.finished, f"the end of {self.content}")
        return self

    def wait_for_stdout(self, text: str) -> Cell:
        self.notebook.wait_until(lambda: text in self.stdout, f"{text!r} on stdout", self)
        return self

    def wait_for_stderr(self, text: str) -> Cell:
        self.notebook.wait_until(lambda: text in self.stderr, f"{text!r} on stderr", self)
        return self

    def wait_for_error(self) -> Cell:
        """Until the error is shown, which is before the reply."""
        self.notebook.wait_until(lambda: "error" in self.kinds, "an error", self)
        return self

    def wait_for_input(self, number: int = 1) -> Message:
        """Until it has asked `number` times in all; the request's content."""
        self.notebook.wait_until(lambda: len(self.inputs) >= number, "an input request", self)
        return self.inputs[number - 1]["content"]

    def wait_for_late_text(self, text: str) -> None:
        """Until `text` has come after the cell's end, as from a thread."""

        def come() -> bool:
            return text in "".join(m["content"].get("text", "") for m in self.late)

        self.notebook.wait_until(come, f"{text!r} after the end")

    def give(self, value: str) -> None:
        """Answer the last input request."""
        self.notebook.send("stdin", "input_reply", {"value": value}, self.inputs[-1]["header"])

    def see(self, channel: str, message: Message) -> None:
        super().see(channel, message)
        if channel == "stdin" and self.answers:
            by_prompt = isinstance(self.answers, Mapping)
            prompt = message["content"]["prompt"]
            self.give(self.answers[prompt] if by_prompt else self.answers.popleft())


def wait_for(*cells: Cell) -> None:
    """Until all are finished, whatever their clients: any of them may have to answer first."""
    deadline = time.monotonic() + GUARD
    notebooks = {id(cell.notebook): cell.notebook for cell in cells}.values()
    while not all(cell.finished for cell in cells):
        for notebook in notebooks:
            notebook.receive(0.02)
        if time.monotonic() > deadline:
            raise Hang(f"the ends of {[cell.content for cell in cells]} did not come")


class Notebook:
    """A client: sockets to all channels of one kernel, and what it has asked so far."""

    def __init__(self, kernel: Kernel) -> None:
        self.kernel = kernel
        # The manager's own session would be shared: every client is to have an identity.
        secrets = kernel.manager.session
        self.session = Session(key=secrets.key, signature_scheme=secrets.signature_scheme)
        self.client = kernel.manager.client(session=self.session)
        self.requests: dict[str, Request] = {}
        self.since = datetime.now(timezone.utc)
        self.welcomed = False
        self.stray: list[Message] = []  # iopub messages with no parent, such as `starting`
        self._seen_ids: set[str] = set()
        self._open_channels()

    def greet(self) -> Notebook:
        """Wait for the kernel; no output is lost from here on."""
        self.wait_until(lambda: self.welcomed, "iopub_welcome")
        self.info = self.ask("kernel_info_request").answer
        return self

    def _open_channels(self) -> None:
        self.poller = zmq.Poller()
        identity = self.session.bsession
        self.sockets = {
            "iopub": self.client.connect_iopub(),
            "shell": self.client.connect_shell(identity=identity),
            "control": self.client.connect_control(identity=identity),
            "stdin": self.client.connect_stdin(identity=identity),
        }
        self.sockets["iopub"].rcvhwm = 0
        for socket in self.sockets.values():
            socket.linger = 0
            self.poller.register(socket, zmq.POLLIN)

    def close(self) -> None:
        for socket in self.sockets.values():
            socket.close()

    # -- asking ----------------------------------------------------------------------------------

    def send(
        self,
        channel: str,
        kind: str,
        content: dict[str, Any],
        parent: dict[str, Any] | None = None,
        header: dict[str, Any] | None = None,
    ) -> Message:
        message = self.make(kind, content, parent, header)
        self.session.send(self.sockets[channel], message)
        return message

    def make(
        self,
        kind: str,
        content: dict[str, Any],
        parent: dict[str, Any] | None = None,
        header: dict[str, Any] | None = None,
    ) -> Message:
        message = self.session.msg(kind, content, parent)
        message["header"].update(header or {})
        return message

    def request(
        self,
        kind: str,
        content: dict[str, Any] | None = None,
        channel: str = "shell",
        answers: Answers = (),
        header: dict[str, Any] | None = None,
    ) -> Cell:
        """Send a request and return at once."""
        message = self.send(channel, kind, content or {}, header=header)
        return self.expect(message, channel, answers)

    def expect(self, message: Message, channel: str = "shell", answers: Answers = ()) -> Cell:
        """What becomes of a request that is sent."""
        cell = Cell(
            header=message["header"],
            content=message["content"],
            channel=channel,
            notebook=self,
            answers=answers if isinstance(answers, Mapping) else deque(answers),
        )
        self.requests[message["header"]["msg_id"]] = cell
        return cell

    def ask(self, kind: str, content: dict[str, Any] | None = None, channel: str = "shell") -> Cell:
        return self.request(kind, content, channel).wait()

    def submit(
        self, code: str, answers: Answers = (), subshell: str | None = None, **options: Any
    ) -> Cell:
        """Send a cell and return at once. `options` are fields of execute_request."""
        header = {"subshell_id": subshell} if subshell else None
        content = execute_content(code) | options
        return self.request("execute_request", content, answers=answers, header=header)

    def run_all(self, codes: Iterable[str]) -> list[Cell]:
        """Send cells as a client's "Run All": all are made before the first is sent."""
        messages = [self.make("execute_request", execute_content(code)) for code in codes]
        for message in messages:
            self.session.send(self.sockets["shell"], message)
        return [self.expect(message) for message in messages]

    def run(self, code: str, answers: Answers = (), **options: Any) -> Cell:
        """Run a cell that has to succeed."""
        cell = self.submit(code, answers, **options).wait()
        assert cell.status == "ok", f"{code!r} failed: {cell.answer}"
        return cell

    def fail(self, code: str, answers: Answers = (), **options: Any) -> Cell:
        """Run a cell that has to end in an error."""
        cell = self.submit(code, answers, **options).wait()
        assert cell.status == "error", f"{code!r} did not fail: {cell.outputs}"
        return cell

    def value(self, expression: str) -> str | None:
        """The text of an expression's value, without leaving a trace in the history."""
        return self.run(expression, store_history=False).result

    def complete(self, code: str, position: int | None = None) -> dict[str, Any]:
        """`position` in code points; the end when it is not given."""
        cursor = len(code) if position is None else position
        answer = self.ask("complete_request", {"code": code, "cursor_pos": cursor}).answer
        entries = answer.get("metadata", {}).get("_jupyter_types_experimental")
        if entries is not None:  # clients pair them with the matches by their places
            assert [entry["text"] for entry in entries] == answer["matches"]
        return answer

    def inspect(self, code: str, position: int | None = None, detail: int = 0) -> dict[str, Any]:
        cursor = len(code) if position is None else position
        content = {"code": code, "cursor_pos": cursor, "detail_level": detail}
        return self.ask("inspect_request", content).answer

    def is_complete(self, code: str) -> dict[str, Any]:
        return self.ask("is_complete_request", {"code": code}).answer

    def history(self, access: str, **options: Any) -> list[Any]:
        content = {"hist_access_type": access, "output": False, "raw": True} | options
        return self.ask("history_request", content).answer["history"]

    def interrupt(self) -> None:
        """The client's interrupt; returns when the kernel has confirmed it."""
        assert self.ask("interrupt_request", channel="control").status == "ok"

    # -- receiving -------------------------------------------------------------------------------

    def wait_until(self, come: Callable[[], bool], what: str, cell: Request | None = None) -> None:
        """Receive until `come()`; `Hang` after `GUARD` s, or when the kernel or `cell` ended."""
        deadline = time.monotonic() + GUARD
        while not come():
            if self.receive(min(1.0, deadline - time.monotonic())):
                continue
            if cell is not None and cell.finished:
                raise Hang(f"{what} never came: {cell.outputs} {cell.answer}{self._situation()}")
            if not self.kernel.alive or time.monotonic() > deadline:
                raise Hang(f"{what} did not come{self._situation()}")

    def receive(self, timeout: float) -> bool:
        """Take what has come, waiting for it at most `timeout` s; False when nothing did.

        Of a flood not all: that may come faster than it is taken.
        """
        ready = dict(self.poller.poll(max(0, timeout) * 1000))
        for channel, socket in self.sockets.items():
            for _ in range(AT_ONCE if socket in ready else 0):
                _, message = self.session.recv(socket, zmq.NOBLOCK)
                if message is None:
                    break
                self._take(channel, message)
        return bool(ready)

    def _take(self, channel: str, message: Message) -> None:
        schema.validate(channel, message)
        self._check_identity(message)
        parent = message["parent_header"]
        if message["header"]["msg_type"] == "iopub_welcome":
            self.welcomed = True
        elif not parent:
            self.stray.append(message)
        else:
            self._request_of(channel, parent).see(channel, message)

    def _check_identity(self, message: Message) -> None:
        identity = message["header"]["msg_id"]
        if identity in self._seen_ids:
            raise OrderError(f"msg_id {identity} was used twice")
        self._seen_ids.add(identity)

    def _request_of(self, channel: str, parent: dict[str, Any]) -> Request:
        request = self.requests.get(parent["msg_id"])
        if request is None:
            if channel != "iopub":
                raise OrderError(f"{channel}: a message for a request that we did not send")
            # Of what was going on when this client joined, it does not see the beginning.
            date = parent.get("date")  # which a hostile client may leave out
            joined_late = not isinstance(date, datetime) or date < self.since
            request = Request(header=parent, ours=False, state="unseen" if joined_late else "sent")
            self.requests[parent["msg_id"]] = request
        return request

    def _situation(self) -> str:
        log = self.kernel.log.read_text(errors="replace")[-3000:]
        state = "alive" if self.kernel.alive else "dead"
        return f"; the kernel is {state}. Its stderr:\n{log}"

    @property
    def unfinished(self) -> list[Request]:
        return [request for request in self.requests.values() if not request.finished]
