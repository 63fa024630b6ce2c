"""The start-up handshake of protocol 5.6: the kernel chooses its ports and registers them."""

from __future__ import annotations

import hashlib
import hmac
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import zmq
from jupyter_client.blocking.client import BlockingKernelClient
from notebook import GUARD

KEY = b"a key"
PORTS = [f"{channel}_port" for channel in ("shell", "iopub", "stdin", "control", "hb")]


def sign(content: bytes) -> bytes:
    return hmac.new(KEY, content, hashlib.sha256).hexdigest().encode()


@pytest.fixture(params=["plain", "encrypted"])
def keys(request: pytest.FixtureRequest) -> dict[str, str]:
    """What the registration file says of encryption."""
    if request.param == "plain":
        return {}
    public, secret = zmq.curve_keypair()
    return {"curve_publickey": public.decode(), "curve_secretkey": secret.decode()}


@pytest.fixture
def service(keys: dict[str, str]) -> Iterator[tuple[zmq.Socket, int]]:
    """A registration service: its socket and port."""
    with zmq.Context() as context, context.socket(zmq.ROUTER) as socket:
        socket.linger = 0
        socket.rcvtimeo = int(GUARD * 1000)
        if keys:
            socket.curve_server = True
            socket.curve_secretkey = keys["curve_secretkey"].encode()
        yield socket, socket.bind_to_random_port("tcp://127.0.0.1")


@pytest.fixture
def kernel(
    service: tuple[zmq.Socket, int], keys: dict[str, str], tmp_path: Path
) -> Iterator[subprocess.Popen[str]]:
    registration = {
        "kernel_id": "my kernel",
        "transport": "tcp",
        "registration_ip": "127.0.0.1",
        "registration_port": service[1],
        "signature_scheme": "hmac-sha256",
        "key": KEY.decode(),
        **keys,
    }
    file = tmp_path / "registration.json"
    file.write_text(json.dumps(registration))
    command = [sys.executable, "-m", "polyglot_shim", "-f", str(file)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        yield process
        process.kill()


def test_the_kernel_registers_its_ports_and_serves_there(
    service: tuple[zmq.Socket, int], kernel: subprocess.Popen[str], keys: dict[str, str]
) -> None:
    socket, _ = service
    identity, delimiter, signature, content = socket.recv_multipart()
    assert (delimiter, signature) == (b"<IDS|MSG>", sign(content))
    registered = json.loads(content)
    assert registered.pop("kernel_id") == "my kernel"
    assert set(registered) == set(PORTS)
    acknowledgement = b'{"status":"ok"}'
    socket.send_multipart([identity, delimiter, sign(acknowledgement), acknowledgement])

    client = BlockingKernelClient()
    ports = {name: int(port) for name, port in registered.items()}
    client.load_connection_info(
        {"ip": "127.0.0.1", "transport": "tcp", "key": KEY.decode()} | keys | ports
    )
    client.start_channels()
    client.wait_for_ready(timeout=GUARD)
    client.shutdown()
    assert kernel.wait(GUARD) == 0
    client.stop_channels()


def test_a_forged_acknowledgement_ends_the_kernel(
    service: tuple[zmq.Socket, int], kernel: subprocess.Popen[str]
) -> None:
    socket, _ = service
    identity, delimiter, _, _ = socket.recv_multipart()
    socket.send_multipart([identity, delimiter, b"0" * 64, b"{}"])
    assert kernel.wait(GUARD) == 1
    assert "did not confirm the kernel" in kernel.stderr.read()
