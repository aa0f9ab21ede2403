"""The weekly digest: what changed first, what to ask, and short where there is nothing."""

from __future__ import annotations

from datetime import date

from bot.access import Sight
from bot.alerts.model import Change
from bot.people import Person, Surface
from bot.render import plain
from bot.replies import Heading, Reply
from bot.replies.briefing import digest_reply
from bot.replies.doing import Doing, DueAction, OpenIssue, nothing_kept
from bot.replies.footing import SUMMARY_LENGTH
from bot.replies.interest import Interest
from bot.replies.model import Standing
from bot.replies.week import Week
from metrics.classification import ThreatLevel
from tests.bot.asked import CHIEF, MEMBER, every_word
from tests.bot.replies.weeks import CHARNWOOD, HATE, LEAD, OWNER, a_week, alert, change

TODAY = date(2013, 12, 12)

ISSUE = OpenIssue(
    id="I-7",
    title="Burglary in Hinckley",
    status="action under way",
    owner="Sam Lee",
    raised=date(2013, 11, 4),
    priority="12",
    owner_id="sam",
    owner_has_left=True,
)
ACTION = DueAction(
    issue="I-7", text="Patrol plan", owner="Sam Lee", due=date(2013, 12, 2), priority="12",
    owner_id="sam", owner_has_left=True,
)  # fmt: skip


def digest(
    sight: Sight, week: Week, doing: Doing | None = None, *, person: Person | None = CHIEF
) -> Reply:
    interest = Interest(catalogue=sight.catalogue, person=person)
    return digest_reply(sight, week, doing or Doing(), interest=interest, today=TODAY)


def headings(reply: Reply) -> list[str]:
    return [one.text for one in reply.blocks if isinstance(one, Heading)]


def test_a_week_with_nothing_new_is_short_and_says_so(published: Sight) -> None:
    reply = digest(published, a_week(published))

    assert reply.summary.startswith("Weekly briefing: nothing new")
    assert "Nothing new since 11 December 2013" in every_word(reply)
    assert headings(reply) == ["Weekly briefing for Chief Constable, 12 December 2013"]
    assert len(plain.render(reply).splitlines()) < 25


def test_what_changed_comes_before_everything_else(published: Sight) -> None:
    week = a_week(
        published,
        change(Change.RAISED, alert("A-1")),
        change(Change.ESCALATED, alert("A-2", HATE, level=ThreatLevel.HIGH),
               before=ThreatLevel.MEDIUM),
    )  # fmt: skip
    reply = digest(published, week)

    assert headings(reply)[1:4] == ["New", "Worse", "Worth asking"]
    assert reply.standing is Standing.WORSE
    assert reply.summary.startswith("Weekly briefing: 1 new, 1 worse")


def test_three_questions_are_asked_of_the_figures(published: Sight) -> None:
    said = every_word(digest(published, a_week(published, change(Change.RAISED, alert()))))

    assert "Theft from motor vehicle is up" in said or "is up" in said
    assert "in the balance" in said or "fell from" in said
    assert "63.1% of victims of anti-social behaviour are satisfied with follow-up" in said
    assert "21.9 points under the 85% target" in said


def test_overdue_actions_and_open_issues_are_told(published: Sight) -> None:
    doing = Doing(issues=(ISSUE,), actions=(ACTION,))
    said = every_word(digest(published, a_week(published, change(Change.RAISED, alert())), doing))

    assert "I-7: Patrol plan (due 2 December 2013, 10 days overdue" in said
    assert "Sam Lee, who has left: it needs a new owner" in said
    assert "I-7: Burglary in Hinckley (action under way;" in said


def test_in_a_quiet_week_what_is_overdue_is_still_told_and_issues_are_counted(
    published: Sight,
) -> None:
    reply = digest(published, a_week(published), Doing(issues=(ISSUE,), actions=(ACTION,)))

    assert "Overdue" in headings(reply)
    assert "1 issue open, as before." in every_word(reply)
    assert "1 action overdue" in reply.summary


def test_an_empty_register_is_said_to_be_empty_and_none_is_not(published: Sight) -> None:
    week = a_week(published)

    assert "No open issue." in every_word(digest(published, week))
    assert "No open issue." not in every_word(digest(published, week, nothing_kept(TODAY)))


def test_a_lead_is_told_of_their_own_issues(published: Sight) -> None:
    others = Doing(issues=(ISSUE,), actions=(ACTION,))
    own = Doing(
        issues=(ISSUE.__class__(id="I-8", title="Bikes", status="new", owner="", area=CHARNWOOD,
                                raised=TODAY, priority="11"),)
    )  # fmt: skip
    week = a_week(published, change(Change.RAISED, alert(area=CHARNWOOD)), person=LEAD)

    assert "I-7" not in every_word(digest(published, week, others, person=LEAD))
    assert "I-8" in every_word(digest(published, week, own, person=LEAD))


def test_an_action_of_ones_own_is_told_whatever_it_is_about(published: Sight) -> None:
    mine = DueAction(issue="I-9", text="Call", owner="Lead", due=TODAY.replace(day=1),
                     owner_id="lead", priority="9")  # fmt: skip

    said = every_word(digest(published, a_week(published), Doing(actions=(mine,)), person=LEAD))

    assert "I-9: Call" in said


def test_the_owner_of_a_priority_sees_it_in_a_line(published: Sight) -> None:
    week = a_week(published, change(Change.RAISED, alert()), person=OWNER)
    said = every_word(digest(published, week, person=OWNER))

    assert "12, Domestic burglary. Domestic burglary down 3.5%" in said


def test_what_is_provisional_and_what_is_behind_is_said(published: Sight) -> None:
    said = every_word(digest(published, a_week(published, change(Change.RAISED, alert()))))

    assert "Provisional: late records" in said
    assert "To 30 November 2013 only:" in said


def test_a_channel_hears_nothing_of_an_issue_that_names_no_measure(published: Sight) -> None:
    channel = Sight(figures=published.figures, person=MEMBER, surface=Surface.CHANNEL)
    vague = OpenIssue(id="I-3", title="Something said", status="new", owner="", raised=TODAY)
    week = a_week(channel, change(Change.RAISED, alert()))

    assert "Something said" not in every_word(
        digest(channel, week, Doing(issues=(vague,)), person=None)
    )


def test_a_long_list_is_cut_and_says_so(published: Sight) -> None:
    many = [change(Change.RAISED, alert(f"A-{n}")) for n in range(1, 10)]

    assert "… and 4 more" in every_word(digest(published, a_week(published, *many)))


def test_the_summary_fits_a_locked_phone(published: Sight) -> None:
    many = [change(Change.RAISED, alert(f"A-{n}")) for n in range(1, 10)]

    assert len(digest(published, a_week(published, *many)).summary) <= SUMMARY_LENGTH
