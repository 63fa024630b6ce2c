"""Files that are mapped: the same range of the same file on both sides, and not what is in it."""

from __future__ import annotations

import gc
import mmap
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import psutil
import pytest
from polyglot_shim.executor.values.errors import ConversionError
from polyglot_shim.executor.values.mapped_arrays import file_of
from test_shared_arrays import VIEWS
from values_peer import JuliaError, JuliaPeer

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")


@pytest.fixture(scope="module")
def peer() -> Iterator[JuliaPeer]:
    peer = JuliaPeer()
    peer.make("using Mmap")
    yield peer
    peer.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file with the numbers from 0 to 999, and `a file` in its path."""
    path = tmp_path / "a file λ.bin"
    np.arange(1000.0).tofile(path)
    return path


def same_file(a: np.ndarray, b: np.ndarray) -> bool:
    """Whether the elements, which are equal, are the same ones of the same file."""
    one, other = file_of(a), file_of(b)
    assert np.array_equal(a, b)
    if one is None or other is None:
        return False
    places = (
        (
            array.__array_interface__["data"][0] - where.address + where.start,
            *(step for n, step in zip(array.shape, array.strides, strict=True) if n > 1),
        )
        for array, where in ((a, one), (b, other))
    )
    return one.path == other.path and len(set(places)) == 1


@pytest.mark.parametrize(("order", "offset"), [("F", 40), ("C", 4096 + 8)])
@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
def test_a_view_is_the_same_file_there_and_back(peer, path, view, order, offset):
    array = np.memmap(path, "f8", "r+", offset, (4, 6), order)
    value = view(array)
    if not np.shares_memory(value, array):  # NumPy has copied it
        assert not same_file(peer.echo(value), value)
        return
    back = peer.echo(value)
    assert same_file(back, value) and isinstance(back, np.memmap) and back.filename == str(path)
    assert back.mode == "r+" and back.flags.writeable


@pytest.mark.parametrize("dtype", ["i2", "c16", "?", [("x", "i4"), ("y", "f4")]])
def test_elements(peer, path, dtype):
    array = np.memmap(path, dtype, "r+", shape=(3, 5))
    assert same_file(peer.echo(array), array)


def test_what_one_writes_the_other_reads_and_the_file_has(peer, path):
    array = np.memmap(path, "f8", "r+", shape=(10, 100), order="F")
    peer.give(array, "(global held = it; it[2, 3] = -1.0; 0)")
    assert array[1, 2] == -1 and peer.make("held isa Matrix{Float64}")
    array[2, 3] = -2
    assert peer.make("held[3, 4]") == -2
    peer.make("Mmap.sync!(held)")
    assert np.fromfile(path)[[21, 32]].tolist() == [-1, -2]
    assert peer.echo(array).flush() is None
    peer.make("global held = nothing")


def test_read_only(peer, path):
    array = np.memmap(path, "f8", "r", shape=(10, 100))
    assert "ReadOnlyMemoryError" in peer.give(
        array, "try; it[1, 1] = 5.0; catch e; sprint(showerror, e); end"
    )
    back = peer.echo(array)
    assert back.mode == "r" and not back.flags.writeable and same_file(back, array)
    view = np.memmap(path, "f8", "r+")
    view.flags.writeable = False
    assert not peer.echo(view).flags.writeable


def test_written_to_for_one_process_alone(peer, path):
    array = np.memmap(path, "f8", "c")
    assert peer.give(array, "(global held = it; it[1] = 5.0)") == 5
    assert array[0] == 0 and peer.give(array, "it[1]") == 0 and peer.echo(array).mode == "c"
    assert peer.make("(h = held; h[1])") == 5  # what is not in the file crosses as a copy
    assert file_of(peer.make("held")) is None
    array[1] = 7
    assert peer.give(array, "it[2]") == 7
    assert np.fromfile(path)[:2].tolist() == [0, 1]
    peer.make("global held = nothing")


@pytest.mark.parametrize(
    ("code", "mode"),
    [
        ('open(f -> Mmap.mmap(f, Matrix{Float64}, (10, 20), 80), P, "r+")', "r+"),
        ('open(f -> Mmap.mmap(f, Matrix{Float64}, (10, 20), 80), P, "r")', "r"),
        ('open(f -> Mmap.mmap(f, Matrix{Float64}, (10, 20), 80; shared=false), P, "r+")', "c"),
    ],
)
def test_from_julia(peer, path, code, mode):
    array = peer.make("global mapped = " + code.replace("P", repr(str(path)).replace("'", '"')))
    expected = np.memmap(path, "f8", "r", 80, (10, 20), "F")
    assert same_file(array, expected)
    assert (array.mode, array.offset, array.filename) == (mode, 80, str(path))
    part = peer.make("view(mapped, 2:2:10, :)")
    assert same_file(part, expected[1::2])
    assert same_file(peer.make("transpose(mapped)"), expected.T)
    assert same_file(peer.make("reshape(mapped, 20, 10)"), expected.reshape((20, 10), order="F"))
    assert np.array_equal(peer.make("mapped .+ 0"), expected)
    if mode == "r+":
        peer.make("mapped[3, 3] = -5.0")
        assert array[2, 2] == -5
    peer.make("global mapped = nothing")


def test_columns_of_a_frame(peer, path):
    column = np.memmap(path, "f8", "r+")
    frame = peer.echo(pd.DataFrame({"a": column, "b": ["text"] * 1000}, copy=False))
    assert same_file(frame["a"].to_numpy(), column)


def test_any_mapping_of_a_file(peer, path):
    with path.open("r+b") as file:
        memory = mmap.mmap(file.fileno(), 0)
    assert same_file(peer.echo(np.frombuffer(memory, "i4")), np.frombuffer(memory, "i4"))
    nameless = np.frombuffer(mmap.mmap(-1, 8000), "f8")
    nameless[:] = 3
    assert file_of(nameless) is None and peer.give(nameless, "sum(it)") == 3000


def test_what_cannot_be_a_mapping_is_a_copy(peer, path):
    unaligned = np.memmap(path, "f8", "r", 3, 900)
    assert np.array_equal(peer.echo(unaligned), unaligned, equal_nan=True)
    swapped = np.memmap(path, ">f8", "r")
    assert np.array_equal(peer.echo(swapped), swapped)
    times = np.memmap(path, "m8[s]", "r")
    assert np.array_equal(peer.echo(times), times)
    assert file_of(peer.make("zeros(100_000)")) is None


def test_a_file_that_is_not_there_is_named(peer, path):
    array = np.memmap(path, "f8", "r+")
    peer.give(array, "(global held = it; 0)")
    path.rename(path.with_name("renamed"))
    assert peer.give(array, "it[3]") == 2  # the system knows where it is
    path.with_name("renamed").unlink()
    with pytest.raises(ConversionError, match=r"its file is not there any more: .*/renamed$"):
        peer.echo(array)
    with pytest.raises(JuliaError, match=r"its file is not there any more: .*/renamed$"):
        peer.make("held")
    path.write_bytes(bytes(8000))  # another one
    with pytest.raises(ConversionError, match="its file is not there any more"):
        peer.echo(array)
    peer.make("global held = nothing")


def test_a_file_that_has_become_shorter_is_named(peer, path):
    array = np.memmap(path, "f8", "r+")
    os.truncate(path, 4000)
    with pytest.raises(ConversionError, match=r"its file has become shorter: .*a file λ"):
        peer.echo(array)
    assert peer.give(array[:500], "length(it)") == 500


def test_far_more_than_memory(peer, tmp_path):
    path = tmp_path / "sparse"
    with path.open("wb") as file:
        file.truncate(100 << 30)
    array = np.memmap(path, "f8", "r+", shape=(1 << 20, 12_800))
    array[-1, -1] = 9
    peer.give(array, "global held = it[end, end]")
    took = []
    for _ in range(20):
        started = time.perf_counter()
        assert peer.give(array, "it[end, end]") == 9
        took.append(time.perf_counter() - started)
    assert min(took) < 0.01
    assert peer.echo(array).shape == array.shape


def test_nothing_is_left_of_what_is_dropped(peer, path):
    def mappings() -> list[int]:
        return [
            Path(f"/proc/{pid}/maps").read_text().count(str(path))
            for pid in (psutil.Process().pid, peer.pid)
        ]

    def descriptors() -> list[int]:
        return [psutil.Process(pid).num_fds() for pid in (psutil.Process().pid, peer.pid)]

    def collect() -> None:
        peer.make("(GC.gc(); GC.gc(); 0)")
        gc.collect()

    collect()  # what other tests have left
    before = descriptors()
    for n in range(300):
        array = np.memmap(path, "f8", "r" if n % 3 else "c")
        assert peer.echo(array[n:])[0] == n
    assert mappings()[1] > 0
    del array
    collect()
    assert mappings() == [0, 0] and descriptors() == before


# In a notebook.


def test_in_a_notebook(nb, path):
    nb.run(f"import numpy as np\nA = np.memmap({str(path)!r}, 'f8', 'r+', shape=(10, 100))")
    assert nb.run("%julia -i A -o B\nA[2, 3] = -1\nB = view(A, :, 2:2:100); size(B)").result == (
        "(10, 50)"
    )
    assert nb.run("type(B).__name__, B.filename == A.filename, B[1, 0], A[1, 2]").result == (
        "('memmap', True, np.float64(101.0), np.float64(-1.0))"
    )
    nb.run("jl.C = A.T\njl('C[1, 1] = 5')\nD = jl.identity(A)")
    assert nb.run("A[0, 0], D[0, 0], jl.is_shared(A)").result == (
        "(np.float64(5.0), np.float64(5.0), True)"
    )
    nb.run("R = np.memmap(A.filename, 'f8', 'r')")
    assert nb.fail("%julia -i R\nR[1] = 1").error.ename == "ReadOnlyMemoryError"
    nb.run(f'%julia\nusing Mmap\nM = Mmap.mmap("{path}", Vector{{Float64}}); M[3]')
    assert nb.run("jl.M.mode, jl.M.filename == A.filename").result == "('r', True)"
    path.unlink()
    assert f"its file is not there any more: {path}" in nb.fail("jl.x = A").error.evalue
    assert f"its file is not there any more: {path}" in nb.fail("%julia\npy.x = M").error.evalue
