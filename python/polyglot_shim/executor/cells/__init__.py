"""Running code: the shell, the requests that run it, their threads and interrupts."""
