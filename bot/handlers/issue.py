"""`/issue`: the performance issue register, read and written."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Protocol

from bot.access import Refused
from bot.access.writing import Writing
from bot.alerts.model import Alert
from bot.handlers.command import Asked, Command, Example
from bot.handlers.issue_forms import (
    action_form,
    action_of,
    alert_form,
    asking,
    assign_form,
    close_form,
    new_form,
    owner_of,
    raised_from_alert,
    raised_from_fields,
    update_form,
)
from bot.handlers.registering import (
    Everyone,
    actor,
    ask_may_write,
    ask_told,
    day_named,
    person_named,
    reading,
    writing,
)
from bot.names import Kind
from bot.names.dates import MONTH
from bot.people import Person
from bot.register import acts
from bot.register.history import Change, Raised, replay
from bot.register.model import Action, Issue, IssueId, Step
from bot.register.ports import Register
from bot.replies import Reply
from bot.replies.register import history_reply, issue_reply, issues_reply
from bot.replies.subject import family
from metrics.calendar import london_day, say_date
from metrics.errors import UserError
from metrics.model import AreaId

HINT: Final = "/issue list shows the register; /threatdesk help issue says what can be done."

WORDS: Final = re.compile(
    r"\s*(?:(?P<part>[a-z]+)(?=\s|$))?\s*(?P<id>(?:i-?)?\d+(?![\w.]))?\s*(?P<rest>.*)",
    re.DOTALL | re.IGNORECASE,
)
BY_DATE: Final = re.compile(
    rf"\s+by\s+(?P<day>(?:the\s+)?\d{{1,2}}(?:st|nd|rd|th)?(?:\s+(?:of\s+)?{MONTH}|[/.-]\d{{1,2}})"
    r"(?:[\s,]+\d{4}|[/.-]\d{2,4})?|\d{4}-\d{2}-\d{2})\.?\s*$",
    re.IGNORECASE,
)
"""The end of an action that says by when: "… by 31 March 2016"."""


class Alerts(Protocol):
    """Where alerts are."""

    def get(self, id_: str) -> Alert:
        """Return an alert.  Raises `UnknownName`."""


@dataclass(frozen=True, slots=True)
class _Desk:
    """What one question to the register is answered with."""

    asked: Asked
    register: Register
    alerts: Alerts
    people: Mapping[str, Person]
    gate: Writing

    def show(self, issue: Issue, said: str = "") -> Reply:
        """Show an issue."""
        return issue_reply(issue, reading(self.asked, self.gate, self.people), said=said)

    def do(self, issue: Issue, *things: acts.Act) -> Issue:
        """Do things with an issue as it then stands."""
        return self.register.act(issue.id, lambda one: acts.all_of(one, things))


def issue_command(register: Register, *, people: Everyone, alerts: Alerts) -> Command:
    """Make the command over the register of an installation.

    Args:
        register: Where issues are kept.
        people: Gives everyone who can own an issue.
        alerts: Where alerts are, from which issues are raised.
    """

    def answer(asked: Asked) -> Reply:
        desk = _Desk(asked, register, alerts, people(), writing(asked))
        return _answer(desk)

    return Command(
        name="issue",
        usage="/issue [list|show|new|raise|update|assign|step|action|done|close|mine|history] …",
        does="The performance issue register: what is wrong, who has it, what is done by when.",
        examples=(
            Example(
                text="/issue list", gives="The open issues, those with something overdue first"
            ),
            Example(text="/issue list charnwood", gives="Those of one area, or of a priority"),
            Example(text="/issue mine", gives="Yours, and those that you have to do something for"),
            Example(text="/issue new", gives="A form for a new issue"),
        ),
        handler=answer,
        aliases=("issues",),
    )


About = Callable[[_Desk, Issue, str], Reply]
"""What one word after /issue does with an issue, and with the words that follow its number."""

Whole = Callable[[_Desk, str], Reply]
"""What one word after /issue does with the register."""


def _answer(desk: _Desk) -> Reply:
    found = WORDS.fullmatch(desk.asked.words)
    if found is None:
        raise UserError("What about the register?", hint=HINT)
    name = (found["part"] or ("show" if found["id"] else "list")).casefold()
    rest = found["rest"].strip()
    if (part := ABOUT_ONE.get(name)) is not None:
        if not found["id"]:
            hint = f"Write its number, for example /issue {name} I-12."
            raise UserError("Which issue?", hint=hint)
        issue = desk.register.get(found["id"])
        ask_told(desk.gate, issue)
        return part(desk, issue, rest)
    if (whole := WHOLE.get(name)) is not None:
        return whole(desk, f"{found['id'] or ''} {rest}".strip())
    if found["id"]:
        raise UserError(f"/issue cannot “{name}”.", hint=HINT)
    return _list(desk, f"{name} {rest}".strip())  # "/issue charnwood"


def _list(desk: _Desk, words: str) -> Reply:
    """List issues: open ones unless it is said otherwise, of a priority or area if named."""
    first, _, rest = words.partition(" ")
    which = first.casefold()
    if which not in WHICH:
        which, rest = "open", words
    today = london_day(desk.asked.now)
    kept = WHICH[which]
    every = desk.register.issues()
    chosen = [one for one in every if kept(one, today) and _is_asked_for(desk, one, rest)]
    what = "issue" if which == "all" else f"{which} issue" if which != "overdue" else "issue"
    return issues_reply(
        chosen,
        reading(desk.asked, desk.gate, desk.people),
        what=what,
        empty=f"No {what}{' with anything overdue' if which == 'overdue' else ''}"
        f"{f' of “{rest}”' if rest else ''}.",
        there_are=len(every),
    )


WHICH: Final[Mapping[str, Callable[[Issue, date], bool]]] = {
    "open": lambda issue, _today: issue.is_open,
    "closed": lambda issue, _today: not issue.is_open,
    "all": lambda _issue, _today: True,
    "overdue": lambda issue, today: bool(issue.overdue(today)),
}


def _is_asked_for(desk: _Desk, issue: Issue, words: str) -> bool:
    """Whether an issue is of the priorities and areas that were named."""
    if not words:
        return True
    asked = desk.asked
    found = asked.names.read(words, today=london_day(asked.now), wanted=(Kind.PRIORITY, Kind.AREA))
    catalogue = asked.catalogue
    numbers = {one.number for each in found.priorities for one in family(catalogue, each)}
    areas = frozenset[AreaId]().union(*(catalogue.within[one.id] for one in found.areas))
    return (not numbers or issue.priority in numbers) and (not areas or issue.area in areas)


def _mine(desk: _Desk, _words: str) -> Reply:
    every = desk.register.issues()
    mine = [one for one in every if one.is_open and one.is_of(desk.asked.person.id)]
    return issues_reply(
        mine,
        reading(desk.asked, desk.gate, desk.people),
        what="open issue",
        empty="You have no open issue, and no action to do.",
        there_are=len(every),
    )


def _new(desk: _Desk, words: str) -> Reply:
    asked = desk.asked
    if "title" not in asked.fields:
        ask_may_write(asked, _default_area(asked))
        form = new_form(asked, desk.people, title=words)
        return asking(form, "What is the issue?")
    raised = raised_from_fields(asked, desk.people)
    ask_may_write(asked, raised.area)
    return _raised(desk, raised, known="")


def _default_area(asked: Asked) -> AreaId:
    return asked.person.areas[0] if asked.person.areas else asked.catalogue.force.id


def _raise(desk: _Desk, words: str) -> Reply:
    """Raise an issue from an alert: first the form, then what was sent with it."""
    asked = desk.asked
    if not words:
        hint = "Write its number, for example /issue raise A-17."
        raise UserError("From which alert?", hint=hint)
    alert = desk.alerts.get(words)
    if reason := desk.gate.refusal(measure=alert.key.measure, area=alert.key.area, priority=""):
        raise Refused(reason)
    ask_may_write(asked, alert.key.area)
    there = [one for one in desk.register.issues() if one.alert == alert.id and one.is_open]
    if there:
        return desk.show(there[0], f"{alert.id} has been raised already: it is {there[0].id}.")
    if "title" not in asked.fields:
        form = alert_form(alert, asked, desk.people)
        return asking(form, f"An issue from {alert.id}: who has it, and what is done by when?")
    raised = raised_from_alert(alert, asked, desk.people)
    return _raised(desk, raised, known=asked.fields.get("known", "").strip())


def _raised(desk: _Desk, raised: Raised, *, known: str) -> Reply:
    """Keep a new issue, with what is known and what is to be done; show it."""
    asked = desk.asked
    who = actor(asked)
    action = action_of(asked, raised.owner)
    if reason := desk.gate.refusal(
        measure=raised.measure, area=raised.area, priority=raised.priority
    ):
        raise Refused(reason)

    def begin(id_: IssueId) -> Sequence[Change]:
        first = acts.raise_issue(id_, raised, who)
        more: list[acts.Act] = []
        if known:
            more.append(lambda one: acts.write(one, known, who))
        if action is not None:
            more.append(lambda one: acts.plan(one, action, who))
        return (first, *acts.all_of(replay([first]), more))

    issue = desk.register.begin(begin, alert=raised.alert)
    if (issue.raised_at, issue.raised_by) != (who.at, who.by):
        return desk.show(issue, f"{raised.alert} has been raised already: it is {issue.id}.")
    return desk.show(issue, f"{issue.id} is raised: {issue.title}.")


def _show(desk: _Desk, issue: Issue, _rest: str) -> Reply:
    return desk.show(issue)


def _history(desk: _Desk, issue: Issue, _rest: str) -> Reply:
    changes = desk.register.history(issue.id)
    return history_reply(issue, changes, reading(desk.asked, desk.gate, desk.people))


def _update(desk: _Desk, issue: Issue, rest: str) -> Reply:
    asked = desk.asked
    ask_may_write(asked, issue.area)
    fields, who = asked.fields, actor(asked)
    text = rest or fields.get("text", "").strip()
    if not text and "step" not in fields and "root_cause" not in fields:
        return asking(update_form(issue), f"What is new about {issue.id}, {issue.title}?")
    things: list[acts.Act] = []
    if text:
        things.append(lambda one: acts.write(one, text, who))
    if "root_cause" in fields:
        cause = fields["root_cause"]
        things.append(lambda one: acts.explain(one, cause, who))
    if fields.get("step"):
        to = _step_named(fields["step"])
        why = text if to is Step.CLOSED else ""
        things.append(lambda one: acts.step(one, to, who, why=why))
    after = desk.do(issue, *things)
    changed = after.revision > issue.revision
    return desk.show(after, f"{after.id} is updated." if changed else "Nothing was changed.")


def _assign(desk: _Desk, issue: Issue, rest: str) -> Reply:
    asked = desk.asked
    ask_may_write(asked, issue.area)
    if not rest and "owner" not in asked.fields:
        return asking(assign_form(issue, desk.people), f"Who is to have {issue.id}?")
    owner = person_named(rest, asked, desk.people) if rest else owner_of(asked, desk.people, "")
    why = asked.fields.get("why", "")
    after = desk.do(issue, lambda one: acts.assign(one, owner, actor(asked), why=why))
    who = desk.people[owner].name if owner else "nobody"
    return desk.show(after, f"{after.id} is with {who} now.")


def _step(desk: _Desk, issue: Issue, rest: str) -> Reply:
    ask_may_write(desk.asked, issue.area)
    first, _, why = rest.partition(" ")
    to = _step_named(first)
    after = desk.do(issue, lambda one: acts.step(one, to, actor(desk.asked), why=why))
    return desk.show(after, f"{after.id}: {after.step}.")


def _step_named(word: str) -> Step:
    begun = [one for one in Step if word and one.value.startswith(word.casefold())]
    if len(begun) != 1:
        raise UserError(
            f"“{word}” is no step." if word else "To which step?",
            hint=f"They are: {', '.join(Step)}.",
        )
    return begun[0]


def _close(desk: _Desk, issue: Issue, rest: str) -> Reply:
    asked = desk.asked
    ask_may_write(asked, issue.area)
    why = rest or asked.fields.get("why", "").strip()
    if not issue.is_open:
        return desk.show(issue, f"{issue.id} is closed already.")
    if not why and "why" not in asked.fields:
        return asking(close_form(issue), f"What became of {issue.id}, {issue.title}?")
    after = desk.do(issue, lambda one: acts.step(one, Step.CLOSED, actor(asked), why=why))
    still = len(after.open_actions)
    left = f" {still} action{'s were' if still > 1 else ' was'} not done." if still else ""
    return desk.show(after, f"{after.id} is closed.{left}")


def _action(desk: _Desk, issue: Issue, rest: str) -> Reply:
    asked = desk.asked
    ask_may_write(asked, issue.area)
    if not rest and "action" not in asked.fields:
        return asking(action_form(issue, asked, desk.people), f"What is to be done for {issue.id}?")
    action = _typed_action(desk, issue, rest) if rest else _sent_action(desk, issue)
    after = desk.do(issue, lambda one: acts.plan(one, action, actor(asked)))
    added = after.actions[-1]
    due = f", due {say_date(added.due)}" if added.due else ""
    return desk.show(after, f"Action {added.number} of {after.id} is kept{due}.")


def _typed_action(desk: _Desk, issue: Issue, words: str) -> Action:
    """Return an action as it is typed: "Patrol the car parks by 31 March"."""
    found = BY_DATE.search(words)
    day = day_named(found["day"], desk.asked) if found else ""
    return Action(
        number=0,
        text=words[: found.start()] if found else words,
        owner=issue.owner,
        due=date.fromisoformat(day) if day else None,
    )


def _sent_action(desk: _Desk, issue: Issue) -> Action:
    action = action_of(desk.asked, owner_of(desk.asked, desk.people, issue.owner))
    if action is None:
        raise UserError("An action says what is to be done.", hint=f"/issue action {issue.id} …")
    return action


def _done(desk: _Desk, issue: Issue, rest: str) -> Reply:
    ask_may_write(desk.asked, issue.area)
    said = rest.casefold().removeprefix("action").strip()
    still = issue.open_actions
    if not said and len(still) == 1:
        said = str(still[0].number)
    if not (said.isascii() and said.isdigit()):
        numbers = ", ".join(str(one.number) for one in still) or "none"
        raise UserError(
            f"Which action of {issue.id} is done?",
            hint=f"Write its number, for example /issue done {issue.id} 1. Still to do: {numbers}.",
        )
    number = int(said)
    after = desk.do(issue, lambda one: acts.finish(one, number, actor(desk.asked)))
    return desk.show(after, f"Action {number} of {after.id} is done.")


ABOUT_ONE: Final[Mapping[str, About]] = {
    "show": _show,
    "history": _history,
    "update": _update,
    "assign": _assign,
    "step": _step,
    "close": _close,
    "action": _action,
    "done": _done,
}

WHOLE: Final[Mapping[str, Whole]] = {"list": _list, "mine": _mine, "new": _new, "raise": _raise}
