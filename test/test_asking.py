"""Questions about cells with a marker: the user's places count the marker too."""

from __future__ import annotations

import pytest
from notebook import Notebook

TYPES = "_jupyter_types_experimental"


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("%julia\nx = startsw", "startswith"),
        ("  %julia   startsw", "startswith"),
        ("%julia\n'😀'; 'é'; startsw", "startswith"),
        ("%python\nx = sort", "sorted"),
        ("%%python sort", "sorted"),
    ],
)
def test_completions_stand_where_the_user_types(nb: Notebook, code: str, name: str) -> None:
    answer = nb.complete(code)
    typed = next(n for n in range(len(name), 0, -1) if code.endswith(name[:n]))
    place = (len(code) - typed, len(code))
    assert name in answer["matches"]
    assert (answer["cursor_start"], answer["cursor_end"]) == place
    entries = [entry for entry in answer["metadata"][TYPES] if entry["text"] == name]
    assert [(entry["start"], entry["end"]) for entry in entries] == [place]


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("%julia", "incomplete"),
        ("%julia ", "incomplete"),
        ("%julia -i x", "incomplete"),
        ("%julia\n", "complete"),
        ("%julia\nfor i in 1:3", "incomplete"),
        ("%julia\nfor i in 1:3\nend", "complete"),
        ("%python\nfor i in range(3):", "incomplete"),
        ("%timeit", "complete"),
    ],
)
def test_console_asks_for_more_after_a_marker(nb: Notebook, code: str, status: str) -> None:
    assert nb.is_complete(code)["status"] == status
