"""The user's IPython profile: configuration, start-up files, extensions."""

from __future__ import annotations

import atexit
import importlib.util
import os
import shutil
import sys
import tempfile
from typing import Any

from IPython.core.application import BaseIPythonApplication
from IPython.core.shellapp import InteractiveShellApp
from traitlets import List, Unicode

from .shell import ZMQInteractiveShell

INLINE = "module://matplotlib_inline.backend_inline"


class PythonApplication(BaseIPythonApplication, InteractiveShellApp):
    """Makes the shell as the user configured it (`ipython_config.py`, as every IPython reads it,
    and `ipython_kernel_config.py`, for those in notebooks)."""

    name = Unicode("ipython-kernel")
    config_files = List(Unicode(), ["ipython_config.py", "ipython_kernel_config.py"])

    def init_crash_handler(self) -> None:
        """What happens to errors is the executor's business."""

    def make_shell(self, **parts: Any) -> ZMQInteractiveShell:
        """The shell, with `parts` as its traits."""
        try:
            self.initialize([])
        except OSError as error:  # as the disk is full
            print(f"IPython's folder is a temporary one: {error}", file=sys.stderr)
            folder = os.environ["IPYTHONDIR"] = tempfile.mkdtemp(prefix="ipython-")
            atexit.register(shutil.rmtree, folder, ignore_errors=True)
            self.initialize([])
        self.init_path()
        self.shell = ZMQInteractiveShell.instance(
            parent=self, profile_dir=self.profile_dir, **parts
        )
        self.shell.configurables.append(self)
        return self.shell

    def run_startup(self) -> None:
        """Extensions and start-up files of the profile, code of the configuration."""
        self.init_gui_pylab()
        self.init_extensions()
        self.init_code()
        sys.stdout.flush()
        sys.stderr.flush()


def choose_backend() -> None:
    """Let matplotlib draw inline, unless the user chose another backend."""
    if importlib.util.find_spec("matplotlib_inline") is not None:
        os.environ.setdefault("MPLBACKEND", INLINE)
