"""From records to assessments.  Knows no chat, no database and no settings."""
