"""Microsoft Teams: hearing, answering and posting."""
