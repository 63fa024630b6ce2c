"""The process in which Python cells run (`docs/executor-protocol.md`)."""
