"""Variables that cross between Julia and Python cells: `-i` and `-o`, `jl.x` and `py.x`."""

from __future__ import annotations


def test_marker_options_pass_variables_both_ways(nb):
    nb.run("a, b = 3, [1, 'x']")
    assert nb.run("%julia -i a,b -o c,d\nc = a + 1; d = b; (a, b)").result == '(3, Any[1, "x"])'
    assert nb.run("c, d").result == "(4, [1, 'x'])"
    assert nb.run("%python -i c -o e\ne = c * 10\nc").result == "4"
    assert nb.run("%julia\ne").result == "40"


def test_marker_options_rename(nb):
    nb.run("source = 7")
    assert nb.run("%julia -i target=source -o there=here\nhere = target + 1").result == "8"
    assert nb.run("there").result == "8"


def test_a_missing_input_is_an_error_before_the_cell_runs(nb):
    nb.run("%julia\nran = false; present = 1")
    nb.run("present = 2")
    cell = nb.fail("%julia -i present,not_there\nran = true")
    assert "not_there" in cell.error.evalue
    assert nb.run("%julia\nran, present").result == "(false, 1)"


def test_a_failed_cell_hands_nothing_out(nb):
    nb.run("out = 'old'")
    nb.fail('%julia -o out\nout = "new"; error()')
    assert nb.run("out").result == "'old'"


def test_a_cell_hands_out_all_or_nothing(nb):
    nb.run("given, refused = 'old', 'old'")
    cell = nb.fail("%julia -o given,refused\ngiven = 1; refused = Dict([1] => 2)")
    assert "refused<key" in cell.error.evalue
    assert nb.run("given, refused").result == "('old', 'old')"
    nb.run('%julia\ngiven = "old"; const fixed = "old"')
    nb.fail("%python -o given,fixed\ngiven, fixed = 1, 2")
    nb.fail("%python -o given,bad\ngiven, bad = 1, '\\ud800'")
    assert nb.run("%julia\ngiven, fixed").result == '("old", "old")'


def test_white_space_beside_the_comma(nb):
    nb.run("a, b = 3, 4")
    assert nb.run("%julia -i a, b -o c , d\nc = d = a + b").result == "7"
    assert nb.run("c, d").result == "(7, 7)"
    assert "a name is missing" in nb.fail("%julia -i a,\n1").error.evalue


def test_what_arrives_and_does_not_fit_names_its_place(nb):
    assert (
        "cannot receive keep[1]<key"
        in nb.fail("%julia\npy.keep = [1, Dict([1] => 2)]").error.evalue
    )
    nb.run("%julia\nhold = (a = 1, b = Any[Dict([1] => 2)])")
    assert "cannot receive hold.b[0]<key" in nb.fail("jl.hold").error.evalue
    assert "argument 2<key" in nb.fail("%julia\npy.max(1, Dict([1] => 2))").error.evalue
    assert (
        'cannot receive keep[2]["k"] (set)'
        in nb.fail("jl.keep = [1, {'k': {float('nan'), float('nan')}}]").error.evalue
    )


def test_losses_are_told_once_in_each_cell(nb):
    nb.run("import datetime; fine = datetime.datetime(2020, 1, 1, microsecond=1)")
    for _ in range(2):
        cell = nb.run("for _ in range(3):\n    jl.fine = fine")
        assert cell.stderr.count("PrecisionLossWarning") == 1, cell.stderr
        assert ":2: PrecisionLossWarning: a datetime was sent to the millisecond" in cell.stderr
        assert "jl.fine = fine" in cell.stderr
        cell = nb.run(
            "%julia\nimport Dates\nfor _ in 1:3\n    py.t = Dates.Time(1, 2, 3, 4, 5, 6)\nend"
        )
        assert cell.stderr.count("a Time was sent to the microsecond") == 1, cell.stderr
        assert "In[" in cell.stderr and ":4" in cell.stderr


def test_jl_is_one_that_copies_and_pickles_find_again(nb):
    nb.run("import copy, pickle\njl.x = 5")
    assert nb.run("copy.deepcopy({'jl': jl})['jl'] is copy.copy(jl) is jl").result == "True"
    assert nb.run("pickle.loads(pickle.dumps(jl)) is jl").result == "True"
    nb.run("import sys; from pathlib import Path; Path('jl.pickle').write_bytes(pickle.dumps(jl))")
    load = "import pickle; pickle.load(open('jl.pickle', 'rb'))"
    assert "there is no Julia (jl) here" in nb.run(f'!{{sys.executable}} -c "{load}"').stdout
    nb.run("Path('jl.pickle').unlink()")


def test_jl_reads_and_assigns(nb):
    nb.run("%julia\nnumber = 41")
    assert nb.run("jl.number").result == "41"
    nb.run("jl.number = {'k': [1.5, None]}")
    assert nb.run("%julia\nnumber").result.endswith('"k" => Any[1.5, nothing]')
    assert nb.run("hasattr(jl, 'not_there')").result == "False"


def test_py_reads_and_assigns(nb):
    nb.run("word = 'hé'")
    assert nb.run("%julia\npy.word").result == '"hé"'
    nb.run("%julia\npy.word = (1, :two, 3.0)")
    assert nb.run("word").result == "(1, 'two', 3.0)"


def test_jl_and_py_can_be_shadowed(fresh):
    assert fresh.run("jl = 5; jl").result == "5"
    assert fresh.run("%julia\npy = 6; py").result == "6"
    assert fresh.run("%julia\npyimport(x) = x; pyimport(7)").result == "7"


def test_a_name_of_julias_own_can_be_the_users(fresh):
    """As in the REPL: as long as no cell has used Julia's."""
    for name in ("values", "count", "first"):
        fresh.run(f"jl.{name} = '{name}'")
    fresh.run("%python -o time,π\ntime, π = 'time', 3")
    assert fresh.run("%julia\nvalues, count, first, time, π").result == (
        '("values", "count", "first", "time", 3)'
    )
