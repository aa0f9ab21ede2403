"""Sums are added up in one order, so that they come to the same on every machine."""

from __future__ import annotations

import os
import subprocess
import sys

from threadpoolctl import threadpool_info

from metrics.arithmetic import settle_arithmetic

ASK = """
from metrics.arithmetic import settle_arithmetic
from threadpoolctl import threadpool_info
settle_arithmetic()
print([one["num_threads"] for one in threadpool_info() if one["user_api"] == "blas"])
"""


def test_no_library_of_matrices_uses_several_threads() -> None:
    settle_arithmetic()

    assert {one["num_threads"] for one in threadpool_info() if one["user_api"] == "blas"} == {1}


def test_whatever_the_machine_is_told() -> None:
    told = os.environ | {"OPENBLAS_NUM_THREADS": "4", "OMP_NUM_THREADS": "4"}
    said = subprocess.run(
        [sys.executable, "-c", ASK], env=told, capture_output=True, text=True, check=True
    )

    assert set(said.stdout.strip()) <= set("[1, ]"), said.stdout
