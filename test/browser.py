"""What the tests in a browser need; they are skipped where it is not there, but not on CI."""

from __future__ import annotations

import importlib.util
import os
import shutil
from pathlib import Path

import pytest

BUILT = Path(__file__).resolve().parent.parent / "labextension" / "built" / "package.json"


def need_browser(*, extension: bool = False) -> None:
    """Skips the module that calls it where JupyterLab, Chromium or `extension` is missing."""
    missing = [m for m in ("jupyterlab", "playwright") if importlib.util.find_spec(m) is None]
    if not (shutil.which("chromium") or shutil.which("chromium-browser")):
        missing.append("chromium (a system package)")
    if extension and not BUILT.exists():
        missing.append("what `make labextension` builds, with Node.js")
    if missing and os.environ.get("CI"):
        raise RuntimeError(f"CI must have what this test needs; missing: {', '.join(missing)}")
    if missing:
        pytest.skip(f"not there: {', '.join(missing)}", allow_module_level=True)
