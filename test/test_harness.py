"""The harness itself: it drives the reference kernel, and it notices what is wrong."""

from __future__ import annotations

import copy

import pytest
from conversation import OrderError, Request
from jupyter_client.session import Session
from schema import SchemaError, validate

pytest.importorskip("ipykernel")


@pytest.fixture
def ipython(launch):
    return launch("python3").connect()


def test_ipykernel_through_the_harness(ipython):
    nb = ipython
    assert nb.info["implementation"] == "ipython"
    assert nb.run("print('a'); 1 + 1").outputs == [
        ("stdout", "a\n"),
        ("execute_result", {"text/plain": "2"}),
    ]
    failed = nb.fail("1/0")
    assert failed.error.ename == "ZeroDivisionError"
    assert "1/0" in failed.error.traceback
    assert nb.run("from IPython.display import HTML, display\ndisplay(HTML('<b>'))").displays == [
        {"text/html": "<b>", "text/plain": "<IPython.core.display.HTML object>"}
    ]
    asked = nb.run("[input('a? '), input('b? ')]", answers={"a? ": "1", "b? ": "2"})
    assert asked.result == "['1', '2']" and asked.prompts == ["a? ", "b? "]
    # jedi, by default, gives up after a time that a busy machine exceeds
    nb.run("%config IPCompleter.use_jedi = False\ntext = 'x'")
    assert "isalnum" in nb.complete("text.isaln")["matches"][0]
    assert nb.inspect("len")["found"]
    assert nb.is_complete("if x:")["status"] == "incomplete"
    assert [entry[2] for entry in nb.history("tail", n=1)] == [
        "%config IPCompleter.use_jedi = False\ntext = 'x'"
    ]
    assert nb.run("1", silent=True).outputs == []
    assert nb.run("2", user_expressions={"x": "40 + 2"}).answer["user_expressions"]["x"]["data"]


def test_ipykernel_aborts_what_is_queued(ipython):
    first, second, third = (ipython.submit(code) for code in ("1", "1/0", "print(3)"))
    assert [cell.wait().status for cell in (first, second, third)] == ["ok", "error", "aborted"]


def test_messages_are_checked_whatever_client_receives_them(broken_messages):
    """One that swallows errors, or looks at nothing, included (conftest.py)."""
    client = Session(key=b"k")
    for kind, content in (("stream", {"name": "nowhere", "text": "a"}), ("no_such_kind", {})):
        parts = client.serialize(client.msg(kind, content))
        client.digest_history.clear()
        client.deserialize(client.feed_identities(parts)[1])
    first, second = broken_messages
    broken_messages.clear()
    assert "stream" in first and "nowhere" in first
    assert "no_such_kind" in second


# -- the rules of order, each broken once ------------------------------------------------------

HEADER = {"msg_id": "1", "session": "s", "username": "u", "msg_type": "execute_request"}


def message(kind, **content):
    return {"header": {"msg_type": kind}, "parent_header": HEADER, "content": content}


BUSY = ("iopub", message("status", execution_state="busy"))
IDLE = ("iopub", message("status", execution_state="idle"))
INPUT = ("iopub", message("execute_input", code="x", execution_count=1))
STREAM = ("iopub", message("stream", name="stdout", text="a"))
ERROR = ("iopub", message("error", ename="E", evalue="v", traceback=["t"]))
RESULT = ("iopub", message("execute_result", data={}, metadata={}, execution_count=1))
REPLY = ("shell", message("execute_reply", status="ok", execution_count=1))
FAILED = (
    "shell",
    message(
        "execute_reply", status="error", execution_count=1, ename="E", evalue="v", traceback=["t"]
    ),
)
ABORTED = ("shell", message("execute_reply", status="aborted"))
ASK = ("stdin", message("input_request", prompt="", password=False))


def feed(steps, **content):
    request = Request(header=HEADER, content={"code": "x", "silent": False} | content)
    for channel, step in steps:
        request.see(channel, copy.deepcopy(step))
    return request


@pytest.mark.parametrize(
    "steps",
    [
        [BUSY, INPUT, STREAM, RESULT, REPLY, IDLE],
        [BUSY, INPUT, STREAM, ERROR, IDLE, FAILED],
        [BUSY, IDLE, ABORTED],
        [BUSY, INPUT, ASK, REPLY, IDLE, STREAM],
        [BUSY, INPUT, ERROR, STREAM, IDLE, FAILED],
    ],
)
def test_right_orders_are_accepted(steps):
    assert feed(steps).finished


@pytest.mark.parametrize("begin", [[], [STREAM], [BUSY, INPUT], [INPUT]])
def test_of_what_went_on_when_a_client_joined_it_may_miss_the_begin(begin):
    request = Request(header=HEADER, ours=False, state="unseen")
    for channel, step in [*begin, IDLE]:
        request.see(channel, copy.deepcopy(step))
    assert request.finished


OTHER_PARENT = ("iopub", STREAM[1] | {"parent_header": HEADER | {"session": "t"}})
OTHER_CODE = ("iopub", message("execute_input", code="y", execution_count=1))
OTHER_COUNT = ("iopub", message("execute_input", code="x", execution_count=2))
OTHER_ERROR = ("iopub", message("error", ename="F", evalue="v", traceback=["t"]))


@pytest.mark.parametrize(
    "steps",
    [
        [STREAM],
        [INPUT],
        [BUSY, BUSY],
        [BUSY, STREAM],
        [BUSY, INPUT, INPUT],
        [BUSY, INPUT, IDLE, IDLE],
        [BUSY, INPUT, IDLE, RESULT],
        [BUSY, INPUT, ERROR, RESULT],
        [BUSY, INPUT, ERROR, ERROR],
        [BUSY, INPUT, OTHER_PARENT],
        [BUSY, OTHER_CODE],
        [BUSY, OTHER_COUNT, REPLY, IDLE],
        [BUSY, INPUT, REPLY, REPLY],
        [BUSY, INPUT, ("control", REPLY[1])],
        [BUSY, INPUT, ("shell", message("inspect_reply"))],
        [BUSY, INPUT, ERROR, REPLY, IDLE],
        [BUSY, INPUT, FAILED, IDLE],
        [BUSY, INPUT, OTHER_ERROR, FAILED, IDLE],
        [BUSY, INPUT, ABORTED, IDLE],
        [BUSY, REPLY, IDLE],
    ],
)
def test_wrong_orders_are_noticed(steps):
    with pytest.raises(OrderError):
        feed(steps)


@pytest.mark.parametrize(
    ("steps", "content"),
    [([BUSY, INPUT, REPLY, IDLE], {"silent": True}), ([BUSY, INPUT, ASK], {"allow_stdin": False})],
)
def test_requests_are_honoured(steps, content):
    with pytest.raises(OrderError):
        feed(steps, **content)


# -- the schemas, each broken once -------------------------------------------------------------


@pytest.fixture(scope="module")
def right(tmp_path_factory):
    from jupyter_client.session import Session

    session = Session(key=b"", username="kernel")

    def build(kind, content, **changes):
        made = session.msg(kind, content, parent=session.msg("execute_request"))
        made["header"].update({"version": "5.5"} | changes)
        return made

    return build


def test_a_right_message_is_accepted(right):
    validate("iopub", right("stream", {"name": "stdout", "text": ""}))


@pytest.mark.parametrize(
    ("channel", "kind", "content"),
    [
        ("iopub", "stream", {"name": "stdlog", "text": ""}),
        ("iopub", "stream", {"name": "stdout"}),
        ("iopub", "surprise", {}),
        ("iopub", "execute_reply", {"status": "ok"}),
        ("iopub", "display_data", {"data": {"text/plain": ["a"]}, "metadata": {}}),
        ("iopub", "display_data", {"data": {"plain": "a"}, "metadata": {}}),
        ("iopub", "update_display_data", {"data": {}, "metadata": {}}),
        ("iopub", "status", {"execution_state": "tired"}),
        ("shell", "execute_reply", {"status": "ok", "execution_count": 1}),
        ("shell", "execute_reply", {"status": "error", "execution_count": 1, "ename": "E"}),
        ("shell", "is_complete_reply", {"status": "incomplete"}),
        ("shell", "kernel_info_reply", {"status": "ok"}),
        ("stdin", "input_request", {"prompt": "a"}),
    ],
)
def test_wrong_messages_are_noticed(right, channel, kind, content):
    with pytest.raises(SchemaError):
        validate(channel, right(kind, content))


@pytest.mark.parametrize("change", [{"version": "4.1"}, {"session": None}, {"date": "yesterday"}])
def test_wrong_headers_are_noticed(right, change):
    with pytest.raises(SchemaError):
        validate("iopub", right("stream", {"name": "stdout", "text": ""}, **change))
