"""SystemExit out of code that the kernel calls is an error like any other: nothing is lost."""

from __future__ import annotations

import pytest

TEXT = (
    "class Leaves(Exception):\n    def __str__(self): raise SystemExit(3)\n    __repr__ = __str__\n"
)
CASES = {
    "an error's text": TEXT + "raise Leaves()",
    "an error's text, in an error of an error": TEXT + "try: 1/0\nexcept Exception: raise Leaves()",
    "an error's text, by way of Julia": TEXT
    + "def leave(): raise Leaves()\n"
    + "jl('f -> f()')(leave)",
    "a value's text": "class Leaves:\n    def __repr__(self): raise SystemExit(3)\nLeaves()",
    "a hook": "def leave(*_): raise SystemExit(3)\n"
    "get_ipython().events.register('post_run_cell', leave)",
    "a finaliser": "class Leaves:\n    def __del__(self): raise SystemExit(3)\nx = Leaves(); del x",
    "a task": "import asyncio\nasync def leave(): raise SystemExit(3)\n"
    "task = asyncio.ensure_future(leave())",
    "a call from Julia": "def leave(): raise SystemExit(3)\njl('py.leave')()",
    "a thread": "import threading\ndef leave(): raise SystemExit(3)\n"
    "thread = threading.Thread(target=leave); thread.start(); thread.join()",
}


@pytest.mark.parametrize("case", CASES)
def test_in_a_cell(nb, case):
    nb.run("kept = 34")
    assert nb.submit(CASES[case]).wait().answer.get("ename") != "ExecutorDied"
    nb.submit("get_ipython().events.callbacks['post_run_cell'].clear()").wait()
    assert nb.run("kept").result == "34"


def test_while_a_question_is_answered(nb):
    nb.run(
        "kept = 34\nclass Leaves:\n    def __dir__(self): raise SystemExit(3)\n"
        "    def __getattr__(self, name): raise SystemExit(3)\nleaves = Leaves()"
    )
    for _ in range(2):
        nb.complete("leaves.a")
        nb.inspect("leaves")
        assert "kept" in nb.complete("kep")["matches"]
    assert nb.run("kept").result == "34"


def test_in_a_comms_callback(nb):
    nb.run(
        "kept = 34\nimport comm\ndef opened(c, message):\n    raise SystemExit(3)\n"
        "comm.get_comm_manager().register_target('leaves', opened)"
    )
    nb.send("shell", "comm_open", {"comm_id": "a", "target_name": "leaves", "data": {}})
    assert nb.run("kept").result == "34"
