"""Big arrays: shared memory on every way, in every memory order, and nothing left behind."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import psutil
import pytest
from values_peer import JuliaPeer

# `POLYGLOT_EXAMPLES` asks for the full measure, as in test_values.py.
ARRAYS = 1000 if "POLYGLOT_EXAMPLES" in os.environ else 150

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")

MODES = {"memory file": ("memfd",), "temporary file": ("file",), "pipe": ()}


@pytest.fixture(scope="module", params=MODES.values(), ids=MODES)
def peer(request: pytest.FixtureRequest) -> Iterator[JuliaPeer]:
    peer = JuliaPeer(request.param)
    yield peer
    peer.close()


def views(array: np.ndarray) -> dict[str, np.ndarray]:
    return {
        "rows first": array,
        "columns first": np.asfortranarray(array),
        "transposed": array.T,
        "every other": array[::2, 1:],
        "reversed": array[::-1, ::-1],
        "big-endian": array.astype(array.dtype.newbyteorder(">")),
        "three dimensions": array[:, :600].reshape(array.shape[0], 20, 30),
        "one column": array[:, 3:4],
    }


@pytest.mark.parametrize("dtype", ["f8", "i4", "c16", "?"])
def test_big_arrays_in_every_memory_order(peer, dtype):
    array = np.arange(700 * 900).reshape(700, 900).astype(dtype)
    for name, view in views(array).items():
        back = peer.echo(view)
        assert np.array_equal(back, view), name
        assert back.flags.writeable and back.dtype == array.dtype.newbyteorder("=")


def test_indices_differ_by_one(peer):
    array = np.random.default_rng(1).random((300, 400))
    assert peer.give(array, "it[3, 5]") == array[2, 4]
    assert peer.make("global kept = rand(300, 400)")[7, 9] == peer.make("kept[8, 10]")


def test_big_values_of_other_kinds(peer):
    masked = np.ma.MaskedArray(np.arange(100_000), np.arange(100_000) % 3 == 0)
    back = peer.echo(masked)
    assert (back.mask == masked.mask).all() and (back == masked).all()
    texts = [f"text {n}" for n in range(100_000)]
    assert peer.echo(texts) == texts
    assert peer.echo(b"\x00\xff" * 100_000) == b"\x00\xff" * 100_000
    assert peer.echo("é" * 100_000) == "é" * 100_000
    days = np.arange(0, 200_000).astype("M8[D]")
    assert (peer.echo(days) == days).all()
    structured = np.zeros(50_000, [("a", "i1"), ("b", "f8")])
    structured["b"] = np.arange(50_000)
    assert (peer.echo(structured)["b"] == structured["b"]).all()


def test_what_arrived_can_be_written_to_and_is_a_copy(peer):
    array = np.zeros(100_000)
    peer.give(array, "global taken = it")
    peer.make("taken[1] = 5.0")
    back = peer.make("taken")
    back[1] = 7.0
    assert array[0] == 0 and back[0] == 5.0 and peer.make("taken[2]") == 0.0


def test_all_is_given_back(peer):
    for _ in range(30):
        peer.echo([np.ones(100_000), {"k": np.ones((500, 500))}])
    assert len(peer.lender) == 0
    assert peer.status()[0] == 0


@linux
def test_more_arrays_than_descriptors():
    peer = JuliaPeer()
    try:
        arrays = [np.full(8192, n, "f8") for n in range(3000)]
        back = peer.echo(arrays)
        assert all((b == a).all() for a, b in zip(arrays, back, strict=True))
        del back
    finally:
        peer.close()


def segments(*pids: int) -> set[int]:
    """The inodes of the anonymous files in memory that processes hold (all, if none is named)."""
    inodes: set[int] = set()
    for pid in pids or psutil.pids():
        with suppress(OSError, psutil.Error):
            inodes |= mapped(pid) | opened(pid)
    return inodes


def mapped(pid: int) -> set[int]:
    lines = (line.split() for line in Path(f"/proc/{pid}/maps").read_text().splitlines())
    return {int(line[4]) for line in lines if "/memfd:" in "".join(line[5:])}


def opened(pid: int) -> set[int]:
    inodes = set()
    for file in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # closed meanwhile, as the one that lists the folder is
            if "memfd:" in os.readlink(file):
                inodes.add(file.stat().st_ino)
    return inodes


@linux
def test_memory_stays_flat():
    """Arrays of 10 MB there and back, one after another: nobody keeps them."""
    peer = JuliaPeer(("memfd",))
    try:
        sides = [psutil.Process(), psutil.Process(peer.pid)]
        array = np.random.default_rng(2).random(1_250_000)
        used, held = [], []
        for _ in range(ARRAYS):
            back = peer.echo(array)
            used.append(sum(side.memory_info().rss for side in sides))
            held.append(len(segments(*(side.pid for side in sides))))
        assert (back == array).all()
        settled = slice(50, 100)
        assert max(used[-50:]) < max(used[settled]) + 100e6
        assert max(held[-50:]) <= max(held[settled])
    finally:
        peer.close()


@linux
def test_no_memory_is_left_when_a_side_is_killed():
    names = set(os.listdir("/dev/shm"))
    peer = JuliaPeer()
    peer.give(np.random.default_rng(3).random(30_000_000), "(global taken = it; 1)")
    held = segments(peer.pid)
    assert held
    psutil.Process(peer.pid).kill()
    peer._process.wait()
    assert not held & segments()
    assert not {name for name in set(os.listdir("/dev/shm")) - names if "polyglot" in name}


@linux
def test_a_descriptor_that_is_used_again_is_not_mistaken(tmp_path: Path):
    from polyglot_shim.executor.values.shared import Lender, borrow

    lender = Lender()
    segment = lender.lend(100_000, lambda: (memoryview(bytes(100_000)),))
    assert segment is not None
    path = f"/proc/{os.getpid()}/fd/{segment.fd}"
    lender.close(segment.fd)
    other = os.open(tmp_path / "other", os.O_RDWR | os.O_CREAT)
    os.dup2(other, segment.fd)
    os.ftruncate(other, 100_000)
    try:
        with pytest.raises(OSError, match="has taken it back"):
            borrow(path, segment.inode, 100_000)
    finally:
        os.close(other)
        if other != segment.fd:
            os.close(segment.fd)
