"""A small force of today: its plan is of this year, its records end yesterday with a surge."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Final

import numpy as np

from metrics.calendar import performance_year
from tests.journeys.platforms import PEOPLE, OnSlack, OnTeams

USUAL: Final = {"boat-theft": 2.0, "net-damage": 3.0, "other": 4.0}
"""Crimes a day of each type."""

SURGE: Final = 4.0
SURGE_DAYS: Final = 28
"""How much more of the first type there is lately, and for how long."""

PLAN: Final = """
name = "Saltmarsh Constabulary"
synthetic = true
flags = []
parts = ["everything.toml"]
"""

EVERYTHING: Final = """
[[area]]
id = "saltmarsh"
name = "Saltmarsh"
level = "force"

[[area]]
id = "ebb"
name = "Ebb"
level = "csp"
parents = ["saltmarsh"]

[[area]]
id = "flow"
name = "Flow"
level = "csp"
parents = ["saltmarsh"]

[[priority]]
number = "1"
name = "Fewer boats taken"
theme = "The harbour"

[[crime_type]]
id = "all-crime"
name = "All crime"
is_total = true

[[crime_type]]
id = "boat-theft"
name = "Boat theft"
priority = "1"

[[crime_type]]
id = "net-damage"
name = "Net damage"

[[crime_type]]
id = "other"
name = "Other"

[[framework]]
id = "{year}/{next:02}"
first = {year}-04-01
last = {after}-03-31
style = "targets"
baseline_year = {before}

[[framework.target]]
measure = "boat-theft.recorded"
kind = "reduction"
value = 0.1
"""

SOURCES: Final = """
[[source]]
name = "crimes"
kind = "extract"
path = "crimes.csv"
empty_days = "zero"

[source.outcome_types]
Charged = "outcome"
"""

ALERTS: Final = f"""
levels = ["force"]
classification_levels = ["force"]

[[route]]
name = "slack"
to = "{OnSlack.channel_address}"
least = "low"
quiet_hours = false

[[route]]
name = "teams"
to = "{OnTeams.channel_address}"
least = "low"
quiet_hours = false
"""


def lay_out(folder: Path, today: date) -> None:
    """Write a plan of this year, records to yesterday, and who and what is told."""
    plan = folder / "plan"
    plan.mkdir()
    year = performance_year(today - timedelta(days=1))
    everything = EVERYTHING.format(
        year=year, next=(year + 1) % 100, before=year - 1, after=year + 1
    )
    (plan / "plan.toml").write_text(PLAN, encoding="utf-8")
    (plan / "everything.toml").write_text(everything, encoding="utf-8")
    (folder / "crimes.csv").write_text(_crimes(today), encoding="utf-8")
    (folder / "sources.toml").write_text(SOURCES, encoding="utf-8")
    (folder / "people.toml").write_text(PEOPLE, encoding="utf-8")
    (folder / "alerts.toml").write_text(ALERTS, encoding="utf-8")


def _crimes(today: date) -> str:
    """Draw three years of records, the same every time but for their days."""
    random = np.random.default_rng(20_261_121)
    rows = ["reference,recorded_date,crime_type,area,flags,outcome_type,outcome_date"]
    days = [today - timedelta(days=back) for back in range(3 * 365, 0, -1)]
    for place, day in enumerate(days):
        for kind, usual in USUAL.items():
            is_surge = kind == "boat-theft" and len(days) - place <= SURGE_DAYS
            for _ in range(random.poisson(usual * (SURGE if is_surge else 1.0))):
                area = "ebb" if random.random() < 0.5 else "flow"
                rows.append(f"R{len(rows)},{day},{kind},{area},,,")
    return "\n".join(rows) + "\n"
