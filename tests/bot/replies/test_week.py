"""What has changed since last week, told by what it came to."""

from __future__ import annotations

import pytest

from bot.access import Sight
from bot.alerts.model import Change, Concern, Ending
from bot.people import Surface
from bot.replies.week import Turn
from metrics.classification import ThreatLevel
from metrics.model import Restriction
from tests.bot.asked import MEMBER
from tests.bot.replies.weeks import CHARNWOOD, CITY, HATE, LEAD, OWNER, a_week, alert, change, ended

HIGH, MEDIUM = ThreatLevel.HIGH, ThreatLevel.MEDIUM


def turns(week: object) -> list[Turn]:
    return [one.turn for one in week.news]  # type: ignore[attr-defined]


def test_a_week_without_changes_is_quiet(published: Sight) -> None:
    week = a_week(published)

    assert week.is_quiet
    assert not week.counts


def test_an_alert_that_was_raised_is_new(published: Sight) -> None:
    [news] = a_week(published, change(Change.RAISED, alert())).news

    assert news.turn is Turn.NEW
    assert news.words == "A-1, Domestic burglary, Leicestershire (Medium): deterioration says so."


def test_one_that_escalated_is_worse_and_says_from_what(published: Sight) -> None:
    escalated = change(Change.ESCALATED, alert(level=HIGH), before=MEDIUM)
    [news] = a_week(published, escalated).news

    assert news.turn is Turn.WORSE
    assert "(Medium to High)" in news.words


def test_one_that_eased_is_better(published: Sight) -> None:
    assert turns(a_week(published, change(Change.EASED, alert(), before=HIGH))) == [Turn.BETTER]


def test_up_and_down_again_is_no_news(published: Sight) -> None:
    up = change(Change.ESCALATED, alert(level=HIGH), before=MEDIUM)
    down = change(Change.EASED, alert(level=MEDIUM), before=HIGH, revision=2)

    assert a_week(published, up, down).is_quiet


def test_one_that_ended_is_closed(published: Sight) -> None:
    [news] = a_week(published, change(Change.RESOLVED, ended(alert()))).news

    assert (news.turn, news.words.endswith("recovered.")) == (Turn.CLOSED, True)


def test_judged_anew_is_no_recovery(published: Sight) -> None:
    [news] = a_week(published, change(Change.RESOLVED, ended(alert(), Ending.REJUDGED))).news

    assert "this is no recovery" in news.words


def test_what_came_and_went_is_told_once_as_closed(published: Sight) -> None:
    raised = change(Change.RAISED, alert())
    resolved = change(Change.RESOLVED, ended(alert()), revision=2)
    [news] = a_week(published, raised, resolved).news

    assert news.turn is Turn.CLOSED
    assert "came and went" in news.words


@pytest.mark.parametrize("what", [Change.ACKNOWLEDGED, Change.CONTINUED, Change.SNOOZED])
def test_what_people_do_with_an_alert_is_no_news(published: Sight, what: Change) -> None:
    assert a_week(published, change(what, alert())).is_quiet


def test_a_target_secured_is_good_news_and_lost_again_is_not(published: Sight) -> None:
    secured = alert(concern=Concern.SECURED)

    assert turns(a_week(published, change(Change.RAISED, secured))) == [Turn.BETTER]
    assert turns(a_week(published, change(Change.RESOLVED, ended(secured)))) == [Turn.WORSE]


def test_the_gravest_comes_first(published: Sight) -> None:
    week = a_week(
        published,
        change(Change.RAISED, alert("A-1")),
        change(Change.RAISED, alert("A-2", HATE, level=HIGH)),
    )

    assert [one.alert for one in week.news] == ["A-2", "A-1"]


def test_late_figures_are_told_elsewhere(published: Sight) -> None:
    assert a_week(published, change(Change.RAISED, alert(concern=Concern.LATE))).is_quiet


def test_a_lead_is_told_of_their_own_area_only(published: Sight) -> None:
    theirs = change(Change.RAISED, alert("A-1", area=CHARNWOOD))
    others = change(Change.RAISED, alert("A-2", area=CITY))

    assert [one.alert for one in a_week(published, theirs, others, person=LEAD).news] == ["A-1"]


def test_the_owner_of_a_priority_is_told_of_it_and_of_no_other(published: Sight) -> None:
    theirs = change(Change.RAISED, alert("A-1"))
    others = change(Change.RAISED, alert("A-2", HATE))

    assert [one.alert for one in a_week(published, theirs, others, person=OWNER).news] == ["A-1"]


def test_partnerships_have_leads_of_their_own(published: Sight) -> None:
    assert a_week(published, change(Change.RAISED, alert(area=CHARNWOOD))).is_quiet


def test_what_may_not_be_shown_is_not_told(published: Sight) -> None:
    channel = Sight(figures=published.figures, person=MEMBER, surface=Surface.CHANNEL)
    secret = next(
        one
        for one in published.catalogue.measures.values()
        if one.restriction is not Restriction.NONE
    )

    assert a_week(channel, change(Change.RAISED, alert(measure=secret.id))).is_quiet


def test_an_alert_of_what_the_plan_has_lost_is_left_out(published: Sight) -> None:
    assert a_week(published, change(Change.RAISED, alert(measure="gone.recorded"))).is_quiet
