"""`polyglot-kernel`: install, uninstall, doctor, fetch-julia, compile, colour."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from importlib.metadata import version

from polyglot_shim import kernel_environment, paths
from polyglot_shim.errors import StartupError


def main(arguments: list[str] | None = None) -> int:
    """Runs one command; the process's exit code."""
    options = _parser().parse_args(arguments)
    try:
        return options.run(options)
    except StartupError as error:
        print(f"polyglot-kernel: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="polyglot-kernel",
        description="Installs, removes and checks PolyglotKernel, the Jupyter kernel for notebooks "
        "in both Julia and Python. After `pip install` nothing more is needed; these commands are "
        "for other places, another Julia, another Python.",
    )
    parser.add_argument("--version", action="version", version=version("polyglot-kernel"))
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    command = commands.add_parser("install", help="install the kernelspecs")
    _add_place(command)
    command.add_argument("--julia", help="the Julia to use (default: found at each start)")
    command.add_argument(
        "--python",
        default=sys.executable,
        help="the Python of its cells, with the kernel installed (default: %(default)s)",
    )
    command.add_argument("--name", help="instead of `polyglot`, also in `polyglot-julia`")
    command.add_argument("--display-name", help="what the menu of kernels shows")
    kernel_environment.add_options(command)
    command.set_defaults(run=_install)

    command = commands.add_parser("uninstall", help="remove the kernelspecs")
    _add_place(command)
    command.add_argument("--name", help="the name they were installed under")
    command.set_defaults(run=_uninstall)

    command = commands.add_parser("doctor", help="check Julia, libzmq and Python by running them")
    command.set_defaults(run=_doctor)

    command = commands.add_parser(
        "fetch-julia",
        help="unpack Debian's Julia 1.5.3, where Julia's own servers are out of reach",
    )
    command.add_argument(
        "--prefix",
        default=paths.fetched_julia(),
        help="the folder to unpack it into (default: %(default)s)",
    )
    command.add_argument("--if-needed", action="store_true", help="only if no Julia is found")
    command.set_defaults(run=_fetch_julia)

    command = commands.add_parser(
        "compile",
        help="make the kernel start fast on Julia before 1.9, which keeps no machine code "
        "(two minutes, 160 MB, needs a C compiler)",
    )
    command.add_argument("--if-possible", action="store_true", help="no error where it fails")
    command.set_defaults(run=_compile)

    command = commands.add_parser(
        "colour",
        aliases=["color"],
        help="write into notebooks the language of their cells, by which nbconvert and VS Code "
        "colour them; JupyterLab's extension does it by itself",
    )
    command.add_argument("notebooks", nargs="+", metavar="NOTEBOOK", help="an .ipynb file")
    command.set_defaults(run=_colour)
    return parser


def _add_place(command: argparse.ArgumentParser) -> None:
    place = command.add_mutually_exclusive_group()
    place.add_argument("--user", action="store_true", help="for this user (the default)")
    place.add_argument(
        "--sys-prefix",
        action="store_const",
        const=sys.prefix,
        dest="prefix",
        help="in this Python's environment",
    )
    place.add_argument("--prefix", help="in PREFIX/share/jupyter/kernels")


def _install(options: argparse.Namespace) -> int:
    from polyglot_shim import kernelspec

    julia = _julia(options.julia) if options.julia else None
    for folder in kernelspec.install(
        _program(options.python),
        julia,
        prefix=options.prefix,
        name=options.name,
        display_name=options.display_name,
        environment=kernel_environment.environment_of(options),
    ):
        print(f"installed {folder}", flush=True)
    _compile_ahead(julia)
    return 0


def _compile_ahead(chosen: str | None) -> None:
    """Has Julia compile the kernel now, so that its first start need not. What fails is told."""
    from polyglot_shim.find_julia import find_julia
    from polyglot_shim.julia_version import dotted
    from polyglot_shim.packages import compile_packages

    try:
        julia = find_julia(install=False, chosen=chosen)
        _say(f"compiling it for Julia {dotted(julia.version)}, once: up to a minute")
        seconds = compile_packages(julia)
        _say(f"compiled, or was before ({seconds:.0f} s)")
    except StartupError as error:
        _say(f"It is not compiled yet: the first start will do that. {error}")


def _uninstall(options: argparse.Namespace) -> int:
    from polyglot_shim import kernelspec

    removed = kernelspec.uninstall(options.prefix, options.name)
    for folder in removed:
        print(f"removed {folder}")
    if not removed:
        print("No such kernelspec is installed; `jupyter kernelspec list` shows all.")
    return 0 if removed else 1


def _doctor(options: argparse.Namespace) -> int:
    from polyglot_shim.doctor.examine import examine

    return 0 if examine() else 1


def _fetch_julia(options: argparse.Namespace) -> int:
    from polyglot_shim import debian_julia
    from polyglot_shim.find_julia import find_julia
    from polyglot_shim.julia_version import dotted

    if options.if_needed:
        try:
            julia = find_julia()
            _say(f"Julia {dotted(julia.version)}: {julia.path} ({julia.origin})")
            return 0
        except StartupError:
            _say("No Julia found, and Julia's servers cannot be reached.")
    debian_julia.fetch(options.prefix, _say)
    return 0


def _compile(options: argparse.Namespace) -> int:
    from polyglot_shim import build_image
    from polyglot_shim.find_julia import find_julia

    try:
        build_image.build(find_julia(), _say)
    except StartupError as error:
        if not options.if_possible:
            raise
        _say(f"The kernel works without an image. {error}")
    return 0


def _colour(options: argparse.Namespace) -> int:
    from polyglot_shim.notebooks.colour import colour_file

    failed = False
    for path in options.notebooks:
        try:
            count = colour_file(path)
            _say(f"{path}: {f'{count} cells' if count != 1 else '1 cell'} changed")
        except StartupError as error:
            failed = True
            print(f"polyglot-kernel: {error}", file=sys.stderr, flush=True)
    return 1 if failed else 0


def _say(text: str) -> None:
    print(text, flush=True)


def _julia(name: str) -> str:
    """The absolute path of a Julia that runs and is new enough."""
    from polyglot_shim.find_julia import OLDEST
    from polyglot_shim.julia_version import CHECK_SECONDS, BrokenJulia, ask_version, dotted

    path = _program(name)
    try:
        version = ask_version(path, CHECK_SECONDS)
    except BrokenJulia as error:
        raise StartupError(f"{path} is no Julia that works: {error}") from error
    if version < OLDEST:
        raise StartupError(f"{path} is too old: Julia {dotted(OLDEST)} or newer is needed.")
    return path


def _program(name: str) -> str:
    """The absolute path of a program. A link stays a link: a venv's Python is one."""
    path = shutil.which(os.path.expanduser(name))
    if path is None:
        raise StartupError(f"There is no program {name!r} that can be run.")
    return os.path.abspath(path)


if __name__ == "__main__":
    sys.exit(main())
