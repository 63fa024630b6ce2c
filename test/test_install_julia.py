"""Getting a Julia: by juliapkg from a server, and Debian's by apt."""

import hashlib
import http.server
import io
import json
import os
import subprocess
import sys
import tarfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from polyglot_shim import debian_julia
from polyglot_shim.errors import StartupError

JULIA = b"#!/bin/sh\necho julia version 1.11.2\n"

# The helper, but juliapkg's list of versions comes from another server.
HELPER = """
import sys
from juliapkg import install_julia
from polyglot_shim import juliapkg_helper
install_julia._julia_versions_url = sys.argv[2]
print(juliapkg_helper.main(sys.argv[1]))
"""


def archive() -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        entry = tarfile.TarInfo("julia-1.11.2/bin/julia")
        entry.size, entry.mode = len(JULIA), 0o755
        tar.addfile(entry, io.BytesIO(JULIA))
    return buffer.getvalue()


@pytest.fixture
def server() -> Iterator[str]:
    """A server with one Julia for this machine; the URL of its list of versions."""
    from juliapkg import install_julia

    content = archive()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            host = f"http://127.0.0.1:{self.server.server_address[1]}"
            file = {
                "url": f"{host}/julia.tar.gz",
                "version": "1.11.2",
                "os": install_julia.get_os(),
                "arch": install_julia.get_arch(),
                "triplet": f"{install_julia.get_arch()}-linux-{install_julia.get_libc()}",
                "sha256": hashlib.sha256(content).hexdigest(),
                "size": len(content),
            }
            versions = {"1.11.2": {"stable": True, "files": [file]}}
            body = content if self.path.endswith(".gz") else json.dumps(versions).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

        do_HEAD = do_GET

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        thread = threading.Thread(target=listening.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{listening.server_address[1]}/versions.json"
        listening.shutdown()
        thread.join()


def ask_helper(request: str, url: str, project: Path) -> str:
    environment = {
        **os.environ,
        "PYTHON_JULIAPKG_PROJECT": str(project),
        "PATH": "/usr/bin:/bin",
        "no_proxy": "127.0.0.1",
    }
    done = subprocess.run(
        [sys.executable, "-c", HELPER, request, url],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout, done.stderr
    return done.stdout.strip().splitlines()[-1]


def test_juliapkg_installs_julia_and_finds_it_again(server: str, tmp_path: Path) -> None:
    installed = tmp_path / "pyjuliapkg" / "install" / "bin" / "julia"
    assert ask_helper("find", server, tmp_path) == "reachable"
    assert not installed.exists()
    assert ask_helper("install", server, tmp_path) == f"found {installed}"
    assert ask_helper("find", server, tmp_path) == f"found {installed}"


def test_a_failed_installation_says_why(server: str, tmp_path: Path) -> None:
    (tmp_path / "pyjuliapkg").mkdir()
    (tmp_path / "pyjuliapkg" / "install").write_text("a file in the way")
    answer = ask_helper("install", server, tmp_path)
    assert answer.startswith("failed could not install Julia: ")


apt = pytest.mark.skipif(
    not Path(debian_julia.KEYRING).exists(), reason="fetch-julia is for Debian; this is not"
)


@apt
def test_debians_julia_runs_from_its_folder_wherever_that_is(tmp_path: Path) -> None:
    said: list[str] = []
    first = tmp_path / "first place"
    launcher = debian_julia.fetch(str(first), said.append)
    assert launcher == str(first / "bin" / "julia")
    assert "julia version 1.5.3" in said[-1]
    assert os.listdir(tmp_path) == ["first place"]  # nothing else is left behind
    moved = first.rename(tmp_path / "second")
    dangling = [path for path in moved.rglob("*") if not path.exists()]
    assert dangling == []
    code = """
        using LinearAlgebra, SparseArrays, Random, SHA, LibGit2
        a = [2.0 1; 1 3]
        @assert a * (a \\ [1, 2]) ≈ [1, 2]
        @assert sparse(a) \\ [1.0, 2] ≈ a \\ [1, 2]
        @assert occursin(r"j.lia", "julia") && big(2.0)^0.5 < 3//2
        @assert LibGit2.version() >= v"1"
        @assert readchomp(`$(Base.julia_cmd()) -e "print(1 + 1)"`) == "2"
        print(Sys.BINDIR)
    """
    done = subprocess.run(
        [moved / "bin" / "julia", "-e", code], capture_output=True, text=True, timeout=120
    )
    assert done.stderr == ""
    assert done.stdout == str(moved / "bin")


@apt
def test_an_older_julia_in_the_folder_is_replaced(tmp_path: Path) -> None:
    folder = tmp_path / "julia"
    folder.mkdir()
    (folder / "old").write_text("")
    debian_julia.fetch(str(folder), lambda text: None)
    assert not (folder / "old").exists()


def test_a_machine_without_apt_gets_told_where_julia_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(StartupError, match=r"apt-get.*\n.*julialang.org"):
        debian_julia.fetch(str(tmp_path / "julia"), lambda text: None)
    assert os.listdir(tmp_path) == []


def test_the_mirror_is_found_in_both_forms_of_source_lists(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.list").write_text(
        "# deb http://comment/debian x main\n"
        "deb [arch=amd64 signed-by=/k.gpg] https://other.example/repo stable main\n"
        "deb [trusted=yes] http://one.example/debian bookworm main\n"
    )
    (tmp_path / "b.sources").write_text(
        "Types: deb deb-src\nURIs: http://two.example/debian/\nSuites: bookworm\n\n"
        "Types: deb\nURIs: http://three.example/debian-security\nSuites: x\n"
    )
    monkeypatch.setattr(debian_julia, "SOURCE_LISTS", (f"{tmp_path}/*",))
    assert debian_julia._configured_mirrors() == [
        "http://one.example/debian",
        "http://two.example/debian/",
    ]
