"""The debugger: frames of the type `debug` in, responses, events and its state out.

Implements the section *Debugger* of `docs/executor-protocol.md`. All its work is done in one
thread, which begins with the first request; debugpy is loaded when a session begins.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from queue import SimpleQueue

from ..cells.compiler import SUFFIX
from ..cells.murmur2 import SEED
from ..cells.shell import ZMQInteractiveShell
from ..pipes import jsontext
from ..pipes.channel import Channel
from ..pipes.frames import Frame
from .connection import Message
from .hidden import hide
from .inspection import Inspection
from .session import Respond, Session

Command = Callable[[Message, Respond], None]
_SETTLE_SECONDS = 10.0  # on a busy machine; it takes some milliseconds
# What is answered although no session is under way.
_ALWAYS = ("initialize", "disconnect", "terminate", "debugInfo", "inspectVariables")
_ALWAYS += ("richInspectVariables", "modules", "variables", "dumpCell", "source")


class Debugger:
    """Answers debug requests, and follows the cells."""

    def __init__(self, shell: ZMQInteractiveShell, channel: Channel) -> None:
        self._shell = shell
        self._channel = channel
        self._work: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._id: int | None = None  # of the last request
        self._session = Session(self._publish, self._heard, self._changed)
        self._inspection = Inspection(shell, self._session)
        self._foreign: dict[str, tuple[str, str]] = {}  # cells of other languages by their files
        self._marked: dict[str, list[int]] = {}  # and those with breakpoints: their texts
        self._traces = False
        self._is_traced = threading.local()
        # A step out of a cell's code ends before what others have registered.
        shell.events.register("post_execute", self.end_cell)
        session, inspection = self._session, self._inspection
        self._commands: dict[str, Command] = {
            "initialize": session.initialize,
            "attach": session.attach,
            "disconnect": self._disconnect,
            "terminate": self._disconnect,
            "setBreakpoints": self._set_breakpoints,
            "configurationDone": lambda _, respond: respond({"success": True, "body": {}}),
            "debugInfo": self._debug_info,
            "dumpCell": self._dump_cell,
            "inspectVariables": inspection.inspect_variables,
            "variables": inspection.variables,
            "richInspectVariables": inspection.rich_variables,
            "copyToGlobals": inspection.copy_to_globals,
            "modules": inspection.modules,
            "source": inspection.source,
        }

    # The reader thread's

    def put(self, frame: Frame) -> None:
        """Answer the request, soon."""
        if self._thread is None:
            self._thread = hide(
                threading.Thread(target=self._serve, name="polyglot-debug", daemon=True)
            )
            self._thread.start()
        self._work.put(lambda: self._answer(frame))

    # The threads' that run cells

    def begin_cell(self) -> None:
        """A cell begins in this thread: it is watched from here on, or is not any more.

        An interrupt at a breakpoint has taken the watch off the thread.
        """
        if self._traces or getattr(self._is_traced, "value", False):
            import debugpy

            debugpy.trace_this_thread(self._traces)
            self._is_traced.value = self._traces

    def end_cell(self) -> None:
        """The cell's code, or the cell, in this thread is over."""
        if self._session.is_unsettled(threading.current_thread().name):
            done = threading.Event()
            self._work.put(lambda: self._session.settle(done.set))
            done.wait(_SETTLE_SECONDS)

    # The debugger's own thread's

    def _serve(self) -> None:
        while True:
            try:
                self._work.get()()
            except Exception:
                sys.excepthook(*sys.exc_info())  # type: ignore[arg-type]

    def _answer(self, frame: Frame) -> None:
        self._id = frame.header["id"]
        request: Message = jsontext.loads(bytes(frame.buffers[0]))
        request["language"] = frame.header.get("language", "python")

        def respond(response: Message) -> None:
            self._respond(frame.header["id"], request, response)

        try:
            self._run(request, respond)
        except Exception as error:
            problem = f"{type(error).__name__}: {error}"
            respond({"success": False, "message": problem, "body": {}})

    def _run(self, request: Message, respond: Respond) -> None:
        command = request.get("command", "")
        if not self._session.started and command not in _ALWAYS:
            respond({"success": False, "message": "the debugger is not started", "body": {}})
        else:
            self._commands.get(command, self._session.forward)(request, respond)

    def _respond(self, id: int, request: Message, response: Message) -> None:
        content = {
            "type": "response",
            "seq": request.get("seq", 0),
            "request_seq": request.get("seq", 0),
            "command": request.get("command", ""),
            **response,
        }
        self._channel.send({"type": "reply", "id": id, "status": "ok"}, [jsontext.dumps(content)])

    def _publish(self, event: Message) -> None:
        header = {"type": "publish", "id": self._id, "msg_type": "debug_event"}
        self._channel.send(header, [jsontext.dumps(event)])

    def _heard(self, message: Message | None) -> None:
        self._work.put(lambda: self._session.take(message))

    def _changed(self) -> None:
        session = self._session
        self._traces = session.started
        if not session.started:
            self._marked = {}
        self._channel.send(
            {
                "type": "debugger",
                "id": self._id,
                "attached": session.started,
                "suspended": bool(session.stopped_threads),
                "marked": list(self._marked),
            }
        )

    def _disconnect(self, request: Message, respond: Respond) -> None:
        self._session.disconnect(request, respond)

    def _debug_info(self, request: Message, respond: Respond) -> None:
        session = self._session
        breakpoints = {**session.breakpoints}
        for path, (_, source) in self._foreign.items():
            if source in self._marked:
                breakpoints[path] = [{"line": line} for line in self._marked[source]]
        body = {
            "isStarted": session.started,
            "hashMethod": "Murmur2",
            "hashSeed": SEED,
            "tmpFilePrefix": self._shell.compile.prefix,
            "tmpFileSuffix": SUFFIX,
            "breakpoints": [
                {"source": path, "breakpoints": lines} for path, lines in breakpoints.items()
            ],
            "stoppedThreads": list(session.stopped_threads),
            "richRendering": True,
            "exceptionPaths": ["Python Exceptions"],
            "copyToGlobals": True,
        }
        respond({"success": True, "body": body})

    def _dump_cell(self, request: Message, respond: Respond) -> None:
        source = request["arguments"]["code"]
        path = self._shell.compile.dump(source)
        if request["language"] == "python":
            self._foreign.pop(path, None)
        else:
            self._foreign[path] = (request["language"], source)
        respond({"success": True, "body": {"sourcePath": path}})

    def _set_breakpoints(self, request: Message, respond: Respond) -> None:
        path = request["arguments"]["source"].get("path", "")
        if path not in self._foreign:
            self._session.set_breakpoints(request, respond)
            return
        language, source = self._foreign[path]
        lines = [each["line"] for each in request["arguments"].get("breakpoints") or []]
        if lines:
            self._marked[source] = lines
        else:
            self._marked.pop(source, None)
        self._changed()
        problem = f"{language.capitalize()} cells have no breakpoints"
        found = [
            {"verified": False, "line": line, "message": problem, "source": {"path": path}}
            for line in lines
        ]
        respond({"success": True, "body": {"breakpoints": found}})


def stop_tracing_children() -> None:
    """Let no forked child stand at a breakpoint: nobody would let it go on."""

    def end() -> None:
        if "debugpy" not in sys.modules:
            return
        sys.settrace(None)
        threading.settrace(None)  # type: ignore[arg-type]
        if sys.version_info >= (3, 12) and sys.monitoring.get_tool(sys.monitoring.DEBUGGER_ID):
            sys.monitoring.set_events(sys.monitoring.DEBUGGER_ID, 0)

    os.register_at_fork(after_in_child=end)
