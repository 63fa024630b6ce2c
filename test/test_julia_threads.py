"""Julia with several threads: which one a task runs on makes no difference to the kernel."""

from __future__ import annotations

import pytest
from languages import SPIN, in_

SETTINGS = ["auto", "4", "4,1"]


@pytest.fixture(params=SETTINGS)
def threads(request, launch):
    nb = launch(env={"JULIA_NUM_THREADS": request.param}).connect()
    number = int(nb.run("%julia\nThreads.nthreads()").result)
    if "," in request.param and nb.value("jl('VERSION < v\"1.9\"')") == "True":
        pytest.skip("this Julia has one kind of threads")
    assert request.param == "auto" or number > 1  # an old Julia has no more than the machine
    return nb


def test_tasks_of_all_threads_print_whole_lines(threads):
    lines = threads.run('%julia\nThreads.@threads for i in 1:200; println("line ", i); end').stdout
    assert sorted(lines.splitlines()) == sorted(f"line {i}" for i in range(1, 201))


def test_tasks_of_all_threads_ask_python(threads):
    threads.run("def f(x): return 2 * x")
    cell = threads.run("%julia\nsum(fetch.([Threads.@spawn py.f(i) for i in 1:20]))")
    assert cell.result == "420"


def test_a_cell_is_interrupted_and_keeps_its_variables(threads):
    threads.run("%julia\nkept = 7")
    spin = threads.submit(in_("julia", SPIN["julia"])).wait_for_stdout("on")
    threads.interrupt()
    assert spin.wait().error.ename == "InterruptException"
    assert threads.run("%julia\nkept").result == "7"


def test_values_cross_and_errors_come_back(threads):
    assert threads.run("jl.sum([1.5, 2.5])").result == "4.0"
    assert (
        "in a task" in threads.fail('%julia\nfetch(Threads.@spawn error("in a task"))').error.evalue
    )


def test_loops_of_all_threads_ask_python_again_and_again(launch):
    """Each answer goes to who has asked, whatever else is under way."""
    nb = launch(env={"JULIA_NUM_THREADS": "4"}).connect()
    nb.run("def inc(x): return x + 1\ndef back(x): return jl.twice(x)")
    nb.run("%julia\ntwice(x) = 2x\npy.back(1)")
    loop = """
        wrong = 0
        for round in 1:5
            rs = zeros(Int, 40)
            Threads.@threads for i in 1:40
                rs[i] = isodd(i) ? py.inc(i) : py.back(i)
            end
            global wrong += count(rs .!= [isodd(i) ? i + 1 : 2i for i in 1:40])
        end
        wrong"""
    assert nb.run(f"%julia\n{loop}").result == "0"
    arrays = """
        Threads.@threads for i in 1:20
            py.inc(fill(i, 20_000)) == fill(i + 1, 20_000) || error("wrong")
        end"""
    nb.run(f"%julia\n{arrays}")
    assert nb.run("%julia\npy.inc(1)").result == "2"
    assert nb.run("jl.twice(4)").result == "8"
