"""Jupyter's own commands of the debugger about variables, modules and sources."""

from __future__ import annotations

import ast
import os
import sys
from typing import Any

from ..cells.shell import ZMQInteractiveShell
from ..display.display import encode_bundle
from .connection import Message
from .session import Respond, Session
from .variables import GROUPS, Variables, is_shown


class Inspection:
    """Answers them: of the frame that stands, or of the notebook while none does."""

    def __init__(self, shell: ZMQInteractiveShell, session: Session) -> None:
        self._shell = shell
        self._session = session
        self._variables: Variables | None = None

    def inspect_variables(self, request: Message, respond: Respond) -> None:
        """All variables of the notebook, for a panel that shows them while no cell stands."""
        self._variables = Variables(self._shell.user_ns.copy())
        respond(_variables(self._variables.children()))

    def variables(self, request: Message, respond: Respond) -> None:
        """What is in a variable, or a scope."""
        if self._session.stopped_threads:
            self._session.forward(request, lambda response: respond(_without_own(response)))
            return
        if self._variables is None:
            self._variables = Variables(self._shell.user_ns.copy())
        reference = request["arguments"]["variablesReference"]
        respond(_variables(self._variables.children(reference)))

    def rich_variables(self, request: Message, respond: Respond) -> None:
        """The variable as a cell would show it: `data` and `metadata`."""
        arguments = request["arguments"]
        name = arguments["variableName"]
        if not name.isidentifier():
            bundle: Message = {"data": {}, "metadata": {}}
            respond({"success": name in GROUPS, "body": bundle})
        elif self._session.stopped_threads and "frameId" in arguments:
            expression = f"get_ipython().display_formatter.format({name})"
            # In this context the whole value comes back, however long it is.
            self._evaluate(
                arguments["frameId"], expression, "clipboard", lambda r: respond(_bundle(r))
            )
        else:
            answer = self._shell.user_expressions({name: name})[name]
            data, metadata = answer.get("data", {}), answer.get("metadata", {})
            respond(_rich(data, metadata, answer["status"] == "ok"))

    def copy_to_globals(self, request: Message, respond: Respond) -> None:
        """Give the notebook a variable with the value of one of a frame's."""
        arguments = request["arguments"]
        source, target = arguments["srcVariableName"], arguments["dstVariableName"]
        if not (source.isidentifier() and target.isidentifier()):
            problem = "srcVariableName and dstVariableName must be names of variables"
            respond({"success": False, "message": problem, "body": {}})
            return
        expression = f"get_ipython().push({{{target!r}: {source}}}, interactive=False)"
        self._evaluate(arguments["srcFrameId"], expression, "repl", respond)

    def modules(self, request: Message, respond: Respond) -> None:
        """The modules that have a source file, from `startModule` on, `moduleCount` of them."""
        arguments = request.get("arguments") or {}
        loaded = sys.modules.copy()
        files = [(name, getattr(module, "__file__", None)) for name, module in loaded.items()]
        sources = [(name, file) for name, file in files if file and file.endswith(".py")]
        begin = arguments.get("startModule") or 0
        count = arguments.get("moduleCount") or len(sources)
        modules = [
            {"id": begin + i, "name": name, "path": file}
            for i, (name, file) in enumerate(sources[begin : begin + count])
        ]
        respond({"success": True, "body": {"modules": modules, "totalModules": len(sources)}})

    def source(self, request: Message, respond: Respond) -> None:
        """The text of a file."""
        source = request["arguments"].get("source") or {}
        path = source.get("path") or ""
        if not os.path.isfile(path):
            respond({"success": False, "message": "source unavailable", "body": {}})
            return
        with open(path, encoding="utf-8", errors="replace") as file:
            respond({"success": True, "body": {"content": file.read()}})

    def _evaluate(self, frame: int, expression: str, context: str, respond: Respond) -> None:
        arguments = {"expression": expression, "frameId": frame, "context": context}
        self._session.forward({"command": "evaluate", "arguments": arguments}, respond)


def _variables(variables: list[Message]) -> Message:
    shown = [each for each in variables if is_shown(each)]
    return {"success": True, "body": {"variables": shown}}


def _without_own(response: Message) -> Message:
    found = response["body"].get("variables", [])
    return {**response, **_variables(found)} if response["success"] else response


def _bundle(response: Message) -> Message:
    # What went wrong comes as a value, too: the exception.
    if not response["success"] or response["body"].get("type") != "tuple":
        return _rich({}, {}, False)
    data, metadata = ast.literal_eval(response["body"]["result"])
    return _rich(data, metadata, True)


def _rich(data: dict[str, Any], metadata: dict[str, Any], success: bool) -> Message:
    described = {kind: of for kind, of in metadata.items() if kind in data}
    return {"success": success, "body": {"data": encode_bundle(data), "metadata": described}}
