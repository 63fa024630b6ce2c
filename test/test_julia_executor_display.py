"""What Julia values look like: results and displays."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator

import pytest
from executor_pipes import PipedExecutor
from julia_pipes import julia_executor, plain

PNG = b"\x89PNG\r\n\x1a\nnot really"

TYPES = """
using Markdown
struct Picture end
Base.show(io::IO, ::MIME"image/png", ::Picture) = write(io, b"\\x89PNG\\r\\n\\x1a\\nnot really")
Base.show(io::IO, ::MIME"image/jpeg", ::Picture) = write(io, b"\\xff\\xd8")
struct Drawing end
Base.show(io::IO, ::MIME"image/svg+xml", ::Drawing) = print(io, "<svg/>")
Base.show(io::IO, ::MIME"text/html", ::Drawing) = print(io, "<b>é</b>")
Base.show(io::IO, ::MIME"text/latex", ::Drawing) = print(io, "\\$x\\$")
struct Encoded end
Base.show(io::IO, ::MIME"image/png", ::Encoded) = print(io, "aGVsbG8=")
struct Chart end
Base.show(io::IO, ::MIME"application/vnd.vegalite.v5+json", ::Chart) =
    print(io, "{\\"mark\\": \\"bar\\"}")
Base.show(io::IO, ::MIME"application/vnd.vegalite.v4+json", ::Chart) =
    print(io, "{\\"mark\\": \\"old\\"}")
Base.show(io::IO, ::MIME"application/vnd.plotly.v1+json", ::Chart) = print(io, "{\\"data\\": []}")
struct Sometimes; html::Bool end
Base.showable(::MIME"text/html", x::Sometimes) = x.html
Base.show(io::IO, ::MIME"text/html", ::Sometimes) = print(io, "<i/>")
struct Context end
function Base.show(io::IO, ::MIME"text/plain", ::Context)
    values = [get(io, key, nothing) for key in (:color, :limit, :jupyter, :module)]
    print(io, values, displaysize(io))
end
"""


@pytest.fixture(scope="module")
def julia(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PipedExecutor]:
    with julia_executor(tmp_path_factory.mktemp("home")) as executor:
        assert executor.run(TYPES).error is None
        yield executor


def data(cell) -> dict:
    (message,) = cell.messages("execute_result")
    return message["content"]["data"]


def shown(cell) -> dict:
    assert cell.error is None
    (bundle,) = cell.displays
    return bundle


def test_bytes_are_encoded_once_and_text_is_left_alone(julia: PipedExecutor) -> None:
    assert base64.b64decode(data(julia.run("Picture()"))["image/png"]) == PNG
    assert data(julia.run("Encoded()"))["image/png"] == "aGVsbG8="


def test_of_a_row_only_the_first_form_is_sent(julia: PipedExecutor) -> None:
    assert "image/jpeg" not in data(julia.run("Picture()"))
    chart = data(julia.run("Chart()"))
    assert chart == {
        "text/plain": "Chart()",
        "application/vnd.vegalite.v5+json": {"mark": "bar"},
        "application/vnd.plotly.v1+json": {"data": []},
    }


def test_all_forms_of_a_value_are_sent(julia: PipedExecutor) -> None:
    assert data(julia.run("Drawing()")) == {
        "text/plain": "Drawing()",
        "image/svg+xml": "<svg/>",
        "text/html": "<b>é</b>",
        "text/latex": "$x$",
    }


def test_a_value_may_decide_its_forms(julia: PipedExecutor) -> None:
    assert "text/html" in data(julia.run("Sometimes(true)"))
    assert "text/html" not in data(julia.run("Sometimes(false)"))


def test_a_form_defined_later_is_sent(julia: PipedExecutor) -> None:
    assert list(data(julia.run("struct Late end; Late()"))) == ["text/plain"]
    julia.run('Base.show(io::IO, ::MIME"text/html", ::Late) = print(io, "now")')
    assert data(julia.run("Late()"))["text/html"] == "now"


def test_markdown(julia: PipedExecutor) -> None:
    bundle = data(julia.run('md"# Title\n*word*"'))
    assert "<h1>Title</h1>" in bundle["text/html"]
    assert bundle["text/markdown"].startswith("# Title")
    assert "\\section{Title}" in bundle["text/latex"]
    assert "Title" in plain(bundle["text/plain"])


def test_the_context(julia: PipedExecutor) -> None:
    cell = julia.run('ENV["LINES"] = "9"; ENV["COLUMNS"] = "70"; Context()')
    assert plain(cell.result) == "Any[true, true, true, Main](9, 70)"
    rows = julia.run("collect(1:100)").result.splitlines()
    assert len(rows) < 10
    julia.run('ENV["LINES"] = "30"; ENV["COLUMNS"] = "80";')


def test_the_size_of_what_is_shown(julia: PipedExecutor) -> None:
    assert julia.run('ENV["LINES"], ENV["COLUMNS"]').result == '("30", "80")'
    assert julia.run("displaysize(stdout)").result == "(30, 80)"


def test_display_shows_at_its_place(julia: PipedExecutor) -> None:
    cell = julia.run("f() = display(Drawing())\nfor i in 1:2\n    println(i); f()\nend")
    kinds = [output["msg_type"] for output in cell.outputs]
    assert kinds == ["stream", "display_data"] * 2
    assert cell.displays[0]["image/svg+xml"] == "<svg/>"


@pytest.mark.parametrize(
    ("code", "bundle"),
    [
        ('display("text/html", "<p>x</p>")', {"text/html": "<p>x</p>"}),
        ('display(MIME("text/latex"), "x^2")', {"text/latex": "x^2"}),
        ('display("image/svg+xml", "<svg/>")', {"image/svg+xml": "<svg/>"}),
        ('display("image/png", UInt8[0x89, 0x50])', {"image/png": "iVA="}),
        ('display("image/png", "iVA=")', {"image/png": "iVA="}),
        ('display("application/json", "[1, 2]")', {"application/json": [1, 2]}),
        (
            'display("application/vnd.vegalite.v5+json", Dict("a" => [1, nothing]))',
            {"application/vnd.vegalite.v5+json": {"a": [1, None]}},
        ),
        ('display("application/javascript", "x()")', {"application/javascript": "x()"}),
        ('display("text/markdown", md"*a*")', {"text/markdown": "*a*\n"}),
        ('display("text/plain", 1.5)', {"text/plain": "1.5"}),
        ('display("image/svg+xml", Drawing())', {"image/svg+xml": "<svg/>"}),
        ('display("application/pdf", "JVBERi0x")', {"application/pdf": "JVBERi0x"}),
        ('display("application/pdf", b"%PDF-1")', {"application/pdf": "JVBERi0x"}),
        ('display("audio/mpeg", "SUQz")', {"audio/mpeg": "SUQz"}),
        ('display("audio/mpeg", b"ID3\\x04\\0")', {"audio/mpeg": "SUQzBAA="}),
        ('display("image/png", String([0x89, 0x50]))', {"image/png": "iVA="}),
        ('display("application/x-mine", "text data")', {"application/x-mine": "text data"}),
        ('display("application/x-mine", b"bytes")', {"application/x-mine": "Ynl0ZXM="}),
        ('display("application/xhtml+xml", b"<p/>")', {"application/xhtml+xml": "<p/>"}),
        ('display("application/x-latex", b"x^2")', {"application/x-latex": "x^2"}),
        ('display("application/rtf", b"{\\\\rtf1}")', {"application/rtf": "{\\rtf1}"}),
        ('using DelimitedFiles; display("text/csv", "a,b")', {"text/csv": "a,b"}),
        ('display("text/html", b"<p>x</p>")', {"text/html": "<p>x</p>"}),
        ('display("text/plain", "x")', {"text/plain": '"x"'}),
        ('display("application/json", Dict("a" => "b"))', {"application/json": {"a": "b"}}),
    ],
)
def test_display_of_one_form(julia: PipedExecutor, code: str, bundle: dict) -> None:
    assert shown(julia.run(code)) == bundle


def test_a_form_that_a_value_lacks_is_an_error(julia: PipedExecutor) -> None:
    assert julia.run('display("image/png", 1)').error["ename"] == "MethodError"
    assert julia.run('display("application/json", "{")').error["ename"] == "ParseError"
    assert julia.run("1").result == "1"


def test_updates(julia: PipedExecutor) -> None:
    cell = julia.run(
        'handle = Polyglot.display(1; id="place")\nPolyglot.update_display(handle, 2);'
    )
    (first,) = cell.messages("display_data")
    (update,) = cell.messages("update_display_data")
    assert (
        first["content"]["transient"] == update["content"]["transient"] == {"display_id": "place"}
    )
    assert update["content"]["data"] == {"text/plain": "2"}
    cell = julia.run('Polyglot.update_display("place", Drawing())')
    assert cell.messages("update_display_data")[0]["content"]["data"]["text/html"] == "<b>é</b>"


def test_updates_of_one_form_and_by_a_symbol(julia: PipedExecutor) -> None:
    code = """
    handle = Polyglot.display("text/html", "<b>1</b>"; id=:spot)
    Polyglot.update_display(handle, MIME("text/html"), "<b>2</b>")
    Polyglot.update_display(:spot, Drawing())
    Polyglot.display(3; id=:spot);
    """
    cell = julia.run(code)
    messages = [output["content"] for output in cell.outputs]
    assert {json.dumps(m["transient"]) for m in messages} == {'{"display_id": "spot"}'}
    shown = [m["data"].get("text/html") for m in messages]
    assert shown == ["<b>1</b>", "<b>2</b>", "<b>é</b>", None]


def test_clear_output(julia: PipedExecutor) -> None:
    cell = julia.run(
        "print(1); Polyglot.clear_output(wait=true); print(2); Polyglot.clear_output()"
    )
    kinds = [output["msg_type"] for output in cell.outputs]
    assert kinds == ["stream", "clear_output", "stream", "clear_output"]
    assert [m["content"] for m in cell.messages("clear_output")] == [
        {"wait": True},
        {"wait": False},
    ]


def test_mime_types_of_the_user(julia: PipedExecutor) -> None:
    code = """
    struct Molecule end
    Base.show(io::IO, ::MIME"chemical/x-pdb", ::Molecule) = print(io, "ATOM")
    Base.show(io::IO, ::MIME"application/x-own+json", ::Molecule) = print(io, "{}")
    """
    julia.run(code)
    assert list(data(julia.run("Molecule()"))) == ["text/plain"]
    julia.run('Polyglot.register_mime(MIME("application/x-own+json"))')
    julia.run('Polyglot.register_mime(["chemical/x-pdb", "text/x-own"])')
    bundle = data(julia.run("Molecule()"))
    assert bundle["application/x-own+json"] == {}
    assert base64.b64decode(bundle["chemical/x-pdb"]) == b"ATOM"


def test_text_formats_of_the_user(julia: PipedExecutor) -> None:
    code = """
    struct Script end
    Base.istextmime(::MIME"application/x-t1") = true
    Base.show(io::IO, ::MIME"application/x-t1", ::Script) = print(io, "é=1")
    display("application/x-t1", Script())
    """
    assert shown(julia.run(code)) == {"application/x-t1": "é=1"}


@pytest.mark.parametrize(
    "mime",
    [
        "application/vnd.vegalite.v6+json",
        "application/vnd.vega.v6+json",
        "audio/wav",
        "video/mp4",
        "image/webp",
    ],
)
def test_newer_forms_are_sent(julia: PipedExecutor, mime: str) -> None:
    written = {"a": 1} if mime.endswith("json") else "YQ=="
    code = f"""
    struct Newer{{T}} end
    Base.show(io::IO, ::MIME"{mime}", ::Newer{{Symbol("{mime}")}}) =
        write(io, {json.dumps(json.dumps(written) if mime.endswith("json") else written)})
    Newer{{Symbol("{mime}")}}()
    """
    assert data(julia.run(code))[mime] == written


def test_progress_is_a_bar(julia: PipedExecutor) -> None:
    code = """
    using Logging
    for i in 0:100
        @logmsg LogLevel(-1) "Working" progress=i/100 _id=:work
    end
    @logmsg LogLevel(-1) "Working" progress="done" _id=:work
    """
    cell = julia.run(code)
    (first,) = cell.messages("display_data")
    updates = cell.messages("update_display_data")
    place = first["content"]["transient"]
    assert {json.dumps(update["content"]["transient"]) for update in updates} == {json.dumps(place)}
    assert 'value="0.0"' in first["content"]["data"]["text/html"]
    assert "100%" in updates[-1]["content"]["data"]["text/plain"]
    assert 'value="1.0"' in updates[-1]["content"]["data"]["text/html"]
    assert cell.stderr == ""


def test_a_large_result(julia: PipedExecutor) -> None:
    assert len(julia.run('Text("a" ^ 20_000_000)').result) == 20_000_000
