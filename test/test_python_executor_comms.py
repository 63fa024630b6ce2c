"""Comms and widgets."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from executor_pipes import Cell, PipedExecutor, python_executor


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PipedExecutor]:
    with python_executor(tmp_path_factory.mktemp("home")) as executor:
        executor.run("import comm")
        yield executor


def message(
    python: PipedExecutor, msg_type: str, content: dict[str, Any], *buffers: bytes, **fields: Any
) -> Cell:
    """What a comm message of the client causes."""
    id = python.send(
        "comm",
        [json.dumps(content).encode(), *buffers],
        msg_type=msg_type,
        header={"msg_id": "from the client", "msg_type": msg_type},
        **fields,
    )
    return python.collect(id)


def test_a_comm_of_the_kernel(python: PipedExecutor) -> None:
    cell = python.run(
        "received = []\n"
        "one = comm.create_comm(\n"
        "    target_name='there', data={'a': 1}, metadata={'m': 2}, buffers=[b'xy'])\n"
        "def on_msg(message):\n"
        "    received.append(message)\n"
        "    one.send({'echo': 1}, buffers=[b'z'])\n"
        "one.on_msg(on_msg)\n"
        "one.on_close(lambda message: print('closed by the client'))\n"
        "one.comm_id"
    )
    [opened] = cell.messages("comm_open")
    comm_id = eval(cell.result or "")
    assert opened["comm_id"] == opened["content"]["comm_id"] == comm_id
    assert opened["target_name"] == opened["content"]["target_name"] == "there"
    assert (opened["content"]["data"], opened["metadata"], opened["buffers"]) == (
        {"a": 1},
        {"m": 2},
        [b"xy"],
    )
    answer = message(python, "comm_msg", {"comm_id": comm_id, "data": {"b": 2}}, b"raw")
    assert answer.reply["status"] == "ok"
    [echo] = answer.messages("comm_msg")
    assert (echo["content"]["data"], echo["buffers"]) == ({"echo": 1}, [b"z"])
    seen = "received[0]['content']['data'], bytes(received[0]['buffers'][0]), len(received)"
    assert python.run(seen).result == "({'b': 2}, b'raw', 1)"
    closed = message(python, "comm_close", {"comm_id": comm_id, "data": {}})
    assert closed.stdout == "closed by the client\n"


def test_buffers_of_any_kind(python: PipedExecutor) -> None:
    """What is sent has the length of its bytes; what has none fails in its cell alone."""
    cell = python.run(
        "import array, numpy as np\n"
        "numbers = np.arange(6, dtype='float32').reshape(2, 3)\n"
        "sent = [numbers, numbers.T, numbers[:, ::2]]\n"
        "sent += [array.array('h', [1, 2]), memoryview(numbers)]\n"
        "comm.create_comm(target_name='arrays').send({}, buffers=sent)\n"
        "[np.ascontiguousarray(each).tobytes() for each in sent]"
    )
    assert cell.messages("comm_msg")[0]["buffers"] == eval(cell.result or "")
    failed = python.run("comm.create_comm(target_name='no').send({}, buffers=['text'])")
    assert (failed.error or {})["ename"] == "TypeError"
    assert python.run("numbers.shape").result == "(2, 3)"


def test_a_target_that_clients_open(python: PipedExecutor) -> None:
    id = python.start(
        "def opened(comm, message):\n"
        "    print('opened with', message['content']['data'])\n"
        "    comm.on_msg(lambda message: print('got', message['content']['data']))\n"
        "comm.get_comm_manager().register_target('here', opened)"
    )
    announced = python.wait_for("comm_target").header
    assert (announced["target_name"], announced["registered"]) == ("here", True)
    python.collect(id)
    content = {"comm_id": "c1", "target_name": "here", "data": {"x": 1}}
    assert message(python, "comm_open", content).stdout == "opened with {'x': 1}\n"
    cell = message(python, "comm_msg", {"comm_id": "c1", "data": 5})
    assert cell.stdout == "got 5\n"
    id = python.start("comm.get_comm_manager().unregister_target('here', opened)")
    assert python.wait_for("comm_target").header["registered"] is False
    python.collect(id)


def test_an_unknown_target_is_closed_quietly(python: PipedExecutor) -> None:
    content = {"comm_id": "c2", "target_name": "nobody", "data": {}}
    cell = message(python, "comm_open", content)
    [closed] = cell.outputs
    assert (closed["msg_type"], closed["content"]["comm_id"]) == ("comm_close", "c2")
    assert python.run("1").result == "1"


def test_errors_in_callbacks_are_shown_and_end_nothing(python: PipedExecutor) -> None:
    cell = python.run(
        "bad = comm.create_comm(target_name='t')\nbad.on_msg(lambda message: 1/0)\nbad.comm_id"
    )
    comm_id = eval(cell.result or "")
    cell = message(python, "comm_msg", {"comm_id": comm_id, "data": {}})
    assert "ZeroDivisionError" in cell.stderr
    assert cell.reply["status"] == "ok"
    assert message(python, "comm_msg", {"comm_id": "gone", "data": {}}).reply["status"] == "ok"


def test_a_callback_is_interrupted(python: PipedExecutor) -> None:
    cell = python.run(
        "import time\n"
        "slow = comm.create_comm(target_name='t')\n"
        "slow.on_msg(lambda message: (print('slow'), time.sleep(100)))\n"
        "slow.comm_id"
    )
    content = json.dumps({"comm_id": eval(cell.result or ""), "data": {}}).encode()
    id = python.send("comm", [content], msg_type="comm_msg", header={"msg_id": "slow"})
    python.wait_for_text("slow")
    python.interrupt()
    assert python.collect(id).error is not None
    assert python.run("'alive'").result == "'alive'"


def widget_id(cell: Cell) -> str:
    data = cell.messages("execute_result")[0]["content"]["data"]
    return data["application/vnd.jupyter.widget-view+json"]["model_id"]


def updated(comm_id: str, **state: Any) -> dict[str, Any]:
    """The message of a view that the user moved."""
    return {"comm_id": comm_id, "data": {"method": "update", "state": state, "buffer_paths": []}}


@pytest.fixture
def widgets(python: PipedExecutor) -> PipedExecutor:
    pytest.importorskip("ipywidgets")
    assert python.run("import ipywidgets as w").reply["status"] == "ok"
    return python


def test_a_slider_calls_back(widgets: PipedExecutor) -> None:
    cell = widgets.run("slider = w.IntSlider()\nslider")
    slider = widget_id(cell)
    widgets.run("slider.observe(lambda change: print('now', change['new']), 'value');")
    moved = message(widgets, "comm_msg", updated(slider, value=7))
    assert moved.stdout == "now 7\n"
    assert widgets.run("slider.value").result == "7"


def test_interact_changes_its_output(widgets: PipedExecutor) -> None:
    cell = widgets.run("@w.interact(x=(0, 10))\ndef show(x): print('x is', x)")
    opened = {
        opened["content"]["data"]["state"]["_model_name"]: opened["comm_id"]
        for opened in cell.messages("comm_open")
    }
    moved = message(widgets, "comm_msg", updated(opened["IntSliderModel"], value=9))
    captured = [
        update["content"]["data"]["state"].get("msg_id")
        for update in moved.messages("comm_msg")
        if update["comm_id"] == opened["OutputModel"]
    ]
    assert captured == ["from the client", ""]
    assert "x is 9\n" in moved.stdout


def test_an_output_widget_captures(widgets: PipedExecutor) -> None:
    id = widgets.start("out = w.Output()\nwith out:\n    print('inside')\nprint('outside')")
    cell = widgets.collect(id)
    kinds = [
        output.get("text") or output["content"]["data"]["state"].get("msg_id")
        for output in cell.outputs
        if output["msg_type"] != "comm_open"
    ]
    assert kinds == [f"msg-{id}", "inside\n", "", "outside\n"]
    cell = widgets.run("with out: 1/0")
    assert cell.error is not None
    assert cell.reply["status"] == "ok"


def test_a_progress_bar_moves_while_the_cell_runs(widgets: PipedExecutor) -> None:
    id = widgets.start(
        "bar = w.IntProgress(max=3)\ndisplay(bar)\n"
        "for i in range(3):\n    bar.value = i + 1\n    input()"
    )
    for step in (1, 2, 3):
        while True:
            kind, frame = widgets.next_event()
            if kind == "publish" and frame.header["msg_type"] == "comm_msg":
                state = json.loads(bytes(frame.buffers[0]))["data"]["state"]
                assert state == {"value": step}
                break
        widgets.wait_for("input_request")
        widgets.send("input_reply", id=id, value="")
    widgets.collect(id)


def test_control_comm_of_the_widget_manager(widgets: PipedExecutor) -> None:
    content = {"comm_id": "control", "target_name": "jupyter.widget.control", "data": {}}
    message(widgets, "comm_open", content, metadata={"version": "1.0.0"})
    states = message(
        widgets, "comm_msg", {"comm_id": "control", "data": {"method": "request_states"}}
    )
    [update] = states.messages("comm_msg")
    assert update["content"]["data"]["method"] == "update_states"
