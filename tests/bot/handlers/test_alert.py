"""`/alert`: who may look, who may take on, silence and judge, and how it is typed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

import pytest

from bot.access import Refused, Sight
from bot.alerts.model import (
    Alert,
    AlertState,
    Concern,
    Feedback,
    SnoozeUntil,
    Transition,
)
from bot.handlers.alert import alert_command
from bot.handlers.command import Asked
from bot.names import Names
from bot.people import Person, Role, Surface
from bot.replies import FieldKind, Form, Reply
from config.alerts import AlertPolicy
from metrics.errors import UnknownName, UserError
from metrics.model import AreaId, Catalogue
from metrics.snapshot import Figures, SnapshotKind
from tests.bot.access.conftest import some_figures
from tests.bot.alerts.making import a_key, an_alert
from tests.bot.asked import every_word

NOW = datetime(2020, 12, 12, 9, 0, tzinfo=UTC)
POLICY = AlertPolicy(boards=(date(2021, 1, 14),))

CHIEF = Person(id="chief", name="Jane Smith", role=Role.CHIEF_OFFICER)
ANALYST = Person(id="analyst", name="Amir Khan", role=Role.ANALYST)
EBB_LEAD = Person(id="lead", name="Eve Ebb", role=Role.AREA_LEAD, areas=(AreaId("ebb"),))
MEMBER = Person(id="member", name="Max", role=Role.MEMBER)
STRANGER = Person(id="slack:U9", name="Joe", role=None)

FORCE_WIDE = an_alert(id_="A-17")
IN_EBB = an_alert(id_="A-18", key=a_key(area="ebb"))
NOT_CITED = an_alert(id_="A-19", key=a_key("boat-theft.recorded"))
LATE = an_alert(id_="A-20", key=a_key("boat-theft.recorded", concern=Concern.LATE))
FORGOTTEN = an_alert(id_="A-21", key=a_key("smuggling.recorded"))


@dataclass
class Board:
    """Alerts in memory."""

    alerts: dict[str, Alert] = field(
        default_factory=lambda: {
            one.id: one for one in (FORCE_WIDE, IN_EBB, NOT_CITED, LATE, FORGOTTEN)
        }
    )
    judged: list[Feedback] = field(default_factory=list)

    def get(self, id_: str) -> Alert:
        found = self.alerts.get(id_.upper())
        if found is None:
            raise UnknownName(f"There is no alert {id_}.")
        return found

    def act(self, id_: str, act: Callable[[Alert], Transition | None], *, now: datetime) -> Alert:
        transition = act(self.get(id_))
        if transition:
            self.alerts[id_] = transition.alert
        return self.get(id_)

    def judge(self, feedback: Feedback) -> None:
        self.judged.append(feedback)


@pytest.fixture
def board() -> Board:
    return Board()


@pytest.fixture(scope="module")
def figures(saltmarsh: Catalogue) -> Figures:
    return some_figures(saltmarsh, kind=SnapshotKind.DAILY)


Alerting = Callable[..., Reply]


@pytest.fixture
def alert(board: Board, figures: Figures) -> Alerting:
    """Type what follows /alert."""
    command = alert_command(board, POLICY)

    def ask(
        words: str,
        person: Person = CHIEF,
        *,
        surface: Surface = Surface.PRIVATE,
        fields: dict[str, str] | None = None,
    ) -> Reply:
        return command.handler(
            Asked(
                command="alert",
                words=words,
                person=person,
                surface=surface,
                now=NOW,
                catalogue=figures.catalogue,
                names=Names(figures.catalogue),
                see=lambda _kind, _day: Sight(figures=figures, person=person, surface=surface),
                fields=fields or {},
            )
        )

    return ask


@pytest.mark.parametrize("typed", ["A-17", "a-17", "show A-17", " A-17 "])
def test_an_alert_is_shown_as_it_stands(alert: Alerting, typed: str) -> None:
    said = every_word(alert(typed))

    assert "deterioration says so." in said


@pytest.mark.parametrize("typed", ["", "burglary", "ack"])
def test_without_a_number_it_asks_which(alert: Alerting, typed: str) -> None:
    with pytest.raises(UserError, match="Which alert") as raised:
        alert(typed)

    assert "/threats" in raised.value.hint


def test_an_unknown_number_is_said_to_be_so(alert: Alerting) -> None:
    with pytest.raises(UnknownName, match="There is no alert A-99"):
        alert("ack A-99")


def test_what_it_cannot_do_is_said_with_what_it_can(alert: Alerting) -> None:
    with pytest.raises(UserError, match="cannot “delete”: it knows show, ack, snooze"):
        alert("delete A-17")


@pytest.mark.parametrize(
    ("person", "id_"), [(CHIEF, "A-17"), (ANALYST, "A-17"), (EBB_LEAD, "A-18")]
)
def test_who_may_takes_it_on_in_their_own_name(
    alert: Alerting, board: Board, person: Person, id_: str
) -> None:
    reply = alert(f"ack {id_}", person)

    assert board.get(id_).state is AlertState.ACKNOWLEDGED
    assert reply.summary == f"{id_} is acknowledged by {person.name}."


@pytest.mark.parametrize("what", ["ack A-17", "snooze A-17 until next board", "useless A-17"])
@pytest.mark.parametrize("person", [MEMBER, EBB_LEAD])
def test_who_may_not_changes_nothing(
    alert: Alerting, board: Board, person: Person, what: str
) -> None:
    with pytest.raises(Refused):
        alert(what, person)

    assert board.get("A-17") == FORCE_WIDE
    assert board.judged == []


@pytest.mark.parametrize("what", ["A-17", "ack A-17", "why A-17", "chart A-17"])
def test_a_stranger_is_shown_nothing(alert: Alerting, what: str) -> None:
    with pytest.raises(Refused):
        alert(what, STRANGER)


@pytest.mark.parametrize("what", ["A-19", "ack A-19", "chart A-19"])
def test_what_is_not_cited_is_not_shown_through_its_alert(alert: Alerting, what: str) -> None:
    with pytest.raises(Refused, match="silence"):
        alert(what)


def test_that_a_return_is_late_holds_no_figure_and_may_be_seen(
    alert: Alerting, board: Board
) -> None:
    alert("ack A-20")

    assert board.get("A-20").is_acknowledged


def test_what_the_plan_has_lost_is_said_to_be_so(alert: Alerting) -> None:
    with pytest.raises(Refused, match="does not know what A-21 is about"):
        alert("A-21")


def test_the_first_to_take_it_on_has_it(alert: Alerting) -> None:
    alert("ack A-17", ANALYST)

    assert alert("ack A-17", CHIEF).summary == "A-17 is acknowledged by Amir Khan."


@pytest.mark.parametrize(
    ("typed", "kind", "until"),
    [
        ("until next data month", SnoozeUntil.NEXT_DATA_MONTH, None),
        ("next month", SnoozeUntil.NEXT_DATA_MONTH, None),
        ("until the next board", SnoozeUntil.NEXT_BOARD, date(2021, 1, 14)),
        ("until 31 January 2021", SnoozeUntil.DATE, date(2021, 1, 31)),
        ("until 31/1/2021", SnoozeUntil.DATE, date(2021, 1, 31)),
        ("until 31 January", SnoozeUntil.DATE, date(2021, 1, 31)),
        ("2021-01-31", SnoozeUntil.DATE, date(2021, 1, 31)),
    ],
)
def test_a_silence_is_typed_as_people_say_it(
    alert: Alerting, board: Board, typed: str, kind: SnoozeUntil, until: date | None
) -> None:
    alert(f"snooze A-17 {typed}")

    snooze = board.get("A-17").snooze
    assert snooze is not None
    assert snooze.kind is kind
    assert until in (None, snooze.until)


@pytest.mark.parametrize("typed", ["until christmas", "for a while"])
def test_what_is_no_day_is_asked_for_again(alert: Alerting, board: Board, typed: str) -> None:
    with pytest.raises(UserError, match="is not a day") as raised:
        alert(f"snooze A-17 {typed}")

    assert "until next data month" in raised.value.hint
    assert board.get("A-17") == FORCE_WIDE


@pytest.mark.parametrize("typed", ["until 1 December 2020", "until 1 January 2025"])
def test_a_silence_neither_ends_before_it_begins_nor_lasts_for_ever(
    alert: Alerting, board: Board, typed: str
) -> None:
    with pytest.raises(UserError):
        alert(f"snooze A-17 {typed}")

    assert board.get("A-17") == FORCE_WIDE


@pytest.mark.parametrize("typed", ["snooze A-17", "snooze A-17 until a date"])
def test_without_a_day_it_is_asked_for_in_a_form(alert: Alerting, typed: str) -> None:
    [form] = [one for one in alert(typed).blocks if isinstance(one, Form)]

    assert form.command == "/alert snooze A-17"
    assert [(one.name, one.kind) for one in form.fields] == [("until", FieldKind.DATE)]


def test_and_the_form_does_it(alert: Alerting, board: Board) -> None:
    alert("snooze A-17", fields={"until": "2021-01-31"})

    snooze = board.get("A-17").snooze
    assert snooze is not None
    assert snooze.until == date(2021, 1, 31)


def test_what_has_ended_cannot_be_taken_on(alert: Alerting, board: Board) -> None:
    board.alerts["A-17"] = replace(FORCE_WIDE, resolved_at=NOW)

    with pytest.raises(UserError):
        alert("ack A-17")


def test_not_useful_is_kept_for_its_rules_with_what_was_said(alert: Alerting, board: Board) -> None:
    alert("useless A-17 we knew that")

    [said] = board.judged
    assert (said.alert, said.useful, said.by) == ("A-17", False, "Jane Smith")
    assert said.rules == FORCE_WIDE.rules
    assert said.comment == "we knew that"


def test_in_a_channel_only_what_was_done_is_said(alert: Alerting) -> None:
    reply = alert("ack A-17", surface=Surface.CHANNEL)

    assert len(reply.blocks) == 1


def test_its_chart_is_that_of_its_measure(alert: Alerting) -> None:
    assert "Other" in alert("chart A-18").summary
