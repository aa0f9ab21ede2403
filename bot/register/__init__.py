"""The performance issue register, and the record of what is being done: a room without I/O."""
