"""Arrays in memory that both languages hold: no copy, the same elements, and who keeps them."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator

import numpy as np
import pandas as pd
import psutil
import pytest
from polyglot_shim.executor.values.shared_arrays import copy_shared, make_shared, share_of
from test_values_memory import mapped, opened, segments
from values_peer import JuliaPeer

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")


@pytest.fixture(scope="module")
def peer() -> Iterator[JuliaPeer]:
    peer = JuliaPeer()
    yield peer
    peer.close()


def shared(peer: JuliaPeer, array: np.ndarray) -> np.ndarray:
    return copy_shared(peer.codec.shares, array)


VIEWS = {
    "whole": lambda a: a,
    "transposed": lambda a: a.T,
    "a column": lambda a: a[:, 2],
    "a row": lambda a: a[1],
    "rows": lambda a: a[1:3],
    "every other column": lambda a: a[:, ::2],
    "a block with steps": lambda a: a[::2, 1::3],
    "reversed": lambda a: a[::-1, ::-1],
    "flat": lambda a: a.ravel("K"),
    "another shape": lambda a: a.reshape((2, -1), order="F"),
    "one element": lambda a: a[1:2, 1:2],
    "a new axis": lambda a: a[:, None, :],
    "a field": lambda a: a.view([("re", "f8"), ("im", "f8")])["im"] if a.dtype == "c16" else a,
}


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
@pytest.mark.parametrize("dtype", ["f8", "i2", "c16", "?"])
def test_a_view_is_the_same_memory_there_and_back(peer, dtype, view):
    array = shared(peer, np.arange(24).reshape(4, 6).astype(dtype))
    value = view(array)
    back = peer.echo(value)
    assert np.shares_memory(back, array)
    assert np.array_equal(back, value)


def test_what_one_writes_the_other_reads(peer):
    array = shared(peer, np.zeros((3, 4)))
    peer.give(array, "(global held = it; it[2, 3] = 7.0; 0)")
    assert array[1, 2] == 7
    array[2, 3] = 9
    assert peer.make("held[3, 4]") == 9
    assert peer.make("typeof(held) == Matrix{Float64}") is True
    peer.make("global held = nothing")


def test_a_row_first_array_arrives_as_a_view(peer):
    array = shared(peer, np.arange(12.0).reshape(3, 4)).T
    assert peer.give(array, "it[2, 3]") == 9
    peer.give(array, "(it[4, 1] = -1.0; 0)")
    assert array[3, 0] == -1
    assert peer.give(array, "it isa PermutedDimsArray{Float64,2,(2,1),(2,1),Matrix{Float64}}")


def test_structs(peer):
    dtype = np.dtype([("x", "i2"), ("y", "f8"), ("m", "f4", (2, 2))], align=True)
    array = make_shared(peer.codec.shares, 5, dtype)
    array["y"] = np.arange(5)
    assert peer.give(array, "sum(p.y for p in it)") == 10
    assert np.shares_memory(peer.echo(array), array)


def test_columns_of_a_frame_stay_shared(peer):
    column = shared(peer, np.arange(1000.0))
    frame = peer.echo(pd.DataFrame({"a": column, "b": ["text"] * 1000}, copy=False))
    assert np.shares_memory(frame["a"].to_numpy(), column)
    assert frame["b"].tolist() == ["text"] * 1000


def test_an_ordinary_array_is_still_a_copy(peer):
    array = np.zeros(3)
    peer.give(array, "(it[1] = 5.0)")
    assert array[0] == 0 and share_of(peer.codec.shares, array) is None
    part = shared(peer, array).copy()
    peer.give(part, "(it[1] = 5.0)")
    assert part[0] == 0


def test_from_julia(peer):
    code = "global held = copyto!(Values.new_array(CODEC[].shares, Float64, (2, 3)), 1:6)"
    array = peer.make(code)
    assert array.flags.f_contiguous and array.tolist() == [[1, 3, 5], [2, 4, 6]]
    array[0, 0] = 10
    assert peer.make("held[1, 1]") == 10
    row = peer.make("view(held, 2, :)")
    assert np.shares_memory(row, array) and row.tolist() == [2, 4, 6]
    assert np.shares_memory(peer.make("transpose(held)"), array)
    part = peer.make("view(transpose(held), 3:-2:1, 1:2)'")
    assert np.shares_memory(part, array) and np.array_equal(part, array[:, ::-2])
    assert peer.make("view(transpose(held), [1, 3], :)").tolist() == [[10, 2], [5, 6]]
    assert np.shares_memory(peer.make("view(held, 1, :)'"), array)
    del array, row, part
    assert peer.make("sum(held)") == 30
    peer.make("global held = nothing")


@pytest.mark.parametrize("value", ["U3", "O", "M8[ms]", [("a", "O")]])
def test_what_cannot_be_shared(peer, value):
    with pytest.raises(TypeError, match="the elements of a shared array are numbers"):
        make_shared(peer.codec.shares, 3, value)


def test_nothing_is_left_of_what_is_dropped(peer):
    peer.make("(GC.gc(); GC.gc(); 0)")
    gc.collect()
    before = [opened(pid) | mapped(pid) for pid in (psutil.Process().pid, peer.pid)]
    for n in range(300):
        array = shared(peer, np.full(10_000, n))
        assert peer.echo(array[5:])[0] == n
    del array
    peer.make("(global held = nothing; GC.gc(); GC.gc(); 0)")
    gc.collect()
    after = [opened(pid) | mapped(pid) for pid in (psutil.Process().pid, peer.pid)]
    assert [now - then for now, then in zip(after, before, strict=True)] == [set(), set()]
    assert len(peer.lender) == 0 and peer.status()[0] == 0


def test_the_memory_is_kept_when_the_other_side_is_killed():
    peer = JuliaPeer()
    try:
        array = peer.make(
            "copyto!(Values.new_array(CODEC[].shares, Float64, (100_000,)), 1:100_000)"
        )
        psutil.Process(peer.pid).kill()
        peer._process.wait()
        assert array.sum() == 5_000_050_000
        successor = JuliaPeer()
        successor.codec.shares = peer.codec.shares  # as of one process
        try:
            successor.give(array, "(it[1] = -1.0; 0)")
            assert array[0] == -1
        finally:
            successor.close()
        held = mapped(psutil.Process().pid)
        del array
        gc.collect()
        gone = held - mapped(psutil.Process().pid)
        assert gone and not gone & segments()
    finally:
        peer._process.stdin.close()
        peer._process.stdout.close()


# In a notebook.


def test_in_a_notebook(nb):
    nb.run("import numpy as np\nA = jl.share(np.arange(6.0).reshape(2, 3))\njl.A = A")
    assert nb.run("%julia\ntypeof(A), Polyglot.is_shared(A), A[2, 3]").result == (
        "(Array{Float64,2}, true, 5.0)"
        if nb.run('%julia\nVERSION < v"1.6"').result == "true"
        else "(Matrix{Float64}, true, 5.0)"
    )
    nb.run(
        "%julia\nA[1, 1] = 42; B = Polyglot.share(Float32, 2, 2); C = Polyglot.share([1 2; 3 4]); 0"
    )
    assert nb.run("A[0, 0], jl.is_shared(A), jl.is_shared(np.ones(3))").result == (
        "(np.float64(42.0), True, False)"
    )
    assert nb.run("%python -i B,C\nC[0, 1] = 7\nB.dtype, B.shape, jl('C[1, 2]')").result == (
        "(dtype('float32'), (2, 2), 7)"
    )
    assert nb.run("jl.share((2, 3), 'i4').tolist()").result == "[[0, 0, 0], [0, 0, 0]]"
    assert "are numbers, not" in nb.fail("jl.share(['a'])").error.evalue
    assert "are numbers, not String" in nb.fail('%julia\nPolyglot.share(["a"])').error.evalue


def test_what_a_shared_array_of_julias_holds(nb):
    nb.run(
        "%julia -o S\nusing Distributed, SharedArrays\n"
        "addprocs(1); @everywhere using SharedArrays\nS = SharedArray{Float64}(3, 4); S .= 1"
    )
    nb.run("S[1, 2] = 5")
    write = "remotecall_wait(S -> (S[1, 1] = 7), workers()[1], S)"
    assert nb.run(f"%julia\n{write}\nS[2, 3], Polyglot.is_shared(S)").result == "(5.0, true)"
    assert nb.run("S[0, 0], S.shape, jl.is_shared(S)").result == ("(np.float64(7.0), (3, 4), True)")
    nb.run("jl.half = jl('view(S, 2:3, :)')\nS[2, 3] = 8")
    assert nb.run("%julia\nhalf[2, 4], typeof(half) <: SubArray{Float64,2}").result == "(8.0, true)"
    nb.run("C = jl('SharedArray{Char}(3)')")
    assert nb.run("type(C).__name__, len(C)").result == "('JuliaObject', 3)"


def test_a_shared_array_of_julias_goes(nb):
    make = "for n in 1:20; global S = SharedArray{Float64}(10_000); end"
    nb.run(f"%julia\nusing SharedArrays\n{make}")
    nb.run("%julia -o S")
    count = 'count(line -> occursin("/dev/shm/jl", line), eachline("/proc/self/maps"))'
    held = nb.run(f"%julia\nS[5] = 3; S = nothing; GC.gc(); GC.gc(); {count}").result
    assert int(held) < 5  # Distributed has references to the last ones
    assert nb.run("S[4]").result == "np.float64(3.0)"
    assert not [name for name in os.listdir("/dev/shm") if name.startswith("jl")]


def test_python_looks_on_while_julia_computes(nb):
    nb.run("%julia -o shared\nshared = Polyglot.share(Int, 2)")
    background = nb.submit(
        "%julia &\nwhile shared[2] == 0; shared[1] += 1; GC.safepoint(); end; :over"
    )
    nb.run("while shared[0] < 1000: pass\nseen = int(shared[0])\nwhile shared[0] == seen: pass")
    nb.run("shared[1] = 1")
    assert background.wait().result == ":over"


def test_results_outlive_a_crash(nb):
    nb.run("%julia\nresults = Polyglot.share(Float64, 1000); results .= 1:1000; 0")
    nb.run("results = jl.results")
    assert nb.submit("%julia\nccall(:abort, Cvoid, ())").wait().status == "error"
    assert nb.run("results.sum()").result == "np.float64(500500.0)"
    nb.run("%julia -i results\nresults[1] = -1")
    assert nb.run("results[0]").result == "np.float64(-1.0)"
