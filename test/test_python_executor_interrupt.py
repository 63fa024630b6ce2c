"""Interrupts: they reach user code and nothing else, and variables are kept."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from textwrap import dedent

import pytest
from executor_pipes import PipedExecutor, python_executor

STARTED = "print('started', flush=True)\n"


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PipedExecutor]:
    with python_executor(tmp_path_factory.mktemp("home")) as executor:
        executor.run("import asyncio, subprocess, sys, threading, time\nkept = 'kept'")
        yield executor
        assert executor.run("kept").result == "'kept'"


@pytest.mark.parametrize(
    "code",
    [
        "while True: x = 6",
        "time.sleep(100)",
        "await asyncio.sleep(100)",
        "await asyncio.gather(*(asyncio.sleep(100) for _ in range(3)))",
        "async with asyncio.timeout(100): await asyncio.sleep(100)",
        "subprocess.run(['sleep', '100'])",
        "!sleep 100",
        "threading.Event().wait()",
        "for i in iter(int, 1): print(i)",
        "sum(1 for _ in iter(int, 1))",
        "[x for x in iter(lambda: [0] * 1000, None)] and 1",
        "%timeit -n 1 -r 1 time.sleep(100)",
    ],
)
def test_what_runs_is_interrupted(python: PipedExecutor, code: str) -> None:
    if "asyncio.timeout" in code and python.ready["version"].startswith("3.10."):
        pytest.skip("asyncio.timeout came with Python 3.11")
    id = python.start(STARTED + code)
    python.wait_for_text("started\n")
    python.interrupt()
    assert python.wait_for("interrupted").header["id"] == id
    cell = python.collect(id)
    assert cell.error is not None
    assert cell.error["ename"] == "KeyboardInterrupt"
    assert cell.reply["status"] == "error"
    assert "interrupt.py" not in "".join(cell.error["traceback"])


def test_waiting_for_input_is_interrupted(python: PipedExecutor) -> None:
    id = python.start("input('never answered')")
    python.wait_for("input_request")
    python.interrupt()
    assert python.wait_for("interrupted").header["id"] == id
    assert python.collect(id).reply["ename"] == "KeyboardInterrupt"
    # The late answer belongs to nobody.
    python.send("input_reply", id=id, value="late")
    assert python.run("input()", ["in time"]).result == "'in time'"


def test_user_code_may_catch_it_and_is_interrupted_again(python: PipedExecutor) -> None:
    id = python.start(
        "try:\n    print('started')\n    time.sleep(100)\n"
        "except KeyboardInterrupt:\n    print('caught')\n"
        "time.sleep(100)"
    )
    python.wait_for_text("started")
    python.interrupt()
    python.wait_for_text("caught")
    python.interrupt()
    assert python.collect(id).reply["ename"] == "KeyboardInterrupt"


def test_awaiting_code_gets_a_keyboard_interrupt(python: PipedExecutor) -> None:
    id = python.start(
        "try:\n    print('started')\n    await asyncio.sleep(100)\n"
        "except KeyboardInterrupt:\n    print('caught')\n"
        "await asyncio.sleep(0, 'went on')"
    )
    python.wait_for_text("started")
    python.interrupt()
    cell = python.collect(id)
    assert (cell.stdout, cell.result) == ("caught\n", "'went on'")


def test_a_task_of_an_earlier_cell_survives(python: PipedExecutor) -> None:
    python.run("ticking = asyncio.create_task(asyncio.sleep(1000))")
    id = python.start(STARTED + "await asyncio.sleep(100)")
    python.wait_for_text("started")
    python.interrupt()
    python.collect(id)
    assert python.run("ticking.done()").result == "False"
    python.run("ticking.cancel();")


def test_a_task_that_spins_while_the_cell_waits(python: PipedExecutor) -> None:
    id = python.start(
        "async def spin():\n    print('started')\n    while True: pass\n"
        "spinning = asyncio.create_task(spin())\n"
        "await asyncio.sleep(100)"
    )
    python.wait_for_text("started")
    python.interrupt()
    assert python.collect(id).reply["ename"] == "KeyboardInterrupt"
    assert python.run("type(spinning.exception()).__name__").result == "'KeyboardInterrupt'"


def test_idle_interrupts_do_nothing(python: PipedExecutor) -> None:
    for _ in range(20):
        python.interrupt()
    assert python.run("'alive'").result == "'alive'"


def test_interrupts_around_the_end_of_cells_hit_no_other(python: PipedExecutor) -> None:
    # The signal falls before, into and after a cell that is over at once.
    for _ in range(300):
        id = python.start("1", silent=True)
        python.interrupt()
        reply = python.collect(id).reply
        assert reply["status"] == "ok" or reply["ename"] == "KeyboardInterrupt"
        assert python.run("2", silent=True).reply["status"] == "ok"


def test_a_signal_amid_much_output_leaves_the_frames_whole(python: PipedExecutor) -> None:
    for _ in range(20):
        id = python.start(STARTED + "while True: print('x' * 5000); display('y' * 5000)")
        python.wait_for_text("started")
        os.kill(python.pid, signal.SIGINT)
        assert python.collect(id).reply["ename"] == "KeyboardInterrupt"


def test_two_signals_at_once_give_one_error(python: PipedExecutor) -> None:
    for _ in range(20):
        id = python.start(STARTED + "while True: pass")
        python.wait_for_text("started")
        python.interrupt()
        python.interrupt()
        cell = python.collect(id)
        assert [message["content"]["ename"] for message in cell.messages("error")] == [
            "KeyboardInterrupt"
        ]


def test_an_interrupt_of_the_report_leaves_the_error(python: PipedExecutor) -> None:
    code = """
    reporter = get_ipython().InteractiveTB
    whole = reporter.structured_traceback
    def hit(*args, **options):
        reporter.structured_traceback = whole
        raise KeyboardInterrupt
    reporter.structured_traceback = hit
    1 / 0
    """
    cell = python.run(dedent(code))
    assert cell.error["ename"] == cell.reply["ename"] == "ZeroDivisionError"
    assert cell.error["evalue"] == "division by zero"
    assert python.run("%no_such_magic").error is None  # a usage error is told on stderr alone


def test_figures_and_hooks_after_the_cell_are_interrupted_too(python: PipedExecutor) -> None:
    python.run("def slow():\n    print('in the hook')\n    time.sleep(100)")
    id = python.start("get_ipython().events.register('post_execute', slow)")
    python.wait_for_text("in the hook")
    python.interrupt()
    python.collect(id)
    id = python.start("get_ipython().events.unregister('post_execute', slow)")
    assert python.collect(id).reply["status"] == "ok"


def test_user_code_that_took_the_signal_has_it_for_one_cell(python: PipedExecutor) -> None:
    python.run("import signal; signal.signal(signal.SIGINT, signal.SIG_IGN);")
    id = python.start(STARTED + "time.sleep(100)")
    python.wait_for_text("started")
    python.interrupt()
    assert python.collect(id).reply["ename"] == "KeyboardInterrupt"


def test_user_code_may_stop_the_loop(python: PipedExecutor) -> None:
    python.run("asyncio.get_event_loop().stop()")
    assert python.run("await asyncio.sleep(0, 'runs')").result == "'runs'"
