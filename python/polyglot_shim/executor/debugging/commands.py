"""The commands of debug requests: what is answered here, and what debugpy is asked.

All is done in the debugger's own thread; debugpy is loaded when a session begins.
"""

from __future__ import annotations

from collections.abc import Callable

from ..cells.compiler import SUFFIX
from ..cells.murmur2 import SEED
from ..cells.shell import ZMQInteractiveShell
from ..pipes import jsontext
from ..pipes.channel import Channel
from ..pipes.frames import Frame
from .connection import Message
from .inspection import Inspection
from .session import Respond, Session

Command = Callable[[Message, Respond], None]
# What is answered although no session is under way.
_ALWAYS = ("initialize", "disconnect", "terminate", "debugInfo", "inspectVariables")
_ALWAYS += ("richInspectVariables", "modules", "variables", "dumpCell", "source")


class Commands:
    """Answers requests, and tells the clients of events and the host of the debugger's state.

    `later(work)` has work done in the thread whose all methods are; from any thread.
    """

    def __init__(
        self,
        shell: ZMQInteractiveShell,
        channel: Channel,
        later: Callable[[Callable[[], None]], None],
    ) -> None:
        self._shell = shell
        self._channel = channel
        self._later = later
        self._id: int | None = None  # of the last request
        self.session = Session(self._publish, self._heard, self._changed)
        self._foreign: dict[str, tuple[str, str]] = {}  # cells of other languages by their files
        self._marked: dict[str, list[int]] = {}  # and those with breakpoints: their texts
        session, inspection = self.session, Inspection(shell, self.session)
        self._commands: dict[str, Command] = {
            "initialize": session.initialize,
            "attach": session.attach,
            "disconnect": session.disconnect,
            "terminate": session.disconnect,
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

    def answer(self, frame: Frame) -> None:
        """Answer the request: now, or when debugpy has."""
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
        if not self.session.started and command not in _ALWAYS:
            respond({"success": False, "message": "the debugger is not started", "body": {}})
        else:
            self._commands.get(command, self.session.forward)(request, respond)

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
        self._later(lambda: self.session.take(message))

    def _changed(self) -> None:
        session = self.session
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

    def _debug_info(self, request: Message, respond: Respond) -> None:
        session = self.session
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
            self.session.set_breakpoints(request, respond)
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
