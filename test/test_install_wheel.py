"""A user's whole way: build the wheel, `pip install` it into an empty environment, run cells."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from polyglot_shim.find_julia import find_julia

ROOT = Path(__file__).resolve().parent.parent

# Runs in the new environment, which has nothing but the wheel and what it depends on.
SESSION = """
import json, sys
from jupyter_client.manager import start_new_kernel

outputs = []

def run(client, code):
    def note(message):
        content = message["content"]
        outputs.append(content.get("text") or content.get("data", {}).get("text/plain"))
        if message["msg_type"] == "error":
            sys.exit("\\n".join(content["traceback"]))
    client.execute_interactive(code, timeout=100, output_hook=note)

for name in ("polyglot", "polyglot-julia"):
    manager, client = start_new_kernel(kernel_name=name, startup_timeout=100)
    try:
        outputs.append(client.kernel_info(reply=True, timeout=60)["content"]["status"])
        run(client, "%python\\nimport sys; print(sys.prefix)")
        run(client, "%julia\\nstring(VERSION.major, '.', [1, 2] .+ 1)")
    finally:
        client.stop_channels()
        manager.shutdown_kernel()
print(json.dumps(list(filter(None, outputs))))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = folder.glob("*.whl")
    return built


def sources(folder: str) -> set[str]:
    """The files of a folder that git knows, or would: all but compiled ones."""
    files = (file for file in (ROOT / folder).rglob("*") if file.is_file())
    return {
        str(file.relative_to(ROOT / folder))
        for file in files
        if "__pycache__" not in file.parts and file.name != "Manifest.toml"
    }


def test_the_wheel_carries_every_source_and_nothing_else(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    expected = {f"polyglot_shim/{name}" for name in sources("python/polyglot_shim")}
    projects = [
        *(ROOT / "julia").glob("*/Project.toml"),
        *(ROOT / "julia").glob("*/*/Project.toml"),
    ]
    packages = {str(file.parent.relative_to(ROOT / "julia")) for file in projects}
    assert "PolyglotKernel" in packages
    for package in packages:
        for part in ("src", "bin"):
            found = sources(f"julia/{package}/{part}")
            expected |= {f"polyglot_shim/julia/{package}/{part}/{name}" for name in found}
        expected.add(f"polyglot_shim/julia/{package}/Project.toml")
    data = next(name for name in names if ".data/" in name).partition("/")[0]
    for name in sources("kernelspec"):
        expected |= {f"polyglot_shim/kernelspec/{name}"}
        expected |= {f"{data}/data/share/jupyter/kernels/{name}"}
    for name in sources("labextension/built"):
        expected |= {f"{data}/data/share/jupyter/labextensions/polyglot-kernel/{name}"}
    metadata = {name for name in names if ".dist-info/" in name}
    assert names - metadata == expected
    assert {name.rpartition("/")[2] for name in metadata} >= {"METADATA", "LICENSE", "RECORD"}


def test_the_wheel_carries_the_extension_for_jupyterlab(wheel: Path) -> None:
    if not (ROOT / "labextension" / "built" / "package.json").exists():
        pytest.skip("not built here: make labextension, which needs Node.js")
    content = zipfile.ZipFile(wheel)
    (package,) = (
        name
        for name in content.namelist()
        if name.endswith("/labextensions/polyglot-kernel/package.json")
    )
    entry = json.loads(content.read(package))["jupyterlab"]["_build"]["load"]
    assert package.replace("package.json", entry) in content.namelist()


def test_without_node_the_wheel_has_all_but_the_extension(wheel: Path, tmp_path: Path) -> None:
    checkout = tmp_path / "checkout"
    names = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.splitlines()
    for name in filter(lambda name: (ROOT / name).is_file(), names):
        (checkout / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, checkout / name)
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "build",
            "--wheel",
            "--no-isolation",
            "--outdir",
            tmp_path,
            checkout,
        ],
        env={**os.environ, "PATH": str(tmp_path / "no-programs")},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    said = done.stdout + done.stderr
    assert said.count("the colours for JupyterLab are left out, since there is no Node.js") == 1
    (built,) = tmp_path.glob("*.whl")
    names = [set(zipfile.ZipFile(file).namelist()) for file in (wheel, built)]
    assert names[1] == {name for name in names[0] if "/labextensions/" not in name}


@pytest.mark.timeout(600)
def test_an_installed_wheel_is_a_working_kernel(wheel: Path, tmp_path: Path) -> None:
    environment = tmp_path / "environment"
    python = environment / "bin" / "python"
    home = tmp_path / "home"
    home.mkdir()
    variables = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("JUPYTER", "IPYTHON", "PYTHONPATH", "VIRTUAL_ENV"))
    }
    variables |= {"HOME": str(home), "POLYGLOT_JULIA": find_julia().path}

    def run(*command: object) -> str:
        done = subprocess.run(
            list(map(str, command)),
            env=variables,
            cwd=tmp_path,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    run(sys.executable, "-m", "venv", environment)
    run(python, "-m", "pip", "install", "--quiet", wheel)
    listed = run(python, "-m", "jupyter_client.kernelspecapp", "list")
    for name in ("polyglot", "polyglot-julia"):
        assert f"{environment}/share/jupyter/kernels/{name}\n" in listed
    assert "All is well." in run(environment / "bin" / "polyglot-kernel", "doctor")
    answers = run(python, "-c", SESSION).strip().splitlines()[-1]
    cells = f'"ok", "{environment}\\n", "\\"1.[2, 3]\\""'
    assert answers == f"[{cells}, {cells}]"


@pytest.mark.timeout(600)
def test_the_source_distribution_builds_the_same_wheel(wheel: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", tmp_path, ROOT]
    done = subprocess.run(command, capture_output=True, text=True)  # sdist, and a wheel from it
    assert done.returncode == 0, done.stdout + done.stderr
    (rebuilt,) = tmp_path.glob("*.whl")
    names = [set(zipfile.ZipFile(file).namelist()) for file in (wheel, rebuilt)]
    assert names[0] == names[1]
