"""Notebooks as files: what other programs are told of their cells, and scripts made of them."""
