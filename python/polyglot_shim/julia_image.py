"""Where the kernel's own system image for a Julia is, and whether it still fits.

Julia before 1.9 keeps no machine code of packages: each start compiles the kernel anew. An image
that `polyglot-kernel compile` made once (build_image.py) holds it.
"""

from __future__ import annotations

import os
import sys
import zlib

from polyglot_shim import paths

CACHES_MACHINE_CODE = (1, 9)  # from this Julia on packages need no image


def image_path(julia: str) -> str:
    """Where the image for the Julia at `julia` is, or would be. Raises OSError if there is none.

    Another Julia in the same place has another image, and so have the kernel's sources in another
    place, whose path is part of the compiled code.
    """
    stat = os.stat(julia)
    fits = f"{stat.st_mtime_ns} {stat.st_size} {paths.julia_packages()}"
    return os.path.join(paths.images(), f"{name_of(julia)}-{zlib.crc32(fits.encode()):08x}.so")


def name_of(julia: str) -> str:
    """What the names of all images for a Julia in this place begin with."""
    return os.path.realpath(julia).strip(os.sep).replace(os.sep, "-")


def current_image(julia: str) -> str | None:
    """The image for the Julia at `julia`, if there is one, newer than the kernel's sources."""
    try:
        path = image_path(julia)
        made = os.stat(path).st_mtime_ns
    except OSError:
        return None
    return path if made > _newest_source() else None


def _newest_source() -> int:
    packages = paths.julia_packages()
    return max(
        (
            os.stat(os.path.join(folder, file)).st_mtime_ns
            for folder, _, files in os.walk(packages)
            if f"{os.sep}src" in folder[len(packages) :]
            for file in files
        ),
        default=sys.maxsize,
    )
