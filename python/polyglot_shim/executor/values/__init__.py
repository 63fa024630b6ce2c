"""Values, references and calls that cross between Python and another language."""
