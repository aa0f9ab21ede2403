"""A register goes out to a spreadsheet and comes back: nothing is lost, doubled or run."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from bot.register.acts import Actor
from bot.register.files import Format, read_file, write_file
from bot.register.history import replay
from bot.register.model import Issue, IssueId, Step, Update, issue_id
from bot.register.sheets import ISSUES, NAMES, Known, Problem, Stated, from_sheets, to_sheets
from bot.register.taking_in import Taken, take_in
from metrics.errors import UserError
from metrics.model import Catalogue
from tests.bot.register.making import (
    MORNING,
    PEOPLE,
    an_action,
    an_issue,
    issues,
)

LATER = MORNING + timedelta(days=30)
ANA = Actor(by="ana", at=LATER)
BOTH = pytest.mark.parametrize("form", list(Format))

Cells = dict[str, str]
Edit = Callable[[str, Cells], None]


def the_file(kept: Sequence[Issue], form: Format = Format.XLSX) -> bytes:
    return write_file(to_sheets(kept), form)


def imported(
    content: bytes,
    form: Format,
    saltmarsh: Catalogue,
    *,
    standing: Sequence[Issue] = (),
    twins: Mapping[str, IssueId] | None = None,
    edit: Edit | None = None,
    actor: Actor = ANA,
) -> tuple[Taken, tuple[Problem, ...]]:
    """Import a file whose cells somebody may have edited."""
    sheets = read_file(content, form, NAMES)
    for name, rows in sheets.items():
        for row in rows:
            if edit:
                edit(name, row.cells)
    known = Known(catalogue=saltmarsh, people=PEOPLE)
    stated, problems = from_sheets(sheets, known, by=actor.by, now=actor.at)
    taken = take_in(
        stated,
        standing={one.id: one for one in standing},
        twins=twins or {},
        actor=actor,
        file="register.xlsx",
    )
    return taken, (*problems, *taken.problems)


def after(taken: Taken, standing: Sequence[Issue] = ()) -> dict[IssueId, Issue]:
    """Return the register after an import."""
    found = {one.id: one for one in standing}
    for change in taken.changes:
        found[change.issue] = replay([change], found.get(change.issue))
    return found


def as_new(issue: Issue) -> Issue:
    return replace(issue, revision=1)


@given(issue=issues(), form=st.sampled_from(Format))
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_issue_comes_back_as_it_was(saltmarsh: Catalogue, issue: Issue, form: Format) -> None:
    taken, problems = imported(the_file([issue], form), form, saltmarsh)

    assert problems == ()
    assert after(taken) == {issue.id: as_new(issue)}


def a_thousand() -> list[Issue]:
    """Issues of every kind, with updates and actions, and texts that spreadsheets dislike."""
    odd = (
        "=1+1",
        "+44 116",
        "-5%",
        "@home",
        "'=x",
        "_x000D_",
        "a\r\nb",
        "\tx",
        "é “q” 漢",
        "a,b;c",
    )
    return [
        an_issue(
            n,
            title=f"{odd[n % len(odd)]} {n}",
            root_cause=odd[(n + 3) % len(odd)] if n % 2 else "",
            step=list(Step)[n % 5],
            closed_at=MORNING if list(Step)[n % 5] is Step.CLOSED else None,
            owner=("jane", "tom", "gone.person", "")[n % 4],
            updates=tuple(
                Update(text=odd[(n + k) % len(odd)], by="ana", at=MORNING + timedelta(seconds=k))
                for k in range(n % 4)
            ),
            actions=tuple(an_action(k + 1, text=odd[(n * k) % len(odd)]) for k in range(n % 3)),
        )
        for n in range(1, 1001)
    ]


@BOTH
def test_a_thousand_issues_lose_nothing(saltmarsh: Catalogue, form: Format) -> None:
    kept = a_thousand()

    taken, problems = imported(the_file(kept, form), form, saltmarsh)

    assert problems == ()
    assert list(after(taken).values()) == [as_new(one) for one in kept]


@BOTH
def test_importing_what_was_exported_changes_nothing(saltmarsh: Catalogue, form: Format) -> None:
    kept = a_thousand()[:50]

    taken, problems = imported(the_file(kept, form), form, saltmarsh, standing=kept)

    assert (taken.changes, problems, taken.unchanged) == ([], (), 50)


def test_no_cell_of_a_workbook_is_a_formula() -> None:
    book = load_workbook(io.BytesIO(the_file(a_thousand()[:20])))

    cells = [cell for page in book.worksheets for row in page.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells if cell.value is not None} == {"s"}
    assert not [cell for cell in cells if str(cell.value).startswith(("=", "+", "-", "@"))]


def test_a_row_that_was_changed_is_a_change_by_who_imported_it(saltmarsh: Catalogue) -> None:
    issue = an_issue()

    taken, problems = imported(
        the_file([issue]),
        Format.XLSX,
        saltmarsh,
        standing=[issue],
        edit=lambda name, cells: cells.update({"owner": "Tom Brown"} if name == ISSUES else {}),
    )

    [change] = taken.changes
    assert (change.by, change.at, change.revision, change.why) == (
        "ana", LATER, 2, "Imported from register.xlsx.",
    )  # fmt: skip
    assert after(taken, [issue])[issue.id].owner == "tom"
    assert problems == ()


def test_an_old_file_does_not_undo_what_happened_since(saltmarsh: Catalogue) -> None:
    then = an_issue()
    now = replace(then, owner="tom", revision=2)

    taken, problems = imported(the_file([then]), Format.XLSX, saltmarsh, standing=[now])

    assert (taken.changes, problems, taken.unchanged) == ([], (), 1)


def test_a_row_that_was_changed_on_both_sides_is_left_to_a_person(saltmarsh: Catalogue) -> None:
    then = an_issue()
    now = replace(then, owner="tom", revision=2)

    taken, [problem] = imported(
        the_file([then]),
        Format.XLSX,
        saltmarsh,
        standing=[now],
        edit=lambda name, cells: cells.update({"title": "Otherwise"} if name == ISSUES else {}),
    )

    assert taken.changes == []
    assert (problem.sheet, problem.line) == ("Issues", 2)
    assert "has changed in the register since" in problem.said


@BOTH
def test_bad_rows_are_named_by_sheet_and_line_and_the_others_are_taken(
    saltmarsh: Catalogue, form: Format
) -> None:
    kept = [an_issue(n, actions=(an_action(),)) for n in range(1, 6)]

    def spoil(name: str, cells: Cells) -> None:
        if name == ISSUES and cells["issue"] == "I-2":
            cells["area"] = "atlantis"
        if name == "Actions" and cells["issue"] == "I-4":
            cells["due"] = "31/31/2020"

    taken, problems = imported(the_file(kept, form), form, saltmarsh, edit=spoil)

    assert taken.new == ["I-1", "I-3", "I-5"]
    said = [str(one) for one in problems]
    lines = {Format.XLSX: (3, 5, 5), Format.CSV: (3, 10, 5)}[form]
    assert any(
        f"Issues, line {lines[0]}: There is no area called “atlantis”" in one for one in said
    )
    assert any(f"Actions, line {lines[1]}: “31/31/2020” is not a day" in one for one in said)
    assert any(f"Issues, line {lines[2]}: I-4 is not taken" in one for one in said)


def test_rows_without_a_number_are_new_once_however_often_they_are_imported(
    saltmarsh: Catalogue,
) -> None:
    content = (
        b"Title,Priority,Owner,Due\r\nNets are cut,1,Tom Brown,\r\nNets are cut,1,Tom Brown,\r\n"
        b"Lights are out,,,\r\n"
    )
    first, _ = imported(content, Format.CSV, saltmarsh, standing=[an_issue(7)])
    twins = {change.what.twin: change.issue for change in first.changes}  # type: ignore[union-attr]

    again, problems = imported(
        content,
        Format.CSV,
        saltmarsh,
        standing=list(after(first).values()),
        twins=twins,
        actor=Actor(by="jane", at=LATER + timedelta(days=1)),
    )

    assert first.new == ["I-8", "I-9"]
    assert first.unchanged == 1  # the same row twice in one file
    assert (again.changes, problems) == ([], ())


def test_nothing_is_removed_by_leaving_rows_out(saltmarsh: Catalogue) -> None:
    issue = an_issue(updates=(Update(text="Seen.", by="ana", at=MORNING),), actions=(an_action(),))
    sheets = to_sheets([issue])
    without = [replace(one, rows=one.rows if one.name == ISSUES else ()) for one in sheets]

    taken, _ = imported(write_file(without, Format.XLSX), Format.XLSX, saltmarsh, standing=[issue])

    assert taken.changes == []


def test_an_update_that_is_worded_otherwise_is_not_taken(saltmarsh: Catalogue) -> None:
    issue = an_issue(updates=(Update(text="Seen.", by="ana", at=MORNING),))

    taken, [problem] = imported(
        the_file([issue]),
        Format.XLSX,
        saltmarsh,
        standing=[issue],
        edit=lambda name, cells: cells.update({"text": "Never."} if name == "Updates" else {}),
    )

    assert taken.changes == []
    assert "worded otherwise" in problem.said


def test_a_row_about_no_issue_of_the_file_is_named(saltmarsh: Catalogue) -> None:
    sheets = to_sheets([an_issue(actions=(an_action(),))])
    alone = [replace(one, rows=() if one.name == ISSUES else one.rows) for one in sheets]

    taken, [problem] = imported(write_file(alone, Format.XLSX), Format.XLSX, saltmarsh)

    assert taken.changes == []
    assert str(problem) == "Actions, line 2: The sheet Issues has no I-12."


def test_a_csv_file_of_another_country_is_read(saltmarsh: Catalogue) -> None:
    taken, problems = imported(
        "\ufeffTitle;Owner\r\nÉtang;jane\r\n".encode(), Format.CSV, saltmarsh
    )

    assert [one.title for one in after(taken).values()] == ["Étang"]
    assert problems == ()


@pytest.mark.parametrize(
    ("content", "form", "said"),
    [
        (b"PK\x03\x04 nonsense", Format.XLSX, "not a workbook"),
        (b"\xff\xfe\x00", Format.CSV, "UTF-8"),
    ],
)
def test_what_is_no_spreadsheet_is_said_so(content: bytes, form: Format, said: str) -> None:
    with pytest.raises(UserError, match=said):
        read_file(content, form, NAMES)


def test_an_empty_register_is_a_file_with_headings(saltmarsh: Catalogue) -> None:
    taken, problems = imported(the_file([]), Format.XLSX, saltmarsh)

    assert (taken.changes, problems) == ([], ())


def test_numbers_of_the_file_are_kept_and_new_ones_follow_them(saltmarsh: Catalogue) -> None:
    stated = [
        Stated(issue=an_issue(0, title="New"), line=2, check="", twin="aa"),
        Stated(issue=an_issue(40), line=3, check="", twin="bb"),
    ]

    taken = take_in(stated, standing={}, twins={}, actor=ANA, file="a.csv")

    assert taken.new == [issue_id(40), issue_id(41)]
