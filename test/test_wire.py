"""What reaches the sockets: signatures, broken messages, transports, and who gets an answer."""

from __future__ import annotations

import json
import socket
import struct
import uuid
from itertools import product

import pytest
import zmq
from jupyter_client.session import Session
from notebook import GUARD, Cell, wait_for

DELIMITER = b"<IDS|MSG>"


def wire_parts(nb, kind="kernel_info_request", content=None) -> list[bytes]:
    """A good message: delimiter, signature, header, parent, metadata, content."""
    return nb.session.serialize(nb.session.msg(kind, content or {}))


def sign_again(nb, parts: list[bytes]) -> list[bytes]:
    return [parts[0], nb.session.sign(parts[2:6]), *parts[2:]]


def assert_dropped(nb, parts: list[bytes], reason: str, channel: str = "shell") -> None:
    """`parts` are not answered, the log says why, and the kernel goes on."""
    seen = len(nb.kernel.log.read_text())
    nb.sockets[channel].send_multipart(parts)
    # The harness refuses a reply to what it did not ask; this request is behind the bad one.
    nb.ask("kernel_info_request", channel=channel)
    assert reason in nb.kernel.log.read_text()[seen:]


def replaced(index: int, change):
    def spoil(nb):
        parts = wire_parts(nb)
        parts[index] = change(parts[index])
        return parts

    return spoil


def signed(index: int, data: bytes):
    def spoil(nb):
        parts = wire_parts(nb)
        parts[4] = json.dumps({"unique": str(uuid.uuid4())}).encode()  # or it were a replay
        parts[index] = data
        return sign_again(nb, parts)

    return spoil


def without_msg_type(nb):
    parts = wire_parts(nb)
    header = json.loads(parts[2])
    del header["msg_type"]
    parts[2] = json.dumps(header).encode()
    return sign_again(nb, parts)


BROKEN = {
    "wrong signature": (replaced(1, lambda s: bytes(reversed(s))), "signature"),
    "one digit wrong": (replaced(1, lambda s: s[:-1] + (b"0" if s[-1:] != b"0" else b"1")), "sig"),
    "no signature": (replaced(1, lambda s: b""), "signature"),
    "cut signature": (replaced(1, lambda s: s[:32]), "signature"),
    "long signature": (replaced(1, lambda s: s + b"00"), "signature"),
    "capital signature": (replaced(1, bytes.upper), "signature"),
    "signature of another content": (replaced(5, lambda c: b'{"a":1}'), "signature"),
    "other key": (lambda nb: Session(key=b"other").serialize(nb.session.msg("x")), "signature"),
    "no delimiter": (replaced(0, lambda d: b"<IDS|MSX>"), "delimiter"),
    "delimiter only": (lambda nb: [DELIMITER], "short"),
    "one part missing": (lambda nb: wire_parts(nb)[:-1], "short"),
    "empty message": (lambda nb: [b""], "delimiter"),
    "header is not JSON": (signed(2, b"{'a'}"), "header"),
    "header is a list": (signed(2, b"[]"), "header"),
    "header is not UTF-8": (signed(2, b'{"msg_id":"\xff"}'), "header"),
    "header is empty": (signed(2, b""), "header"),
    "header lacks msg_type": (without_msg_type, "msg_type"),
    "msg_type is a number": (signed(2, b'{"msg_id":"1","msg_type":1}'), "msg_type"),
    "parent is not JSON": (signed(3, b"nonsense"), "parent"),
    "metadata is not JSON": (signed(4, b"{"), "metadata"),
    "content is not JSON": (signed(5, b'{"code": NaN}'), "content"),
    "content is null": (signed(5, b"null"), "content"),
    "content is deeper than any stack": (signed(5, b"[" * 3_000_000), "content"),
    "metadata with a number that Python refuses": (
        signed(4, b'{"a":' + b"1" * 5_000 + b"}"),
        "digits",
    ),
    "twenty megabytes of noise": (lambda nb: [b"\xa5" * 20_000_000], "delimiter"),
    "ten thousand parts": (lambda nb: [b"part"] * 10_000, "delimiter"),
}


@pytest.mark.parametrize("channel", ["shell", "control"])
@pytest.mark.parametrize("name", BROKEN)
def test_broken_messages_are_dropped(nb, name, channel):
    spoil, reason = BROKEN[name]
    assert_dropped(nb, spoil(nb), reason, channel)


def test_broken_input_replies_are_dropped(nb):
    nb.sockets["stdin"].send_multipart([b"nonsense"])
    nb.sockets["stdin"].send_multipart(wire_parts(nb, "input_reply", {"value": None}))
    assert nb.run("input('x')", answers=["fine"]).result == "'fine'"


def follow(nb, parts: list[bytes]) -> Cell:
    """Send a message as it stands; the request that it is, for the harness to follow."""
    header, content = json.loads(parts[2]), json.loads(parts[5])
    cell = Cell(header=header, content=content, notebook=nb)
    nb.requests[header["msg_id"]] = cell
    nb.sockets["shell"].send_multipart(parts)
    return cell


def test_a_replayed_message_is_dropped(nb):
    nb.run("runs = 0")
    parts = wire_parts(nb, "execute_request", {"code": "runs += 1"})
    follow(nb, parts).wait()
    assert_dropped(nb, parts, "replay")
    assert_dropped(nb, parts, "replay", channel="control")
    assert nb.run("runs").result == "1"


def test_what_is_as_deep_as_can_be_reaches_the_executors(launch):
    """Or it is dropped; a frame that the executor cannot read would cost all its variables."""
    kernel = launch()
    nb = kernel.connect()
    nb.run("kept = 1")
    nb.run("%julia\nkept = 1")
    nb.close()  # jupyter_client's session cannot read what comes now
    with dealer(nb, b"deep") as shell:
        shell.rcvtimeo = int(GUARD * 1000)
        for depth, language, index in product(range(500, 514), ("python", "julia"), (2, 5)):
            nested = b'{"deep":' + b"[" * depth + b"]" * depth + b","
            content = {"code": f"%{language} kept", "stop_on_error": False}
            parts = wire_parts(nb, "execute_request", content)
            parts[index] = parts[index].replace(b"{", nested, 1)
            shell.send_multipart(sign_again(nb, parts))
        last = nb.session.msg("execute_request", {"code": ""})
        nb.session.send(shell, last)
        while last["header"]["msg_id"].encode() not in b"".join(shell.recv_multipart()):
            pass
    other = kernel.connect()
    assert other.run("kept").result == other.run("%julia\nkept").result == "1"


def test_an_integer_that_python_refuses_is_dropped(nb):
    nb.run("kept = 1")
    content = b'{"hist_access_type":"tail","n":' + b"1" * 5_000 + b"}"
    parts = wire_parts(nb, "history_request")
    parts[5] = content
    assert_dropped(nb, sign_again(nb, parts), "digits")
    assert nb.run("kept").result == "1"


def test_what_a_client_has_made_up_is_one_short_line_of_the_log(nb):
    """No control sequences for the terminal that shows it."""
    for kind in ("\x1b[31m", "two\nlines", "\ud800", "x" * 100_000):
        parts = wire_parts(nb)
        parts[2] = json.dumps({"msg_id": str(uuid.uuid4()), "msg_type": kind}).encode()
        seen = len(nb.kernel.log.read_bytes())
        nb.sockets["shell"].send_multipart(sign_again(nb, parts))
        nb.ask("kernel_info_request")
        (line,) = nb.kernel.log.read_bytes()[seen:].splitlines()
        assert line.isascii() or len(kind) > 100
        assert b"\x1b" not in line and len(line) < 200


def test_a_comm_whose_id_is_no_text_is_refused(nb):
    nb.run("get_ipython().kernel.comm_manager.register_target('echo', lambda c, m: None)")
    for wrong in (None, 1, {}, [], ""):
        for kind in ("comm_open", "comm_msg", "comm_close"):
            opened = nb.request(kind, {"comm_id": wrong, "target_name": "echo", "data": {}}).wait()
            assert opened.kinds == {"status"}


@pytest.mark.parametrize("kind", ["complete_request", "inspect_request", "is_complete_request"])
@pytest.mark.parametrize("code", ["\0", "x\0y", "x.\0", "f(\0"])
def test_a_nul_in_a_name_while_julia_runs_a_cell(nb, kind, code):
    """The host answers then."""
    seen = len(nb.kernel.log.read_text())
    spin = nb.submit("%julia\nprint(1)\nwhile true; end").wait_for_stdout("1")
    for position in range(len(code) + 1):
        content = {"code": f"%julia\n{code}", "cursor_pos": 7 + position, "detail_level": 0}
        answer = nb.ask(kind, content).answer
        assert answer["status"] != "error"
    nb.interrupt()
    spin.wait()
    assert nb.kernel.log.read_text()[seen:] == ""


WRONG_FIELDS = {
    "code": [None, 1, ["a"]],
    "silent": [None, "yes"],
    "store_history": [None, 0],
    "user_expressions": [None, [], "a"],
    "allow_stdin": [None, 1],
    "stop_on_error": [None, "no"],
}


@pytest.mark.parametrize("field", WRONG_FIELDS)
def test_mistyped_fields_of_a_cell_do_not_hurt(nb, field):
    for value in WRONG_FIELDS[field]:
        parts = wire_parts(nb, "execute_request", {"code": "1"} | {field: value})
        cell = follow(nb, parts)
        cell.content["code"] = "" if field == "code" else "1"
        assert cell.wait().status == "ok"


@pytest.mark.parametrize("field", ["code", "cursor_pos", "detail_level"])
@pytest.mark.parametrize("value", [None, -5, 10**9, 10**30, "a", {}])
def test_mistyped_fields_of_a_question_do_not_hurt(nb, field, value):
    for kind in ("complete_request", "inspect_request", "is_complete_request"):
        content = {"code": "pri", "cursor_pos": 3, "detail_level": 0} | {field: value}
        assert nb.ask(kind, content).reply is not None


def test_noise_on_the_tcp_ports(nb):
    connection = nb.kernel.manager.get_connection_info()
    greeting = b"\xff" + bytes(8) + b"\x7f\x03\x00NULL" + bytes(16 + 1 + 31)
    ready = b"\x04\x1c\x05READY\x0bSocket-Type\x00\x00\x00\x06DEALER"
    endless = b"\x02" + struct.pack(">Q", 2**62) + b"x"  # a frame of 4 EiB is announced
    for noise in (b"GET / HTTP/1.1\r\n\r\n", bytes(range(256)) * 64, greeting + ready + endless):
        for name in ("shell_port", "control_port", "stdin_port", "iopub_port", "hb_port"):
            with socket.create_connection((connection["ip"], connection[name])) as stream:
                stream.sendall(noise)
    assert nb.run("1").result == "1"


@pytest.mark.parametrize("scheme", ["hmac-sha224", "hmac-sha384", "hmac-sha512"])
def test_other_signature_schemes(launch, scheme):
    kernel = launch(session=Session(signature_scheme=scheme))
    nb = kernel.connect()
    assert nb.session.signature_scheme == scheme
    assert nb.run("1").result == "1"
    assert_dropped(nb, replaced(1, lambda s: s[::-1])(nb), "signature")


def test_an_empty_key_switches_signing_off(launch):
    nb = launch(session=Session(key=b"")).connect()
    parts = wire_parts(nb)
    assert parts[1] == b""
    assert nb.run("%julia\n1").result == "1"


def test_ipc(launch):
    nb = launch(transport="ipc").connect()
    assert nb.run("1").result == "1"
    assert nb.run("%julia\n2").result == "2"


@pytest.mark.parametrize("payload", [b"ping", b"", bytes(range(256)), b"x" * 1_000_000])
def test_heartbeat(nb, payload):
    with nb.client.context.socket(zmq.REQ) as heart:
        heart.linger = 0
        heart.rcvtimeo = 10_000
        heart.connect(nb.client._make_url("hb"))
        for _ in range(3):
            heart.send(payload)
            assert heart.recv() == payload


def test_a_reconnecting_client_takes_its_identity_over(nb):
    """ROUTER_HANDOVER: the answer goes to the newer of two connections with one identity."""
    with dealer(nb, b"the same client") as lost:
        assert ask_kernel_info(nb, lost)
        with dealer(nb, b"the same client") as renewed:
            assert ask_kernel_info(nb, renewed)
            assert ask_kernel_info(nb, renewed)


def dealer(nb, identity: bytes) -> zmq.Socket:
    """A shell socket that does not come back by itself when the kernel closes its connection."""
    made = nb.client.context.socket(zmq.DEALER)
    made.linger, made.rcvtimeo, made.reconnect_ivl = 0, 10_000, -1
    made.routing_id = identity
    made.connect(nb.client._make_url("shell"))
    return made


def ask_kernel_info(nb, shell: zmq.Socket) -> bool:
    request = nb.session.msg("kernel_info_request")
    nb.session.send(shell, request)
    _, reply = nb.session.recv(shell, mode=0)
    return reply["parent_header"]["msg_id"] == request["header"]["msg_id"]


def test_every_subscriber_is_welcomed(nb):
    session = Session(key=nb.session.key)
    for topic in ("", "kernel", "kernel"):
        with nb.client.context.socket(zmq.SUB) as subscriber:
            subscriber.linger, subscriber.rcvtimeo = 0, 10_000
            subscriber.subscribe(topic)
            subscriber.connect(nb.client._make_url("iopub"))
            while True:  # what was published for others may come first
                _, message = session.recv(subscriber, mode=0)
                if message["header"]["msg_type"] == "iopub_welcome":
                    break
            assert message["content"] == {"subscription": topic}
            assert message["parent_header"] == {}


def test_requests_over_control_are_answered_there(nb):
    for kind in ("kernel_info_request", "connect_request", "comm_info_request"):
        assert nb.ask(kind, channel="control").reply is not None


def test_two_clients(nb):
    other = nb.kernel.connect()
    first = nb.submit("input('who? ')", answers=["first"])
    second = other.submit("print('second'); input('who? ')", answers=["second"])
    wait_for(first, second)
    assert (first.result, second.result) == ("'first'", "'second'")
    assert (len(first.inputs), len(second.inputs)) == (1, 1)
    for watcher, cell in ((other, first), (nb, second)):
        watcher.wait_until(lambda w=watcher, c=cell: w.requests.get(c.header["msg_id"]), "the cell")
        mirror = watcher.requests[cell.header["msg_id"]]
        watcher.wait_until(lambda m=mirror: m.finished, "its end")
        assert mirror.outputs == cell.outputs
    other.close()


def test_an_interrupt_of_one_client_stops_the_cell_of_another(nb):
    other = nb.kernel.connect()
    spin = nb.submit("print('on')\nwhile True: pass").wait_for_stdout("on")
    other.interrupt()
    assert spin.wait().error.ename == "KeyboardInterrupt"
    other.close()


def test_a_client_that_vanished_does_not_block_the_others(nb):
    ghost = nb.kernel.connect()
    ghost.submit("input()").wait_for_input()  # nobody will answer
    ghost.close()
    waiting = nb.submit("2")
    nb.interrupt()
    assert waiting.wait().status == "aborted"
    assert nb.run("3").result == "3"
