"""Threat alerts: which there are, how they live, how they are grouped, and who is told."""
