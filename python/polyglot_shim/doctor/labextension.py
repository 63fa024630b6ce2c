"""The doctor's look at the extension for JupyterLab, without which the kernel works, too."""

from __future__ import annotations

import os

from jupyter_core.paths import jupyter_path

from polyglot_shim.doctor.report import Report

LEFT_OUT = (
    "JupyterLab colours all cells as Python's: the extension is not installed here\n"
    "A checkout with Node.js brings it: make labextension, or pip install once more"
)


def examine_labextension(report: Report) -> None:
    """Says where JupyterLab finds the extension, or how it can be had."""
    for folder in jupyter_path("labextensions", "polyglot-kernel"):
        if os.path.isfile(os.path.join(folder, "package.json")):
            report.good(f"Extension for JupyterLab and Notebook: {folder}")
            return
    report.note(LEFT_OUT)
