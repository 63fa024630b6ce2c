"""The extension for JupyterLab in a real browser: cells that come, go and change."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from browser import need_browser
from nbconvert import HTMLExporter

need_browser(extension=True)

from lab import GUARD, Lab, LabCell, LabNotebook  # noqa: E402
from playwright.sync_api import expect  # noqa: E402

expect.set_options(timeout=GUARD)
pytestmark = pytest.mark.timeout(300)  # s; on a busy machine the browser is slow

# Of its words, Julia knows one, and Python the other.
WORDS = "begin lambda"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with Lab(tmp_path_factory.mktemp("lab")) as lab:
        yield lab


def expect_languages(notebook: LabNotebook, *languages: str) -> None:
    """Of all code cells, each of which has the line `WORDS`, in their order."""
    expect(notebook.code_cells).to_have_count(len(languages))
    for i, language in enumerate(languages, 1):
        cell = notebook.page.locator(f":nth-match(.jp-CodeCell, {i})")
        LabCell(notebook, cell).expect_language(language)


def test_cells_are_split_merged_moved_and_changed(lab: Lab) -> None:
    lab.write("edited.ipynb", [f"%julia\n{WORDS}\n{WORDS}", WORDS])
    with lab.open("edited.ipynb") as notebook:
        expect_languages(notebook, "Julia", "Python")
        notebook.cell_with("%julia").editor.focus()
        for key in ("Control+Home", "ArrowDown", "ArrowDown", "Control+Shift+Minus"):
            notebook.press(key)
        expect_languages(notebook, "Julia", "Python", "Python")
        for key in ("Escape", "Shift+ArrowUp", "Shift+M"):
            notebook.press(key)
        expect_languages(notebook, "Julia", "Python")
        notebook.press("m")
        expect(notebook.page.locator(".jp-polyglot-label")).to_have_count(1)
        notebook.press("y")
        expect_languages(notebook, "Julia", "Python")
        notebook.press("Control+Shift+ArrowDown")
        expect_languages(notebook, "Python", "Julia")
        notebook.press("c")
        notebook.press("v")
        expect_languages(notebook, "Python", "Julia", "Julia")
        notebook.press("x")
        expect_languages(notebook, "Python", "Julia")


@pytest.fixture
def new_cells_follow(lab: Lab) -> Iterator[None]:
    """The setting by which new cells take the language of the cell above."""
    folder = lab.folder / "config/lab/user-settings/polyglot-kernel"
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "notebooks.jupyterlab-settings"
    file.write_text(json.dumps({"newCellsFollow": True}))
    yield
    file.unlink()


@pytest.mark.parametrize("keys", ["b", "Alt+Enter", "Shift+Enter"])
def test_new_cells_take_the_language_above(lab: Lab, new_cells_follow: None, keys: str) -> None:
    lab.write("follow.ipynb", ["1", "", "%julia 1"])
    with lab.open("follow.ipynb") as notebook:
        cell = notebook.cell_with("%julia")
        cell.prompt.click(position={"x": 8, "y": 8})
        notebook.press(keys)
        expect(notebook.code_cells).to_have_count(4)
        new = LabCell(notebook, notebook.code_cells.last)
        expect(new.label).to_have_text("Julia")
        assert new.source == "%julia\n"


def test_cells_that_are_there_are_not_written_in(lab: Lab, new_cells_follow: None) -> None:
    """An empty cell is no new one because the cell above it is run."""
    lab.write("there.ipynb", ["%julia 1", "", "2"])
    with lab.open("there.ipynb") as notebook:
        notebook.cell_with("%julia").prompt.click(position={"x": 8, "y": 8})
        notebook.press("Shift+Enter")
        notebook.press("Shift+Enter")
        notebook.cell_with("2").run()
        empty = LabCell(notebook, notebook.page.locator(":nth-match(.jp-CodeCell, 2)"))
        assert empty.source == ""


def test_new_cells_are_empty_otherwise(lab: Lab) -> None:
    lab.write("plain.ipynb", ["%julia 1"])
    with lab.open("plain.ipynb") as notebook:
        notebook.press("b")
        expect(notebook.code_cells).to_have_count(2)
        assert LabCell(notebook, notebook.code_cells.last).source == ""


def test_nbconvert_colours_a_notebook_of_julias_kernel(lab: Lab) -> None:
    """It looks at a cell's language only where the notebook's lexer is IPython's."""
    file = lab.write("julia.ipynb", ["begin end", "%python\nimport os"], "polyglot-julia")
    with lab.open("julia.ipynb") as notebook:
        notebook.run_all()
        notebook.save()
    html, _ = HTMLExporter().from_filename(str(file))
    assert '<span class="k">begin</span>' in html
    assert '<span class="kn">import</span>' in html
