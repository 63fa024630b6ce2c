"""`python -m bench [--julia PATH] [--only GROUPS] [--quick]`: the kernel beside its peers, in one
table for the Julia.

A whole run writes it into this Julia's section of bench/RESULTS.md; with `--only` or `--quick` it
is printed alone. The groups are the modules of bench/rows. The exit code says whether all bars are
met.

POLYGLOT_BENCH_IJULIA names a Julia environment with IJulia in it, to be measured on the same Julia.
`--traces FOLDER` keeps the lists of what Julia has compiled at run time.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path

from bench import machine, results
from bench.rows import GROUPS
from bench.run import Run, say
from bench.specs import Kernels
from bench.table import Table

CACHES_MACHINE_CODE = (1, 9)


def main() -> int:
    options = arguments()
    groups = {name: GROUPS[name] for name in options.only or GROUPS}
    if options.julia:
        os.environ["POLYGLOT_JULIA"] = (
            shutil.which(os.path.expanduser(options.julia)) or options.julia
        )
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        os.environ["JUPYTER_PATH"] = folder
        os.environ["IPYTHONDIR"] = folder
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # as where a user has installed it
        kernels = Kernels(Path(folder), machine.julia_path())
        say("looking what is there, and warming up")
        kernels.install()
        julia = machine.warm_up(kernels.julia)
        rows = [row for group in groups.values() for row in group.ROWS]
        run = Run(Table(rows, julia.number < CACHES_MACHINE_CODE), kernels, julia, options.quick)
        for group in groups.values():
            group.measure(run)
        say("")
        if options.traces:
            shutil.copytree(kernels.traces, options.traces, dirs_exist_ok=True)
    text = "\n".join([machine.described(julia, kernels), "", *run.table.lines()])
    print(text)
    if not options.only and not options.quick:
        results.write(julia.version, text)
    return 0 if run.table.all_met() else 1


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--julia", metavar="PATH", help="by default the one that the README says")
    parser.add_argument(
        "--only", metavar="GROUPS", type=group_names, help="of: " + ",".join(GROUPS)
    )
    parser.add_argument("--quick", action="store_true", help="fewer repetitions")
    parser.add_argument("--traces", metavar="FOLDER", type=Path)
    return parser.parse_args()


def group_names(text: str) -> list[str]:
    names = text.split(",")
    unknown = [name for name in names if name not in GROUPS]
    if unknown:
        raise argparse.ArgumentTypeError(f"no group {unknown[0]!r}; there are {', '.join(GROUPS)}")
    return [name for name in GROUPS if name in names]


if __name__ == "__main__":
    sys.exit(main())
