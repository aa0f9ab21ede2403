"""One file per command.  A handler turns what was asked into a reply; it writes to no platform."""
