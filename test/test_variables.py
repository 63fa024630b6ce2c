"""`variables_request`: what the panel in JupyterLab asks, also while cells run."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from languages import SPIN, both, in_
from notebook import Notebook

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")


def variables(nb: Notebook, language: str) -> dict[str, dict]:
    answer = nb.ask("variables_request", {"language": language}).answer
    assert answer["language"] == language and not answer["busy"]
    return {row["name"]: row for row in answer["variables"]}


def facts(nb: Notebook, language: str, *names: str) -> list[tuple[str, str, str]]:
    """Type, size and value of variables."""
    found = variables(nb, language)
    return [(found[name]["type"], found[name]["size"], found[name]["value"]) for name in names]


def test_values_of_python(nb: Notebook) -> None:
    nb.run(
        "import numpy as np, pandas as pd\n"
        "whole, text, nested = 17, 'λ' * 100, {'a': [1, 2.5, None], 'b': ([[1]], {2})}\n"
        "ones, small, zero = np.ones((200, 300)), np.arange(3), np.float64(0.5)\n"
        "table = pd.DataFrame({'x': [1, 2], 'y': ['a', 'b']})\n"
        "many = list(range(1000))"
    )
    names = ("whole", "text", "nested", "ones", "small", "zero", "table", "many")
    assert facts(nb, "python", *names) == [
        ("int", "", "17"),
        ("str", "100", "'" + "λ" * 78 + "…"),
        ("dict", "2", "{'a': [1, 2.5, None], 'b': ([…], {…})}"),
        ("ndarray (float64)", "200×300", ""),
        ("ndarray (int64)", "3", "[0, 1, 2]"),
        ("float64 (float64)", "", "0.5"),
        ("DataFrame", "2×2", ""),
        ("list", "1000", "[0, 1, 2, 3, 4, 5, 6, 7, …]"),
    ]
    assert "np" not in variables(nb, "python")


def test_values_of_julia(nb: Notebook) -> None:
    nb.run(
        "%julia\n"
        "whole, text, nested = 17, 'λ'^100, Dict(\"a\" => [1, 2.5])\n"
        "ones2, small, ratio = ones(200, 300), [1, 2, 3], 1 // 3\n"
        "named, gone = (a=1, b=:c), view(ones2, 1:2, :)\n"
        "f(x) = x"
    )
    names = ("whole", "text", "nested", "ones2", "small", "ratio", "named", "gone")
    kinds, sizes, values = zip(*facts(nb, "julia", *names), strict=True)
    assert kinds[:2] == ("Int64", "String")
    assert sizes == ("", "100", "1", "200×300", "3", "", "2", "2×300")
    assert values == (
        "17",
        '"' + "λ" * 78 + "…",
        'Dict("a" => [1.0, 2.5])',
        "",
        "[1, 2, 3]",
        "1//3",
        "(1, :c)",
        "",
    )
    assert "f" not in variables(nb, "julia")


@linux
def test_what_is_shared(nb: Notebook, tmp_path: Path) -> None:
    path = tmp_path / "numbers"
    nb.run(
        "import numpy as np\n"
        f"file, alone = np.memmap({str(path)!r}, 'f8', 'w+', shape=100), np.ones(100)\n"
        "shared = jl.share(alone)\nrow = shared[5:]"
    )
    nb.run("%julia -i file,alone,shared,row\nturned = transpose(reshape(shared, 10, 10))")
    expected = {"file": str(path), "alone": "", "shared": "memory", "row": "memory"}
    for language, more in (("python", {}), ("julia", {"turned": "memory"})):
        found = variables(nb, language)
        told = {name: found[name]["shared"] for name in expected | more}
        assert told == expected | more
    for code in ("%variables", "%julia\nPolyglot.variables()"):
        lines = nb.run(code).result.splitlines()
        assert lines[0].split() == ["Name", "Language", "Type", "Size", "Value", "Shared"]
        told = [(line.split()[0], line.split()[-1]) for line in lines]
        assert told.count(("shared", "memory")) == 2 and told.count(("file", str(path))) == 2


TRAPS = {
    "python": """
import datetime
class Meta(type):
    def __getattribute__(cls, name): asked.append(name); return type.__getattribute__(cls, name)
    def __eq__(cls, other): asked.append("=="); return True
    def __hash__(cls): asked.append("#"); return 1
class Trap(metaclass=Meta):
    def __getattribute__(self, name): asked.append(name); raise SystemExit
    def __repr__(self): asked.append("repr"); return ""
    def __len__(self): asked.append("len"); return 1
    def __eq__(self, other): asked.append("eq"); return True
    def __hash__(self): asked.append("hash"); return 1
class Words(str):
    def __getitem__(self, at): asked.append("item"); return ""
    def __len__(self): asked.append("len"); return 1
class Zone(datetime.tzinfo):
    def utcoffset(self, when): asked.append("zone"); return None
asked = []
trap, words = Trap(), Words("a")
held = [trap, {trap: trap}, (trap,), {trap}]
when = datetime.datetime(2020, 1, 1, tzinfo=Zone())
del asked[:]
""",
    "julia": """
asked = []
struct Trap end
struct Row <: AbstractVector{Int} end
Base.show(io::IO, ::Trap) = push!(asked, :show)
Base.show(io::IO, ::MIME"text/plain", ::Trap) = push!(asked, :show)
Base.size(::Row) = (push!(asked, :size); (3,))
Base.getindex(::Row, i::Int) = (push!(asked, :getindex); i)
Base.hash(::Trap, h::UInt) = (push!(asked, :hash); h)
trap, row = Trap(), Row()
held = (trap, Any[trap, [trap]], Dict(trap => 1), Set([trap]), (a=trap,))
pair, inner = trap => trap, view(row, 1:2)
empty!(asked);
""",
}


@both
def test_no_code_of_the_users_is_run(nb: Notebook, language: str) -> None:
    nb.run(in_(language, TRAPS[language]))
    found = variables(nb, language)
    assert {"trap", "held"} < found.keys()
    assert found["trap"]["type"] == "Trap" and found["trap"]["value"] == ""
    expected = {"python": "[]", "julia": "0"}[language]
    asked = {"python": "asked", "julia": "length(asked)"}[language]
    assert nb.run(in_(language, asked)).result == expected


def test_columns_are_not_taken_for_fields_of_a_table(nb: Notebook) -> None:
    nb.run(
        "import numpy as np, pandas as pd\n"
        "class Loud:\n"
        "    def __repr__(self): heard.append(1); raise ValueError\n"
        "heard, loud = [], Loud()\n"
        "table = pd.DataFrame({'dtype': [loud], 'shape': [1]})\n"
        "record = pd.Series({'dtype': loud, 'shape': loud})\n"
        "objects = np.array([loud, 1], dtype=object)\n"
        "many = np.zeros(2, [(f'field{i}', int) for i in range(50)])"
    )
    found = facts(nb, "python", "table", "record", "objects")
    assert found == [
        ("DataFrame", "1×2", ""),
        ("Series (object)", "2", ""),
        ("ndarray (object)", "2", ""),
    ]
    assert len(variables(nb, "python")["many"]["type"]) == 80
    assert nb.run("heard").result == "[]"


def test_python_answers_while_it_runs_a_cell(nb: Notebook) -> None:
    spin = nb.submit("running = 1\n" + SPIN["python"])
    spin.wait_for_stdout("on")
    assert variables(nb, "python")["running"]["value"] == "1"
    nb.interrupt()
    spin.wait()


def test_julia_says_that_it_runs_a_cell(nb: Notebook) -> None:
    spin = nb.submit("%julia\n" + SPIN["julia"])
    spin.wait_for_stdout("on")
    answer = nb.ask("variables_request", {"language": "julia"}).answer
    assert answer == {"status": "ok", "language": "julia", "busy": True, "variables": []}
    assert "spin" not in variables(nb, "python")  # and Python is not held up
    nb.interrupt()
    spin.wait()
    assert isinstance(variables(nb, "julia"), dict)


@both
def test_five_thousand_variables(nb: Notebook, language: str) -> None:
    """Arrays of a gigabyte among them, which are not read: most of one never got a page."""
    code = {
        "python": "import numpy as np\nglobals().update({f'v{i}': i for i in range(5000)})\n"
        "big = np.empty(2**27)",
        "julia": "for i in 1:5000; Core.eval(Main, :($(Symbol(:v, i)) = $i)); end\n"
        "big = Vector{Float64}(undef, 2^27);",
    }[language]
    nb.run(in_(language, code))
    found = variables(nb, language)
    assert sum(name[1:].isdigit() for name in found if name[0] == "v") >= 5000
    assert found["big"]["size"] == str(2**27)
