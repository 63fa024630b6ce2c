"""Unpacks Debian bullseye's Julia 1.5.3 into a folder of its own: the last resort.

For machines that have Debian's package servers but not Julia's. The packages come through the
system's own apt, checked against Debian's archive keys, and are unpacked, not installed: no root,
and the system stays as it is. The libraries that Julia uses come from the same release, because
under another release's libunwind it crashes whenever an error or an interrupt unwinds its stack.
"""

from __future__ import annotations

import ctypes
import glob
import os
import re
import shutil
import tempfile
from collections.abc import Callable

from polyglot_shim.errors import StartupError
from polyglot_shim.process import output_of

RELEASE = "bullseye"
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
SOURCE_LISTS = ("/etc/apt/sources.list", "/etc/apt/sources.list.d/*")
FETCH_SECONDS = 600  # guard for one apt run on a slow line
# fmt: off
PACKAGES = [
    "julia", "julia-common", "libjulia1", "libllvm9", "libunwind8",
    "libdsfmt-19937-1", "libgfortran5", "libgmp10", "libmpfr6", "libopenlibm3", "libpcre2-8-0",
    "libpcre3", "libutf8proc2", "libgit2-1.1", "libhttp-parser2.9", "libmbedcrypto3",
    "libmbedtls12", "libmbedx509-0", "libssh2-1", "libbsd0", "libedit2", "libffi7", "libmd0",
    "libz3-4",
]
# fmt: on
# The system's own are better, where it has them: other libraries want them new.
IF_MISSING = {
    "libquadmath.so.0": "libquadmath0",
    "libgssapi_krb5.so.2": "libgssapi-krb5-2",
    "libkrb5.so.3": "libkrb5-3",
    "libk5crypto.so.3": "libk5crypto3",
    "libkrb5support.so.0": "libkrb5support0",
    "libcom_err.so.2": "libcom-err2",
    "libkeyutils.so.1": "libkeyutils1",
    "libgcrypt.so.20": "libgcrypt20",
    "libgpg-error.so.0": "libgpg-error0",
}

LAUNCHER = """\
#!/bin/sh
# Debian's Julia, unpacked by `polyglot-kernel fetch-julia`, with the libraries it was built with.
# The folder may be moved. JULIA_BINDIR makes Julia start its own subprocesses by this launcher.
self=$(readlink -f "$0")
prefix=${self%/bin/julia}
libraries=$prefix/@LIBRARIES@
export JULIA_BINDIR="$prefix/bin"
export LD_LIBRARY_PATH="$libraries:$libraries/julia${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
exec "$prefix/usr/bin/julia" "$@"
"""

Say = Callable[[str], None]


def fetch(prefix: str, say: Say) -> str:
    """Unpacks Julia into the folder `prefix`, replacing what was there; the launcher's path.

    `say` is told each step. Raises StartupError, saying what to do instead.
    """
    _check_system()
    os.makedirs(os.path.dirname(os.path.abspath(prefix)), exist_ok=True)
    # Beside the goal, so that the finished folder takes its place in one step.
    with tempfile.TemporaryDirectory(dir=os.path.dirname(os.path.abspath(prefix))) as work:
        say(f"Asking apt for Debian {RELEASE}'s packages")
        archives = _download(work)
        say(f"Unpacking {len(archives)} packages")
        new = os.path.join(work, "julia")
        for archive in archives:
            _run(["dpkg-deb", "-x", archive, new])
        _arrange(new)
        shutil.rmtree(prefix, ignore_errors=True)
        os.rename(new, prefix)
    launcher = os.path.join(prefix, "bin", "julia")
    say(f"{_run([launcher, '--version']).strip()} is in {prefix}")
    return launcher


def _check_system() -> None:
    missing = [tool for tool in ("apt-get", "dpkg-deb") if not shutil.which(tool)]
    if not os.path.exists(KEYRING):
        missing.append(KEYRING)
    machine = os.uname().machine
    if missing or machine not in ("x86_64", "aarch64"):
        reason = f"not found: {', '.join(missing)}" if missing else f"this machine is {machine}"
        raise StartupError(
            "fetch-julia works on Debian and its descendants, on amd64 and arm64 "
            f"({reason}).\nWhat to do: get Julia from https://julialang.org/downloads"
        )


def _download(work: str) -> list[str]:
    """Paths of the packages' archives, downloaded into `work`."""
    for folder in ("lists/partial", "cache/archives/partial", "deb"):
        os.makedirs(os.path.join(work, folder))
    for name, text in (("status", ""), ("sources.list", _source())):
        with open(os.path.join(work, name), "w", encoding="utf-8") as file:
            file.write(text)
    options = {
        "Dir::Etc::SourceList": f"{work}/sources.list",
        "Dir::Etc::SourceParts": "-",
        "Dir::State::Lists": f"{work}/lists",
        "Dir::State::status": f"{work}/status",  # empty: nothing counts as installed already
        "Dir::Cache": f"{work}/cache",
        "Acquire::Check-Valid-Until": "false",  # an old release's index is not renewed
        "Acquire::Languages": "none",
        "APT::Sandbox::User": "",  # the user `_apt` could not enter this private folder
        "Debug::NoLocking": "true",
    }
    apt = ["apt-get", "-qq", *(f"-o{name}={value}" for name, value in options.items())]
    _run([*apt, "update"])
    _run([*apt, "download", *PACKAGES, *_missing_packages()], folder=os.path.join(work, "deb"))
    return sorted(glob.glob(os.path.join(work, "deb", "*.deb")))


def _missing_packages() -> list[str]:
    missing = []
    for library, package in IF_MISSING.items():
        try:
            ctypes.CDLL(library)
        except OSError:
            missing.append(package)
    return missing


def _source() -> str:
    return f"deb [signed-by={KEYRING}] {_mirror()} {RELEASE} main\n"


def _mirror() -> str:
    """The Debian mirror that the system's own apt uses."""
    sites = _run(["apt-get", "indextargets", "--format", "$(SITE)", "Origin: Debian"]).split()
    sites += _configured_mirrors()
    for site in sites:
        if "security" not in site:
            return site
    raise StartupError(
        "apt has no source that is Debian's own, so fetch-julia does not know where to ask.\n"
        "What to do: get Julia from https://julialang.org/downloads"
    )


def _configured_mirrors() -> list[str]:
    """Mirrors in apt's source lists: what there is before the first `apt-get update`."""
    mirrors = []
    for file in (file for pattern in SOURCE_LISTS for file in sorted(glob.glob(pattern))):
        with open(file, encoding="utf-8", errors="replace") as lines:
            text = lines.read()
        urls = re.findall(r"^(?:deb\s+(?:\[.*?\]\s*)?|URIs:\s*)(\w+:/\S+)", text, re.MULTILINE)
        mirrors += [url for url in urls if re.search(r"/debian/?$", url)]
    return mirrors


def _arrange(prefix: str) -> None:
    """Makes the unpacked packages one tree that works where it stands, with a launcher."""
    usr = os.path.join(prefix, "usr")
    if os.path.isdir(os.path.join(prefix, "lib")):  # packages from before /usr was merged
        shutil.copytree(f"{prefix}/lib", f"{usr}/lib", symlinks=True, dirs_exist_ok=True)
        shutil.rmtree(f"{prefix}/lib")
    for name in ("lib", "share"):
        os.symlink(f"usr/{name}", os.path.join(prefix, name))
    for root, _, names in os.walk(usr):
        for path in (os.path.join(root, name) for name in names):
            if not os.path.exists(path):  # a link to a library that Julia 1.5 does not load
                os.remove(path)
    libraries = os.path.dirname(glob.glob(f"{usr}/lib/*-linux-gnu/libjulia.so.1")[0])
    launcher = os.path.join(prefix, "bin", "julia")
    os.makedirs(os.path.dirname(launcher))
    with open(launcher, "w", encoding="utf-8") as file:
        file.write(LAUNCHER.replace("@LIBRARIES@", os.path.relpath(libraries, prefix)))
    os.chmod(launcher, 0o755)


def _run(command: list[str], folder: str | None = None) -> str:
    remedy = (
        "What to do: see whether `apt-get update` works on this machine, or get Julia from "
        "https://julialang.org/downloads"
    )
    return output_of(command, FETCH_SECONDS, remedy, folder)
