"""What people read, as words: every message by rule, and every term explained."""
