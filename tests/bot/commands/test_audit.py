"""The audit log at a terminal: looked up, exported, verified, noted, and pruned by rule."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlalchemy import text

from bot.audit import Entry, Outcome
from bot.people import Person, Role, Surface
from store.audit import SqlAudit
from store.database import Database
from tests.bot.test_main import threatdesk
from tests.conftest import SALTMARSH

NOON = datetime(2013, 12, 11, 12, 0, tzinfo=UTC)
JANE = Person(id="jane.smith", name="Jane Smith", role=Role.CHIEF_OFFICER)
JOE = Person(id="slack:U9", name="=cmd()", role=None)


@pytest.fixture
def audit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SqlAudit:
    """Three rows of three days."""
    url = f"sqlite:///{tmp_path / 'desk.db'}"
    monkeypatch.setenv("THREATDESK_PLAN", str(SALTMARSH))
    monkeypatch.setenv("THREATDESK_DATA", str(tmp_path))
    monkeypatch.setenv("THREATDESK_DATABASE_URL", url)
    monkeypatch.chdir(tmp_path)
    database = Database(url)
    database.upgrade()
    kept = SqlAudit(database)
    for day, (person, words, outcome, detail) in enumerate(
        (
            (JANE, "/priority 12", Outcome.ANSWERED, "/priority 12"),
            (JOE, "/priority 6\x1b[2J", Outcome.REFUSED, "Not known here."),
            (JANE, "/csp charnwood", Outcome.ANSWERED, "/csp charnwood"),
        )
    ):
        kept.record(
            Entry(
                at=NOON + timedelta(days=day),
                person=person,
                surface=Surface.PRIVATE,
                place="slack:C042",
                text=words,
                outcome=outcome,
                detail=detail,
                snapshot="5nap",
            )
        )
    return kept


def shown(capsys: pytest.CaptureFixture[str], *options: str) -> str:
    assert threatdesk("audit", *options) == 0
    return capsys.readouterr().out


def test_rows_are_shown_the_newest_last(
    audit: SqlAudit, capsys: pytest.CaptureFixture[str]
) -> None:
    said = shown(capsys)

    assert said.index("/priority 12") < said.index("/priority 6") < said.index("/csp charnwood")
    assert "Jane Smith (jane.smith)" in said
    assert "11 Dec 2013 12:00:00" in said


@pytest.mark.parametrize(
    ("options", "found"),
    [
        (("--person", "jane.smith"), {"/priority 12", "/csp charnwood"}),
        (("--person", "jane", "--since", "2013-12-12"), {"/csp charnwood"}),
        (("--until", "2013-12-11"), {"/priority 12"}),
        (("--since", "2013-12-11T12:00", "--until", "2013-12-11T12:00"), {"/priority 12"}),
        (("--since", "2013-12-11T12:01", "--until", "2013-12-12"), {"/priority 6"}),
        (("--outcome", "refused"), {"/priority 6"}),
        (("--text", "charnwood"), {"/csp charnwood"}),
        (("--place", "C042", "--limit", "1"), {"/csp charnwood"}),
    ],
)
def test_rows_are_found_by_what_is_known_of_them(
    audit: SqlAudit, capsys: pytest.CaptureFixture[str], options: tuple[str, ...], found: set[str]
) -> None:
    said = shown(capsys, *options)

    every = ("/priority 12", "/priority 6", "/csp charnwood")
    assert {one for one in every if one in said} == found


def test_what_is_not_there_is_said(audit: SqlAudit, capsys: pytest.CaptureFixture[str]) -> None:
    assert "Nothing was found." in shown(capsys, "--person", "nobody")


def test_no_terminal_takes_what_was_typed_for_an_order(
    audit: SqlAudit, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "\x1b" not in shown(capsys)


def test_who_looks_the_log_up_is_in_it(audit: SqlAudit, capsys: pytest.CaptureFixture[str]) -> None:
    shown(capsys, "--person", "jane")

    [newest] = audit.search(limit=1)
    assert newest.entry.text == "threatdesk audit --person jane"


def test_an_exported_table_runs_no_formula(audit: SqlAudit, tmp_path: Path) -> None:
    assert threatdesk("audit", "--export", "out.csv") == 0

    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        found = list(csv.DictReader(file))
    assert [one["row"] for one in found] == ["1", "2", "3"]
    assert found[1]["name"] == "'=cmd()"
    assert found[0]["at"] == "2013-12-11T12:00:00.000+00:00"
    assert found[0]["hash"] == next(audit.each()).hash


def test_nor_does_a_workbook(audit: SqlAudit, tmp_path: Path) -> None:
    assert threatdesk("audit", "--export", "out.xlsx", "--limit", "2") == 0

    sheet = load_workbook(tmp_path / "out.xlsx")["audit"]
    lines = list(sheet.iter_rows(values_only=True))
    assert [line[0] for line in lines] == ["row", "2", "3"]
    assert lines[1][3] == "'=cmd()"


def test_lines_of_json_say_everything(audit: SqlAudit, tmp_path: Path) -> None:
    assert threatdesk("audit", "--export", "out.jsonl", "--outcome", "refused") == 0

    [line] = (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(line)["asked"] == "/priority 6\x1b[2J"


def test_an_export_of_no_known_kind_is_refused(
    audit: SqlAudit, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert threatdesk("audit", "--export", "out.pdf") == 1

    assert "Give a file that ends in .csv, .jsonl, .xlsx." in capsys.readouterr().err
    assert not list(tmp_path.glob("*out.pdf*"))


def test_a_whole_chain_is_verified(audit: SqlAudit, capsys: pytest.CaptureFixture[str]) -> None:
    assert threatdesk("audit", "verify") == 0
    assert "Whole: 3 rows up to number 3." in capsys.readouterr().out


def test_a_chain_that_was_changed_ends_with_1_and_names_the_row(
    audit: SqlAudit, capsys: pytest.CaptureFixture[str]
) -> None:
    with audit._database.transaction() as session:
        session.execute(text("DROP TRIGGER audit_refuses_update"))
        session.execute(text("UPDATE audit SET words = '/help' WHERE id = 2"))

    assert threatdesk("audit", "verify") == 1
    assert "Broken at row 2. Row 2 is not what was written." in capsys.readouterr().out


def test_the_end_is_noted_and_verified_later(
    audit: SqlAudit, capsys: pytest.CaptureFixture[str]
) -> None:
    threatdesk("audit", "head")
    noted = capsys.readouterr().out.strip()
    shown(capsys)

    assert threatdesk("audit", "verify", "--noted", noted) == 0
    assert threatdesk("audit", "verify", "--noted", f"3:{'0' * 64}") == 1


def test_old_rows_go_by_rule_and_the_chain_stays_whole(
    audit: SqlAudit, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("THREATDESK_AUDIT_KEPT", "6 years")

    assert threatdesk("audit", "prune") == 0

    said = " ".join(capsys.readouterr().out.split())
    assert "3 rows up to number 3, of 11 December 2013 to 13 December 2013, removed" in said
    assert said.endswith("kept for 6 years.")
    assert [one.entry.text for one in audit.each()] == ["audit prune"]
    assert threatdesk("audit", "verify") == 0


def test_what_is_kept_for_ever_stays(
    audit: SqlAudit, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("THREATDESK_AUDIT_KEPT", "for ever")

    assert threatdesk("audit", "prune") == 0

    assert len(list(audit.each())) == 3


def test_a_rule_that_is_none_is_said(
    audit: SqlAudit, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("THREATDESK_AUDIT_KEPT", "6 days")

    assert threatdesk("audit", "prune") == 1

    assert "THREATDESK_AUDIT_KEPT = 6 days is too short." in capsys.readouterr().err
