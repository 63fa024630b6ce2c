"""The build of JupyterLab's extension finds its packages as the machine's npm would."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

HOOK = Path(__file__).resolve().parent.parent / "labextension" / "build_hook.py"
spec = importlib.util.spec_from_file_location("build_hook", HOOK)
build_hook = importlib.util.module_from_spec(spec)
spec.loader.exec_module(build_hook)

LISTED = """\
#!/bin/sh
cat <<'.'
; "global" config from /usr/etc/npmrc

cafile = "/etc/certificates.crt"
; registry = "https://overridden.example/" ; overridden by user

; "user" config from /root/.npmrc

audit = false
registry = "https://mirror.example/"
https-proxy = "http://proxy.example:3128/"
//mirror.example/:_authToken = (protected)
.
"""


def test_npms_settings_hold_for_jlpm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    npm = tmp_path / "npm"
    npm.write_text(LISTED)
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert build_hook.npm_settings() == {
        "NODE_EXTRA_CA_CERTS": "/etc/certificates.crt",
        "YARN_NPM_REGISTRY_SERVER": "https://mirror.example/",
        "YARN_HTTPS_PROXY": "http://proxy.example:3128/",
    }


def test_where_there_is_no_npm_there_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert build_hook.npm_settings() == {}
