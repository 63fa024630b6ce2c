"""JupyterLab's debugger panel in a real browser: a walk through a cell as its user takes it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from browser import need_browser

need_browser()

from lab import GUARD, Lab, LabCell, LabNotebook  # noqa: E402
from playwright.sync_api import Locator, expect  # noqa: E402

pytestmark = pytest.mark.timeout(300)  # s; on a busy machine the browser is slow

CHECKOUT = Path(__file__).resolve().parent.parent
PYTHON = "total = 0\nfor price in (3, 4):\n    total += price\nprint('total', total)"
JULIA = '%julia\nx = 2\nprintln("x is ", x)'


@pytest.fixture(scope="module")
def debugged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabNotebook]:
    """A notebook with a cell in each language, its debugger switched on."""
    with Lab(tmp_path_factory.mktemp("lab")) as lab:
        cells = [nbformat.v4.new_code_cell(source) for source in (PYTHON, JULIA)]
        metadata = {"kernelspec": {"name": "polyglot", "display_name": "Polyglot"}}
        notebook = nbformat.v4.new_notebook(cells=cells, metadata=metadata)
        nbformat.write(notebook, lab.notebooks / "debugged.ipynb")
        with lab.open("debugged.ipynb") as opened:
            bug = opened.page.locator(".jp-DebuggerBugButton")
            bug.click()
            expect(bug).to_have_attribute("aria-pressed", "true", timeout=GUARD)
            yield opened


def breakpoint_at(cell: LabCell, line: int) -> Locator:
    """Where the dot of the line, counted from 1, is or would be."""
    # The first element of the gutter is there for its width.
    return cell.locator.locator(".cm-breakpoint-gutter .cm-gutterElement").nth(line)


def test_a_walk_through_a_cell(debugged: LabNotebook) -> None:
    page = debugged.page
    cell = debugged.cell_with("price")
    dot = breakpoint_at(cell, 3)
    dot.click()
    expect(dot.locator(".cm-breakpoint-icon")).to_be_visible(timeout=GUARD)

    cell.start()
    overlay = page.locator(".jp-DebuggerPausedOverlay")
    expect(overlay).to_be_visible(timeout=GUARD)
    frames = page.locator(".jp-DebuggerCallstackFrame")
    expect(frames).to_have_count(1)
    variables = page.locator(".jp-DebuggerVariables-body:visible")
    expect(variables).to_contain_text("price")
    folder = CHECKOUT / "artefacts" / "lab"
    folder.mkdir(parents=True, exist_ok=True)
    debugged.screenshot(folder / "debugger.png")

    page.keyboard.press("F10")
    expect(frames.locator(".jp-DebuggerCallstackFrame-location")).to_contain_text(":2")
    expect(cell.prompt).to_have_text("[*]:")
    page.keyboard.press("F9")  # stops once more, in the second turn
    expect(frames.locator(".jp-DebuggerCallstackFrame-location")).to_contain_text(":3")
    page.keyboard.press("F9")
    expect(cell.wait().outputs).to_have_text("total 7\n")
    expect(overlay).to_be_hidden()


def test_a_julia_cell_says_that_it_has_no_breakpoints(debugged: LabNotebook) -> None:
    cell = debugged.cell_with("println")
    dot = breakpoint_at(cell, 3)
    dot.click()
    expect(dot.locator(".cm-breakpoint-icon")).to_be_visible(timeout=GUARD)
    cell.run()
    expect(cell.outputs.first).to_contain_text("Julia cells have no breakpoints")
    expect(cell.outputs.last).to_have_text("x is 2\n")
