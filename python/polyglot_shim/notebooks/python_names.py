"""Which names a Python cell takes from the cells above it, and which it gives to those below."""

from __future__ import annotations

import ast
import re
import symtable
from collections.abc import Iterable
from typing import NamedTuple

from IPython.core.inputtransformer2 import TransformerManager


class Names(NamedTuple):
    """What goes into a cell and out of it."""

    needed: set[str]
    given: set[str]


def names_of_python(code: str) -> Names:
    """Those of a cell; magics are looked into. Raises SyntaxError where a script cannot hold it."""
    tree = ast.parse(plain_python(code))
    compile(tree, "cell", "exec")  # which refuses an `await` outside of functions
    names = Names(set(), set())
    for statement in tree.body:
        needed, given = _names_of_statement(statement)
        names.needed.update(needed - names.given)
        names.given.update(given)
    return names


def plain_python(code: str) -> str:
    """The cell as the stock exporter writes it, magics being calls."""
    return TransformerManager().transform_cell(code)


def future_lines(code: str) -> dict[int, str]:
    """The `from __future__` statements of a cell that have a line to themselves, by its number."""
    return {
        number: line
        for number, line in enumerate(code.splitlines())
        if re.match(r"from\s+__future__\s+import\s[\w\s,]+(#.*)?$", line)
    }


def _names_of_statement(statement: ast.stmt) -> Names:
    scope = symtable.symtable(ast.unparse(statement), "cell", "exec")
    names = Names(set(), set())
    for symbol in scope.get_symbols():
        if symbol.is_referenced():
            names.needed.add(symbol.get_name())
        if symbol.is_assigned() or symbol.is_imported():
            names.given.add(symbol.get_name())
    for inner in _scopes_in(scope):
        for symbol in inner.get_symbols():
            if symbol.is_global() and symbol.is_referenced():
                names.needed.add(symbol.get_name())
            if symbol.is_declared_global() and symbol.is_assigned():
                names.given.add(symbol.get_name())
    for body in _magic_bodies(statement):
        try:
            of_body = names_of_python(body)
        except SyntaxError:  # of another language, or options
            continue
        names.needed.update(of_body.needed)
        names.given.update(of_body.given)
    return names


def _scopes_in(scope: symtable.SymbolTable) -> Iterable[symtable.SymbolTable]:
    for inner in scope.get_children():
        yield inner
        yield from _scopes_in(inner)


def _magic_bodies(statement: ast.stmt) -> Iterable[str]:
    """What stands behind a magic in a statement: `f(x)` of `%time f(x)`."""
    for node in ast.walk(statement):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in ("run_line_magic", "run_cell_magic")
            and node.args
            and isinstance(node.args[-1], ast.Constant)
            and isinstance(node.args[-1].value, str)
        ):
            yield node.args[-1].value
