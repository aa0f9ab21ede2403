"""What a priority is judged by, and which of it leads."""

from __future__ import annotations

import pytest

from bot.access import Sight
from bot.replies.subject import called, family, measures_of, parts_of
from metrics.model import Catalogue, MeasureKind, Polarity


@pytest.mark.parametrize(
    ("number", "lead"),
    [
        ("12", "domestic-burglary.recorded"),
        ("5", "domestic-violence-with-injury.outcome-rate"),
        ("7", "hate-crime.outcome-rate"),
        ("9", "all-users.satisfaction"),
        ("10", "confidence"),
        ("18", "savings-realised"),
    ],
)
def test_the_measure_that_judges_leads(leicestershire: Catalogue, number: str, lead: str) -> None:
    assert measures_of(leicestershire, leicestershire.priorities[number])[0].id == lead


def test_a_count_of_which_neither_way_is_better_never_leads(leicestershire: Catalogue) -> None:
    for priority in leicestershire.priorities.values():
        found = measures_of(leicestershire, priority)
        if len({one.kind for one in found}) > 1:
            assert (found[0].kind, found[0].polarity) != (
                MeasureKind.RECORDED,
                Polarity.NEITHER,
            )


def test_14_has_two_parts(leicestershire: Catalogue) -> None:
    found = family(leicestershire, leicestershire.priorities["14"])

    assert [one.number for one in found] == ["14", "14A", "14B"]


def test_a_part_alone_has_the_satisfaction_of_the_whole(leicestershire: Catalogue) -> None:
    found = measures_of(leicestershire, leicestershire.priorities["14A"])

    assert "vehicle.satisfaction" in [one.id for one in found]


def test_nothing_is_told_twice_of_a_whole_and_its_parts(published: Sight) -> None:
    parts, _ = parts_of(published, published.catalogue.priorities["14"], published.catalogue.force)

    told = [one.measure.id for part in parts for one in part.judged]
    assert len(told) == len(set(told))
    assert [part.priority.number for part in parts] == ["14A", "14B", "14"]


def test_a_priority_is_called_by_its_first_alias(leicestershire: Catalogue) -> None:
    assert called(leicestershire.priorities["12"]) == "Domestic burglary"
