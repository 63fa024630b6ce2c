"""Questions that are answered while a cell runs."""
