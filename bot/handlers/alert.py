"""`/alert ack A-17`: look at an alert, take it on, silence it, judge it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final, Protocol

from bot.access import Refused
from bot.alerts.model import Alert, Concern, Feedback, SnoozeUntil, Transition
from bot.alerts.muting import acknowledge, snooze
from bot.handlers.command import Asked, Command, Example
from bot.handlers.trend import trend
from bot.handlers.why import why
from bot.names.dates import read_dates
from bot.people import Role, Surface
from bot.replies import Field, FieldKind, Form, Paragraph, Reply
from bot.replies.alert import alert_reply, title
from config.alerts import AlertPolicy
from metrics.calendar import london_day
from metrics.errors import UserError
from metrics.model import AreaId
from metrics.snapshot import SnapshotKind

A_YEAR: Final = timedelta(days=365)

HINT: Final = "Write /alert A-17 to look at one; /threats shows what is open."


class Alerts(Protocol):
    """Where alerts are, and where what is done with them is kept and told."""

    def get(self, id_: str) -> Alert:
        """Return an alert.  Raises `UnknownName`."""

    def act(self, id_: str, act: Callable[[Alert], Transition | None], *, now: datetime) -> Alert:
        """Do what a person wants with an alert; return it as it then stands."""

    def judge(self, feedback: Feedback) -> None:
        """Keep someone's judgement of an alert."""


def alert_command(alerts: Alerts, policy: AlertPolicy) -> Command:
    """Make the command over the alerts of an installation."""
    parts: Mapping[str, Part] = {
        "show": _show,
        "ack": _acknowledge,
        "snooze": lambda asked, alert, rest, desk: _snooze(asked, alert, rest, desk, policy),
        "why": _why,
        "chart": _chart,
        "useless": _useless,
    }
    return Command(
        name="alert",
        usage="/alert [ack|snooze|why|chart|useless] NUMBER [until DATE]",
        does="Shows an alert, or takes it on, silences or judges it.",
        examples=(Example(text="/alert A-1", gives="The alert as it now stands"),),
        handler=lambda asked: _answer(asked, alerts, parts),
        aliases=("ack",),
    )


Part = Callable[[Asked, Alert, str, Alerts], Reply]
"""What one word after /alert does, with the words that follow the alert's number."""

WORDS: Final = re.compile(
    r"\s*(?:(?P<part>[a-z]+)\s+)?(?P<id>a-?\d+)\b\s*(?P<rest>.*)", re.DOTALL | re.IGNORECASE
)

MAY_ACT: Final = (Role.CHIEF_OFFICER, Role.ANALYST, Role.AREA_LEAD)
"""Who may take on, silence or judge an alert: leads those of their own areas."""


def _answer(asked: Asked, alerts: Alerts, parts: Mapping[str, Part]) -> Reply:
    found = WORDS.fullmatch(asked.words)
    if found is None:
        raise UserError("Which alert?", hint=HINT)
    name = (found["part"] or "show").casefold()
    part = parts.get(name)
    if part is None:
        raise UserError(f"/alert cannot “{name}”: it knows {', '.join(parts)}.", hint=HINT)
    alert = alerts.get(found["id"])
    _ask_shown(asked, alert)
    return part(asked, alert, found["rest"].strip(), alerts)


def _ask_shown(asked: Asked, alert: Alert) -> None:
    """Ask the gate whether the asker may be shown an alert's figures.

    Raises:
        Refused: They may not.
    """
    if alert.key.concern is Concern.LATE:
        return  # it holds no figure
    sight = asked.see(SnapshotKind.DAILY, None)
    measure = sight.catalogue.measures.get(alert.key.measure)
    area = sight.catalogue.areas.get(alert.key.area)
    if measure is None or area is None:
        raise Refused(
            f"The plan in force does not know what {alert.id} is about any more.",
            hint="/threats shows what is open.",
        )
    if reason := sight.refusal(measure, area):
        raise Refused(reason)


def _ask_may_act(asked: Asked, alert: Alert) -> None:
    """Raises `Refused` where the asker may look at an alert, but not change it."""
    person = asked.person
    if person.role not in MAY_ACT:
        raise Refused(
            "Alerts are taken on by chief officers, analysts and the leads of an area.",
            hint=f"You can look at it: /alert {alert.id}, or /alert why {alert.id}.",
        )
    within = asked.catalogue.within
    own = frozenset[AreaId]().union(*(within.get(one, frozenset()) for one in person.areas))
    if person.role is Role.AREA_LEAD and alert.key.area not in own:
        raise Refused(
            "You lead other areas: this alert is for the lead of its own.",
            hint=f"You can look at it: /alert {alert.id}, or /alert why {alert.id}.",
        )


def _show(asked: Asked, alert: Alert, _rest: str, _alerts: Alerts) -> Reply:
    return alert_reply(alert, catalogue=asked.catalogue)


def _acknowledge(asked: Asked, alert: Alert, _rest: str, alerts: Alerts) -> Reply:
    _ask_may_act(asked, alert)
    by, now = asked.person.name, asked.now
    after = alerts.act(alert.id, lambda one: acknowledge(one, by=by, at=now), now=now)
    return _done(asked, after, f"{after.id} is acknowledged by {after.acknowledged_by}.")


def _snooze(asked: Asked, alert: Alert, rest: str, alerts: Alerts, policy: AlertPolicy) -> Reply:
    _ask_may_act(asked, alert)
    until = asked.fields.get("until", "") or rest.casefold().removeprefix("until").strip()
    if until in ("", "a date", "date"):
        return _ask_date(asked, alert)
    kind, day = _read_until(until, london_day(asked.now))
    boards: Sequence[date] = policy.boards

    def silence(one: Alert) -> Transition:
        return snooze(
            one,
            kind=kind,
            by=asked.person.name,
            at=asked.now,
            boards=boards,
            longest_days=policy.life.longest_snooze_days,
            day=day,
        )

    after = alerts.act(alert.id, silence, now=asked.now)
    return _done(asked, after, f"{after.id} is snoozed. It comes back at once if it gets worse.")


def _read_until(words: str, today: date) -> tuple[SnoozeUntil, date | None]:
    """Read what a snooze waits for.

    Raises:
        UserError: It is none of the three.
    """
    match words.removeprefix("the "):
        case "next data month" | "next month":
            return SnoozeUntil.NEXT_DATA_MONTH, None
        case "next board" | "board":
            return SnoozeUntil.NEXT_BOARD, None
    # A day without its year is the next such day: the latest that is not a year away.
    dated = read_dates(f"on {words}", today=today + A_YEAR)
    if dated.as_at is None:
        raise UserError(
            f"“{words}” is not a day.",
            hint="Write until next data month, until next board, or a date: 31 March 2027.",
        )
    return SnoozeUntil.DATE, dated.as_at


def _ask_date(asked: Asked, alert: Alert) -> Reply:
    what = title(alert, asked.catalogue)
    return Reply(
        summary=f"Until when is {alert.id} to be silent?",
        blocks=(
            Paragraph(text=f"Until when is {alert.id}, {what}, to be silent?"),
            Form(
                title=f"Snooze {alert.id}",
                command=f"/alert snooze {alert.id}",
                fields=(
                    Field(
                        name="until",
                        label="Silent until",
                        kind=FieldKind.DATE,
                        value=(london_day(asked.now) + timedelta(days=28)).isoformat(),
                        hint="It comes back on this day, and at once if it gets worse.",
                    ),
                ),
                submit="Snooze",
            ),
        ),
    )


def _why(asked: Asked, alert: Alert, _rest: str, _alerts: Alerts) -> Reply:
    return why(replace(asked, words=f"{alert.key.measure} {_place(asked, alert)}".strip()))


def _chart(asked: Asked, alert: Alert, _rest: str, _alerts: Alerts) -> Reply:
    return trend(replace(asked, words=f"{alert.key.measure} {_place(asked, alert)}".strip()))


def _place(asked: Asked, alert: Alert) -> str:
    return "" if alert.key.area == asked.catalogue.force.id else alert.key.area


def _useless(asked: Asked, alert: Alert, rest: str, alerts: Alerts) -> Reply:
    _ask_may_act(asked, alert)
    comment = asked.fields.get("comment", "") or rest
    alerts.judge(
        Feedback(
            alert=alert.id,
            rules=alert.rules,
            useful=False,
            by=asked.person.name,
            at=asked.now,
            comment=comment,
        )
    )
    said = f"Kept: {alert.id} was not useful to you."
    counted = "It counts in `threatdesk rules`, where the rules are judged by what they brought up."
    return Reply(summary=said, blocks=(Paragraph(text=f"{said} {counted}"),))


def _done(asked: Asked, alert: Alert, said: str) -> Reply:
    """Show an alert as it stands after what was done, to the one who did it."""
    shown = alert_reply(alert, catalogue=asked.catalogue)
    first = Paragraph(text=said, strong=True)
    surface = asked.surface is Surface.PRIVATE
    return replace(shown, summary=said, blocks=(first, *shown.blocks) if surface else (first,))
