"""Encryption of all sockets by CurveZMQ, with the keys that jupyter_client's manager makes."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import zmq
from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.jsonutil import json_default
from jupyter_client.session import Session
from lab import free_port
from notebook import GUARD, Kernel
from polyglot_shim.find_libzmq import find_libzmq
from test_connection_file import GOOD, last_words, refusal, running
from tornado.httpclient import AsyncHTTPClient, HTTPRequest, HTTPResponse
from tornado.websocket import websocket_connect
from zmq.utils.monitor import recv_monitor_message

PORTS = ["shell_port", "control_port", "stdin_port", "iopub_port", "hb_port"]
TYPES = {"shell": zmq.DEALER, "control": zmq.DEALER, "stdin": zmq.DEALER, "iopub": zmq.SUB}
REFUSED = zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL | zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL
REFUSED |= zmq.EVENT_HANDSHAKE_FAILED_AUTH | zmq.EVENT_DISCONNECTED


def new_keys() -> dict[str, str]:
    public, secret = zmq.curve_keypair()
    return {"curve_publickey": public.decode(), "curve_secretkey": secret.decode()}


@pytest.fixture(scope="module")
def encrypted(environment, tmp_path_factory):
    """A notebook on a kernel that only speaks encrypted."""
    log = tmp_path_factory.mktemp("encrypted") / "kernel.log"
    kernel = Kernel("polyglot", log, transport_encryption="required").start()
    yield kernel.connect()
    kernel.stop()


def mechanism(connection: dict, port: str) -> str:
    """What the kernel's greeting on this port says that connections are secured by (ZMTP 3)."""
    with socket.create_connection((connection["ip"], connection[port]), GUARD) as stream:
        stream.sendall(b"\xff" + bytes(8) + b"\x7f\x03")
        greeting = b""
        while len(greeting) < 33:
            greeting += stream.recv(64)
    return greeting[12:32].rstrip(b"\0").decode()


def test_every_port_is_encrypted(encrypted):
    connection = encrypted.kernel.manager.get_connection_info()
    assert {mechanism(connection, port) for port in PORTS} == {"CURVE"}


def test_without_keys_nothing_changes(nb):
    connection = nb.kernel.manager.get_connection_info()
    assert "curve_publickey" not in connection
    assert {mechanism(connection, port) for port in PORTS} == {"NULL"}


def test_cells_input_interrupts_and_questions(encrypted):
    assert encrypted.run("x = 6 * 7\nx").result == "42"
    assert encrypted.run("%julia\npy.x + 1").result == "43"
    assert encrypted.run("input('who? ')", answers=["Ada"]).result == "'Ada'"
    assert encrypted.run("%julia\nreadline()", answers=["Ada"]).result == '"Ada"'
    spin = encrypted.submit("print('on')\nwhile True: pass").wait_for_stdout("on")
    encrypted.interrupt()
    assert spin.wait().error.ename == "KeyboardInterrupt"
    assert "print" in encrypted.complete("prin")["matches"]


def test_the_manager_s_own_client(encrypted):
    """With the heartbeat, which has keys of its own and knows the kernel's public one."""
    client = encrypted.kernel.manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=GUARD)
    client.hb_channel.unpause()
    reply = client.execute_interactive("1", timeout=GUARD, output_hook=lambda message: None)
    assert reply["content"]["status"] == "ok"
    assert client.hb_channel.is_beating()
    client.stop_channels()


def test_a_client_that_has_the_file(encrypted):
    client = BlockingKernelClient(connection_file=encrypted.kernel.manager.connection_file)
    client.load_connection_file()
    client.start_channels()
    client.wait_for_ready(timeout=GUARD)
    client.stop_channels()


def test_auto_encrypts_as_the_kernelspec_offers_it(launch):
    nb = launch(transport="ipc", transport_encryption="auto").connect()
    assert nb.kernel.manager.get_connection_info()["curve_publickey"]
    assert nb.run("%julia\n1").result == "1"


def test_a_restart_keeps_the_keys(launch):
    kernel = launch(transport_encryption="required")
    before = kernel.connect()
    keys = kernel.manager.get_connection_info()["curve_publickey"]
    before.run("x = 1")
    before.close()
    kernel.manager.restart_kernel()
    assert kernel.manager.get_connection_info()["curve_publickey"] == keys
    assert kernel.connect().fail("x").error.ename == "NameError"


def stranger(nb, channel: str, **keys: bytes) -> tuple[zmq.Socket, zmq.Socket]:
    """A socket to the kernel with these options, and what tells of its connections."""
    made = nb.client.context.socket(TYPES[channel])
    made.linger, made.reconnect_ivl = 0, 10
    for name, key in keys.items():
        setattr(made, name, key)
    told = made.get_monitor_socket(REFUSED)
    made.connect(nb.client._make_url(channel))
    if channel == "iopub":
        made.subscribe(b"")
    return made, told


def other_keys() -> dict[str, bytes]:
    public, secret = zmq.curve_keypair()
    server, _ = zmq.curve_keypair()
    return {"curve_publickey": public, "curve_secretkey": secret, "curve_serverkey": server}


@pytest.mark.parametrize("keys", [dict, other_keys], ids=["no keys", "other keys"])
@pytest.mark.parametrize("channel", TYPES)
def test_a_client_without_the_key_gets_nowhere(encrypted, channel, keys):
    """Although it signs as it should; nobody notices it."""
    encrypted.run("runs = 0")
    log = encrypted.kernel.log.read_text()
    lost, told = stranger(encrypted, channel, **keys())
    if channel != "iopub":
        message = encrypted.session.msg("execute_request", {"code": "runs += 1"})
        encrypted.session.send(lost, message)
    for _ in range(3):
        # libzmq does not tell of every attempt that fails
        assert not told.poll(2000) or recv_monitor_message(told)["event"] & REFUSED
        assert encrypted.run("print('a secret')\nruns").result == "0"
    assert not lost.poll(0)
    assert encrypted.kernel.log.read_text() == log
    lost.disable_monitor()
    lost.close()


def test_noise_on_the_ports(encrypted):
    connection = encrypted.kernel.manager.get_connection_info()
    greeting = b"\xff" + bytes(8) + b"\x7f\x03\x00CURVE" + bytes(15 + 32)
    for noise in (b"GET / HTTP/1.1\r\n\r\n", greeting + b"\x04\xc8\x05HELLO" + bytes(194)):
        for port in PORTS:
            with socket.create_connection((connection["ip"], connection[port])) as stream:
                stream.sendall(noise)
    assert encrypted.run("1").result == "1"


def test_ports_left_open_are_written_back_beside_the_keys(tmp_path):
    path = tmp_path / "connection.json"
    fields = GOOD | new_keys()
    path.write_text(json.dumps(fields))
    before = path.stat().st_mtime_ns
    with running([sys.executable, "-m", "polyglot_shim", "-f", str(path)]) as process:
        while path.stat().st_mtime_ns == before:
            assert process.poll() is None
        written = json.loads(path.read_text())
        assert written | dict.fromkeys(PORTS, 0) == fields
        client = BlockingKernelClient(connection_file=str(path))
        client.load_connection_file()
        client.start_channels()
        client.wait_for_ready(timeout=GUARD)
        client.shutdown()
        assert process.wait(GUARD) == 0
        client.stop_channels()


# Every single fault: julia/PolyglotKernel/test/test_connection.jl.
@pytest.mark.parametrize("field", ["curve_publickey", "curve_secretkey"])
def test_half_a_pair_of_keys_is_no_plain_text(tmp_path, field):
    path = tmp_path / "connection.json"
    path.write_text(json.dumps({k: v for k, v in (GOOD | new_keys()).items() if k != field}))
    assert f'"{field}" is missing' in refusal(path)


def test_keys_that_are_no_pair(tmp_path):
    path = tmp_path / "connection.json"
    secret = {"curve_secretkey": new_keys()["curve_secretkey"]}
    path.write_text(json.dumps(GOOD | new_keys() | secret))
    assert '"curve_publickey" does not belong to the "curve_secretkey"' in refusal(path)


@pytest.mark.skipif(shutil.which("cc") is None, reason="there is no C compiler")
def test_a_libzmq_without_curve_is_an_error(tmp_path):
    """The real one, but for what it says that it can."""
    source, library = tmp_path / "has.c", tmp_path / "libzmq-has.so"
    source.write_text("int zmq_has(const char *name) { return 0; }")
    real = Path(find_libzmq())
    link = ["-Wl,--no-as-needed", f"-L{real.parent}", f"-l:{real.name}"]
    link.append(f"-Wl,-rpath,{real.parent}")
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source, *link], check=True)
    become = f"""
import sys
from polyglot_shim import launcher
launcher.find_libzmq = lambda: {str(library)!r}
sys.exit(launcher.main(sys.argv[1:]))
"""
    path = tmp_path / "connection.json"
    path.write_text(json.dumps(GOOD | new_keys()))
    message = last_words([sys.executable, "-c", become, "-f", str(path)])
    assert "has none (Curve)" in message and "pip install" in message


def test_through_jupyter_server(tmp_path):
    """As JupyterLab gets at a kernel: its server, which makes the keys, and a websocket."""
    asyncio.run(asyncio.wait_for(ask_through_server(tmp_path), GUARD))


async def ask_through_server(folder: Path) -> None:
    port = free_port()
    server = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "jupyter_server", "--no-browser", "--allow-root"),
        *("--IdentityProvider.token=token", f"--ServerApp.root_dir={folder}"),
        *(f"--ServerApp.port={port}", "--ServerApp.port_retries=0"),
        "--MappingKernelManager.transport_encryption=required",
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        kernels, headers = f"//127.0.0.1:{port}/api/kernels", {"Authorization": "token token"}
        client = AsyncHTTPClient()
        new = HTTPRequest(
            f"http:{kernels}", method="POST", body='{"name": "polyglot"}', headers=headers
        )
        made = await fetch_when_it_listens(client, new)
        kernel = json.loads(made.body)["id"]
        runtime = Path(os.environ["JUPYTER_RUNTIME_DIR"])
        assert "curve_publickey" in (runtime / f"kernel-{kernel}.json").read_text()
        channels = HTTPRequest(f"ws:{kernels}/{kernel}/channels", headers=headers)
        stream = await websocket_connect(channels)
        message = Session().msg("execute_request", {"code": "6 * 7"}) | {"channel": "shell"}
        await stream.write_message(json.dumps(message, default=json_default))
        while (shown := json.loads(await stream.read_message()))["msg_type"] != "execute_result":
            pass
        assert shown["content"]["data"] == {"text/plain": "42"}
        await client.fetch(f"http:{kernels}/{kernel}", method="DELETE", headers=headers)
    finally:
        server.kill()  # its kernel is gone; its own end is not what this is about
        await server.wait()


async def fetch_when_it_listens(client: AsyncHTTPClient, request: HTTPRequest) -> HTTPResponse:
    """The response. The server says that it runs a moment before it listens."""
    while True:
        try:
            return await client.fetch(request)
        except ConnectionRefusedError:
            await asyncio.sleep(0.05)
