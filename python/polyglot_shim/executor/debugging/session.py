"""A debugging session: what is passed on to debugpy, and what is known about it meanwhile."""

from __future__ import annotations

from collections.abc import Callable

from .connection import Connection, Message
from .internal import rules

Respond = Callable[[Message], None]

_STEPS = ("next", "stepIn", "stepOut")


class Session:
    """The line to debugpy, from its first use on; at most one session at a time goes over it.

    `publish(event)` tells the clients; `heard` hands a message of debugpy's over to the thread
    whose all methods are; `changed()` is called when `stopped_threads` or `started` has changed.
    """

    def __init__(
        self,
        publish: Callable[[Message], None],
        heard: Callable[[Message | None], None],
        changed: Callable[[], None],
    ) -> None:
        self._publish = publish
        self._heard = heard
        self._changed = changed
        self._connection: Connection | None = None
        self.started = False
        self.stopped_threads: list[int] = []
        self.breakpoints: dict[str, list[Message]] = {}
        # The thread that stands, or in which a step is under way: it wants to be told to go on.
        self.unsettled: int | None = None
        self._names: dict[int, str] = {}  # of the threads, when one last stopped

    def initialize(self, request: Message, respond: Respond) -> None:
        """Begin a session. Loads debugpy for the first one."""
        if self._connection is None:
            self._connection = Connection(self._heard)
        self.started = True
        self.forward(request, respond)

    def attach(self, request: Message, respond: Respond) -> None:
        """Let debugpy watch the threads, and answer when it does."""
        arguments = request.get("arguments") or {}
        only_users = arguments.get("justMyCode", False)
        request["arguments"] = {
            **arguments,
            "subProcess": False,
            "justMyCode": only_users,
            "debugOptions": [] if only_users else ["DebugStdLib"],
            "rules": rules(only_users),
        }

        def configure(attached: Message) -> None:
            if not attached["success"]:
                respond(attached)
                return

            def await_tracing(_: Message) -> None:
                self._line().await_tracing()
                self._changed()
                respond(attached)

            self._line().request("configurationDone", None, await_tracing)

        self.forward(request, configure)

    def disconnect(self, request: Message, respond: Respond) -> None:
        """End the session: whatever stands goes on. debugpy stays loaded for the next one."""
        if not self.started:
            respond(_success(request))
            return

        def end(response: Message) -> None:
            self._end()
            respond(response)
            self._publish({"type": "event", "event": "terminated", "seq": 0, "body": {}})

        # It must not end this process, as a client's "terminate" may ask.
        arguments = {"terminateDebuggee": False}
        self.forward({**request, "command": "disconnect", "arguments": arguments}, end)

    def set_breakpoints(self, request: Message, respond: Respond) -> None:
        """Set those of a file, and remember where debugpy put them."""

        def remember(response: Message) -> None:
            if response["success"]:
                path = request["arguments"]["source"]["path"]
                found = response["body"]["breakpoints"]
                self.breakpoints[path] = [{"line": each["line"]} for each in found]
                if not found:
                    del self.breakpoints[path]
            respond(response)

        self.forward(request, remember)

    def forward(self, request: Message, respond: Respond) -> None:
        """Pass a request on, and the response back to it."""
        command = request["command"]
        if command in _STEPS:
            self.unsettled = request["arguments"]["threadId"]
        elif command == "continue":
            self.unsettled = None

        def answer(response: Message) -> None:
            # By a command that went on under another name, and the number that the client chose.
            respond(
                {
                    "success": response["success"],
                    "body": response.get("body") or {},
                    **({"message": response["message"]} if response.get("message") else {}),
                }
            )

        self._line().request(command, request.get("arguments"), answer)

    def take(self, message: Message | None) -> None:
        """Handle a message of debugpy's; `None` is its end."""
        if message is None:
            self._connection = None
            self._end()
        elif message["type"] == "response":
            self._line().answer(message)
        elif message["type"] == "event":
            self._take_event({k: v for k, v in message.items() if k != "pydevd_cmd_id"})

    def _take_event(self, event: Message) -> None:
        body = event.get("body") or {}
        if event["event"] == "stopped":
            self._stop(event, body)
            return
        if event["event"] == "continued":
            everything = body.get("allThreadsContinued", True)
            still = [id for id in self.stopped_threads if id != body["threadId"]]
            self.stopped_threads = [] if everything else still
            self._changed()
        # What debugpy says on its console is not for users: it takes an interrupt at a breakpoint
        # for the end of debugging in that thread.
        if self.started and body.get("category") != "console":
            self._publish(event)

    def _stop(self, event: Message, body: Message) -> None:
        """Tell of it when it is known which threads stand."""
        self.unsettled = body["threadId"]

        def tell(response: Message) -> None:
            threads = (response.get("body") or {}).get("threads", [])
            self._names = {thread["id"]: thread["name"] for thread in threads}
            ids = [thread["id"] for thread in threads] if body.get("allThreadsStopped") else []
            self.stopped_threads = [body["threadId"], *(id for id in ids if id != body["threadId"])]
            self._changed()
            self._publish(event)

        self._line().request("threads", None, tell)

    def is_unsettled(self, name: str) -> bool:
        """Whether it is the thread of that name that wants to be told to go on; from any thread."""
        return self.unsettled is not None and self._names.get(self.unsettled, name) == name

    def settle(self, done: Callable[[], None]) -> None:
        """The cell is over: a step that led out of it ends there, and not in the next cell; and
        where an interrupt has ended it at a breakpoint, debugpy may take the thread to stand."""
        thread, self.unsettled = self.unsettled, None
        if thread is None or self._connection is None:
            done()
            return
        # It is answered when the thread goes on, which it has done already, or never stood; what is
        # asked behind it is answered when it has been heeded.
        self._connection.request("continue", {"threadId": thread}, lambda _: None)
        self._connection.request("threads", None, lambda _: done())

    def _end(self) -> None:
        self.started = False
        self.unsettled = None
        self.stopped_threads = []
        self.breakpoints = {}
        self._changed()

    def _line(self) -> Connection:
        if self._connection is None:
            raise RuntimeError("the debugger is not started")
        return self._connection


def _success(request: Message) -> Message:
    return {"success": True, "body": {}}
