"""Whatever is asked, a reply comes back, and what became of the question is written down."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

import pytest

from bot.access import Refused
from bot.answer import Desk, Failure, Request
from bot.audit import Entry, Outcome
from bot.handlers.command import Asked, Command, Handler
from bot.names import Kind
from bot.people import Person, Role, Surface
from bot.replies import Bullets, Buttons, Paragraph, Reply, Standing
from metrics.calendar import london_day
from metrics.errors import ThreatDeskError, UserError
from metrics.model import Catalogue
from metrics.snapshot import Figures, SnapshotKind
from tests.metrics.dashboards.conftest import MakeSnapshot, a_year, snapshot_of  # noqa: F401

MORNING = datetime(2020, 12, 12, 8, 0, tzinfo=UTC)

CHIEF = Person(id="chief", name="Chief Constable", role=Role.CHIEF_OFFICER)
STRANGER = Person(id="slack:U042", name="Somebody", role=None)


@dataclass(frozen=True)
class KeptAudit:
    """An audit log that is a list."""

    entries: list[Entry] = field(default_factory=list)

    def record(self, entry: Entry) -> None:
        self.entries.append(entry)


class BrokenAudit:
    """An audit log on a full disk."""

    def record(self, entry: Entry) -> None:
        raise OSError("no space left on device")


def area_of(asked: Asked) -> Reply:
    """Say which area was named."""
    reading = asked.names.read(asked.words, today=london_day(asked.now), wanted=(Kind.AREA,))
    said = ", ".join(area.name for area in reading.areas) or "nowhere"
    return Reply(summary=said, blocks=(Paragraph(text=said),), share=f"/where {asked.words}")


def after_a_word(asked: Asked) -> Reply:
    """Read all but the first word, as a command with parts does."""
    return area_of(replace(asked, words=asked.words.partition(" ")[2]))


def a_command(name: str, handler: Handler) -> Command:
    return Command(name=name, usage=f"/{name}", does="It answers.", examples=(), handler=handler)


def a_desk(saltmarsh: Catalogue, handler: Handler, audit: object = None, **more: object) -> Desk:
    def find(kind: SnapshotKind | None, as_at: date | None) -> Figures:
        raise UserError("There are no figures.", hint="They appear after the first daily run.")

    return Desk(
        commands=(a_command("where", handler), a_command("part", after_a_word)),
        **{  # type: ignore[arg-type]
            "catalogue": lambda: saltmarsh,
            "figures": find,
            "audit": audit or KeptAudit(),
            "reference": lambda: "R-3F2A",
            **more,
        },
    )


def ask(desk: Desk, text: str, **more: object) -> Reply:
    return desk.answer(Request(text=text, person=CHIEF, at=MORNING, **more))  # type: ignore[arg-type]


def raising(error: Exception) -> Handler:
    def handler(asked: Asked) -> Reply:
        raise error

    return handler


def words_of(reply: Reply) -> str:
    return "\n".join(one.text for one in reply.blocks if isinstance(one, Paragraph))


def test_a_command_is_answered_and_written_down(saltmarsh: Catalogue) -> None:
    audit = KeptAudit()

    reply = ask(a_desk(saltmarsh, area_of, audit), "/where ebb", place="slack:C1")

    assert reply.summary == "Ebb"
    [entry] = audit.entries
    assert (entry.outcome, entry.text, entry.detail) == (
        Outcome.ANSWERED, "/where ebb", "/where ebb",
    )  # fmt: skip
    assert (entry.person, entry.place, entry.at) == (CHIEF, "slack:C1", MORNING)


def test_the_snapshot_that_was_looked_at_is_written_down(
    saltmarsh: Catalogue,
    snapshot_of: MakeSnapshot,  # noqa: F811
) -> None:
    audit = KeptAudit()
    figures = Figures(snapshot=snapshot_of(a_year()), catalogue=saltmarsh)

    def look(asked: Asked) -> Reply:
        return Reply(summary=asked.see(None, None).standing, blocks=())

    reply = ask(a_desk(saltmarsh, look, audit, figures=lambda _kind, _day: figures), "/where")

    assert reply.summary == "As at 11 December 2020, provisional daily figures"
    assert audit.entries[0].snapshot == figures.snapshot.id


def test_somebody_unknown_is_given_nothing_and_told_whom_to_ask(saltmarsh: Catalogue) -> None:
    audit = KeptAudit()
    desk = a_desk(saltmarsh, raising(AssertionError("was run")), audit, contact="the harbour desk")

    reply = desk.answer(Request(text="/where ebb", person=STRANGER, at=MORNING))

    assert "the harbour desk" in words_of(reply)
    assert "slack:U042" in words_of(reply)
    assert reply.standing is Standing.NOTICE
    assert audit.entries[0].outcome is Outcome.REFUSED


def test_what_the_asker_can_mend_comes_with_what_to_do(saltmarsh: Catalogue) -> None:
    error = UserError("There is no such boat.", hint="Name another.")

    reply = ask(a_desk(saltmarsh, raising(error)), "/where")

    assert words_of(reply) == "There is no such boat.\nName another."


def test_a_refusal_says_why_and_is_written_down_as_one(saltmarsh: Catalogue) -> None:
    audit = KeptAudit()
    desk = a_desk(saltmarsh, raising(Refused("The harbour master asked for silence.")), audit)

    reply = ask(desk, "/where")

    assert reply.summary == "The harbour master asked for silence."
    assert reply.standing is Standing.NOTICE
    assert (audit.entries[0].outcome, audit.entries[0].detail) == (
        Outcome.REFUSED, "The harbour master asked for silence.",
    )  # fmt: skip


def test_what_is_ours_and_foreseen_comes_with_a_reference(
    saltmarsh: Catalogue, caplog: pytest.LogCaptureFixture
) -> None:
    reply = ask(a_desk(saltmarsh, raising(ThreatDeskError("The tide is out."))), "/where")

    assert words_of(reply) == "The tide is out.\nQuote the reference R-3F2A."
    assert "R-3F2A" in caplog.text


def test_a_bug_shows_a_reference_and_keeps_the_traceback(
    saltmarsh: Catalogue, caplog: pytest.LogCaptureFixture
) -> None:
    audit = KeptAudit()

    reply = ask(a_desk(saltmarsh, raising(KeyError("password=hunter2")), audit), "/where")

    assert "R-3F2A" in words_of(reply)
    assert "hunter2" not in repr(reply)
    assert "hunter2" in caplog.text
    assert (audit.entries[0].outcome, audit.entries[0].detail) == (Outcome.FAILED, "R-3F2A")


def test_what_cannot_be_written_down_is_not_answered(
    saltmarsh: Catalogue, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)

    settled = a_desk(saltmarsh, area_of, BrokenAudit()).settle(
        Request(text="/where ebb", person=CHIEF, at=MORNING)
    )

    assert "Ebb" not in repr(settled.reply)
    assert "R-3F2A" in words_of(settled.reply)
    assert settled.outcome is Outcome.FAILED
    assert "no space left" in caplog.text


def test_a_plan_that_cannot_be_read_is_a_reply_too(saltmarsh: Catalogue) -> None:
    def broken() -> Catalogue:
        raise OSError("disk gone")

    desk = a_desk(saltmarsh, area_of, catalogue=broken)

    assert "R-3F2A" in words_of(ask(desk, "/where ebb"))


def test_a_doubtful_name_is_asked_back_with_whole_commands(saltmarsh: Catalogue) -> None:
    reply = ask(a_desk(saltmarsh, area_of), "/where ebbb")

    [buttons] = [one for one in reply.blocks if isinstance(one, Buttons)]
    assert [(one.label, one.command) for one in buttons.items] == [("Ebb", "/where ebb")]


def test_a_choice_keeps_what_stood_before_the_names(saltmarsh: Catalogue) -> None:
    reply = ask(a_desk(saltmarsh, area_of), "/part boats eb")

    [buttons] = [one for one in reply.blocks if isinstance(one, Buttons)]
    assert buttons.items[0].command == "/part boats ebb"


def test_how_words_were_read_is_said_before_the_answer(saltmarsh: Catalogue) -> None:
    reply = ask(a_desk(saltmarsh, area_of), "/where saltmrsh")

    assert reply.blocks[0] == Paragraph(text="Read “saltmrsh” as Saltmarsh.")


def test_how_words_were_read_is_not_said_twice(saltmarsh: Catalogue) -> None:
    def says_it(asked: Asked) -> Reply:
        reading = asked.names.read(asked.words, today=london_day(asked.now), wanted=(Kind.AREA,))
        return Reply(summary="It is flooded.", blocks=(Bullets(items=reading.remarks),))

    reply = ask(a_desk(saltmarsh, says_it), "/where saltmrsh")

    assert len(reply.blocks) == 1


def test_what_everybody_sees_cannot_be_shared_again(saltmarsh: Catalogue) -> None:
    desk = a_desk(saltmarsh, area_of)

    assert ask(desk, "/where ebb").share == "/where ebb"
    assert ask(desk, "/where ebb", surface=Surface.CHANNEL).share == ""


def test_a_handler_sees_who_asks_and_where_it_will_be_seen(saltmarsh: Catalogue) -> None:
    seen: list[Asked] = []

    def keep(asked: Asked) -> Reply:
        seen.append(asked)
        return Reply(summary="Seen.", blocks=())

    ask(a_desk(saltmarsh, keep), "/where", surface=Surface.CHANNEL, fields={"note": "tide"})

    [asked] = seen
    assert (asked.person, asked.surface, asked.fields) == (CHIEF, Surface.CHANNEL, {"note": "tide"})


def test_names_follow_the_plan_in_force(saltmarsh: Catalogue) -> None:
    plans = [saltmarsh]
    desk = Desk(
        commands=(a_command("where", area_of),),
        figures=lambda _kind, _day: None,  # type: ignore[arg-type,return-value]
        catalogue=lambda: plans[-1],
        audit=KeptAudit(),
    )
    renamed = {
        id_: replace(area, name="Ebb and Flood", aliases=("Highwater",)) if id_ == "ebb" else area
        for id_, area in saltmarsh.areas.items()
    }

    ask(desk, "/where ebb")
    plans.append(replace(saltmarsh, areas=renamed, version="another"))

    assert ask(desk, "/where highwater").summary == "Ebb and Flood"


def test_what_was_filled_into_a_form_is_written_down_with_it(saltmarsh: Catalogue) -> None:
    audit = KeptAudit()

    ask(a_desk(saltmarsh, area_of, audit), "/where ebb", fields={"why": "the tide", "until": ""})

    assert audit.entries[0].text == "/where ebb [why: the tide]"


@pytest.mark.parametrize(
    ("text", "command"), [("/where ebb", "where"), ("/no-such-thing", ""), ("where is it", "where")]
)
def test_every_answer_says_its_command_and_its_reference(
    saltmarsh: Catalogue, text: str, command: str
) -> None:
    settled = a_desk(saltmarsh, area_of).settle(Request(text=text, person=CHIEF, at=MORNING))

    assert (settled.command, settled.reference) == (command, "R-3F2A")


@pytest.mark.parametrize(
    ("error", "failure"),
    [
        (None, None),
        (UserError("Name another."), None),
        (Refused("No."), None),
        (ThreatDeskError("The tide is out."), Failure.FORESEEN),
        (KeyError("a bug"), Failure.UNEXPECTED),
    ],
)
def test_a_failure_of_ours_is_told_from_what_the_asker_can_mend(
    saltmarsh: Catalogue, error: Exception | None, failure: Failure | None
) -> None:
    desk = a_desk(saltmarsh, raising(error) if error else area_of)

    assert desk.settle(Request(text="/where", person=CHIEF, at=MORNING)).failure is failure
