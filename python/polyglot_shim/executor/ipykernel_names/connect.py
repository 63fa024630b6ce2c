"""The connection file, as ipykernel gives it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from subprocess import PIPE, Popen
from typing import Any

from ..cells.application import PythonApplication


def get_connection_file(app: PythonApplication | None = None) -> str:
    """The path of this kernel's connection file, or of that of `app`.

    Raises RuntimeError for a kernel that was started without one.
    """
    app = PythonApplication.instance() if app is None else app
    if not app.connection_file:
        raise RuntimeError("this kernel was started without a connection file")
    return app.abs_connection_file


def get_connection_info(
    connection_file: str | None = None, unpack: bool = False
) -> str | dict[str, Any]:
    """What the connection file holds, this kernel's or that of the given name: its text, or with
    `unpack` as a dictionary, the key as bytes. Raises OSError."""
    text = Path(_find(connection_file)).read_text(encoding="utf-8")
    if not unpack:
        return text
    info = json.loads(text)
    return {**info, "key": info.get("key", "").encode()}


def connect_qtconsole(
    connection_file: str | None = None, argv: list[str] | None = None
) -> Popen[bytes]:
    """Start a Qt console on this kernel, or on that of the connection file; its process."""
    command = "from qtconsole import qtconsoleapp; qtconsoleapp.main()"
    return Popen(
        [sys.executable, "-c", command, "--existing", _find(connection_file), *(argv or [])],
        stdout=PIPE,
        stderr=PIPE,
        start_new_session=True,  # an interrupt of a cell shall not end it
    )


def _find(connection_file: str | None) -> str:
    if connection_file is None:
        return get_connection_file()
    import jupyter_client

    return jupyter_client.find_connection_file(connection_file)
