"""The one error that ends a start."""


class StartupError(Exception):
    """A part is missing or broken. The message says what was tried and what to do."""
