"""The facade IJulia: what packages that were written for that kernel look for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from executor_pipes import Cell, PipedExecutor
from julia_pipes import julia_executor

STUBS = Path(__file__).parent / "julia_stubs"


@pytest.fixture(scope="module")
def julia(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PipedExecutor]:
    home = tmp_path_factory.mktemp("home")
    connection = home / "connection.json"
    connection.write_text('{"ip": "127.0.0.1", "transport": "tcp"}')
    with julia_executor(home, POLYGLOT_CONNECTION_FILE=str(connection)) as executor:
        executor.run(f'push!(LOAD_PATH, "{STUBS}");')
        yield executor


def arrives(julia: PipedExecutor, type: str, **content: Any) -> Cell:
    data = [json.dumps(content).encode()]
    return julia.collect(julia.send("comm", data, msg_type=type, metadata={}, header={}))


def metadata(cell: Cell, msg_type: str) -> list[dict[str, Any]]:
    return [message["content"]["metadata"] for message in cell.messages(msg_type)]


# ----------------------------------------------------------------------- who looks for the package


def test_it_is_there_in_the_first_cell(tmp_path: Path) -> None:
    with julia_executor(tmp_path) as julia:
        assert julia.run("isdefined(Main, :IJulia) && Main.IJulia.inited").result == "true"


def test_it_is_a_package_with_the_known_uuid_and_a_version(julia: PipedExecutor) -> None:
    code = """
    id = Base.PkgId(Base.UUID("7073ff75-c697-5162-941a-fcdaad2a7d2a"), "IJulia")
    @show :IJulia in nameof.(values(Base.loaded_modules))
    @show Base.loaded_modules[id] === Base.require(id) === IJulia
    VERSION < v"1.9" || @show pkgversion(IJulia) >= v"1.30";
    """
    cell = julia.run(code)
    assert cell.error is None and "false" not in cell.stdout


def test_using_it_finds_it_from_any_project(julia: PipedExecutor, tmp_path: Path) -> None:
    (tmp_path / "Project.toml").write_text("")
    julia.run(f'Base.ACTIVE_PROJECT[] = "{tmp_path}/Project.toml";')
    for code in ("using IJulia", "import IJulia", "using IJulia: IJulia", "IJulia.inited"):
        cell = julia.run(code)
        assert (cell.error, cell.stderr) == (None, "")
    julia.run("Base.ACTIVE_PROJECT[] = nothing;")


def test_the_cells_find_no_other_package_of_the_kernel(julia: PipedExecutor) -> None:
    assert "PolyglotExecutor not found" in julia.run("import PolyglotExecutor").error["evalue"]


def test_a_package_that_looks_into_main(julia: PipedExecutor) -> None:
    julia.run("import Meter")
    cell = julia.run('Meter.draw("half")')
    assert [output["msg_type"] for output in cell.outputs] == ["clear_output", "stream"]
    assert cell.messages("clear_output")[0]["content"] == {"wait": True}
    assert cell.stdout == "half\n"


def test_clear_output_in_either_way(julia: PipedExecutor) -> None:
    for code in ("IJulia.clear_output(true)", "IJulia.clear_output(wait=true)"):
        (cleared,) = julia.run(code).messages("clear_output")
        assert cleared["content"] == {"wait": True}


def test_an_extension_for_it_is_loaded(julia: PipedExecutor) -> None:
    if julia.run('VERSION < v"1.9"').result == "true":
        pytest.skip("Julia before 1.9 has no extensions")
    assert julia.run("import Plotter").error is None
    cell = julia.run("Plotter.Figure([1.0, 2.5])")
    (result,) = cell.messages("execute_result")
    plot = {"data": [{"y": [1.0, 2.5]}]}
    assert result["content"]["data"] == {
        "application/vnd.plotly.v1+json": plot,
        "text/plain": "figure",
    }


# ---------------------------------------------------------------------------------------- displays


def test_methods_of_display_dict_and_metadata(julia: PipedExecutor) -> None:
    code = """
    struct Photo end
    IJulia.display_dict(::Photo) = Dict("image/png" => "iVBO", "text/plain" => "photo")
    IJulia.metadata(::Photo) = Dict("image/png" => Dict(:width => 300));
    """
    julia.run(code)
    width = {"image/png": {"width": 300}}
    cell = julia.run("display(Photo()); Photo()")
    (shown,) = cell.displays
    assert shown == {"image/png": "iVBO", "text/plain": "photo"}
    assert metadata(cell, "display_data") == metadata(cell, "execute_result") == [width]
    cell = julia.run("display(IJulia.InlineDisplay(), Photo())")
    assert metadata(cell, "display_data") == [width]
    assert metadata(julia.run("1"), "execute_result") == [{}]


def test_metadata_by_polyglots_own_name(julia: PipedExecutor) -> None:
    code = """
    struct Map end
    Polyglot.metadata(::Map) = Dict("zoom" => 3)
    Map()
    """
    assert metadata(julia.run(code), "execute_result") == [{"zoom": 3}]
    cell = julia.run("place = Polyglot.display(Map(); metadata=Dict(:zoom => 4));")
    assert metadata(cell, "display_data") == [{"zoom": 4}]
    cell = julia.run("Polyglot.update_display(place, Map())")
    assert metadata(cell, "update_display_data") == [{"zoom": 3}]
    assert "is a Dict" in julia.run("Polyglot.display(1; metadata=2)").error["evalue"]


def test_display_dict_can_be_asked(julia: PipedExecutor) -> None:
    assert julia.run('IJulia.display_dict(1)["text/plain"]').result == '"1"'
    assert julia.run('IJulia.display_dict("a")["text/plain"]').result == r'"\"a\""'


def test_the_display_on_the_stack_is_inline(julia: PipedExecutor) -> None:
    code = "Base.Multimedia.displays[end] isa IJulia.InlineDisplay"
    assert julia.run(code).result == "true"
    (shown,) = julia.run('display(IJulia.InlineDisplay(), "text/html", HTML("<b>"))').displays
    assert shown == {"text/html": "<b>"}


def test_forms_as_text(julia: PipedExecutor) -> None:
    julia.run('struct Pixel end; Base.show(io::IO, ::MIME"image/png", ::Pixel) = write(io, 0x01);')
    assert julia.run('IJulia.limitstringmime(MIME("image/png"), Pixel())').result == '"AQ=="'
    code = 'IJulia.display_mimestring([MIME("text/latex"), MIME("text/html")], HTML("x"))[2]'
    assert julia.run(code).result == '"x"'
    assert "⋮" in julia.run('IJulia.limitstringmime(MIME("text/plain"), rand(1000))').result


def test_registered_mime_types_are_sent(julia: PipedExecutor) -> None:
    code = """
    struct Score end
    Base.show(io::IO, ::MIME"application/x-score", ::Score) = print(io, "c d e")
    Base.istextmime(::MIME"application/x-score") = true
    IJulia.register_mime(MIME("application/x-score"))
    display(Score())
    """
    assert julia.run(code).displays[0]["application/x-score"] == "c d e"


# ------------------------------------------------------------------------------------------- comms


def test_a_comm_from_here(julia: PipedExecutor) -> None:
    code = """
    comm = IJulia.Comm("plot"; data = Dict("a" => 1))
    comm.on_msg = message -> println("got ", message.content["data"]["n"])
    comm.on_close = message -> println("closed")
    haskey(IJulia.CommManager.comms, comm.id)
    """
    cell = julia.run(code)
    assert cell.result == "true"
    (opened,) = cell.messages("comm_open")
    assert opened["content"]["data"] == {"a": 1}
    id = opened["comm_id"]
    assert arrives(julia, "comm_msg", comm_id=id, data={"n": 4}).stdout == "got 4\n"
    (sent,) = julia.run('IJulia.send_comm(comm, Dict("b" => 2))').messages("comm_msg")
    assert sent["content"] == {"comm_id": id, "data": {"b": 2}}
    code = """
    message = IJulia.msg_comm(comm, IJulia.execute_msg, "comm_msg", Dict("c" => 3))
    IJulia.send_ipython(IJulia.publish[], message)
    """
    (sent,) = julia.run(code).messages("comm_msg")
    assert sent["content"]["data"] == {"c": 3}
    assert arrives(julia, "comm_close", comm_id=id, data={}).stdout == "closed\n"
    assert julia.run("haskey(IJulia.CommManager.comms, comm.id)").result == "false"
    (closed,) = julia.run("IJulia.close_comm(IJulia.Comm(:plot))").messages("comm_close")
    assert closed["comm_id"] != id


def test_a_method_of_register_comm_is_a_target(julia: PipedExecutor) -> None:
    code = """
    using IJulia.CommManager: Comm
    function IJulia.CommManager.register_comm(comm::Comm{:meter}, message)
        println("opened with ", message.content["data"]["start"])
        comm.on_msg = message -> IJulia.send_comm(comm, message.content["data"])
    end
    """
    julia.start(code)
    assert julia.wait_for("comm_target").header["target_name"] == "meter"
    julia.wait_for("reply")
    cell = arrives(julia, "comm_open", comm_id="m1", target_name="meter", data={"start": 5})
    assert (cell.stdout, cell.stderr) == ("opened with 5\n", "")
    (answer,) = arrives(julia, "comm_msg", comm_id="m1", data={"n": 1}).messages("comm_msg")
    assert answer["content"] == {"comm_id": "m1", "data": {"n": 1}}


def test_messages_by_hand(julia: PipedExecutor) -> None:
    code = """
    content = Dict("data" => Dict("text/html" => "<b>"), "metadata" => Dict("a" => 1))
    IJulia.send_ipython(IJulia.publish[], IJulia.msg_pub(IJulia.execute_msg, "display_data", content))
    """
    cell = julia.run(code)
    assert cell.displays == [{"text/html": "<b>"}]
    assert metadata(cell, "display_data") == [{"a": 1}]


# ------------------------------------------------------------------------------------------- cells


def test_hooks_run_before_the_result_is_shown(julia: PipedExecutor) -> None:
    julia.run('hook() = println("hook"); IJulia.push_postexecute_hook(hook);')
    kinds = [output["msg_type"] for output in julia.run("6 * 7").outputs]
    assert kinds == ["stream", "execute_result"]
    julia.run("IJulia.pop_postexecute_hook(hook)")
    code = 'failed = IJulia.push_posterror_hook(() -> println("failed")); error("")'
    assert julia.run(code).stdout == "failed\n"
    julia.run("IJulia.pop_posterror_hook(failed)")
    before = 'before = IJulia.push_preexecute_hook(() -> println("before"));'
    julia.run(before)
    assert julia.run("IJulia.pop_preexecute_hook(before)").stdout == "before\n"


def test_history(julia: PipedExecutor) -> None:
    julia.run("7 * 6")
    assert julia.run("IJulia.ans").result == "42"
    code = "number = IJulia.n - 2; @assert IJulia.Out[number] == 42; IJulia.history(number)"
    assert julia.run(code).stdout == "7 * 6\n"
    julia.run("IJulia.clear_history(1:number)")
    assert julia.run("number in keys(IJulia.In) || number in keys(Out)").result == "false"
    assert julia.run("IJulia.clear_history(); length(In)").result == "0"


def test_text_for_the_next_cell(julia: PipedExecutor, tmp_path: Path) -> None:
    (payload,) = julia.run('IJulia.load_string("x", true)').reply["payload"]
    assert payload == {"source": "set_next_input", "text": "x", "replace": True}
    (tmp_path / "file.jl").write_text("y = 1")
    (payload,) = julia.run(f'IJulia.load("{tmp_path}/file.jl")').reply["payload"]
    assert payload["text"] == "y = 1"


def test_a_question_to_the_user(julia: PipedExecutor) -> None:
    id = julia.start('IJulia.readprompt("key: "; password = true)', allow_stdin=True)
    question = julia.wait_for("input_request").header
    assert (question["prompt"], question["password"]) == ("key: ", True)
    julia.send("input_reply", id=id, value="secret")
    assert julia.collect(id).result == '"secret"'


def test_the_soft_scope_and_the_module(julia: PipedExecutor) -> None:
    assert julia.run("IJulia.SOFTSCOPE[]").result == "true"
    julia.run("IJulia.SOFTSCOPE[] = false;")
    assert julia.run("IJulia.SOFTSCOPE[]").result == "false"
    julia.run("IJulia.SOFTSCOPE[] = true;")
    julia.run("module Room\nhidden = 5\nend\nIJulia.set_current_module(Room)")
    assert julia.run("hidden").result == "5"
    julia.run("Main.IJulia.set_current_module(Main)")


def test_streams(julia: PipedExecutor) -> None:
    code = """
    IJulia.stdio_bytes[] = 0; IJulia.reset_stdio_count(); IJulia.set_max_stdio(10)
    redirect_stdout(() -> println(IJulia.orig_stdout[], "seen"), devnull)
    IJulia.flush_all()
    """
    if julia.run('VERSION < v"1.6"').result == "true":
        code = code.replace("devnull", 'open("/dev/null", "w")')
    assert julia.run(code).stdout == "seen\n"


def test_the_kernel_as_an_object(julia: PipedExecutor) -> None:
    assert julia.run('IJulia.profile["ip"]').result == '"127.0.0.1"'
    code = "basename(IJulia._default_kernel.connection_file)"
    assert julia.run(code).result == '"connection.json"'
    assert julia.run("IJulia._default_kernel.comms === IJulia.CommManager.comms").result == "true"
    assert "there is" in julia.run("IJulia._default_kernel.heartbeat").error["evalue"]


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("IJulia.notebook()", "jupyter notebook"),
        ("IJulia.jupyterlab()", "jupyter lab"),
        ('IJulia.installkernel("Julia")', "polyglot-kernel install"),
        ("IJulia.init_ipywidgets()", "PythonCall"),
    ],
)
def test_what_makes_no_sense_here_says_so(julia: PipedExecutor, code: str, said: str) -> None:
    assert said in julia.run(code).error["evalue"]
