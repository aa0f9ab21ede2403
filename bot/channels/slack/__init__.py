"""Slack: commands, buttons, dialogues and mentions received; answers and pictures sent.

Nothing here decides anything: listeners translate what Slack says into a request, and the reply
into what Slack shows.
"""
