"""Simulated series whose truth is known."""
