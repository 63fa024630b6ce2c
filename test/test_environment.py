"""Machines as they are: both languages work whatever the environment, or one message says why."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from conftest import kernel_spec
from languages import LANGUAGES, in_

FIRST = {"python": "print([1] * 3)", "julia": "println([1, 1, 1])"}


@contextmanager
def mounted(folder: Path, *options: str) -> Iterator[Path]:
    """A file system of its own in memory."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", *options, "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("this user may not mount")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on a disk that takes neither a byte nor a file."""
    with mounted(tmp_path / "full", "-o", "size=64k,nr_inodes=3") as folder:
        fill(folder)
        yield folder


def fill(folder: Path) -> None:
    """Until it takes no byte and no file."""
    with pytest.raises(OSError), (folder / "filled").open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))
    with pytest.raises(OSError):
        for i in range(10):
            (folder / f"{i}").mkdir()


@pytest.fixture
def read_only(tmp_path: Path) -> Iterator[Path]:
    """A folder that nobody may write to, whoever the user is."""
    with mounted(tmp_path / "read-only", "-o", "ro") as folder:
        yield folder


def assert_works(nb) -> None:
    for language in LANGUAGES:
        nb.run(in_(language, FIRST[language]))
        assert nb.run(in_(language, "[1, 2]")).result
        assert nb.fail(in_(language, "undefined_name")).error.traceback
        assert nb.complete(in_(language, "prin"))["matches"]
    nb.run("%julia -o n\nn = sum(ones(10^5))")
    assert nb.run("n").result == "100000.0"


@pytest.mark.parametrize(("lines", "columns"), [("abc", "xyz"), ("", ""), ("0", "-1")])
def test_lines_and_columns_are_no_numbers(launch, lines, columns):
    assert_works(launch(env={"LINES": lines, "COLUMNS": columns}).connect())


def test_lines_and_columns_become_no_numbers(launch):
    nb = launch().connect()
    nb.run('%julia\nENV["LINES"] = "abc"; ENV["COLUMNS"] = ""')
    nb.run("import os; os.environ |= {'LINES': 'abc', 'COLUMNS': ''}")
    assert_works(nb)


@pytest.mark.parametrize("locale", ["POSIX", "xx_XX.nonsense"])
def test_locales(launch, locale):
    nb = launch(env={"LC_ALL": locale, "LANG": locale}).connect()
    assert_works(nb)
    assert nb.run("print('größer ≥ λ 🙂')").stdout == "größer ≥ λ 🙂\n"
    assert nb.run('%julia\nprintln("größer ≥ λ 🙂")').stdout == "größer ≥ λ 🙂\n"
    # what the shell has to say of such a locale comes before
    assert nb.run("!echo größer").stdout.endswith("größer\n")
    assert nb.run("%julia\n;echo größer").stdout.endswith("größer\n")


def test_a_disk_for_ipython_that_is_full(launch, full_disk):
    """The history is lost, nothing else; and that is said."""
    nb = launch(env={"IPYTHONDIR": str(full_disk / "ipython")}).connect()
    assert_works(nb)
    assert nb.history("tail", n=1)[0][2] == "n"


def test_a_folder_of_ipython_that_cannot_be_written(launch, read_only):
    nb = launch(env={"IPYTHONDIR": str(read_only / "ipython")}).connect()
    assert_works(nb)


@pytest.fixture
def at_home(launch, monkeypatch, tmp_path):
    """`at_home(HOME)` is a notebook of a user whose home that is."""

    def start(home: str):
        monkeypatch.delenv("IPYTHONDIR")
        return launch(env={"HOME": home}, cwd=str(tmp_path)).connect()

    return start


@pytest.mark.parametrize("home", ["/nonexistent/home", "/dev/null", ""])
def test_no_home(at_home, home):
    assert_works(at_home(home))


def test_a_home_that_cannot_be_written(at_home, read_only):
    assert_works(at_home(str(read_only)))


def test_a_home_on_a_full_disk(at_home, full_disk):
    assert_works(at_home(str(full_disk)))


def history_in(folder: Path) -> list[str]:
    with sqlite3.connect(folder / "profile_default" / "history.sqlite") as database:
        return [row[0] for row in database.execute("SELECT source_raw FROM history")]


def wait_for_history(nb, folder: Path, *cells: str) -> None:
    """Until the cells are in the database."""
    nb.wait_until(lambda: {*cells} <= {*history_in(folder)}, f"{cells} in the history")


def test_the_disk_of_the_history_fills_and_gets_free(launch, tmp_path):
    with mounted(tmp_path / "ipython", "-o", "size=1m") as folder:
        nb = launch(env={"IPYTHONDIR": str(folder)}).connect()
        nb.run("a = 1")
        wait_for_history(nb, folder, "a = 1")
        with pytest.raises(OSError), (folder / "filled").open("wb", buffering=0) as file:
            while True:
                file.write(bytes(4096))
        long = f"b = '{'x' * 100_000}'"
        cell = nb.run(long)
        cell.wait_for_late_text("disk is full")
        for language in LANGUAGES:
            assert nb.run(in_(language, "c = 1; c")).result == "1"
        assert nb.history("tail", n=3)
        (folder / "filled").unlink()
        nb.run("d = 1")
        wait_for_history(nb, folder, long, "%julia\nc = 1; c", "d = 1")
        assert cell.stderr.count("disk is full") == 1


def test_the_history_is_locked_by_another_process(launch, tmp_path):
    """Nothing waits for it, and it is not taken for broken."""
    folder = tmp_path / "ipython"
    nb = launch(env={"IPYTHONDIR": str(folder)}).connect()
    nb.run("a = 1")
    wait_for_history(nb, folder, "a = 1")
    with sqlite3.connect(folder / "profile_default" / "history.sqlite") as database:
        database.execute("BEGIN EXCLUSIVE")
        cell = nb.run("b = 1")
        cell.wait_for_late_text("locked")
        assert nb.run("b").result == "1"
        assert nb.run("%julia\n1").result == "1"
        assert nb.history("tail", n=3) == []
        assert nb.history("search", pattern="*", n=3) == []
        database.rollback()
    nb.run("c = 1")
    wait_for_history(nb, folder, "b = 1", "b", "%julia\n1", "c = 1")
    assert nb.history("tail", n=1)[0][2] == "c = 1"
    assert not list((folder / "profile_default").glob("*corrupt*"))


def launch_limited(launch, environment: Path, files: int):
    """Launch a kernel that may open so many files. Its kernelspec is for that alone."""
    spec = kernel_spec("python")
    spec["argv"] = ["/bin/sh", "-c", f'ulimit -n {files}; exec "$@"', "sh", *spec["argv"]]
    folder = environment / "jupyter" / "kernels" / f"limited-{files}"
    folder.mkdir(parents=True)
    (folder / "kernel.json").write_text(json.dumps(spec))
    kernel = launch(folder.name)
    shutil.rmtree(folder)
    return kernel


def test_too_few_descriptors_are_a_clear_error(launch, environment):
    kernel = launch_limited(launch, environment, 40)
    assert kernel.wait_for_end() == 1
    message = kernel.log.read_text().strip()
    assert "may open 40 files" in message
    assert "ulimit" in message
    assert message.count("\n") == 0


def test_few_descriptors_are_enough(launch, environment):
    nb = launch_limited(launch, environment, 96).connect()
    assert_works(nb)
    nb.fail("import os; os._exit(1)")
    assert_works(nb)
