"""What the executor's parts need to do for values to cross."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ...notebooks.marker import parse_cell
from ..cells.shell import ZMQInteractiveShell
from ..pipes.calls import Calls
from ..pipes.channel import Channel
from ..pipes.frames import Frame
from .bridge import Bridge, write_proxy
from .completion import matcher
from .julia import Julia, ask, call
from .objects import JuliaObject
from .served import Server, as_identifier
from .variables import VariableTable, variables_of

Soon = Callable[[Callable[[], None]], None]
"""Has a function called on the main thread, when no cell runs there."""


class Crossing:
    """Julia for the Python cells, and Python for Julia's."""

    def __init__(
        self, shell: ZMQInteractiveShell, calls: Calls, channel: Channel, soon: Soon
    ) -> None:
        self.bridge = Bridge("julia", calls, channel.send, JuliaObject)
        self.bridge.codec.register(JuliaObject, write_proxy)
        self._shell = shell
        Server(self.bridge, shell).register(calls)
        self._soon = soon
        calls.on_arrival = self.bridge.arrivals.arrived
        calls.on_read = self.bridge.arrivals.read
        calls.on_returned = self.bridge.give_back
        calls.on_release = self._release_arrived
        calls.on_late_return = self.bridge.late_return_arrived
        shell.user_ns["jl"] = shell.user_ns_hidden["jl"] = Julia(self.bridge)
        shell.Completer.custom_matchers.append(matcher(self.bridge, shell.user_ns))
        shell.register_magic_function(self.variables, "line", "variables")
        shell.run_julia_cell = self.run_cell

    def _release_arrived(self, frame: Frame) -> None:
        self.bridge.release_arrived(frame)
        self._soon(self.settle)

    def settle(self) -> None:
        """Let go of what was let go of, on both sides."""
        self.bridge.settle()

    def code_is_over(self) -> None:
        """Let go of what only the code needed that has run, too."""
        self.bridge.known.clear()
        self.bridge.settle()

    def bring(self, names: Sequence[tuple[str, str]]) -> None:
        """Before the cell: Julia's variables become ours. All of them, or none."""
        values = [
            (as_identifier(here), ask(self.bridge, "get", name=there)) for here, there in names
        ]
        self._shell.user_ns.update(values)

    def hand_out(self, names: Sequence[tuple[str, str]]) -> None:
        """After the cell: our variables become Julia's. All of them, or none."""
        namespace = self._shell.user_ns
        for here, _ in names:
            if as_identifier(here) not in namespace:
                raise NameError(f"name {here!r} is not defined, which -o names")
        values = [(here, namespace[as_identifier(here)]) for here, _ in names]
        if values:
            ask(self.bridge, "set", values, names=[there for _, there in names])

    def run_cell(self, source: str) -> None:
        """Run a cell of Julia's that Python code has come upon, as in a notebook that it runs."""
        cell = parse_cell(source, "julia")
        self.hand_out([(there, here) for here, there in map(_renamed, cell.inputs)])
        call(self.bridge, "polyglot.cell", (cell.code,), {})
        self.bring([(there, here) for here, there in map(_renamed, cell.outputs)])

    def variables(self, _: str = "") -> VariableTable:
        """Show the variables of both languages in one table: %variables"""
        sharing = self.bridge.sharing()
        ours = variables_of(self._shell.user_ns, self._shell.user_ns_hidden, sharing)
        theirs = call(self.bridge, "polyglot.variables", (), {})
        return VariableTable([*ours, *map(tuple, theirs)])


def _renamed(item: str) -> tuple[str, str]:
    """The name in the cell and the one in the other language, of an item of `-i` or `-o`."""
    here, _, there = (part.strip() for part in item.partition("="))
    return here, there or here
