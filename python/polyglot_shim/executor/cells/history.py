"""IPython's history, which holds the cells of all languages and what they gave."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

from IPython.core.history import HistoryManager

from ..ipykernel_names.known_as import known_as
from ..streams.later import Later

SAVE_AFTER = 0.2  # seconds

# The session, the number in it, and the input, or with outputs the input and the output's text.
Entry = tuple[int, int, str | tuple[str, str | None]]


@known_as(HistoryManager.__module__, "HistoryManager")  # for `%config HistoryManager.…`
class CellHistory(HistoryManager):
    """A history whose numbers are the kernel's, in which other languages' cells count too.

    It is written to the database a moment after a cell began: writing takes longer than a small
    cell, and Python's threads get in each other's way.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._inputs_per_save = self.db_cache_size
        self.db_cache_size = sys.maxsize  # no cell is to wake IPython's own saving thread
        self._save_later = Later(self._save, SAVE_AFTER, "polyglot-history")

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
        """Store a cell of another language."""
        source = source.rstrip("\n")
        self._pad(line_num + 1)
        self.input_hist_parsed[line_num] = self.input_hist_raw[line_num] = source
        with self.db_input_cache_lock:
            self.db_input_cache.append((line_num, source, source))
        self._save_later.ask()

    def record_result(self, line_num: int, text: str | None) -> None:
        """Store what a cell of another language gave, as text."""
        if text is not None:
            self.output_hist_reprs[line_num] = text
            self.store_output(line_num)
            self._save_later.ask()

    def _save(self) -> None:
        try:
            self.writeout_cache()
        except Exception as error:  # the database is gone, or somebody else's
            print(f"The history of this kernel is not saved any more: {error}", file=sys.stderr)
            self._save_later.ask = lambda: None  # type: ignore[method-assign]

    def get_tail(self, *args: Any, **kwargs: Any) -> list[Entry]:
        """IPython's, with the outputs of this session."""
        return self._with_outputs(super().get_tail(*args, **kwargs))

    def search(self, *args: Any, **kwargs: Any) -> list[Entry]:
        """IPython's, with the outputs of this session."""
        return self._with_outputs(super().search(*args, **kwargs))

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
