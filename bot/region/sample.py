"""A sample region to look at: three invented forces of a coast, with three years of crimes each.

Everything is drawn from a seed, so that it is the same everywhere.  Nothing in it is real.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

import numpy as np

from config.region import REGION_FILE
from metrics.calendar import LONDON, month_end

FOLDER: Final = "sample-region"
"""Where it is written, inside the data folder."""

FIRST: Final = date(2018, 4, 1)
LAST: Final = date(2020, 12, 11)
"""The days that are recorded: two whole performance years, and most of a third."""

DECIDED_AT: Final = datetime(2020, 12, 12, 9, 0, tzinfo=LONDON)
"""The morning after the last of them, on which alerts are raised."""

SEED: Final = 20_201_211

DAYS_TO_OUTCOME: Final = 20

TYPES: Final = ("boat-theft", "net-damage", "smuggling", "other")

HEAD: Final = "reference,recorded_date,crime_type,area,flags,outcome_type,outcome_date"


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleForce:
    """One invented force."""

    id: str
    name: str
    partnerships: tuple[str, str]
    population: int
    a_day: tuple[float, float, float, float]  # of each crime type, in the order of `TYPES`
    charged: float  # the proportion of crimes with an outcome
    surge: float  # how much more of the first type there is in the last four weeks
    net_code: str  # the offence code that net damage counts: where it differs, it is not alike


FORCES: Final = (
    SampleForce(
        id="saltmarsh",
        name="Saltmarsh Constabulary",
        partnerships=("Ebb", "Flow"),
        population=60_000,
        a_day=(2.2, 1.4, 0.2, 3.0),
        charged=0.22,
        surge=2.2,
        net_code="N1",
    ),
    SampleForce(
        id="shingle",
        name="Shingle Police",
        partnerships=("Groyne", "Spit"),
        population=90_000,
        a_day=(2.6, 2.1, 0.3, 4.1),
        charged=0.24,
        surge=1.0,
        net_code="N1",
    ),
    SampleForce(
        id="lagoon",
        name="Lagoon Police",
        partnerships=("Reed", "Sluice"),
        population=45_000,
        a_day=(1.1, 1.2, 0.1, 2.0),
        charged=0.15,
        surge=1.0,
        net_code="N2",
    ),
)


def write(folder: Path) -> Path:
    """Write the sample into a folder, and return the region's file.

    Its plans, people, alerts and records are files like any force's, to be looked at and changed.
    """
    for number, force in enumerate(FORCES):
        plan, data = folder / "plans" / force.id, folder / "data" / force.id
        for made in (plan, data):
            made.mkdir(parents=True, exist_ok=True)
        for name, text in _files(force).items():
            (plan / name).write_text(text, encoding="utf-8")
        _write_crimes(force, data / "crimes.csv", seed=SEED + number)
        _write_tables(force, data)
    file = folder / REGION_FILE
    file.write_text(_region(), encoding="utf-8")
    return file


def _region() -> str:
    saltmarsh, shingle, lagoon = (
        f'id = "{one.id}"\nname = "{one.name}"\nplan = "plans/{one.id}"\ndata = "data/{one.id}"\n'
        for one in FORCES
    )
    return (
        'name = "The Coast"\n\n'
        f"[[force]]\n{lagoon}\n"
        '[[region]]\nid = "east-coast"\nname = "East Coast"\n\n'
        f"[[region.force]]\n{saltmarsh}\n[[region.force]]\n{shingle}\n"
        '[[person]]\nid = "coast"\nname = "Regional adviser, the Coast"\nrole = "regional"\n'
        'console = "coast"\n'
    )


def _files(force: SampleForce) -> dict[str, str]:
    """Return the files of a force's plan, by name."""
    return {
        "plan.toml": HEAD_OF_PLAN.format(name=force.name),
        "everything.toml": _plan(force),
        "sources.toml": SOURCES,
        "people.toml": _people(force),
        "alerts.toml": ALERTS,
    }


def _plan(force: SampleForce) -> str:
    areas = "".join(
        f'[[area]]\nid = "{name.lower()}"\nname = "{name}"\nlevel = "csp"\n'
        f'parents = ["{force.id}"]\n\n'
        for name in force.partnerships
    )
    peers = "".join(
        f'[[area]]\nid = "{one.id}"\nname = "{one.name}"\nlevel = "peer"\n\n'
        for one in FORCES
        if one.id != force.id
    )
    place = force.name.split()[0]
    return (
        f'[[area]]\nid = "{force.id}"\nname = "{place}"\nlevel = "force"\n\n'
        f"{areas}{peers}{MEASURES.format(net_code=force.net_code)}"
    )


def _people(force: SampleForce) -> str:
    place = force.name.split()[0]
    first = force.partnerships[0].lower()
    people = [
        _person(f"{force.id}-chief", f"Chief officer, {place}", "chief_officer"),
        _person(f"{force.id}-analyst", f"Analyst, {place}", "analyst"),
        _person(f"{force.id}-member", f"Member, {place}", "member"),
        _person(f"{force.id}-lead", f"Area lead, {force.partnerships[0]}", "area_lead")
        + f'areas = ["{first}"]\n',
    ]
    if force.id != "lagoon":  # somebody who works for two of them
        people.append(_person("liaison", "Harbour liaison", "analyst"))
    return "\n".join(people)


def _person(id_: str, name: str, role: str) -> str:
    return f'[[person]]\nid = "{id_}"\nname = "{name}"\nrole = "{role}"\nconsole = "{id_}"\n'


def _write_crimes(force: SampleForce, file: Path, *, seed: int) -> None:
    """Draw a force's crimes, a few each day, and write them as its records system would."""
    random = np.random.default_rng(seed)
    with file.open("w", newline="", encoding="utf-8") as out:
        rows = csv.writer(out, lineterminator="\n")
        rows.writerow(HEAD.split(","))
        number = 0
        for offset in range((LAST - FIRST).days + 1):
            day = FIRST + timedelta(days=offset)
            late = day > LAST - timedelta(days=28)
            for place, kind in enumerate(TYPES):
                rate = force.a_day[place] * (force.surge if late and place == 0 else 1.0)
                for _ in range(int(random.poisson(rate))):
                    number += 1
                    rows.writerow(_crime(force, random, number, day, kind))


def _crime(
    force: SampleForce, random: np.random.Generator, number: int, day: date, kind: str
) -> tuple[str, ...]:
    area = force.partnerships[int(random.random() < 0.4)].lower()
    flag = "hate" if random.random() < 0.03 else ""
    given = day + timedelta(days=int(random.integers(1, DAYS_TO_OUTCOME)))
    charged = random.random() < force.charged and given <= LAST
    outcome = ("Charged", given.isoformat()) if charged else ("", "")
    return (f"{force.id}/{number}", day.isoformat(), kind, area, flag, *outcome)


def _write_tables(force: SampleForce, folder: Path) -> None:
    """Write who lives where, and what is published of the similar forces."""
    half = [int(force.population * 0.6), int(force.population * 0.4)]
    people = ["area,year,population"]
    people += [
        f"{area},{year},{count}"
        for year in (2017, 2018, 2019, 2020)
        for area, count in (
            *((force.partnerships[n].lower(), half[n]) for n in (0, 1)),
            *((one.id, one.population) for one in FORCES if one.id != force.id),
        )
    ]
    (folder / "population.csv").write_text("\n".join(people) + "\n", encoding="utf-8")
    peers = ["month,force,crime_type,count"]
    peers += [
        f"{month:%Y-%m},{one.id},{kind},{int(one.a_day[place] * month.day)}"
        for month in _months()
        for one in FORCES
        if one.id != force.id
        for place, kind in enumerate(TYPES)
    ]
    (folder / "peers.csv").write_text("\n".join(peers) + "\n", encoding="utf-8")


def _months() -> list[date]:
    """Return the last day of each month that is published: some months behind."""
    months, day = [], month_end(FIRST)
    while day < date(2020, 9, 1):
        months.append(day)
        day = month_end(day + timedelta(days=1))
    return months


HEAD_OF_PLAN: Final = """name = "{name}"
synthetic = true
flags = ["hate"]
parts = ["everything.toml"]
"""

SOURCES: Final = """[[source]]
name = "crimes"
kind = "extract"
path = "crimes.csv"
empty_days = "zero"

[source.outcome_types]
Charged = "outcome"

[[source]]
name = "population"
kind = "population"
path = "population.csv"

[[source]]
name = "peers"
kind = "peers"
path = "peers.csv"
"""

ALERTS: Final = """[[route]]
name = "chief officers"
role = "chief_officer"
nothing_new = true

[[route]]
name = "performance"
to = "console:#performance"
"""

MEASURES: Final = """[[priority]]
number = "1"
name = "Fewer boats taken"
theme = "The harbour"

[[priority]]
number = "2"
name = "Nets left whole"
theme = "The harbour"

[[crime_type]]
id = "all-crime"
name = "All crime"
is_total = true

[[crime_type]]
id = "boat-theft"
name = "Boat theft"
priority = "1"
codes = ["B1"]

[[crime_type]]
id = "net-damage"
name = "Net damage"
priority = "2"
codes = ["{net_code}"]

[[crime_type]]
id = "smuggling"
name = "Smuggling"
codes = ["S1"]
minimum = 5

[[crime_type]]
id = "other"
name = "Other crime"
codes = ["O1"]

[[measure]]
id = "hate-crime.recorded"
name = "Hate crime"
kind = "recorded"
polarity = "neither"
unit = "crimes"
crime_type = "all-crime"
flag = "hate"

[[framework]]
id = "2020/21"
first = 2020-04-01
last = 2021-03-31
style = "targets"
baseline_year = 2019

[[framework.target]]
measure = "boat-theft.recorded"
kind = "reduction"
value = 0.05
"""
