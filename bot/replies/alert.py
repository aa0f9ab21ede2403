"""The living message of an alert, what follows in its thread, and the lists around it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Final, assert_never

from bot.alerts.model import (
    Alert,
    AlertState,
    Change,
    Concern,
    Ending,
    KeyFigures,
    RuleName,
    Snooze,
    SnoozeUntil,
    Transition,
)
from bot.alerts.saying import FollowUp, Living, Moved, NothingNew, RollUp, Saying, Withdrawn
from bot.render.words import chance, number, ordinal, signed, target_level
from bot.replies.model import (
    Block,
    Bullets,
    Button,
    Buttons,
    Facts,
    Footnote,
    Heading,
    Menu,
    Paragraph,
    Reply,
    Standing,
    Style,
)
from metrics.calendar import london_day, say_date
from metrics.classification import ThreatLevel
from metrics.dashboards.caveats import SYNTHETIC
from metrics.model import Catalogue

SHOWN: Final = 8
"""So many alerts are named in one list; the others are counted."""

OPEN_LIST: Final = Button(label="Open list", command="/threats")

STATES: Final = {
    AlertState.RAISED: "new",
    AlertState.ONGOING: "ongoing",
    AlertState.ESCALATED: "got worse",
    AlertState.ACKNOWLEDGED: "acknowledged",
    AlertState.SNOOZED: "snoozed",
    AlertState.RESOLVED: "ended",
}


def alert_message(saying: Saying, *, catalogue: Catalogue) -> Reply:
    """Write what is told of alerts.

    Args:
        saying: What there is to say.
        catalogue: Gives measures and areas their names.
    """
    match saying:
        case Living():
            return _living(saying.alert, saying.children, catalogue)
        case Moved():
            return _moved(saying, catalogue)
        case Withdrawn():
            return _withdrawn(saying)
        case FollowUp():
            return _follow_up(saying, catalogue)
        case RollUp():
            return _roll_up(saying, catalogue)
        case NothingNew():
            return _nothing_new(saying, catalogue)
        case _:
            assert_never(saying)


def alert_reply(alert: Alert, *, catalogue: Catalogue) -> Reply:
    """Show one alert as it now stands, without those under it."""
    return _living(alert, (), catalogue)


def title(alert: Alert, catalogue: Catalogue) -> str:
    """Name an alert's measure and area, by their ids where the plan has lost them."""
    key = alert.key
    measure = catalogue.measures.get(key.measure)
    area = catalogue.areas.get(key.area)
    name = measure.name if measure else key.measure
    return f"{name}, {area.name if area else key.area}"


def _living(alert: Alert, children: tuple[Alert, ...], catalogue: Catalogue) -> Reply:
    ended = alert.state is AlertState.RESOLVED
    verdict = _verdict(alert)
    return Reply(
        summary=f"{alert.id}: {title(alert, catalogue)}. {verdict} {next(_reasons(alert))}",
        standing=_standing(alert),
        level=None if ended or alert.key.concern is not Concern.THREAT else alert.level,
        blocks=(
            Heading(text=title(alert, catalogue)),
            Paragraph(text=verdict, strong=True),
            Bullets(items=tuple(_reasons(alert))),
            Facts(rows=tuple(_facts(alert))),
            *_under(children, catalogue),
            *(Footnote(text=note) for note in alert.notes),
            Footnote(text=_source(alert, catalogue)),
            *(() if ended or alert.key.concern is Concern.SECURED else _actions(alert)),
        ),
    )


def _reasons(alert: Alert) -> Iterator[str]:
    """Give the reasons, leaving out a classification that only repeats the target's chance."""
    for one in alert.reasons:
        repeats = one.rule is RuleName.CLASSIFICATION and RuleName.TARGET_UNLIKELY in alert.rules
        if not repeats:
            yield one.sentence


def _verdict(alert: Alert) -> str:
    """Say in one sentence how bad it is and where it stands."""
    if alert.resolved_at is not None:
        day = say_date(london_day(alert.resolved_at))
        if alert.ending is Ending.REJUDGED:
            return (
                f"Closed on {day}: its target, cuts or definition have changed, and under the new "
                "ones it is no threat. This is not a recovery."
            )
        what = "The figures have come." if alert.key.concern is Concern.LATE else "Recovered."
        if alert.key.concern is Concern.SECURED:
            return f"Closed on {day}: the target is no longer as good as met."
        return f"{what} Ended on {day}; it began on {say_date(london_day(alert.raised_at))}."
    match alert.key.concern:
        case Concern.THREAT:
            return f"{alert.level.name.title()} threat, {STATES[alert.state]}."
        case Concern.LATE:
            return f"Figures are late, {STATES[alert.state]}."
        case Concern.SECURED:
            return "Good news: the target is as good as met."
        case _:
            assert_never(alert.key.concern)


def _standing(alert: Alert) -> Standing:
    if alert.resolved_at is not None:
        recovered = alert.ending is Ending.RECOVERED and alert.key.concern is not Concern.SECURED
        return Standing.BETTER if recovered else Standing.PLAIN
    match alert.key.concern:
        case Concern.THREAT:
            return Standing.WORSE
        case Concern.LATE:
            return Standing.NOTICE
        case Concern.SECURED:
            return Standing.BETTER
        case _:
            assert_never(alert.key.concern)


def _facts(alert: Alert) -> Iterator[tuple[str, str]]:
    """Give the figures that are known, and who has the alert."""
    figures = alert.figures
    if alert.key.concern is not Concern.LATE:
        yield from _figures(figures)
    yield "Since", say_date(london_day(alert.raised_at))
    if alert.acknowledged_at is not None:
        since = "" if alert.is_acknowledged else " (before it got worse)"
        day = say_date(london_day(alert.acknowledged_at))
        yield "Acknowledged", f"{alert.acknowledged_by}, {day}{since}"
    elif alert.is_open and alert.key.concern is not Concern.SECURED:
        yield "Acknowledged", "by nobody yet"
    if alert.snooze is not None:
        yield "Snoozed", f"{_until(alert.snooze)}, by {alert.snooze.by}"
    if alert.quiet_since is not None and alert.is_open:
        yield "Quiet since", f"{say_date(alert.quiet_since)}; it ends if it stays so"


def _figures(figures: KeyFigures) -> Iterator[tuple[str, str]]:
    if not math.isnan(figures.value):
        yield "Now", _with_last_year(figures)
    if not math.isnan(figures.target):
        yield "Target", _target(figures)
    if not math.isnan(figures.chance_met):
        yield "Chance of meeting it", chance(figures.chance_met)
    if figures.window and not math.isnan(figures.observed):
        seen, usual = _value(figures, figures.observed), _value(figures, figures.usual)
        yield f"Last {figures.window}", f"{seen}, {usual} expected"
    if figures.classification is not None:
        yield "Classification", figures.classification.name.title()
    if figures.rank:
        yield "Most similar forces", f"{ordinal(figures.rank)} of {figures.forces}"


def _with_last_year(figures: KeyFigures) -> str:
    now = _value(figures, figures.value)
    if figures.is_rate and not math.isnan(figures.responses):
        now = f"{now} of {number(figures.responses)}"
    if math.isnan(figures.last_year):
        return now
    change = signed(figures.change * 100, 1) if figures.is_rate else signed(figures.change)
    points = " points" if figures.is_rate else ""
    return f"{now}, {_value(figures, figures.last_year)} a year before ({change}{points})"


def _target(figures: KeyFigures) -> str:
    is_rate = figures.is_rate
    return _value(figures, figures.target) if is_rate else number(target_level(figures.target))


def _value(figures: KeyFigures, value: float) -> str:
    return f"{number(value * 100, 1)}%" if figures.is_rate else number(value)


def _until(silence: Snooze) -> str:
    if silence.kind is SnoozeUntil.NEXT_DATA_MONTH:
        return f"until the next data month, {say_date(silence.until)} at the latest"
    board = " (the next board)" if silence.kind is SnoozeUntil.NEXT_BOARD else ""
    return f"until {say_date(silence.until)}{board}"


def _under(children: tuple[Alert, ...], catalogue: Catalogue) -> Iterator[Block]:
    if children:
        yield Paragraph(text=f"Also part of this ({len(children)}), told in the thread:")
        yield Bullets(items=tuple(_listed(children, catalogue)))


def _listed(alerts: tuple[Alert, ...], catalogue: Catalogue) -> Iterator[str]:
    for one in alerts[:SHOWN]:
        yield f"{one.id} {title(one, catalogue)}: {one.level.name.title()}"
    if len(alerts) > SHOWN:
        yield f"… and {len(alerts) - SHOWN} more"


def _source(alert: Alert, catalogue: Catalogue) -> str:
    demonstration = f" {SYNTHETIC}" if catalogue.synthetic else ""
    return (
        f"{alert.id}. Figures as at {say_date(alert.as_at)}, provisional, snapshot "
        f"{alert.snapshot}.{demonstration}"
    )


def _actions(alert: Alert) -> Iterator[Block]:
    first = (
        ()
        if alert.is_acknowledged
        else (Button(label="Acknowledge", command=f"/alert ack {alert.id}", style=Style.PRIMARY),)
    )
    yield Buttons(
        items=(
            *first,
            Button(label="Raise issue", command=f"/issue raise {alert.id}"),
            Button(label="Why?", command=f"/alert why {alert.id}"),
            Button(label="Chart", command=f"/alert chart {alert.id}"),
            Button(label="Not useful", command=f"/alert useless {alert.id}"),
        )
    )
    yield Menu(
        label="Snooze",
        items=tuple(
            Button(label=label, command=f"/alert snooze {alert.id} until {until}")
            for label, until in (
                ("Until the next data month", "next data month"),
                ("Until the next board", "next board"),
                ("Until a date …", "a date"),
            )
        ),
    )


def _moved(saying: Moved, catalogue: Catalogue) -> Reply:
    text = (
        f"{saying.alert.id}: {title(saying.alert, catalogue)} is now told under "
        f"{saying.head.id}, {title(saying.head, catalogue)}."
    )
    return Reply(summary=text, blocks=(Paragraph(text=text),))


def _withdrawn(saying: Withdrawn) -> Reply:
    text = f"{saying.alert} may not be shown here any more: {saying.why}"
    return Reply(summary=text, blocks=(Paragraph(text=text),), standing=Standing.NOTICE)


def _follow_up(saying: FollowUp, catalogue: Catalogue) -> Reply:
    lines = [_happened(one, catalogue) for one in saying.transitions]
    ended = all(one.change is Change.RESOLVED for one in saying.transitions)
    good = ended and all(_standing(one.alert) is Standing.BETTER for one in saying.transitions)
    if len(lines) == 1:
        blocks: tuple[Block, ...] = (Paragraph(text=lines[0]),)
    else:
        more = [f"… and {len(lines) - SHOWN} more"] if len(lines) > SHOWN else []
        blocks = (Bullets(items=(*lines[:SHOWN], *more)),)
    return Reply(
        summary=lines[0] if len(lines) == 1 else f"{len(lines)} changes. {lines[0]}",
        blocks=blocks,
        standing=Standing.BETTER if good else Standing.PLAIN,
    )


def _happened(transition: Transition, catalogue: Catalogue) -> str:
    """Say in a sentence what happened, and to which alert.

    A locked phone shows the sentence alone, and not every platform has threads.
    """
    alert = transition.alert
    said = f"{alert.id} {title(alert, catalogue)}: {_change(transition)} {transition.note}"
    return said.strip()


def _change(transition: Transition) -> str:
    alert, by = transition.alert, transition.by
    level = alert.level.name.title()
    match transition.change:
        case Change.RAISED:
            return f"{level}. {alert.reasons[0].sentence}"
        case Change.CONTINUED:
            return f"Still {level}."
        case Change.ESCALATED:
            was = f" from {transition.before.name.title()}" if transition.before else ""
            return f"Got worse{was} to {level}. {alert.reasons[0].sentence}"
        case Change.EASED:
            return f"Eased to {level}."
        case Change.REJUDGED:
            return f"Judged anew: {level}."
        case Change.FOLDED:
            return f"Now told under {alert.head}."
        case Change.UNFOLDED:
            return f"Stands by itself again, {level}. {alert.reasons[0].sentence}"
        case Change.ACKNOWLEDGED:
            return f"Acknowledged by {by}."
        case Change.SNOOZED:
            until = _until(alert.snooze) if alert.snooze else ""
            return f"Snoozed by {by} {until}.".replace(" .", ".")
        case Change.SNOOZE_ENDED:
            return f"The snooze has ended: still {level}. {alert.reasons[0].sentence}"
        case Change.SNOOZE_BROKEN:
            return f"The snooze is broken: it got worse. {alert.reasons[0].sentence}"
        case Change.RESOLVED:
            return _verdict(alert)
        case _:
            assert_never(transition.change)


def _roll_up(saying: RollUp, catalogue: Catalogue) -> Reply:
    text = f"… and {_counted(saying.alerts)}: open the list to see them."
    return Reply(
        summary=text,
        blocks=(
            Paragraph(text=text, strong=True),
            Bullets(items=tuple(_listed(saying.alerts, catalogue))),
            Buttons(items=(OPEN_LIST,)),
        ),
        level=max(one.level for one in saying.alerts),
    )


def _counted(alerts: Iterable[Alert]) -> str:
    """Count alerts by level, e.g. "2 High and 6 Medium"."""
    levels = [one.level for one in alerts]
    parts = [
        f"{levels.count(level)} {level.name.title()}"
        for level in sorted(ThreatLevel, reverse=True)
        if level in levels
    ]
    return " and ".join(parts)


def _nothing_new(saying: NothingNew, catalogue: Catalogue) -> Reply:
    if saying.is_open:
        stands = f"{_counted(saying.is_open)} stand as before."
        blocks: tuple[Block, ...] = (
            Bullets(items=tuple(_listed(saying.is_open, catalogue))),
            Buttons(items=(OPEN_LIST,)),
        )
    else:
        stands, blocks = "No threat is open.", ()
    text = f"Nothing new, as at {say_date(saying.as_at)}. {stands}"
    return Reply(summary=text, blocks=(Paragraph(text=text, strong=True), *blocks))
