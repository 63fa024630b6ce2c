"""Comms of Julia cells."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from executor_pipes import Cell, PipedExecutor
from julia_pipes import julia_executor


@pytest.fixture(scope="module")
def julia(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PipedExecutor]:
    with julia_executor(tmp_path_factory.mktemp("home")) as executor:
        yield executor


def arrives(julia: PipedExecutor, type: str, buffers: tuple = (), **content: Any) -> Cell:
    data = [json.dumps(content).encode(), *buffers]
    return julia.collect(julia.send("comm", data, msg_type=type, metadata={}, header={}))


def test_opened_here(julia: PipedExecutor) -> None:
    code = """
    comm = Polyglot.Comm(:plot; data = Dict("a" => 1), metadata = Dict("m" => 2),
                         buffers = ([1.0], UInt8[7]))
    Polyglot.on_msg(comm) do comm, message
        println("got ", message.data["n"])
        Polyglot.send(comm, Dict("twice" => 2 * message.data["n"]); buffers = message.buffers)
    end
    Polyglot.on_close((comm, message) -> println("closed ", comm.open), comm);
    """
    (opened,) = julia.run(code).messages("comm_open")
    assert opened["target_name"] == opened["content"]["target_name"] == "plot"
    assert opened["content"]["data"] == {"a": 1}
    assert opened["metadata"] == {"m": 2}
    assert opened["buffers"] == [b"\0\0\0\0\0\0\xf0?", b"\x07"]
    id = opened["comm_id"]
    assert opened["content"]["comm_id"] == id

    cell = arrives(julia, "comm_msg", (b"raw",), comm_id=id, data={"n": 4})
    assert cell.stdout == "got 4\n"
    (answer,) = cell.messages("comm_msg")
    assert answer["content"] == {"comm_id": id, "data": {"twice": 8}}
    assert answer["buffers"] == [b"raw"]
    assert cell.reply == {"status": "empty"}

    assert arrives(julia, "comm_close", comm_id=id, data={}).stdout == "closed false\n"
    assert julia.run("Polyglot.send(comm, 1)").error["ename"] == "ArgumentError"
    assert julia.run("Polyglot.close(comm)").messages("comm_close") == []


def test_closed_here(julia: PipedExecutor) -> None:
    cell = julia.run("using .Polyglot: Comm\nmine = Comm(:plot)\nisopen(mine)")
    assert (cell.result, cell.stderr) == ("true", "")
    (closed,) = julia.run('close(mine; data = Dict("why" => "bye"))').messages("comm_close")
    assert closed["content"]["data"] == {"why": "bye"}
    assert julia.run("isopen(mine)").result == "false"
    assert julia.run("Polyglot.close(mine); close(mine)").messages("comm_close") == []
    assert "both ends" in julia.run("?Polyglot.close").displays[0]["text/plain"]


def test_using_the_module_warns_of_nothing(julia: PipedExecutor) -> None:
    code = "using .Polyglot\nusing .Polyglot: Comm, close, isopen\nclose(IOBuffer())\ndisplay(1)"
    cell = julia.run(code)
    assert (cell.error, cell.stderr) == (None, "")


def test_opened_by_the_front_end(julia: PipedExecutor) -> None:
    julia.start('Polyglot.register_comm((c, m) -> (global opened = c; println(m.data)), "target")')
    announced = julia.wait_for("comm_target").header
    assert (announced["target_name"], announced["registered"]) == ("target", True)
    julia.wait_for("reply")
    cell = arrives(julia, "comm_open", comm_id="c1", target_name="target", data={"k": "v"})
    assert "v" in cell.stdout
    (closed,) = julia.run('Polyglot.close(opened; data = Dict("n" => 5))').messages("comm_close")
    assert closed["content"] == {"comm_id": "c1", "data": {"n": 5}}
    julia.start('Polyglot.unregister_comm("target")')
    assert julia.wait_for("comm_target").header["registered"] is False
    julia.wait_for("reply")


def test_an_unknown_target_is_closed(julia: PipedExecutor) -> None:
    cell = arrives(julia, "comm_open", comm_id="c2", target_name="nobody", data={})
    assert cell.messages("comm_close")[0]["comm_id"] == "c2"
    assert 'No comm target "nobody"' in cell.stderr


def test_an_unknown_comm_is_ignored(julia: PipedExecutor) -> None:
    assert arrives(julia, "comm_msg", comm_id="never opened", data={}).outputs == []


def test_an_error_in_a_callback_is_shown(julia: PipedExecutor) -> None:
    julia.run('Polyglot.register_comm((c, m) -> error("refused"), "failing")')
    cell = arrives(julia, "comm_open", comm_id="c3", target_name="failing", data={})
    assert "refused" in cell.stderr
    assert len(cell.messages("comm_close")) == 1
    assert julia.run("1").result == "1"
