"""Requests and their replies, whatever the language."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest
from languages import SPIN, both, in_

CHECKOUT = Path(__file__).resolve().parent.parent


def test_kernel_info(nb):
    assert nb.info["implementation"] == "polyglot"
    assert nb.info["language_info"]["name"] == "python"
    assert "Julia" in nb.info["banner"] and "Python" in nb.info["banner"]


def test_one_protocol_version(nb):
    cell = nb.run("print(1)\n2")
    versions = {m["header"]["version"] for m in [*cell.iopub, cell.reply]}
    specs = (CHECKOUT / "kernelspec").glob("*/kernel.json")
    versions |= {json.loads(spec.read_text())["kernel_protocol_version"] for spec in specs}
    assert versions == {nb.info["protocol_version"]}


def test_one_session_and_user(nb):
    cell = nb.run("%julia\nprintln(1)")
    assert len({m["header"]["session"] for m in [*cell.iopub, cell.reply]}) == 1


def test_connect(nb):
    ports = nb.kernel.manager.get_connection_info()
    answer = nb.ask("connect_request").answer
    for name in ("shell_port", "iopub_port", "stdin_port", "hb_port", "control_port"):
        assert answer[name] == ports[name]


def test_comm_info(nb):
    nb.run("from comm import create_comm\nours = create_comm(target_name='ours')")
    ours = {nb.value("ours.comm_id").strip("'"): {"target_name": "ours"}}
    assert nb.ask("comm_info_request").answer["comms"].items() >= ours.items()
    asked = nb.ask("comm_info_request", {"target_name": "ours"}).answer
    assert asked == {"status": "ok", "comms": ours}
    assert nb.ask("comm_info_request", {"target_name": "x"}).answer["comms"] == {}
    nb.run("ours.close()")
    assert nb.ask("comm_info_request", {"target_name": "ours"}).answer["comms"] == {}


def test_a_comm_of_no_target_is_closed(nb):
    content = {"comm_id": "c1", "target_name": "nobody", "data": {}}
    comm = nb.request("comm_open", content).wait()
    assert [m["content"] for m in comm.iopub if m["header"]["msg_type"] == "comm_close"] == [
        {"comm_id": "c1", "data": {}}
    ]
    nb.request("comm_msg", {"comm_id": "unknown", "data": {}}).wait()
    nb.request("comm_close", {"comm_id": "unknown", "data": {}}).wait()


@pytest.mark.parametrize("channel", ["shell", "control"])
def test_unknown_requests_are_ignored(nb, channel):
    for kind in ("surprise_request", "", "mystery"):
        nb.send(channel, kind, {})
    nb.ask("kernel_info_request", channel=channel)


@both
def test_silent(nb, language):
    code = 'print("seen"); 5' if language == "python" else 'println("seen"); 5'
    before = nb.run("1").count
    cell = nb.run(in_(language, code), silent=True)
    assert cell.result is None
    assert cell.stdout.strip() == "seen"
    assert nb.run("1").count == before + 1


@both
def test_a_silent_error(nb, language):
    cell = nb.fail(in_(language, "undefined_name"), silent=True)
    assert cell.answer["ename"] in ("NameError", "UndefVarError")
    assert nb.run("1").result == "1"


@both
def test_store_history_off(nb, language):
    before = nb.run(in_(language, "1")).count
    cell = nb.run(in_(language, "40 + 2"), store_history=False)
    assert cell.result == "42"
    assert cell.count == before
    after = nb.run(in_(language, f"Out[{before}]"))
    assert (after.result, after.count) == ("1", before + 1)
    assert not any("40 + 2" in entry[2] for entry in nb.history("tail", n=3))


@both
def test_user_expressions(nb, language):
    expressions = {"sum": "1 + 1", "text": '"é"', "bad": "undefined_name", "worse": ")"}
    answer = nb.run(in_(language, "1"), user_expressions=expressions).answer["user_expressions"]
    assert answer["sum"]["data"]["text/plain"] == "2"
    assert "é" in answer["text"]["data"]["text/plain"]
    assert answer["bad"]["ename"] in ("NameError", "UndefVarError")
    assert answer["worse"]["status"] == "error"


@both
@pytest.mark.parametrize("expression", [1, None, ["1"], {"a": "1"}])
def test_a_user_expression_that_is_no_string(nb, language, expression):
    nb.run(in_(language, "kept = 7"))
    answer = nb.run(in_(language, "1"), user_expressions={"odd": expression, "good": "kept"}).answer
    assert answer["user_expressions"]["odd"]["status"] == "error"
    assert answer["user_expressions"]["good"]["data"]["text/plain"] == "7"


@both
def test_user_expressions_alone(nb, language):
    """A cell without code, by which clients ask for values: it is no cell of the history."""
    before = nb.run(in_(language, "41"))
    expressions = {"a": {"python": "_ + 1", "julia": "ans + 1"}[language], "bad": "undefined_name"}
    answer = nb.run(in_(language, ""), user_expressions=expressions).answer
    assert answer["user_expressions"]["a"]["data"]["text/plain"] == "42"
    assert answer["user_expressions"]["bad"]["status"] == "error"
    assert answer["execution_count"] == before.count
    assert nb.run(in_(language, expressions["a"])).result == "42"


@both
def test_the_reply_says_when_the_cell_was_begun(nb, language):
    """JupyterLab shows by it how long a cell took."""
    cell = nb.run(in_(language, "1"))
    started = datetime.fromisoformat(cell.reply["metadata"]["started"].replace("Z", "+00:00"))
    assert cell.header["date"] <= started <= cell.reply["header"]["date"]


@both
def test_user_expressions_after_an_error(nb, language):
    cell = nb.fail(in_(language, "undefined_name"), user_expressions={"a": "1"})
    assert not cell.answer.get("user_expressions")


@both
def test_an_empty_cell(nb, language):
    before = nb.run("1").count
    for code in ("", "   \n\t\n", f"%{language}", f"\n%{language}\n\n"):
        cell = nb.run(code)
        assert cell.outputs == []
    assert nb.run("1").count == before + 1


@both
def test_run_all_stops_at_an_error(nb, language):
    fine, error, cell = in_(language, "1"), in_(language, "undefined_name"), in_("julia", "2")
    cells = nb.run_all([fine, error, cell, fine, "%nonsense"])
    question = nb.request("kernel_info_request")
    expected = ["ok", "error", "aborted", "aborted", "aborted"]
    assert [cell.wait().status for cell in cells] == expected
    assert question.wait().status == "ok"
    assert nb.run(in_(language, "3")).result == "3"


@both
def test_what_comes_before_the_reply_to_a_failed_cell_is_aborted(nb, language):
    """A client sends its cells one after another: one may have failed before the next is sent."""
    failed = nb.submit(in_(language, "undefined_name")).wait_for_error()
    behind = nb.submit("1")
    assert failed.wait().status == "error"
    in_time = behind.header["date"] < failed.reply["header"]["date"]
    assert behind.wait().status == ("aborted" if in_time else "ok")


@both
def test_run_all_goes_on_when_told_so(nb, language):
    cells = [
        nb.submit(in_(language, code), stop_on_error=False) for code in ("undefined_name", "1 + 1")
    ]
    assert [cell.wait().status for cell in cells] == ["error", "ok"]


def test_run_all_goes_on_after_an_interrupt_in_idle(nb):
    nb.interrupt()
    assert nb.run("1").result == "1"


def test_cells_run_in_order_across_languages(nb):
    codes = []
    for number in range(10):
        codes += [f"%julia\nprintln({number})", f"print({number})"]
    cells = [nb.submit(code) for code in codes]
    counts = [cell.wait().count for cell in cells]
    assert counts == list(range(counts[0], counts[0] + 20))
    assert [cell.stdout.strip() for cell in cells] == [str(n // 2) for n in range(20)]


@both
def test_questions_are_answered_while_a_cell_runs(nb, language):
    spin = nb.submit(
        in_(language, "while True: pass" if language == "python" else "while true; end")
    )
    nb.wait_until(lambda: "execute_input" in spin.kinds, "the start")
    for channel in ("shell", "control"):
        assert nb.ask("kernel_info_request", channel=channel).status == "ok"
        assert nb.ask("comm_info_request", channel=channel).status == "ok"
    assert nb.complete(in_(language, "prin"))["status"] == "ok"
    assert nb.is_complete(in_(language, "1"))["status"] in ("complete", "unknown")
    nb.interrupt()
    assert spin.wait().status == "error"


@pytest.mark.parametrize("restart", [False, True])
@pytest.mark.parametrize("channel", ["control", "shell"])
def test_shutdown(launch, restart, channel):
    nb = launch().connect()
    nb.run("%julia\n1")
    request = nb.ask("shutdown_request", {"restart": restart}, channel=channel)
    assert request.answer == {"status": "ok", "restart": restart}
    assert nb.kernel.wait_for_end() == 0


@both
def test_shutdown_while_a_cell_spins(launch, language):
    nb = launch().connect()
    nb.submit(in_(language, SPIN[language])).wait_for_stdout("on")
    assert nb.ask("shutdown_request", {"restart": False}, channel="control").status == "ok"
    assert nb.kernel.wait_for_end() == 0


def test_restart_by_the_client(launch):
    kernel = launch()
    nb = kernel.connect()
    nb.run("x = 1")
    nb.run("%julia\nx = 1")
    nb.close()
    kernel.notebooks.remove(nb)
    kernel.manager.restart_kernel()
    again = kernel.connect()
    assert again.fail("x").error.ename == "NameError"
    assert again.fail("%julia\nx").error.ename == "UndefVarError"
    assert again.run("1").count == 3


def test_the_default_language_is_julia(launch):
    nb = launch("polyglot-julia").connect()
    assert nb.info["language_info"]["name"] == "julia"
    assert nb.run("typeof(1)").result == "Int64"
    assert nb.run("%python\ntype(1)").result == "int"


@pytest.mark.parametrize("name", ["polyglot", "polyglot-julia"])
def test_history_keeps_the_markers(launch, name):
    """What is recalled runs in the language in which it ran."""
    nb = launch(name).connect()
    cells = ["%python\nhx = 1", "%python hy = 2", "%julia\nhz = 3", "\n%%python\n\nhw = 4"]
    for code in cells:
        nb.run(code)
    assert [entry[2] for entry in nb.history("tail", n=4)] == cells
    assert nb.run("%python\nIn[2], _i2").result == "('hy = 2', '%python hy = 2')"


@both
def test_history(nb, language):
    nb.run(in_(language, "'h'" if language == "python" else '"h"'))
    marked = in_(language, "1111 + 1")
    nb.run(marked)
    tail = nb.history("tail", n=1)
    assert len(tail) == 1 and "1111 + 1" in tail[0][2]
    session, line, _ = tail[0]
    ranged = nb.history("range", session=session, start=line, stop=line + 1)
    assert [entry[:2] for entry in ranged] == [[session, line]]
    assert nb.history("search", pattern="*1111 + ?*", n=5, unique=True)
    assert nb.history("search", pattern="*no such input*") == []


FORTY_TWO = {"python": "40 + 2", "julia": "%julia\n40 + 2"}


@both
def test_history_has_what_cells_gave(nb, language):
    nb.run(FORTY_TWO[language])
    nb.run(FORTY_TWO["python"].replace("40", "50"), store_history=False)  # is no history at all
    (session, line, entry) = nb.history("tail", n=1, output=True)[0]
    assert entry == [FORTY_TWO[language], "42"]
    options = {"session": session, "start": line, "stop": line + 1, "output": True}
    assert nb.history("range", **options)[0][2] == entry
    assert nb.history("search", pattern="*40 + 2", n=1, output=True)[0][2] == entry
    nb.run(in_(language, "nothing" if language == "julia" else "None"))
    assert nb.history("tail", n=1, output=True)[0][2][1] is None


def test_history_magics_show_julia_too(nb):
    nb.run("%julia\nhistory_of_julia = [40 + 2, 1]")
    for magic in ("%history -o -l 1", "%history -o -g history_of_julia ="):
        shown = nb.run(magic).stdout
        assert "history_of_julia = " in shown, magic
        assert "2-element" in shown and " 42" in shown, magic


def test_history_of_earlier_sessions_has_outputs_where_ipython_is_to_keep_them(launch):
    nb = launch().connect()
    nb.run("%config HistoryManager.db_log_output = True")
    nb.run("%julia\n6 * 7 * 1234")
    nb.kernel.stop()
    later = launch().connect()
    later.run("'Python is there'")
    found = later.history("search", pattern="*7 * 1234", n=1, output=True)
    assert found[0][2][1] == "51828"
