"""The user's IPython profile: configuration, start-up files, extensions."""

from __future__ import annotations

import importlib.util
import os
import sys
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
        self.initialize([])
        self.shell = ZMQInteractiveShell.instance(
            parent=self, profile_dir=self.profile_dir, **parts
        )
        self.shell.configurables.append(self)
        return self.shell

    def run_startup(self) -> None:
        """Extensions and start-up files of the profile, code of the configuration.

        From here on modules are found in the notebook's folder, too. Not before: one there that is
        called `token` or `enum` must not stand in for what the executor and IPython need.
        """
        self.init_path()
        self.init_gui_pylab()
        self.init_extensions()
        self.init_code()
        sys.stdout.flush()
        sys.stderr.flush()


def choose_backend() -> None:
    """Let matplotlib draw inline, unless the user chose another backend."""
    if importlib.util.find_spec("matplotlib_inline") is not None:
        os.environ.setdefault("MPLBACKEND", INLINE)
