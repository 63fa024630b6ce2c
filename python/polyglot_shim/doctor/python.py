"""The doctor's look at a Python: can cells run in it?"""

from __future__ import annotations

import sys
from importlib.metadata import PackageNotFoundError, version

from polyglot_shim.doctor.report import Report
from polyglot_shim.julia_version import dotted, run_bounded

PYTHON_SECONDS = 30.0  # to import IPython, from a cold disk
PYTHON_CHECK = "import polyglot_shim.executor, IPython, comm"


def examine_python(report: Report) -> None:
    """Checks the Python that the doctor runs in."""
    report.good(f"Python {dotted(sys.version_info[:3])}: {sys.executable}")
    problem = problem_of_python([sys.executable])
    if problem is None:
        report.good(f"Python cells run in IPython {_package_version('ipython')}")
    else:
        report.bad(
            f"The part for Python cells cannot be imported: {problem}",
            "pip install --force-reinstall polyglot-kernel",
        )


def problem_of_python(command: list[str]) -> str | None:
    """What keeps the Python that `command` starts from running cells, in one line."""
    code, _, error = run_bounded([*command, "-c", PYTHON_CHECK], PYTHON_SECONDS)
    if code == 0:
        return None
    said = error.strip().splitlines()
    return said[-1] if said else "no message"


def _package_version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "(unknown version)"
