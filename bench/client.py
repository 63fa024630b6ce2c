"""A kernel and the leanest client for it, the same for every kernel that is measured.

It checks nothing but signatures: what it costs is a small constant in every number.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import zmq
from jupyter_client.manager import KernelManager
from polyglot_shim.build_image import wrap
from polyglot_shim.find_julia import find_julia

GUARD = 120.0  # s, against a hang only

Message = dict[str, Any]

IMAGELESS = "polyglot-without-image"
MODULES = {
    "polyglot": "polyglot_shim",
    IMAGELESS: "polyglot_shim",
    "ipykernel": "ipykernel_launcher",
}


def install_specs(folder: Path) -> None:
    """Kernelspecs of all under `folder`, a directory of JUPYTER_PATH."""
    imageless = wrap(find_julia().path, str(folder))
    for name, module in MODULES.items():
        spec = {
            "argv": [sys.executable, "-m", module, "-f", "{connection_file}"],
            "display_name": name,
            "language": "python",
            "interrupt_mode": "message" if module == "polyglot_shim" else "signal",
            "env": {"POLYGLOT_JULIA": imageless} if name == IMAGELESS else {},
        }
        (folder / "kernels" / name).mkdir(parents=True)
        (folder / "kernels" / name / "kernel.json").write_text(json.dumps(spec))


class Kernel:
    """A started kernel. `started_in` is the time in s from launch to kernel_info_reply."""

    def __init__(self, name: str) -> None:
        start = time.perf_counter()
        self.welcomed = False
        self.manager = KernelManager(kernel_name=name)
        self.manager.start_kernel()
        self._connect()
        self.ask("shell", "kernel_info_request")
        self.started_in = time.perf_counter() - start
        while not self.welcomed:  # or a fast cell's output may come before the subscription
            self.receive()

    def _connect(self) -> None:
        self.client = client = self.manager.client()  # it ends its sockets with itself
        self.session = client.session
        self.context = client.context
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
        for socket in self.sockets.values():
            socket.close()
        self.manager.shutdown_kernel()

    # -- requests --------------------------------------------------------------------------------

    def send(self, channel: str, kind: str, content: Message | None = None) -> str:
        """The request's msg_id."""
        return self.session.send(self.sockets[channel], kind, content or {})["header"]["msg_id"]

    def receive(self) -> tuple[str, Message]:
        """The next message of any channel."""
        while True:
            ready = dict(self.poller.poll(GUARD * 1000))
            if not ready:
                raise TimeoutError("the kernel is silent")
            for channel, socket in self.sockets.items():
                if socket in ready:
                    _, message = self.session.recv(socket, zmq.NOBLOCK)
                    if message is not None:
                        self.welcomed |= message["msg_type"] == "iopub_welcome"
                        return channel, message

    def ask(self, channel: str, kind: str, content: Message | None = None) -> Message:
        """The content of the reply to a request; what else comes meanwhile is dropped."""
        identity = self.send(channel, kind, content)
        while True:
            came_on, message = self.receive()
            if came_on == channel and message["parent_header"].get("msg_id") == identity:
                return message["content"]

    def execute(self, code: str, **options: Any) -> str:
        """Send a cell; its msg_id."""
        content = {"code": code, "silent": False, "store_history": True, "allow_stdin": False}
        return self.send("shell", "execute_request", content | options)

    def collect(self, identity: str) -> tuple[Message, list[Message]]:
        """Until the cell has its reply and is idle: the reply's content, and what it published."""
        reply, published, idle = None, [], False
        while reply is None or not idle:
            channel, message = self.receive()
            if message["parent_header"].get("msg_id") != identity:
                continue
            if channel == "shell":
                reply = message["content"]
            elif channel == "iopub":
                published.append(message)
                idle = message["content"].get("execution_state") == "idle"
        return reply, published

    def run(self, code: str, **options: Any) -> list[Message]:
        """Run a cell that must succeed; what it published."""
        reply, published = self.collect(self.execute(code, **options))
        if reply["status"] != "ok":
            raise RuntimeError(f"{code!r}: {reply}")
        return published

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
