"""A client of the debugger, as a front end's panel is one.

debugger = Debugger(nb)
debugger.start()
debugger.break_at("x = 1\\ny = 2", 2)
cell = nb.submit("x = 1\\ny = 2")
debugger.wait_for_stop()
assert debugger.locals()["x"] == "1"
debugger.resume("continue")
cell.wait()
"""

from __future__ import annotations

from typing import Any

from notebook import Cell, Notebook

# A cell for a breakpoint in line 3; it prints 6.
CELL = "a = 1\nb = a + 1\nc = b + 1\nprint(a + b + c)"


class Debugger:
    """Sends debug requests of a notebook, and has seen the events."""

    def __init__(self, notebook: Notebook) -> None:
        self.notebook = notebook
        self._seq = 0
        self._used = len(self.events)  # those before are another session's

    # -- asking ----------------------------------------------------------------------------------

    def send(self, command: str, **arguments: Any) -> Cell:
        """Send a request and return at once."""
        self._seq += 1
        content = {
            "type": "request",
            "seq": self._seq,
            "command": command,
            "arguments": arguments,
        }
        return self.notebook.request("debug_request", content, channel="control")

    def respond(self, command: str, **arguments: Any) -> dict[str, Any]:
        """The whole response."""
        response = self.send(command, **arguments).wait().answer
        assert response["command"] == command
        assert response["request_seq"] == self._seq
        return response

    def ask(self, command: str, **arguments: Any) -> dict[str, Any]:
        """The body of the response of a request that has to succeed."""
        response = self.respond(command, **arguments)
        assert response["success"], f"{command} failed: {response}"
        return response["body"]

    def start(self, **attach: Any) -> dict[str, Any]:
        """Begin a session; the debugger's capabilities."""
        capabilities = self.ask(
            "initialize",
            clientID="test",
            adapterID="",
            pathFormat="path",
            linesStartAt1=True,
            columnsStartAt1=True,
            supportsVariableType=True,
            supportsVariablePaging=True,
        )
        self.ask("attach", **attach)
        self.wait_for_event("initialized")
        return capabilities

    def stop(self) -> None:
        self.ask("disconnect", restart=False, terminateDebuggee=False)

    def break_at(self, cell: str, *lines: int) -> list[dict[str, Any]]:
        """Set the breakpoints of a cell; what the debugger made of them."""
        return self.break_in(self.ask("dumpCell", code=cell)["sourcePath"], *lines)

    def break_in(self, path: str, *lines: int) -> list[dict[str, Any]]:
        source = {"path": path}
        breakpoints = [{"line": line} for line in lines]
        answer = self.ask("setBreakpoints", source=source, breakpoints=breakpoints)
        return answer["breakpoints"]

    # -- events ----------------------------------------------------------------------------------

    @property
    def events(self) -> list[dict[str, Any]]:
        """All so far, as they came."""
        requests = self.notebook.requests.values()
        messages = [message for request in requests for message in request.iopub]
        found = [m for m in messages if m["header"]["msg_type"] == "debug_event"]
        return [m["content"] for m in sorted(found, key=lambda m: m["header"]["date"])]

    def wait_for_event(self, name: str) -> dict[str, Any]:
        """The next one of this name, behind the last one that was waited for."""

        def places() -> list[int]:
            return [i for i, e in enumerate(self.events) if i >= self._used and e["event"] == name]

        self.notebook.wait_until(lambda: bool(places()), f"the debug event {name!r}")
        place = places()[0]
        self._used = place + 1
        return self.events[place]

    def wait_for_stop(self, reason: str = "breakpoint") -> None:
        stopped = self.wait_for_event("stopped")["body"]
        assert stopped["reason"] == reason
        self.thread = stopped["threadId"]

    def resume(self, command: str) -> None:
        """`continue`, `next`, `stepIn`, `stepOut`."""
        self.ask(command, threadId=self.thread)

    # -- where it stands -------------------------------------------------------------------------

    @property
    def frames(self) -> list[dict[str, Any]]:
        """The stack, the innermost frame first."""
        return self.ask("stackTrace", threadId=self.thread)["stackFrames"]

    @property
    def line(self) -> int:
        return self.frames[0]["line"]

    def scope(self, name: str) -> dict[str, str]:
        """The variables of the innermost frame: names and values."""
        scopes = self.ask("scopes", frameId=self.frames[0]["id"])["scopes"]
        reference = next(each["variablesReference"] for each in scopes if each["name"] == name)
        return self.variables(reference)

    def locals(self) -> dict[str, str]:
        return self.scope("Locals")

    def variables(self, reference: int) -> dict[str, str]:
        found = self.ask("variables", variablesReference=reference)["variables"]
        return {each["name"]: each["value"] for each in found}

    def evaluate(self, expression: str) -> str:
        arguments = {"expression": expression, "frameId": self.frames[0]["id"], "context": "repl"}
        return self.ask("evaluate", **arguments)["result"]
