"""What Python cells print: live, complete, in order, into the right cell."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from executor_pipes import PipedExecutor, python_executor


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PipedExecutor]:
    with python_executor(tmp_path_factory.mktemp("home")) as executor:
        yield executor


def test_stdout_stderr_displays_and_results_come_in_order(python: PipedExecutor) -> None:
    cell = python.run(
        "import sys\n"
        "for i in range(3):\n"
        "    print('out', i)\n"
        "    print('err', i, file=sys.stderr)\n"
        "    display(i)\n"
        "print('no newline', end='')\n"
        "'result'"
    )
    shown = [
        output.get("text") or output["content"]["data"]["text/plain"] for output in cell.outputs
    ]
    assert shown == [
        *("out 0\n", "err 0\n", "0", "out 1\n", "err 1\n", "1", "out 2\n", "err 2\n", "2"),
        *("no newline", "'result'"),
    ]


def test_a_line_is_shown_while_the_cell_runs(python: PipedExecutor) -> None:
    id = python.start("print('first'); input()")
    python.wait_for_text("first\n")
    python.wait_for("input_request")
    python.send("input_reply", id=id, value="")
    python.collect(id)


def test_part_of_a_line_is_shown_while_the_cell_runs(python: PipedExecutor) -> None:
    id = python.start("import time\nprint('50 %', end='')\ntime.sleep(100)")
    python.wait_for_text("50 %")
    python.interrupt()
    python.collect(id)


def test_a_flood_arrives_whole(python: PipedExecutor) -> None:
    cell = python.run("for i in range(100_000): print(i)")
    assert cell.stdout == "".join(f"{i}\n" for i in range(100_000))


def test_fifty_megabytes_at_once(python: PipedExecutor) -> None:
    cell = python.run("print('é' * 25_000_000)")
    assert cell.stdout == "é" * 25_000_000 + "\n"


def test_lone_surrogates_are_written_out(python: PipedExecutor) -> None:
    cell = python.run("print('a\\udc80b'); 'c\\ud800d'")
    assert cell.stdout == "a\\udc80b\n"
    cell = python.run("from IPython.display import HTML\nHTML('c\\ud800d')")
    assert cell.messages("execute_result")[0]["content"]["data"]["text/html"] == "c\\ud800d"


def test_bytes_may_be_cut_inside_a_character(python: PipedExecutor) -> None:
    cell = python.run(
        "for byte in 'né😀\\n'.encode(): sys.stdout.buffer.write(bytes([byte]))\n"
        "sys.stdout.buffer.flush()"
    )
    assert cell.stdout == "né😀\n"


def test_the_streams_are_what_libraries_expect(python: PipedExecutor) -> None:
    cell = python.run(
        "s = sys.stdout\n"
        "(s.fileno(), sys.stderr.fileno(), s.isatty(), s.encoding, s.writable(), s.readable(),\n"
        " s.closed, s.name, s.write('abc'), s.flush(), s.close(), s.closed)"
    )
    assert cell.result == (
        "(1, 2, False, 'utf-8', True, False, False, '<stdout>', 3, None, None, False)"
    )
    assert cell.stdout == "abc"
    cell = python.run("sys.stdout.write(b'bytes')")
    assert cell.reply["ename"] == "TypeError"


def test_subprocesses_and_c_code_print_in_their_place(python: PipedExecutor) -> None:
    cell = python.run(
        "import ctypes, os, subprocess\n"
        "libc = ctypes.CDLL(None)\n"
        "print('1', end=' ')\n"
        "subprocess.run('echo 2', shell=True)\n"
        "print('3')\n"
        "os.system('echo 4')\n"
        "print('5')\n"
        "os.write(1, b'6\\n')\n"
        "print('7')\n"
        "os.write(2, b'8\\n');\n"
        "display('9')\n"
        "libc.puts(b'10');"
    )
    shown = [
        (output.get("name"), output.get("text") or output["content"]["data"]["text/plain"])
        for output in cell.outputs
    ]
    assert shown == [
        ("stdout", "1 2\n3\n4\n5\n6\n7\n"),
        ("stderr", "8\n"),
        (None, "'9'"),
        ("stdout", "10\n"),
    ]


def test_a_megabyte_from_c_code(python: PipedExecutor) -> None:
    cell = python.run("line = b'x' * 999 + b'\\n'\nfor i in range(1000): os.write(1, line);")
    assert cell.stdout == ("x" * 999 + "\n") * 1000


def test_a_file_in_the_place_of_descriptor_1_gets_no_mark(python: PipedExecutor) -> None:
    cell = python.run(
        "saved = os.dup(1)\n"
        "with open('file', 'wb') as f: os.dup2(f.fileno(), 1)\n"
        "os.write(1, b'content'); os.lseek(1, 0, 0)\n"
        "print('shown')\n"
        "os.dup2(saved, 1); os.close(saved)\n"
        "open('file').read()"
    )
    assert (cell.stdout, cell.result) == ("shown\n", "'content'")


def test_a_thread_prints_into_the_cell_that_started_it(python: PipedExecutor) -> None:
    first = python.start(
        "import threading\n"
        "go = threading.Event()\n"
        "def work(): go.wait(); print('from the thread'); go.clear()\n"
        "thread = threading.Thread(target=work); thread.start()"
    )
    python.collect(first)
    second = python.start("print('from the cell'); go.set(); thread.join()")
    shown = {}
    while len(shown) < 2:
        frame = python.wait_for("stream")
        shown[bytes(frame.buffers[0]).decode()] = frame.header["id"]
    assert shown == {"from the cell\n": second, "from the thread\n": first}
    python.collect(second)


POOLS = {
    "of threads": (
        "from concurrent.futures import ThreadPoolExecutor; pool = ThreadPoolExecutor(1)",
        "pool.submit(print, {!r}).result()",
    ),
    "of multiprocessing": (
        "from multiprocessing.pool import ThreadPool; threads = ThreadPool(1)",
        "threads.map(print, [{!r}])",
    ),
    "of the event loop": (
        "import asyncio; loop = asyncio.get_running_loop()",
        "await loop.run_in_executor(None, print, {!r})",
    ),
    "of a listener": (
        "import logging, logging.handlers, queue, sys\n"
        "records = queue.Queue(); log = logging.Logger('queued')\n"
        "log.addHandler(logging.handlers.QueueHandler(records))\n"
        "listener = logging.handlers.QueueListener(records, logging.StreamHandler(sys.stdout))\n"
        "listener.start()",
        "log.warning({!r}); listener.stop(); listener.start()",
    ),
}


@pytest.mark.parametrize("make, work", POOLS.values(), ids=POOLS)
def test_a_thread_of_a_librarys_prints_into_the_cell_that_gives_it_work(
    python: PipedExecutor, make: str, work: str
) -> None:
    """Though an earlier cell has made it."""
    python.run(make + "\n" + work.format("warm"))
    for word in ("first", "second"):
        id = python.start(work.format(word))
        frame = python.wait_for("stream")
        assert (bytes(frame.buffers[0]).decode(), frame.header["id"]) == (word + "\n", id)
        python.collect(id)


def test_a_pools_thread_may_ask_for_input(python: PipedExecutor) -> None:
    python.run("from concurrent.futures import ThreadPoolExecutor; pool = ThreadPoolExecutor(1)")
    python.run("pool.submit(print).result()")
    assert python.run("pool.submit(input, 'who?').result()", answers=["Ada"]).result == "'Ada'"


def test_a_pool_keeps_order_within_each_thread(python: PipedExecutor) -> None:
    cell = python.run(
        "from concurrent.futures import ThreadPoolExecutor\n"
        "def job(n):\n"
        "    for i in range(200): print(f'{n}:{i}')\n"
        "with ThreadPoolExecutor(4) as pool: list(pool.map(job, range(8)))"
    )
    lines = cell.stdout.split()
    assert len(lines) == 1600
    for n in range(8):
        own = [line for line in lines if line.startswith(f"{n}:")]
        assert own == [f"{n}:{i}" for i in range(200)]


def test_redirection_of_standard_streams(python: PipedExecutor) -> None:
    cell = python.run(
        "import contextlib, io\n"
        "with contextlib.redirect_stdout(io.StringIO()) as text: print('caught')\n"
        "text.getvalue()"
    )
    assert (cell.stdout, cell.result) == ("", "'caught\\n'")


def test_logging_and_warnings_go_to_stderr(python: PipedExecutor) -> None:
    cell = python.run("import logging, warnings\nlogging.warning('careful')\nwarnings.warn('old')")
    assert "careful" in cell.stderr
    assert "UserWarning: old" in cell.stderr


def test_original_streams_are_shown_too(python: PipedExecutor) -> None:
    assert python.run("print('raw', file=sys.__stdout__)").stdout == "raw\n"
    cell = python.run("print(1)\nsys.__stdout__.write('2 ');\nprint(3)\nsys.__stderr__.write('4');")
    assert (cell.stdout, cell.stderr) == ("1\n2 3\n", "4")
