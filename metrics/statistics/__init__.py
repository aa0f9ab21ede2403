"""One file per method.  Pure, and batched over all series at once."""
