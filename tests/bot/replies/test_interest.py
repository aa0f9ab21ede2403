"""What is whose: the whole for a channel and chief officers, their own for everybody else."""

from __future__ import annotations

import pytest

from bot.people import Person, Role
from bot.replies.interest import Interest
from metrics.model import AreaId, Catalogue, MeasureId
from tests.bot.asked import CHIEF
from tests.bot.replies.weeks import BURGLARY, HATE, LEAD, OWNER

THEFT_FROM = "theft-from-motor-vehicle.recorded"


@pytest.mark.parametrize(
    ("person", "measure", "area", "covered"),
    [
        (None, HATE, "leicestershire", True),
        (None, HATE, "city", True),
        (None, HATE, "charnwood", False),
        (CHIEF, HATE, "counties", True),
        (LEAD, HATE, "charnwood", True),
        (LEAD, HATE, "leicestershire", False),
        (LEAD, HATE, "blaby", False),
        (OWNER, BURGLARY, "leicestershire", True),
        (OWNER, BURGLARY, "charnwood", False),
        (OWNER, HATE, "leicestershire", False),
    ],
)
def test_news_is_for_whoever_leads_it(
    leicestershire: Catalogue, person: Person | None, measure: str, area: str, *, covered: bool
) -> None:
    interest = Interest(catalogue=leicestershire, person=person)
    about = leicestershire.measures[MeasureId(measure)]

    assert interest.covers(about, leicestershire.areas[AreaId(area)]) is covered


def test_a_part_of_a_priority_belongs_to_who_has_the_whole(leicestershire: Catalogue) -> None:
    whole = Person(id="o", name="O", role=Role.ANALYST, priorities=("14",))
    part = Person(id="p", name="P", role=Role.ANALYST, priorities=("14A",))

    assert Interest(catalogue=leicestershire, person=whole).is_their_priority("14A")
    assert Interest(catalogue=leicestershire, person=part).is_their_priority("14")
    assert not Interest(catalogue=leicestershire, person=part).is_their_priority("14B")


def test_an_issue_of_no_priority_is_not_everybodys(leicestershire: Catalogue) -> None:
    interest = Interest(catalogue=leicestershire, person=OWNER)

    assert not interest.concerns(owner="", priority="", area=None)
    assert interest.concerns(owner="owner", priority="", area=None)


def test_areas_that_the_plan_has_lost_are_left_out(leicestershire: Catalogue) -> None:
    moved = Person(id="m", name="M", role=Role.AREA_LEAD, areas=(AreaId("atlantis"),))

    [area] = Interest(catalogue=leicestershire, person=moved).areas
    assert area.id == leicestershire.force.id
