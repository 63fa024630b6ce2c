"""Connection files: what is wrong with one is said in one line, and ports that it leaves open."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
import pytest
from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.connect import write_connection_file

GOOD = {
    "transport": "tcp",
    "ip": "127.0.0.1",
    "shell_port": 0,
    "iopub_port": 0,
    "stdin_port": 0,
    "control_port": 0,
    "hb_port": 0,
    "key": "0123456789abcdef",
    "signature_scheme": "hmac-sha256",
}
REQUIRED = ["ip", "key", "shell_port", "iopub_port", "stdin_port", "control_port", "hb_port"]


def command(path) -> list[str]:
    return [sys.executable, "-m", "polyglot_shim", "-f", str(path)]


def refusal(path) -> str:
    """The one line that the kernel says before it gives up; it names the file."""
    message = last_words(command(path))
    assert str(path) in message
    return message


def last_words(words: list[str]) -> str:
    ended = subprocess.run(words, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 1
    assert ended.stdout == ""
    assert "Traceback" not in ended.stderr and "Stacktrace" not in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1
    return ended.stderr


@contextmanager
def running(arguments: list[str]) -> Iterator[subprocess.Popen]:
    """The process, which a test that fails does not wait for."""
    with subprocess.Popen(arguments) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "connection.json"


def test_missing(path):
    assert "does not exist" in refusal(path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_unreadable_for_its_mode(path):
    path.write_text(json.dumps(GOOD))
    path.chmod(0)
    assert "cannot be read" in refusal(path)


def test_a_folder(tmp_path):
    assert "cannot be read" in refusal(tmp_path)


# Every single fault: julia/PolyglotKernel/test/test_connection.jl. Here is what a user sees.
def test_not_json(path):
    path.write_text('{"ip": }')
    assert "JSON" in refusal(path)


@pytest.mark.parametrize(("field", "value"), [("key", None), ("shell_port", "1")])
def test_a_field_is_missing_or_wrong(path, field, value):
    fields = {name: GOOD[name] for name in GOOD if name != field}
    path.write_text(json.dumps(fields if value is None else fields | {field: value}))
    assert f'"{field}"' in refusal(path)


def test_a_port_that_is_taken(path, nb):
    taken = nb.kernel.manager.get_connection_info()["shell_port"]
    path.write_text(json.dumps(GOOD | {"shell_port": taken}))
    message = refusal(path)
    assert '"shell_port"' in message and f"127.0.0.1:{taken}: Address already in use" in message


def test_a_port_that_was_taken_for_a_moment(path):
    with socket.create_server(("127.0.0.1", 0)) as taker:
        path.write_text(json.dumps(GOOD | {"hb_port": taker.getsockname()[1]}))
        before = path.stat().st_mtime_ns
        with running(command(path)) as process:
            while listening(process.pid) < 4:
                assert process.poll() is None
            taker.close()
            while path.stat().st_mtime_ns == before:
                assert process.poll() is None


def listening(pid: int) -> int:
    """How many of its ports a kernel has."""
    return sum(c.status == psutil.CONN_LISTEN for c in psutil.Process(pid).net_connections("tcp"))


@pytest.mark.parametrize(
    "field",
    [
        {"ip": "nohost.invalid"},
        {"ip": "256.1.1.1"},
        {"ip": "192.0.2.1"},
        {"transport": "ipc", "ip": "/no/such/folder/kernel"},
    ],
)
def test_a_place_where_nobody_can_listen(path, field):
    path.write_text(json.dumps(GOOD | field))
    message = refusal(path)
    assert '"ip"' in message and field["ip"] in message


def vs_code_arguments(connection: dict[str, object], path) -> list[str]:
    """How VS Code passes a connection to a kernelspec of language `python`."""
    return [
        f"--ip={connection['ip']}",
        f"--stdin={connection['stdin_port']}",
        f"--control={connection['control_port']}",
        f"--hb={connection['hb_port']}",
        f'--Session.signature_scheme="{connection["signature_scheme"]}"',
        f'--Session.key=b"{connection["key"]}"',
        f"--shell={connection['shell_port']}",
        f'--transport="{connection["transport"]}"',
        f"--iopub={connection['iopub_port']}",
        f'--f="{path}"',
    ]


@pytest.mark.parametrize("written", [True, False])
def test_the_way_vs_code_starts_it(tmp_path, written):
    """Its file may be there, or only the name of one."""
    path = tmp_path / "kernel v3.json"
    _, connection = write_connection_file(str(path), key=b"0123-abcd")
    if not written:
        path.unlink()
    shim = [sys.executable, "-m", "polyglot_shim"]
    with running([*shim, *vs_code_arguments(connection, path)]) as process:
        client = BlockingKernelClient()
        client.load_connection_info({**connection, "key": b"0123-abcd"})
        client.start_channels(hb=False)  # it would take a kernel that starts for dead
        client.wait_for_ready(timeout=60)
        shown = []
        client.execute_interactive("6 * 7", timeout=60, output_hook=shown.append)
        results = [m["content"]["data"] for m in shown if m["msg_type"] == "execute_result"]
        assert results == [{"text/plain": "42"}]
        client.shutdown()
        assert process.wait(60) == 0
        client.stop_channels()


@pytest.mark.parametrize("transport", ["tcp", "ipc"])
def test_ports_left_open_are_chosen_and_written_back(path, tmp_path, transport):
    fields = GOOD | {"transport": transport, "kernel_name": "polyglot", "note": "é"}
    if transport == "ipc":
        fields["ip"] = str(tmp_path / "socket")
    path.write_text(json.dumps(fields))
    before = path.stat().st_mtime_ns
    with running(command(path)) as process:
        while path.stat().st_mtime_ns == before:
            assert process.poll() is None
        written = json.loads(path.read_text())
        ports = [written[name] for name in REQUIRED[2:]]
        assert 0 not in ports and len(set(ports)) == len(ports)
        assert {**written, **dict.fromkeys(REQUIRED[2:], 0)} == fields
        assert path.stat().st_mode & 0o077 == 0  # it holds the key
        client = BlockingKernelClient(connection_file=str(path))
        client.load_connection_file()
        client.start_channels()
        client.wait_for_ready(timeout=60)
        client.shutdown()
        assert process.wait(60) == 0
        client.stop_channels()
    if transport == "ipc":
        assert sorted(tmp_path.iterdir()) == [path], "socket files are left behind"
