"""Builds the JupyterLab extension into the wheel: `build` is called by hatch-jupyter-builder.

Where there is no Node.js, or the packages of the lock file cannot be had, the wheel is made without
the extension, and all but it works. `POLYGLOT_LABEXTENSION=required` makes that an error, as a
release wants it; `POLYGLOT_LABEXTENSION=no` takes what is built already, or nothing.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
BUILT = HERE / "built"
SOURCES = ("src", "style", "schema", "package.json", "yarn.lock", "tsconfig.json", "install.json")
JLPMS_NAMES = {
    "cafile": "NODE_EXTRA_CA_CERTS",
    "https-proxy": "YARN_HTTPS_PROXY",
    "proxy": "YARN_HTTP_PROXY",
    "registry": "YARN_NPM_REGISTRY_SERVER",
}
LEFT_OUT = (
    "polyglot-kernel: the colours for JupyterLab are left out, {reason}; everything else is there. "
    "`make labextension` adds them."
)


def build(target: str, version: str, **_options: object) -> None:
    """Bring `labextension/built` up to date, for a `target` (wheel or sdist) of any `version`."""
    wanted = os.environ.get("POLYGLOT_LABEXTENSION", "")
    if wanted == "no" or is_fresh():
        return
    try:
        run_build()
    except (BuildError, OSError, subprocess.CalledProcessError) as error:
        shutil.rmtree(BUILT, ignore_errors=True)  # an old one is not what the sources say
        if wanted == "required":
            raise
        print(LEFT_OUT.format(reason=error), file=sys.stderr, flush=True)


class BuildError(RuntimeError):
    """A program that the build needs is not there."""


def is_fresh() -> bool:
    """Whether what is built is at least as new as its sources."""
    made = BUILT / "package.json"
    if not made.exists():
        return False
    newest = max(file.stat().st_mtime for name in SOURCES for file in files(HERE / name))
    return made.stat().st_mtime >= newest


def files(path: Path) -> list[Path]:
    return [file for file in path.rglob("*") if file.is_file()] if path.is_dir() else [path]


def run_build() -> None:
    """Install the packages of the lock file, as it stands, and build with them."""
    for program, what in (("node", "Node.js"), ("jlpm", "jlpm of PyPI's jupyter-builder")):
        if not program_path(program):
            raise BuildError(f"since there is no {what}")
    environment = npm_settings() | os.environ
    environment |= {"PATH": search_path(), "YARN_ENABLE_PROGRESS_BARS": "0"}
    for command in (["install", "--immutable"], ["build"]):
        done = subprocess.run(
            [program_path("jlpm"), *command],
            cwd=HERE,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            print(done.stdout + done.stderr, file=sys.stderr)
            raise BuildError(f"since `jlpm {' '.join(command)}` failed (see above)")
    shutil.copy(HERE / "install.json", BUILT)  # by which Lab knows who installed it


def npm_settings() -> dict[str, str]:
    """What npm has been told of the way to its packages, as variables for jlpm.

    That is Yarn, which reads none of npm's files: where the machine's npm knows of a proxy or of
    certificates, it would do without.
    """
    npm = program_path("npm")
    if not npm:
        return {}
    command = [npm, "config", "list"]  # the settings alone that somebody has made
    told = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    settings = dict(re.findall(r'^([\w-]+) = "(.*)"$', told.stdout, re.MULTILINE))
    return {JLPMS_NAMES[name]: settings[name] for name in JLPMS_NAMES if name in settings}


def search_path() -> str:
    """The PATH with the programs of this Python's environment, whether that is activated or not."""
    return os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])


def program_path(program: str) -> str | None:
    return shutil.which(program, path=search_path())


if __name__ == "__main__":
    build("wheel", "standard")
    sys.exit(0 if is_fresh() else 1)
