"""IPython's shell in a process without a terminal.

Magics, tracebacks, top-level await, `Out[n]` and the rest come from IPython; what differs from its
terminal is where output, results, errors and pages go.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from contextvars import Context, Token
from inspect import signature
from pathlib import Path
from subprocess import CalledProcessError
from types import TracebackType
from typing import Any

from IPython.core import page
from IPython.core.autocall import ZMQExitAutocall
from IPython.core.error import UsageError
from IPython.core.interactiveshell import (
    ExecutionInfo,
    ExecutionResult,
    InteractiveShell,
    InteractiveShellABC,
    _asyncio_runner,
)
from IPython.core.payload import PayloadManager
from traitlets import Any as AnyTrait
from traitlets import CBool, Instance, Type, default

from ...notebooks.marker import parse_cell
from ..debugging.hidden import hide
from ..display.display import FrameDisplayHook, FramePublisher
from ..ipykernel_names.known_as import known_as
from ..streams import system
from ..streams.output import Output
from .compiler import CellCompiler
from .errors import call_texts, cut_long_chain, cut_own_frames, message_of
from .groups import group_lines, has_group
from .gui import GuiLoop
from .history import CellHistory, julia_cell_as_python
from .interrupt import Interrupts
from .magics import KernelMagics, MarkerMagics
from .request import REQUEST, KnownRequests, current_request
from .subshells import OfThread


@known_as("ipykernel.zmqshell")
class ZMQInteractiveShell(InteractiveShell):
    """The shell of the Python cells.

    Libraries know a notebook by the names of this class and its module (pandas, rich, plotly and
    many others look for them), hence the name of a transport that it does not use.
    """

    displayhook_class = Type(FrameDisplayHook)
    display_pub_class = Type(FramePublisher)
    compiler_class = Type(CellCompiler)
    autoindent = CBool(False)
    # Libraries ask for the trait (`has_trait("kernel")`) and for what `kernel.IPythonKernel` has.
    kernel = AnyTrait()
    output = Instance(Output)
    interrupts = Instance(Interrupts)
    run_julia_cell: Callable[[str], None]
    requests = Instance(KnownRequests)
    own_language = "python"  # of cells without a marker

    # Of the cell that runs in the thread that asks.
    execution_count = OfThread(1)  # type: ignore[assignment]
    cell_number = OfThread(0)
    cell_source = OfThread("")
    cell_as_written = OfThread("")  # with its language marker
    cell_stored = OfThread(True)  # it goes into the history
    last_error = OfThread(None)  # content of the `error` last published
    has_failed = OfThread(False)  # an error is shown that the cell itself did not raise

    def __init__(self, **kwargs: Any) -> None:
        self.keepkernel_on_exit = False
        self._gui_loop = GuiLoop()
        super().__init__(**kwargs)
        self.compile.as_written = self._as_written

    @default("exiter")
    def _default_exiter(self) -> ZMQExitAutocall:
        return ZMQExitAutocall(self)

    # What InteractiveShell calls while it is built

    def init_environment(self) -> None:
        """Programs that cells start shall colour their output, and not page it."""
        os.environ.update(TERM="xterm-color", PAGER="cat", GIT_PAGER="cat")
        for name in ("CLICOLOR", "FORCE_COLOR", "CLICOLOR_FORCE"):
            os.environ[name] = "1"

    def init_virtualenv(self) -> None:
        """A kernel runs in the environment that it is installed in."""

    def init_history(self) -> None:
        self.history_manager = CellHistory(shell=self, parent=self)
        if self.history_manager.save_thread is not None:
            hide(self.history_manager.save_thread)
        self.configurables.append(self.history_manager)

    def init_payload(self) -> None:
        self.payload_manager = CellPayloads(parent=self)
        self.payload_manager.clear_payload()
        self.configurables.append(self.payload_manager)

    def init_hooks(self) -> None:
        super().init_hooks()
        self.set_hook("show_in_pager", page.as_hook(self._page), 99)

    def init_magics(self) -> None:
        super().init_magics()
        self.register_magics(KernelMagics, MarkerMagics)
        self.magics_manager.register_alias("ed", "edit")

    # Running cells

    def begin_cell(
        self, code: str, number: int, stored: bool, as_written: str | None = None
    ) -> None:
        """What happens next belongs to the cell with this code, and number in `In` and `Out`.

        One that is not `stored` in the history has the number of the one before it.
        """
        self.cell_number = self.execution_count = number
        self.cell_source = code
        self.cell_as_written = code if as_written is None else as_written
        self.cell_stored = stored
        self.last_error = None
        self.has_failed = False
        self.displayhook.finish_displayhook()

    def _as_written(self, code: str) -> str:
        """The cell's text, when it is its code; other code, as a magic's, is as it is."""
        return self.cell_as_written if code == self.cell_source else code

    def transform_cell(self, raw_cell: str) -> str:
        """The code that is compiled. IPython drops leading blank lines; here they stay, one of them
        stood for the language marker, so that tracebacks count lines as the user sees them."""
        blank = len(raw_cell) - len(raw_cell.lstrip())
        return "\n" * raw_cell.count("\n", 0, blank) + super().transform_cell(raw_cell)

    def transformed(self, code: str) -> dict[str, Any]:
        """What IPython's methods that run a cell want to know beside its code."""
        try:
            return {"transformed_cell": self.transform_cell(code), "preprocessing_exc_tuple": None}
        except Exception:
            return {"transformed_cell": code, "preprocessing_exc_tuple": sys.exc_info()}

    async def run(
        self,
        code: str,
        *,
        store_history: bool,
        silent: bool,
        context: Context,
        metadata: dict[str, Any] | None = None,
    ) -> ExecutionResult:
        """Run the code of the cell that was begun; code that awaits runs in `context`.

        What its message's `metadata` call the cell is told to those who watch (`pre_run_cell`).
        """
        result = None
        transformed = self.transformed(code)
        about = _about_cell(metadata or {})
        cell = self.run_cell_async(
            code, store_history=store_history, silent=silent, **transformed, **about
        )
        try:
            if not self.should_run_async(code, **transformed):
                result = _run_to_end(cell)
            elif self.loop_runner is _asyncio_runner:
                result = await self.interrupts.run_task(cell, context)
            else:  # another loop, which the user chose by %autoawait
                result = self.loop_runner(cell)
        except BaseException as error:
            # Only an interrupt between the user's code and IPython's own gets here.
            result = ExecutionResult(ExecutionInfo(code, store_history, silent, True, None))
            result.error_in_exec = error
            self.showtraceback()
        finally:
            self.events.trigger("post_execute")
            if not silent:
                self.events.trigger("post_run_cell", result)
        return result

    def run_cell(self, raw_cell: str, *args: Any, **kwargs: Any) -> ExecutionResult:
        """Run a cell that a cell came upon (`%run` of a notebook, `%rerun`), Julia's in Julia."""
        cell = parse_cell(raw_cell, self.own_language)
        if cell.language == "julia" and not cell.wrong:
            raw_cell = julia_cell_as_python(raw_cell)
        elif not cell.wrong:
            raw_cell = cell.code
        return super().run_cell(raw_cell, *args, **kwargs)

    def extract_input_lines(self, range_str: str, raw: bool = False) -> str:
        """Earlier cells as text, as `%macro` and `%save` ask for them; not raw, all as Python."""
        if raw:
            return super().extract_input_lines(range_str, raw=True)
        cells = [*self.history_manager.python_by_range(range_str)]
        return "\n".join(cells if range_str else cells[:-1])  # the last one calls the magic

    def safe_execfile_ipy(self, fname: str | Path, *args: Any, **kwargs: Any) -> None:
        """Run the cells of a file (`%run`), those of a notebook in the language that is its own."""
        before = self.own_language
        self.own_language = _language_of(Path(fname).expanduser())
        try:
            super().safe_execfile_ipy(fname, *args, **kwargs)
        finally:
            self.own_language = before

    def system(self, cmd: str) -> None:
        """Run `cmd` in the user's shell; `_exit_code` tells how it ended."""
        exit_code = system.run(self.var_expand(cmd, depth=1))
        self.user_ns["_exit_code"] = exit_code
        if getattr(self, "system_raise_on_error", False) and exit_code != 0:
            raise CalledProcessError(exit_code, cmd)

    system_piped = system

    # Errors

    def showtraceback(
        self,
        exc_tuple: tuple[type[BaseException], BaseException, TracebackType | None] | None = None,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        """Show the current exception, or the given one."""
        error = exc_tuple[1] if exc_tuple else sys.exc_info()[1]
        if error is not None:
            cut_own_frames(error)
        try:
            # A second interrupt shall not spoil the report of the first.
            with self.interrupts.spared(isinstance(error, KeyboardInterrupt)):
                # IPython would go on after an interrupt of an exception's own methods, and call the
                # next one that does not come to an end.
                call_texts(error)
                cut_long_chain(error)
                before = self.last_error
                if error is not None and has_group(error):
                    self._show_group(error)
                else:
                    super().showtraceback(exc_tuple, *args, **kwargs)
            # IPython keeps an interrupt of the report to itself, and then tells on stderr alone.
            told = self.last_error is not before or isinstance(error, UsageError)
            if error is not None and not told and not self._is_shown_by_others():
                self._publish_error(type(error), message_of(error), [])
        except KeyboardInterrupt:
            if error is None:
                raise
            self._publish_error(type(error), "(its message was interrupted)", [])

    def _show_group(self, error: BaseException) -> None:
        """Show an error with others in it as Python does: IPython cannot, and tells stderr."""
        self._showtraceback(type(error), error, group_lines(error))
        if self.call_pdb:
            self.debugger(force=True)

    def _is_shown_by_others(self) -> bool:
        """Whether a library has put its own method in the place of ours (rich's tracebacks)."""
        return "_showtraceback" in self.__dict__

    def _showtraceback(
        self, etype: type[BaseException], evalue: BaseException, stb: list[str]
    ) -> None:
        self._publish_error(etype, message_of(evalue), stb)

    def _format_exception_for_storage(self, exception: BaseException, **kwargs: Any) -> Any:
        """IPython keeps the error of each cell: as it was shown, and not rendered once more."""
        return self.last_error or super()._format_exception_for_storage(exception, **kwargs)

    def _publish_error(self, etype: type[BaseException], evalue: str, stb: list[str]) -> None:
        self.last_error = {"ename": etype.__name__, "evalue": evalue, "traceback": stb}
        self.has_failed = self.has_failed or self.displayhook.is_active
        self.output.publish("error", self.last_error)

    # Payloads: what the client that asked shall do

    def _page(self, strg: str | dict[str, Any], start: int = 0, **_: Any) -> None:
        data = strg if isinstance(strg, dict) else {"text/plain": strg}
        self.payload_manager.write_payload({"source": "page", "data": data, "start": max(0, start)})

    def set_next_input(self, s: str, replace: bool = False) -> None:
        """Put `s` into the next cell, or in the place of this one."""
        self.payload_manager.write_payload(
            {"source": "set_next_input", "text": s, "replace": replace}
        )

    def ask_exit(self) -> None:
        """End this process after the cell; `exit(keep_kernel=True)` ends only the client."""
        self.exit_now = not self.keepkernel_on_exit
        self.payload_manager.write_payload(
            {"source": "ask_exit", "keepkernel": self.keepkernel_on_exit}
        )

    # The request that runs, for widgets

    def get_parent(self) -> dict[str, Any]:
        """The Jupyter message on whose behalf the calling code runs."""
        return current_request().message

    def set_parent(self, parent: dict[str, Any]) -> None:
        """From now on output of the calling context belongs to the message `parent`.

        It may be the header alone. A message that this kernel did not get, or long ago, changes
        nothing.
        """
        self.set_thread_parent(parent)

    parent_header = property(get_parent, set_parent)

    def set_thread_parent(self, parent: dict[str, Any]) -> tuple[Token[Any], ...]:
        """The same; what is returned lets `reset_thread_parent` undo it."""
        request = self.requests.find(parent)
        return () if request is None else (REQUEST.set(request),)

    def reset_thread_parent(self, tokens: tuple[Token[Any], ...]) -> None:
        """Undo what `set_thread_parent` did in this thread."""
        for token in tokens:
            REQUEST.reset(token)

    # Graphics

    def enable_gui(self, gui: str | None = None) -> None:
        """Run the event loop of a graphical toolkit, or no more. Raises UsageError."""
        self._gui_loop.choose(gui)
        self.active_eventloop = gui


class CellPayloads(PayloadManager):
    """What the cell that runs in the asking thread wants its client to do."""

    _payload = OfThread([])  # type: ignore[assignment]


InteractiveShellABC.register(ZMQInteractiveShell)


def _language_of(path: Path) -> str:
    """The language of a file's cells that have no marker."""
    from ...notebooks.colour import default_language

    try:
        return default_language(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, AttributeError):  # IPython says what is wrong with it
        return "python"


def _about_cell(metadata: dict[str, Any]) -> dict[str, Any]:
    about = {"cell_id": metadata.get("cellId")}
    if _TAKES_META:
        about["cell_meta"] = metadata
    return about


# IPython 9.9 and newer.
_TAKES_META = "cell_meta" in signature(InteractiveShell.run_cell_async).parameters


def _run_to_end(cell: Any) -> ExecutionResult:
    """The result of a coroutine that never waits."""
    try:
        cell.send(None)
    except StopIteration as stop:
        return stop.value
    raise RuntimeError("the cell waits for something, but was not expected to")
