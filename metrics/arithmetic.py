"""Arithmetic that is the same on every machine."""

from __future__ import annotations

from typing import Final

import scipy.linalg  # noqa: F401 - brings its own library, which must be there to be told
from threadpoolctl import threadpool_limits

THREADS: Final = 1


def settle_arithmetic() -> None:
    """Let matrices be computed by one thread, from now on in this process.

    The order in which several threads add up shows in the last digit, and so in the id of a
    snapshot (docs/decisions/0002).  Our matrices are small: threads that wait for each other take
    longer than the sums, a hundred times longer on a busy machine.
    """
    threadpool_limits(limits=THREADS, user_api="blas")
