"""stdout and stderr: live, complete and in order, whoever writes them."""

from __future__ import annotations

import pytest
from languages import both, in_

LINES = 100_000

C_PRINT = {
    "python": (
        "import ctypes\nlibc = ctypes.CDLL(None)\n"
        "def c_print(s): libc.write(1, s.encode(), len(s.encode()))"
    ),
    "julia": (
        "c_print(s) = (ccall(:write, Cssize_t, (Cint, Cstring, Csize_t), 1, s, sizeof(s)); nothing)"
    ),
}
C_PRINTF = {
    "python": "import ctypes\nlibc = ctypes.CDLL(None)\ndef c_print(s): libc.printf(s.encode())",
    "julia": "c_print(s) = (ccall(:printf, Cint, (Cstring,), s); nothing)",
}
SHELL = {
    "python": "import subprocess\ndef shell(s): subprocess.run(['sh', '-c', s])",
    "julia": "shell(s) = (run(`sh -c $s`); nothing)",
}
PRINT = {"python": "print('{}')", "julia": 'println("{}")'}
WARN = {
    "python": "print('{}', file=__import__('sys').stderr)",
    "julia": 'println(stderr, "{}")',
}


@both
def test_stdout_and_stderr_keep_their_order(nb, language):
    lines = []
    for number in range(20):
        lines += [PRINT[language].format(f"o{number}"), WARN[language].format(f"e{number}")]
    cell = nb.run(in_(language, "\n".join(lines)))
    assert cell.outputs == [
        (name, f"{name[3]}{number}\n") for number in range(20) for name in ("stdout", "stderr")
    ]


@both
def test_output_result_and_error_keep_their_order(nb, language):
    show = "display('shown')" if language == "python" else 'display("shown")'
    fail = "1/0" if language == "python" else 'error("x")'
    code = "\n".join(
        [PRINT[language].format("a"), show, WARN[language].format("b"), show,
         PRINT[language].format("c"), fail]
    )  # fmt: skip
    kinds = [kind for kind, _ in nb.fail(in_(language, code)).outputs]
    assert kinds == ["stdout", "display_data", "stderr", "display_data", "stdout", "error"]


@both
@pytest.mark.parametrize("define", [C_PRINT, C_PRINTF, SHELL], ids=["write", "printf", "shell"])
def test_what_bypasses_the_language_keeps_its_place(nb, language, define):
    nb.run(in_(language, define[language]))
    write = 'c_print("{}\\n")' if define is not SHELL else 'shell("echo {}")'
    lines = []
    for number in range(10):
        lines += [PRINT[language].format(f"l{number}"), write.format(f"r{number}")]
    cell = nb.run(in_(language, "\n".join(lines)))
    assert cell.stdout == "".join(f"l{number}\nr{number}\n" for number in range(10))


@both
def test_raw_output_comes_before_the_result_and_the_end(nb, language):
    nb.run(in_(language, C_PRINT[language]))
    cell = nb.run(in_(language, 'c_print("raw"); 5'))
    assert cell.outputs == [("stdout", "raw"), ("execute_result", {"text/plain": "5"})]
    shown = nb.run(in_(language, 'c_print("first")'))
    assert shown.stdout == "first"


@both
def test_stderr_of_a_subprocess(nb, language):
    nb.run(in_(language, SHELL[language]))
    cell = nb.run(in_(language, 'shell("echo out; echo err >&2")'))
    assert (cell.stdout, cell.stderr) == ("out\n", "err\n")


@both
def test_raw_output_of_more_than_a_pipe_holds(nb, language):
    """IJulia stops for good after 100 KB written by C code."""
    nb.run(in_(language, SHELL[language]))
    cell = nb.run(in_(language, "shell(\"head -c 3000000 /dev/zero | tr '\\\\0' x\")"))
    assert cell.stdout == "x" * 3_000_000


def test_c_code_that_fills_the_pipe_in_a_fresh_julia(nb):
    """Julia makes its own end non-blocking, until the first subprocess."""
    nb.fail("%julia ccall(:raise, Cint, (Cint,), 9)")
    cell = nb.run("""
        %julia
        for i in 1:40
            ccall(:write, Cssize_t, (Cint, Cstring, Csize_t), 1, "x"^100_000, 100_000)
            println(i)
        end
    """)
    assert cell.stdout.count("x") == 4_000_000
    assert cell.stdout.replace("x", "").split() == [str(i) for i in range(1, 41)]


@both
def test_output_is_live(nb, language):
    """Each line is there while the cell goes on; the test holds it up by an input request."""
    ask = "input()" if language == "python" else "readline()"
    nb.run(in_(language, C_PRINT[language]))
    cell = nb.submit(in_(language, f'print("one"); {ask}; c_print("two"); {ask}; 3'))
    cell.wait_for_stdout("one")
    cell.wait_for_input(1)
    cell.give("")
    cell.wait_for_stdout("two")
    cell.wait_for_input(2)
    cell.give("")
    assert cell.wait().result == "3"


@both
def test_raw_output_is_live_while_the_language_is_busy(nb, language):
    nb.run(in_(language, C_PRINT[language]))
    spin = "while True: pass" if language == "python" else "while true; end"
    cell = nb.submit(in_(language, f'c_print("raw and live\\n")\n{spin}'))
    cell.wait_for_stdout("raw and live")
    nb.interrupt()
    cell.wait()


@both
def test_a_hundred_thousand_lines(nb, language):
    code = (
        f"for i in range({LINES}): print('line', i)"
        if language == "python"
        else f'for i in 0:{LINES - 1}; println("line ", i); end'
    )
    assert nb.run(in_(language, code)).stdout == "".join(f"line {i}\n" for i in range(LINES))


@both
def test_fifty_megabytes_in_one_print(nb, language):
    times = "*" if language == "python" else "^"
    cell = nb.run(in_(language, f'print("0123456789abcdé\\n" {times} 3_125_000)'))
    expected = "0123456789abcdé\n" * 3_125_000 + ("\n" if language == "python" else "")
    assert cell.stdout == expected


@both
def test_a_character_cut_by_a_read_is_never_lost(nb, language):
    """ipykernel shows U+FFFD where a read of the descriptor ends within a character."""
    code = {
        "python": "import os\nfor byte in ('é€🎉' * 200).encode(): os.write(1, bytes([byte]))",
        "julia": (
            'for byte in codeunits("é€🎉"^200)\n'
            "    ccall(:write, Cssize_t, (Cint, Ref{UInt8}, Csize_t), 1, byte, 1)\nend"
        ),
    }
    assert nb.run(in_(language, code[language])).stdout == "é€🎉" * 200


@both
def test_a_character_cut_by_the_language_is_never_lost(nb, language):
    code = {
        "python": (
            "import sys\nfor byte in ('é€🎉' * 50).encode():\n"
            "    sys.stdout.buffer.write(bytes([byte])); sys.stdout.flush()"
        ),
        "julia": 'for byte in codeunits("é€🎉"^50); write(stdout, byte); flush(stdout); end',
    }
    assert nb.run(in_(language, code[language])).stdout == "é€🎉" * 50


def test_bytes_that_are_no_text_do_not_stop_the_output(nb):
    cell = nb.run("import os\nos.write(1, b'a\\xff\\xfeb\\n')\nprint('after')")
    assert cell.stdout == "a\ufffd\ufffdb\nafter\n"
    cell = nb.run('%julia\nwrite(stdout, UInt8[0x61, 0xff, 0x62, 0x0a]); println("after")')
    assert cell.stdout == "a\ufffdb\nafter\n"


def test_many_small_writes_without_newline(nb):
    assert nb.run("for i in range(5000): print(i % 10, end='')").stdout == "0123456789" * 500
    assert nb.run("%julia\nfor i in 0:4999; print(i % 10); end").stdout == "0123456789" * 500


def test_output_of_a_thread_after_its_cell(nb):
    """It belongs to the cell that started it, also when others have run since."""
    cell = nb.run(
        "import threading\ngo = threading.Event()\n"
        "def late(): go.wait(); print('from the thread', flush=True)\n"
        "thread = threading.Thread(target=late); thread.start()"
    )
    nb.run("go.set(); thread.join()")
    cell.wait_for_late_text("from the thread")


def test_output_of_a_task_after_its_cell(nb):
    cell = nb.run('%julia\ngo = Channel(1)\ntask = @async (take!(go); println("from the task"))')
    other = nb.run("%julia\nput!(go, 1); wait(task)")
    nb.wait_until(lambda: "from the task" in cell.stdout + other.stdout, "the output of the task")


def test_output_of_a_background_process_after_its_cell(nb, tmp_path):
    fifo = tmp_path / "go"
    cell = nb.run(
        f"import os, subprocess\nos.mkfifo('{fifo}')\n"
        f"p = subprocess.Popen(['sh', '-c', 'read x < {fifo}; echo late'])"
    )
    fifo.write_text("go\n")
    cell.wait_for_late_text("late")
    assert nb.run("p.wait()").result == "0"


def test_logging_and_warnings_go_to_stderr(nb):
    cell = nb.run('%julia\n@info "seen" x = 1\n@warn "beware"')
    assert "seen" in cell.stderr and "beware" in cell.stderr and cell.stdout == ""
    cell = nb.run("import warnings, logging\nwarnings.warn('beware')\nlogging.warning('seen')")
    assert "beware" in cell.stderr and "seen" in cell.stderr


def test_julia_streams_are_no_terminal_but_coloured(nb):
    assert nb.run("%julia\nget(stdout, :color, false)").result == "true"
    assert nb.run('%julia\nprintstyled("x"; color=:red)').stdout == "\x1b[31mx\x1b[39m"
    assert nb.run("%julia\ndisplaysize(stdout) isa Tuple{Int,Int}").result == "true"


def test_redirections_of_the_user_work(nb):
    code = "import io, contextlib\nwith contextlib.redirect_stdout(io.StringIO()) as f: print(1)"
    assert nb.run(code).stdout == ""
    code = (
        'path, io = mktemp()\nredirect_stdout(io) do\n    println("hidden")\nend\n'
        'close(io); print("[", read(path, String), "]")'
    )
    assert nb.run(in_("julia", code)).stdout == "[hidden\n]"


# -- the limit that a user may set -------------------------------------------------------------

LONG = {
    "python": "for _ in range(100): print('é' * 100)",
    "julia": 'foreach(_ -> println("é"^100), 1:100)',
}


@both
def test_text_beyond_the_limit_is_left_out_and_said_so(launch, language):
    nb = launch(env={"POLYGLOT_OUTPUT_LIMIT": "1000"}).connect()
    cell = nb.run(in_(language, LONG[language] + "\n6 * 7"))
    whole = ("é" * 100 + "\n") * 100
    assert cell.stdout == whole.encode()[:1000].decode(errors="ignore")
    assert "beyond 1000 bytes" in cell.stderr and "POLYGLOT_OUTPUT_LIMIT" in cell.stderr
    assert "[19100 bytes were left out]" in cell.stderr
    assert cell.result == "42"
    assert nb.run(in_(language, "print(1)")).stdout.strip() == "1", "each cell has the whole limit"


def test_the_limit_counts_what_programs_write(launch):
    nb = launch(env={"POLYGLOT_OUTPUT_LIMIT": "10"}).connect()
    cell = nb.run("print('12345')\n!echo 789012345")
    assert cell.stdout == "12345\n7890"
    assert "[6 bytes were left out]" in cell.stderr
    error = nb.fail("1 / 0")
    assert error.error.ename == "ZeroDivisionError" and error.stderr == ""


def test_a_limit_that_is_no_number_is_none(launch):
    nb = launch(env={"POLYGLOT_OUTPUT_LIMIT": "much"}).connect()
    assert nb.run("print(12)").stdout == "12\n"
    assert "POLYGLOT_OUTPUT_LIMIT" in nb.kernel.log.read_text()
