"""The launcher, from the command line to the exec of the host; Julias are shell scripts."""

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from machine import (
    BROKEN,
    GOOD,
    HANGING,
    Machine,
    arguments_of,
    environment_of,
    executors_of,
    option,
)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_the_launcher_becomes_the_host(machine: Machine) -> None:
    julia = machine.script(GOOD)
    done = machine.start("-f", "/somewhere/kernel 1.json", "--language", "julia")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    arguments = arguments_of(julia)
    host = arguments.index(str(machine.julia_packages / "PolyglotKernel" / "bin" / "host.jl"))
    assert f"--project={machine.julia_packages / 'PolyglotKernel'}" in arguments[:host]
    assert arguments[host + 1] == "/somewhere/kernel 1.json"
    assert option(arguments, "--language") == "julia"
    python, executor = executors_of(arguments)
    assert python[0] == sys.executable
    assert os.path.basename(python[1]) == "ipykernel_launcher.py"
    assert executor[0] == str(julia)
    assert option(arguments, "--python-version").startswith(f"3.{sys.version_info.minor}.")


def test_it_hands_over_the_libzmq_that_pyzmq_uses(machine: Machine) -> None:
    import zmq

    julia = machine.script(GOOD)
    machine.start()
    libzmq = option(arguments_of(julia), "--libzmq")
    code = (
        "import ctypes, sys; z = ctypes.CDLL(sys.argv[1]); v = [ctypes.c_int() for _ in range(3)];"
        "z.zmq_version(*map(ctypes.byref, v)); print('.'.join(str(x.value) for x in v))"
    )
    seen = subprocess.run([sys.executable, "-c", code, libzmq], capture_output=True, text=True)
    assert seen.stdout.strip() == zmq.zmq_version(), seen.stderr


def test_user_settings_go_through_untouched(machine: Machine) -> None:
    settings = {
        "JULIA_PROJECT": "@.",
        "JULIA_LOAD_PATH": "@:/x",
        "JULIA_DEPOT_PATH": "/depot",
        "LD_LIBRARY_PATH": "/lib one:/two",
        "JPY_PARENT_PID": "1",
    }
    julia = machine.script(GOOD)
    machine.start(**settings)
    seen = environment_of(julia)
    assert settings.items() <= seen.items()
    assert seen["POLYGLOT_LD_LIBRARY_PATH"] == "/lib one:/two"
    assert seen["POLYGLOT_JULIA_BINDIR"] == ""


def test_the_host_is_the_same_process(machine: Machine) -> None:
    machine.script('#!/bin/sh\n[ "$1" = --version ] && echo julia version 1.9.0 || echo $$\n')
    process = subprocess.Popen(
        [sys.executable, "-m", "polyglot_shim", "a.json"],
        env=machine.environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.communicate(timeout=60)[0].strip() == str(process.pid)


def test_a_users_module_does_not_shadow_the_standard_librarys(machine: Machine) -> None:
    machine.script(GOOD)
    for name in ("signal", "subprocess", "time", "polyglot_shim"):
        (machine.folder / f"{name}.py").write_text("raise RuntimeError('the wrong module')")
    (machine.folder / "polyglot_shim.py").unlink()  # `-m` itself would take that one
    assert machine.start().returncode == 0


# Julia


def test_polyglot_julia_comes_first(machine: Machine) -> None:
    on_path = machine.script(GOOD)
    chosen = machine.script(GOOD, "my julia/julia")
    machine.start(POLYGLOT_JULIA=str(chosen))
    assert executors_of(arguments_of(chosen))[1][0] == str(chosen)
    assert not Path(f"{on_path}.asked").exists()


@pytest.mark.parametrize("value", ["julia-lts", "~/julia-lts"])
def test_polyglot_julia_may_be_a_name_or_in_the_home(machine: Machine, value: str) -> None:
    julia = machine.script(GOOD, "bin/julia-lts" if value == "julia-lts" else "home/julia-lts")
    assert machine.start(POLYGLOT_JULIA=value).returncode == 0
    assert executors_of(arguments_of(julia))[1][0] == str(julia)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (BROKEN, "exit code 127: libjulia.so.1: cannot open shared object file"),
        (HANGING, "did not end within"),
        ("#!/bin/sh\necho 'Python 3.11'\n", "printed 'Python 3.11"),
        ("#!/bin/sh\nkill -SEGV $$\n", "signal 11"),
        ("#!/no/such/interpreter\n", "cannot be run: No such file or directory"),
        ("#!/bin/sh\necho julia version 1.4.2\n", "Julia 1.4.2 is too old"),
        ("#!/bin/sh\necho julia version unknown\n", "printed 'julia version unknown"),
    ],
)
def test_a_chosen_julia_that_does_not_work_is_an_error(
    machine: Machine, text: str, named: str
) -> None:
    machine.script(GOOD)
    chosen = machine.script(text, "chosen")
    message = machine.fails(POLYGLOT_JULIA=str(chosen))
    assert named in message
    assert f"POLYGLOT_JULIA: {chosen}" in message
    assert "What to do:" in message


def test_a_chosen_julia_that_is_not_there_is_an_error(machine: Machine) -> None:
    assert "No such file" in machine.fails(POLYGLOT_JULIA="/no/such/julia")


@pytest.mark.parametrize("text", [BROKEN, HANGING])
def test_a_broken_julia_on_the_path_is_passed_over(machine: Machine, text: str) -> None:
    machine.script(text, "first/julia")
    good = machine.script(GOOD)
    path = f"{machine.folder / 'first'}:{machine.bin}"
    assert machine.start(PATH=path).returncode == 0
    assert executors_of(arguments_of(good))[1][0] == str(good)


def test_a_missing_julia_says_all_that_was_tried(machine: Machine) -> None:
    message = machine.fails()
    assert "POLYGLOT_JULIA: not set" in message
    assert "PATH: no `julia` on it" in message
    assert "juliapkg: could not find Julia" in message
    assert "offline" in message
    assert f"fetch-julia: no Julia in {machine.folder}/home" in message
    assert "polyglot-kernel doctor" in message
    assert message.count("\n") < 15


def test_servers_out_of_reach_are_seen_at_once(machine: Machine) -> None:
    with socket.socket() as nobody:  # bound, not listening: connections are refused
        nobody.bind(("127.0.0.1", 0))
        proxy = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        message = machine.fails(PYTHON_JULIAPKG_OFFLINE="no", https_proxy=proxy)
    assert "Julia's servers cannot be reached" in message
    assert "refused" in message


def test_servers_that_never_answer_do_not_hang_the_start(machine: Machine) -> None:
    machine.script(HANGING)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        proxy = f"http://127.0.0.1:{silent.getsockname()[1]}"
        message = machine.fails(PYTHON_JULIAPKG_OFFLINE="no", https_proxy=proxy)
    assert "did not end within" in message
    assert "Julia's servers cannot be reached (timed out)" in message


def test_a_julia_that_juliapkg_has_is_used(machine: Machine) -> None:
    julia = machine.script(GOOD, "juliapkg/pyjuliapkg/install/bin/julia")
    assert machine.start().returncode == 0
    assert executors_of(arguments_of(julia))[1][0] == str(julia)


def test_a_fetched_julia_is_used(machine: Machine) -> None:
    julia = machine.script(GOOD, "data/polyglot-kernel/julia/bin/julia", version="1.5.3")
    done = machine.start(XDG_DATA_HOME=str(machine.folder / "data"))
    assert done.returncode == 0
    assert executors_of(arguments_of(julia))[1][0] == str(julia)


# What is remembered


def asked(julia: Path) -> int:
    return len(Path(f"{julia}.asked").read_text().splitlines())


def test_a_julia_is_asked_once(machine: Machine) -> None:
    julia = machine.script(GOOD)
    for _ in range(3):
        machine.start()
    assert asked(julia) == 1


def test_a_changed_julia_is_asked_again(machine: Machine) -> None:
    julia = machine.script(GOOD)
    machine.start()
    machine.script(GOOD, version="1.11.0-rc1")
    machine.start()
    assert asked(julia) == 2
    machine.script(BROKEN)
    assert "exit code 127" in machine.fails()


def test_a_normal_start_asks_no_juliapkg(machine: Machine) -> None:
    machine.script(GOOD, "juliapkg/pyjuliapkg/install/bin/julia")
    machine.start()
    helper = machine.folder / "site-packages" / "polyglot_shim" / "juliapkg_helper.py"
    helper.unlink()
    assert machine.start().returncode == 0


@pytest.mark.parametrize("spoiled", ["\0\n", "checked\tx\n", "checked\t{julia}\t1\t2\t3\n", "a"])
def test_a_spoiled_cache_does_no_harm(machine: Machine, spoiled: str) -> None:
    julia = machine.script(GOOD)
    cache = machine.folder / "cache" / "polyglot-kernel" / "julia.tsv"
    cache.parent.mkdir(parents=True)
    cache.write_text(spoiled.replace("{julia}", str(julia)))
    assert machine.start(XDG_CACHE_HOME=str(machine.folder / "cache")).returncode == 0
    assert str(julia) in cache.read_text()


def test_a_home_that_cannot_be_written_does_no_harm(machine: Machine) -> None:
    machine.script(GOOD)
    (machine.folder / "home").write_text("a file, so that no folder can be made in it")
    assert machine.start().returncode == 0


# libzmq


def test_a_missing_pyzmq_is_named(machine: Machine) -> None:
    machine.script(GOOD)
    done = subprocess.run(
        [sys.executable, "-S", "-m", "polyglot_shim", "a.json"],  # -S: no site-packages
        env=machine.environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert f"pyzmq is not installed for {sys.executable}" in done.stderr
    assert "pip install pyzmq" in done.stderr


@pytest.mark.skipif(not os.path.exists("/proc/self/maps"), reason="no /proc here")
def test_a_libzmq_that_pyzmq_is_linked_with_is_found(machine: Machine) -> None:
    """As in distributions: the library is not bundled, but loaded when pyzmq is."""
    julia = machine.script(GOOD)
    machine.start()
    bundled = Path(option(arguments_of(julia), "--libzmq"))
    system = machine.folder / "system libraries"
    shutil.copytree(bundled.parent, system)
    linked = (system / bundled.name).rename(system / "libzmq.so.5")
    package = machine.folder / "site-packages" / "zmq"
    package.mkdir()
    (package / "__init__.py").write_text(f"import ctypes; ctypes.CDLL({str(linked)!r})")
    assert machine.start().returncode == 0
    assert option(arguments_of(julia), "--libzmq") == str(linked)


def test_a_missing_libzmq_is_named(machine: Machine) -> None:
    machine.script(GOOD)
    (machine.folder / "site-packages" / "zmq").mkdir()
    (machine.folder / "site-packages" / "zmq" / "__init__.py").write_text("raise ImportError")
    finder = "import ctypes.util; ctypes.util.find_library = lambda name: None\n"
    (machine.folder / "site-packages" / "usercustomize.py").write_text(finder)
    (machine.folder / "site-packages" / "sitecustomize.py").write_text(finder)
    message = machine.fails()
    assert "Found no libzmq" in message
    assert "pip install" in message


def test_missing_julia_sources_are_named(machine: Machine) -> None:
    machine.script(GOOD)
    (machine.julia_packages / "PolyglotKernel" / "Project.toml").unlink()
    message = machine.fails()
    assert str(machine.julia_packages) in message
    assert "pip install" in message


def test_the_launcher_imports_no_heavy_module(machine: Machine) -> None:
    machine.script(GOOD)
    machine.start()  # from here on Julia is known
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "polyglot_shim", "a.json"],
        env=machine.environment,
        capture_output=True,
        text=True,
    )
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    heavy = {"argparse", "json", "subprocess", "pathlib", "zmq", "jupyter_client", "IPython"}
    baseline = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", "import runpy"],
        env=machine.environment,
        capture_output=True,
        text=True,
    )
    at_start = {line.rpartition("|")[2].strip() for line in baseline.stderr.splitlines()}
    assert "polyglot_shim.launcher" in loaded
    assert not (loaded - at_start) & heavy
    assert os.path.exists(f"{machine.bin}/julia.arguments")
