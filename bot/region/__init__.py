"""Several forces in one installation: each is an installation of its own behind one door.

What one force keeps, no other's code can reach: its figures, people, alerts and audit log are in
a database of its own, and it is answered for by a desk of its own.  This package only finds whose
desk is asked, and puts forces side by side by what each of them may tell anybody.
"""
