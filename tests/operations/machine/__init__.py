"""A machine in a folder: what the run-book's commands find around them.

Its systemd really runs the units, its `threatdesk` is the product.  Only what needs root or a
network is played: `useradd`, `chown` and `runuser` do nothing of their own, `git` and `make` note
that they were called.
"""
