"""The forces of a made-up country, and the plan and the sources of each.

Nothing here is a real force: names, places and shares are invented.  What is taken from life is
the shape: one force a seventh of the whole, most between one and three per cent, four to
twenty-four partnerships each, and a mix of crime as the Office for National Statistics publishes
it for England and Wales (about a third violence, a third theft, a tenth damage).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

FORCES: Final = 43
"""Territorial forces of England and Wales."""

LARGEST: Final = 0.15
"""The share of the largest force; the others fall off slowly behind it."""

FALL: Final = 0.55

FLAGS: Final = ("domestic", "hate")

OUTCOMES: Final = ("Charge", "Caution", "Community resolution")
CLOSURES: Final = ("No suspect identified", "Evidential difficulties")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A crime type and how it behaves."""

    id: str
    share: float  # of all crime
    summer: float  # how much more in the summer than in the winter, as a share of the mean
    weekend: float  # the same of Saturdays and Sundays
    detected: float  # the proportion that is given an outcome


KINDS: Final = (
    Kind(id="violence-with-injury", share=0.10, summer=0.10, weekend=0.35, detected=0.18),
    Kind(id="violence-without-injury", share=0.15, summer=0.08, weekend=0.15, detected=0.12),
    Kind(id="harassment", share=0.09, summer=0.04, weekend=-0.10, detected=0.08),
    Kind(id="rape", share=0.012, summer=0.05, weekend=0.10, detected=0.04),
    Kind(id="other-sexual-offences", share=0.022, summer=0.10, weekend=0.05, detected=0.08),
    Kind(id="robbery", share=0.014, summer=0.00, weekend=0.15, detected=0.10),
    Kind(id="residential-burglary", share=0.045, summer=-0.18, weekend=-0.10, detected=0.06),
    Kind(id="other-burglary", share=0.020, summer=-0.05, weekend=-0.05, detected=0.07),
    Kind(id="theft-of-vehicle", share=0.022, summer=-0.05, weekend=0.02, detected=0.05),
    Kind(id="theft-from-vehicle", share=0.045, summer=-0.08, weekend=0.00, detected=0.02),
    Kind(id="vehicle-interference", share=0.008, summer=-0.05, weekend=0.05, detected=0.03),
    Kind(id="theft-from-person", share=0.020, summer=-0.05, weekend=0.30, detected=0.01),
    Kind(id="cycle-theft", share=0.013, summer=0.35, weekend=-0.05, detected=0.02),
    Kind(id="shoplifting", share=0.075, summer=-0.03, weekend=-0.12, detected=0.20),
    Kind(id="other-theft", share=0.080, summer=0.03, weekend=0.00, detected=0.04),
    Kind(id="damage", share=0.085, summer=0.08, weekend=0.15, detected=0.08),
    Kind(id="arson", share=0.005, summer=0.15, weekend=0.05, detected=0.06),
    Kind(id="drugs", share=0.035, summer=0.02, weekend=0.05, detected=0.60),
    Kind(id="weapons", share=0.010, summer=0.05, weekend=0.05, detected=0.35),
    Kind(id="public-order", share=0.090, summer=0.12, weekend=0.20, detected=0.12),
    Kind(id="other-crime", share=0.050, summer=0.00, weekend=-0.15, detected=0.15),
)

GROUPS: Final = {
    "violence": ("violence-with-injury", "violence-without-injury", "harassment"),
    "sexual-offences": ("rape", "other-sexual-offences"),
    "vehicle-crime": ("theft-of-vehicle", "theft-from-vehicle", "vehicle-interference"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Force:
    """One force: its number, its share of the country's records, and its partnerships."""

    number: int
    share: float
    partnerships: tuple[str, ...]

    @property
    def id(self) -> str:
        """What its folder and its files are called."""
        return f"force-{self.number:02d}"


def forces(count: int = FORCES) -> tuple[Force, ...]:
    """Return the first forces of the country, the largest in the middle.

    A force is the same however many there are: shares are of the whole country.
    """
    rank = np.arange(FORCES)
    shares = np.concatenate([[LARGEST], (1 + rank[1:]) ** -FALL])
    shares[1:] *= (1 - LARGEST) / shares[1:].sum()
    # From the middle outwards, so that few forces are about as many ordinary ones.
    order = np.argsort(np.abs(rank - FORCES // 2), kind="stable")
    sizes = np.clip(np.round(4 + 130 * shares), 4, 24).astype(int)
    return tuple(
        Force(
            number=number,
            share=float(shares[place]),
            partnerships=tuple(f"district-{one:02d}" for one in range(1, sizes[place] + 1)),
        )
        for number, place in enumerate(order[:count], start=1)
    )


def write_settings(force: Force, folder: Path) -> None:
    """Write the plan and the sources of a force."""
    plan = folder / "plan"
    plan.mkdir(parents=True, exist_ok=True)
    (plan / "plan.toml").write_text(
        f'name = "Made-up force {force.number}"\nsynthetic = true\n'
        f"flags = {list(FLAGS)}\n"
        'parts = ["areas.toml", "crime-types.toml", "targets.toml"]\n',
        encoding="utf-8",
    )
    (plan / "areas.toml").write_text(_areas(force), encoding="utf-8")
    (plan / "crime-types.toml").write_text(_crime_types(), encoding="utf-8")
    (plan / "targets.toml").write_text(_targets(), encoding="utf-8")
    (plan / "alerts.toml").write_text(ALERTS, encoding="utf-8")
    (plan / "people.toml").write_text(PEOPLE, encoding="utf-8")
    (plan / "sources.toml").write_text(SOURCES, encoding="utf-8")


def _areas(force: Force) -> str:
    entries = [_entry("area", id=force.id, name=f"Force {force.number}", level="force")]
    divisions = max(2, len(force.partnerships) // 6)
    entries += [
        _entry(
            "area",
            id=f"division-{number}",
            name=f"Division {number}",
            level="bcu",
            parents=[force.id],
        )
        for number in range(1, divisions + 1)
    ]
    for place, one in enumerate(force.partnerships):
        name = one.replace("-", " ").capitalize()
        parent = f"division-{1 + place % divisions}"
        entries.append(_entry("area", id=one, name=name, level="csp", parents=[parent]))
    return "\n".join(entries)


def _crime_types() -> str:
    entries = [_entry("crime_type", id="all-crime", name="All crime", is_total=True)]
    for name, members in GROUPS.items():
        entries.append(_entry("crime_type", id=name, name=_words(name), members=list(members)))
    entries += [_entry("crime_type", id=one.id, name=_words(one.id)) for one in KINDS]
    entries += [
        _entry(
            "measure",
            id=f"{flag}-{one}.recorded",
            name=f"{_words(flag)} {_words(one).lower()}",
            kind="recorded",
            polarity="neither",
            unit="crimes",
            crime_type=one,
            flag=flag,
        )
        for flag in FLAGS
        for one in GROUPS["violence"]
    ]
    return "\n".join(entries)


def _targets() -> str:
    """Return a framework of the last two years: reductions, and least rates of outcomes."""
    entries = []
    for year in (2023, 2024):
        entries.append(
            f'[[framework]]\nid = "{year}/{(year + 1) % 100}"\nfirst = {year}-04-01\n'
            f'last = {year + 1}-03-31\nstyle = "targets"\nbaseline_year = {year - 1}\n'
        )
        for measure, kind, value in (
            ("all-crime.recorded", "reduction", 0.02),
            ("residential-burglary.recorded", "reduction", 0.05),
            ("vehicle-crime.recorded", "reduction", 0.05),
            ("violence-with-injury.recorded", "reduction", 0.03),
            ("violence-with-injury.outcome-rate", "at_least", 0.18),
            ("residential-burglary.outcome-rate", "at_least", 0.07),
        ):
            entries.append(_entry("framework.target", measure=measure, kind=kind, value=value))
    return "\n".join(entries)


def _entry(table: str, **keys: object) -> str:
    lines = [f"{key} = {_value(value)}" for key, value in keys.items()]
    return "\n".join([f"[[{table}]]", *lines, ""])


def _value(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)


def _words(name: str) -> str:
    return name.replace("-", " ").capitalize()


_CLASSES: Final = "\n".join(
    [f'"{one}" = "outcome"' for one in OUTCOMES] + [f'"{one}" = "closed"' for one in CLOSURES]
)

SOURCES: Final = f"""\
[[source]]
name = "crimes"
kind = "extract"
path = "crimes"

[source.outcome_types]
{_CLASSES}
"""

ALERTS: Final = """\
levels = ["force", "bcu", "csp"]

[[route]]
name = "analysts"
role = "analyst"
concerns = ["threat", "secured", "late"]
"""

PEOPLE: Final = """\
[defaults]
unknown = "nothing"

[[person]]
id = "analyst"
name = "Analyst"
role = "analyst"
console = "analyst"
"""
