"""Areas that appear in the demonstration, as the smallest a record carries and what they add to."""

from __future__ import annotations

FORCE = "leicestershire"
CITY = "city"
COUNTIES = "counties"

CITY_AREAS: tuple[str, ...] = ("city-centre", "beaumont-leys", "keyham-lane", "spinney-hill-park")
# The papers name no Local Policing Unit for Melton, Oadby and Wigston, or Rutland.
COUNTIES_AREAS: tuple[str, ...] = (
    "blaby-lpu",
    "charnwood-lpu",
    "harborough-lpu",
    "hinckley-lpu",
    "north-west-leicestershire-lpu",
    "melton",
    "oadby-and-wigston",
    "rutland",
)
# Last: records that could not be located more closely than the force.
AREAS: tuple[str, ...] = (*CITY_AREAS, *COUNTIES_AREAS, FORCE)
UNLOCATED = len(AREAS) - 1

COMMAND_UNITS: tuple[str, ...] = (CITY, COUNTIES)
CITY_SLICE = slice(0, len(CITY_AREAS))
COUNTIES_SLICE = slice(len(CITY_AREAS), UNLOCATED)

PEERS: tuple[str, ...] = (
    "bedfordshire",
    "essex",
    "hampshire",
    "hertfordshire",
    "kent",
    "nottinghamshire",
    "sussex",
)


def members(area: str) -> tuple[str, ...]:
    """The record areas that add up to `area` (force, command unit, or a record area itself)."""
    match area:
        case "leicestershire":
            return AREAS
        case "city":
            return CITY_AREAS
        case "counties":
            return COUNTIES_AREAS
        case _:
            return (area,)
