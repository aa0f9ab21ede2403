"""Parents fold their children."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from bot.alerts.grouping import heads, is_part, regroup
from bot.alerts.model import Alert, AlertId, Change, Concern, Transition
from metrics.classification import ThreatLevel
from metrics.model import Catalogue, MeasureId
from tests.bot.alerts.making import MORNING, a_key, an_alert

HIGH, MEDIUM, LOW = ThreatLevel.HIGH, ThreatLevel.MEDIUM, ThreatLevel.LOW
WEEK = timedelta(days=7)


def told_under(
    catalogue: Catalogue, *alerts: Alert, new: bool = True
) -> Mapping[AlertId, AlertId | None]:
    ids = frozenset(one.id for one in alerts) if new else frozenset[AlertId]()
    return heads(alerts, catalogue, new=ids, within=WEEK)


ALL = an_alert(id_="A-1", key=a_key("all-crime.recorded"))
THEFT = an_alert(id_="A-2", key=a_key("other.recorded"))
THEFT_IN_EBB = an_alert(id_="A-3", key=a_key("other.recorded", "ebb"))
THEFT_IN_FLOW = an_alert(id_="A-4", key=a_key("other.recorded", "flow"))


def test_all_crime_holds_its_types_and_their_areas(saltmarsh: Catalogue) -> None:
    assert told_under(saltmarsh, THEFT_IN_EBB, THEFT, ALL) == {
        "A-1": None,
        "A-2": "A-1",
        "A-3": "A-1",
    }


def test_a_force_level_alert_holds_those_of_its_partnerships(saltmarsh: Catalogue) -> None:
    made = told_under(saltmarsh, THEFT_IN_EBB, THEFT_IN_FLOW, THEFT)

    assert made == {"A-2": None, "A-3": "A-2", "A-4": "A-2"}


def test_alerts_of_one_measure_that_begin_within_a_week_are_one_message(
    saltmarsh: Catalogue,
) -> None:
    later = replace(THEFT_IN_FLOW, raised_at=MORNING + timedelta(days=6))
    much_later = replace(THEFT_IN_FLOW, raised_at=MORNING + timedelta(days=8))

    assert told_under(saltmarsh, THEFT_IN_EBB, later)[AlertId("A-4")] == "A-3"
    assert told_under(saltmarsh, THEFT_IN_EBB, much_later)[AlertId("A-4")] is None


def test_a_graver_alert_is_never_hidden_under_a_lesser_one(saltmarsh: Catalogue) -> None:
    grave = replace(THEFT_IN_EBB, level=HIGH)

    assert told_under(saltmarsh, THEFT, grave)[AlertId("A-3")] is None


def test_other_measures_of_the_same_area_are_apart(saltmarsh: Catalogue) -> None:
    satisfaction = an_alert(id_="A-5", key=a_key("anglers.satisfaction"))

    assert told_under(saltmarsh, ALL, satisfaction)[AlertId("A-5")] is None


def test_late_feeds_are_never_folded(saltmarsh: Catalogue) -> None:
    late = an_alert(id_="A-6", key=a_key("other.recorded", concern=Concern.LATE))

    assert told_under(saltmarsh, ALL, late)[AlertId("A-6")] is None


def test_a_group_of_types_is_a_part_of_all_crime(saltmarsh: Catalogue) -> None:
    def part(inner: str, outer: str) -> bool:
        return is_part(MeasureId(inner), MeasureId(outer), saltmarsh)

    assert part("harbour-crime.recorded", "all-crime.recorded")
    assert part("boat-theft.recorded", "harbour-crime.recorded")
    assert not part("all-crime.recorded", "harbour-crime.recorded")
    assert not part("boat-theft.outcome-rate", "all-crime.recorded")


def test_what_has_a_message_of_its_own_keeps_it_after_a_week(saltmarsh: Catalogue) -> None:
    old = replace(THEFT_IN_EBB, raised_at=MORNING - timedelta(days=30))

    assert told_under(saltmarsh, old, THEFT, new=False)[AlertId("A-3")] is None


def test_a_fold_is_kept_though_the_order_changes(saltmarsh: Catalogue) -> None:
    child = replace(THEFT_IN_EBB, head=THEFT.id, raised_at=MORNING - timedelta(days=30))

    assert told_under(saltmarsh, child, THEFT, new=False)[AlertId("A-3")] == "A-2"


def test_a_child_comes_out_when_its_head_has_ended(saltmarsh: Catalogue) -> None:
    child = replace(THEFT_IN_EBB, head=THEFT.id)
    ended = replace(THEFT, resolved_at=MORNING)

    made = regroup(
        [Transition(change=Change.RESOLVED, alert=ended, at=MORNING)],
        [THEFT, child],
        saltmarsh,
        now=MORNING,
        within=WEEK,
    )

    assert [one.change for one in made] == [Change.RESOLVED, Change.UNFOLDED]
    assert made[1].alert.head is None


def test_a_child_comes_out_when_it_becomes_graver_than_its_head(saltmarsh: Catalogue) -> None:
    child = replace(THEFT_IN_EBB, head=THEFT.id)
    worse = replace(child, level=HIGH)

    made = regroup(
        [Transition(change=Change.ESCALATED, alert=worse, at=MORNING)],
        [THEFT, child],
        saltmarsh,
        now=MORNING,
        within=WEEK,
    )

    assert [one.change for one in made] == [Change.ESCALATED, Change.UNFOLDED]
