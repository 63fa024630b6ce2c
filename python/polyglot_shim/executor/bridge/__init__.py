"""References and calls that cross between Python and Julia."""
