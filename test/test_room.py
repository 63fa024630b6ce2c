"""Where memory is short: a file; where the disk is, too: an error before anything is written."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from polyglot_shim.executor.values import room
from polyglot_shim.executor.values.errors import ConversionError
from polyglot_shim.executor.values.shared_arrays import make_shared
from values_peer import JuliaError, JuliaPeer

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")

BIG = 10_000_000  # numbers: more than is written without a question
NOWHERE = "/no such folder"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for files, of a machine whose memory is short."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(room, "available_memory", lambda: 10**6)
    return tmp_path


@pytest.fixture
def peer(folder: Path) -> Iterator[JuliaPeer]:
    """A Julia process on that machine."""
    peer = JuliaPeer()
    peer.make("(@eval Values available_memory() = 10^6; 0)")
    yield peer
    peer.close()


def files_in(folder: Path) -> list[str]:
    """The files in the folder that this process has mapped, by any name."""
    lines = Path("/proc/self/maps").read_text().splitlines()
    return [line for line in lines if str(folder) in line]


def test_a_file_takes_the_place_of_memory(peer, folder):
    array = make_shared(peer.codec.shares, BIG, "f8")
    assert len(files_in(folder)) == 1 and not os.listdir(folder)
    peer.give(array, "(global held = it; it[3] = 5.0; 0)")
    assert array[2] == 5
    assert peer.give(np.ones(BIG), "sum(it)") == BIG
    made = peer.make(f"Values.new_array(CODEC[].shares, Float64, ({BIG},))")
    assert len(files_in(folder)) == 2 and not made.any()
    assert peer.make(f"ones({BIG})").sum() == BIG
    assert not os.listdir(folder)


def test_where_the_disk_is_short_too_nothing_is_written(peer, folder, monkeypatch):
    monkeypatch.setenv("TMPDIR", NOWHERE)
    peer.make(f'(ENV["TMPDIR"] = "{NOWHERE}"; 0)')
    message = f"there is no room for 80 MB: free are 1 MB of memory, 0 MB in {NOWHERE}"
    with pytest.raises(OSError, match=message):
        make_shared(peer.codec.shares, BIG, "f8")
    with pytest.raises(ConversionError, match=rf"cannot send value \(numpy.ndarray\): {message}"):
        peer.echo(np.ones(BIG))
    with pytest.raises(JuliaError, match=message):
        peer.make(f"Values.new_array(CODEC[].shares, Float64, ({BIG},))")
    with pytest.raises(JuliaError, match=rf"cannot send answer \(.*\): {message}"):
        peer.make(f"ones({BIG})")
    assert peer.echo(np.ones(1000)).sum() == 1000
    assert len(peer.lender) == 0 and peer.status()[0] == 0


def test_a_containers_limit(tmp_path):
    (tmp_path / "memory.max").write_text("1000\n")
    (tmp_path / "memory.current").write_text("700\n")
    (tmp_path / "memory.stat").write_text("anon 300\ninactive_file 400\n")
    assert room._available_in(tmp_path) == 700
    peer = JuliaPeer()
    assert peer.make(f'Values.cgroup_available("{tmp_path}")') == 700
    (tmp_path / "memory.max").write_text("max\n")
    assert room._available_in(tmp_path) == sys.maxsize
    assert peer.make(f'Values.cgroup_available("{tmp_path}") == typemax(Int)')
    assert 0 < peer.make("Values.available_memory()") < 2**62
    assert peer.make("Values.available_disk()") > 0 < room.available_disk()
    peer.close()


# In a notebook.


def test_more_than_there_is(nb):
    for code in (
        "jl.share(2**50, 'u1')",
        "%julia\nPolyglot.share(UInt8, 2^50)",
        "%julia\nusing SharedArrays\nSharedArray{UInt8}(2^50)",
    ):
        assert "there is no room for 1125899.9 GB" in nb.fail(code).error.evalue
    assert nb.run("jl.share(3, 'u1').tolist()").result == "[0, 0, 0]"
