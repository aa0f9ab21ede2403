"""How it goes: what is logged and what is counted, for the people who run it.

Neither ever holds what was asked, by whom, or a figure.
"""
