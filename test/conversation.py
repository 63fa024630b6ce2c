"""What one request caused, and the order in which it has to come.

A `Request` is fed each message whose parent it is and raises `OrderError` at the first that the
specification forbids. It opens no socket, so that the rules themselves can be tested.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

Message = dict[str, Any]

OUTPUTS = frozenset(
    {"stream", "display_data", "update_display_data", "execute_result", "error", "clear_output"}
)
# What a thread, a task or a comm may still send when the cell that started it is over.
LATE = frozenset(
    {"stream", "display_data", "update_display_data", "clear_output"}
    | {"comm_open", "comm_msg", "comm_close", "debug_event"}
)
# The order of the statuses. Of what was going on when this client joined, it may miss the first.
STATUSES = frozenset({("sent", "busy"), ("busy", "idle"), ("unseen", "busy"), ("unseen", "idle")})
ANSI = re.compile(r"\x1b\[[0-9;]*m")


class OrderError(AssertionError):
    """A message that is right by itself came at the wrong time."""


@dataclass
class CellError:
    """The error a cell ended with; `traceback` is one text without colours."""

    ename: str
    evalue: str
    lines: list[str]

    @property
    def traceback(self) -> str:
        return ANSI.sub("", "\n".join(self.lines))


@dataclass
class Request:
    """One request and all that the kernel sent because of it.

    `header` is what was sent, or for a request of another client what the kernel quoted; `ours`
    tells which. Only our own requests get a reply that we can see.
    """

    header: dict[str, Any]
    content: dict[str, Any] = field(default_factory=dict)
    channel: str = "shell"
    ours: bool = True
    reply: Message | None = None
    iopub: list[Message] = field(default_factory=list)
    kinds: set[str] = field(default_factory=set)  # the message types in `iopub`
    inputs: list[Message] = field(default_factory=list)
    state: str = "sent"  # on iopub: sent, busy, idle; unseen: sent before this client joined

    @property
    def finished(self) -> bool:
        return self.state == "idle" and (self.reply is not None or not self.wants_reply)

    @property
    def wants_reply(self) -> bool:
        """Comm messages get none, and those to other clients are not for us to see."""
        return self.ours and self.header["msg_type"].endswith("_request")

    # -- what comes in ---------------------------------------------------------------------------

    def see(self, channel: str, message: Message) -> None:
        """Take one message of this request; `OrderError` if it may not come now."""
        self._check_parent(message)
        if channel == "iopub":
            self._see_iopub(message)
        elif channel == "stdin":
            self._see_input_request(message)
        else:
            self._see_reply(channel, message)
        if self.finished and self.wants_reply:
            self._check_whole()

    def _check_parent(self, message: Message) -> None:
        for name, value in self.header.items():
            if name != "date" and message["parent_header"].get(name) != value:
                self._fail(f"parent_header.{name} is not that of the request", message)

    def _see_reply(self, channel: str, message: Message) -> None:
        expected = self.header["msg_type"].replace("_request", "_reply")
        if message["header"]["msg_type"] != expected:
            self._fail(f"the reply should be a {expected}", message)
        if channel != self.channel:
            self._fail(f"sent on {self.channel}, answered on {channel}", message)
        if self.reply is not None:
            self._fail("a second reply", message)
        self.reply = message

    def _see_input_request(self, message: Message) -> None:
        if not self.content.get("allow_stdin", True):
            self._fail("input was asked for although allow_stdin is false", message)
        self.inputs.append(message)

    def _see_iopub(self, message: Message) -> None:
        kind = message["header"]["msg_type"]
        if kind == "status":
            self._see_status(message)
        elif self.state == "sent":
            self._fail("came before the busy status", message)
        elif self.state == "idle" and kind not in LATE:
            self._fail("came after the idle status", message)
        elif self._is_execute and self.state != "unseen":
            self._check_execute_order(kind, message)
        self.iopub.append(message)
        self.kinds.add(kind)

    def _see_status(self, message: Message) -> None:
        state = message["content"]["execution_state"]
        if (self.state, state) not in STATUSES:
            self._fail(f"status {state} after {self.state}", message)
        self.state = state

    def _check_execute_order(self, kind: str, message: Message) -> None:
        if kind == "execute_input":
            if len(self.iopub) != 1:
                self._fail("execute_input is not the first after busy", message)
            if self.ours and message["content"]["code"] != self.content["code"]:
                self._fail("execute_input has another code", message)
        elif kind in OUTPUTS and "execute_input" not in self.kinds and not self.silent:
            self._fail("output before execute_input", message)
        if kind in ("error", "execute_result") and "error" in self.kinds:
            self._fail("came after the error", message)

    # -- when it is over -------------------------------------------------------------------------

    def _check_whole(self) -> None:
        if not self._is_execute:
            return
        reply = self.reply["content"]
        if reply["status"] == "aborted":
            if self.kinds != {"status"}:
                self._fail("an aborted request published something", self.reply)
            return
        if self.silent:
            if self.kinds & {"execute_result", "execute_input"}:
                self._fail("a silent request published its input or result", self.reply)
            return
        if "execute_input" not in self.kinds:
            self._fail("no execute_input", self.reply)
        self._check_counts(reply["execution_count"])
        self._check_error(reply)

    def _check_counts(self, count: int) -> None:
        for message in self.iopub:
            if message["content"].get("execution_count", count) != count:
                self._fail(f"execution_count is not {count}, the reply's", message)

    def _check_error(self, reply: dict[str, Any]) -> None:
        published = [m["content"] for m in self.iopub if m["header"]["msg_type"] == "error"]
        if reply["status"] == "ok" and published:
            self._fail("an error was published, but the reply is ok", self.reply)
        if reply["status"] == "error":
            wanted = {name: reply[name] for name in ("ename", "evalue", "traceback")}
            if wanted["traceback"] == [] and not published:
                return  # IPython's UsageError is a line on stderr and no error output
            if [{name: p[name] for name in wanted} for p in published] != [wanted]:
                self._fail("the published error is not the reply's", self.reply)

    @property
    def silent(self) -> bool:
        return self.content.get("silent") is True

    @property
    def _is_execute(self) -> bool:
        return self.header["msg_type"] == "execute_request"

    def _fail(self, why: str, message: Message) -> None:
        kinds = [m["header"]["msg_type"] for m in self.iopub]
        raise OrderError(
            f"{self.header['msg_type']}: {message['header']['msg_type']}: {why}\n"
            f"message: {str(message['content'])[:2000]}\nrequest: {str(self.content)[:500]}\n"
            f"iopub so far: {kinds[-30:]}"
        )

    # -- reading it like a cell ------------------------------------------------------------------

    def _contents(self, kind: str) -> Iterator[dict[str, Any]]:
        return (m["content"] for m in self.iopub if m["header"]["msg_type"] == kind)

    def _text(self, name: str) -> str:
        return "".join(c["text"] for c in self._contents("stream") if c["name"] == name)

    @property
    def stdout(self) -> str:
        return self._text("stdout")

    @property
    def stderr(self) -> str:
        return self._text("stderr")

    @property
    def outputs(self) -> list[tuple[str, Any]]:
        """In order: `("stdout", text)` with neighbours joined, `("display_data", mime bundle)`,
        `("execute_result", mime bundle)`, `("error", ename)`, `("clear_output", wait)`."""
        shown: list[tuple[str, Any]] = []
        for message in self.iopub:
            kind, content = message["header"]["msg_type"], message["content"]
            if kind == "stream":
                if shown and shown[-1][0] == content["name"]:
                    shown[-1] = (content["name"], shown[-1][1] + content["text"])
                else:
                    shown.append((content["name"], content["text"]))
            elif kind in ("display_data", "execute_result", "update_display_data"):
                shown.append((kind, content["data"]))
            elif kind == "error":
                shown.append((kind, content["ename"]))
            elif kind == "clear_output":
                shown.append((kind, content["wait"]))
        return shown

    @property
    def displays(self) -> list[dict[str, Any]]:
        """The mime bundles of `display_data`."""
        return [content["data"] for content in self._contents("display_data")]

    @property
    def data(self) -> dict[str, Any]:
        """The result's mime bundle, empty when there is no result."""
        return next((content["data"] for content in self._contents("execute_result")), {})

    @property
    def result(self) -> str | None:
        """The result as text; None when there is none."""
        return self.data.get("text/plain")

    @property
    def error(self) -> CellError | None:
        content = next(self._contents("error"), None)
        return content and CellError(content["ename"], content["evalue"], content["traceback"])

    @property
    def answer(self) -> dict[str, Any]:
        """The reply's content."""
        return self.reply["content"]

    @property
    def status(self) -> str:
        return self.answer["status"]

    @property
    def count(self) -> int:
        """The execution count in the reply."""
        return self.answer["execution_count"]

    @property
    def prompts(self) -> list[str]:
        return [message["content"]["prompt"] for message in self.inputs]

    @property
    def late(self) -> list[Message]:
        """What came after the idle status."""
        kinds = [
            m["header"]["msg_type"] == "status" and m["content"]["execution_state"] == "idle"
            for m in self.iopub
        ]
        return self.iopub[kinds.index(True) + 1 :] if True in kinds else []
