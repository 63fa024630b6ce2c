"""Magics that differ from IPython's in the terminal, or that only a kernel has."""

from __future__ import annotations

import os
import threading
from pathlib import Path

from IPython.core import page
from IPython.core.error import UsageError
from IPython.core.magic import Magics, line_cell_magic, line_magic, magics_class
from IPython.core.magics import CodeMagics
from IPython.core.magics.code import MacroToEdit
from IPython.utils import openpy

MARKER_USAGE = (
    "%julia and %python pick the language of a whole cell: write the marker on the cell's first "
    "line, and what is in the other language into a cell of its own."
)


@magics_class
class MarkerMagics(Magics):
    """The cells' language markers where the host does not see them: they are told the right place.

    `%%python` is IPython's too, with another meaning, which a cell never gets to.
    """

    def _refuse(self, line: str, cell: str | None = None) -> None:
        raise UsageError(MARKER_USAGE)

    julia = line_cell_magic("julia")(_refuse)
    python = line_cell_magic("python")(_refuse)
    # what IPython makes of `%%julia` in the middle of a cell
    julia_line = line_magic("%julia")(_refuse)
    python_line = line_magic("%python")(_refuse)


@magics_class
class KernelMagics(Magics):
    """Magics of the Python cells."""

    @line_magic
    def edit(self, parameter_s: str = "", last_call: list[str] | None = None) -> None:
        """Open a file, or the source of an object, in the client's editor.

        Usage: %edit [-p] [-r] [-n LINE] [FILE, NAME or HISTORY RANGE]
        """
        options, arguments = self.parse_options(parameter_s, "prn:")
        try:
            filename, line, _ = CodeMagics._find_edit_target(
                self.shell, arguments, options, last_call or ["", ""]
            )
        except MacroToEdit as error:
            raise UsageError("a macro cannot be edited in a kernel") from error
        self.shell.payload_manager.write_payload(
            {
                "source": "edit_magic",
                "filename": str(Path(filename).resolve()),
                "line_number": int(line or 0),
            }
        )

    @line_magic
    def rerun(self, parameter_s: str = "") -> None:
        """Run earlier cells once more, each in its language: the last one, or

        %rerun -l N: the last N; %rerun -g TEXT: the last one with that text; %rerun RANGE
        """
        history = self.shell.history_manager
        options, ranges = self.parse_options(parameter_s, "l:g:", mode="string")
        if "g" in options:
            found = [*history.search(f"*{options['g']}*")]
            cells = [cell for *_, cell in found if "rerun" not in cell][-1:]
        elif "l" in options:
            cells = [cell for *_, cell in history.get_tail(_number(options["l"]))]
        else:
            found = history.get_range_by_str(ranges) if ranges else history.get_tail(1)
            cells = [cell for *_, cell in found]
        if not cells:
            raise UsageError("no cell in the history is meant")
        print("=== Executing: ===", *cells, "=== Output: ===", sep="\n")
        for cell in cells:
            if not self.shell.run_cell(cell, store_history=False).success:
                self.shell.has_failed = True
                break

    @line_magic
    def subshell(self, _: str) -> None:
        """Show in which subshell the cell runs, and in which thread."""
        thread = threading.current_thread()
        main = thread is threading.main_thread()
        print("subshell id:", None if main else thread.name)
        print("thread id:", thread.ident)
        print("main thread id:", threading.main_thread().ident)
        print("process id:", os.getpid())
        print("number of threads:", threading.active_count())

    @line_magic
    def clear(self, _: str) -> None:
        """Clear the cell's output."""
        self.shell.display_pub.clear_output()

    @line_magic
    def less(self, filename: str) -> None:
        """Show a file in the pager; Python with its colours."""
        if not filename:
            raise UsageError("which file?")
        if filename.endswith(".py"):
            source = openpy.read_py_file(filename, skip_encoding_cookie=False)
            page.page(self.shell.pycolorize(source))
        else:
            page.page(Path(filename).read_text())

    more = line_magic("more")(less)

    @line_magic
    def man(self, name: str) -> None:
        """Show a manual page in the pager."""
        page.page(self.shell.getoutput(f"man {name} | col -b", split=False))

    @line_magic
    def qtconsole(self, arguments: str) -> None:
        """Open a Qt console on this kernel."""
        from ..ipykernel_names.connect import connect_qtconsole

        try:
            connect_qtconsole(argv=arguments.split())
        except (OSError, RuntimeError) as error:
            raise UsageError(f"no Qt console: {error}") from error

    @line_magic
    def autosave(self, seconds: str) -> None:
        """Set how often the classic notebook saves itself, in seconds; 0: never."""
        from IPython.display import Javascript, display

        try:
            interval = int(seconds)
        except ValueError as error:
            raise UsageError(f"%autosave needs a number of seconds, not {seconds!r}") from error
        script = f"IPython.notebook.set_autosave_interval({1000 * interval})"
        display(Javascript(script), include=["application/javascript"])
        print(f"Autosaving every {interval} seconds" if interval else "Autosave disabled")

    @line_magic
    def connect_info(self, _: str) -> None:
        """Show how other clients connect to this kernel."""
        file = self.shell.kernel.connection_file
        if not file:
            raise UsageError("this kernel was started without a connection file")
        print(Path(file).read_text().strip())
        print(f"\nAnother client connects with\n    jupyter console --existing {file}")


def _number(text: str) -> int:
    try:
        return max(0, int(text))
    except ValueError as error:
        raise UsageError(f"{text!r} is no number of cells") from error
