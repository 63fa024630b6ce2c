"""Comms and widgets of both languages, as a front end sees them."""

from __future__ import annotations

import uuid

import pytest


def messages(cell, kind: str) -> list[dict]:
    return [m["content"] for m in cell.iopub if m["header"]["msg_type"] == kind]


def test_a_julia_comm(nb):
    cell = nb.run('%julia\nc = Polyglot.Comm(:plot; data=Dict("a" => [1, 2]))\nnothing')
    opened = messages(cell, "comm_open")[0]
    assert opened["target_name"] == "plot" and opened["data"] == {"a": [1, 2]}
    comm_id = opened["comm_id"]
    assert nb.ask("comm_info_request").answer["comms"][comm_id] == {"target_name": "plot"}
    nb.run("%julia\ngot = Any[]\nPolyglot.on_msg(c) do comm, message\n"
           "    push!(got, message.data)\n    println(\"called back\")\n"
           '    Polyglot.send(comm, Dict("seen" => length(got)))\nend\nnothing')  # fmt: skip
    sent = nb.request("comm_msg", {"comm_id": comm_id, "data": {"n": 5}}).wait()
    assert sent.stdout == "called back\n"
    assert messages(sent, "comm_msg")[0]["data"] == {"seen": 1}
    assert nb.run('%julia\ngot[1]["n"]').result == "5"
    closed = messages(nb.run("%julia\nPolyglot.close(c)"), "comm_close")
    assert closed[0]["comm_id"] == comm_id
    assert comm_id not in nb.ask("comm_info_request").answer["comms"]


def test_a_julia_target_that_the_front_end_opens(nb):
    nb.run("%julia\nPolyglot.register_comm(:mine) do comm, message\n"
           '    Polyglot.send(comm, Dict("echo" => message.data))\nend\nnothing')  # fmt: skip
    comm_id = str(uuid.uuid4())
    content = {"comm_id": comm_id, "target_name": "mine", "data": {"x": [1]}}
    opened = nb.request("comm_open", content).wait()
    assert messages(opened, "comm_msg")[0]["data"] == {"echo": {"x": [1]}}
    assert nb.ask("comm_info_request", {"target_name": "mine"}).answer["comms"] == {
        comm_id: {"target_name": "mine"}
    }
    nb.request("comm_close", {"comm_id": comm_id, "data": {}}).wait()
    assert nb.ask("comm_info_request", {"target_name": "mine"}).answer["comms"] == {}


def test_binary_buffers_of_a_julia_comm(nb):
    cell = nb.run('%julia\nb = Polyglot.Comm("bytes"; buffers=[UInt8[1, 2, 255]])\nnothing')
    opened = next(m for m in cell.iopub if m["header"]["msg_type"] == "comm_open")
    assert [bytes(buffer) for buffer in opened["buffers"]] == [b"\x01\x02\xff"]


def test_a_julia_callback_that_fails(nb):
    code = (
        "failing = Polyglot.Comm(:fails)\n"
        'Polyglot.on_msg((c, m) -> error("in it"), failing)\nnothing'
    )
    cell = nb.run(f"%julia\n{code}")
    comm_id = messages(cell, "comm_open")[0]["comm_id"]
    sent = nb.request("comm_msg", {"comm_id": comm_id, "data": {}}).wait()
    assert "in it" in sent.stderr + str(sent.error)
    assert nb.run("%julia\n1").result == "1"


def test_comm_messages_wait_for_the_cell_that_runs(nb):
    cell = nb.run("%julia\nw = Polyglot.Comm(:waits)\nreceived = 0\n"
                  "Polyglot.on_msg((c, m) -> (global received += 1), w)\nnothing")  # fmt: skip
    comm_id = messages(cell, "comm_open")[0]["comm_id"]
    held = nb.submit('%julia\nprintln("on"); readline(); received').wait_for_stdout("on")
    held.wait_for_input()
    message = nb.request("comm_msg", {"comm_id": comm_id, "data": {}})
    held.give("")
    assert held.wait().result == "0"
    message.wait()
    assert nb.run("%julia\nreceived").result == "1"


def test_a_comm_message_never_overtakes_a_cell(nb):
    cell = nb.run("from comm import create_comm\nc = create_comm(target_name='order'); seen = []\n"
                  "c.on_msg(lambda m: seen.append('message'))")  # fmt: skip
    comm_id = messages(cell, "comm_open")[0]["comm_id"]
    first = nb.submit("seen.append('cell')")
    message = nb.request("comm_msg", {"comm_id": comm_id, "data": {}})
    first.wait()
    message.wait()
    assert nb.run("seen").result == "['cell', 'message']"


def test_comms_of_both_languages_are_listed(nb):
    nb.run("from comm import create_comm\np = create_comm(target_name='both')")
    nb.run("%julia\nj = Polyglot.Comm(:both)\nnothing")
    comms = nb.ask("comm_info_request", {"target_name": "both"}).answer["comms"]
    assert len(comms) == 2


def test_comms_of_a_language_that_died_are_closed(nb):
    nb.run("%julia\nd = Polyglot.Comm(:dies)\nnothing")
    nb.fail("%julia\nexit(1)")
    nb.run("%julia\n1")
    assert nb.ask("comm_info_request", {"target_name": "dies"}).answer["comms"] == {}


@pytest.fixture
def slider(nb):
    """A slider with a callback; its comm, and the notebook."""
    pytest.importorskip("ipywidgets")
    cell = nb.run(
        "import ipywidgets\nslider = ipywidgets.IntSlider(value=1)\n"
        "slider.observe(lambda change: print('now', change.new), 'value')\nslider"
    )
    assert "application/vnd.jupyter.widget-view+json" in cell.data
    view = cell.data["application/vnd.jupyter.widget-view+json"]
    return nb, view["model_id"]


def test_a_slider(slider):
    nb, comm_id = slider
    data = {"method": "update", "state": {"value": 42}, "buffer_paths": []}
    moved = nb.request("comm_msg", {"comm_id": comm_id, "data": data}).wait()
    assert moved.stdout == "now 42\n"
    assert nb.run("slider.value").result == "42"


BUTTON = """import asyncio, comm, decimal, sqlite3, threading
pressed = asyncio.Event()
button = comm.create_comm(target_name="button")
where = []
def on_press(message):
    where.append(threading.current_thread() is threading.main_thread())
    print("pressed")
    pressed.set()
button.on_msg(on_press)
"""


@pytest.fixture(params=["main shell", "subshell"])
def press(nb, request):
    """Presses the button that the cell `BUTTON` has made, by the shell that a client may choose."""
    content = {"comm_id": messages(nb.run(BUTTON), "comm_open")[0]["comm_id"], "data": {}}
    header = None
    if request.param == "subshell":
        created = nb.ask("create_subshell_request", channel="control").answer
        header = {"subshell_id": created["subshell_id"]}
    yield lambda: nb.request("comm_msg", content, header=header)
    if header is not None:
        nb.ask("delete_subshell_request", header, "control")


def test_a_cell_may_await_a_callback(nb, press):
    waits = nb.submit("print('on'); await pressed.wait(); print('goes on'); where")
    waits.wait_for_stdout("on")
    pressed = press().wait()
    assert pressed.stdout == "pressed\n"
    assert (waits.wait().stdout, waits.result) == ("on\ngoes on\n", "[True]")


def test_a_task_of_an_earlier_cell_hears_of_a_callback_at_once(nb, press):
    started = nb.run(
        "async def listen():\n    await pressed.wait()\n    print('heard')\n"
        "task = asyncio.create_task(listen()); await asyncio.sleep(0)"
    )
    press().wait()
    started.wait_for_late_text("heard")


def test_callbacks_meet_what_cells_have_set_in_their_thread(nb, press):
    nb.run(
        "import numpy as np, signal\n"
        "connection = sqlite3.connect(':memory:'); decimal.getcontext().prec = 5\n"
        "before = np.seterr(divide='raise')\n"
        "def on_press(message):\n"
        "    connection.execute('select 1'); print(decimal.Decimal(1) / 3)\n"
        "    signal.signal(signal.SIGUSR1, signal.SIG_IGN)\n"
        "    print(np.geterr()['divide']); np.seterr(**before)\n"
        "    decimal.getcontext().prec = 7\n"
        "button.on_msg(on_press)"
    )
    assert press().wait().stdout == "0.33333\nraise\n"
    assert nb.value("np.geterr() == before") == "True"
    assert nb.value("decimal.getcontext().prec") == "7"


def test_a_callback_that_loops_is_interrupted(nb, press):
    nb.run(
        "def on_press(message):\n    print('spins')\n    while True: pass\n"
        "button.on_msg(on_press); kept = 1"
    )
    spins = press().wait_for_stdout("spins")
    nb.interrupt()
    assert spins.wait().error.ename == "KeyboardInterrupt"
    assert nb.value("kept") == "1"


def test_a_callback_that_loops_while_a_cell_awaits_is_interrupted_alone(nb, press):
    nb.run(
        "def on_press(message):\n    print('spins')\n    while True: pass\nbutton.on_msg(on_press)"
    )
    waits = nb.submit("print('on'); await pressed.wait(); 'went on'").wait_for_stdout("on")
    spins = press().wait_for_stdout("spins")
    nb.interrupt()
    assert spins.wait().error.ename == "KeyboardInterrupt"
    assert not waits.finished
    nb.interrupt()
    assert waits.wait().error.ename == "KeyboardInterrupt"


def test_a_callback_between_two_cells_keeps_its_place(nb, press):
    nb.run("order = []\nbutton.on_msg(lambda message: order.append('message'))")
    cells = [nb.submit("order.append(1)"), press(), nb.submit("order.append(2)")]
    for cell in cells:
        cell.wait()
    assert nb.value("order") in ("[1, 'message', 2]", "['message', 1, 2]", "[1, 2, 'message']")
