"""The Julia image that `polyglot-kernel compile` makes: which one is taken, when none is made."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from polyglot_shim import build_image, paths
from polyglot_shim.errors import StartupError
from polyglot_shim.find_julia import Julia, find_julia
from polyglot_shim.julia_image import current_image, image_path

FUTURE = 4_000_000_000  # seconds of the epoch


@pytest.fixture
def julia(without_image) -> Path:
    return Path(without_image["POLYGLOT_JULIA"])


@pytest.fixture
def image(julia: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the image for `julia` would be; it is not there yet."""
    monkeypatch.setattr(paths, "images", lambda: str(tmp_path))
    return Path(image_path(str(julia)))


def test_there_is_none_before_it_is_made(julia, image):
    assert current_image(str(julia)) is None
    image.touch()
    assert current_image(str(julia)) == str(image)


def test_it_is_not_used_for_newer_sources(julia, image):
    image.touch()
    os.utime(image, (0, 0))
    assert current_image(str(julia)) is None


def test_it_is_not_used_for_another_julia_in_the_same_place(julia, image):
    image.touch()
    os.utime(julia, (FUTURE, FUTURE))
    assert current_image(str(julia)) is None


def test_it_is_not_used_for_a_kernel_that_was_moved(julia, image, monkeypatch):
    image.touch()
    elsewhere = os.path.join(paths.julia_packages(), os.curdir)
    monkeypatch.setattr(paths, "julia_packages", lambda: elsewhere)
    assert current_image(str(julia)) is None


def told(version: tuple[int, ...], path: Path) -> list[str]:
    lines: list[str] = []
    build_image.build(Julia(str(path), version, "PATH"), lines.append)
    return lines


def test_newer_julias_need_none(julia, image):
    assert "nothing to do" in told((1, 9, 0), julia)[0]
    assert not image.exists()


def test_it_is_made_once(julia, image):
    image.touch()
    assert told((1, 5, 3), julia) == [f"There already: {image}"]


def test_without_a_compiler_an_error_says_so(julia, image, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(StartupError, match=r"No C compiler[^.]*\.\nWhat to do: .*apt install gcc"):
        told((1, 5, 3), julia)


def test_juliaups_launcher_has_none(image, tmp_path):
    launcher = tmp_path / "julialauncher"
    launcher.touch()
    with pytest.raises(StartupError, match=r"juliaup(.|\n)*POLYGLOT_JULIA"):
        told((1, 8, 0), launcher)


def test_what_fails_leaves_the_old_image(julia, image):
    image.touch()
    julia.write_text("#!/bin/sh\necho no such Julia >&2; exit 3\n")
    with pytest.raises(StartupError, match="exit code 3:\nno such Julia"):
        told((1, 5, 3), julia)
    assert image.exists()


def test_host_and_executor_run_from_it(launch, without_image):
    """Julia's own image serves as the kernel's: that can be had without compiling for minutes."""
    julia = without_image["POLYGLOT_JULIA"]
    print_image = "print(unsafe_string(Base.JLOptions().image_file))"
    own = subprocess.run([find_julia().path, "-e", print_image], capture_output=True, text=True)
    image = Path(image_path(julia))
    image.parent.mkdir(parents=True, exist_ok=True)
    try:
        shutil.copyfile(own.stdout, image)
        kernel = launch(env=without_image)
        assert kernel.connect().run(f"%julia\n{print_image}").stdout == str(image)
        command = Path(f"/proc/{kernel.process.pid}/cmdline").read_text().split("\0")
        assert str(image) in command
    finally:
        image.unlink()
