"""What the launcher makes of its command line, whoever wrote it."""

import json
from pathlib import Path

import pytest
from machine import GOOD, Machine, arguments_of, option


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.mark.parametrize(
    ("arguments", "file", "language"),
    [
        (["-f", "a.json"], "a.json", "python"),
        (["--file=a.json"], "a.json", "python"),
        (["a.json"], "a.json", "python"),
        (["--language=julia", "a.json"], "a.json", "julia"),
        (["-f", "a.json", "script.py", "b.json"], "a.json", "python"),  # `jupyter run script.py`
        (["a.json", "--language", "python"], "a.json", "python"),
        (["--f", "a.json", "--debug", "--no-such=option"], "a.json", "python"),
        (["--quiet", '--f="a b.json"', "--language=julia"], "a b.json", "julia"),
        (["--f='a.json'"], "a.json", "python"),
    ],
)
def test_forms_of_the_command_line(
    machine: Machine, arguments: list[str], file: str, language: str
) -> None:
    julia = machine.script(GOOD)
    assert machine.start(*arguments).returncode == 0
    assert file in arguments_of(julia)
    assert option(arguments_of(julia), "--language") == language


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--language", "julia"], "One connection file"),
        (["-f"], "One connection file"),
        (["a.json", "b.json"], "'b.json'"),
        (["a.json", "--langage=julia"], "'--langage=julia'"),
        (["a.json", "--language", "R"], "'R'"),
    ],
)
def test_a_wrong_command_line_is_named(machine: Machine, arguments: list[str], named: str) -> None:
    machine.script(GOOD)
    message = machine.fails(*arguments)
    assert named in message
    assert "usage:" in message


# What VS Code starts a kernelspec of language `python` with: `-f {connection_file}` is taken out of
# its command, and this put behind it. The quotes are part of the arguments.
VS_CODE = [
    "--ip=127.0.0.1",
    "--stdin=9003",
    "--control=9001",
    "--hb=9000",
    '--Session.signature_scheme="hmac-sha256"',
    '--Session.key=b"0123-abcd"',
    "--shell=9002",
    '--transport="tcp"',
    "--iopub=9004",
]


@pytest.mark.parametrize("more", [[], ["--debug"]])
@pytest.mark.parametrize(("name", "form"), [("k.json", "--f={}"), ("k 1.json", '--f="{}"')])
def test_the_way_vs_code_starts_it(machine: Machine, name: str, form: str, more: list[str]) -> None:
    julia = machine.script(GOOD)
    file = machine.folder / name
    done = machine.start("--language", "julia", *VS_CODE, *more, form.format(file))
    assert (done.returncode, done.stderr) == (0, "")
    assert str(file) in arguments_of(julia)
    assert option(arguments_of(julia), "--language") == "julia"
    assert json.loads(file.read_text()) == {
        "ip": "127.0.0.1",
        "stdin_port": 9003,
        "control_port": 9001,
        "hb_port": 9000,
        "signature_scheme": "hmac-sha256",
        "key": "0123-abcd",
        "shell_port": 9002,
        "transport": "tcp",
        "iopub_port": 9004,
    }
    assert file.stat().st_mode & 0o077 == 0


def test_a_connection_file_that_is_there_counts(machine: Machine) -> None:
    machine.script(GOOD)
    file = machine.folder / "k.json"
    file.write_text("{}")
    assert machine.start(*VS_CODE, f"--f={file}").returncode == 0
    assert file.read_text() == "{}"


def test_half_a_connection_is_not_written(machine: Machine) -> None:
    machine.script(GOOD)
    assert machine.start(*VS_CODE[1:], "--f=k.json").returncode == 0
    assert not (machine.folder / "k.json").exists()


def test_arguments_that_give_no_connection_are_named(machine: Machine) -> None:
    machine.script(GOOD)
    assert "'--hb=x'" in machine.fails(*VS_CODE, "--hb=x", "--f=k.json")
    assert "/no/such/folder/k.json" in machine.fails(*VS_CODE, "--f=/no/such/folder/k.json")
