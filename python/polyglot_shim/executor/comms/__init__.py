"""Comms (widgets)."""
