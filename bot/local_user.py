"""Who sits at this machine, as the system knows them."""

from __future__ import annotations

import getpass
import os


def local_user() -> str:
    """Return the name of the user that this process belongs to.

    Not LOGNAME and its like, which anyone may set.
    """
    if os.name != "posix":
        return getpass.getuser()
    import pwd

    number = os.getuid()
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:  # a container's user need not have a name
        return f"user-{number}"
