"""The forms of `/issue`: what they ask for, filled in beforehand, and what was answered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Final

from bot.alerts.model import Alert
from bot.handlers.command import Asked
from bot.handlers.registering import day_named, person_named
from bot.people import Person
from bot.register.history import Raised
from bot.register.model import Action, Issue, IssueLevel, Step
from bot.replies import Choice, Field, FieldKind, Form, Paragraph, Reply
from bot.replies.alert import title as alert_title
from bot.replies.register import STEPS
from bot.replies.subject import called
from metrics.calendar import london_day
from metrics.errors import UserError
from metrics.model import AreaId, Catalogue, MeasureId

DUE_IN: Final = timedelta(days=28)
REVIEW_IN: Final = timedelta(days=56)
"""When an action is due and reviewed, unless somebody says otherwise: four and eight weeks."""

MOST_CHOICES: Final = 100
"""A dialogue of Slack offers no more in one field; of more people, the name is typed."""

NONE: Final = "none"
"""The answer that leaves something open: a choice of nothing cannot be sent."""


def asking(form: Form, words: str) -> Reply:
    """Ask with a form."""
    return Reply(summary=words, blocks=(Paragraph(text=words), form))


def new_form(asked: Asked, people: Mapping[str, Person], *, title: str = "") -> Form:
    """Ask for everything about a new issue."""
    catalogue = asked.catalogue
    return Form(
        title="New issue",
        command="/issue new",
        fields=(
            Field(name="title", label="What the issue is, in a line", value=title),
            Field(
                name="priority",
                label="Strategic priority",
                kind=FieldKind.CHOICE,
                choices=_priorities(catalogue),
                value=NONE,
            ),
            Field(
                name="measure",
                label="Measure",
                is_required=False,
                hint="By its name, for example domestic burglary; empty: the priority as a whole.",
            ),
            Field(
                name="area",
                label="Area",
                kind=FieldKind.CHOICE,
                choices=tuple(Choice(label=one.name, value=one.id) for one in catalogue.tree),
                value=_own_area(asked),
            ),
            Field(
                name="level",
                label="Whose issue it is",
                kind=FieldKind.CHOICE,
                choices=tuple(Choice(label=one.value, value=one.value) for one in IssueLevel),
                value=IssueLevel.FORCE.value,
            ),
            *_rest(asked, people),
        ),
        submit="Raise issue",
    )


def alert_form(alert: Alert, asked: Asked, people: Mapping[str, Person]) -> Form:
    """Ask for what an alert does not say: who has it, why it came about, what is done by when."""
    known = " ".join(reason.sentence for reason in alert.reasons)
    return Form(
        title=f"Issue from {alert.id}",
        command=f"/issue raise {alert.id}",
        fields=(
            Field(
                name="title",
                label="What the issue is, in a line",
                value=alert_title(alert, asked.catalogue),
            ),
            Field(
                name="known",
                label="What is known",
                kind=FieldKind.TEXT,
                value=known,
                hint="Kept as the first update.",
                is_required=False,
            ),
            *_rest(asked, people),
        ),
        submit="Raise issue",
    )


def update_form(issue: Issue) -> Form:
    """Ask what is new about an issue."""
    return Form(
        title=f"Update {issue.id}",
        command=f"/issue update {issue.id}",
        fields=(
            Field(name="text", label="What is new", kind=FieldKind.TEXT, is_required=False),
            Field(
                name="root_cause",
                label="Root cause",
                kind=FieldKind.TEXT,
                value=issue.root_cause,
                is_required=False,
            ),
            Field(
                name="step",
                label="Status",
                kind=FieldKind.CHOICE,
                choices=tuple(
                    Choice(label=words, value=step.value)
                    for step, words in STEPS.items()
                    if step is not Step.CLOSED or not issue.is_open
                ),
                value=issue.step.value,
            ),
        ),
    )


def assign_form(issue: Issue, people: Mapping[str, Person]) -> Form:
    """Ask who is to have an issue."""
    return Form(
        title=f"Assign {issue.id}",
        command=f"/issue assign {issue.id}",
        fields=(_owner(people, issue.owner), _why("Why", required=False)),
        submit="Assign",
    )


def close_form(issue: Issue) -> Form:
    """Ask what became of an issue."""
    return Form(
        title=f"Close {issue.id}",
        command=f"/issue close {issue.id}",
        fields=(_why("What was done, and whether it worked", required=True),),
        submit="Close issue",
    )


def action_form(issue: Issue, asked: Asked, people: Mapping[str, Person]) -> Form:
    """Ask what is to be done about an issue."""
    return Form(
        title=f"Action for {issue.id}",
        command=f"/issue action {issue.id}",
        fields=(
            Field(name="action", label="What is to be done", kind=FieldKind.TEXT),
            _owner(people, issue.owner if issue.owner in people else asked.person.id),
            *_days(london_day(asked.now)),
        ),
    )


def raised_from_fields(asked: Asked, people: Mapping[str, Person]) -> Raised:
    """Return the issue that the form of a new one was sent with.

    Raises:
        UserError: Something named in it is not known.
    """
    catalogue, fields = asked.catalogue, asked.fields
    named = _said(fields, "measure")
    measure = _measure(named, catalogue) if named else None
    priority = _chosen(fields, "priority").upper()
    if priority and priority not in catalogue.priorities:
        raise UserError(
            f"The plan has no priority {priority}.", hint="Choose one from the list, or none."
        )
    area = _chosen(fields, "area")
    if area and AreaId(area) not in catalogue.areas:
        area = catalogue.area(area).id
    return Raised(
        title=_said(fields, "title"),
        owner=owner_of(asked, people, asked.person.id if asked.person.id in people else ""),
        priority=priority or (catalogue.measures[measure].priority if measure else ""),
        measure=measure,
        area=AreaId(area) if area else None,
        level=_level(_chosen(fields, "level")),
        root_cause=_said(fields, "root_cause"),
    )


def raised_from_alert(alert: Alert, asked: Asked, people: Mapping[str, Person]) -> Raised:
    """Return the issue that the form of an alert was sent with."""
    measure = asked.catalogue.measures.get(alert.key.measure)
    return Raised(
        title=_said(asked.fields, "title") or alert_title(alert, asked.catalogue),
        owner=owner_of(asked, people, asked.person.id if asked.person.id in people else ""),
        priority=measure.priority if measure else "",
        measure=alert.key.measure,
        area=alert.key.area,
        root_cause=_said(asked.fields, "root_cause"),
        alert=alert.id,
    )


def owner_of(asked: Asked, people: Mapping[str, Person], default: str) -> str:
    """Return who was chosen as the owner."""
    said = _chosen(asked.fields, "owner")
    if "owner" not in asked.fields:
        return default
    return person_named(said, asked, people) if said else ""


def action_of(asked: Asked, owner: str) -> Action | None:
    """Return the action that a form was sent with; None where nothing is to be done yet."""
    fields = asked.fields
    text = _said(fields, "action")
    if not text:
        return None
    return Action(
        number=0,
        text=text,
        owner=owner,
        due=_day(_said(fields, "due"), asked),
        review=_day(_said(fields, "review"), asked),
    )


def _rest(asked: Asked, people: Mapping[str, Person]) -> Iterable[Field]:
    """Ask for the owner, the root cause, and what is to be done by when."""
    return (
        _owner(people, asked.person.id if asked.person.id in people else NONE),
        Field(
            name="root_cause",
            label="Root cause",
            kind=FieldKind.TEXT,
            hint="As far as it is known; it can be written later.",
            is_required=False,
        ),
        Field(
            name="action",
            label="What is to be done first",
            kind=FieldKind.TEXT,
            is_required=False,
        ),
        *_days(london_day(asked.now)),
    )


def _owner(people: Mapping[str, Person], value: str) -> Field:
    if len(people) >= MOST_CHOICES:
        return Field(name="owner", label="Owner", value="" if value == NONE else value)
    return Field(
        name="owner",
        label="Owner",
        kind=FieldKind.CHOICE,
        choices=(
            Choice(label="nobody yet", value=NONE),
            *(Choice(label=one.name, value=one.id) for one in people.values()),
        ),
        value=value or NONE,
    )


def _days(today: date) -> tuple[Field, Field]:
    return (
        Field(
            name="due",
            label="Due",
            kind=FieldKind.DATE,
            value=(today + DUE_IN).isoformat(),
            is_required=False,
        ),
        Field(
            name="review",
            label="Review: did it work?",
            kind=FieldKind.DATE,
            value=(today + REVIEW_IN).isoformat(),
            is_required=False,
        ),
    )


def _why(label: str, *, required: bool) -> Field:
    return Field(name="why", label=label, kind=FieldKind.TEXT, is_required=required)


def _priorities(catalogue: Catalogue) -> tuple[Choice, ...]:
    none = Choice(label="none of them", value=NONE)
    return (
        none,
        *(
            Choice(label=f"{one.number} {called(one)}", value=one.number)
            for one in catalogue.priorities.values()
        ),
    )


def _own_area(asked: Asked) -> str:
    own = asked.person.areas
    return own[0] if own else asked.catalogue.force.id


def _measure(named: str, catalogue: Catalogue) -> MeasureId:
    return catalogue.measure(named).id


def _level(said: str) -> IssueLevel:
    return IssueLevel(said) if said in set(IssueLevel) else IssueLevel.FORCE


def _said(fields: Mapping[str, str], name: str) -> str:
    return fields.get(name, "").strip()


def _chosen(fields: Mapping[str, str], name: str) -> str:
    """Return what was chosen; nothing where nothing was meant."""
    said = _said(fields, name)
    return "" if said == NONE else said


def _day(said: str, asked: Asked) -> date | None:
    try:
        return date.fromisoformat(said) if said else None
    except ValueError:
        return date.fromisoformat(day_named(said, asked))
