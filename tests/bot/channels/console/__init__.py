"""The local console."""
