"""A country of forces: generated records, and the daily run on all of them."""
