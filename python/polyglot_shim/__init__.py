"""PolyglotKernel's Python side: the launcher, the installer, and the executor of Python cells.

Nothing is imported here: the launcher has to be gone (exec) after a few milliseconds.
"""
