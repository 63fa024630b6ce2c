"""ipykernel's names, for the libraries that look for them: thin forwards to what the executor has.

`table` says which name stands for what, `modules` lets Python find them. Nothing behind a name is
imported before somebody asks for it, and ipykernel itself need not be installed.
"""
