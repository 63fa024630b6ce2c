"""Measurements of this kernel side by side with ipykernel: `python -m bench`."""
