"""What an alert's message says."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.alerts.model import Alert, AlertId, Change, Concern, Ending, RuleName, Transition
from bot.alerts.muting import acknowledge
from bot.alerts.saying import (
    FollowUp,
    Living,
    Moved,
    NothingNew,
    RollUp,
    Saying,
    Withdrawn,
)
from bot.replies import Bullets, Button, Buttons, Facts, Menu, Reply, Standing
from bot.replies.alert import SHOWN, alert_message, alert_reply
from metrics.classification import ThreatLevel
from metrics.model import Catalogue
from tests.bot.alerts.making import DAY, MORNING, SOME_FIGURES, a_key, a_reason, an_alert

HIGH, MEDIUM, LOW = ThreatLevel.HIGH, ThreatLevel.MEDIUM, ThreatLevel.LOW


def buttons(reply: Reply) -> list[Button]:
    return [
        button
        for block in reply.blocks
        if isinstance(block, Buttons | Menu)
        for button in block.items
    ]


def words(reply: Reply) -> str:
    """Return every word of a message."""
    return f"{reply.summary}\n{reply.blocks!r}"


def test_an_alert_makes_sense_on_a_locked_phone(saltmarsh: Catalogue) -> None:
    reply = alert_reply(an_alert(level=HIGH), catalogue=saltmarsh)

    assert reply.summary.startswith("A-17: Other, Saltmarsh. High threat, new. deterioration")
    assert reply.standing is Standing.WORSE
    assert reply.level is HIGH


def test_it_says_as_at_when_from_which_snapshot_and_that_it_is_a_demonstration(
    saltmarsh: Catalogue,
) -> None:
    said = words(alert_reply(an_alert(), catalogue=saltmarsh))

    assert "as at 11 December 2020" in said
    assert "snapshot s1" in said
    assert "SYNTHETIC" in said


def test_its_buttons_say_everything_that_can_be_done(saltmarsh: Catalogue) -> None:
    made = buttons(alert_reply(an_alert(), catalogue=saltmarsh))

    assert [one.command for one in made] == [
        "/alert ack A-17",
        "/issue raise A-17",
        "/alert why A-17",
        "/alert chart A-17",
        "/alert useless A-17",
        "/alert snooze A-17 until next data month",
        "/alert snooze A-17 until next board",
        "/alert snooze A-17 until a date",
    ]


def ended(how: Ending, concern: Concern = Concern.THREAT) -> Alert:
    return an_alert(
        key=a_key(concern=concern), resolved_at=MORNING + timedelta(days=30), ending=how
    )


def test_at_its_end_it_is_green_and_buttonless(saltmarsh: Catalogue) -> None:
    reply = alert_reply(ended(Ending.RECOVERED), catalogue=saltmarsh)

    assert reply.standing is Standing.BETTER
    assert reply.level is None
    assert buttons(reply) == []
    assert "Recovered. Ended on 11 January 2021" in reply.summary


def test_an_end_by_changed_rules_is_not_shown_as_a_recovery(saltmarsh: Catalogue) -> None:
    reply = alert_reply(ended(Ending.REJUDGED), catalogue=saltmarsh)

    assert reply.standing is Standing.PLAIN
    assert "not a recovery" in reply.summary
    assert buttons(reply) == []


def test_who_has_it_is_shown_by_name_and_never_pinged(saltmarsh: Catalogue) -> None:
    made = acknowledge(an_alert(), by="Jane Smith", at=MORNING)
    assert made is not None

    reply = alert_reply(made.alert, catalogue=saltmarsh)
    said = alert_message(FollowUp(transitions=(made,)), catalogue=saltmarsh)

    assert "Jane Smith, 12 December 2020" in words(reply)
    assert said.summary == "A-17 Other, Saltmarsh: Acknowledged by Jane Smith."
    assert "<@" not in words(reply) + words(said)
    assert "Acknowledge" not in [one.label for one in buttons(reply)]


def test_what_is_not_known_is_left_out_and_never_nan(saltmarsh: Catalogue) -> None:
    reply = alert_reply(an_alert(), catalogue=saltmarsh)

    [facts] = [block for block in reply.blocks if isinstance(block, Facts)]
    assert [name for name, _ in facts.rows] == ["Now", "Since", "Acknowledged"]
    assert "nan" not in words(reply).lower().replace("finance", "")


@pytest.mark.parametrize(
    ("of", "target", "said"),
    [("count", 235.6, "235"), ("count", 235.0, "235"), ("rate", 0.2, "20.0%")],
)
def test_a_target_is_the_most_whole_crimes_within_it_as_on_the_dashboard(
    saltmarsh: Catalogue, of: str, target: float, said: str
) -> None:
    some = replace(SOME_FIGURES, is_rate=of == "rate", target=target)

    reply = alert_reply(replace(an_alert(), figures=some), catalogue=saltmarsh)

    [facts] = [block for block in reply.blocks if isinstance(block, Facts)]
    assert dict(facts.rows)["Target"] == said


def test_a_classification_does_not_repeat_the_chance_of_the_target(saltmarsh: Catalogue) -> None:
    both = an_alert(reasons=(a_reason(RuleName.CLASSIFICATION), a_reason(RuleName.TARGET_UNLIKELY)))

    reply = alert_reply(both, catalogue=saltmarsh)

    [bullets] = [block for block in reply.blocks if isinstance(block, Bullets)]
    assert bullets.items == ("target_unlikely says so.",)


def test_a_long_list_of_children_is_counted_and_not_all_named(saltmarsh: Catalogue) -> None:
    children = tuple(an_alert(id_=f"A-{n}") for n in range(SHOWN + 3))

    reply = alert_message(Living(alert=an_alert(), children=children), catalogue=saltmarsh)

    listed = [block for block in reply.blocks if isinstance(block, Bullets)][-1]
    assert len(listed.items) == SHOWN + 1
    assert listed.items[-1] == "… and 3 more"


def test_a_roll_up_counts_by_level(saltmarsh: Catalogue) -> None:
    alerts = (an_alert(level=HIGH), *(an_alert() for _ in range(6)))

    reply = alert_message(RollUp(alerts=alerts), catalogue=saltmarsh)

    assert reply.summary == "… and 1 High and 6 Medium: open the list to see them."


def test_nothing_new_still_says_what_stands(saltmarsh: Catalogue) -> None:
    calm = alert_message(NothingNew(as_at=DAY, is_open=()), catalogue=saltmarsh)
    standing = alert_message(NothingNew(as_at=DAY, is_open=(an_alert(),)), catalogue=saltmarsh)

    assert calm.summary == "Nothing new, as at 11 December 2020. No threat is open."
    assert "1 Medium stand as before" in standing.summary


def test_a_withdrawn_alert_shows_no_figure(saltmarsh: Catalogue) -> None:
    reply = alert_message(
        Withdrawn(alert=AlertId("A-17"), why="it may not be cited."), catalogue=saltmarsh
    )

    assert reply.summary == "A-17 may not be shown here any more: it may not be cited."
    assert buttons(reply) == []


def test_a_moved_alert_says_where_it_is_told(saltmarsh: Catalogue) -> None:
    reply = alert_message(Moved(alert=an_alert(), head=an_alert(id_="A-1")), catalogue=saltmarsh)

    assert "now told under A-1" in reply.summary
    assert buttons(reply) == []


def test_late_figures_show_no_figures(saltmarsh: Catalogue) -> None:
    late = an_alert(key=a_key(concern=Concern.LATE))

    reply = alert_reply(late, catalogue=saltmarsh)

    assert reply.standing is Standing.NOTICE
    assert "120" not in words(reply)


def test_good_news_has_no_buttons_and_no_level(saltmarsh: Catalogue) -> None:
    good = alert_reply(an_alert(key=a_key(concern=Concern.SECURED)), catalogue=saltmarsh)

    assert good.standing is Standing.BETTER
    assert good.level is None
    assert buttons(good) == []


@pytest.mark.parametrize("change", list(Change))
def test_every_change_can_be_said(saltmarsh: Catalogue, change: Change) -> None:
    alert = replace(an_alert(), head=AlertId("A-1"))
    if change is Change.RESOLVED:
        alert = ended(Ending.RECOVERED)
    transition = Transition(change=change, alert=alert, at=MORNING, by="Jane", before=LOW)

    reply = alert_message(FollowUp(transitions=(transition,)), catalogue=saltmarsh)

    assert reply.summary.startswith("A-17 Other, Saltmarsh: ")


@pytest.mark.parametrize("saying", [Living(alert=an_alert(key=a_key("gone", "gone")))])
def test_what_the_plan_has_lost_is_called_by_its_id(saltmarsh: Catalogue, saying: Saying) -> None:
    assert "gone, gone" in alert_message(saying, catalogue=saltmarsh).summary
