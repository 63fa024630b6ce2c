"""Fires hostile messages (`hostile.py`) at a kernel and looks whether it takes harm.

    make fuzz                                       # 50,000, as the bars ask for
    python test/fuzz.py --count 1000 --seed 7       # fewer, others

A shot that does harm is found by its number, and `Hostile(seed, key).shot(number)` makes it again.
"""

from __future__ import annotations

import argparse
import json
import socket
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import schema
import zmq
from hostile import Hostile, Shot
from jupyter_client.session import Session
from memory import memory
from notebook import GUARD, Hang, Kernel

PATIENCE = 2 * GUARD  # s; some of the cells do take their time
QUIET = 1.0  # s; after half of one without a message the host gives back what it has used

# What the kernel holds that must be there afterwards, and targets for the comms.
PREPARED = (
    "kept = 'kept'\nlent = 1",
    "get_ipython().kernel.comm_manager.register_target('echo', lambda comm, message: None)",
    "%julia\nkept = 2.5",
)


@dataclass
class State:
    """What must not change, and what must not grow."""

    processes: list[int]
    descriptors: int
    memory: int  # of the host alone, in bytes


@dataclass
class Fuzz:
    """One client of the kernel that sends shots and reads what comes back."""

    kernel: Kernel
    seed: int
    sockets: dict[str, zmq.Socket] = field(default_factory=dict)
    open_requests: dict[str, set[str]] = field(default_factory=dict)  # what each has yet to get
    problems: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        manager = self.kernel.manager
        self.hostile = Hostile(self.seed, manager.session.key)
        self.session = Session(key=manager.session.key)
        self.client = manager.client(session=self.session)
        self.poller = zmq.Poller()
        self.log_read = 0
        for channel in ("shell", "control", "stdin", "iopub"):
            made = getattr(self.client, f"connect_{channel}")(*self._identity(channel))
            made.linger, made.rcvhwm, made.sndhwm = 0, 0, 0
            self.sockets[channel] = made
            self.poller.register(made, zmq.POLLIN)

    def _identity(self, channel: str) -> tuple[bytes, ...]:
        return () if channel == "iopub" else (self.session.bsession,)

    def prepare(self) -> State:
        notebook = self.kernel.connect()
        for code in PREPARED:
            notebook.run(code)
        notebook.close()
        return self.state()

    def state(self) -> State:
        host = self.kernel.process
        executors = [p.pid for p in host.children() if p.name() != "sh"]
        return State(sorted(executors), host.num_fds(), memory(host))

    def fire(self, numbers: range) -> None:
        """Send these shots; return when all that have to be answered are."""
        for number in numbers:
            shot = self.hostile.shot(number)
            self._send(shot)
            while self._receive(0):
                pass
        self._settle()
        problems, self.problems = self.problems + self._faults(), []
        assert not problems, "\n".join(problems)

    def _send(self, shot: Shot) -> None:
        if not shot.parts:
            port = getattr(self.client, f"{shot.channel}_port")
            with socket.create_connection((self.client.ip, port), GUARD) as stream:
                stream.sendall(shot.raw)
            return
        if shot.answered:
            wants = {"idle"} | ({"reply"} if "_request" in shot.name else set())
            self.open_requests[shot.msg_id] = wants
        self.sockets[shot.channel].send_multipart(shot.parts)

    def _settle(self) -> None:
        """Wait for the answers, and for those to the last requests: all before them is done."""
        last_cell = {"code": "", "silent": False}
        for channel, kind, content in (
            ("shell", "kernel_info_request", {}),
            ("control", "kernel_info_request", {}),
            ("shell", "execute_request", last_cell),
        ):
            message = self.session.msg(kind, content)
            self.open_requests[message["header"]["msg_id"]] = {"idle", "reply"}
            self.session.send(self.sockets[channel], message)
        deadline = time.monotonic() + PATIENCE
        while self.open_requests:
            self._receive(0.5)
            if not self.kernel.alive:
                raise Hang(f"the kernel died\n{self._log()}")
            if time.monotonic() > deadline:
                numbers = [key.partition("-")[2] for key in self.open_requests]
                names = [self.hostile.shot(int(n)).name for n in numbers if n.isdecimal()]
                raise Hang(f"no answer to {self.open_requests} {names}\n{self._log()}")

    def _faults(self) -> list[str]:
        """The host's own, of which its log tells."""
        log = self.kernel.log.read_text(errors="replace")
        new, self.log_read = log[self.log_read :], len(log)
        return [line for line in new.splitlines() if line.startswith("[polyglot] failed to")]

    def _log(self) -> str:
        return self.kernel.log.read_text(errors="replace")[-3000:]

    def _receive(self, timeout: float) -> bool:
        ready = dict(self.poller.poll(timeout * 1000))
        for channel, source in self.sockets.items():
            if source in ready:
                self._take(channel, source.recv_multipart())
        return bool(ready)

    def _take(self, channel: str, parts: list[bytes]) -> None:
        at = parts.index(b"<IDS|MSG>")
        header, parent, _, content = (json.loads(part) for part in parts[at + 2 : at + 6])
        try:
            schema.validate_content(channel, header["msg_type"], content)
        except schema.SchemaError as error:
            self.problems.append(f"{parent}: {error}"[:1000])
        ended = "reply" if channel != "iopub" else content.get("execution_state", "")
        wanted = self.open_requests.get(parent.get("msg_id"), set())
        wanted.discard(ended)
        if not wanted:
            self.open_requests.pop(parent.get("msg_id"), None)

    def close(self) -> None:
        for made in self.sockets.values():
            made.close()


def check_cells(kernel: Kernel) -> None:
    """Both languages work, have their variables, and no subshell of ours is left."""
    notebook = kernel.connect()
    assert notebook.run("kept").result == "'kept'"
    assert notebook.run("%julia\nkept").result == "2.5"
    assert notebook.run("input('?')", answers=["fine"]).result == "'fine'"
    for subshell in notebook.ask("list_subshell_request", channel="control").answer["subshell_id"]:
        notebook.ask("delete_subshell_request", {"subshell_id": subshell}, channel="control")
    notebook.close()
    kernel.notebooks.remove(notebook)


def run(kernel: Kernel, seed: int, count: int, chunk: int, say=lambda text: None) -> list[State]:
    """Fire `count` shots in chunks; the state at the start and after each chunk."""
    fuzz = Fuzz(kernel, seed)
    states = [fuzz.prepare()]
    for first in range(0, count, chunk):
        fuzz.fire(range(first, min(count, first + chunk)))
        check_cells(kernel)
        time.sleep(QUIET)
        states.append(fuzz.state())
        assert states[-1].processes == states[0].processes, f"an executor was replaced by {first}…"
        say(
            f"{min(count, first + chunk):6}: {states[-1].memory >> 20} MB, {states[-1].descriptors}"
        )
    fuzz.close()
    return states


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=50_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--chunk", type=int, default=1_000)
    parser.add_argument("--log", type=Path, help="the kernel's stderr; a temporary file otherwise")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        kernel = Kernel("polyglot", options.log or Path(folder) / "kernel.log").start()
        try:
            states = run(kernel, options.seed, options.count, options.chunk, print)
        finally:
            kernel.stop()
    warm = states[max(1, len(states) // 5)].memory
    growth = max(state.memory for state in states[len(states) // 5 :]) / warm - 1
    print(
        f"memory of the host: {warm >> 20} MB after warm-up, at the most {growth:+.1%} since then"
    )
    return int(growth > 0.1)


if __name__ == "__main__":
    sys.exit(main())
