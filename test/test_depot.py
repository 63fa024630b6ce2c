"""A home in which Julia can keep nothing: the kernel keeps what is compiled of it elsewhere."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from languages import SPIN, in_
from polyglot_shim.find_julia import find_julia
from polyglot_shim.packages import compile_packages

NOWHERE = {"JULIA_DEPOT_PATH": "/dev/null/depot"}  # nobody can make that folder, not even root

COMPILE_HOST = """
from polyglot_shim.find_julia import find_julia
from polyglot_shim.packages import compile_host
compile_host(find_julia())
"""


def kept(cache: Path) -> set[str]:
    """The packages of which there is compiled code in a depot of the kernel's own."""
    return {folder.name for folder in cache.glob("polyglot-kernel/depot/compiled/*/*")}


@pytest.mark.timeout(600)
def test_the_kernel_works_without_a_depot(launch, without_image, tmp_path, monkeypatch):
    environment = NOWHERE | without_image | {"XDG_CACHE_HOME": str(tmp_path)}
    with monkeypatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        compile_packages(find_julia())  # what a first start would do, and longer than a test waits
    nb = launch(env=environment).connect()
    assert nb.run("6 * 7").result == "42"
    assert nb.run("%julia\nx = 6\nx * 7").result == "42"
    assert "Kernel" not in nb.run("%julia\nprint(names(Main))").stdout
    nb.run("%julia\nkept_words = 1")
    spin = nb.submit(in_("julia", SPIN["julia"])).wait_for_stdout("on")
    assert "println" in nb.complete("%julia\nprintl")["matches"]
    assert "kept_words" in nb.complete("%julia\nkept_w")["matches"]
    nb.interrupt()
    assert spin.wait().status == "error"
    assert kept(tmp_path) >= {"PolyglotKernel", "PolyglotExecutor", "PolyglotAsking"}
    depots = nb.run('%julia\nhaskey(ENV, "POLYGLOT_DEPOT"), DEPOT_PATH')
    assert depots.result == '(false, ["/dev/null/depot"])'


@pytest.mark.timeout(600)
def test_two_installations_in_one_depot_do_not_take_the_code_from_each_other(tmp_path):
    """Two environments with the kernel, as people have them: each is compiled once."""
    checkout = Path(__file__).resolve().parent.parent
    environment = {
        **os.environ,
        "JULIA_DEPOT_PATH": f"{tmp_path / 'depot'}{os.pathsep}",
        "POLYGLOT_JULIA": find_julia().path,
    }

    def compile_host(installation: Path) -> None:
        subprocess.run(
            [sys.executable, "-c", COMPILE_HOST],
            env={**environment, "PYTHONPATH": str(installation / "python")},
            check=True,
            timeout=300,
        )

    for name in ("one", "other"):
        for part in ("python", "julia"):
            shutil.copytree(checkout / part, tmp_path / name / part)
        compile_host(tmp_path / name)
    compiled = {file: file.stat().st_ino for file in (tmp_path / "depot").rglob("*.ji")}
    compile_host(tmp_path / "one")
    assert compiled == {file: file.stat().st_ino for file in (tmp_path / "depot").rglob("*.ji")}


@pytest.mark.timeout(600)
def test_a_package_that_does_not_load_is_told_in_one_message(tmp_path):
    """Not with a trace of the kernel's: what is broken, and what to do."""
    checkout = Path(__file__).resolve().parent.parent
    for part in ("python", "julia"):
        shutil.copytree(checkout / part, tmp_path / part)
    (tmp_path / "julia" / "PolyglotCommon" / "src" / "frames.jl").write_text("broken(\n")
    done = subprocess.run(
        [sys.executable, "-m", "polyglot_shim", "-f", str(tmp_path / "connection.json")],
        env={
            **os.environ,
            **NOWHERE,
            "PYTHONPATH": str(tmp_path / "python"),
            "XDG_CACHE_HOME": str(tmp_path),
            "POLYGLOT_JULIA": find_julia().path,
        },
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 1
    assert "polyglot-kernel cannot start. " in done.stderr
    assert "frames.jl" in done.stderr
    assert "What to do: ask polyglot-kernel doctor" in done.stderr
    assert "Stacktrace" not in done.stderr
    assert not processes_of(tmp_path)  # the executor, which compiles too, ended with the start


def processes_of(folder: Path) -> list[str]:
    """The command lines of the processes that run anything in `folder`."""
    lines = [
        " ".join(process.info["cmdline"] or ()) for process in psutil.process_iter(["cmdline"])
    ]
    return [line for line in lines if str(folder) in line]
