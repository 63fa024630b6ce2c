"""`polyglot-kernel` as a user runs it: install, uninstall, doctor."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from jupyter_client.kernelspec import KernelSpecManager
from polyglot_shim.find_julia import find_julia
from polyglot_shim.julia_version import Memory


def polyglot(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Runs the console script that stands beside this Python."""
    return subprocess.run(
        [Path(sys.executable).parent / "polyglot-kernel", *arguments],
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=120,
    )


def specs(prefix: Path) -> dict[str, dict]:
    files = (prefix / "share" / "jupyter" / "kernels").glob("*/kernel.json")
    return {file.parent.name: json.loads(file.read_text()) for file in files}


# install, uninstall


def test_install_writes_two_complete_kernelspecs(tmp_path: Path) -> None:
    done = polyglot("install", "--prefix", str(tmp_path))
    assert (done.returncode, done.stderr) == (0, "")
    found = specs(tmp_path)
    assert found.keys() == {"polyglot", "polyglot-julia"}
    for name, spec in found.items():
        folder = tmp_path / "share" / "jupyter" / "kernels" / name
        assert {"logo-32x32.png", "logo-64x64.png", "logo-svg.svg"} < set(os.listdir(folder))
        assert f"installed {folder}" in done.stdout
        assert spec["argv"][0].startswith(f"{sys.prefix}/bin/python")
        assert spec["argv"][1:3] == ["-m", "polyglot_shim"]
        assert spec["argv"][3:5] == ["-f", "{connection_file}"]
        assert spec["interrupt_mode"] == "message"
        assert spec["kernel_protocol_version"] == "5.6"  # whoever starts it may use the handshake
        assert spec["env"] == {"PYTHONSAFEPATH": "polyglot"}  # see launcher.py
    assert found["polyglot"]["language"] == "python"
    assert found["polyglot-julia"]["language"] == "julia"
    assert found["polyglot-julia"]["argv"][5:] == ["--language", "julia"]


def test_the_environment_of_the_cells(tmp_path: Path) -> None:
    chosen = ("--threads", "3", "--project", str(tmp_path), "--env", "A=1", "--env", "B=x=y")
    done = polyglot("install", "--prefix", str(tmp_path), *chosen)
    assert done.returncode == 0, done.stderr
    for spec in specs(tmp_path).values():
        assert (
            spec["env"].items()
            >= {
                "JULIA_NUM_THREADS": "3",
                "JULIA_PROJECT": str(tmp_path),
                "A": "1",
                "B": "x=y",
            }.items()
        )
    for wrong in (("--threads", "some"), ("--env", "A"), ("--optimize", "3")):
        assert polyglot("install", "--prefix", str(tmp_path), *wrong).returncode == 2


def test_jupyter_finds_what_was_installed(tmp_path: Path) -> None:
    polyglot("install", "--prefix", str(tmp_path))
    kernels = str(tmp_path / "share" / "jupyter" / "kernels")
    manager = KernelSpecManager(kernel_dirs=[kernels], ensure_native_kernel=False)
    spec = manager.get_kernel_spec("polyglot")
    assert spec.display_name == "Polyglot (Python + Julia)"
    assert spec.interrupt_mode == "message"


def test_install_for_the_user_is_the_default_and_can_be_undone(tmp_path: Path) -> None:
    places = {"JUPYTER_DATA_DIR": str(tmp_path / "jupyter"), "HOME": str(tmp_path)}
    done = polyglot("install", **places)
    assert done.returncode == 0, done.stderr
    kernels = tmp_path / "jupyter" / "kernels"
    assert sorted(os.listdir(kernels)) == ["polyglot", "polyglot-julia"]
    done = polyglot("uninstall", **places)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("removed ") == 2
    assert os.listdir(kernels) == []


def test_uninstall_leaves_other_kernels_and_other_places_alone(tmp_path: Path) -> None:
    polyglot("install", "--prefix", str(tmp_path / "here"))
    polyglot("install", "--prefix", str(tmp_path / "there"))
    kernels = tmp_path / "here" / "share" / "jupyter" / "kernels"
    (kernels / "polyglot-julia" / "kernel.json").write_text('{"argv": ["another", "kernel"]}')
    done = polyglot("uninstall", "--prefix", str(tmp_path / "here"))
    assert done.stdout == f"removed {kernels / 'polyglot'}\n"
    assert os.listdir(kernels) == ["polyglot-julia"]
    assert specs(tmp_path / "there").keys() == {"polyglot", "polyglot-julia"}


def test_uninstall_of_what_is_not_there_says_so(tmp_path: Path) -> None:
    done = polyglot("uninstall", "--name", "no-such-kernel", HOME=str(tmp_path))
    assert done.returncode == 1
    assert "No such kernelspec" in done.stdout


def test_install_with_another_julia_python_and_name(tmp_path: Path) -> None:
    julia = fake_julia(tmp_path / "julia")
    done = polyglot(
        *("install", "--prefix", str(tmp_path), "--julia", str(julia), "--python", "/bin/sh"),
        *("--name", "mine", "--display-name", "My kernel"),
    )
    assert done.returncode == 0, done.stderr
    found = specs(tmp_path)
    assert found.keys() == {"mine", "mine-julia"}
    assert {spec["env"]["POLYGLOT_JULIA"] for spec in found.values()} == {str(julia)}
    assert {spec["argv"][0] for spec in found.values()} == {"/bin/sh"}
    assert found["mine"]["display_name"] == "My kernel"
    assert found["mine-julia"]["display_name"] == "My kernel (Julia first)"


def test_installing_again_replaces(tmp_path: Path) -> None:
    polyglot("install", "--prefix", str(tmp_path), "--display-name", "First")
    assert polyglot("install", "--prefix", str(tmp_path)).returncode == 0
    assert specs(tmp_path)["polyglot"]["display_name"] == "Polyglot (Python + Julia)"


@pytest.mark.parametrize("option", ["--julia", "--python"])
def test_a_program_that_is_not_there_is_not_installed(tmp_path: Path, option: str) -> None:
    done = polyglot("install", "--prefix", str(tmp_path), option, "/no/such/program")
    assert done.returncode == 1
    assert "no program '/no/such/program'" in done.stderr
    assert specs(tmp_path) == {}


@pytest.mark.parametrize(
    ("says", "why"),
    [
        ("exit 0", "is no Julia that works: `julia --version` printed ''"),
        ("echo oh no >&2; exit 3", "is no Julia that works: `julia --version` failed with exit"),
        ("echo julia version 1.4.2", "is too old"),
    ],
)
def test_a_julia_that_does_not_work_is_not_installed(tmp_path: Path, says: str, why: str) -> None:
    julia = tmp_path / "julia"
    julia.write_text(f"#!/bin/sh\n{says}\n")
    julia.chmod(0o755)
    done = polyglot("install", "--prefix", str(tmp_path), "--julia", str(julia))
    assert done.returncode == 1
    assert f"{julia} {why}" in done.stderr
    assert specs(tmp_path) == {}


def test_a_place_that_cannot_be_written_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = polyglot("install", "--prefix", str(tmp_path / "file"))
    assert done.returncode == 1
    assert "Cannot install the kernelspec" in done.stderr
    assert "Traceback" not in done.stderr


# doctor


def checks(done: subprocess.CompletedProcess[str], mark: str) -> list[str]:
    lines = done.stdout.splitlines()
    return [line.partition(mark)[2].strip() for line in lines if line.startswith(f"  {mark}")]


def test_doctor_runs_every_part_of_a_good_installation() -> None:
    done = polyglot("doctor")
    assert done.returncode == 0, done.stdout + done.stderr
    assert checks(done, "FAIL") == []
    text = "\n".join(checks(done, "ok"))
    assert f"{sys.prefix}/bin/python" in text
    assert find_julia().path in text
    for part in ("IPython", "CURVE", "catches exceptions", "can be interrupted", "package loads"):
        assert part in text
    for part in ("kernel starts", "Cells in Python run", "Cells in Julia run"):
        assert part in text
    assert done.stdout.endswith("All is well.\n")


def test_doctor_looks_at_what_jupyter_would_start(tmp_path: Path) -> None:
    """Each installed kernelspec, with the Python and the Julia that it names."""
    kernels = tmp_path / "share" / "jupyter" / "kernels"
    for name, option in (("good", ()), ("bad", ("--python", "/bin/false"))):
        made = polyglot("install", "--prefix", str(tmp_path), "--name", name, *option)
        assert made.returncode == 0, made.stderr
    gone = fake_julia(tmp_path / "julia")
    polyglot("install", "--prefix", str(tmp_path), "--name", "old", "--julia", str(gone))
    gone.unlink()
    (kernels / "foreign").mkdir()
    (kernels / "foreign" / "kernel.json").write_text(
        '{"argv": ["/no/such/kernel"], "display_name": "x", "language": "python"}'
    )
    places = {"JUPYTER_PATH": str(tmp_path / "share" / "jupyter"), "POLYGLOT_JULIA": "/bin/false"}
    done = polyglot("doctor", XDG_CACHE_HOME=str(tmp_path / "cache"), **places)
    good, bad = "\n".join(checks(done, "ok")), "\n".join(checks(done, "FAIL"))
    assert done.returncode == 1
    assert f"Kernelspec good: {kernels / 'good'}" in good
    assert f"kernelspec bad in {kernels / 'bad'}: its Python /bin/false cannot run" in bad
    assert f"kernelspec old in {kernels / 'old'}: its Julia {gone} does not work" in bad
    assert "foreign" not in good + bad


def fake_julia(file: Path, *steps: str) -> Path:
    """A Julia that answers --version and then does `steps` in place of the doctor's program."""
    version = '[ "$1" = --version ] && echo julia version 1.5.3 && exit'
    file.write_text("\n".join(["#!/bin/sh", version, *steps]) + "\n")
    file.chmod(0o755)
    return file


ZMQ = "echo libzmq 4.3.5 with CURVE"


@pytest.mark.parametrize(
    ("steps", "failure", "remedy"),
    [
        (["echo could not load library; exit 1"], "Julia cannot use /", "pyzmq"),
        (["echo libzmq 4.3.5 without CURVE"], "cannot encrypt", "pyzmq"),
        ([ZMQ, "kill -SEGV $$"], "not survive an exception: SIGSEGV", "libunwind"),
        ([ZMQ, "exit 3"], "not survive an exception: exit code 3", "libunwind"),
        (
            [ZMQ, "trap 'kill -SEGV $$' INT; echo exception; echo spinning", "while :; do :; done"],
            "not survive an interrupt: SIGSEGV",
            "libunwind",
        ),
        (
            [ZMQ, "trap '' INT; echo exception; echo spinning", "while :; do :; done"],
            "not survive an interrupt: it goes on",
            "libunwind",
        ),
        (["echo oh no >&2; exit 2"], "exit code 2 oh no", "pyzmq"),
    ],
)
def test_doctor_names_what_is_broken(
    tmp_path: Path, steps: list[str], failure: str, remedy: str
) -> None:
    julia = fake_julia(tmp_path / "julia", *steps)
    done = polyglot("doctor", POLYGLOT_JULIA=str(julia), XDG_CACHE_HOME=str(tmp_path))
    assert done.returncode == 1
    assert any(failure in line for line in checks(done, "FAIL")), done.stdout
    assert remedy in done.stdout
    assert "Traceback" not in done.stderr
    assert "All is well" not in done.stdout


def test_doctor_without_a_julia_says_what_to_do(tmp_path: Path) -> None:
    done = polyglot("doctor", POLYGLOT_JULIA="/no/such/julia", XDG_CACHE_HOME=str(tmp_path))
    assert done.returncode == 1
    assert "POLYGLOT_JULIA: /no/such/julia" in done.stdout
    assert "-> " in done.stdout


def test_doctor_sees_a_debian_julia_under_a_foreign_libunwind(tmp_path: Path) -> None:
    """The real crash: this Julia's own libunwind is taken away, so the system's is loaded."""
    good = Path(find_julia(Memory()).path)
    prefix = good.resolve().parent.parent
    own = list(prefix.glob("usr/lib/*-linux-gnu/libunwind.so.8"))
    if not own:
        pytest.skip("only a Julia from fetch-julia has a libunwind that can be taken away")
    shutil.copytree(prefix, tmp_path / "julia", symlinks=True, copy_function=os.link)
    launcher = tmp_path / "julia" / "bin" / "julia"
    launcher.unlink()
    launcher.write_text(good.read_text().replace(str(prefix), str(tmp_path / "julia")))
    launcher.chmod(0o755)
    for file in (tmp_path / "julia").glob("usr/lib/*-linux-gnu/libunwind*"):
        file.unlink()
    done = polyglot("doctor", POLYGLOT_JULIA=str(launcher), XDG_CACHE_HOME=str(tmp_path))
    assert done.returncode == 1
    assert any("does not survive" in line for line in checks(done, "FAIL")), done.stdout
    assert "libunwind of its own release" in done.stdout
