"""Installs and removes kernelspecs elsewhere than where pip put them, or with other settings."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Mapping

from jupyter_client.kernelspec import KernelSpecManager
from jupyter_core.paths import jupyter_data_dir

from polyglot_shim import paths
from polyglot_shim.errors import StartupError

NAMES = ("polyglot", "polyglot-julia")


def install(
    python: str,
    julia: str | None = None,
    *,
    prefix: str | None = None,
    name: str | None = None,
    display_name: str | None = None,
    environment: Mapping[str, str] | None = None,
) -> list[str]:
    """Installs both kernelspecs and returns their folders.

    `python` is started for the kernel, in `environment`, where `julia` becomes `POLYGLOT_JULIA`.
    They go into `prefix`, or into the user's folder. `name` replaces "polyglot" in the names,
    `display_name` the title. Raises StartupError.
    """
    variables = {**(environment or {}), **({"POLYGLOT_JULIA": julia} if julia else {})}
    folders = []
    for template, new in zip(NAMES, _names(name), strict=True):
        with tempfile.TemporaryDirectory() as work:
            folder = os.path.join(work, new)
            shutil.copytree(os.path.join(paths.kernelspecs(), template), folder)
            _adapt(os.path.join(folder, "kernel.json"), python, variables, display_name)
            try:
                goal = KernelSpecManager().install_kernel_spec(
                    folder, new, user=prefix is None, prefix=prefix
                )
            except (OSError, ValueError) as error:
                raise StartupError(
                    f"Cannot install the kernelspec {new}: {error}\n"
                    "What to do: choose a place you may write to (--user, --sys-prefix, --prefix)"
                ) from error
        folders.append(goal)
    return folders


def uninstall(prefix: str | None = None, name: str | None = None) -> list[str]:
    """Removes the kernelspecs from `prefix`, or from the user's folder, and returns their folders.

    Only folders that start this kernel are removed. Raises StartupError.
    """
    data = os.path.join(prefix, "share", "jupyter") if prefix else jupyter_data_dir()
    removed = []
    for new in _names(name):
        folder = os.path.join(data, "kernels", new)
        try:
            with open(os.path.join(folder, "kernel.json"), encoding="utf-8") as text:
                if "polyglot_shim" not in json.load(text)["argv"]:
                    continue
            shutil.rmtree(folder)
        except FileNotFoundError:
            continue
        except (OSError, ValueError, LookupError) as error:
            raise StartupError(f"Cannot remove the kernelspec {folder}: {error}") from error
        removed.append(folder)
    return removed


def _names(name: str | None) -> list[str]:
    return [each.replace("polyglot", name, 1) if name else each for each in NAMES]


def _adapt(file: str, python: str, variables: Mapping[str, str], display_name: str | None) -> None:
    with open(file, encoding="utf-8") as text:
        spec = json.load(text)
    spec["argv"][0] = python
    if variables:
        spec.setdefault("env", {}).update(variables)
    if display_name:
        julia_first = spec["language"] == "julia"
        spec["display_name"] = f"{display_name} (Julia first)" if julia_first else display_name
    with open(file, "w", encoding="utf-8") as text:
        json.dump(spec, text, indent=2)
        text.write("\n")
