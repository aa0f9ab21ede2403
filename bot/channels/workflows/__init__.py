"""Posting into a Teams channel by a workflow's webhook, where no bot may be installed."""
