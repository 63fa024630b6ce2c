"""The vectors say what the reference implementations say."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent / "vectors"))
import make


@pytest.mark.parametrize("path", list(make.files()), ids=lambda path: path.name)
def test_the_file_is_what_make_writes(path):
    assert path.read_text() == make.files()[path]


def no_constant(name: str):
    raise ValueError(name)


@pytest.mark.parametrize("name", make.REFUSED)
def test_python_refuses_what_is_to_be_refused(name):
    with pytest.raises(ValueError):
        json.loads(make.REFUSED[name].decode("utf-8"), parse_constant=no_constant)


@pytest.mark.parametrize("parts", make.LONG_ACCEPTED.values(), ids=make.LONG_ACCEPTED)
def test_python_reads_the_long_ones(parts):
    assert json.loads(make.assembled(parts)) is not None
