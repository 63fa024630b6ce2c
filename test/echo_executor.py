"""The smallest complete executor: a living example for docs/executor-protocol.md.

Its language has one command a line:

    print TEXT       warn TEXT        a line on stdout, on stderr
    result TEXT      display TEXT     the cell's result, something displayed
    raise TEXT                        an error
    ask PROMPT       secret PROMPT    input; prints what was answered
    raw TEXT         rawerr TEXT      a line that bypasses the language: straight to descriptor 1, 2
    flood COUNT                       that many lines, a frame each
    spin             stubborn         runs until the interrupt; takes no notice of interrupts
    exit CODE        kill SIGNAL      the process ends
    target NAME                       comms of that name are for this executor
    broken                            sends bytes that are no frame
    env NAME                          prints a variable of the process's environment
    pid                               prints the id of the process

`python echo_executor.py [--language NAME]` expects what the host gives an executor: requests on
descriptor 3, replies on 4, and the variable POLYGLOT_MARK.
"""

from __future__ import annotations

import array
import fcntl
import json
import os
import signal
import struct
import sys
import termios
import time
from collections.abc import Iterator
from typing import Any, BinaryIO

PREFIX = struct.Struct("<4sIII")  # magic, marks, length of the header, number of buffers
MAGIC = b"PGK1"
MAX_HEADER = 64 << 20
MAX_BUFFERS = 65_536
MAX_BYTES = 64 << 30
EXIT_BROKEN_FRAME = 70

Header = dict[str, Any]


class BrokenFrame(Exception):
    pass


class EchoError(Exception):
    """What `raise` raises, and what an unknown command is."""


class Pipes:
    """Both directions of the connection to the host."""

    def __init__(self, requests: BinaryIO, replies: BinaryIO, mark: bytes) -> None:
        self.requests, self.replies, self.mark = requests, replies, mark

    def receive(self) -> tuple[Header, list[bytes]] | None:
        """The next frame; None when the host has closed the pipe."""
        prefix = self.requests.read(PREFIX.size)
        if not prefix:
            return None
        magic, _, header_length, count = PREFIX.unpack(self._whole(prefix, PREFIX.size))
        if magic != MAGIC or header_length > MAX_HEADER or count > MAX_BUFFERS:
            raise BrokenFrame
        lengths = struct.unpack(f"<{count}Q", self._read(8 * count))
        if sum(lengths) > MAX_BYTES:
            raise BrokenFrame
        header = json.loads(self._read(header_length))
        return header, [self._read(length) for length in lengths]

    def _read(self, size: int) -> bytes:
        return self._whole(self.requests.read(size), size)

    def _whole(self, data: bytes, size: int) -> bytes:
        if len(data) < size:
            raise BrokenFrame
        return data

    def send(self, header: Header, *buffers: bytes) -> None:
        marks = self._mark_raw_output()
        text = json.dumps(header).encode()
        lengths = struct.pack(f"<{len(buffers)}Q", *map(len, buffers))
        self.replies.write(PREFIX.pack(MAGIC, marks, len(text), len(buffers)))
        self.replies.write(b"".join((lengths, text, *buffers)))
        self.replies.flush()

    def _mark_raw_output(self) -> int:
        """Where the host still has raw output to read, write the mark behind it: the host shows
        what stands before the mark before it handles the frame that is about to go out."""
        marks = 0
        for bit, descriptor in ((1, 1), (2, 2)):
            unread = array.array("i", [0])
            fcntl.ioctl(descriptor, termios.FIONREAD, unread)
            if unread[0]:
                write_all(descriptor, self.mark)
                marks |= bit
        return marks


def write_all(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]


class Cell:
    """One `execute` request while it runs."""

    def __init__(self, pipes: Pipes, request: Header) -> None:
        self.pipes, self.request = pipes, request

    def run(self) -> Header:
        """Run all lines; the content of the reply."""
        try:
            for line in self.request["code"].splitlines():
                command, _, argument = line.strip().partition(" ")
                if command:
                    self._command(command)(argument)
        except KeyboardInterrupt:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            self._send("interrupted")
            return self._failed("Interrupt", "the user stopped the cell")
        except EchoError as error:
            return self._failed("EchoError", str(error))
        return {
            "status": "ok",
            "execution_count": self.request["execution_count"],
            "payload": [],
            "user_expressions": {
                name: {"status": "ok", "data": {"text/plain": expression}, "metadata": {}}
                for name, expression in self.request["user_expressions"].items()
            },
        }

    def _command(self, name: str):
        try:
            return getattr(self, f"do_{name}")
        except AttributeError:
            raise EchoError(f"unknown command: {name}") from None

    def _failed(self, ename: str, evalue: str) -> Header:
        error = {"ename": ename, "evalue": evalue, "traceback": [f"{ename}: {evalue}"]}
        if not self.request["silent"]:
            self._publish("error", error)
        return error | {"status": "error", "execution_count": self.request["execution_count"]}

    def _send(self, kind: str, *buffers: bytes, **fields: Any) -> None:
        self.pipes.send({"type": kind, "id": self.request["id"]} | fields, *buffers)

    def _publish(self, kind: str, content: Header) -> None:
        self._send("publish", json.dumps(content).encode(), msg_type=kind)

    def do_print(self, text: str) -> None:
        self._send("stream", f"{text}\n".encode(), name="stdout")

    def do_warn(self, text: str) -> None:
        self._send("stream", f"{text}\n".encode(), name="stderr")

    def do_display(self, text: str) -> None:
        self._publish("display_data", {"data": {"text/plain": text}, "metadata": {}})

    def do_result(self, text: str) -> None:
        if not self.request["silent"]:
            count = self.request["execution_count"]
            shown = {"data": {"text/plain": text}, "metadata": {}, "execution_count": count}
            self._publish("execute_result", shown)

    def do_raise(self, text: str) -> None:
        raise EchoError(text)

    def do_ask(self, prompt: str, password: bool = False) -> None:
        if not self.request["allow_stdin"]:
            raise EchoError("input is not allowed in this cell")
        self._send("input_request", prompt=prompt, password=password)
        header, _ = self.pipes.receive() or sys.exit(0)
        self.do_print(header["value"])

    def do_secret(self, prompt: str) -> None:
        self.do_ask(prompt, password=True)

    def do_raw(self, text: str) -> None:
        write_all(1, f"{text}\n".encode())

    def do_rawerr(self, text: str) -> None:
        write_all(2, f"{text}\n".encode())

    def do_flood(self, count: str) -> None:
        for number in range(int(count)):
            self.do_print(str(number))

    def do_spin(self, _: str) -> None:
        self.do_print("spinning")
        while True:
            time.sleep(3600)

    def do_stubborn(self, _: str) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        self.do_spin("")

    def do_exit(self, code: str) -> None:
        os._exit(int(code))

    def do_kill(self, name: str) -> None:
        os.kill(os.getpid(), getattr(signal, name))

    def do_target(self, name: str) -> None:
        self.pipes.send({"type": "comm_target", "target_name": name, "registered": True})

    def do_broken(self, _: str) -> None:
        self.pipes.replies.write(b"this is not a frame, and long enough to be seen")
        self.pipes.replies.flush()
        time.sleep(3600)  # the host ends this process

    def do_env(self, name: str) -> None:
        self.do_print(os.environ.get(name, "(unset)"))

    def do_pid(self, _: str) -> None:
        self.do_print(str(os.getpid()))


def words_before(request: Header) -> Header:
    """Completion: every word of the code that begins like the one at the cursor."""
    head = request["code"][: request["cursor_pos"]]
    word = head.split()[-1] if head and not head[-1].isspace() else ""
    matches = sorted({other for other in request["code"].split() if other.startswith(word)})
    start = len(head) - len(word)
    return {
        "status": "ok",
        "matches": matches,
        "cursor_start": start,
        "cursor_end": len(head),
        "metadata": {},
    }


def answer(pipes: Pipes, request: Header) -> Header:
    """The content of the reply to a request of any type that wants one."""
    match request["type"]:
        case "execute":
            signal.signal(signal.SIGINT, signal.default_int_handler)
            try:
                return Cell(pipes, request).run()
            finally:
                signal.signal(signal.SIGINT, signal.SIG_IGN)
        case "complete":
            return words_before(request)
        case "inspect":
            return {"status": "ok", "found": False, "data": {}, "metadata": {}}
        case "is_complete":
            return {"status": "complete"}
        case "history":
            return {"status": "ok", "history": []}
        case _:  # comm
            return {}


def requests_of(pipes: Pipes) -> Iterator[Header]:
    """What the host wants, up to `shutdown` or the end of the pipe."""
    while (frame := pipes.receive()) and frame[0]["type"] != "shutdown":
        yield frame[0]


def main(language: str) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.closerange(5, 16)
    for descriptor in (3, 4):
        os.set_inheritable(descriptor, False)
    mark = os.environb.pop(b"POLYGLOT_MARK")
    pipes = Pipes(os.fdopen(3, "rb"), os.fdopen(4, "wb"), mark)
    pipes.send({"type": "ready", "language": language, "version": "1.0", "concurrent": False})
    try:
        for request in requests_of(pipes):
            if request["type"] == "call":
                refusal = {"ename": "EchoError", "evalue": "the echo language has no functions"}
                pipes.send({"type": "return", "call": request["call"], "status": "error"} | refusal)
            elif "id" in request and request["type"] != "input_reply":
                content = answer(pipes, request)
                reply = {"type": "reply", "id": request["id"]}
                status = "error" if content.get("status") == "error" else "ok"
                pipes.send(reply | {"status": status}, json.dumps(content).encode())
    except (BrokenFrame, ValueError):
        sys.exit(EXIT_BROKEN_FRAME)


if __name__ == "__main__":
    main(sys.argv[2] if sys.argv[1:2] == ["--language"] else "echo")
