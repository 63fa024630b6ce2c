"""What a Julia cell can show: mime bundles, ready-made data, updates, progress."""

from __future__ import annotations

import base64

import pytest
from languages import in_

PNG = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJg"
    "gg=="
)


def julia(nb, code, **options):
    return nb.run(in_("julia", code), **options)


def test_a_type_shows_everything_it_can(nb):
    cell = julia(
        nb,
        """
        struct Rich end
        Base.show(io::IO, ::Rich) = print(io, "plain")
        Base.show(io::IO, ::MIME"text/html", ::Rich) = print(io, "<b>é</b>")
        Base.show(io::IO, ::MIME"text/latex", ::Rich) = print(io, "\\\\alpha")
        Base.show(io::IO, ::MIME"text/markdown", ::Rich) = print(io, "**md**")
        Base.show(io::IO, ::MIME"image/svg+xml", ::Rich) = print(io, "<svg/>")
        Rich()
        """,
    )
    assert cell.data["text/plain"] == "plain"
    assert cell.data["text/html"] == "<b>é</b>"
    assert cell.data["text/latex"] == "\\alpha"
    assert cell.data["text/markdown"] == "**md**"
    assert cell.data["image/svg+xml"] == "<svg/>"


@pytest.mark.parametrize("mime", ["image/png", "image/jpeg"])
def test_pictures_are_encoded_once(nb, mime):
    name = mime.split("/")[1].capitalize()
    julia(
        nb,
        f"using Base64\nstruct Picture{name} end\n"
        f'Base.show(io::IO, ::MIME"{mime}", ::Picture{name}) = write(io, base64decode("{PNG}"))',
    )
    assert base64.b64decode(julia(nb, f"Picture{name}()").data[mime]) == base64.b64decode(PNG)
    shown = julia(nb, f'display(MIME("{mime}"), base64decode("{PNG}"))').displays
    assert base64.b64decode(shown[0][mime]) == base64.b64decode(PNG)
    shown = julia(nb, f'display("{mime}", "{PNG}")').displays
    assert shown[0][mime].strip() == PNG


@pytest.mark.parametrize(
    ("mime", "text"),
    [("text/html", "<b>x</b>"), ("image/svg+xml", "<svg/>"), ("text/latex", "$x$"),
     ("text/markdown", "# x"), ("application/javascript", "1"),]
)  # fmt: skip
def test_ready_made_data(nb, mime, text):
    assert julia(nb, f'display("{mime}", raw"{text}")').displays[0][mime] == text
    assert julia(nb, f'display(MIME("{mime}"), raw"{text}")').displays[0][mime] == text


JSON_MIMES = ["json", "vnd.vegalite.v5+json", "vnd.plotly.v1+json"]


@pytest.mark.parametrize("mime", [f"application/{name}" for name in JSON_MIMES])
def test_json_travels_as_json(nb, mime):
    shown = julia(nb, f'display("{mime}", raw"""{{"a": [1, null, "é"]}}""")').displays
    assert shown[0][mime] == {"a": [1, None, "é"]}
    name = "Json" + "".join(char for char in mime if char.isalnum())
    code = (
        f"struct {name} end\n"
        f'Base.show(io::IO, ::MIME"{mime}", ::{name}) = print(io, "{{\\"b\\": 2}}")\n{name}()'
    )
    assert julia(nb, code).data[mime] == {"b": 2}


def test_displays_stand_at_their_place(nb):
    cell = julia(nb, 'for i in 1:2\n    println("before ", i)\n    display(i)\nend\nprintln("end")')
    assert cell.outputs == [
        ("stdout", "before 1\n"),
        ("display_data", {"text/plain": "1"}),
        ("stdout", "before 2\n"),
        ("display_data", {"text/plain": "2"}),
        ("stdout", "end\n"),
    ]


def test_markdown(nb):
    data = julia(nb, 'using Markdown\nmd"# Title\n\n**bold**"').data
    assert "Title" in data["text/plain"]
    assert "**bold**" in data["text/markdown"] or "<strong>bold</strong>" in data["text/html"]


def test_large_arrays_are_limited(nb):
    text = julia(nb, "rand(1000, 1000)").result
    assert "⋮" in text and len(text) < 20_000


def test_the_io_says_where_it_is(nb):
    julia(
        nb,
        'struct Asked end\nBase.show(io::IO, ::MIME"text/plain", ::Asked) = print(io, '
        "get(io, :jupyter, false), ' ', get(io, :limit, false), ' ', get(io, :color, false), ' ', "
        "displaysize(io) isa Tuple)",
    )
    assert julia(nb, "Asked()").result == "true true true true"


def test_updates_by_id(nb):
    first = julia(nb, 'handle = Polyglot.display("one"; id="place")')
    content = next(m["content"] for m in first.iopub if m["header"]["msg_type"] == "display_data")
    assert content["transient"] == {"display_id": "place"}
    second = julia(nb, 'Polyglot.update_display(handle, "two")')
    updates = [m["content"] for m in second.iopub if m["header"]["msg_type"].startswith("update")]
    assert updates[0]["transient"] == {"display_id": "place"}
    assert "two" in updates[0]["data"]["text/plain"]


@pytest.mark.parametrize("wait", ["false", "true"])
def test_clear_output(nb, wait):
    cell = julia(nb, f'println("a"); Polyglot.clear_output(wait={wait}); println("b")')
    assert cell.outputs == [("stdout", "a\n"), ("clear_output", wait == "true"), ("stdout", "b\n")]


def test_mime_types_of_the_user(nb):
    code = (
        'Polyglot.register_mime("text/x-mine")\nstruct Mine end\n'
        'Base.show(io::IO, ::MIME"text/x-mine", ::Mine) = print(io, "mine")\nMine()'
    )
    assert julia(nb, code).data["text/x-mine"] == "mine"


def test_progress_records(nb):
    code = (
        "using Logging\nfor i in 1:3\n"
        '    @logmsg Logging.LogLevel(-1) "working" progress=i/3 _id=:job\nend'
    )
    cell = julia(nb, code)
    kinds = [kind for kind, _ in cell.outputs]
    assert "display_data" in kinds and "update_display_data" in kinds
    assert "working" in str(cell.outputs)


def test_an_error_within_a_display_is_the_cells(nb):
    code = 'struct Broken end\nBase.show(io::IO, ::MIME"text/html", ::Broken) = error("no html")'
    julia(nb, code)
    error = nb.fail(in_("julia", "Broken()")).error
    assert (error.ename, error.evalue) == ("ErrorException", "no html")
    assert julia(nb, "1").result == "1"


def test_a_twenty_megabyte_result(nb):
    assert len(julia(nb, 'Text("x"^20_000_000)').result) == 20_000_000


@pytest.mark.parametrize(
    "code", ["pushdisplay(TextDisplay(stdout))", "popdisplay()", "Base.Multimedia.displays"]
)
def test_the_kernels_display_as_a_value_is_short(launch, code):
    nb = launch().connect()
    cell = nb.run(f"%julia\n{code}")
    shown = cell.stdout + (cell.result or "")
    assert "InlineDisplay()" in shown
    assert len(shown) < 2000
    nb.run("%julia\n1")


@pytest.mark.parametrize(
    "code",
    [
        "module Base end",
        "baremodule Base\nend",
        '"""words"""\nmodule Base\nx = 1\nend',
        "begin\nmodule Base end\nend",
    ],
)
def test_a_module_that_takes_the_name_of_base_is_refused(nb, code):
    """Julia takes it for its own and aborts some cells later, with all variables."""
    nb.run("%julia\nkept = 34")
    cell = nb.fail("%julia\n" + code)
    assert "give it another name" in cell.error.evalue
    assert nb.run("%julia\nkept").result == "34"
    nb.run("%julia\nmodule TakesNobodysPlace\nmodule Base\nend\nend")
    assert nb.run("%julia\nstring(kept + 1)").result == '"35"'
