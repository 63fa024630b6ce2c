"""The command line that a kernelspec, or a client of its own accord, starts the kernel with."""

from __future__ import annotations

from polyglot_shim.errors import StartupError

LANGUAGES = ("python", "julia")
FILE_OPTIONS = ("-f", "--f", "--file")
USAGE = (
    "usage: python -m polyglot_shim [-f] CONNECTION_FILE [--language python|julia] "
    "[--executor LANGUAGE=COMMAND]"
)


def parse(arguments: list[str]) -> tuple[str, str, dict[str, list[str]], list[str]]:
    """Connection file, default language, other executor programs than ours (by language, their
    words), and the client's own arguments, from the command line. Raises StartupError.

    Where there is an `-f FILE` clients may add what they like: `jupyter run` hands its scripts'
    names to the kernel too, and VS Code what ipykernel understands.
    """
    file, language, executors, others = "", LANGUAGES[0], {}, []
    rest = iter(arguments)
    for argument in rest:
        option, separator, value = argument.partition("=")
        if option in (*FILE_OPTIONS, "--language", "--executor"):
            value = value if separator else next(rest, "")
            if option == "--language":
                language = value
            elif option == "--executor":
                name, _, command = value.partition("=")
                executors[known(name)] = command.split()
            else:
                file = unquoted(value)
        else:
            others.append(argument)
    if not file:
        file, others = only_file(others), []
    return file, known(language), executors, others


def known(language: str) -> str:
    """The language, if there is such a one. Raises StartupError."""
    if language not in LANGUAGES:
        raise StartupError(f"There is no language {language!r}.\n{USAGE}")
    return language


def only_file(arguments: list[str]) -> str:
    """The connection file where no option names it. Raises StartupError for anything beside it."""
    for argument in arguments:
        if argument.startswith("-"):
            raise StartupError(f"Cannot make sense of the argument {argument!r}.\n{USAGE}")
    if len(arguments) != 1:
        raise StartupError(f"One connection file has to be given, not {arguments}.\n{USAGE}")
    return arguments[0]


def unquoted(text: str) -> str:
    """VS Code puts values in quotes as for a shell, and starts the kernel without one."""
    quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "\"'"
    return text[1:-1] if quoted else text
