"""The connection on the command line instead of in a file.

VS Code starts kernels of language `python` as ipykernel can be started: all that a connection file
holds is given in options, and the file's name is that of a file which the kernel is to write.
"""

from __future__ import annotations

import json
import os

from polyglot_shim.command_line import unquoted
from polyglot_shim.errors import StartupError

PORTS = {
    "--shell": "shell_port",
    "--iopub": "iopub_port",
    "--stdin": "stdin_port",
    "--control": "control_port",
    "--hb": "hb_port",
}
TEXTS = {
    "--ip": "ip",
    "--transport": "transport",
    "--Session.signature_scheme": "signature_scheme",
}
KEY = "--Session.key"  # a bytes literal of Python


def write_connection_file(file: str, arguments: list[str]) -> None:
    """Writes the connection that `arguments` hold, for the user alone to read.

    Does nothing when they do not hold all of it: the host says what is wrong with the file.
    Raises StartupError.
    """
    fields: dict[str, str | int] = {}
    for argument in arguments:
        option, _, value = argument.partition("=")
        if option in PORTS:
            fields[PORTS[option]] = _port(argument, value)
        elif option in TEXTS:
            fields[TEXTS[option]] = unquoted(value)
        elif option == KEY:
            fields["key"] = unquoted(value.removeprefix("b"))
    if not fields.keys() >= {"ip", "key", *PORTS.values()}:
        return
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(descriptor, "w", encoding="utf-8") as text:
            os.fchmod(descriptor, 0o600)  # also one that the client has made
            json.dump(fields, text)
    except OSError as error:
        raise StartupError(
            f"Cannot write the connection file {file}: {error.strerror or error}"
        ) from error


def is_of_connection(argument: str) -> bool:
    """Whether the argument is one of those that `write_connection_file` reads."""
    return argument.partition("=")[0] in (*PORTS, *TEXTS, KEY)


def _port(argument: str, value: str) -> int:
    try:
        return int(unquoted(value))
    except ValueError as error:
        raise StartupError(f"The argument {argument!r} gives no port number.") from error
