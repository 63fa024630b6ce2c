"""Runs a program for what it prints, with an error that says what to do where it fails."""

from __future__ import annotations

import os
import subprocess

from polyglot_shim.errors import StartupError


def output_of(command: list[str], seconds: float, remedy: str, folder: str | None = None) -> str:
    """Stdout of `command`, run in `folder`.

    Raises StartupError with its stderr and the `remedy` if it fails, or takes more than `seconds`.
    """
    name = os.path.basename(command[0])
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=seconds,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise StartupError(f"{name} failed: {error}\n{remedy}") from error
    if done.returncode != 0:
        problem = f"{name} failed with exit code {done.returncode}:\n{done.stderr.strip()}"
        raise StartupError(f"{problem}\n{remedy}")
    return done.stdout
