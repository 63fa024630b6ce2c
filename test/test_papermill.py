"""papermill's parameters, whichever language their defaults are in.

It puts a cell in the notebook's own language behind the one that is tagged `parameters`.
"""

from __future__ import annotations

import pytest
from notebook import Notebook

INJECTED = '# Parameters\nn = 5\ntext = "given"\nfew = [3, 4]\n'


def test_defaults_in_julia_and_an_own_language_of_python(launch) -> None:
    nb = launch().connect()
    nb.run('%julia\nn = 1; text = "default"\nfew = [1]')
    nb.run(INJECTED)
    assert nb.run("%julia n, text, few").result == '(5, "given", Any[3, 4])'
    assert nb.run("n, text, few").result == "(5, 'given', [3, 4])"


def test_defaults_in_python_and_an_own_language_of_julia(launch) -> None:
    nb = launch("polyglot-julia").connect()
    nb.run('%python\nn: int = 1\ntext = "default"')
    nb.run(INJECTED)
    assert nb.run("%python n, text, few.tolist()").result == "(5, 'given', [3, 4])"
    assert nb.run("n, text, few").result == '(5, "given", [3, 4])'


@pytest.mark.parametrize(
    ("before", "cell"),
    [
        ("%julia\nkept = 1", "kept = 5"),
        ("%julia\nkept = 1", "# The parameters\nkept = 5"),
        ("%julia\nkept = 1\n", "# Parameters\nother = 5"),
        ("%julia\nkept == 1", "# Parameters\nkept = 5"),
        ("1", "# Parameters\nkept = 5"),
    ],
)
def test_other_cells_are_each_languages_own(nb: Notebook, before: str, cell: str) -> None:
    nb.run("%julia\nkept = 1")
    nb.run(before)
    nb.run(cell)
    assert nb.run("%julia kept").result == "1"
