"""A machine in a folder, for tests of the launcher: its Julias are shell scripts.

The launcher runs from a copy of the package laid out as a wheel lays it out, with a home, a PATH
and a juliapkg project of its own, so that nothing on the real machine is found by chance.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LIMIT = 10.0  # seconds in which every failure has to be reported

# Answers --version; as the host, writes down how it was called.
GOOD = """\
#!/bin/sh
[ "$1" = --version ] && {{ echo x >> "$0.asked"; echo "julia version {version}"; exit; }}
case "$*" in *host.jl*) ;; *executor.jl*) exit;; esac
printf '%s\\n' "$@" > "$0.arguments"
/usr/bin/env > "$0.environment"
"""
BROKEN = "#!/bin/sh\necho 'libjulia.so.1: cannot open shared object file' >&2\nexit 127\n"
HANGING = "#!/bin/sh\n/bin/sleep 1000\n"


class Machine:
    """A machine of its own in a folder: home, PATH, the package as installed by a wheel."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bin = folder / "bin"
        self.bin.mkdir()
        site = folder / "site-packages"
        package = site / "polyglot_shim"
        shutil.copytree(
            ROOT / "python" / "polyglot_shim",
            package,
            ignore=shutil.ignore_patterns("__pycache__", "executor"),
        )
        self.julia_packages = package / "julia"
        self.julia_packages.joinpath("PolyglotKernel").mkdir(parents=True)
        (self.julia_packages / "PolyglotKernel" / "Project.toml").write_text(
            'name = "PolyglotKernel"\n'
        )
        self.environment = {
            "HOME": str(folder / "home"),
            "PATH": str(self.bin),
            "PYTHONPATH": str(site),
            "PYTHON_JULIAPKG_PROJECT": str(folder / "juliapkg"),
            "PYTHON_JULIAPKG_OFFLINE": "yes",
        }

    def script(self, text: str, path: str = "bin/julia", version: str = "1.10.4") -> Path:
        """Writes an executable script."""
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text.format(version=version) if text is GOOD else text)
        file.chmod(0o755)
        return file

    def start(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Runs the launcher to its end. Fails when that takes longer than it ever may."""
        started = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-m", "polyglot_shim", *(arguments or ("-f", "connection.json"))],
            env={**self.environment, **variables},
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert time.monotonic() - started < LIMIT
        return done

    def fails(self, *arguments: str, **variables: str) -> str:
        """Runs the launcher, which has to fail as it should; its message."""
        done = self.start(*arguments, **variables)
        assert done.returncode == 1
        assert done.stdout == ""
        assert done.stderr.startswith("polyglot-kernel cannot start. ")
        assert "Traceback" not in done.stderr
        return done.stderr


def arguments_of(julia: Path) -> list[str]:
    return Path(f"{julia}.arguments").read_text().splitlines()


def environment_of(julia: Path) -> dict[str, str]:
    lines = Path(f"{julia}.environment").read_text().splitlines()
    return dict(line.partition("=")[::2] for line in lines)


def option(arguments: list[str], name: str) -> str:
    return arguments[arguments.index(name) + 1]


def executors_of(arguments: list[str]) -> list[list[str]]:
    """The commands that start the executors, Python's first."""
    values = [arguments[i + 1] for i, word in enumerate(arguments) if word == "--executor"]
    return [value.partition("=")[2].split("\x1f") for value in values]
