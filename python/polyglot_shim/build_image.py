"""Makes a Julia system image that holds the kernel's machine code: `polyglot-kernel compile`.

For Julia before 1.9, which keeps none in the caches of packages. What has to be compiled is listed
nowhere: a kernel is started and asked what users ask, and Julia says what it compiled meanwhile.
"""

from __future__ import annotations

import glob
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from polyglot_shim import paths
from polyglot_shim.errors import StartupError
from polyglot_shim.find_julia import Julia
from polyglot_shim.julia_image import CACHES_MACHINE_CODE, current_image, image_path, name_of
from polyglot_shim.julia_version import dotted
from polyglot_shim.packages import compile_packages
from polyglot_shim.process import output_of
from polyglot_shim.programs import julia_executor

if TYPE_CHECKING:
    from jupyter_client.blocking import BlockingKernelClient

COMPILE_SECONDS = 1200.0  # guard; it takes 100 s on a slow machine
ANSWER_SECONDS = 60.0
COMPILERS = ("cc", "gcc", "clang")
# Not this processor alone: a home may be shared by machines, and Julia ends on a wrong one.
TARGETS = {"x86_64": "generic;haswell"}

LIBRARIES = """\
using Libdl
println(unsafe_string(Base.JLOptions().image_file))
foreach(println, filter(path -> startswith(basename(path), "libjulia"), Libdl.dllist()))
"""
# What a user does in the first minute, each once in each language.
CELLS = [
    "%python\nx = 1\nprint('text')\nx",
    '%julia\nx = 1\nprintln("text")\nx',
    "%julia -i x -o y\ny = [x, 2.5]",
    "%python\njl.sum(y)",
    "%julia\npy.len([1, 2])",
    '%julia\ndisplay("text/html", "<b>text</b>"); [1 2; 3 4]',
    '%julia\nerror("text")',
    "%python\n1 / 0",
]
QUESTIONS = ["%julia\nprin", "%python\nprin"]

Say = Callable[[str], None]


def build(julia: Julia, say: Say) -> None:
    """Makes the image for `julia`, unless it has a current one or needs none.

    `say` is told each step. Raises StartupError; an image that was there before stays then.
    """
    if julia.version >= CACHES_MACHINE_CODE:
        say(f"Julia {dotted(julia.version)} keeps machine code itself: nothing to do.")
    elif current_image(julia.path):
        say(f"There already: {image_path(julia.path)}")
    else:
        _check_julia(julia.path)
        compiler = _compiler()
        path = image_path(julia.path)
        os.makedirs(paths.images(), exist_ok=True)
        with tempfile.TemporaryDirectory(dir=paths.images()) as folder:
            say("Watching what a kernel compiles")
            traces = _trace(julia, folder)
            say("Compiling that and Julia's own libraries into one image (a minute or two)")
            image = _compile(julia.path, compiler, folder, traces)
            _remove_images(julia.path)
            os.replace(image, path)
        say(f"The kernel starts from {path} now.")


def _remove_images(julia: str) -> None:
    pattern = f"{glob.escape(name_of(julia))}-*.so"
    for old in glob.glob(pattern, root_dir=paths.images()):
        os.remove(os.path.join(paths.images(), old))


def _check_julia(julia: str) -> None:
    """An image fits one Julia: a program that starts now this one, now that one, has none."""
    if os.path.basename(os.path.realpath(julia)) == "julialauncher":
        raise StartupError(
            f"{julia} is juliaup's, and may be another Julia tomorrow.\n"
            "What to do: juliaup add release, or set POLYGLOT_JULIA to the Julia itself"
        )


def _compiler() -> str:
    if not sys.platform.startswith("linux"):
        raise StartupError("Images are made on Linux alone. What to do: use Julia 1.9 or newer.")
    for name in COMPILERS:
        if shutil.which(name):
            return name
    raise StartupError(
        f"No C compiler was found ({', '.join(COMPILERS)}), which has to link the image.\n"
        "What to do: install one (Debian: apt install gcc), or use Julia 1.9 or newer, which needs "
        "no image."
    )


def _trace(julia: Julia, folder: str) -> list[str]:
    """Files of `precompile` lines: of a host, of its executor, and of the executor's rehearsal."""
    # Each of a process of its own: what one compiled, the next need not.
    tracer = wrap(julia.path, folder, f'--trace-compile="{folder}/$$.jl"')
    compile_packages(julia)
    _run(julia_executor(Julia(tracer, julia.version, julia.origin), "--rehearse-only"))
    with _kernel(tracer, os.path.join(folder, "connection.json")) as client:
        for cell in CELLS:
            client.execute_interactive(cell, timeout=ANSWER_SECONDS, output_hook=lambda _: None)
        for code in QUESTIONS:
            client.complete(code, reply=True, timeout=ANSWER_SECONDS)
            client.inspect(code, reply=True, timeout=ANSWER_SECONDS)
            client.is_complete(code)
            client.get_shell_msg(timeout=ANSWER_SECONDS)
        client.history(hist_access_type="tail", n=1, reply=True, timeout=ANSWER_SECONDS)
    return glob.glob(os.path.join(folder, "*.jl"))


def wrap(julia: str, folder: str, options: str = "") -> str:
    """The path of a new Julia in `folder`, which is the one at `julia` with these shell words.

    It is another Julia for `julia_image`, that has no image.
    """
    path = os.path.join(folder, "julia")
    with open(path, "w", encoding="utf-8") as file:
        file.write(f'#!/bin/sh\nexec "{julia}" {options} "$@"\n')
    os.chmod(path, 0o755)
    return path


@contextmanager
def _kernel(julia: str, connection_file: str) -> Iterator[BlockingKernelClient]:
    """A client of a kernel that runs on the program `julia`."""
    from jupyter_client.blocking import BlockingKernelClient
    from jupyter_client.connect import write_connection_file

    write_connection_file(connection_file)
    process = subprocess.Popen(
        [sys.executable, "-m", "polyglot_shim", "-f", connection_file],
        env={**os.environ, "POLYGLOT_JULIA": julia},
    )
    client = BlockingKernelClient(connection_file=connection_file)
    client.load_connection_file()
    client.hb_channel.time_to_dead = ANSWER_SECONDS  # one that still starts is not dead
    client.start_channels()
    try:
        client.wait_for_ready(timeout=ANSWER_SECONDS)
        yield client
        client.shutdown()
        process.wait(ANSWER_SECONDS)
    except RuntimeError as error:
        raise StartupError(
            f"The kernel does not start: {error}. Ask polyglot-kernel doctor"
        ) from error
    finally:
        process.kill()
        client.stop_channels()


def _compile(julia: str, compiler: str, folder: str, traces: list[str]) -> str:
    """The path of the image, which Julia was seen to start from."""
    base, *libraries = _run([julia, "--startup-file=no", "-e", LIBRARIES]).splitlines()
    script = os.path.join(paths.julia_packages(), "PolyglotKernel", "bin", "image.jl")
    unlinked, image = (os.path.join(folder, name) for name in ("image.o", "image.so"))
    target = TARGETS.get(os.uname().machine, "generic")
    options = ["--cpu-target", target, "--sysimage", base, "--output-o", unlinked]
    _run([julia, "--startup-file=no", *options, script, *traces])
    whole = ["-Wl,--whole-archive", unlinked, "-Wl,--no-whole-archive", *libraries]
    _run([compiler, "-shared", "-o", image, *whole])
    _run([julia, "--startup-file=no", "--sysimage", image, "-e", "exit()"])
    return image


def _run(command: list[str]) -> str:
    remedy = "Without an image the kernel works too, and starts slower."
    return output_of(command, COMPILE_SECONDS, remedy)
