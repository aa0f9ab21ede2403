"""What drives a change: shares that add up, tested as they are shown, and through the gate."""

from __future__ import annotations

import re

from bot.access import Sight
from bot.people import Surface
from bot.replies.drivers import drivers
from bot.replies.judged import judge
from tests.bot.asked import MEMBER


def told(sight: Sight, measure: str, area: str) -> tuple[str, ...]:
    catalogue = sight.catalogue
    return drivers(sight, judge(sight, catalogue.measure(measure), catalogue.area(area)))


def test_the_parts_add_up_to_the_change(published: Sight) -> None:
    [line] = told(published, "domestic-burglary.recorded", "leicestershire")

    moved = [int(one.replace("−", "-")) for one in re.findall(r"[+−]\d+", line)]
    assert sum(moved) == 2676 - 2774


def test_the_largest_comes_first_with_its_share_of_the_change(published: Sight) -> None:
    [line] = told(published, "violence-with-injury.recorded", "leicestershire")

    assert line.startswith("By area: Leicester City +190 (51% of the change), ")


def test_what_moved_the_other_way_is_told_apart(published: Sight) -> None:
    [line] = told(published, "violence-with-injury.recorded", "leicestershire")

    assert line.endswith("; the other way Charnwood −9.")


def test_a_total_is_told_by_crime_type_too(published: Sight) -> None:
    lines = told(published, "all-crime.recorded", "leicestershire")

    assert [line.partition(":")[0] for line in lines] == ["By area", "By crime type"]
    assert "Shoplifting +685 (60% of the change, significant rise)" in lines[1]


def test_inside_the_city_it_is_by_policing_unit(published: Sight) -> None:
    [line] = told(published, "violence-with-injury.recorded", "city")

    assert "City Centre LPU +97" in line


def test_nothing_is_said_of_a_rate(published: Sight) -> None:
    assert told(published, "domestic-burglary.outcome-rate", "leicestershire") == ()


def test_in_a_channel_no_area_is_named_that_the_gate_hides(published: Sight) -> None:
    sight = Sight(figures=published.figures, person=MEMBER, surface=Surface.CHANNEL)
    measure = sight.catalogue.measure("hate-crime.recorded")
    hidden = [area.name for area in sight.catalogue.tree if sight.refusal(measure, area)]

    assert hidden
    for line in told(sight, measure.id, "leicestershire"):
        assert not any(f"{name} +" in line or f"{name} −" in line for name in hidden)
