"""Asks juliapkg for Julia, in a process of its own, because it may hang and prints on stdout.

`python -m polyglot_shim.juliapkg_helper find|install` ends with one line on stdout:

    found PATH
    reachable            there is none, but it can be installed
    failed REASON        there is none, and it cannot be installed

juliapkg is asked only for Julia itself (`find_julia`), never to resolve packages. Its own messages
go to stderr.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import urllib.error
import urllib.request

from polyglot_shim.julia_version import parse_version

PROBE_SECONDS = 3.0  # for the servers' first answer
STALL_SECONDS = 30.0  # a download that stands still this long is given up


def main(request: str) -> str:
    """The answer to `request`, as the module's text says."""
    try:
        from juliapkg import find_julia, install_julia
        from juliapkg.compat import Compat
        from juliapkg.state import STATE
    except ImportError as error:
        return f"failed is not usable in {sys.executable} ({error}); pip install juliapkg"

    find_julia.julia_version = _version  # juliapkg's has no time limit
    arguments = {"compat": Compat.parse("1.5"), "prefix": STATE["install"]}
    if request == "install":
        return _install(find_julia.find_julia, arguments)
    try:
        return f"found {find_julia.find_julia(install=False, **arguments)[0]}"
    except Exception as error:  # juliapkg raises plain Exception
        if STATE["offline"]:
            return f"failed {error}, and it is set to work offline"
    return _probe(install_julia._julia_versions_url)


def _install(find_julia, arguments: dict) -> str:
    from filelock import FileLock

    socket.setdefaulttimeout(STALL_SECONDS)
    folder = os.path.dirname(arguments["prefix"])
    os.makedirs(folder, exist_ok=True)
    try:
        with FileLock(os.path.join(folder, "polyglot-install.lock")):  # kernels may start together
            return f"found {find_julia(install=True, **arguments)[0]}"
    except Exception as error:
        return f"failed could not install Julia: {_one_line(error)}"


def _probe(url: str) -> str:
    """Whether the servers that juliapkg downloads from answer at all."""
    try:
        urllib.request.urlopen(urllib.request.Request(url, method="HEAD"), timeout=PROBE_SECONDS)
    except urllib.error.HTTPError:
        pass  # an answer all the same
    except OSError as error:
        reason = getattr(error, "reason", error)
        return f"failed has no Julia, and Julia's servers cannot be reached ({_one_line(reason)})"
    return "reachable"


def _version(exe: str | None):
    from juliapkg.compat import Version

    if exe is None or exe == shutil.which("julia"):  # the caller has searched the PATH already
        return None
    # In this process's own group: whoever gives up on this helper kills it and what it started.
    try:
        done = subprocess.run([exe, "--version"], capture_output=True, timeout=PROBE_SECONDS)
        return Version(*parse_version(done.stdout.split()[2].decode()))
    except (OSError, subprocess.TimeoutExpired, IndexError, ValueError):
        return None


def _one_line(error: object) -> str:
    return " ".join(str(error).split())


if __name__ == "__main__":
    stdout = os.dup(1)
    os.dup2(2, 1)
    answer = main(sys.argv[1])
    os.write(stdout, f"{answer}\n".encode())
