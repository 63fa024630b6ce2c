"""The user's IPython profile: configuration, start-up files, extensions."""

from __future__ import annotations

import atexit
import importlib.util
import os
import shutil
import sys
import tempfile
from typing import Any, NoReturn

from IPython.core.application import BaseIPythonApplication, base_aliases, base_flags
from IPython.core.profiledir import ProfileDir
from IPython.core.shellapp import InteractiveShellApp, shell_aliases, shell_flags
from traitlets import Any as AnyTrait
from traitlets import List, Unicode

from ..ipykernel_names.known_as import known_as
from .shell import ZMQInteractiveShell

INLINE = "module://matplotlib_inline.backend_inline"


@known_as("ipykernel.kernelapp", "IPKernelApp")
class PythonApplication(BaseIPythonApplication, InteractiveShellApp):
    """Makes the shell as the user configured it (`ipython_config.py`, as every IPython reads it,
    and `ipython_kernel_config.py`, for those in notebooks)."""

    name = Unicode("ipython-kernel")
    config_files = List(Unicode(), ["ipython_config.py", "ipython_kernel_config.py"])
    classes = [ZMQInteractiveShell, ProfileDir]  # noqa: RUF012  as traitlets has it
    aliases = {**base_aliases, **shell_aliases}  # noqa: RUF012
    flags = {**base_flags, **shell_flags}  # noqa: RUF012
    connection_file = Unicode()
    kernel = AnyTrait(allow_none=True)

    def init_crash_handler(self) -> None:
        """What happens to errors is the executor's business."""

    @classmethod
    def launch_instance(cls, argv: list[str] | None = None, **kwargs: Any) -> NoReturn:
        """Start a kernel, which this process is. Raises RuntimeError."""
        raise RuntimeError("this process is a kernel already (PolyglotKernel)")

    @property
    def abs_connection_file(self) -> str:
        """The connection file's path; empty where the kernel was started without one."""
        return os.path.abspath(self.connection_file) if self.connection_file else ""

    @property
    def connection_dir(self) -> str:
        return os.path.dirname(self.abs_connection_file)

    def make_shell(self, arguments: list[str], **parts: Any) -> ZMQInteractiveShell:
        """The shell, with `parts` as its traits.

        `arguments` are options as IPython takes them (`--matplotlib=inline`). Where one of them
        would end the program, as `--help` does, all are left out. Raises TraitError, as it does for
        a configuration file, where a value is of the wrong type.
        """
        try:
            self._initialize_with(arguments)
        except OSError as error:  # as the disk is full
            print(f"IPython's folder is a temporary one: {error}", file=sys.stderr)
            folder = os.environ["IPYTHONDIR"] = tempfile.mkdtemp(prefix="ipython-")
            atexit.register(shutil.rmtree, folder, ignore_errors=True)
            self._initialize_with(arguments)
        # Not by `update_config`: it is for those who look here.
        self.config.IPKernelApp.connection_file = self.abs_connection_file
        self.shell = ZMQInteractiveShell.instance(
            parent=self, profile_dir=self.profile_dir, **parts
        )
        self.shell.configurables.append(self)
        return self.shell

    def _initialize_with(self, arguments: list[str]) -> None:
        try:
            self.initialize(arguments)
        except SystemExit:
            self.initialize([])

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
