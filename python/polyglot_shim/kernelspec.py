"""Installs and removes kernelspecs elsewhere than where pip put them, or with other settings."""

from __future__ import annotations

import json
import os
import shutil
import tempfile

from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

from polyglot_shim import paths
from polyglot_shim.errors import StartupError

NAMES = ("polyglot", "polyglot-julia")


def install(
    python: str,
    julia: str | None = None,
    *,
    user: bool = False,
    prefix: str | None = None,
    name: str | None = None,
    display_name: str | None = None,
) -> list[str]:
    """Installs both kernelspecs and returns their folders.

    `python` is started for the kernel; `julia` becomes `POLYGLOT_JULIA` there. They go into the
    user's folder (`user`), `prefix`, or the system's. `name` replaces "polyglot" in the names,
    `display_name` the title of the one whose default is Python. Raises StartupError.
    """
    folders = []
    for template in NAMES:
        new = template.replace("polyglot", name, 1) if name else template
        with tempfile.TemporaryDirectory() as work:
            folder = os.path.join(work, new)
            shutil.copytree(os.path.join(paths.kernelspecs(), template), folder)
            _adapt(os.path.join(folder, "kernel.json"), python, julia, display_name)
            try:
                goal = KernelSpecManager().install_kernel_spec(
                    folder, new, user=user, prefix=prefix
                )
            except (OSError, ValueError) as error:
                raise StartupError(
                    f"Cannot install the kernelspec {new}: {error}\n"
                    "What to do: choose a place you may write to (--user, --sys-prefix, --prefix)"
                ) from error
        folders.append(goal)
    return folders


def uninstall(name: str | None = None) -> list[str]:
    """Removes the first kernelspecs of these names that Jupyter sees; their folders."""
    removed = []
    for template in NAMES:
        try:
            removed.append(
                KernelSpecManager(ensure_native_kernel=False).remove_kernel_spec(
                    template.replace("polyglot", name, 1) if name else template
                )
            )
        except NoSuchKernel:
            continue
        except OSError as error:
            raise StartupError(f"Cannot remove a kernelspec: {error}") from error
    return removed


def _adapt(file: str, python: str, julia: str | None, display_name: str | None) -> None:
    with open(file, encoding="utf-8") as text:
        spec = json.load(text)
    spec["argv"][0] = python
    if julia:
        spec.setdefault("env", {})["POLYGLOT_JULIA"] = julia
    if display_name:
        julia_first = spec["language"] == "julia"
        spec["display_name"] = f"{display_name} (Julia first)" if julia_first else display_name
    with open(file, "w", encoding="utf-8") as text:
        json.dump(spec, text, indent=2)
        text.write("\n")
