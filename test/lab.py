"""JupyterLab in a headless browser, as its user sees it.

    with Lab(folder) as lab, lab.open("tour.ipynb") as notebook:
        notebook.run_all()
        cell = notebook.add("1 + 1").run()
        expect(cell.outputs).to_have_text("2")

The server listens on localhost only, with no token, and keeps all its files in `folder`. Every wait
is for something to appear on the page.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
from collections import deque
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import Locator, Page, expect, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
# A browser that asks nothing of a network and runs as root, in a container too.
CHROMIUM_FLAGS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    "--no-sandbox",
]
GUARD = 60_000  # ms; no wait is meant to get near it
FINISHED = re.compile(r"^\[\d+\]:$")

# All cells are on the page, wherever it is scrolled to; nothing asks the user for consent; and the
# wait for completions (ms) has to be enough for a busy machine.
SETTINGS = {
    "completer-extension/manager": {"providerTimeout": GUARD},
    "notebook-extension/tracker": {"windowingMode": "none"},
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
}


class Lab:
    """A server and a browser."""

    def __init__(self, folder: Path) -> None:
        """`folder` gets the server's log and settings, and in `notebooks` what the user sees."""
        self.folder = folder
        self.notebooks = folder / "notebooks"
        self.log = folder / "lab.log"
        self.notebooks.mkdir()
        for name, settings in SETTINGS.items():
            file = folder / "config/lab/user-settings/@jupyterlab" / f"{name}.jupyterlab-settings"
            file.parent.mkdir(parents=True)
            file.write_text(json.dumps(settings))

    def __enter__(self) -> Lab:
        self._start_server()
        try:
            self._playwright = sync_playwright().start()
            self._browser = self._playwright.chromium.launch(
                executable_path=CHROMIUM, args=CHROMIUM_FLAGS
            )
        except BaseException:
            self._stop_server()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._browser.close()
        self._playwright.stop()
        self._stop_server()

    def write(self, name: str, sources: list[str], kernel: str = "polyglot", **info: str) -> Path:
        """A notebook's file, for `kernel`; `info` is more of its `language_info`."""
        language = "julia" if kernel.endswith("-julia") else "python"
        spec = {"name": kernel, "display_name": kernel, "language": language}
        cells = [new_code_cell(source) for source in sources]
        metadata = {"kernelspec": spec, "language_info": {"name": language, **info}}
        file = self.notebooks / name
        nbformat.write(new_notebook(cells=cells, metadata=metadata), file)
        return file

    def open(self, name: str) -> LabNotebook:
        """A notebook of `notebooks`, when its kernel is idle."""
        return self.open_at_once(name).wait_until_ready()

    def open_at_once(self, name: str) -> LabNotebook:
        """The same, whatever its kernel does. Nothing of other pages is opened with it."""
        page = self._browser.new_page(viewport={"width": 1200, "height": 1300})
        page.set_default_timeout(GUARD)
        notebook = LabNotebook(page)
        page.goto(f"{self.url}/lab/workspaces/{name.partition('.')[0]}/tree/{name}?reset")
        return notebook

    def _start_server(self) -> None:
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self._server = subprocess.Popen(
            [
                *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"),
                *(f"--ServerApp.port={port}", "--ServerApp.port_retries=0"),
                *("--IdentityProvider.token=", f"--ServerApp.root_dir={self.notebooks}"),
            ],
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ
            | {"HOME": str(self.folder), "JUPYTER_CONFIG_DIR": str(self.folder / "config")},
        )
        begin = deque(maxlen=20)
        for line in self._server.stderr:
            begin.append(line)
            if "is running at" in line:
                break
        else:
            raise RuntimeError(f"JupyterLab did not start:\n{''.join(begin)}")
        threading.Thread(target=self._keep_log, daemon=True).start()

    def _keep_log(self) -> None:
        with self.log.open("w") as log:
            for line in self._server.stderr:
                log.write(line)
                log.flush()

    def _stop_server(self) -> None:
        self._server.terminate()
        self._server.wait(30)


class LabNotebook:
    """An open notebook."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.sent: list[bytes] = []
        page.on("websocket", lambda socket: socket.on("framesent", self._note))
        self.cells = page.locator(".jp-Notebook-cell")
        self.code_cells = page.locator(".jp-CodeCell")

    def __enter__(self) -> LabNotebook:
        return self

    def __exit__(self, *_: object) -> None:
        self.page.close()

    def _note(self, frame: bytes | str) -> None:
        self.sent.append(frame.encode() if isinstance(frame, str) else frame)

    def requests(self, kind: str) -> int:
        """How many messages of a type the page has sent to the kernel."""
        return sum(f'"msg_type":"{kind}"'.encode() in frame for frame in self.sent)

    def save(self) -> None:
        """Returns when the notebook is in its file."""
        with self.page.expect_response(lambda answer: answer.request.method == "PUT"):
            self.press("Control+s")

    def wait_until_ready(self) -> LabNotebook:
        """Until the cells are there and the kernel has said that it is idle."""
        expect(self.page.locator(".jp-Spinner")).to_have_count(0, timeout=GUARD)
        expect(self.cells.first).to_be_visible(timeout=GUARD)
        self.wait_until_idle()
        return self

    def wait_until_idle(self) -> None:
        status_bar = self.page.locator("#jp-main-statusbar")
        expect(status_bar).to_contain_text("| Idle", timeout=GUARD)

    def menu(self, *path: str) -> None:
        for name in path:
            self.page.get_by_role("menuitem", name=name, exact=True).click()

    def toolbar(self, name: str) -> None:
        """Press a button: `interrupt`, `restart`, …"""
        self.page.locator(f'.jp-NotebookPanel-toolbar [data-jp-item-name="{name}"]').click()

    def accept(self) -> None:
        """Say yes to the dialog."""
        self.page.locator(".jp-Dialog .jp-mod-accept").click()

    def run_all(self) -> None:
        """Returns when every code cell has run; fails when one has not."""
        self.menu("Run", "Run All Cells")
        count = self.code_cells.count()
        prompts = self.page.locator(".jp-CodeCell .jp-InputPrompt")
        expect(prompts).to_have_text([FINISHED] * count, timeout=GUARD)

    def cell_with(self, text: str) -> LabCell:
        """The code cell whose source has `text`."""
        return LabCell(self, self.code_cells.filter(has_text=text).first)

    def add(self, source: str) -> LabCell:
        """A new last cell, the cursor at its end."""
        # its middle may be below the label of the language
        self.cells.last.locator(".jp-InputPrompt").click(position={"x": 8, "y": 8})
        self.page.keyboard.press("b")
        self.page.keyboard.press("Enter")
        cell = LabCell(
            self, self.page.locator(f":nth-match(.jp-CodeCell, {self.code_cells.count()})")
        )
        expect(cell.editor).to_be_focused()
        self.page.keyboard.insert_text(source)
        return cell

    def press(self, keys: str) -> None:
        self.page.keyboard.press(keys)

    def screenshot(self, file: Path) -> None:
        """Of all that the window shows."""
        self.page.screenshot(path=file)

    @property
    def completions(self) -> Locator:
        """The entries of the completer's popup."""
        return self.page.locator(".jp-Completer:visible .jp-Completer-item")

    @property
    def tooltip(self) -> Locator:
        return self.page.locator(".jp-Tooltip:visible")


class LabCell:
    """A code cell."""

    def __init__(self, notebook: LabNotebook, locator: Locator) -> None:
        self.notebook = notebook
        self.locator = locator
        self.editor = locator.locator(".cm-content")
        self.label = locator.locator(".jp-polyglot-label")
        self.prompt = locator.locator(".jp-InputPrompt")
        self.outputs = locator.locator(".jp-OutputArea-output")
        self.images = self.outputs.locator("img, svg")
        self.stdin = locator.locator("input.jp-Stdin-input")

    def start(self) -> LabCell:
        """Run it; returns at once."""
        self.editor.focus()
        self.notebook.press("Control+Enter")
        return self

    def wait(self) -> LabCell:
        """Until it has run."""
        try:
            expect(self.prompt).to_have_text(FINISHED, timeout=GUARD)
        except AssertionError as error:
            shown = self.locator.inner_text()
            raise AssertionError(f"{error}\nThe cell shows:\n{shown}") from None
        return self

    def run(self) -> LabCell:
        return self.start().wait()

    def is_bold(self, word: str) -> bool:
        """Whether a word of the source is shown as a keyword."""
        return self.editor.evaluate(
            """(editor, word) => [...editor.querySelectorAll('.cm-line *')].some(part =>
                part.textContent === word && getComputedStyle(part).fontWeight >= 600)""",
            word,
        )

    def expect_language(self, language: str) -> None:
        """Until its label says so, and a line `begin lambda` in it has the colours of it."""
        expect(self.label).to_have_text(language, timeout=GUARD)
        bold = self.is_bold("begin"), self.is_bold("lambda")
        assert bold == {"Julia": (True, False), "Python": (False, True)}[language], self.source

    @property
    def source(self) -> str:
        return "\n".join(self.editor.locator(".cm-line").all_text_contents())

    def answer(self, text: str) -> None:
        """Type it into the box below the cell."""
        self.stdin.fill(text)
        self.stdin.press("Enter")

    def screenshot(self, file: Path) -> None:
        self.locator.scroll_into_view_if_needed()
        self.locator.screenshot(path=file)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
