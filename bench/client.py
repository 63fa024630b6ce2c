"""A kernel and the leanest client for it, the same for every kernel that is measured.

It checks nothing but signatures: what it costs is a small constant in every number.
"""

from __future__ import annotations

import os
import tempfile
import time
from typing import Any

import zmq
from jupyter_client.manager import KernelManager

from bench.specs import cell, spec_name

GUARD = 120.0  # s, against a hang only
LOOK = 1.0  # s between looks whether a silent kernel is alive
RECONNECT = 5  # ms; libzmq's own 100 would be most of what the starts differ by
RESULT_AFTER_REPLY = 1.0  # s, guard: a kernel's first output may come before the subscription

Message = dict[str, Any]


class KernelEnded(Exception):
    """The kernel has ended by itself."""


class Kernel:
    """A started kernel, at the time `launched`. `started_in` is the time in s from then to
    kernel_info_reply, once `wait_until_ready` has returned."""

    def __init__(
        self,
        name: str,
        ready: bool = True,
        environment: dict[str, str] | None = None,
        guard: float = GUARD,
    ) -> None:
        self.name = name
        self.guard = guard
        self.heard = False
        self.log = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `close`
        self.launched = time.perf_counter()
        self.manager = KernelManager(kernel_name=spec_name(name))
        environment = environment or dict(os.environ)
        self.manager.start_kernel(env=environment, stdout=self.log, stderr=self.log)
        self._connect()
        if ready:
            try:
                self.wait_until_ready()
            except BaseException:
                self.close()
                raise

    @property
    def pid(self) -> int:
        return self.manager.provisioner.process.pid

    def wait_until_ready(self) -> None:
        self.ask("shell", "kernel_info_request")
        self.started_in = time.perf_counter() - self.launched
        while not self.heard:  # or a fast cell's output may come before the subscription
            self.ask("shell", "kernel_info_request")
            if not self.heard and self.poller.poll(50):
                self.receive()

    def _connect(self) -> None:
        self.client = client = self.manager.client()  # it ends its sockets with itself
        self.session = client.session
        self.context = client.context
        self.context.setsockopt(zmq.RECONNECT_IVL, RECONNECT)
        self.heartbeat_url = client._make_url("hb")
        identity = self.session.bsession
        self.sockets = {
            "iopub": client.connect_iopub(),
            "shell": client.connect_shell(identity=identity),
            "control": client.connect_control(identity=identity),
        }
        self.poller = zmq.Poller()
        for socket in self.sockets.values():
            socket.linger, socket.rcvhwm = 0, 0
            self.poller.register(socket, zmq.POLLIN)

    def __enter__(self) -> Kernel:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        for socket in self.sockets.values():
            socket.close()
        self.manager.shutdown_kernel()
        self.log.close()

    # -- requests --------------------------------------------------------------------------------

    def send(self, channel: str, kind: str, content: Message | None = None) -> str:
        """The request's msg_id."""
        return self.session.send(self.sockets[channel], kind, content or {})["header"]["msg_id"]

    def receive(self) -> tuple[str, Message]:
        """The next message of any channel. Raises KernelEnded, and TimeoutError after the guard."""
        silent = 0.0  # by looks and not by the clock, which jumps where a machine was suspended
        while True:
            ready = dict(self.poller.poll(LOOK * 1000))
            if not ready:
                silent += LOOK
                if not self.manager.is_alive():
                    raise KernelEnded(f"the kernel has ended{self._last_words()}")
                if silent > self.guard:
                    raise TimeoutError(f"the kernel is silent for {self.guard:.0f} s")
            for channel, socket in self.sockets.items():
                if socket in ready:
                    _, message = self.session.recv(socket, zmq.NOBLOCK)
                    if message is not None:
                        self.heard |= channel == "iopub"
                        return channel, message

    def _last_words(self) -> str:
        self.log.seek(0)
        lines = self.log.read().decode(errors="replace").strip().splitlines()
        return f": {lines[-1]}" if lines else ""

    def ask(self, channel: str, kind: str, content: Message | None = None) -> Message:
        """The content of the reply to a request; what else comes meanwhile is dropped."""
        identity = self.send(channel, kind, content)
        while True:
            came_on, message = self.receive()
            if came_on == channel and parent(message) == identity:
                return message["content"]

    def execute(self, code: str, **options: Any) -> str:
        """Send a cell; its msg_id."""
        content = {
            "code": code,
            "silent": False,
            "store_history": True,
            "user_expressions": {},
            "allow_stdin": False,
            "stop_on_error": True,
        }
        return self.send("shell", "execute_request", content | options)

    def collect(self, identity: str) -> tuple[Message, list[Message]]:
        """Until the cell has its reply and is idle: the reply's content, and what it published."""
        reply, published, idle = None, [], False
        while reply is None or not idle:
            channel, message = self.receive()
            if parent(message) != identity:
                continue
            if channel == "shell":
                reply = message["content"]
            elif channel == "iopub":
                published.append(message)
                idle = message["content"].get("execution_state") == "idle"
        return reply, published

    def first_result(self, language: str, code: str) -> float:
        """Sent to a kernel that was just launched: the time from the launch to result and reply."""
        identity = self.execute(cell(self.name, language, code))
        missing = {"execute_reply", "execute_result"}
        replied = 0.0
        while missing:
            if replied and not self.poller.poll(RESULT_AFTER_REPLY * 1000):
                return replied
            _, message = self.receive()
            if parent(message) == identity:
                missing.discard(message["msg_type"])
                if message["msg_type"] == "execute_reply":
                    check(message["content"], code)
                    replied = time.perf_counter() - self.launched
        return time.perf_counter() - self.launched

    def run(self, code: str, **options: Any) -> list[Message]:
        """Run a cell that must succeed; what it published."""
        reply, published = self.collect(self.execute(code, **options))
        check(reply, code)
        return published

    def julia(self, code: str) -> list[Message]:
        """Run a cell in Julia that must succeed; what it published."""
        return self.run(cell(self.name, "julia", code))

    def fail(self, code: str) -> None:
        """Run a cell that must fail."""
        reply, _ = self.collect(self.execute(code))
        if reply["status"] != "error":
            raise RuntimeError(f"{code!r} does not fail")

    def spin(self, code: str) -> str:
        """Start a cell and wait until it has said "on"; its msg_id."""
        identity = self.execute(code)
        while True:
            _, message = self.receive()
            if message["content"].get("text", "").startswith("on"):
                return identity

    def interrupt(self) -> None:
        """As jupyter_client does it: by message or by signal, as the kernelspec says."""
        if self.manager.kernel_spec.interrupt_mode == "message":
            self.send("control", "interrupt_request")
        else:
            self.manager.interrupt_kernel()


def parent(message: Message) -> str | None:
    """The msg_id of the request that a message is about, where it is about one."""
    return (message["parent_header"] or {}).get("msg_id")


def check(reply: Message, code: str) -> None:
    if reply["status"] != "ok":
        problem = f"{reply.get('ename', '')} {reply.get('evalue', '')}".strip()
        raise RuntimeError(f"{code[:60]!r}: {problem or reply['status']}")
