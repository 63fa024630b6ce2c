"""What goes through the host's pipes: frames, JSON, calls of the other language."""
