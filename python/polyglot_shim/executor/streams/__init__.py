"""Text that cells print and read, also past Python: C code, subprocesses, children."""
