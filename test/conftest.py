"""Fixtures: kernels of this checkout, installed nowhere, and notebooks connected to them."""

from __future__ import annotations

import importlib.util
import itertools
import json
import os
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import schema
from debugger import Debugger
from jupyter_client.connect import LocalPortCache
from jupyter_client.session import Session
from notebook import Kernel, Notebook
from polyglot_shim.build_image import wrap
from polyglot_shim.find_julia import find_julia
from polyglot_shim.packages import compile_packages

CHECKOUT = Path(__file__).resolve().parent.parent

# What a test run is not to inherit from the notebook or the shell it is started in.
FOREIGN = (
    *("JPY_PARENT_PID", "JPY_SESSION_NAME", "MPLBACKEND", "PYTHONSTARTUP", "PYTHONUNBUFFERED"),
    *("JULIA_PROJECT", "PYTHONDONTWRITEBYTECODE"),
)


def kernel_spec(language: str) -> dict[str, object]:
    installed = json.loads((CHECKOUT / "kernelspec" / "polyglot" / "kernel.json").read_text())
    return {
        "argv": [
            *(sys.executable, "-m", "polyglot_shim"),
            *("-f", "{connection_file}", "--language", language),
        ],
        "display_name": f"Polyglot ({language})",
        "language": language,
        "interrupt_mode": "message",
        "env": {"PYTHONSAFEPATH": "polyglot"},
        "metadata": installed["metadata"],
    }


@pytest.fixture(scope="session", autouse=True)
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Kernelspecs `polyglot` and `polyglot-julia` that start this checkout, for all that looks
    kernels up, its extension for JupyterLab where that is built, and homes of its own for IPython
    and Jupyter. The folder that holds them."""
    home = tmp_path_factory.mktemp("home")
    for name, language in (("polyglot", "python"), ("polyglot-julia", "julia")):
        folder = home / "jupyter" / "kernels" / name
        folder.mkdir(parents=True)
        (folder / "kernel.json").write_text(json.dumps(kernel_spec(language)))
    built = CHECKOUT / "labextension" / "built"
    if built.is_dir():
        (home / "jupyter" / "labextensions").mkdir()
        (home / "jupyter" / "labextensions" / "polyglot-kernel").symlink_to(built)
    with pytest.MonkeyPatch.context() as patch:
        for variable in FOREIGN:
            patch.delenv(variable, raising=False)
        patch.setenv("JUPYTER_PATH", str(home / "jupyter"))
        patch.setenv("JUPYTER_RUNTIME_DIR", str(home / "runtime"))
        patch.setenv("JUPYTER_CONFIG_DIR", str(home / "config"))
        patch.setenv("IPYTHONDIR", str(home / "ipython"))
        if importlib.util.find_spec("polyglot_shim") is None:
            python_path = (str(CHECKOUT / "python"), os.environ.get("PYTHONPATH"))
            patch.setenv("PYTHONPATH", os.pathsep.join(filter(None, python_path)))
        (home / "runtime").mkdir()
        yield home


@pytest.fixture(scope="session", autouse=True)
def ports() -> Iterator[None]:
    """Kernels get ports that the system gives to nobody else, neither to the kernels of another
    worker: between the choice and the kernel's start any connection could have taken others."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    candidates = itertools.cycle(range(12000 + worker % 8 * 2500, 12000 + worker % 8 * 2500 + 2500))

    def find_available_port(_: LocalPortCache, ip: str) -> int:
        return next(port for port in candidates if is_free(ip, port))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(LocalPortCache, "find_available_port", find_available_port)
        yield


def is_free(ip: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in ip else socket.AF_INET
    try:
        socket.create_server((ip, port), family=family).close()
    except OSError:
        return False
    return True


@pytest.fixture(scope="session", autouse=True)
def compiled(environment: Path) -> None:
    """The Julia packages, compiled before a test waits for them."""
    compile_packages(find_julia())


@pytest.fixture(scope="session", autouse=True)
def broken_messages() -> Iterator[list[str]]:
    """What is wrong with messages that any client in this process has received, whoever it belongs
    to: clients may swallow an error that is raised where they receive."""
    broken: list[str] = []
    receive = Session.deserialize

    def deserialize(session: Session, parts: list, content: bool = True, copy: bool = True):
        message = receive(session, parts, content, copy)
        if content:
            try:
                schema.validate_anywhere(message)
            except schema.SchemaError as error:
                broken.append(str(error))
        return message

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Session, "deserialize", deserialize)
        yield broken


@pytest.fixture(autouse=True)
def every_message_keeps_to_its_schema(broken_messages: list[str]) -> Iterator[None]:
    yield
    found = broken_messages.copy()
    broken_messages.clear()
    assert not found, found


@pytest.fixture
def launch(tmp_path: Path) -> Iterator[Callable[..., Kernel]]:
    """`launch(name="polyglot", transport="tcp", arguments=[…], env={…}, stderr=file, cwd=folder)`
    starts a kernel of the test's own, which ends with it."""
    kernels: list[Kernel] = []

    def start(
        name: str = "polyglot", arguments=(), env=None, stderr=None, cwd=None, **options
    ) -> Kernel:
        kernel = Kernel(name, tmp_path / f"kernel-{len(kernels)}.log", **options)
        kernels.append(kernel)
        return kernel.start(arguments, env, stderr, **({"cwd": cwd} if cwd else {}))

    yield start
    for kernel in kernels:
        kernel.stop()


@pytest.fixture
def without_image(tmp_path: Path) -> dict[str, str]:
    """The environment of a kernel on a Julia that `polyglot-kernel compile` made no image for."""
    return {"POLYGLOT_JULIA": wrap(find_julia().path, str(tmp_path))}


@pytest.fixture
def fresh(launch: Callable[..., Kernel]) -> Notebook:
    """A notebook on a kernel that no other test has touched."""
    return launch().connect()


class Shared:
    """The kernel that a file's tests share which leave nothing behind but variables.

    Those of other files would meet theirs: which there are depends on the process that runs them.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.notebook: Notebook | None = None
        self.started = 0

    def borrow(self) -> Notebook:
        if self.notebook is None:
            log = self.folder / f"shared-{self.started}.log"
            self.started += 1
            self.notebook = Kernel("polyglot", log).start().connect()
        return self.notebook

    def give_back(self) -> None:
        """Keep the kernel unless the test has left it dead or busy."""
        notebook = self.notebook
        if notebook and (notebook.unfinished or not notebook.kernel.alive):
            self.discard()

    def discard(self) -> None:
        if self.notebook is not None:
            self.notebook.kernel.stop()
            self.notebook = None


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, environment: Path) -> Iterator[Shared]:
    shared = Shared(tmp_path_factory.mktemp("shared"))
    yield shared
    shared.discard()


@pytest.fixture
def nb(shared: Shared) -> Iterator[Notebook]:
    """A notebook on the shared kernel. Output that came late fails the test that let it be."""
    notebook = shared.borrow()
    before = set(notebook.requests)
    yield notebook
    ours = [r for key, r in notebook.requests.items() if key not in before]
    shared.give_back()
    assert not [r.content for r in ours if not r.finished], "the test left requests running"


@pytest.fixture
def debugger(nb: Notebook) -> Iterator[Debugger]:
    """One with a session under way."""
    debugger = Debugger(nb)
    debugger.start()
    yield debugger
    debugger.stop()
