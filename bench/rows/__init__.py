"""The groups of rows, in the table's order. Each module has `ROWS`, and `measure(run)`, which fills
them."""

from __future__ import annotations

from bench.rows import (
    alive,
    arrays,
    calls,
    cells,
    compiled,
    completion,
    containers,
    errors,
    firsts,
    install,
    memory,
    output,
    start,
    tables,
)

GROUPS = {
    module.__name__.rpartition(".")[2]: module
    for module in (
        start,
        install,
        firsts,
        compiled,
        errors,
        cells,
        alive,
        output,
        completion,
        memory,
        calls,
        containers,
        tables,
        arrays,
    )
}
