"""`display()`, results and `clear_output`: IPython's formats, published as frames."""

from __future__ import annotations

import base64
from typing import Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from traitlets import Bool

from ..cells.subshells import OfThread
from ..ipykernel_names.known_as import known_as
from .hooks import MessageHooks


def encode_bundle(bundle: dict[str, Any]) -> dict[str, Any]:
    """The MIME bundle with bytes as base64 text; text (encoded already) is left alone."""
    return {
        mime: base64.b64encode(data).decode("ascii")
        if isinstance(data, (bytes, bytearray, memoryview))
        else data
        for mime, data in bundle.items()
    }


@known_as("ipykernel.zmqshell", "ZMQDisplayPublisher")
class FramePublisher(MessageHooks, DisplayPublisher):
    """Publishes `display_data`, `update_display_data` and `clear_output`."""

    store_display_history = Bool(
        False, help="Whether `%notebook` writes what cells have displayed, too."
    ).tag(config=True)

    def publish(  # type: ignore[override]
        self,
        data: dict[str, Any],
        metadata: dict[str, Any] | None = None,
        *,
        transient: dict[str, Any] | None = None,
        update: bool = False,
        **_: Any,
    ) -> None:
        """Show a MIME bundle; `transient` may hold the `display_id` that `update` refers to."""
        self._validate_data(data, metadata)
        if self.store_display_history and not update:
            self._store(data)
        self.send(
            "update_display_data" if update else "display_data",
            {
                "data": encode_bundle(data),
                "metadata": metadata or {},
                "transient": transient or {},
            },
        )

    def _store(self, data: dict[str, Any]) -> None:
        outputs = getattr(self.shell.history_manager, "outputs", None)  # since IPython 9
        if outputs is not None and self.shell.cell_stored:
            from IPython.core.history import HistoryOutput

            output = HistoryOutput(output_type="display_data", bundle=data)
            outputs.setdefault(self.shell.cell_number, []).append(output)

    def clear_output(self, wait: bool = False) -> None:
        """Clear what the cell has shown; with `wait` as soon as it shows something new."""
        self.send("clear_output", {"wait": bool(wait)})


@known_as("ipykernel.displayhook", "ZMQShellDisplayHook")
class FrameDisplayHook(MessageHooks, DisplayHook):
    """Publishes the value of a cell as `execute_result`."""

    @property
    def prompt_count(self) -> int:
        # Not IPython's counter less one: that is right only for cells that go into the history.
        return self.shell.cell_number

    def quiet(self) -> bool:
        """Whether the cell ends in a semicolon."""
        try:
            return self.semicolon_at_end_of_expression(self.shell.cell_source)
        except Exception:  # tokenize gives up on odd endings; show the result then
            return False

    _is_active = OfThread(False)  # since IPython 9 the base class has it, and `is_active`
    exec_result = OfThread(None)  # type: ignore[assignment]

    @property
    def is_active(self) -> bool:
        """Whether a result is being shown now."""
        return self._is_active

    def start_displayhook(self) -> None:
        self._is_active = True

    def write_output_prompt(self) -> None:
        """The client writes the prompt."""

    def update_user_ns(self, result: Any) -> None:
        """Keep the result in `Out` and `_`, unless its cell has the number of the one before it."""
        if self.shell.cell_stored:
            super().update_user_ns(result)

    def write_format_data(
        self, format_dict: dict[str, Any], md_dict: dict[str, Any] | None = None
    ) -> None:
        self.send(
            "execute_result",
            {
                "execution_count": self.prompt_count,
                "data": encode_bundle(format_dict),
                "metadata": md_dict or {},
            },
        )

    def log_output(self, format_dict: dict[str, Any]) -> None:
        """Note the result for the history, unless its cell is not in there."""
        if self.shell.cell_stored:
            super().log_output(format_dict)

    def finish_displayhook(self) -> None:
        """The result was shown, or could not be."""
        self._is_active = False
