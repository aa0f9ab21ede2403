"""The command line, as someone at a terminal meets it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from openpyxl import load_workbook

from bot.__main__ import main
from tests.conftest import SALTMARSH

CRIMES = """reference,recorded_date,crime_type,area,flags,outcome_type,outcome_date
0,2019-04-01,net-damage,ebb,,,
1,2019-05-01,boat-theft,Ebb Town,,,
2,2020-05-01,boat-theft,flow,,Charged,2020-05-03
3,2020-05-01,boat-theft,ebb,hate,,
"""

SOURCES = """
[[source]]
name = "crimes"
kind = "extract"
path = "crimes.csv"
empty_days = "zero"

[source.outcome_types]
Charged = "outcome"
"""


@pytest.fixture
def harbour(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation of the invented force, with four crimes to load."""
    (tmp_path / "crimes.csv").write_text(CRIMES, encoding="utf-8")
    (tmp_path / "sources.toml").write_text(SOURCES, encoding="utf-8")
    monkeypatch.setenv("THREATDESK_PLAN", str(SALTMARSH))
    monkeypatch.setenv("THREATDESK_DATA", str(tmp_path))
    monkeypatch.setenv("THREATDESK_SOURCES", str(tmp_path / "sources.toml"))
    monkeypatch.setenv("THREATDESK_DATABASE_URL", f"sqlite:///{tmp_path / 'desk.db'}")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def threatdesk(*arguments: str) -> int:
    """Run a command and return its exit code."""
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert isinstance(ended.value.code, int)
    return ended.value.code


def test_run_loads_computes_and_keeps(harbour: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert threatdesk("run", "--as-at", "2020-05-01") == 0

    said = capsys.readouterr().out
    assert "crimes: 4 rows" in said
    assert "daily figures as at 1 May 2020" in said
    assert "month-end figures as at 30 April 2020" in said


def test_a_second_run_on_the_same_records_keeps_nothing_new(
    harbour: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    threatdesk("run", "--as-at", "2020-05-01")
    capsys.readouterr()

    assert threatdesk("run", "--as-at", "2020-05-01") == 0

    said = capsys.readouterr().out
    assert "crimes: unchanged since" in said
    assert "unchanged: daily figures" in said


def test_a_changed_mapping_reads_the_same_file_again(
    harbour: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    threatdesk("load")
    (harbour / "sources.toml").write_text(SOURCES.replace('"outcome"', '"closed"'))
    capsys.readouterr()

    threatdesk("load")

    assert "crimes: 4 rows; 1 days new or changed" in capsys.readouterr().out


def test_a_dashboard_is_shown_from_what_was_kept(
    harbour: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    threatdesk("run", "--as-at", "2020-05-01")
    (harbour / "crimes.csv").unlink()
    capsys.readouterr()

    assert threatdesk("dashboard", "all-crime", "--format", "json") == 0

    rows = {row["name"]: row["values"] for row in json.loads(capsys.readouterr().out)["rows"]}
    assert rows["All crime"]["Year to date"]["value"] == 2
    assert rows["All crime"]["Last year"]["value"] == 2
    assert rows["Boat theft"]["Year to date"]["value"] == "restricted"


def test_an_older_day_gets_the_figures_published_then(
    harbour: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    threatdesk("run", "--as-at", "2020-04-30")
    threatdesk("run", "--as-at", "2020-05-01")
    later = CRIMES + "4,2020-04-02,boat-theft,ebb,,,\n"
    (harbour / "crimes.csv").write_text(later, encoding="utf-8")
    threatdesk("run", "--as-at", "2020-05-01")
    capsys.readouterr()

    def crimes(day: str) -> int:
        threatdesk("dashboard", "all-crime", "--as-at", day, "--format", "json")
        rows = json.loads(capsys.readouterr().out)["rows"]
        found: int = next(
            row["values"]["Year to date"]["value"] for row in rows if row["name"] == "All crime"
        )
        return found

    assert crimes("2020-04-30") == 0
    assert crimes("2020-05-01") == 3


def test_a_day_between_snapshots_says_which_figures_it_got(
    harbour: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    threatdesk("run", "--as-at", "2020-05-01")
    capsys.readouterr()

    threatdesk("dashboard", "all-crime", "--as-at", "2020-05-20")

    said = " ".join(capsys.readouterr().out.split())
    assert "There are none of 20 May 2020: these are the newest before." in said
    assert "As at 1 May 2020" in said


def test_why_tells_what_a_figure_rests_on(
    harbour: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    threatdesk("run", "--as-at", "2020-05-01")
    capsys.readouterr()

    assert threatdesk("why", "hate crime", "Ebb Town", "--as-at", "2020-05-20") == 0

    said = " ".join(capsys.readouterr().out.split())
    assert said.startswith("Hate crime, Ebb As at 1 May 2020")
    assert "There are none of 20 May 2020: these are the newest before." in said
    assert "The year to date, 1 April 2020 to 1 May 2020 (31 days): 1 crimes." in said
    assert "sha256" in said


def test_a_workbook_is_written_where_it_is_wanted(harbour: Path) -> None:
    threatdesk("run", "--as-at", "2020-05-01")
    book = harbour / "out.xlsx"

    assert threatdesk("dashboard", "csp", "--format", "xlsx", "--output", str(book)) == 0

    assert load_workbook(book).sheetnames == ["csp"]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("dashboard", "all-crime"), "There are no daily figures."),
        (("dashboard", "csp"), "There are no month-end figures."),
        (("load", "tides"), "There is no source called tides."),
    ],
)
def test_what_cannot_be_done_is_said_with_what_to_do_next(
    harbour: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    complaint: str,
) -> None:
    assert threatdesk(*arguments) == 1

    said = capsys.readouterr().err.splitlines()
    assert complaint in said[0]
    assert said[1]
    assert "Traceback" not in "".join(said)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("dashboard", "all-crime", "Eb"), "There is no area called “Eb”."),
        (("dashboard", "csp", "--daily", "--crime-type", "boats"), "no crime type called “boats”"),
        (("why", "boats"), "There is no measure called “boats”."),
        (("dashboard", "all-crime", "--format", "xlsx"), "A workbook needs a file."),
    ],
)
def test_a_name_that_is_not_known_is_said(
    harbour: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    complaint: str,
) -> None:
    threatdesk("run", "--as-at", "2020-05-01")
    capsys.readouterr()

    assert threatdesk(*arguments) == 1
    assert complaint in capsys.readouterr().err


def test_a_source_that_breaks_leaves_the_previous_figures_and_says_how_old_they_are(
    harbour: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    threatdesk("run", "--as-at", "2020-05-01")
    (harbour / "crimes.csv").write_text("not,what,it,was\n1,2,3,4\n", encoding="utf-8")
    capsys.readouterr()

    assert threatdesk("run", "--as-at", "2020-05-01") == 1

    said = capsys.readouterr().out
    assert "crimes: not loaded." in said
    assert "The previous figures stand: the load of" in said
    assert "unchanged: daily figures" in said, "the run goes on with what it has"


def test_check_finds_what_is_wrong_and_what_is_right(
    harbour: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    threatdesk("run", "--as-at", "2020-05-01")
    capsys.readouterr()
    assert threatdesk("check") == 0
    assert "crimes reaches to" in capsys.readouterr().out

    (harbour / "crimes.csv").unlink()

    assert threatdesk("check") == 1
    assert "mend  Sources" in capsys.readouterr().out


def test_a_new_database_is_behind_until_it_is_upgraded(
    harbour: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert threatdesk("check") == 1
    assert "`threatdesk upgrade` brings it up to date." in capsys.readouterr().out

    assert threatdesk("upgrade") == 0
    assert "desk.db" in capsys.readouterr().out

    assert threatdesk("check") == 0


def test_a_wrong_setting_is_named(
    harbour: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("THREATDESK_PLAN", "no-such-plan")

    assert threatdesk("check") == 1
    assert "THREATDESK_PLAN = no-such-plan" in capsys.readouterr().out


def test_a_bug_shows_a_reference_and_keeps_the_traceback_in_the_log(
    harbour: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = "hunter" + str(2)  # not as one word: a traceback shows lines of source

    def broken(*_: object, **__: object) -> None:
        raise KeyError(f"password={secret}")

    monkeypatch.setattr("bot.commands.figures.find_figures", broken)

    assert threatdesk("dashboard", "all-crime") == 70

    said = capsys.readouterr().err
    [reference] = [word for word in said.split() if word.startswith("R-")]
    assert secret not in said
    log = (harbour / "threatdesk.log").read_text(encoding="utf-8")
    assert reference.rstrip(".") in log
    assert "KeyError" in log
    assert "figures.py" in log
    assert secret not in log, "nor does a secret stand in the log"
