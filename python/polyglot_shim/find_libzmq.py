"""Finds the libzmq that pyzmq uses: the host calls it too, so nothing more is to be installed."""

from __future__ import annotations

import os
import sys

from polyglot_shim.errors import StartupError


def find_libzmq() -> str:
    """Path of libzmq's shared library. Raises StartupError.

    pyzmq's wheels bundle it (`pyzmq.libs/libzmq-*.so*`, on macOS `zmq/.dylibs/libzmq.*.dylib`);
    conda has it in the environment's `lib`. A pyzmq that was built against another one is loaded
    (150 ms), and the process asked which file that brought in.
    """
    from importlib.util import find_spec  # there already, `python -m` needed it

    spec = find_spec("zmq")
    if spec is None or not spec.submodule_search_locations:
        raise StartupError(
            f"pyzmq is not installed for {sys.executable}.\nWhat to do: pip install pyzmq"
        )
    package = spec.submodule_search_locations[0]
    folders = [
        os.path.join(os.path.dirname(package), "pyzmq.libs"),
        os.path.join(package, ".dylibs"),
        os.path.join(sys.prefix, "conda-meta", "..", "lib"),
    ]
    path = next(filter(None, map(_in_folder, folders)), None) or _loaded() or _on_system()
    if path is None:
        raise StartupError(
            f"Found no libzmq: not bundled with pyzmq in {package}, not linked by it, and not on "
            "the system.\nWhat to do: pip install --force-reinstall --only-binary pyzmq pyzmq"
        )
    return path


def _in_folder(folder: str) -> str | None:
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        return None
    for name in names:
        if name.startswith("libzmq") and (".so" in name or name.endswith(".dylib")):
            return os.path.normpath(os.path.join(folder, name))
    return None


def _loaded() -> str | None:
    """The libzmq in this process once pyzmq is loaded; None if it is linked statically."""
    try:
        import zmq  # noqa: F401
    except Exception:
        return None  # the system's may still do; a broken pyzmq is the client's trouble first
    images = _images_mac() if sys.platform == "darwin" else _images_linux()
    return next((image for image in images if os.path.basename(image).startswith("libzmq.")), None)


def _images_linux() -> list[str]:
    with open("/proc/self/maps", encoding="utf-8", errors="surrogateescape") as maps:
        return [line.split(maxsplit=5)[5].rstrip("\n") for line in maps if line.count("/")]


def _images_mac() -> list[str]:
    import ctypes

    dyld = ctypes.CDLL(None)
    dyld._dyld_get_image_name.restype = ctypes.c_char_p
    return [os.fsdecode(dyld._dyld_get_image_name(i)) for i in range(dyld._dyld_image_count())]


def _on_system() -> str | None:
    """The library's path or, as find_library has it on Linux, its name, which dlopen resolves."""
    from ctypes.util import find_library

    return find_library("zmq")
