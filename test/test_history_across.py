"""Earlier cells of both languages, run once more by magics of IPython's."""

from __future__ import annotations

import nbformat
from notebook import Notebook


def test_several_cells_are_run_each_in_its_language(nb: Notebook) -> None:
    nb.run("1")  # Python, which keeps the history, has started
    nb.run("%julia\ntwice(x) = 2x; print('j')")
    nb.run("print('p', jl.twice(4))")
    shown = nb.run("%rerun -l 2").stdout
    assert shown.endswith("=== Output: ===\njp 8\n")


def test_a_cell_is_found_by_its_text(nb: Notebook) -> None:
    nb.run('%julia\nprint("sought")')
    nb.run("print('another')")
    assert nb.run("%rerun -g sought").stdout.endswith("===\nsought")


def test_those_behind_a_failed_one_are_not_run(nb: Notebook) -> None:
    nb.fail('%julia\nerror("known")')
    nb.run("print('behind')")
    cell = nb.fail("%rerun -l 2")
    assert cell.stdout.endswith("=== Output: ===\n")
    assert "known" in cell.error.evalue


def test_nothing_to_be_run(nb: Notebook) -> None:
    assert "no number" in nb.fail("%rerun -l many").answer["evalue"]
    assert "no cell" in nb.fail("%rerun -l 0").answer["evalue"]


def test_a_macro_of_cells_of_both_languages(launch) -> None:
    nb = launch().connect()
    nb.run("%julia -o n\nn = isdefined(Main, :n) ? n + 1 : 1")
    nb.run("print('n is', n)")
    nb.run("%macro both 1-2")
    assert nb.run("both").stdout == "n is 2\n"
    assert nb.run("%history 1").stdout.startswith("%julia -o n")


def test_cells_without_a_marker_are_julias_in_its_kernel(launch) -> None:
    nb = launch("polyglot-julia").connect()
    nb.run("%python\nprint('python')")
    nb.run('number = [1]; print("julia ", sum(number))')
    assert nb.run("%python\n%rerun -l 2").stdout.endswith("===\npython\njulia 1")


def test_a_notebook_says_what_its_cells_without_a_marker_are(nb: Notebook, tmp_path) -> None:
    sources = ['before = [1, 2]; println("julia ", sum(before))', "%python\nprint('python')"]
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    metadata = {"kernelspec": {"name": "polyglot-julia", "language": "julia", "display_name": "-"}}
    path = tmp_path / "julias.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=metadata), path)
    assert nb.run(f"%run {path}").stdout == "julia 3\npython\n"
    assert nb.run("%rerun").stdout.endswith("julia 3\npython\n")
