"""Measurements of this kernel side by side with its peers: `python -m bench`."""
