"""What user code does to the small descriptors costs it nothing but those."""

from __future__ import annotations

import pytest
from languages import both, in_
from test_crash import OTHER

CLOSE = {
    "python": "import os\nfor fd in range(11):\n    try: os.close(fd)\n    except OSError: pass",
    "julia": "for fd in 0:10; ccall(:close, Cint, (Cint,), fd); end",
}
OPEN = {
    "python": "files = [open('/dev/null', 'w') for _ in range(20)]",
    "julia": 'files = [open("/dev/null", "w") for _ in 1:20]; nothing',
}
WRITE = {
    "python": "import os\nfor fd in range(11):\n    try: os.write(fd, b'PGK1 nonsense\\n' * 9)\n"
    "    except OSError: pass",
    "julia": 'nonsense = "PGK1 nonsense\\n"\n'
    "for fd in 0:10; ccall(:write, Cssize_t, (Cint, Cstring, Csize_t), fd, nonsense, 14); end",
}
UNBLOCK = {
    "python": "import os\nfor fd in range(11):\n    try: os.set_blocking(fd, False)\n"
    "    except OSError: pass",
    "julia": "for fd in 0:10; ccall(:fcntl, Cint, (Cint, Cint, Cint), fd, 4, 0x800); end",
}
MUCH = {"python": "print('x' * 5_000_000)", "julia": 'println("x"^5_000_000)'}
CLOSE_EVERYTHING = {
    "python": "import os; os.closerange(3, 2**16)",
    "julia": "for fd in 3:2^16; ccall(:close, Cint, (Cint,), fd); end",
}
# What waits, reads and writes by way of the runtime's own descriptors.
AT_WORK = {
    "python": "import asyncio, subprocess\nawait asyncio.sleep(0.01)\n"
    "await (await asyncio.create_subprocess_exec('true')).wait()\n"
    "print(subprocess.check_output(['echo', 'works']).decode(), end='')",
    "julia": "sleep(0.01)\nwait(@async sleep(0.01))\nrun(`true`)\n"
    "print(read(`echo works`, String))",
}


def assert_works(nb, language: str) -> None:
    assert nb.run(in_(language, "kept")).result == "34"
    assert nb.run(in_(language, AT_WORK[language])).stdout == "works\n"
    assert len(nb.run(in_(language, MUCH[language])).stdout) == 5_000_001
    assert nb.run(in_(OTHER[language], f"{reach(language)}.kept")).result == "34"
    assert any("kept" in entry[2] for entry in nb.history("tail", n=10))


def reach(language: str) -> str:
    """The other language's name for this one."""
    return "py" if language == "python" else "jl"


@both
@pytest.mark.parametrize("harm", [CLOSE, WRITE, UNBLOCK], ids=["close", "write", "unblock"])
def test_small_descriptors_are_the_users(launch, language, harm):
    nb = launch().connect()
    nb.run(in_(language, "kept = 34"))
    nb.run(in_(language, harm[language]))
    assert_works(nb, language)
    nb.run(in_(language, OPEN[language]))  # in their places
    assert_works(nb, language)


@both
def test_a_language_that_closes_everything_is_started_again(launch, language):
    nb = launch().connect()
    nb.run(in_(OTHER[language], "kept = 34"))
    cell = nb.submit(in_(language, CLOSE_EVERYTHING[language])).wait()
    cell = cell if cell.status == "error" else nb.fail(in_(language, "1"))
    assert cell.error.ename == "ExecutorDied"
    assert "SIGKILL" not in cell.error.evalue
    assert nb.run(in_(language, "1 + 1")).result == "2"
    assert nb.run(in_(OTHER[language], "kept")).result == "34"


@both
def test_small_descriptors_are_free(launch, language):
    """Also in a process that the host has started, and not the shim."""
    nb = launch().connect()
    small = {
        "python": "import os; f = open('/dev/zero'); f.fileno()",
        "julia": 'f = open("/dev/zero"); fd(f)',
    }
    assert int(nb.run(in_(language, small[language])).result.strip("RawFD()")) < 11
    nb.fail(in_(language, "import os; os._exit(1)" if language == "python" else "exit(1)"))
    assert int(nb.run(in_(language, small[language])).result.strip("RawFD()")) < 11
