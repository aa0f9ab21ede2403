"""What many tests share: an invented force, and count tables written as plain rows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from config.catalogue import PLANS, read_catalogue
from metrics.arithmetic import settle_arithmetic
from metrics.delivery import CountTable
from metrics.model import Catalogue

settle_arithmetic()

pytest_plugins = ["tests.browser", "tests.demonstrated"]

SALTMARSH = Path(__file__).parent / "plans" / "saltmarsh"


@pytest.fixture(scope="session")
def saltmarsh() -> Catalogue:
    """The invented force of three areas."""
    return read_catalogue(SALTMARSH)[0]


@pytest.fixture(scope="session")
def leicestershire() -> Catalogue:
    """The plan that is shipped."""
    return read_catalogue(PLANS / "leicestershire")[0]


def a_table(
    rows: Iterable[tuple[str, str, str, float]] = (),
    covers: Iterable[tuple[str, str, str, str]] = (),
    *,
    cohorts: Iterable[str] | None = None,
) -> CountTable:
    """Write a count table as rows (day, area, tally, count) and covers (tally, area, ends)."""
    lines = list(rows)
    days = [line[0] for line in lines]
    stretches = list(covers)
    return CountTable(
        rows=pd.DataFrame(
            {
                "cohort": _days(cohorts if cohorts is not None else days),
                "day": _days(days),
                "area": _words(line[1] for line in lines),
                "tally": _words(line[2] for line in lines),
                "count": [float(line[3]) for line in lines],
            }
        ).astype({"count": "float64"}),
        covers=pd.DataFrame(
            {
                "tally": pd.Series([one[0] for one in stretches], dtype="str"),
                "area": pd.Series([one[1] for one in stretches], dtype="str"),
                "first": _days(one[2] for one in stretches),
                "last": _days(one[3] for one in stretches),
            }
        ),
    )


def every_day(first: str, last: str) -> list[str]:
    """Return each day of a stretch, as it is written in a row."""
    return [
        date.fromordinal(n).isoformat()
        for n in range(
            date.fromisoformat(first).toordinal(), date.fromisoformat(last).toordinal() + 1
        )
    ]


def _days(written: Iterable[str]) -> pd.Series:
    return pd.Series(pd.to_datetime(list(written)), dtype="datetime64[s]")


def _words(written: Iterable[str]) -> pd.Categorical:
    words = list(written)
    return pd.Categorical(words, categories=pd.Index(sorted(set(words)), dtype="object"))
