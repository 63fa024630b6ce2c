"""Where things are: the Julia package, Julias that were fetched, the cache.

The same functions serve an installed wheel, where the Julia sources lie inside this package, and a
checkout (also one installed with `pip install -e`), where they lie beside it.
"""

from __future__ import annotations

import os
import sys

from polyglot_shim.errors import StartupError

_HERE = os.path.dirname(os.path.abspath(__file__))
_CHECKOUT = os.path.dirname(os.path.dirname(_HERE))


def julia_packages() -> str:
    """Folder of the kernel's Julia packages."""
    folders = [os.path.join(root, "julia") for root in (_HERE, _CHECKOUT)]
    for folder in folders:
        if os.path.isfile(os.path.join(folder, "PolyglotKernel", "Project.toml")):
            return folder
    raise StartupError(
        "The kernel's Julia sources are missing. They were looked for in\n  "
        + "\n  ".join(folders)
        + "\nInstall the package again: pip install --force-reinstall polyglot-kernel"
    )


def python_package() -> str:
    """Folder of this package."""
    return _HERE


def kernelspecs() -> str:
    """Folder with one kernelspec folder for each default language."""
    installed = os.path.join(_HERE, "kernelspec")
    return installed if os.path.isdir(installed) else os.path.join(_CHECKOUT, "kernelspec")


def fetched_julia() -> str:
    """Where `polyglot-kernel fetch-julia` puts Julia: in the checkout, else in the user's data."""
    if os.path.isfile(os.path.join(_CHECKOUT, "pyproject.toml")):
        return os.path.join(_CHECKOUT, ".julia")
    data = _user_folder("XDG_DATA_HOME", ".local/share", "Application Support")
    return os.path.join(data, "julia")


def cache() -> str:
    """The user's cache folder for this kernel (it need not exist)."""
    return _user_folder("XDG_CACHE_HOME", ".cache", "Caches")


def images() -> str:
    """Where Julia images of the kernel are: in this Python's own environment, else the cache."""
    own = sys.prefix != sys.base_prefix
    return os.path.join(sys.prefix, "share", "polyglot-kernel") if own else cache()


def _user_folder(variable: str, linux: str, mac: str) -> str:
    base = os.environ.get(variable)
    if not base:
        place = os.path.join("Library", mac) if sys.platform == "darwin" else linux
        base = os.path.join(os.path.expanduser("~"), place)
    return os.path.join(base, "polyglot-kernel")
