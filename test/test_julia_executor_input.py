"""Questions that Julia cells ask."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from executor_pipes import PipedExecutor
from julia_pipes import julia_executor


@pytest.fixture(scope="module")
def julia(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PipedExecutor]:
    with julia_executor(tmp_path_factory.mktemp("home")) as executor:
        yield executor


END = "\x04"


@pytest.mark.parametrize(
    ("code", "answers", "result"),
    [
        ("readline()", ["one"], '"one"'),
        ("readline(keep=true)", ["one"], '"one\\n"'),
        ("readline()", [""], '""'),
        ("readline()", [END], '""'),
        ("readline() * readline()", ["a", "é"], '"aé"'),
        ("ask() = parse(Int, readline()); ask() + ask()", ["1", "2"], "3"),
        ("read(stdin, String)", ["a", "b", END], '"a\\nb\\n"'),
        ('readlines() == ["a", "b"]', ["a", "b", END], "true"),
        (
            "read(stdin, Char)",
            ["xyz"],
            "'x': ASCII/Unicode U+0078 (category Ll: Letter, lowercase)",
        ),
        ("readuntil(stdin, ',')", ["ab,c"], '"ab"'),
        ("eof(stdin)", [END], "true"),
        ('[line for line in eachline()] == ["a"]', ["a", END], "true"),
        ('Base.prompt("Name")', ["Ada"], '"Ada"'),
        ('Base.prompt("Name"; default="Eve")', [""], '"Eve"'),
        ('read(Base.getpass("Word"), String)', ["secret"], '"secret"'),
    ],
)
def test_answers(julia: PipedExecutor, code: str, answers: list[str], result: str) -> None:
    cell = julia.run(code, answers=answers)
    assert cell.error is None
    assert cell.result == result


def test_what_is_asked(julia: PipedExecutor) -> None:
    def asked(code: str) -> dict:
        return julia.run(code, answers=["x"]).messages("input_request")[0]

    assert asked("readline()")["prompt"] == ""
    assert asked('Base.prompt("Name")')["prompt"] == "Name: "
    assert asked('Base.prompt("Name"; default="Eve")')["prompt"] == "Name [Eve]: "
    question = asked('Base.getpass("Word");')
    assert (question["prompt"], question["password"]) == ("Word: ", True)


def test_what_was_printed_appears_before_the_question(julia: PipedExecutor) -> None:
    cell = julia.run('print("Name? "); readline();', answers=["x"])
    assert [output["msg_type"] for output in cell.outputs] == ["stream", "input_request"]


def test_the_rest_of_a_line_does_not_answer_the_next_cell(julia: PipedExecutor) -> None:
    julia.run("read(stdin, Char);", answers=["abc"])
    assert julia.run("readline()", answers=["new"]).result == '"new"'


def test_a_client_that_cannot_be_asked(julia: PipedExecutor) -> None:
    cell = julia.run("readline()", allow_stdin=False)
    assert cell.error["ename"] == "StdinNotAllowedError"
    assert "cannot be asked for input" in cell.error["evalue"]
    assert cell.messages("input_request") == []


def test_children_have_no_input(julia: PipedExecutor) -> None:
    assert julia.run("read(`cat`, String)").result == '""'
