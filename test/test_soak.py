"""A long day in small; `make soak` runs 20,000 cells (`soak.py`)."""

from __future__ import annotations

import pytest
from soak import PASSING, run


@pytest.mark.timeout(300)  # s; on a busy machine
def test_cells_interrupts_and_kills_leave_nothing_behind(launch):
    """One reply and one idle each, the right result, and no process or descriptor more."""
    states = run(launch(), seed=11, count=600)
    assert states[-1].processes == states[0].processes
    assert states[-1].descriptors <= states[0].descriptors
    assert states[-1].executors_descriptors <= states[0].executors_descriptors + PASSING
