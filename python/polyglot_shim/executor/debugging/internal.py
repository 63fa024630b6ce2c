"""What is no user's code: no step goes there, no exception stops there, no stack shows it."""

from __future__ import annotations

import os
import sys
import sysconfig
from typing import Any

_EXECUTOR = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
# What runs between the executor and a cell, and what shows errors; their dependencies included.
_PACKAGES = ("IPython", "traitlets", "comm", "matplotlib_inline", "decorator")
_PACKAGES += ("stack_data", "executing", "asttokens", "pure_eval", "pygments")
_PACKAGE_FOLDERS = ("site-packages", "dist-packages")


def rules(only_users: bool) -> list[dict[str, Any]]:
    """For debugpy, which takes the first one that fits a file; packages are no user's on request.

    They are few, as it tries all of them for each file that it meets: so the whole standard library
    is in them, of which IPython uses the better part for each cell.
    """
    paths = sysconfig.get_paths()
    library = (paths["stdlib"], paths["platstdlib"], os.path.dirname(os.__file__))
    # They may stand in the library's folder.
    packages = [os.path.join(path, name) for path in library for name in _PACKAGE_FOLDERS]
    packages += [paths["purelib"], paths["platlib"]]
    return [
        *(_rule(path, include=False) for path in (_EXECUTOR, *_ipythons())),
        *(_rule(path, include=not only_users) for path in dict.fromkeys(packages)),
        *(_rule(path, include=False) for path in dict.fromkeys(library)),
    ]


def _ipythons() -> list[str]:
    modules = [sys.modules.get(name) for name in _PACKAGES]
    files = [module.__file__ for module in modules if module is not None]
    folder = "__init__.py"  # the others are a single file
    return [file.removesuffix(os.sep + folder) for file in files if file]


def _rule(path: str, *, include: bool) -> dict[str, Any]:
    pattern = path if path.endswith(".py") else os.path.join(path, "**")
    return {"path": pattern, "include": include}
