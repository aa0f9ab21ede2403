"""What keeps it running for years: settings, secrets, backups, the run-book, what is shipped."""
