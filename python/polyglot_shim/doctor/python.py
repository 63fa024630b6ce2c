"""The doctor's look at the Python that it runs in, where Python cells run."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version

from polyglot_shim.doctor.report import Report
from polyglot_shim.julia_version import dotted


def examine_python(report: Report) -> None:
    """Imports what Python cells need."""
    report.good(f"Python {dotted(sys.version_info[:3])}: {sys.executable}")
    command = [sys.executable, "-c", "import polyglot_shim.executor, IPython, comm"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace")
    if done.returncode == 0:
        report.good(f"Python cells run in IPython {_package_version('ipython')}")
    else:
        error = done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "no message"
        report.bad(
            f"The part for Python cells cannot be imported: {error}",
            "pip install --force-reinstall polyglot-kernel",
        )


def _package_version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "(unknown version)"
