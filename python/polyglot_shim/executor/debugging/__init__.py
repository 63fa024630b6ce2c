"""The debugger of Python cells: the Debug Adapter Protocol between Jupyter and debugpy."""
