"""The desk of a region: finds whose desk is asked, and never guesses.

Every force answers at its own desk, over its own figures, and writes into its own audit log.  Who
is nobody to a force is nobody at its desk, whatever they type, press or replay.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from bot.answer import Answered, Desk, Failure, Request
from bot.audit import Audit, Entry, Outcome
from bot.people import Person, Surface
from bot.reference import new_reference
from bot.region.addressing import SIGN, Addressed, addressed, to_force
from bot.region.faces import Face
from bot.region.stamping import named, stamped
from bot.replies import Button, Buttons, Menu, Paragraph, Reply, Standing
from bot.replies.notice import notice
from metrics.errors import ThreatDeskError, UserError

log = logging.getLogger(__name__)

REGION_COMMANDS: Final = ("region", "regional", "forces")
"""What the region itself answers, for those who may compare."""

OWN_CHANNEL: Final = ("console",)
"""Platforms on which each force has the channel to itself that answers are shared to."""

MOST_BUTTONS: Final = 5
"""More forces than these are offered as a menu."""

NOT_SHARED: Final = (
    "This channel is not one of {name}'s, so its figures are not shared here: people of other "
    "forces may read it."
)


SIDE_BY_SIDE: Final = (
    "With a regional role you see the forces side by side; a force's own answers are its people's."
)
TRY: Final = "/region shows where the forces differ, /region threats what each has classified."


@dataclass(frozen=True, slots=True, kw_only=True)
class ForceDesk:
    """One force's desk, made when it is first asked."""

    name: str
    desk: Callable[[], Desk]  # raises where the force's plan or database cannot be used


class RegionDesk:
    """Answers for every force of a region.  Synchronous and thread-safe; nothing makes it raise."""

    def __init__(
        self,
        *,
        forces: Mapping[str, ForceDesk],
        regional: Desk,
        regions: Mapping[str, Collection[str]],
        bound: Mapping[str, str],
        audit: Audit,
        reference: Callable[[], str] = new_reference,
    ) -> None:
        """Make a desk.

        Args:
            forces: By their ids, in the order they are offered.
            regional: Answers what the region itself is asked, and whoever no force knows.
            regions: The forces inside each region that is inside it, by the region's id.
            bound: The force that each bound channel is of, by the channel's address.
            audit: Where it is written down what reached no force's desk.
            reference: Makes the codes by which failures are found in the log.
        """
        self._forces = forces
        self._regional = regional
        self._regions = regions
        self._known = frozenset((*forces, *regions))
        self._bound = bound
        self._audit = audit
        self._reference = reference

    def answer(self, request: Request) -> Reply:
        """Return the reply to a request; whatever goes wrong is a reply too."""
        return self.settle(request).reply

    def settle(self, request: Request) -> Answered:
        """Return the reply to a request, what became of it, and which force it is of."""
        try:
            return self._settled(request)
        except Exception:
            reference = self._reference()
            log.exception("%s: unexpected error", reference)
            reply = notice("Something went wrong on our side.", f"Quote the reference {reference}.")
            return Answered(
                reply=reply,
                outcome=Outcome.FAILED,
                reference=reference,
                failure=Failure.UNEXPECTED,
            )

    def _settled(self, request: Request) -> Answered:
        said = addressed(request.text, self._known)
        face = request.person
        if not isinstance(face, Face):  # no channel makes such a person: nobody's, then
            stranger = replace(request, person=_nobody(face))
            return self._regional.settle(stranger)
        names_one = any(one in self._forces for one in said.named)
        if _asks_the_region(said.text) or not (face.forces or names_one):
            return self._of_the_region(request, said, face)
        force = self._force(request, said, face)
        if isinstance(force, Reply):
            return self._noted(request, force, Outcome.FAILED, "asked back: which force")
        return self._of_a_force(replace(request, text=said.text), face, force)

    def _of_the_region(self, request: Request, said: Addressed, face: Face) -> Answered:
        """Ask the region's own desk; where regions or forces are named, only of those."""
        text = said.text
        if said.named:
            wanted = {id_ for one in said.named for id_ in self._regions.get(one, (one,))}
            face = replace(face, compares=face.compares & wanted)
        if face.compares and not _asks_the_region(text):
            if text.lstrip().startswith("/") and not _is_about_the_desk(text):
                return self._noted(
                    request, notice(SIDE_BY_SIDE, TRY), Outcome.REFUSED, SIDE_BY_SIDE
                )
            text = text if _is_about_the_desk(text) else f"/region {text}"
        answered = self._regional.settle(replace(request, text=text, person=face))
        for one in said.named:
            answered = replace(answered, reply=stamped(answered.reply, one))
        return answered

    def _force(self, request: Request, said: Addressed, face: Face) -> str | Reply:
        """Return the force that is asked, or ask back which one is."""
        forces = [one for one in said.named if one in self._forces]
        if len(forces) == 1 and len(said.named) == 1:
            return forces[0]
        if said.named:
            return self._which(said.text, forces or list(face.forces), "One force at a time.")
        if len(face.forces) == 1:
            return next(iter(face.forces))
        here = self._bound.get(request.place)
        if here in face.forces:
            return str(here)
        return self._which(said.text, list(face.forces), "Which force?")

    def _of_a_force(self, request: Request, face: Face, id_: str) -> Answered:
        """Ask a force's own desk, as whoever the asker is to that force."""
        force = self._forces[id_]
        place, shares = request.place, request.surface is Surface.CHANNEL
        is_own = place.partition(":")[0] in OWN_CHANNEL or self._bound.get(place) == id_
        person = face.forces.get(id_)
        if shares and person is not None and not is_own:
            refusal = notice(
                NOT_SHARED.format(name=force.name),
                f"Share it in a channel that region.toml names for {force.name}.",
            )
            return self._noted(request, refusal, Outcome.REFUSED, f"shared outside {id_}")
        try:
            answered = force.desk().settle(replace(request, person=person or _nobody(face)))
        except ThreatDeskError as error:  # the force's plan or database, not the question
            return self._unavailable(request, force, error)
        reply = named(answered.reply, force.name)
        if len(face.forces) > 1 or shares:
            reply = stamped(reply, id_)
        return replace(answered, reply=reply, force=id_)

    def _unavailable(self, request: Request, force: ForceDesk, error: ThreatDeskError) -> Answered:
        reference = self._reference()
        log.warning("%s: %s cannot be asked: %s", reference, force.name, error)
        reply = notice(
            f"{force.name} cannot be asked at the moment.", f"Quote the reference {reference}."
        )
        noted = self._noted(request, reply, Outcome.FAILED, f"{reference}: {error}")
        return replace(noted, reference=reference, failure=Failure.FORESEEN)

    def _which(self, text: str, forces: Sequence[str], words: str) -> Reply:
        """Ask back which force is meant, with the whole question again for each."""
        buttons = tuple(
            Button(label=self._forces[one].name, command=to_force(text, one)) for one in forces
        )
        hint = f"Choose one, or write it behind what you ask: {SIGN}{forces[0]}."
        choices = (
            Buttons(items=buttons)
            if len(buttons) <= MOST_BUTTONS
            else Menu(label="Force", items=buttons)
        )
        return Reply(
            summary=words,
            blocks=(Paragraph(text=words, strong=True), Paragraph(text=hint), choices),
            standing=Standing.NOTICE,
        )

    def _noted(self, request: Request, reply: Reply, outcome: Outcome, detail: str) -> Answered:
        """Write down what reached no force's desk; without that nothing is answered."""
        try:
            self._audit.record(
                Entry(
                    at=request.at,
                    person=request.person,
                    surface=request.surface,
                    place=request.place,
                    text=request.text,
                    outcome=outcome,
                    detail=detail,
                    snapshot="",
                )
            )
        except UserError as error:
            reference = self._reference()
            log.warning("%s: the region's audit log could not be written: %s", reference, error)
            reply = notice(
                "This was not answered: every answer is recorded, and the record failed.",
                f"Try again soon, or quote the reference {reference}.",
            )
            return Answered(
                reply=reply,
                outcome=Outcome.FAILED,
                reference=reference,
                failure=Failure.NOT_RECORDED,
            )
        return Answered(reply=reply, outcome=outcome)


def _asks_the_region(text: str) -> bool:
    first = text.split(maxsplit=1)[0].casefold() if text.split() else ""
    return first.removeprefix("/") in REGION_COMMANDS


def _is_about_the_desk(text: str) -> bool:
    """Whether help is asked for, or something else that no force is needed for."""
    first = text.split(maxsplit=1)[0].casefold() if text.split() else "/threatdesk"
    return first.removeprefix("/") in ("threatdesk", "desk", "help")


def _nobody(person: Person) -> Person:
    """Return someone as a force sees them that does not know them."""
    return Person(id=person.id, name=person.name, role=None)
