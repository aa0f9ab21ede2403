"""Benchmarks, and the generators and scorers they use.  Run one with `python -m bench.NAME`."""
