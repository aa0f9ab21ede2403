"""Three questions worth asking: the same figures always ask the same."""

from __future__ import annotations

from datetime import date

from bot.access import Sight
from bot.replies.doing import DueAction
from bot.replies.judged import Judged, judge
from bot.replies.questions import questions
from metrics.model import MeasureId

TODAY = date(2013, 12, 12)
LATE = DueAction(issue="I-7", text="Patrol plan.", owner="A", due=date(2013, 12, 11))


def of(sight: Sight, *names: str) -> list[Judged]:
    force = sight.catalogue.force
    return [judge(sight, sight.catalogue.measures[MeasureId(one)], force) for one in names]


def test_the_area_with_the_most_of_the_largest_deterioration_is_asked_about(
    published: Sight,
) -> None:
    judged = of(published, "violence-with-injury.recorded", "domestic-burglary.recorded")
    [asked] = questions(published, published, judged, (), today=TODAY)

    assert asked == (
        "Violence with injury is up 12.8% on last year (3,315 against 2,940), and Leicester City "
        "has the most of it (+190): what is different there?"
    )


def test_what_chance_does_not_explain_comes_before_what_grew_more(published: Sight) -> None:
    """Shoplifting rose by 18.9%, significantly; sexual crimes by 22.7%, which was not tested."""
    judged = of(published, "violence-with-injury.recorded", "shoplifting.recorded")
    [asked] = questions(published, published, judged, (), today=TODAY)

    assert asked.startswith("Shoplifting is up 18.9%")


def test_a_fall_is_not_asked_about(published: Sight) -> None:
    assert not questions(
        published, published, of(published, "domestic-burglary.recorded"), (), today=TODAY
    )


def test_more_reports_of_hate_crime_are_no_deterioration(published: Sight) -> None:
    assert not questions(
        published, published, of(published, "domestic-abuse.recorded"), (), today=TODAY
    )


def test_a_target_in_the_balance_is_asked_about(published: Sight) -> None:
    judged = of(published, "theft-of-motor-vehicle.outcome-rate", "burglary.satisfaction")
    asked = questions(published, None, judged, (), today=TODAY)

    assert asked[0] == (
        "Whether theft of motor vehicle (crime outcome rate) meets its target is in the balance "
        "(chance 49%): what will decide it?"
    )


def test_the_component_furthest_under_its_target_is_asked_about(published: Sight) -> None:
    judged = of(published, "all-users.satisfaction", "asb.satisfaction")
    asked = questions(published, published, judged, (), today=TODAY)

    assert (
        "63.1% of victims of anti-social behaviour are satisfied with follow-up (of 609 asked), "
        "21.9 points under the 85% target: who has it in hand?"
    ) in asked


def test_an_overdue_action_is_asked_about_where_there_is_room(published: Sight) -> None:
    [asked] = questions(published, published, [], (LATE,), today=TODAY)

    assert asked == "I-7: “Patrol plan” was due on 11 December 2013, 1 day ago: what holds it up?"


def test_there_are_three_at_most(published: Sight) -> None:
    names = ("violence-with-injury.recorded", "all-users.satisfaction", "asb.satisfaction")

    asked = questions(published, published, of(published, *names), (LATE,), today=TODAY)

    assert len(asked) == 3
