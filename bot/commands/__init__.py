"""The commands of the terminal, `threatdesk …`: one file for each kind of work."""
