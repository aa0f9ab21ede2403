"""What is being done stands with the figures it is about, and where, and no further."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.register.model import Issue, Operation, Step, Update
from bot.replies import Bullets, Heading
from bot.replies.charts import MarkerKind
from bot.replies.under_way import doing_blocks, doing_from, operation_markers
from metrics.model import AreaId, Catalogue
from tests.bot.register.making import MORNING, PEOPLE, TODAY, an_action, an_issue

EBB, FLOW, FORCE = AreaId("ebb"), AreaId("flow"), AreaId("saltmarsh")
TIGER = Operation(
    id="tiger",
    name="Operation Tiger",
    first=date(2020, 10, 28),
    priorities=("1",),
    does="Watches the quays.",
)


def lines(
    saltmarsh: Catalogue,
    *issues: Issue,
    operations: Sequence[Operation] = (),
    priority: str = "1",
    area: AreaId = FORCE,
    as_at: date = TODAY,
    refused: str = "",
) -> list[str]:
    blocks = doing_blocks(
        issues,
        operations,
        priority=priority,
        area=saltmarsh.areas[area],
        catalogue=saltmarsh,
        people=PEOPLE,
        as_at=as_at,
        today=TODAY,
        refusal=lambda _issue: refused,
        silent=lambda _operation: refused,
    )
    return [line for one in blocks if isinstance(one, Bullets) for line in one.items]


def test_an_issue_is_told_with_its_owner_and_what_is_late(saltmarsh: Catalogue) -> None:
    late = an_issue(actions=(an_action(due=TODAY - timedelta(days=1)),))

    assert lines(saltmarsh, late) == [
        "I-12 Boats are taken at night: scanning, with Jane Smith, 1 action overdue"
    ]


def test_an_operation_is_told_since_when_and_what_it_does(saltmarsh: Catalogue) -> None:
    assert lines(saltmarsh, operations=[TIGER]) == [
        "Operation Tiger, since 28 October 2020: Watches the quays."
    ]


def test_where_nothing_is_done_there_is_no_heading(saltmarsh: Catalogue) -> None:
    assert lines(saltmarsh, an_issue(step=Step.CLOSED)) == []


@pytest.mark.parametrize(
    ("as_at", "told"),
    [
        (date(2020, 10, 27), False),  # it had not begun when the figures were published
        (date(2020, 10, 28), True),
        (date(2021, 1, 31), True),
        (date(2021, 3, 2), True),  # told for a quarter after it ended
        (date(2021, 5, 4), False),
    ],
)
def test_an_operation_is_told_with_the_figures_of_its_time(
    saltmarsh: Catalogue,
    as_at: date,
    told: bool,  # noqa: FBT001
) -> None:
    ended = replace(TIGER, last=date(2021, 1, 31))

    assert bool(lines(saltmarsh, operations=[ended], as_at=as_at)) is told


@pytest.mark.parametrize(
    ("where", "asked", "told"),
    [(EBB, EBB, True), (EBB, FORCE, True), (EBB, FLOW, False), (FORCE, EBB, True)],
)
def test_what_is_done_in_a_part_counts_and_what_is_done_around_it(
    saltmarsh: Catalogue,
    where: AreaId,
    asked: AreaId,
    told: bool,  # noqa: FBT001
) -> None:
    operation = replace(TIGER, areas=(where,))

    assert bool(lines(saltmarsh, operations=[operation], area=asked)) is told
    assert bool(lines(saltmarsh, an_issue(area=where), area=asked)) is told


@pytest.mark.parametrize(
    ("of", "asked", "told"),
    [("14", "14A", True), ("14A", "14", True), ("14A", "14B", False), ("1", "14", False)],
)
def test_a_priority_and_its_parts_belong_together(
    saltmarsh: Catalogue,
    of: str,
    asked: str,
    told: bool,  # noqa: FBT001
) -> None:
    assert (
        bool(lines(saltmarsh, operations=[replace(TIGER, priorities=(of,))], priority=asked))
        is told
    )
    assert bool(lines(saltmarsh, an_issue(priority=of), priority=asked)) is told


def test_words_that_may_not_be_shown_are_left_out(saltmarsh: Catalogue) -> None:
    said = lines(saltmarsh, an_issue(), operations=[TIGER], refused="It is internal.")

    assert said == ["Operation Tiger, since 28 October 2020", "I-12: scanning, with Jane Smith"]


def test_more_than_is_read_on_a_phone_is_counted(saltmarsh: Catalogue) -> None:
    said = lines(saltmarsh, *(an_issue(n) for n in range(1, 7)))

    assert said[-1] == "… and 3 more open issues: /issue list"
    assert len(said) == 4


def test_it_stands_under_its_heading(saltmarsh: Catalogue) -> None:
    [heading, _] = doing_blocks(
        [an_issue()],
        [],
        priority="1",
        area=saltmarsh.force,
        catalogue=saltmarsh,
        people=PEOPLE,
        as_at=TODAY,
        today=TODAY,
        refusal=lambda _issue: "",
        silent=lambda _operation: "",
    )

    assert heading == Heading(text="What is being done")


def test_the_first_and_the_last_day_are_marked_up_to_the_figures_day(saltmarsh: Catalogue) -> None:
    ended = replace(TIGER, last=date(2021, 1, 31))

    marks = operation_markers(
        [ended], priority="1", area=saltmarsh.force, catalogue=saltmarsh, as_at=TODAY
    )

    assert [(one.day, one.label, one.kind) for one in marks] == [
        (date(2020, 10, 28), "Operation Tiger begins", MarkerKind.ACTION)
    ]


def test_the_briefing_is_given_who_has_what_and_who_has_left(saltmarsh: Catalogue) -> None:
    issue = an_issue(
        owner="gone",
        updates=(Update(text="Divers came.", by="ana", at=MORNING),),
        actions=(an_action(owner="tom"), an_action(2, done=TODAY)),
    )

    made = doing_from([issue], [TIGER], PEOPLE, day=TODAY)

    [told], [action], [operation] = made.issues, made.actions, made.operations
    assert (told.owner, told.owner_has_left, told.doing) == ("gone", True, "Divers came.")
    assert (action.owner, action.owner_id, action.owner_has_left) == ("Tom Brown", "tom", False)
    assert (operation.name, operation.since) == ("Operation Tiger", date(2020, 10, 28))


def test_beside_old_figures_it_says_of_when_the_issues_are(saltmarsh: Catalogue) -> None:
    [heading, _] = doing_blocks(
        [an_issue()],
        [],
        priority="1",
        area=saltmarsh.force,
        catalogue=saltmarsh,
        people=PEOPLE,
        as_at=TODAY - timedelta(days=30),
        today=TODAY,
        refusal=lambda _issue: "",
        silent=lambda _operation: "",
    )

    assert heading == Heading(text="What is being done (issues as they stand on 11 December 2020)")
