"""Output of Julia cells: whole, in order, from wherever it comes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from executor_pipes import PipedExecutor
from julia_pipes import julia_executor, plain


@pytest.fixture(scope="module")
def julia(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PipedExecutor]:
    with julia_executor(tmp_path_factory.mktemp("home")) as executor:
        yield executor


def texts(cell) -> list[tuple[str, str]]:
    return [(o["name"], o["text"]) for o in cell.outputs if o["msg_type"] == "stream"]


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ('println("a")', "a\n"),
        ('print("a", 1, :b, nothing)', "a1bnothing"),
        ('print("é😀")', "é😀"),
        ("print('é')", "é"),
        ('write(stdout, "bytes")', "bytes"),
        ('write(stdout, 0xc3); write(stdout, 0xa9); print("!")', "é!"),
        ("show(stdout, [1, 2])", "[1, 2]"),
        ('using Printf; @printf("%d %s\\n", 3, "x")', "3 x\n"),
        ('foreach(println, ["a", "b"])', "a\nb\n"),
        ("print(stdout, 1); flush(stdout); print(stdout, 2)", "12"),
        ('join(stdout, ["a", "b"], "-")', "a-b"),
        ("print(IOContext(stdout, :compact => true), 1.123456789)", "1.12346"),
        ("print(get(stdout, :jupyter, false), get(stdout, :color, false))", "truetrue"),
        ('withenv("LINES" => 7, "COLUMNS" => 50) do; print(displaysize(stdout)) end', "(7, 50)"),
        ("dump(1)", "Int64 1\n"),
        ("println(stdout isa IO, isopen(stdout))", "truetrue\n"),
    ],
)
def test_what_is_written_arrives(julia: PipedExecutor, code: str, text: str) -> None:
    cell = julia.run(code + ";")
    assert cell.error is None
    assert cell.stdout == text


def test_a_print_is_one_frame(julia: PipedExecutor) -> None:
    id = julia.start('println("one ", 2, " ", [3.0])')
    frame = julia.wait_for("stream")
    assert frame.header == {"type": "stream", "id": id, "name": "stdout"}
    assert bytes(frame.buffers[0]) == b"one 2 [3.0]\n"
    julia.collect(id)


def test_invalid_bytes_are_replaced(julia: PipedExecutor) -> None:
    assert julia.run('write(stdout, [0x61, 0xff, 0x62]); print("c");').stdout == "a\ufffdbc"
    assert julia.run("write(stdout, 0xc3);").stdout == "\ufffd"


def test_streams_displays_and_results_are_in_order(julia: PipedExecutor) -> None:
    cell = julia.run("print(1)\nprint(stderr, 2)\ndisplay(3)\nprint(4)\n5")
    kinds = [output.get("name", output["msg_type"]) for output in cell.outputs]
    assert kinds == ["stdout", "stderr", "display_data", "stdout", "execute_result"]


def test_what_bypasses_julia_is_in_order_too(julia: PipedExecutor) -> None:
    code = """
    print("julia 1\\n")
    run(`echo child`)
    print("julia 2\\n")
    ccall(:write, Cssize_t, (Cint, Cstring, Csize_t), 1, "c\\n", 2)
    print("julia 3\\n")
    run(pipeline(`echo piped`, stdout=stdout, stderr=stderr))
    print("julia 4\\n");
    """
    cell = julia.run(code)
    assert cell.stdout == "julia 1\nchild\njulia 2\nc\njulia 3\npiped\njulia 4\n"


def test_buffered_c_output_arrives_with_its_cell(julia: PipedExecutor) -> None:
    julia.start('ccall(:printf, Cint, (Cstring,), "from C\\n");')
    julia.wait_for_text("from C\n")
    julia.wait_for("reply")


def test_colours_are_kept(julia: PipedExecutor) -> None:
    assert julia.run('printstyled("x"; color=:red)').stdout == "\x1b[31mx\x1b[39m"


def test_log_records_go_to_stderr(julia: PipedExecutor) -> None:
    cell = julia.run('@info "noted" 1 + 1\n@warn "careful"\n@debug "hidden"')
    text = plain(cell.stderr)
    assert "Info: noted" in text
    assert "1 + 1 = 2" in text
    assert "Warning: careful" in text
    assert "hidden" not in text
    assert cell.stdout == ""


def test_output_can_be_redirected_and_comes_back(julia: PipedExecutor) -> None:
    code = """
    before = stdout
    reader, writer = redirect_stdout()
    println("caught"); run(`echo child`)
    redirect_stdout(before)
    close(writer)
    read(reader, String)
    """
    assert julia.run(code).result == '"caught\\nchild\\n"'
    assert julia.run("println(1); run(`echo 2`);").stdout == "1\n2\n"
    code = """
    mktemp() do path, file
        redirect_stdout(file) do
            println("to a file")
        end
        close(file)
        read(path, String)
    end
    """
    assert julia.run(code).result == '"to a file\\n"'
    assert julia.run("print(stderr, 1); print(2)").outputs[0]["name"] == "stderr"


def test_a_hundred_thousand_lines(julia: PipedExecutor) -> None:
    cell = julia.run("for i in 1:100_000 println(i) end")
    assert cell.stdout == "".join(f"{i}\n" for i in range(1, 100_001))


def test_fifty_megabytes(julia: PipedExecutor) -> None:
    cell = julia.run('print("é" ^ 25_000_000)')
    assert cell.stdout == "é" * 25_000_000


def test_threads_and_tasks_print_whole_lines(tmp_path) -> None:
    with julia_executor(tmp_path, JULIA_NUM_THREADS="2") as julia:
        assert julia.run("Threads.nthreads()").result == "2"
        code = """
        Threads.@threads for i in 1:2000
            println("line ", i)
        end
        @sync for i in 1:100
            @async println("task ", i)
        end
        """
        lines = julia.run(code).stdout.splitlines()
        expected = [f"line {i}" for i in range(1, 2001)] + [f"task {i}" for i in range(1, 101)]
        assert sorted(lines) == sorted(expected)


@pytest.mark.parametrize("name", ["stdout", "stderr"])
def test_what_the_runtime_writes_comes_back_after_a_redirection(
    julia: PipedExecutor, name: str
) -> None:
    code = f"""
    mktemp() do path, file
        redirect_{name}(file) do
            Core.println(Core.{name}, "to a file")
        end
        close(file)
        read(path, String)
    end
    """
    assert julia.run(code).result == '"to a file\\n"'
    cell = julia.run(f'GC.gc(); Core.println(Core.{name}, "core"); println({name}, "julia")')
    assert getattr(cell, name) == "core\njulia\n"
