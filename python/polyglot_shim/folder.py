"""The working directory, the notebook's folder, may be gone: deleted, or renamed and made anew."""

from __future__ import annotations

import os


def current_folder() -> str:
    """The working directory; empty where it is gone."""
    try:
        return os.getcwd()
    except OSError:
        return ""


def leave_lost_folder() -> None:
    """Where the working directory is gone, go to what of its path is still there.

    Python, IPython and Julia ask for it as they start, and fail where it is gone.
    """
    if current_folder():
        return
    folder = _lost_path()
    while folder:
        try:
            os.chdir(folder)
            return
        except OSError:
            folder = os.path.dirname(folder) if folder != os.sep else ""


def _lost_path() -> str:
    """Where the working directory was."""
    try:
        return os.readlink("/proc/self/cwd").removesuffix(" (deleted)")
    except OSError:  # no Linux
        return os.environ.get("PWD", os.sep)
