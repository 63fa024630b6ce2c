"""Shared memory that a value stood in is given back, also when the value did not arrive."""

from __future__ import annotations

import sys
import time

import pytest
from test_values_memory import opened

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")


@pytest.fixture
def met(nb):
    """A notebook whose languages both run."""
    nb.run("import os, numpy as np\njl.abs(-1)")
    return nb


def lent(nb, language):
    """The segments that the process holds open, once the other one has said what it has mapped."""
    nb.run("jl.abs(-1)")
    nb.run("%julia\npy.abs(-1)")
    code = {"python": "os.getpid()", "julia": "%julia\ngetpid()"}[language]
    return opened(int(nb.run(code).result))


def test_an_answer_that_python_cannot_read(met):
    met.run("%julia\nbad = Any[ones(10^6), Dict(Any[1] => 2), ones(10^6)]; f() = bad")
    for code in ("jl.bad", "jl.f()", "jl('bad')"):
        assert "must be hashable" in met.fail(code).error.evalue
    assert "must be hashable" in met.fail("%python -i bad\n1").error.evalue
    assert lent(met, "julia") == set()


def test_an_answer_that_julia_cannot_read(met):
    met.run("nan = float('nan')\nbad = [np.ones(10**6), {nan, float('nan')}, np.ones(10**6)]")
    met.run("def f(): return bad")
    for code in ("py.bad", "py.f()"):
        assert "two members become" in met.fail(f"%julia\n{code}").error.traceback
    assert lent(met, "python") == set()


@pytest.mark.parametrize(
    "cell",
    ["%julia -o big\nprintln('o' * \"n\")", "print('on')\nx = jl.big"],
    ids=["sent", "asked for"],
)
def test_transfers_from_julia_that_are_interrupted(met, cell):
    met.run("%julia\nbig = ones(2^24); kept = 5; 0")
    for n in range(8):
        running = met.submit(cell).wait_for_stdout("on")
        time.sleep(0.02 * n)  # another moment of the transfer each time, or behind it
        met.interrupt()
        running.wait()
    assert met.run("%julia\nkept").result == "5"
    assert lent(met, "julia") == set()
