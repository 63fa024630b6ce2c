"""JupyterLab in a real browser: what its user sees and can do."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import need_browser

CHECKOUT = Path(__file__).resolve().parent.parent
STDERR_COLOUR = re.compile(r"rgb\(2[45]\d, 2\d\d, 2\d\d\)")

need_browser()

from lab import GUARD, Lab, LabNotebook  # noqa: E402
from playwright.sync_api import expect  # noqa: E402

pytestmark = pytest.mark.timeout(300)  # s; on a busy machine the browser is slow


@pytest.fixture(scope="module")
def artefacts() -> Path:
    folder = CHECKOUT / "artefacts" / "lab"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="module")
def tour(tmp_path_factory: pytest.TempPathFactory, artefacts: Path) -> Iterator[LabNotebook]:
    """The tour, with no outputs but those of this run."""
    with Lab(tmp_path_factory.mktemp("lab")) as lab:
        shutil.copy(CHECKOUT / "examples" / "tour.ipynb", lab.notebooks)
        with lab.open("tour.ipynb") as notebook:
            notebook.menu("Edit", "Clear Outputs of All Cells")
            expect(notebook.page.locator(".jp-OutputArea-output")).to_have_count(0)
            notebook.run_all()
            yield notebook
            notebook.page.screenshot(path=artefacts / "end.png")


def test_streams(tour: LabNotebook) -> None:
    cell = tour.cell_with('println("1 by println")')
    expect(cell.outputs).to_have_text(
        ["1 by println\n", "2 by println, to stderr\n", "3 by a program\n4 by println\n"]
    )
    expect(cell.outputs.nth(1)).to_have_css("background-color", STDERR_COLOUR)


@pytest.mark.parametrize("marker", ["", "%julia\n"])
def test_lines_are_shown_while_the_cell_runs(tour: LabNotebook, marker: str) -> None:
    """The cell goes on only when the user has seen its first line and says so."""
    source = {
        "": 'print("first")\ninput("And now? ")\nprint("second")',
        "%julia\n": 'println("first")\nprint("And now? ")\nreadline()\nprintln("second")',
    }[marker]
    cell = tour.add(marker + source).start()
    expect(cell.outputs.first).to_contain_text("first", timeout=GUARD)
    expect(cell.prompt).to_have_text("[*]:")
    cell.answer("go on")
    expect(cell.wait().outputs.last).to_contain_text("second")


def test_html_tables(tour: LabNotebook, artefacts: Path) -> None:
    pandas = tour.cell_with("pd.DataFrame")
    expect(pandas.outputs.locator("th").get_by_text("Mercury")).to_be_visible()
    expect(pandas.outputs.locator("tbody tr")).to_have_count(4)
    pandas.screenshot(artefacts / "table-python.png")
    julia = tour.cell_with('MIME"text/html", table')
    expect(julia.outputs.locator("tr").last).to_have_text("75040prime")
    julia.screenshot(artefacts / "table-julia.png")


def test_formulas_are_typeset(tour: LabNotebook, artefacts: Path) -> None:
    for source in ("using Markdown", "import Math"):
        cell = tour.cell_with(source)
        expect(cell.outputs.locator("mjx-container").first).to_be_visible()
        cell.screenshot(artefacts / f"formula-{source.split()[-1].lower()}.png")


def test_plots(tour: LabNotebook, artefacts: Path) -> None:
    for name, source, width in (("julia", "runge_kutta", 600), ("python", "plt.subplots", 613)):
        cell = tour.cell_with(source)
        picture = cell.outputs.locator("img")
        expect(picture).to_be_visible()
        assert picture.evaluate("image => image.complete && image.naturalWidth") == width
        cell.screenshot(artefacts / f"plot-{name}.png")


def test_slider(tour: LabNotebook, artefacts: Path) -> None:
    """Moving it runs its callback in Python, which draws another picture."""
    cell = tour.cell_with("widgets.interact")
    picture = cell.outputs.locator("img")
    before = picture.get_attribute("src")
    handle = cell.outputs.locator(".noUi-handle")
    expect(handle).to_have_attribute("aria-valuetext", "3.2")
    handle.focus()
    tour.press("ArrowRight")
    expect(handle).to_have_attribute("aria-valuetext", "3.3")
    expect(picture).not_to_have_attribute("src", before)
    cell.screenshot(artefacts / "slider.png")


@pytest.mark.parametrize(
    ("name", "typed", "offered", "line"),
    [
        ("julia", "%julia\nx = runge", "runge_kutta", "x = runge_kutta"),
        ("julia-latex", "%julia\n\\lambd", "\\lambda", "\\lambda"),
        ("julia-symbol", "%julia\n\\lambda", "λ", "λ"),
        ("python", "x = planets.sort_v", "sort_values", "x = planets.sort_values"),
        ("python-after-emoji", "'😀'; planets.sort_v", "sort_values", "'😀'; planets.sort_values"),
    ],
)
def test_completion(
    tour: LabNotebook, artefacts: Path, name: str, typed: str, offered: str, line: str
) -> None:
    cell = tour.add(typed)
    tour.press("Tab")
    expect(tour.completions.get_by_text(offered, exact=True)).to_be_visible(timeout=GUARD)
    tour.screenshot(artefacts / f"completion-{name}.png")
    tour.press("Enter")
    expect(cell.editor.locator(".cm-line").last).to_have_text(line)


def test_tooltips(tour: LabNotebook, artefacts: Path) -> None:
    for name, source, text in (
        ("julia", "%julia\npush!", "Insert one or more"),
        ("python", "planets.sort_values", "Sort by the values"),
    ):
        tour.add(source)
        tour.press("Shift+Tab")
        expect(tour.tooltip).to_contain_text(text)
        tour.screenshot(artefacts / f"tooltip-{name}.png")
        tour.press("Escape")


def test_input_box(tour: LabNotebook, artefacts: Path) -> None:
    cell = tour.add('name = input("Your name? ")\nprint(f"Hello {name}!")').start()
    expect(cell.locator).to_contain_text("Your name?", timeout=GUARD)
    cell.screenshot(artefacts / "input.png")
    cell.answer("Ada")
    expect(cell.wait().outputs.last).to_have_text("Hello Ada!\n")


def test_password_is_not_shown(tour: LabNotebook) -> None:
    code = '%julia\nBase.shred!(secret -> length(read(secret, String)), Base.getpass("Word"))'
    cell = tour.add(code).start()
    expect(cell.stdin).to_have_attribute("type", "password", timeout=GUARD)
    cell.answer("sesame")
    expect(cell.wait().outputs.last).to_have_text("6")
    expect(cell.locator).not_to_contain_text("sesame")


def test_stop_button(tour: LabNotebook, artefacts: Path) -> None:
    """It ends a loop that never yields, and the variables are kept."""
    tour.add("%julia\nkept = 17;").run()
    loop = tour.add('%julia\nprintln("spinning")\nwhile true; end').start()
    expect(loop.outputs.first).to_have_text("spinning\n", timeout=GUARD)
    tour.toolbar("interrupt")
    expect(loop.wait().outputs.last).to_contain_text("InterruptException")
    loop.screenshot(artefacts / "interrupt.png")
    expect(tour.add("%julia\nkept").run().outputs).to_have_text("17")


def test_error(tour: LabNotebook, artefacts: Path) -> None:
    julia = tour.add("%julia\nhalf(x) = sqrt(x) / 2\n\nhalf(-1.0)").run()
    expect(julia.outputs).to_contain_text("DomainError")
    julia.screenshot(artefacts / "error-julia.png")
    python = tour.add('def half(x):\n    return x / 2\n\nhalf("1")').run()
    expect(python.outputs).to_contain_text("TypeError")
    python.screenshot(artefacts / "error-python.png")


def test_restart(tour: LabNotebook) -> None:
    """The last test: both languages begin anew, and so does the counter."""
    tour.toolbar("restart")
    tour.accept()
    tour.wait_until_idle()
    gone = tour.add("%julia\n@isdefined(fibonacci)").run()
    expect(gone.prompt).to_have_text("[1]:")
    expect(gone.outputs).to_have_text("false")
    expect(tour.add("'planets' in globals()").run().outputs).to_have_text("False")
