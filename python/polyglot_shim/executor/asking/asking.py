"""Questions: completion, inspection, is-complete, history, variables, usage of the machine.

They are answered in a thread of their own, on the live namespace, so that they are answered while
a cell runs. IPython's completer is not thread-safe against itself: there is one such thread. The
objects that are asked are the user's, and may never answer: a question that takes too long is given
up, its thread is left behind, and the next one takes over.
"""

from __future__ import annotations

import copy
import json
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Any

from IPython.utils.tokenutil import token_at_cursor

from ..cells import history
from ..cells.errors import USER_ERRORS, message_of
from ..cells.request import Request, set_request
from ..cells.shell import ZMQInteractiveShell
from ..pipes import jsontext
from ..pipes.channel import Channel
from ..pipes.frames import Frame
from ..streams import fork
from .complete import Completions
from .turns import Turn, Turns

QUIET = 0.3  # seconds
# So long a cell waits for what is to be in the history before it: a question may hang ahead of it.
RECORD_SECONDS = 0.5
_RECORDS = ("record", "record_result")


class Asking:
    """Takes questions, and has them answered one after another."""

    def __init__(self, shell: ZMQInteractiveShell, channel: Channel) -> None:
        self._shell = shell
        self._channel = channel
        self._frames: SimpleQueue[Frame] = SimpleQueue()
        self._unrecorded = 0  # how many of the frames are to be recorded
        self._recorded = threading.Condition()  # one of them was
        self._completions = Completions(shell)
        self.sharing_of_values: Callable[[], Callable[[Any], str]] = lambda: lambda value: ""
        """For one table of variables, what says in what a value is shared with Julia."""
        self._answers: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
            "complete": self._complete,
            "inspect": self._inspect,
            "is_complete": self._is_complete,
            "history": self._history,
            "usage": self._usage,
            "variables": self._variables,
        }
        self._turns = Turns(self._answer_all, self._give_up, self._frames.empty)
        fork.hold_while_forking(self._turns)

    def start(self) -> None:
        """Start the thread, which rehearses while nobody asks."""
        self._turns.start()

    def serves(self, type: str) -> bool:
        """Whether frames of this type are answered here."""
        return type in self._answers or type in _RECORDS

    def put(self, frame: Frame) -> None:
        """Answer the frame, soon."""
        if frame.header["type"] in _RECORDS:
            with self._recorded:
                self._unrecorded += 1
        self._frames.put(frame)
        self._turns.watch()

    def answer(self, type: str, **asked: Any) -> dict[str, Any]:
        """The content of the reply to a question, for those who ask it in a cell."""
        self._turns.acquire()
        try:
            return self._answers[type](asked)
        finally:
            self._turns.release()

    def _answer_all(self, turn: Turn) -> None:
        """The life of an answering thread: until it is given up."""
        # What properties print while they are looked at is no output of a cell.
        set_request(Request(None, muted=True))
        frame = self._first(turn) if turn.is_first else self._frames.get()
        while True:
            with turn.at(frame):
                self._answer(turn, frame)
            if turn.given_up:
                return
            frame = self._frames.get()

    def wait_recorded(self) -> None:
        """Until the cells of Julia's that came before are in the history: a cell may look there."""
        if self._unrecorded:
            with self._recorded:
                self._recorded.wait_for(lambda: not self._unrecorded, RECORD_SECONDS)

    def _answer(self, turn: Turn, frame: Frame) -> None:
        try:
            answer = self._handle(frame)
        except USER_ERRORS as error:
            answer = _failed(frame.header["type"], error)
        if frame.header["type"] in _RECORDS:
            with self._recorded:
                self._unrecorded -= 1
                self._recorded.notify_all()
        if answer is not None and not turn.given_up:
            self._reply(frame.header, answer)

    def _give_up(self, frame: Frame, seconds: float) -> None:
        """Answer in the place of a thread that does not."""
        self._completions = Completions(self._shell)
        error = TimeoutError(f"there was no answer within {seconds:.0f} seconds")
        self._reply(frame.header, _failed(frame.header["type"], error))

    def _first(self, turn: Turn) -> Frame:
        """The first question; before that what the first ones need is loaded.

        If it takes its time, so is what showing an error needs: it takes a tenth of a second, and
        an interrupt is such an error, and is waited for.
        """
        with suppress(Exception), turn.lock:
            self._completions.answer("pri", 3)
        try:
            return self._frames.get(timeout=QUIET)
        except Empty:
            with suppress(Exception), turn.lock:
                self._show_error()
        return self._frames.get()

    def _show_error(self) -> None:
        try:
            raise KeyboardInterrupt
        except KeyboardInterrupt:
            copy.copy(self._shell.InteractiveTB).structured_traceback(*sys.exc_info())

    def _handle(self, frame: Frame) -> dict[str, Any] | None:
        """The content of the reply; None where a cell or result is recorded, and nobody waits."""
        header = frame.header
        if header["type"] == "record":
            self._shell.history_manager.record(header["execution_count"], header["code"])
        elif header["type"] == "record_result":
            text = json.loads(bytes(frame.buffers[0]))["data"].get("text/plain")
            self._shell.history_manager.record_result(header["execution_count"], text)
        else:
            return self._answers[header["type"]](header)
        return None

    def _reply(self, header: dict[str, Any], content: dict[str, Any]) -> None:
        if "id" not in header:
            return  # something to record that failed
        reply = {"type": "reply", "id": header["id"], "status": content["status"]}
        self._channel.send(reply, [jsontext.dumps(content)])

    def _complete(self, asked: dict[str, Any]) -> dict[str, Any]:
        if asked.get("variables"):
            return self._completions.variables(asked["code"])
        answer = self._completions.answer(asked["code"], asked.get("cursor_pos"))
        self._completions.prepare()
        return answer

    def _inspect(self, asked: dict[str, Any]) -> dict[str, Any]:
        """The content of `inspect_reply`: what is known about the name at the cursor."""
        code = asked["code"]
        cursor = asked.get("cursor_pos")
        cursor = len(code) if cursor is None else max(0, min(cursor, len(code)))
        try:
            bundle = self._shell.object_inspect_mime(
                token_at_cursor(code, cursor), detail_level=asked.get("detail_level") or 0
            )
            if not self._shell.enable_html_pager:
                bundle.pop("text/html", None)  # headings as large as a chapter's, in a tooltip
        except KeyError:
            bundle = {}
        return {"status": "ok", "found": bool(bundle), "data": bundle, "metadata": {}}

    def _is_complete(self, asked: dict[str, Any]) -> dict[str, Any]:
        """The content of `is_complete_reply`."""
        status, indent = self._shell.check_complete(asked["code"])
        return {"status": status, **({"indent": indent} if status == "incomplete" else {})}

    def _usage(self, asked: dict[str, Any]) -> dict[str, Any]:
        from .usage import Usage  # with psutil, which few sessions need

        self._answers["usage"] = Usage().answer
        return self._answers["usage"](asked)

    def _variables(self, _asked: dict[str, Any]) -> dict[str, Any]:
        from . import variables  # for a panel that few sessions open

        sharing = self.sharing_of_values()
        return variables.answer(self._shell.user_ns, self._shell.user_ns_hidden, sharing)

    def _history(self, asked: dict[str, Any]) -> dict[str, Any]:
        return history.answer(self._shell.history_manager, asked)


def _failed(type_: str, error: BaseException) -> dict[str, Any]:
    """The content of the reply to a question that could not be answered."""
    if type_ == "is_complete":
        return {"status": "unknown"}  # it has no form with an error
    return {
        "status": "error",
        "ename": type(error).__name__,
        "evalue": message_of(error),
        "traceback": [],
    }
