"""What was asked becomes a reply: the question is understood, answered, and written down.

Errors become replies here and nowhere else.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from threading import Lock
from typing import Final

from structlog.contextvars import bound_contextvars

from bot.access import USUAL, Refused, Sight, Views
from bot.asking import understand
from bot.audit import Audit, Entry, Outcome
from bot.handlers.command import Asked, Command
from bot.names import Ambiguous, Kind, Names, Reading, UnknownWords
from bot.names.model import Thing
from bot.people import Person, Surface
from bot.phrasebook import Question
from bot.redaction import unspoken
from bot.reference import new_reference as new_reference
from bot.replies import (
    Button,
    Buttons,
    Reply,
)
from bot.replies.notice import notice, with_remarks
from metrics.calendar import london_day
from metrics.errors import ThreatDeskError, UserError
from metrics.model import Catalogue
from metrics.snapshot import Figures, SnapshotKind

log = logging.getLogger(__name__)

FindFigures = Callable[[SnapshotKind | None, date | None], Figures]
"""Find the newest figures of a kind on or before a day.  Raises `UserError` when there are none."""

CONTACT: Final = "the person who runs Threat Desk in your force"
"""Whom to ask, where the installation names nobody."""


WITHHELD_NAMED: Final = 20
"""So many figures that were withheld are named in one entry of the audit; the rest are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One question, order or press of a button, as a channel hands it over."""

    text: str  # a slash command, a question in words, or the command of a button
    person: Person
    at: datetime  # timezone-aware
    surface: Surface = Surface.PRIVATE
    fields: Mapping[str, str] = field(default_factory=dict)  # of a form that was sent
    place: str = ""  # the channel that it was asked in, e.g. "slack:C042"; empty: none


class Failure(StrEnum):
    """A failure of ours, by its kind; what the asker can mend is none."""

    FORESEEN = "foreseen"  # something is missing, and we say what
    UNEXPECTED = "unexpected"  # a bug
    NOT_RECORDED = "not_recorded"  # the audit log could not be written


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A reply, and what became of the request.  Only what was answered may be shown to others."""

    reply: Reply
    outcome: Outcome
    force: str = ""  # in a region, the id of the force that answered
    command: str = ""  # that answered; empty: none was understood
    reference: str = ""  # by which it is found in the log
    snapshots: tuple[str, ...] = ()  # whose figures were looked at
    failure: Failure | None = None


@dataclass(slots=True)
class _Course:
    """What is learnt on the way to one reply."""

    reference: str
    question: Question | None = None
    typed: str = ""  # what was last read for names
    remarks: list[str] = field(default_factory=list)
    sights: list[Sight] = field(default_factory=list)
    snapshots: list[str] = field(default_factory=list)


class _Listening(Names):
    """Names that write down what was made of the words."""

    def __init__(self, names: Names, course: _Course) -> None:
        self.catalogue = names.catalogue
        self._names = names
        self._course = course

    def read(self, words: str, *, today: date, wanted: Collection[Kind]) -> Reading:
        """Read, and keep what was read and remarked."""
        self._course.typed = words
        reading = self._names.read(words, today=today, wanted=wanted)
        self._course.remarks += reading.remarks
        return reading

    def say(self, thing: Thing, wanted: Collection[Kind]) -> str:
        """Return words that name a thing and nothing else."""
        return self._names.say(thing, wanted)


class Desk:
    """Answers.  Synchronous and thread-safe; nothing that is asked makes it raise."""

    def __init__(
        self,
        *,
        commands: Sequence[Command],
        figures: FindFigures,
        catalogue: Callable[[], Catalogue],
        audit: Audit,
        contact: str = CONTACT,
        reference: Callable[[], str] = new_reference,
        views: Views = USUAL,
    ) -> None:
        """Make a desk.

        Args:
            commands: All that can be asked.
            figures: Where figures are found; a `bot.shelf.Shelf` keeps them in memory.
            catalogue: Gives the plan in force; asked for every request, and cheap.
            audit: Where every request is written down; without that nothing is answered.
            contact: Whom people turn to who are not known here.
            reference: Makes the codes by which requests are found in the log.
            views: Where it is kept what is hidden from whom.
        """
        self._commands = {one.name: one for one in commands}
        self._figures = figures
        self._catalogue = catalogue
        self._audit = audit
        self._contact = contact
        self._reference = reference
        self._views = views
        self._names: Names | None = None
        self._lock = Lock()

    def answer(self, request: Request) -> Reply:
        """Return the reply to a request; whatever goes wrong is a reply too."""
        return self.settle(request).reply

    def settle(self, request: Request) -> Answered:
        """Return the reply to a request, and what became of it.

        A channel shows to others only what was answered: refusals and failures are for the asker.
        """
        course = _Course(reference=self._reference())
        person = request.person
        words = (request.text, person.id, person.name, *request.fields.values())
        with bound_contextvars(reference=course.reference), unspoken(words):
            answered, detail = self._settled(request, course)
            snapshots = tuple(dict.fromkeys(course.snapshots))
            answered = self._written_down(request, answered, detail, snapshots, course.reference)
        command = course.question.command if course.question else ""
        return replace(answered, command=command, reference=course.reference, snapshots=snapshots)

    def _written_down(
        self,
        request: Request,
        answered: Answered,
        detail: str,
        snapshots: Sequence[str],
        reference: str,
    ) -> Answered:
        """Return an answer once it is in the audit log; where it cannot be, that it is not."""
        try:
            self._audit.record(
                Entry(
                    at=request.at,
                    person=request.person,
                    surface=request.surface,
                    place=request.place,
                    text=_asked(request),
                    outcome=answered.outcome,
                    detail=detail,
                    snapshot=", ".join(snapshots),
                )
            )
        except Exception:
            log.exception("%s: the audit log could not be written", reference)
            return _failed(
                "This was not answered: every answer is recorded, and the record failed.",
                f"Try again soon, or quote the reference {reference}.",
                Failure.NOT_RECORDED,
            )
        return answered

    def _settled(self, request: Request, course: _Course) -> tuple[Answered, str]:
        """Return the answer, or why there is none; and what is written down about it."""
        person, reference = request.person, course.reference
        if person.role is None:
            return self._unknown(person), "not known here"
        try:
            reply = self._reply(request, course)
        except Refused as error:
            refusal = notice(str(error), error.hint)
            return Answered(reply=refusal, outcome=Outcome.REFUSED), str(error)
        except (Ambiguous, UnknownWords) as doubt:
            asked_back = notice(str(doubt), doubt.hint, *_choices(doubt, course))
            return Answered(reply=asked_back, outcome=Outcome.FAILED), str(doubt)
        except UserError as error:  # theirs to mend: say what to do next
            return _failed(str(error), error.hint), str(error)
        except ThreatDeskError as error:  # ours, but foreseen: say what is missing
            log.warning("%s: a foreseen error", reference, exc_info=error)
            quote = f"Quote the reference {reference}."
            sorry = _failed(str(error), quote, Failure.FORESEEN)
            return sorry, f"{reference}: {error}"
        except Exception:  # a bug: never show its details, never lose them
            log.exception("%s: unexpected error", reference)
            sorry = _failed(
                "Something went wrong on our side.",
                f"Quote the reference {reference}.",
                Failure.UNEXPECTED,
            )
            return sorry, reference
        return Answered(reply=reply, outcome=Outcome.ANSWERED), _detail(course)

    def _reply(self, request: Request, course: _Course) -> Reply:
        """Understand, answer, and say first what was made of the words."""
        names = _Listening(self._names_now(), course)
        question = understand(
            request.text,
            commands=tuple(self._commands.values()),
            names=names,
            today=london_day(request.at),
        )
        course.question = question

        def see(kind: SnapshotKind | None, as_at: date | None) -> Sight:
            figures = self._figures(kind, as_at)
            course.snapshots.append(figures.snapshot.id)
            sight = Sight(
                figures=figures,
                person=request.person,
                surface=request.surface,
                views=self._views,
            )
            course.sights.append(sight)
            return sight

        reply = self._commands[question.command].handler(
            Asked(
                command=question.command,
                words=question.words,
                person=request.person,
                surface=request.surface,
                now=request.at,
                catalogue=names.catalogue,
                names=names,
                see=see,
                fields=request.fields,
                place=request.place,
                used=course.snapshots.append,
            )
        )
        reply = with_remarks(reply, course.remarks)
        return replace(reply, share="") if request.surface is Surface.CHANNEL else reply

    def _names_now(self) -> Names:
        """Return the names of the plan in force, made once for each version of it."""
        catalogue = self._catalogue()
        with self._lock:
            if self._names is None or self._names.catalogue.version != catalogue.version:
                self._names = Names(catalogue)
            return self._names

    def _unknown(self, person: Person) -> Answered:
        reply = notice(
            "You are not set up here yet, so nothing can be shown to you.",
            f"Ask {self._contact} to add you, and tell them this id: {person.id}.",
        )
        return Answered(reply=reply, outcome=Outcome.REFUSED)


def _failed(message: str, hint: str, failure: Failure | None = None) -> Answered:
    return Answered(reply=notice(message, hint), outcome=Outcome.FAILED, failure=failure)


def _asked(request: Request) -> str:
    """Return what was asked, with what was filled into a form: that is part of it."""
    filled = "; ".join(f"{name}: {said}" for name, said in request.fields.items() if said)
    return f"{request.text} [{filled}]" if filled else request.text


def _choices(doubt: Ambiguous | UnknownWords, course: _Course) -> tuple[Buttons, ...]:
    """Return a button for each thing that was perhaps meant; it asks the whole question again."""
    if not doubt.options:
        return ()
    return (
        Buttons(
            items=tuple(
                Button(label=one.label, command=_whole(one.words, course)) for one in doubt.options
            )
        ),
    )


def _whole(words: str, course: _Course) -> str:
    """Return the command that asks with other words what was asked.

    A handler may have read only the end of the words: what stands before it is kept.
    """
    question = course.question
    if question is None or words.startswith("/"):
        return words
    typed = " ".join(course.typed.split())
    asked = " ".join(question.words.split())
    before = asked.removesuffix(typed).strip() if typed and asked.endswith(typed) else ""
    if before and not words.startswith(before):
        words = f"{before} {words}"
    return f"/{question.command} {words}"


def _detail(course: _Course) -> str:
    """Return the command that answered, and which figures were withheld from the answer."""
    command = course.question.text if course.question else ""
    withheld = dict.fromkeys(
        f"{one.measure or 'everything'} in {one.area}"
        for sight in course.sights
        for one in sight.refusals
    )
    if not withheld:
        return command
    named = list(withheld)[:WITHHELD_NAMED]
    more = f" and {len(withheld) - len(named)} more" if len(withheld) > len(named) else ""
    return f"{command}; withheld: {', '.join(named)}{more}"
