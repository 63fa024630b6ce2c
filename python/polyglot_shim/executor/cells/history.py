"""IPython's history, which holds the cells of all languages and what they gave."""

from __future__ import annotations

import contextlib
import sqlite3
import sys
import threading
from collections.abc import Iterable
from typing import Any

from IPython.core.history import HistoryManager
from traitlets import default

from ...notebooks.marker import parse_cell
from ..ipykernel_names.known_as import known_as
from ..streams.later import Later

SAVE_AFTER = 0.2  # seconds
# How long a database is waited for that another process has locked. Only those wait that ask for
# what is in it.
LOCK_TIMEOUT = 1.0  # seconds
INSERT_INPUT = "INSERT INTO history VALUES (?, ?, ?, ?)"
INSERT_OUTPUT = "INSERT INTO output_history VALUES (?, ?, ?)"

# The session, the number in it, and the input, or with outputs the input and the output's text.
Entry = tuple[int, int, str | tuple[str, str | None]]


@known_as(HistoryManager.__module__, "HistoryManager")  # for `%config HistoryManager.…`
class CellHistory(HistoryManager):
    """A history whose numbers are the kernel's, in which other languages' cells count too.

    It is written to the database a moment after a cell began: writing takes longer than a small
    cell, and Python's threads get in each other's way. What the database does not take, as the disk
    is full or another process has locked it, is written when it does.
    """

    def __init__(self, **kwargs: Any) -> None:
        self._writing = threading.Lock()
        self._told = False  # that the database takes nothing
        self._julias: set[int] = set()  # the numbers of Julia's cells
        super().__init__(**kwargs)
        self._inputs_per_save = self.db_cache_size
        self.db_cache_size = sys.maxsize  # no cell is to wake IPython's own saving thread
        self._save_later = Later(self._save, SAVE_AFTER, "polyglot-history")

    @default("connection_options")
    def _default_connection_options(self) -> dict[str, Any]:
        return {"check_same_thread": False, "timeout": LOCK_TIMEOUT}

    def store_inputs(self, line_num: int, source: str, source_raw: str | None = None) -> None:
        """Store a Python cell, so that `In[line_num]` is it.

        The raw input is the cell with its marker, without which it would be Julia in a kernel of
        that default.
        """
        self._pad(line_num)
        if source_raw == self.shell.cell_source:  # and not what the cell itself has run
            source_raw = self.shell.cell_as_written
        super().store_inputs(line_num, source, source_raw)
        if len(self.db_input_cache) >= self._inputs_per_save:
            self._save_later.ask()

    def record(self, line_num: int, source: str) -> None:
        """Store a cell of Julia's."""
        if parse_cell(source, "python").language == "python":
            self.shell.own_language = "julia"  # it has no marker
        raw = source.rstrip("\n")
        self._pad(line_num + 1)
        self.input_hist_parsed[line_num] = self.input_hist_raw[line_num] = raw
        self._julias.add(line_num)
        with self.db_input_cache_lock:
            self.db_input_cache.append((line_num, julia_cell_as_python(raw), raw))
        self._save_later.ask()

    def python_by_range(self, ranges: str) -> Iterable[str]:
        """The cells of ranges as Python code, of which `%macro` makes one piece."""
        for session, line, text in self.get_range_by_str(ranges, raw=False):
            ours = session in (0, self.session_number)
            yield julia_cell_as_python(text) if ours and line in self._julias else text

    def record_result(self, line_num: int, text: str | None) -> None:
        """Store what a cell of another language gave, as text."""
        if text is not None:
            self.output_hist_reprs[line_num] = text
            self.store_output(line_num)
            self._save_later.ask()

    def writeout_cache(self, conn: sqlite3.Connection | None = None) -> None:
        """Write the cells to the database; what it does not take stays for the next time.

        No cell waits for the database: its cache is not locked meanwhile, as it is in IPython's.
        """
        if not self.enabled:
            return
        connection = conn or self.db
        with self._writing:
            with self.db_input_cache_lock:
                inputs, self.db_input_cache = self.db_input_cache, []
            if not self._write(connection, INSERT_INPUT, inputs):
                with self.db_input_cache_lock:
                    self.db_input_cache = [*inputs, *self.db_input_cache]
            with self.db_output_cache_lock:
                outputs, self.db_output_cache = self.db_output_cache, []
            if not self._write(connection, INSERT_OUTPUT, outputs):
                with self.db_output_cache_lock:
                    self.db_output_cache = [*outputs, *self.db_output_cache]

    def _write(self, connection: sqlite3.Connection, insert: str, entries: list[Any]) -> bool:
        """Whether it did, or never will."""
        if not entries:
            return True
        try:
            try:
                self._insert(connection, insert, entries)
            except sqlite3.IntegrityError:  # some process has used the session's numbers
                self.new_session(connection)
                self._insert(connection, insert, entries)
        except sqlite3.OperationalError as error:
            if not self._told:
                text = f"The history is kept in memory until it can be written: {error}."
                print(text, file=sys.stderr)
            self._told = True
            return False
        except sqlite3.IntegrityError:
            return True
        self._told = False
        return True

    def _insert(self, connection: sqlite3.Connection, insert: str, entries: list[Any]) -> None:
        with connection:
            connection.executemany(insert, [(self.session_number, *entry) for entry in entries])

    def end_session(self) -> None:
        """IPython's, if the database takes it."""
        with contextlib.suppress(sqlite3.OperationalError):
            super().end_session()

    def _save(self) -> None:
        try:
            self.writeout_cache()
        except Exception as error:  # the database is gone, or somebody else's
            print(f"The history of this kernel is not saved any more: {error}", file=sys.stderr)
            self._save_later.ask = lambda: None  # type: ignore[method-assign]

    def get_tail(self, *args: Any, **kwargs: Any) -> list[Entry]:
        """IPython's, with the outputs of this session."""
        return self._with_outputs(super().get_tail(*args, **kwargs)) if self._is_readable() else []

    def search(self, *args: Any, **kwargs: Any) -> list[Entry]:
        """IPython's, with the outputs of this session."""
        return self._with_outputs(super().search(*args, **kwargs)) if self._is_readable() else []

    def get_range(self, session: int = 0, *args: Any, **kwargs: Any) -> Iterable[Entry]:
        """IPython's, but nothing of other sessions while the database is locked."""
        own = session in (0, self.session_number)
        return super().get_range(session, *args, **kwargs) if own or self._is_readable() else []

    def _is_readable(self) -> bool:
        """IPython takes a database that is locked for a broken one, and moves it away."""
        try:
            self.db.execute("SELECT session FROM sessions LIMIT 1")
        except sqlite3.OperationalError:
            return False
        return True

    def _with_outputs(self, entries: Iterable[Entry]) -> list[Entry]:
        # They come from the database, which has no outputs unless the user configured it so.
        return [
            (session, line, (entry[0], self.output_hist_reprs.get(line)))
            if isinstance(entry, tuple) and session == self.session_number
            else (session, line, entry)
            for session, line, entry in entries
        ]

    def _pad(self, length: int) -> None:
        for inputs in (self.input_hist_parsed, self.input_hist_raw):
            inputs.extend([""] * (length - len(inputs)))


def julia_cell_as_python(cell: str) -> str:
    """What a cell of Julia's is in Python; it may have a marker."""
    return f"get_ipython().run_julia_cell({cell!r})"


def answer(history: CellHistory, asked: dict[str, Any]) -> dict[str, Any]:
    """The content of `history_reply`.

    Implements the paragraph *History* of Jupyter's messaging specification.
    """
    raw, output = asked.get("raw", True), asked.get("output", False)
    access = asked.get("hist_access_type")
    if access == "range":
        entries = history.get_range(
            asked.get("session") or 0,
            asked.get("start") or 0,
            asked.get("stop"),
            raw=raw,
            output=output,
        )
    elif access == "search":
        entries = history.search(
            asked.get("pattern") or "*",
            raw=raw,
            output=output,
            n=asked.get("n"),
            unique=asked.get("unique", False),
        )
    else:
        entries = history.get_tail(
            asked.get("n") or 10, raw=raw, output=output, include_latest=True
        )
    # IPython calls the session that runs 0 in some of its answers.
    current = history.session_number
    return {
        "status": "ok",
        "history": [(session or current, line, entry) for session, line, entry in entries],
    }
