"""The doctor's look at what Jupyter would start: the kernelspecs that are installed."""

from __future__ import annotations

import os
import sys

from jupyter_client.kernelspec import KernelSpecManager

from polyglot_shim.doctor.python import problem_of_python
from polyglot_shim.doctor.report import Report
from polyglot_shim.find_julia import OLDEST
from polyglot_shim.julia_version import CHECK_SECONDS, BrokenJulia, ask_version

_OWN = {"PYTHONSAFEPATH", "POLYGLOT_JULIA"}
AGAIN = "polyglot-kernel install, with the options of the first time"


def examine_kernelspecs(report: Report) -> None:
    """Checks the Python and the Julia of each installed kernelspec that starts this kernel."""
    ours = {
        name: found
        for name, found in KernelSpecManager().get_all_specs().items()
        if "polyglot_shim" in found["spec"]["argv"]
    }
    for name, found in sorted(ours.items()):
        _examine(report, name, found["resource_dir"], found["spec"])
    if not ours:
        report.bad("Jupyter has no kernelspec that starts this kernel", "polyglot-kernel install")


def _examine(report: Report, name: str, folder: str, spec: dict) -> None:
    variables = {key: os.path.expandvars(value) for key, value in spec.get("env", {}).items()}
    python = _python(spec["argv"][0])
    julia = variables.get("POLYGLOT_JULIA")
    problems = [_problem_of_python(python, variables), _problem_of_julia(julia)]
    for problem in filter(None, problems):
        report.bad(f"The kernelspec {name} in {folder}: {problem}", AGAIN)
    if not any(problems):
        told = [f"Python {python}", f"Julia {julia or 'as above'}", *_chosen(variables)]
        report.good(f"Kernelspec {name}: {folder} ({', '.join(told)})")


def _chosen(variables: dict[str, str]) -> list[str]:
    """The variables that were chosen when it was installed, beside Julia's path."""
    return [f"{key}={variables[key]}" for key in sorted(variables.keys() - _OWN)]


def _python(name: str) -> str:
    """What Jupyter starts: its own Python where only a name is given."""
    return sys.executable if name in ("python", "python3") else name


def _problem_of_python(python: str, variables: dict[str, str]) -> str | None:
    command = ["/usr/bin/env", *(f"{key}={value}" for key, value in variables.items()), python]
    problem = problem_of_python(command)
    return problem and f"its Python {python} cannot run the kernel: {problem}"


def _problem_of_julia(julia: str | None) -> str | None:
    if julia is None:
        return None
    try:
        version = ask_version(os.path.expanduser(julia), CHECK_SECONDS)
    except BrokenJulia as error:
        return f"its Julia {julia} does not work: {error}"
    if version < OLDEST:
        return f"its Julia {julia} is too old"
    return None
