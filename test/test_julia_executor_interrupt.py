"""Interrupts: they reach user code and nothing else, and variables are kept."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest
from executor_pipes import PipedExecutor
from julia_pipes import burst, julia_executor, plain

STARTED = 'println("started")\n'


@pytest.fixture(scope="module")
def julia(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PipedExecutor]:
    with julia_executor(tmp_path_factory.mktemp("home")) as executor:
        executor.run('kept = "kept"\nspin() = while true ccall(:usleep, Cint, (Cuint,), 1000) end')
        executor.run("held = ReentrantLock(); wait(@async lock(held));")
        yield executor
        assert executor.run("kept").result == '"kept"'


@pytest.mark.parametrize(
    "code",
    [
        "while true; sleep(0.001); end",
        "while true; end",
        "while true; global x = [1, 2, 3]; end",
        "spin()",
        "while true; ccall(:usleep, Cint, (Cuint,), 1000); end",
        "sleep(100)",
        "run(`sleep 100`)",
        "take!(Channel(1))",
        "go = true; @async (while go; sleep(0.01); end)\n"
        "try sleep(100) finally; global go = false end",
        'while true; println("a line"); end',
        "timer = Timer(identity, 0.01; interval = 0.01); try sleep(100) finally close(timer) end",
        "lock(held)",
        "struct Slow end; Base.show(::IO, ::Slow) = sleep(100); Slow()",
        "struct Busy end; Base.show(::IO, ::Busy) = while true end; display(Busy())",
    ],
)
def test_what_runs_is_interrupted(julia: PipedExecutor, code: str) -> None:
    id = julia.start(STARTED + code)
    julia.wait_for_text("started\n")
    with burst(julia):
        assert julia.wait_for("interrupted").header["id"] == id
    cell = julia.collect(id)
    assert cell.error is not None
    assert cell.error["ename"] in ("InterruptException", "ProcessFailedException")
    assert cell.reply["status"] == "error"
    assert "executor" not in plain("".join(cell.error["traceback"]))


def test_what_runs_after_a_task_is_interrupted(julia: PipedExecutor) -> None:
    """The finished task may still be the one that the runtime takes for the current one."""
    id = julia.start(f"wait(@async sleep(0.05)); {STARTED}sleep(100)")
    julia.wait_for_text("started\n")
    with burst(julia):
        julia.wait_for("interrupted")
    assert julia.collect(id).reply["ename"] == "InterruptException"


def test_other_tasks_print_after_a_loop_of_prints_was_interrupted(julia: PipedExecutor) -> None:
    """The lock of stdout, which a print holds while it writes, is given back wherever it was."""
    for _ in range(10):
        id = julia.start(STARTED + 'while true; println("a line"); end')
        julia.wait_for_text("started\n")
        with burst(julia):
            julia.wait_for("interrupted")
        julia.collect(id)
        assert julia.run('wait(@async println("from a task"))').stdout == "from a task\n"


def test_what_waits_for_a_task_is_interrupted(julia: PipedExecutor) -> None:
    id = julia.start(STARTED + "@sync @async sleep(100)")
    julia.wait_for_text("started\n")
    with burst(julia):
        julia.wait_for("interrupted")
    assert julia.collect(id).reply["status"] == "error"


def test_waiting_for_input_is_interrupted(julia: PipedExecutor) -> None:
    id = julia.start("readline()")
    julia.wait_for("input_request")
    with burst(julia):
        assert julia.wait_for("interrupted").header["id"] == id
    assert julia.collect(id).reply["ename"] == "InterruptException"
    # The late answer belongs to nobody.
    julia.send("input_reply", id=id, value="late")
    assert julia.run("readline()", answers=["in time"]).result == '"in time"'


def test_code_may_catch_the_interrupt(julia: PipedExecutor) -> None:
    code = """
    try
        println("started")
        sleep(100)
    catch e
        println(typeof(e))
    end
    7
    """
    # What handles it is compiled before: the signals that follow would meet the compiler there.
    julia.run("println(InterruptException)")
    id = julia.start(code)
    julia.wait_for_text("started\n")
    julia.interrupt()
    cell = julia.collect(id)
    assert cell.stdout == "InterruptException\n"
    assert cell.result == "7"


def test_idle_interrupts_are_harmless(julia: PipedExecutor) -> None:
    for _ in range(20):
        julia.interrupt()
    assert julia.run("1 + 1").result == "2"


def test_an_interrupt_does_not_leak_into_the_next_cell(julia: PipedExecutor) -> None:
    for i in range(30):
        id = julia.start(STARTED + "while true; sleep(0.001); end")
        julia.wait_for_text("started\n")
        with burst(julia):
            julia.wait_for("interrupted")
        julia.interrupt()  # on its way when the host heard of the first
        julia.collect(id)
        assert julia.run(f"{i} + 0").result == str(i)


def test_interrupts_while_it_starts_are_harmless(tmp_path) -> None:
    with julia_executor(tmp_path) as julia:
        for _ in range(30):
            os.killpg(julia.pid, signal.SIGINT)
            assert julia.ask("is_complete", code="1 + 1") == {"status": "complete"}
        assert julia.run("1 + 1").result == "2"


def test_it_ends_with_the_host(tmp_path) -> None:
    with julia_executor(tmp_path) as julia:
        julia.hang_up()
        assert julia.wait() == 0
    with julia_executor(tmp_path) as julia:
        julia.send("shutdown", restart=False)
        assert julia.wait() == 0
    with julia_executor(tmp_path) as julia:
        julia.send_bytes(b"this is no frame, but long enough to be one")
        assert julia.wait() == 70
