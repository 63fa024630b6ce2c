"""Runs the requests that run user code: cells, comm messages and calls."""

from __future__ import annotations

import copy
import os
from contextvars import Context
from traceback import format_exc
from typing import Any, Protocol

from ..comms import comms
from ..comms.comms import FrameCommManager
from ..display.display import encode_bundle
from ..pipes import jsontext
from ..pipes.calls import Calls
from ..pipes.channel import Channel
from ..pipes.frames import Frame
from ..streams import fork
from ..streams.clib import flush_stdout
from ..streams.output import Output
from .errors import USER_ERRORS, content_of, message_of
from .interrupt import Interrupts, Running
from .request import KnownRequests, Request, current_request, set_request
from .shell import ZMQInteractiveShell

# What the content of an execute request has that the frame has, too.
_ASKED = ("code", "silent", "store_history", "user_expressions", "allow_stdin")


class Transfers(Protocol):
    """Moves variables between the cells' namespace and the other language's."""

    def bring(self, names: list[tuple[str, str]]) -> None:
        """Assign to each name here the value of the name there. Raises what the user is shown."""

    def hand_out(self, names: list[tuple[str, str]]) -> None:
        """Assign the value of each name here to the name there. Raises what the user is shown."""

    def code_is_over(self) -> None:
        """Tell the other language which of its objects are not used here any more."""


class Watch(Protocol):
    """Watches the threads that run cells: a debugger."""

    def begin_cell(self) -> None:
        """User code begins to run in this thread."""

    def end_cell(self) -> None:
        """It has ended."""


class Runner:
    """Runs one request after another, on the main thread or that of a subshell."""

    transfers: Transfers

    def __init__(
        self,
        shell: ZMQInteractiveShell,
        channel: Channel,
        output: Output,
        interrupts: Interrupts,
        requests: KnownRequests,
        comm_manager: FrameCommManager,
        calls: Calls,
        watch: Watch,
        context: Context,
    ) -> None:
        self._shell = shell
        self._channel = channel
        self._output = output
        self._interrupts = interrupts
        self._requests = requests
        self._comm_manager = comm_manager
        self._calls = calls
        self._watch = watch
        self._context = context
        self._process = os.getpid()

    def in_context(self, context: Context) -> Runner:
        """One with the same parts, whose cells that await do so in `context`."""
        runner = copy.copy(self)
        runner._context = context
        return runner

    async def run(self, frame: Frame) -> None:
        """Run the request and answer it. No interrupt gets out of here."""
        kinds = {"execute": self._execute, "call": self._call}
        self._watch.begin_cell()
        try:
            await kinds[frame.header["type"]](frame)
        except USER_ERRORS as error:
            self._fault(frame.header, error)
        self._watch.end_cell()

    def _fault(self, asked: dict[str, Any], error: BaseException) -> None:
        """Answer a request that the executor itself failed on: that costs nobody's variables.

        The host takes no notice of a second answer, where the fault came behind the first.
        """
        shown = {
            "ename": type(error).__name__,
            "evalue": message_of(error),
            "traceback": format_exc().splitlines(),
        }
        if asked["type"] == "call":
            answer = {"type": "return", "call": asked.get("call"), "status": "error", **shown}
            self._channel.send(answer, [])
            return
        if asked["type"] == "execute":
            self._output.publish("error", shown)
        content = {"status": "error", "execution_count": asked.get("execution_count", 0), **shown}
        reply = {"type": "reply", "id": asked.get("id"), "status": "error"}
        self._channel.send(reply, [jsontext.dumps(content)])

    async def _execute(self, frame: Frame) -> None:
        asked = frame.header
        self._begin(asked, {name: asked[name] for name in _ASKED if name in asked})
        try:
            try:
                self._interrupts.begin(asked["id"])
                content = await self._cell(asked)
            finally:
                self._interrupts.end()
        except KeyboardInterrupt as error:
            # It came when the cell was over, or between IPython and here.
            self._interrupts.end()
            content = self._interrupted(asked, error)
        payloads = self._shell.payload_manager
        content["payload"] = payloads.read_payload()
        payloads.clear_payload()
        self._finish(asked, content)

    async def _cell(self, asked: dict[str, Any]) -> dict[str, Any]:
        """The content of `execute_reply`, but for the payload."""
        shell, number = self._shell, asked["execution_count"]
        shell.begin_cell(asked["code"], number, _is_stored(asked), asked.get("source"))
        error = self._transfer(asked, "inputs")
        if error is None:
            error = await self._code(asked)
        if error is None and not shell.has_failed:
            error = self._transfer(asked, "outputs")
        if error is not None or shell.has_failed:
            return _error_content(number, shell.last_error, error)
        answers = shell.user_expressions(asked.get("user_expressions") or {})
        return {
            "status": "ok",
            "execution_count": number,
            "user_expressions": {name: _plain(answer) for name, answer in answers.items()},
        }

    async def _code(self, asked: dict[str, Any]) -> BaseException | None:
        """Run the cell's code; what it raised, which was shown."""
        result = await self._shell.run(
            asked["code"],
            store_history=_is_stored(asked),
            silent=asked.get("silent", False),
            metadata=asked.get("metadata") or {},
            context=self._context,
        )
        error = result.error_before_exec or result.error_in_exec
        fork.leave_if_child(self._process, error)
        return error

    def _transfer(self, asked: dict[str, Any], which: str) -> BaseException | None:
        """Bring the cell's `inputs`, or hand out its `outputs`; what failed, which was shown."""
        if not asked.get(which):
            return None
        move = self.transfers.bring if which == "inputs" else self.transfers.hand_out
        try:
            move([(here, there) for here, there in asked[which]])
        except USER_ERRORS as error:
            # Nothing of the user's ran: there is no place to show.
            self._shell.showtraceback((type(error), error, None))
            return error
        return None

    def _interrupted(self, asked: dict[str, Any], error: KeyboardInterrupt) -> dict[str, Any]:
        # What it interrupted may be an exception of the user's, whose methods run here.
        try:
            try:
                self._interrupts.begin(asked["id"])
                self._shell.showtraceback((type(error), error, error.__traceback__))
            finally:
                self._interrupts.end()
        except KeyboardInterrupt:
            self._interrupts.end()
        return _error_content(asked["execution_count"], self._shell.last_error, error)

    def comm(self, frame: Frame) -> None:
        """Deliver a comm message, between cells or while one awaits something; no error gets out.

        The cell that awaits goes on as if nothing had happened.
        """
        outer, before = self._interrupts.running, current_request()
        shown = self._shell.last_error, self._shell.has_failed
        self._watch.begin_cell()
        try:
            self._deliver(frame, outer)
        except Exception as error:
            self._fault(frame.header, error)
        finally:
            if outer is None:
                self._watch.end_cell()
            else:
                set_request(before)
                self._shell.last_error, self._shell.has_failed = shown

    def _deliver(self, frame: Frame, outer: Running | None) -> None:
        asked = frame.header
        self._begin(asked, {})
        try:
            try:
                self._interrupts.begin(asked["id"])
                comms.handle(self._comm_manager, frame)
            finally:
                self._interrupts.end(outer)
        except KeyboardInterrupt as error:
            self._interrupts.end(outer)
            self._shell.showtraceback((type(error), error, error.__traceback__))
        except USER_ERRORS:
            self._shell.showtraceback()
        self._finish(asked, {"status": "ok"})

    async def _call(self, frame: Frame) -> None:
        with self._interrupts.shielded():
            self._interrupts.begin(frame.header.get("id"))
            try:
                self._calls.serve(frame)
            finally:
                self._interrupts.end()
        self._calls.pay()
        flush_stdout()
        self.transfers.code_is_over()

    def _begin(
        self,
        asked: dict[str, Any],
        content: dict[str, Any],
    ) -> None:
        request = Request(
            asked["id"],
            header=asked.get("header"),
            content=content,
            metadata=asked.get("metadata"),
            allow_stdin=asked.get("allow_stdin", False),
        )
        self._requests.add(request)
        set_request(request)

    def _finish(self, asked: dict[str, Any], content: dict[str, Any]) -> None:
        fork.leave_if_child(self._process, None)
        self._calls.pay()
        # Before the reply: the next cell may look at what is still alive.
        self.transfers.code_is_over()
        flush_stdout()
        self._output.flush()
        reply = {"type": "reply", "id": asked["id"], "status": content["status"]}
        if self._shell.exit_now:
            reply["leaving"] = True
        self._channel.send(reply, [jsontext.dumps(content)])


def _is_stored(asked: dict[str, Any]) -> bool:
    """Whether the cell goes into the history."""
    return asked.get("store_history", True) and not asked.get("silent", False)


def _plain(answer: dict[str, Any]) -> dict[str, Any]:
    """The answer of a user expression with bytes as base64."""
    return {**answer, "data": encode_bundle(answer["data"])} if "data" in answer else answer


def _error_content(
    number: int, shown: dict[str, Any] | None, error: BaseException | None
) -> dict[str, Any]:
    """The content of a reply with an error."""
    told = content_of(shown, error)
    return {"status": "error", "execution_count": number, "user_expressions": {}, **told}
