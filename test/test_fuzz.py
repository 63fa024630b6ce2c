"""Hostile messages in small; `make fuzz` fires 50,000 (`fuzz.py`)."""

from __future__ import annotations

import pytest
from fuzz import run
from hostile import Hostile


def test_the_shots_are_the_same_each_time():
    assert Hostile(5, b"key").shot(7) == Hostile(5, b"key").shot(7)
    assert Hostile(5, b"key").shot(7) != Hostile(5, b"key").shot(8)


@pytest.mark.timeout(300)  # s; on a busy machine
def test_hostile_messages_do_no_harm(launch):
    """No crash, no executor replaced, an answer to what has to have one, no later cell lost."""
    states = run(launch(), seed=11, count=600, chunk=150)
    assert max(state.descriptors for state in states) < states[0].descriptors + 16
