"""The doctor's look at the whole: a kernel that Jupyter starts, and a cell in each language."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from polyglot_shim import paths
from polyglot_shim.command_line import LANGUAGES
from polyglot_shim.doctor.report import Report

if TYPE_CHECKING:
    from jupyter_client.blocking import BlockingKernelClient

STEP_SECONDS = 30.0  # guard for the start and for each cell: a slow machine, not a hang
AFTER_ALL = "every part works for itself: please report this, with what stands above"


def examine_kernel(report: Report) -> None:
    """Starts the kernel as Jupyter does and runs a cell in each language."""
    started = time.monotonic()
    with _kernel() as client:
        try:
            client.wait_for_ready(timeout=STEP_SECONDS)
            report.good(f"The kernel starts ({time.monotonic() - started:.1f} s)")
            for language in LANGUAGES:
                _examine_cell(report, client, language)
        except (RuntimeError, TimeoutError) as error:
            report.bad(f"The kernel does not start: {error}", AFTER_ALL)


@contextmanager
def _kernel() -> Iterator[BlockingKernelClient]:
    """A client of a kernel that was just started, and ends behind the block."""
    from jupyter_client.kernelspec import KernelSpecManager
    from jupyter_client.manager import KernelManager

    specs = KernelSpecManager(kernel_dirs=[paths.kernelspecs()], ensure_native_kernel=False)
    manager = KernelManager(kernel_name="polyglot", kernel_spec_manager=specs)
    manager.start_kernel()
    client = manager.client()
    try:
        client.start_channels()
        yield client
    finally:
        client.stop_channels()
        manager.shutdown_kernel()


def _examine_cell(report: Report, client: BlockingKernelClient, language: str) -> None:
    started = time.monotonic()
    shown = _run_cell(client, f"%{language}\n6 * 7")
    seconds = time.monotonic() - started
    if shown == "42":
        report.good(f"Cells in {language.title()} run ({seconds:.1f} s for the first)")
    else:
        report.bad(f"A cell in {language.title()} showed {shown!r}", AFTER_ALL)


def _run_cell(client: BlockingKernelClient, code: str) -> str:
    """What the cell's result, or its error, is in plain text."""
    shown = []

    def note(message: dict) -> None:
        content = message["content"]
        shown.append(content.get("evalue") or content.get("data", {}).get("text/plain", ""))

    client.execute_interactive(code, store_history=False, timeout=STEP_SECONDS, output_hook=note)
    return "".join(shown)
