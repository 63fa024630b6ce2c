"""`polyglot-kernel doctor`: runs every part of the kernel, says what is wrong and what to do."""
