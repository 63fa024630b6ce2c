"""What one language shows and prints for the other."""

from __future__ import annotations

from pathlib import Path

import nbformat
from languages import in_
from notebook import Notebook


def test_figures_are_shown_in_the_julia_cell_that_drew_them(nb: Notebook) -> None:
    nb.run("import matplotlib.pyplot as plt")
    cell = nb.run(in_("julia", 'py.plt.plot([1, 2]); println("drawn")'))
    assert cell.stdout == "drawn\n"
    assert ["image/png" in shown for shown in cell.displays] == [True]
    cell = nb.fail(in_("julia", 'py.plt.plot([1, 2]); error("later")'))
    assert ["image/png" in shown for shown in cell.displays] == [True]
    assert nb.run("1").displays == []


def test_an_object_that_displays_itself_does_so_once(nb: Notebook) -> None:
    code = """
    class Shown:
        def _ipython_display_(self): print("shown")
    shown = Shown()
    """
    nb.run(code)
    cell = nb.run(in_("julia", "py.shown"))
    assert cell.stdout == "shown\n" and cell.result is None
    cell = nb.run(in_("julia", "display(py.shown)"))
    assert cell.stdout == "shown\n" and cell.displays == []


def test_metadata_of_pythons_objects(nb: Notebook) -> None:
    code = """
    class Wide:
        def _repr_png_(self): return b"png", {"width": 300}
    wide = Wide()
    """
    nb.run(code)
    cell = nb.run(in_("julia", "py.wide"))
    (result,) = (m["content"] for m in cell.iopub if m["header"]["msg_type"] == "execute_result")
    assert result["metadata"] == {"image/png": {"width": 300}}


def test_what_julia_prints_can_be_caught_in_python(nb: Notebook) -> None:
    nb.run("def say(x): print('python', x)")
    code = """
    import contextlib, io
    text = io.StringIO()
    with contextlib.redirect_stdout(text):
        jl('for i in 1:2; println("julia ", i); py.say(i); end')
    """
    assert nb.run(code).stdout == ""
    assert nb.run("text.getvalue()").result == repr("julia 1\npython 1\njulia 2\npython 2\n")
    nb.run("%%capture caught\njl('print(1); print(stderr, 2)')")
    assert nb.run("caught.stdout, caught.stderr").result == "('1', '2')"
    assert nb.run('jl.print("seen")').stdout == "seen"


def test_what_julia_displays_can_be_captured_in_python(nb: Notebook) -> None:
    julia = 'println("text"); display("text/html", "<b>"); println("more")'
    cell = nb.run(f"%%capture caught\njl('{julia}')")
    assert cell.displays == [] and cell.stdout == ""
    assert nb.run("caught.stdout, [o.data for o in caught.outputs]").result == (
        "('text\\nmore\\n', [{'text/html': '<b>'}])"
    )
    assert nb.run("caught.show()").displays == [{"text/html": "<b>"}]
    updated = 'h = Polyglot.display(1; id="known"); Polyglot.update_display("known", 2); nothing'
    nb.run(f"%%capture caught\njl('{updated}')")
    assert nb.run("[o.data['text/plain'] for o in caught.outputs]").result == "['1', '2']"
    assert nb.run("jl('display(3)');").displays == [{"text/plain": "3"}]


def test_what_is_printed_before_an_error_is_caught_too(nb: Notebook) -> None:
    nb.run("import contextlib, io\ntext = io.StringIO()")
    code = """
    with contextlib.redirect_stdout(text):
        jl('print("before"); error("known")')
    """
    assert "known" in nb.fail(code).error.evalue
    assert nb.run("text.getvalue()").result == "'before'"


def test_what_python_prints_can_be_caught_in_julia(nb: Notebook) -> None:
    code = """
    path = tempname()
    open(path, "w") do file
        redirect_stdout(file) do
            println("julia"); py.print("python"); py.jl.println("julia again")
        end
    end
    """
    assert nb.run(in_("julia", code)).stdout == ""
    caught = nb.run(in_("julia", "print(read(path, String))")).stdout
    assert caught == "julia\npython\njulia again\n"
    assert nb.run(in_("julia", 'py.print("seen")')).stdout == "seen\n"


def test_a_copy_has_no_methods_of_pythons(nb: Notebook) -> None:
    nb.run("numbers = [3, 1]")
    error = nb.fail(in_("julia", "py.numbers.sort()")).error
    assert 'py"x.sort"' in error.traceback
    error = nb.fail(in_("julia", "struct Empty end; Empty().sort()")).error
    assert 'py"' not in error.traceback


def test_cells_of_both_languages_that_a_cell_runs(nb: Notebook, tmp_path: Path) -> None:
    sources = [
        "first = 1",
        "%julia -i before=first -o after\nafter = before + 1\nprintln(after); [after]",
        "print(after)",
    ]
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    path = tmp_path / "both.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    cell = nb.run(f"%run {path}")
    assert cell.stdout == "2\n2\n"
    assert [shown["text/plain"].splitlines()[-1] for shown in cell.displays] == [" 2"]
    nb.run("%julia\nthree = 3; print(three)")
    assert nb.run("%rerun").stdout.endswith("3")
