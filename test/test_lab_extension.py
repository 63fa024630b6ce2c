"""The extension for JupyterLab in a real browser: colours, the switch, the panel of variables."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import need_browser

CHECKOUT = Path(__file__).resolve().parent.parent
CASES = json.loads((CHECKOUT / "test" / "vectors" / "cells.json").read_text())

need_browser(extension=True)

from lab import GUARD, Lab, LabCell, LabNotebook  # noqa: E402
from playwright.sync_api import Locator, expect  # noqa: E402

expect.set_options(timeout=GUARD)
pytestmark = pytest.mark.timeout(300)  # s; on a busy machine the browser is slow

# Of its words, Julia knows one, and Python the other.
WORDS = "begin lambda"


@pytest.fixture(scope="module")
def artefacts() -> Path:
    folder = CHECKOUT / "artefacts" / "lab-extension"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with Lab(tmp_path_factory.mktemp("lab")) as lab:
        yield lab


@pytest.fixture(scope="module")
def mixed(lab: Lab, artefacts: Path) -> Iterator[LabNotebook]:
    """A notebook with a cell in each language."""
    lab.write("mixed.ipynb", ["x = 1", "%julia\ny = 2"])
    with lab.open("mixed.ipynb") as notebook:
        yield notebook
        notebook.screenshot(artefacts / "end.png")


def test_jupyter_lists_it_as_enabled() -> None:
    command = [sys.executable, "-m", "jupyter", "labextension", "list"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    listed = re.sub(r"\x1b\[\d+m", "", done.stdout + done.stderr)
    assert re.search(r"polyglot-kernel v[\d.]+ enabled OK", listed)


# ---------------------------------------------------------------------------------------- colours


@pytest.mark.parametrize("default", ["python", "julia"])
def test_every_form_of_a_marker(lab: Lab, default: str, artefacts: Path) -> None:
    """In a notebook whose kernel is nowhere, as on another machine."""
    sources = [f"{case['source']}\n{WORDS}" for case in CASES]
    kernel = "elsewhere" if default == "python" else "elsewhere-julia"
    lab.write(f"{kernel}.ipynb", sources, kernel, nbconvert_exporter="polyglot")
    with lab.open_at_once(f"{kernel}.ipynb") as notebook:
        expect(notebook.page.locator(".jp-polyglot-label")).to_have_count(len(CASES), timeout=GUARD)
        for i, case in enumerate(CASES):
            cell = LabCell(notebook, notebook.page.locator(f":nth-match(.jp-CodeCell, {i + 1})"))
            cell.expect_language((case["language"] or default).capitalize())
            problems = cell.editor.locator(".jp-polyglot-marker-problem")
            assert problems.count() == (1 if case.get("wrong") else 0), case
        notebook.screenshot(artefacts / f"markers-{default}.png")


def test_colours_follow_what_is_typed(mixed: LabNotebook) -> None:
    cell = mixed.add(WORDS)
    cell.expect_language("Python")
    mixed.press("Control+Home")
    mixed.page.keyboard.type("%julia\n")
    cell.expect_language("Julia")
    expect(cell.editor.locator(".jp-polyglot-marker")).to_have_text("%julia")
    mixed.press("Backspace")
    mixed.page.keyboard.type("x")
    expect(cell.label).to_have_text("Python")  # %juliax is no marker
    mixed.press("Backspace")
    mixed.page.keyboard.type(" ")
    cell.expect_language("Julia")  # code on the marker's line
    mixed.press("Shift+Home")
    mixed.page.keyboard.insert_text("%python\n")  # as pasted
    cell.expect_language("Python")


def test_julia_has_its_own_indentation_brackets_and_comment_key(mixed: LabNotebook) -> None:
    cell = mixed.add("")
    mixed.page.keyboard.type("%julia\nfor i in 1:3\nprint(i")
    mixed.page.keyboard.type(")\nend")
    assert cell.source == "%julia\nfor i in 1:3\n    print(i)\nend"  # in, and out again
    mixed.press("ArrowLeft")
    expect(cell.editor.locator(".cm-matchingBracket")).to_have_count(0)
    mixed.press("ArrowUp")
    mixed.press("End")
    expect(cell.editor.locator(".cm-matchingBracket")).to_have_count(2)
    mixed.press("Control+End")
    mixed.press("Control+/")
    assert cell.source.endswith("\n# end")


def test_a_notebook_of_another_kernel_is_left_alone(lab: Lab) -> None:
    file = lab.write("plain.ipynb", ["%julia\nx = 1", "y = 2"], "python3")
    before = json.loads(file.read_text())["cells"]
    with lab.open("plain.ipynb") as notebook:
        open_panel(notebook)
        notebook.cell_with("y = 2").run()
        notebook.save()
        assert notebook.page.locator(".jp-polyglot-label").count() == 0
        assert notebook.requests("variables_request") == 0
        assert notebook.requests("execute_request") == 1
    after = json.loads(file.read_text())["cells"]
    assert [cell["metadata"].get("magics_language") for cell in after] == [None, None]
    assert all("vscode" not in cell["metadata"] for cell in after)
    assert [cell["source"] for cell in after] == [cell["source"] for cell in before]


# ------------------------------------------------------------------------------------- the switch


def test_a_click_writes_and_removes_the_marker(mixed: LabNotebook) -> None:
    cell = mixed.add(WORDS)
    cell.expect_language("Python")
    cell.label.click()
    cell.expect_language("Julia")
    assert cell.source == f"%julia\n{WORDS}"
    expect(cell.label).to_have_attribute(
        "aria-label", "Language of this cell: Julia. Press to make it Python."
    )
    cell.label.click()
    cell.expect_language("Python")
    assert cell.source == WORDS
    cell.editor.focus()
    mixed.press("Control+z")
    cell.expect_language("Julia")
    mixed.press("Control+z")
    cell.expect_language("Python")
    assert cell.source == WORDS


def test_the_keyboard_switches_too_and_keeps_options(mixed: LabNotebook) -> None:
    cell = mixed.add(f"%julia -i x\n{WORDS}")
    cell.expect_language("Julia")
    mixed.press("Control+Alt+p")
    cell.expect_language("Python")
    assert cell.source == f"%python -i x\n{WORDS}"
    mixed.press("Escape")
    mixed.press("Control+Alt+p")
    cell.expect_language("Julia")
    assert cell.source == f"%julia -i x\n{WORDS}"


def test_the_file_tells_others(mixed: LabNotebook, lab: Lab) -> None:
    cell = mixed.add(WORDS)
    cell.label.click()
    cell.expect_language("Julia")
    mixed.save()
    cells = json.loads((lab.notebooks / "mixed.ipynb").read_text())["cells"]
    ours = {"magics_language": "julia", "vscode": {"languageId": "julia"}}
    assert (cells[0]["metadata"], cells[1]["metadata"]) == ({}, ours)
    assert cells[-1]["metadata"].items() >= ours.items()
    cell.label.click()
    cell.expect_language("Python")
    mixed.save()
    cells = json.loads((lab.notebooks / "mixed.ipynb").read_text())["cells"]
    assert not cells[-1]["metadata"].keys() & ours.keys()


# -------------------------------------------------------------------------------- the variables


def open_panel(notebook: LabNotebook) -> Locator:
    notebook.page.locator('.lm-TabBar-tab[data-id="polyglot-kernel-variables"]').click()
    panel = notebook.page.locator("#polyglot-kernel-variables")
    expect(panel).to_be_visible()
    return panel


def row(panel: Locator, language: str, name: str) -> Locator:
    variable = panel.page.locator(f'[data-variable="{language} {name}"]')
    return panel.locator("tr").filter(has=variable)


@pytest.fixture(scope="module")
def front(lab: Lab, artefacts: Path) -> Iterator[LabNotebook]:
    """A notebook for the panel."""
    lab.write("front.ipynb", ["front = 1"])
    with lab.open("front.ipynb") as notebook:
        yield notebook
        notebook.screenshot(artefacts / "panel-end.png")


def test_a_closed_panel_sends_nothing(front: LabNotebook) -> None:
    front.add("closed = 1").run()
    front.add("%julia\nclosed = 2").run()
    assert front.requests("variables_request") == 0
    panel = open_panel(front)
    expect(row(panel, "python", "closed").locator(".jp-mod-value")).to_have_text("1")
    expect(row(panel, "julia", "closed").locator(".jp-mod-value")).to_have_text("2")
    front.wait_until_idle()  # once more where Lab tells of the last cell only now
    asked = front.requests("variables_request")
    assert asked in (2, 4)
    open_panel_tab = front.page.locator('.lm-TabBar-tab[data-id="polyglot-kernel-variables"]')
    open_panel_tab.click()
    expect(panel).not_to_be_visible()
    front.add("closed = 3").run()
    assert front.requests("variables_request") == asked
    open_panel(front)
    expect(row(panel, "python", "closed").locator(".jp-mod-value")).to_have_text("3")


def panel_of(front: LabNotebook) -> Locator:
    panel = front.page.locator("#polyglot-kernel-variables")
    return panel if panel.is_visible() else open_panel(front)


def test_it_follows_the_cells(front: LabNotebook, artefacts: Path) -> None:
    panel = panel_of(front)
    expect(row(panel, "julia", "wave")).to_have_count(0)
    front.add("%julia\nwave = [sin(x / 9) for x in 1:200];").run()
    expect(row(panel, "julia", "wave").locator(".jp-mod-size")).to_have_text("200")
    front.add("import numpy as np\ngrid = np.add.outer(np.arange(9.0), np.arange(7.0))").run()
    expect(row(panel, "python", "grid").locator(".jp-mod-size")).to_have_text("9×7")
    expect(row(panel, "python", "grid").locator(".jp-mod-type")).to_have_text("ndarray (float64)")
    front.screenshot(artefacts / "panel.png")


def test_it_marks_what_is_shared(front: LabNotebook) -> None:
    panel = panel_of(front)
    front.add("import numpy as np\nboth, mine = jl.share(np.ones(5)), np.ones(5)").run()
    front.add("%julia -i both").run()
    for language in ("python", "julia"):
        mark = row(panel, language, "both").locator(".jp-polyglot-shared")
        expect(mark).to_have_text("shared")
        expect(mark).to_have_attribute("title", "Julia and Python have it in the same memory")
    expect(row(panel, "python", "mine").locator(".jp-polyglot-shared")).to_have_count(0)


def test_it_sorts_and_filters(front: LabNotebook) -> None:
    panel = panel_of(front)
    front.add("%julia\nwave = 1").run()
    front.add("aaa = [0] * 5; zzz = 2").run()
    names = panel.locator(".jp-polyglot-name")
    panel.get_by_label("Filter by name").fill("zz")
    expect(names).to_have_text(["zzz"])
    panel.get_by_label("Filter by name").fill("")
    expect(names.first).to_have_text("aaa")
    panel.get_by_role("button", name="Name", exact=True).click()
    expect(names.first).to_have_text("zzz")
    panel.get_by_role("button", name=re.compile("^Python")).click()
    expect(row(panel, "python", "zzz")).to_have_count(0)
    expect(row(panel, "julia", "wave")).to_have_count(1)
    panel.get_by_role("button", name=re.compile("^Python")).click()
    panel.get_by_role("button", name="Name", exact=True).click()


def test_a_click_shows_the_value(front: LabNotebook, artefacts: Path) -> None:
    panel = panel_of(front)
    front.add("%julia\nwave = [sin(x / 9) for x in 1:200];").run()
    front.add("import numpy as np\ngrid = np.add.outer(np.arange(9.0), np.arange(7.0))").run()
    front.add("import pandas as pd\nlong = pd.DataFrame({'k': range(60)})").run()
    row(panel, "python", "grid").locator(".jp-polyglot-name").click()
    expect(panel.get_by_role("img", name="Heat map, from 0 to 14")).to_be_visible(timeout=GUARD)
    front.screenshot(artefacts / "heat-map.png")
    row(panel, "julia", "wave").locator(".jp-polyglot-name").click()
    expect(panel.get_by_role("img", name=re.compile("^Plot"))).to_be_visible(timeout=GUARD)
    row(panel, "python", "long").locator(".jp-polyglot-name").click()
    pager = panel.locator(".jp-polyglot-pager")
    expect(pager).to_contain_text("Rows 1 to 25 of 60", timeout=GUARD)
    pager.get_by_title("Next rows").click()
    expect(pager).to_contain_text("Rows 26 to 50 of 60", timeout=GUARD)
    expect(panel.locator(".jp-polyglot-value tbody tr")).to_have_count(25)


def test_a_variable_is_inserted(front: LabNotebook) -> None:
    panel = panel_of(front)
    front.add("zzz = 2").run()
    cell = front.add("%julia\n1 + ")
    row(panel, "python", "zzz").hover()
    row(panel, "python", "zzz").get_by_label("Insert zzz").click()
    assert cell.source == "%julia\n1 + py.zzz"
    row(panel, "python", "zzz").locator(".jp-polyglot-name").click()
    panel.get_by_title("Give zzz to the current cell").click()
    assert cell.source == "%julia -i zzz\n1 + py.zzz"
    assert cell.run().outputs.inner_text() == "3"


def test_a_value_that_hangs_is_given_up(front: LabNotebook) -> None:
    """The table shows it without running its code; the click that runs it has a limit."""
    panel = panel_of(front)
    front.add("class Slow:\n    def __repr__(self):\n        while True: pass\nslow = Slow()").run()
    expect(row(panel, "python", "slow").locator(".jp-mod-type")).to_have_text("Slow")
    row(panel, "python", "slow").locator(".jp-polyglot-name").click()
    expect(panel.locator(".jp-polyglot-value")).to_contain_text("interrupted", timeout=GUARD)
    assert front.add("1 + 1").run().outputs.inner_text() == "2"


def test_while_julia_runs_the_panel_says_so(front: LabNotebook) -> None:
    panel = panel_of(front)
    spin = front.add('%julia\nprintln("spinning")\nwhile true; end').start()
    expect(spin.outputs.first).to_have_text("spinning\n", timeout=GUARD)
    front.page.locator('.lm-TabBar-tab[data-id="polyglot-kernel-variables"]').click()
    open_panel(front)
    expect(panel.get_by_role("status")).to_have_text(
        "Julia runs a cell; its variables are those before it."
    )
    front.toolbar("interrupt")
    spin.wait()
    expect(panel.get_by_role("status")).to_have_count(0)


def test_five_thousand_variables_are_shown(front: LabNotebook) -> None:
    panel = panel_of(front)
    many = "globals().update({f'v{i:04}': i for i in range(5000)}); big = np.empty(2**27)"
    front.add(many).run()
    expect(panel.get_by_role("button", name=re.compile(r"^Python 50\d\d$"))).to_be_visible()
    assert panel.locator("tbody tr").count() < 150
    panel.get_by_label("Filter by name").fill("big")
    expect(row(panel, "python", "big").locator(".jp-mod-size")).to_have_text(str(2**27))
    panel.get_by_label("Filter by name").fill("")


def test_a_restart_empties_it(front: LabNotebook) -> None:
    panel = panel_of(front)
    front.add("before = 1").run()
    expect(row(panel, "python", "before")).to_have_count(1)
    front.toolbar("restart")
    front.accept()
    expect(row(panel, "python", "before")).to_have_count(0)
    front.wait_until_idle()
    front.add("after = 1").run()
    expect(row(panel, "python", "after")).to_have_count(1)


# -------------------------------------------------------------------------------- the dark theme


def contrast(locator: Locator) -> float:
    """Between the text of an element and what is behind it, as WCAG has it."""
    return locator.evaluate(
        """node => {
            const parse = text => (text.match(/[\\d.]+/g) ?? []).map(Number);
            const mix = (a, b, alpha) => [0, 1, 2].map(i => a[i] * alpha + b[i] * (1 - alpha));
            const over = (a, b) => mix(a, b, a[3] ?? 1);
            const layers = [];
            for (let n = node; n; n = n.parentElement)
                layers.push(parse(getComputedStyle(n).backgroundColor));
            const back = layers.reverse().reduce((b, a) => over(a, b), [255, 255, 255]);
            const light = c => c.map(v => v / 255)
                .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
                .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
            const both = [light(over(parse(getComputedStyle(node).color), back)), light(back)];
            return (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05);
        }"""
    )


@pytest.mark.parametrize("theme", ["Dark", "Light"])
def test_labels_can_be_read_in_both_themes(mixed: LabNotebook, theme: str, artefacts: Path) -> None:
    page = mixed.page
    page.get_by_role("menuitem", name="Settings", exact=True).click()
    page.get_by_text("Theme", exact=True).click()
    page.get_by_text(f"JupyterLab {theme}", exact=True).click()
    is_light = "true" if theme == "Light" else "false"
    expect(page.locator("body")).to_have_attribute("data-jp-theme-light", is_light)
    expect(page.locator(".jp-Dialog, #jupyterlab-splash")).to_have_count(0)
    mixed.screenshot(artefacts / f"{theme.lower()}.png")
    for language in ("julia", "python"):
        cell = page.locator(f".jp-CodeCell[data-polyglot={language}]").first
        assert contrast(cell.locator(".jp-polyglot-label")) >= 4.5
    assert contrast(page.locator(".jp-polyglot-marker.jp-mod-julia").first) >= 4.5
