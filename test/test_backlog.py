"""Clients that read slowly or not at all, and more output than anybody wants: nothing is lost, the
host does not grow, and the rest of the kernel does not notice."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
import zmq
from languages import both, in_
from memory import memory
from notebook import GUARD
from test_stop_button import press_until_it_ends

MB = 2**20
# What may wait for clients (BACKLOG_LIMIT), twice for text that is put together and taken apart,
# and what Julia's garbage collector leaves for later.
ROOM = 64 * MB * 3

FLOOD = {
    "python": "n = 0\nwhile True:\n    print(n, 'x' * 1000)\n    n += 1",
    "julia": 'n = 0; x = "x" ^ 1000\nwhile true\n    println(n, " ", x)\n    global n += 1\nend',
}
LINE = "x" * 1000
RAW_FLOOD = {
    "python": f"import subprocess\nsubprocess.run(['seq', '-f', '%.0f {LINE}', '0', '999999999'])",
    "julia": f'run(`seq -f "%.0f {LINE}" 0 999999999`)',
}
DISPLAYS = {
    "python": "for n in range(10**9): display({'text/plain': f'{n} ' + 'x' * 1000}, raw=True)",
    "julia": 'x = "x" ^ 1000\nfor n in 0:10^9; display(Text("$n $x")); end',
}
INTERRUPTED = {"python": "KeyboardInterrupt", "julia": "InterruptException"}
OTHER = {"python": "julia", "julia": "python"}


class Sleeper:
    """A subscriber to all output that does not read until it is told to."""

    def __init__(self, nb) -> None:
        self.socket = nb.client.context.socket(zmq.SUB)
        self.socket.linger, self.socket.rcvhwm, self.socket.rcvbuf = 0, 1, 4096
        self.socket.rcvtimeo = int(GUARD * 1000)
        self.socket.subscribe(b"")
        self.socket.connect(nb.client._make_url("iopub"))
        self.next()  # the welcome: from here on nothing is missed

    def next(self) -> dict:
        parts = self.socket.recv_multipart()
        header, parent, _, content = (json.loads(part) for part in parts[3:7])
        return {"msg_type": header["msg_type"], "parent": parent.get("msg_id"), "content": content}

    def until_idle(self, request) -> Iterator[dict]:
        while True:
            message = self.next()
            if message["parent"] == request.header["msg_id"]:
                yield message["content"]
                if message["content"].get("execution_state") == "idle":
                    return


@pytest.fixture
def sleeper(nb) -> Iterator[Sleeper]:
    made = Sleeper(nb)
    yield made
    made.socket.close()


def flood_until_it_stops(nb, code: str):
    """A cell that prints for ever, when it has to wait for the client that does not read."""
    before = memory(nb.kernel.process)
    cell = nb.submit(code)
    nb.wait_until(lambda: cell.kinds & {"stream", "display_data"}, "output")
    while nb.receive(2.0):
        assert memory(nb.kernel.process) < before + ROOM
    return cell


def texts(contents) -> str:
    pieces = []
    for content in contents:
        pieces.append(content.get("text", ""))
        if "data" in content:
            pieces += [content["data"]["text/plain"], "\n"]
    return "".join(pieces)


def numbers(text: str) -> list[int]:
    return [int(number) for number in re.findall(r"^(\d+) x+$", text, re.M)]


@pytest.mark.timeout(300)
@both
@pytest.mark.parametrize("way", ["print", "raw", "display"])
def test_a_client_that_does_not_read(nb, sleeper, language, way):
    code = {
        "print": FLOOD[language],
        "raw": RAW_FLOOD[language],
        "display": DISPLAYS[language],
    }[way]
    nb.run(in_(OTHER[language], "kept = 1"))
    cell = flood_until_it_stops(nb, in_(language, code))
    size = memory(nb.kernel.process)

    # questions and the stop button, the other language, and a few more cells of this one
    assert nb.complete(in_(OTHER[language], "kep"))["matches"] == ["kept"]
    assert nb.ask("kernel_info_request", channel="control").status == "ok"
    nb.interrupt()
    assert cell.wait().status == "error"
    assert cell.error.ename in (INTERRUPTED[language], "ProcessFailedException")
    assert nb.run(in_(OTHER[language], "kept + 1")).result == "2"
    for number in range(20):
        assert nb.run(in_(language, f"{number} + 1")).result == str(number + 1)
    assert memory(nb.kernel.process) < size + 32 * MB

    # and it has all of it, once it reads
    seen = numbers(texts(sleeper.until_idle(cell)))
    assert len(seen) > 20_000
    assert seen == list(range(len(seen)))
    shown = texts(message["content"] for message in cell.iopub)
    assert numbers(shown) == seen


@pytest.mark.timeout(300)
@both
def test_a_flood_goes_on_when_the_client_reads(nb, sleeper, language):
    """Slowly, too: what it has not read for a time is made when it does."""
    cell = flood_until_it_stops(nb, in_(language, FLOOD[language]))
    before = len(cell.iopub)
    messages = sleeper.until_idle(cell)
    read = [next(messages) for _ in range(before)]
    nb.wait_until(lambda: len(cell.iopub) > before + 10, "more output")
    press_until_it_ends(nb, cell)
    assert cell.error.ename == INTERRUPTED[language]
    seen = numbers(texts([*read, *messages]))
    assert seen == list(range(len(seen)))


@pytest.mark.timeout(300)
def test_a_client_that_goes_away_holds_nobody_up(nb):
    sleeper = Sleeper(nb)
    cell = flood_until_it_stops(nb, FLOOD["python"])
    before = len(cell.iopub)
    sleeper.socket.close()
    nb.wait_until(lambda: len(cell.iopub) > before + 10, "more output")
    nb.interrupt()
    assert cell.wait().error.ename == "KeyboardInterrupt"


@pytest.mark.timeout(300)
@both
def test_fifty_thousand_small_displays(nb, language):
    code = {
        "python": "for n in range(50_000): display(n)",
        "julia": "for n in 0:49_999; display(n); end",
    }
    cell = nb.run(in_(language, code[language]))
    assert [data["text/plain"] for data in cell.displays] == [str(n) for n in range(50_000)]


ECHO = {
    "python": """
def echo(comm, message):
    @comm.on_msg
    def answer(message): comm.send(message['content']['data'])
get_ipython().kernel.comm_manager.register_target('echo many', echo)
""",
    "julia": """%julia
Polyglot.register_comm("echo many") do comm, message
    Polyglot.on_msg((comm, message) -> Polyglot.send(comm, message.data), comm)
end
""",
}


@pytest.mark.timeout(300)
@both
def test_ten_thousand_comm_messages(nb, language):
    nb.run(ECHO[language])
    identity = f"many {language}"
    nb.request("comm_open", {"comm_id": identity, "target_name": "echo many", "data": {}}).wait()
    asked = [nb.request("comm_msg", {"comm_id": identity, "data": {"n": n}}) for n in range(10_000)]
    asked[-1].wait()
    answers = [
        message["content"]["data"]["n"]
        for request in asked
        for message in request.iopub
        if message["header"]["msg_type"] == "comm_msg"
    ]
    assert answers == list(range(10_000))


@pytest.mark.timeout(300)
@both
def test_a_message_of_200_mb(nb, language):
    code = {
        "python": "display({'text/plain': 'é' * 10**8}, raw=True); print('behind')",
        "julia": 'display(Text("é" ^ 10^8)); println("behind")',
    }
    cell = nb.run(in_(language, code[language]))
    assert [kind for kind, _ in cell.outputs] == ["display_data", "stdout"]
    assert cell.displays[0]["text/plain"] == "é" * 10**8
