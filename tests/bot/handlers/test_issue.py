"""The register in chat: from an alert in two clicks, who may write, and what is not shown."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest

from bot.alerts.model import Alert, AlertKey, Concern
from bot.answer import Answered, Desk, Request
from bot.audit import Entry, Outcome
from bot.handlers.issue import issue_command
from bot.handlers.operation import operation_command
from bot.people import Person, Surface
from bot.register.model import IssueLevel, Operation, Step, Update
from bot.render.slack_forms import render_form
from bot.replies import Form, Table
from metrics.errors import UnknownName, UserError
from metrics.model import AreaId, Catalogue, MeasureId, Restriction
from metrics.snapshot import Figures, SnapshotKind
from tests.bot.access.conftest import some_figures, with_measures
from tests.bot.alerts.making import an_alert
from tests.bot.asked import commands_in, every_word
from tests.bot.register.making import (
    ANA,
    JANE,
    MEG,
    MORNING,
    PEOPLE,
    TOM,
    FakeRegister,
    an_action,
    an_issue,
)

STRANGER = Person(id="slack:U9", name="Somebody", role=None)
BOATS, NETS, SAVINGS = (
    MeasureId(one) for one in ("boat-theft.recorded", "net-damage.recorded", "savings")
)
EBB, FLOW = AreaId("ebb"), AreaId("flow")
LATE = MORNING.date() - timedelta(days=3)

TIGER = Operation(id="tiger", name="Operation Tiger", first=date(2020, 10, 28), priorities=("1",))


class NoAudit:
    def record(self, entry: Entry) -> None:
        """Forget it."""


@dataclass(frozen=True)
class TwoAlerts:
    """An alert about boats in Ebb, and one about what is internal."""

    def get(self, id_: str) -> Alert:
        about = {"A-17": (BOATS, EBB), "A-18": (SAVINGS, AreaId("saltmarsh"))}
        if id_.upper() not in about:
            raise UnknownName(f"There is no alert {id_}.")
        return an_alert(id_=id_.upper(), key=AlertKey(Concern.THREAT, *about[id_.upper()]))


@dataclass
class Office:
    """A desk over a register, and who sits at it."""

    desk: Desk
    register: FakeRegister

    def ask(
        self,
        text: str,
        person: Person = JANE,
        *,
        surface: Surface = Surface.PRIVATE,
        fields: dict[str, str] | None = None,
    ) -> Answered:
        return self.desk.settle(
            Request(text=text, person=person, at=MORNING, surface=surface, fields=fields or {})
        )

    def said(self, text: str, person: Person = JANE, **more: object) -> str:
        return every_word(self.ask(text, person, **more).reply)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def plan(saltmarsh: Catalogue) -> Catalogue:
    """The invented force: boats are cited, nets are sensitive, savings internal, hate silent."""
    spoken = tuple(replace(one, not_cited={}) for one in saltmarsh.frameworks)
    measures = saltmarsh.measures
    return with_measures(
        replace(saltmarsh, frameworks=spoken),
        replace(measures[NETS], minimum=5),
        replace(measures[SAVINGS], restriction=Restriction.INTERNAL),
        replace(measures[MeasureId("hate-crime.recorded")], restriction=Restriction.NOT_CITED),
    )


@pytest.fixture(scope="module")
def figures(plan: Catalogue) -> Figures:
    return some_figures(plan)


@pytest.fixture
def office(plan: Catalogue, figures: Figures) -> Office:
    return an_office(plan, figures)


def an_office(plan: Catalogue, figures: Figures | None) -> Office:
    register = FakeRegister()

    def find(_kind: SnapshotKind | None, _as_at: date | None) -> Figures:
        if figures is None:
            raise UserError("There are no figures.")
        return figures

    desk = Desk(
        commands=[
            issue_command(register, people=lambda: PEOPLE, alerts=TwoAlerts()),
            operation_command(register, shipped=lambda: [TIGER], people=lambda: PEOPLE),
        ],
        figures=find,
        catalogue=lambda: plan,
        audit=NoAudit(),
    )
    return Office(desk, register)


def form_of(answered: Answered) -> Form:
    [form] = [one for one in answered.reply.blocks if isinstance(one, Form)]
    return form


def filled(form: Form) -> dict[str, str]:
    """Send a form as it was filled in beforehand."""
    return {one.name: one.value for one in form.fields}


# From an alert in two clicks.


def test_two_clicks_make_an_issue_of_an_alert_and_show_it(office: Office) -> None:
    form = form_of(office.ask("/issue raise A-17"))
    answered = office.ask(form.command, fields=filled(form))

    assert answered.outcome is Outcome.ANSWERED
    [issue] = office.register.issues()
    assert (issue.measure, issue.area, issue.priority) == (BOATS, EBB, "1")
    assert (issue.alert, issue.owner, issue.title) == ("A-17", "jane", "Boat theft, Ebb")
    assert issue.updates[0].text == "deterioration says so."
    assert answered.reply.summary == "I-1 is raised: Boat theft, Ebb."


def test_the_form_asks_for_owner_cause_action_and_dates(office: Office) -> None:
    form = form_of(office.ask("/issue raise A-17"))

    assert [one.name for one in form.fields] == [
        "title", "known", "owner", "root_cause", "action", "due", "review",
    ]  # fmt: skip
    assert filled(form)["due"] == "2021-01-08"


def test_what_is_typed_in_the_form_is_kept(office: Office) -> None:
    form = form_of(office.ask("/issue raise A-17"))
    sent = filled(form) | {"owner": "tom", "action": "Light the quay", "root_cause": "Dark"}
    office.ask(form.command, fields=sent)

    [issue] = office.register.issues()
    [action] = issue.actions
    assert (issue.owner, issue.root_cause) == ("tom", "Dark")
    assert (action.text, action.owner, action.due) == ("Light the quay", "tom", date(2021, 1, 8))


def test_pressing_it_again_shows_the_issue_that_there_is(office: Office) -> None:
    form = form_of(office.ask("/issue raise A-17"))
    office.ask(form.command, fields=filled(form))

    again = office.ask("/issue raise A-17")
    sent_again = office.ask(form.command, fields=filled(form))

    assert "has been raised already: it is I-1" in again.reply.summary
    assert "has been raised already: it is I-1" in sent_again.reply.summary
    assert len(office.register.issues()) == 1


def test_an_alert_that_may_not_be_shown_gives_no_form(office: Office) -> None:
    answered = office.ask("/issue raise A-18", TOM)

    assert answered.outcome is Outcome.REFUSED
    assert "internal" in answered.reply.summary


# Everything else that can be said.


def test_a_new_issue_is_asked_for_and_kept(office: Office) -> None:
    form = form_of(office.ask("/issue new Nets are cut"))
    sent = filled(form) | {
        "priority": "1", "measure": "Boat theft", "area": "flow", "level": "regional",
    }  # fmt: skip
    answered = office.ask(form.command, fields=sent)

    [issue] = office.register.issues()
    assert answered.outcome is Outcome.ANSWERED, answered.reply.summary
    assert (issue.title, issue.measure, issue.area) == ("Nets are cut", BOATS, FLOW)
    assert issue.level is IssueLevel.REGIONAL


def test_an_update_is_written_with_who_and_when(office: Office) -> None:
    office.register.keep(an_issue())

    office.ask("/issue update I-12 Divers found knives.", ANA)

    assert office.register.get("I-12").updates == (
        Update(text="Divers found knives.", by="ana", at=MORNING),
    )


def test_the_update_form_moves_the_step_and_says_the_cause(office: Office) -> None:
    office.register.keep(an_issue())
    form = form_of(office.ask("/issue update i-12"))

    office.ask(form.command, fields=filled(form) | {"step": "response", "root_cause": "No lights"})

    issue = office.register.get("I-12")
    assert (issue.step, issue.root_cause, issue.updates) == (Step.RESPONSE, "No lights", ())


@pytest.mark.parametrize(
    ("words", "owner"),
    [("tom", "tom"), ("to Tom Brown", "tom"), ("me", "jane"), ("lyst", "ana"), ("nobody", "")],
)
def test_an_issue_is_given_to_somebody(office: Office, words: str, owner: str) -> None:
    office.register.keep(an_issue(owner="meg"))

    office.ask(f"/issue assign I-12 {words}")

    assert office.register.get("I-12").owner == owner


def test_nobody_of_that_name_names_those_there_are(office: Office) -> None:
    office.register.keep(an_issue())

    answered = office.ask("/issue assign I-12 Bob")

    assert answered.outcome is Outcome.FAILED
    assert "Jane Smith, Tom Brown" in every_word(answered.reply)


@pytest.mark.parametrize(
    ("words", "text", "due"),
    [
        ("Light it by night by 31 January 2021", "Light it by night", date(2021, 1, 31)),
        ("Light it by 31/1/2021.", "Light it", date(2021, 1, 31)),
        ("Light it by 31 January", "Light it", date(2021, 1, 31)),
        ("Light it by 2021-01-31", "Light it", date(2021, 1, 31)),
        ("Cut it by 5%", "Cut it by 5%", None),
        ("Be seen by 5 officers", "Be seen by 5 officers", None),
    ],
)
def test_an_action_is_typed_with_its_day(
    office: Office, words: str, text: str, due: date | None
) -> None:
    office.register.keep(an_issue(owner="tom"))

    office.ask(f"/issue action I-12 {words}")

    [action] = office.register.get("I-12").actions
    assert (action.text, action.due, action.owner) == (text, due, "tom")


def test_the_only_action_to_do_needs_no_number(office: Office) -> None:
    office.register.keep(an_issue(actions=(an_action(1, done=LATE), an_action(2))))

    office.ask("/issue done I-12")

    assert office.register.get("I-12").open_actions == ()


def test_closing_says_what_became_of_it_and_what_was_not_done(office: Office) -> None:
    office.register.keep(an_issue(actions=(an_action(),)))
    form = form_of(office.ask("/issue close I-12"))

    answered = office.ask(form.command, fields={"why": "Down by a third."})

    assert office.register.get("I-12").step is Step.CLOSED
    assert answered.reply.summary == "I-12 is closed. 1 action was not done."
    assert "Down by a third." in office.said("/issue history I-12")


def test_the_list_has_what_is_overdue_first(office: Office) -> None:
    office.register.keep(an_issue(1), an_issue(2, actions=(an_action(due=LATE),)))

    answered = office.ask("/issue list")

    [table] = [one for one in answered.reply.blocks if isinstance(one, Table)]
    assert [row.label for row in table.rows] == ["I-2", "I-1"]
    assert answered.reply.summary == "2 open issues, 1 action overdue."


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        ("list", {1, 2}),
        ("", {1, 2}),
        ("list closed", {3}),
        ("list all", {1, 2, 3}),
        ("list flow", {2}),
        ("flow", {2}),
        ("list priority 1", {1, 2}),
        ("list saltmarsh", {1, 2}),
        ("list overdue", set()),
    ],
)
def test_the_list_is_of_what_was_asked_for(office: Office, words: str, numbers: set[int]) -> None:
    closed = an_issue(3, step=Step.CLOSED, closed_at=MORNING)
    office.register.keep(an_issue(1), an_issue(2, area=FLOW), closed)

    shown = {one for one in commands_in(office.ask(f"/issue {words}").reply) if "show" in one}

    assert shown == {f"/issue show I-{number}" for number in numbers}


def test_mine_are_those_i_own_and_those_i_have_to_do_something_for(office: Office) -> None:
    office.register.keep(
        an_issue(1, owner="tom"),
        an_issue(2, owner="jane", actions=(an_action(owner="tom"),)),
        an_issue(3, owner="jane", actions=(an_action(owner="tom", done=LATE),)),
    )

    said = office.said("/issue mine", TOM)

    assert ("I-1" in said, "I-2" in said, "I-3" in said) == (True, True, False)


@pytest.mark.parametrize("words", ["list", "mine", "list closed"])
def test_an_empty_register_says_so(office: Office, words: str) -> None:
    assert "The register is empty" in office.said(f"/issue {words}")


def test_an_owner_who_has_left_is_said_and_what_to_do(office: Office) -> None:
    office.register.keep(an_issue(owner="bob.gone"))

    said = office.said("/issue show I-12")

    assert "bob.gone, who is not here any more" in said
    assert "/issue assign I-12" in said


@pytest.mark.parametrize("words", ["show", "update", "frobnicate I-12", "show I-99", "raise"])
def test_what_cannot_be_done_says_what_can(office: Office, words: str) -> None:
    answered = office.ask(f"/issue {words}")

    assert answered.outcome is Outcome.FAILED
    assert len(answered.reply.blocks) > 1  # what is wrong, and what to do next


def test_every_button_of_an_issue_is_answered(office: Office) -> None:
    office.register.keep(an_issue(actions=(an_action(),)))

    for command in commands_in(office.ask("/issue show I-12").reply):
        assert office.ask(command).outcome is Outcome.ANSWERED, command


# Who may do what.

READ = ("list", "mine", "show I-12", "history I-12")
WRITE = (
    "new", "raise A-17", "update I-12 News.", "assign I-12 ana", "step I-12 analysis",
    "close I-12 Done.", "action I-12 Light it", "done I-12 1",
)  # fmt: skip
LEAD_OF_FLOW = replace(TOM, id="flo", areas=(FLOW,))


@pytest.mark.parametrize("words", [*READ, *WRITE])
@pytest.mark.parametrize(
    ("person", "writes"),
    [(JANE, True), (ANA, True), (TOM, True), (LEAD_OF_FLOW, False), (MEG, False)],
    ids=["chief officer", "analyst", "its area's lead", "another area's lead", "member"],
)
def test_who_may_do_what(office: Office, words: str, person: Person, writes: bool) -> None:  # noqa: FBT001
    office.register.keep(an_issue(actions=(an_action(),)))
    before = len(office.register.changes)

    answered = office.ask(f"/issue {words}", person)

    own_area = words == "new" and person is LEAD_OF_FLOW  # asked for the form, in an area of theirs
    may = words in READ or writes or own_area
    assert answered.outcome is (Outcome.ANSWERED if may else Outcome.REFUSED)
    if not writes:
        assert len(office.register.changes) == before


def test_a_lead_cannot_raise_an_issue_of_another_area_by_the_form(office: Office) -> None:
    form = form_of(office.ask("/issue new", TOM))

    answered = office.ask(
        form.command, TOM, fields=filled(form) | {"title": "Theirs", "area": "flow"}
    )

    assert answered.outcome is Outcome.REFUSED
    assert office.register.issues() == ()


def test_who_is_not_known_is_told_nothing(office: Office) -> None:
    office.register.keep(an_issue())

    assert "Boats" not in office.said("/issue list", STRANGER)


# What is not shown.

SECRET = "Swindle at the treasury"  # noqa: S105 - a made-up title


@pytest.fixture
def guarded(office: Office) -> Office:
    texts = {
        "title": SECRET,
        "root_cause": SECRET,
        "updates": (Update(text=SECRET, by="ana", at=MORNING),),
        "actions": (an_action(text=SECRET, owner="meg", due=LATE),),
    }
    office.register.keep(
        an_issue(1, measure=SAVINGS, area=None, priority="", owner="meg", **texts),
        an_issue(2, measure=NETS, area=EBB, priority="", owner="meg", **texts),
        an_issue(3, measure=None, area=None, priority="", owner="meg", **texts),
        an_issue(4, measure=MeasureId("hate-crime.recorded"), priority="", owner="meg", **texts),
        an_issue(5, measure=MeasureId("no-longer.there"), priority="", owner="meg", **texts),
    )
    return office


EVERY_LOOK = [
    *(f"/issue {words}" for words in ("list", "list all", "mine", "list overdue")),
    *(f"/issue {what} I-{n}" for what in ("show", "history", "update") for n in range(1, 6)),
]


@pytest.mark.parametrize("text", EVERY_LOOK)
def test_in_a_channel_no_word_of_a_guarded_issue_is_shown(guarded: Office, text: str) -> None:
    for person in (JANE, MEG):
        assert SECRET not in guarded.said(text, person, surface=Surface.CHANNEL)


@pytest.mark.parametrize(
    ("person", "shown"),
    [(JANE, {1, 2, 3}), (ANA, {1, 2, 3}), (MEG, {2, 3})],
    ids=["chief officer", "analyst", "member"],
)
def test_in_private_it_is_shown_to_who_may_see_the_measure(
    guarded: Office, person: Person, shown: set[int]
) -> None:
    found = {n for n in range(1, 6) if SECRET in guarded.said(f"/issue show I-{n}", person)}

    assert found == shown


def test_in_a_list_the_reason_stands_for_the_words(guarded: Office) -> None:
    said = guarded.said("/issue list", surface=Surface.CHANNEL)

    assert "words not shown here" in said
    assert "internal" in said


def test_in_a_channel_an_issue_that_is_about_nothing_guarded_is_shown(office: Office) -> None:
    office.register.keep(an_issue())

    assert "Boats are taken" in office.said("/issue show I-12", surface=Surface.CHANNEL)


def test_without_any_figures_what_is_sensitive_is_taken_to_be_small(plan: Catalogue) -> None:
    office = an_office(plan, None)
    office.register.keep(
        an_issue(1, measure=NETS, area=FLOW, title=SECRET, priority=""), an_issue(2)
    )

    assert SECRET not in office.said("/issue show I-1", MEG)
    assert SECRET in office.said("/issue show I-1", JANE)
    assert "Boats are taken" in office.said("/issue show I-2", MEG)


def test_an_issue_cannot_be_raised_about_what_may_not_be_shown(office: Office) -> None:
    form = form_of(office.ask("/issue new", TOM))
    sent = filled(form) | {"title": "Money", "measure": "savings"}

    assert office.ask(form.command, TOM, fields=sent).outcome is Outcome.REFUSED
    assert office.register.issues() == ()


# Operations.


def test_the_plans_operations_are_listed(office: Office) -> None:
    assert office.ask("/operation").reply.summary == "Operation Tiger goes on."
    assert "since 28 October 2020" in office.said("/operation show tiger")


def test_an_operation_is_recorded_and_ended(office: Office) -> None:
    form = form_of(office.ask("/operation new Operation Lantern"))
    sent = filled(form) | {
        "priorities": "1", "areas": "ebb", "comparison_areas": "flow", "first": "2020-12-01",
    }  # fmt: skip
    recorded = office.ask(form.command, fields=sent)
    ended = office.ask("/operation end lantern on 10 December 2020")

    [operation] = office.register.operations()
    assert (recorded.outcome, ended.outcome) == (Outcome.ANSWERED, Outcome.ANSWERED)
    assert (operation.id, operation.priorities) == ("lantern", ("1",))
    assert (operation.areas, operation.comparison_areas) == ((EBB,), (FLOW,))
    assert (operation.first, operation.last) == (date(2020, 12, 1), date(2020, 12, 10))


def test_the_plans_operation_is_ended_in_chat(office: Office) -> None:
    form = form_of(office.ask("/operation end Operation Tiger"))
    office.ask(form.command, fields=filled(form))

    assert "from 28 October 2020 to 11 December 2020" in office.said("/operation show tiger")


@pytest.mark.parametrize("words", ["show lion", "new", "end"])
def test_what_cannot_be_done_with_operations_says_what_can(office: Office, words: str) -> None:
    fields = {"name": "Operation Tiger", "first": "2020-12-01"} if words == "new" else {}

    answered = office.ask(f"/operation {words}", fields=fields)

    assert answered.outcome is Outcome.FAILED
    assert "/operation" in every_word(answered.reply)


@pytest.mark.parametrize("words", ["new Lantern", "end tiger on 10 December 2020"])
@pytest.mark.parametrize(("person", "may"), [(JANE, True), (ANA, True), (TOM, False), (MEG, False)])
def test_an_operation_of_the_whole_force_is_for_chief_officers_and_analysts(
    office: Office,
    words: str,
    person: Person,
    may: bool,  # noqa: FBT001
) -> None:
    fields = {"name": "Lantern", "first": "2020-12-01"} if words.startswith("new") else {}

    answered = office.ask(f"/operation {words}", person, fields=fields)

    assert (answered.outcome is Outcome.ANSWERED) is may
    assert bool(office.register.operations()) is may


def test_the_words_of_an_operation_about_what_is_guarded_are_not_shown_in_a_channel(
    saltmarsh: Catalogue, figures: Figures
) -> None:
    office = an_office(saltmarsh, replace(figures, catalogue=saltmarsh))

    answered = office.ask("/operation show tiger", surface=Surface.CHANNEL)

    assert answered.outcome is Outcome.REFUSED
    assert "harbour master" in answered.reply.summary


@pytest.mark.parametrize(
    "text",
    [
        "/issue new", "/issue raise A-17", "/issue update I-12", "/issue assign I-12",
        "/issue action I-12", "/issue close I-12", "/operation new", "/operation end tiger",
    ],
)  # fmt: skip
def test_slack_can_show_every_form(office: Office, text: str) -> None:
    office.register.keep(an_issue())
    form = form_of(office.ask(text))

    view = render_form(form, private_metadata=form.command)

    assert len([one for one in view["blocks"] if one["type"] == "input"]) == len(form.fields)
