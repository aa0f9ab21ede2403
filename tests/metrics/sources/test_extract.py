"""The force's own extract becomes counts, and every row is counted, rejected or remarked."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.sources import ExtractColumns, ExtractSource, OutcomeClass
from metrics.delivery import Delivery
from metrics.errors import SourceError
from metrics.model import Area, AreaId, Catalogue, Level
from metrics.sources.extract import Extract
from tests.metrics.sources.conftest import (
    EXTRACT_HEADER,
    a_catalogue,
    a_crime,
    counts,
    covers,
    silent,
)

Written = Callable[..., Path]
OUTCOMES = {
    "Charged": OutcomeClass.OUTCOME,
    "No suspect": OutcomeClass.CLOSED,
    "Investigating": OutcomeClass.OPEN,
}


def delivered(path: Path, catalogue: Catalogue, **changes: object) -> Delivery:
    wanted = {"max_rejected": 1.0, "outcome_types": OUTCOMES} | changes
    source = ExtractSource.model_validate(
        {"kind": "extract", "name": "crimes", "path": str(path), **wanted}
    )
    return Extract(source, Path()).deliver(catalogue, progress=silent)


def test_a_crime_counts_on_the_day_and_in_the_area_it_is_recorded(
    written: Written, catalogue: Catalogue
) -> None:
    path = written("c.csv", EXTRACT_HEADER, a_crime(1), a_crime(2), a_crime(3, area="west"))

    assert counts(delivered(path, catalogue)) == {
        ("2024-01-05", "east", "burglary.recorded"): 2,
        ("2024-01-05", "west", "burglary.recorded"): 1,
    }


def test_an_outcome_counts_on_the_day_it_is_given_in_the_cohort_of_its_crime(
    written: Written, catalogue: Catalogue
) -> None:
    path = written("c.csv", EXTRACT_HEADER, a_crime(outcome="Charged", given="2024-02-09"))

    rows = delivered(path, catalogue).table.rows
    outcome = rows[rows["tally"] == "burglary.outcomes"].iloc[0]

    assert (outcome["day"], outcome["cohort"]) == (
        pd.Timestamp("2024-02-09"),
        pd.Timestamp("2024-01-05"),
    )


@pytest.mark.parametrize(
    ("outcome", "outcomes", "closed"), [("Charged", 1, 1), ("No suspect", 0, 1), ("", 0, 0)]
)
def test_a_closing_counts_whether_or_not_it_is_an_outcome(
    written: Written, catalogue: Catalogue, outcome: str, outcomes: int, closed: int
) -> None:
    path = written("c.csv", EXTRACT_HEADER, a_crime(outcome=outcome, given="2024-01-09"))

    found = Counter(tally for _, _, tally in counts(delivered(path, catalogue)))

    assert (found["burglary.outcomes"], found["burglary.closed"]) == (outcomes, closed)


def test_a_crime_with_two_flags_counts_under_both_and_once_in_all(
    written: Written, catalogue: Catalogue
) -> None:
    path = written("c.csv", EXTRACT_HEADER, a_crime(flags="domestic; HATE"))

    assert sorted(tally for _, _, tally in counts(delivered(path, catalogue))) == [
        "burglary.recorded",
        "burglary.recorded.domestic",
        "burglary.recorded.hate",
    ]


@pytest.mark.parametrize("name", ["burglary", " BURGLARY ", "housebreaking", "28a", "Break-in"])
def test_a_crime_type_is_known_by_id_name_alias_code_or_the_settings(
    written: Written, catalogue: Catalogue, name: str
) -> None:
    path = written("c.csv", EXTRACT_HEADER, a_crime(crime_type=name))

    delivery = delivered(path, catalogue, crime_types={"Break-in": "burglary"})

    assert list(counts(delivery)) == [("2024-01-05", "east", "burglary.recorded")]


def test_a_group_of_crime_types_is_never_delivered(written: Written, catalogue: Catalogue) -> None:
    path = written("c.csv", EXTRACT_HEADER, a_crime(crime_type="all crime"))

    delivery = delivered(path, catalogue)

    assert delivery.table.rows.empty
    assert "no crime type “all crime”" in delivery.rejected[0].reason


def test_a_crime_without_an_area_is_the_force_s_own(written: Written, catalogue: Catalogue) -> None:
    path = written("c.csv", EXTRACT_HEADER, a_crime(area=" "))

    assert list(counts(delivered(path, catalogue))) == [
        ("2024-01-05", "northshire", "burglary.recorded")
    ]


def test_rejected_rows_are_told_with_reason_and_line_and_the_rest_is_counted(
    written: Written, catalogue: Catalogue
) -> None:
    path = written(
        "c.csv",
        EXTRACT_HEADER,
        a_crime(1),
        a_crime(2, crime_type="witchcraft"),
        a_crime(3, area="atlantis"),
        a_crime(4, recorded="2024-02-30"),
        a_crime(5, crime_type="witchcraft"),
        a_crime(6, recorded=""),
    )

    delivery = delivered(path, catalogue)

    assert sum(counts(delivery).values()) == 1
    assert {one.reason.split(" (")[0]: (one.rows, one.first) for one in delivery.rejected} == {
        "the plan has no crime type “witchcraft”": (2, ("c.csv, line 3", "c.csv, line 6")),
        "the force has no area “atlantis”": (1, ("c.csv, line 4",)),
        'the recorded_date is not written as date_format = "%Y-%m-%d" says, '
        "for example “2024-02-30”": (
            1,
            ("c.csv, line 5",),
        ),
        "the recorded_date is missing": (1, ("c.csv, line 7",)),
    }


def test_lines_are_right_after_a_field_with_a_line_break_and_an_empty_line(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    path = tmp_path / "c.csv"
    head = ",".join((*EXTRACT_HEADER, "summary"))
    good = "1,2024-01-05,theft,,,,"
    path.write_text(f'{head}\n{good},"two\nlines"\n\n2,2024-01-05,sorcery,,,,,x\n', "utf-8")

    assert delivered(path, catalogue).rejected[0].first == ("c.csv, line 5",)


def test_dates_the_wrong_way_round_name_the_setting_that_reads_them(
    written: Written, catalogue: Catalogue
) -> None:
    path = written("c.csv", EXTRACT_HEADER, a_crime(recorded="25/12/2023"))

    with pytest.raises(SourceError, match='date_format = "%d/%m/%Y" would read') as refused:
        delivered(path, catalogue, max_rejected=0.05)

    assert "c.csv, line 2" in str(refused.value)


def test_a_time_after_the_date_is_left_out(written: Written, catalogue: Catalogue) -> None:
    path = written(
        "c.csv",
        EXTRACT_HEADER,
        a_crime(1, recorded="25/12/2023 23:59"),
        a_crime(2, recorded="5/1/2024 7:30"),
        a_crime(3, recorded="25/12/20234"),
    )

    delivery = delivered(path, catalogue, date_format="%d/%m/%Y")

    assert [day for day, _, _ in counts(delivery)] == ["2023-12-25", "2024-01-05"]
    assert delivery.rows_rejected == 1


def test_of_a_repeated_reference_the_last_row_counts(
    written: Written, catalogue: Catalogue
) -> None:
    path = written(
        "c.csv",
        EXTRACT_HEADER,
        a_crime("A", area="east"),
        a_crime("B", area="east"),
        a_crime("A", area="west"),
        a_crime("", area="east"),
        a_crime("", area="east"),
    )

    delivery = delivered(path, catalogue)

    assert counts(delivery) == {
        ("2024-01-05", "east", "burglary.recorded"): 3,
        ("2024-01-05", "west", "burglary.recorded"): 1,
    }
    assert any(remark.startswith("1 rows repeat a reference") for remark in delivery.remarks)


def test_of_a_repeated_reference_the_most_recently_updated_row_counts(
    written: Written, catalogue: Catalogue
) -> None:
    path = written(
        "c.csv",
        (*EXTRACT_HEADER, "changed"),
        [*a_crime("A", area="west"), "2024-03-01 09:00"],
        [*a_crime("A", area="east"), "2024-02-01 09:00"],
    )

    delivery = delivered(path, catalogue, columns={"updated": "changed"})

    assert list(counts(delivery)) == [("2024-01-05", "west", "burglary.recorded")]


def test_an_update_time_that_does_not_sort_is_refused(
    written: Written, catalogue: Catalogue
) -> None:
    row = [*a_crime("A"), "01/03/2024"]
    path = written("c.csv", (*EXTRACT_HEADER, "changed"), row, row)

    with pytest.raises(SourceError, match="does not sort as time does"):
        delivered(path, catalogue, columns={"updated": "changed"})


def test_a_day_without_a_record_is_a_gap_unless_told_otherwise(
    written: Written, catalogue: Catalogue
) -> None:
    days = ("2024-01-01", "2024-01-02", "2024-01-05")
    path = written("c.csv", EXTRACT_HEADER, *(a_crime(day, recorded=day) for day in days))

    gap, zero = delivered(path, catalogue), delivered(path, catalogue, empty_days="zero")

    assert covers(gap, "theft.recorded") == [
        ("northshire", "2024-01-01", "2024-01-02"),
        ("northshire", "2024-01-05", "2024-01-05"),
    ]
    assert covers(zero, "theft.recorded") == [("northshire", "2024-01-01", "2024-01-05")]
    assert any("2 days hold no record" in remark for remark in gap.remarks)


def test_only_the_crime_types_that_are_supplied_are_covered(
    written: Written, catalogue: Catalogue
) -> None:
    path = written("c.csv", EXTRACT_HEADER, a_crime(1), a_crime(2, crime_type="theft"))

    delivery = delivered(path, catalogue, supplies=["burglary"])

    assert set(delivery.table.covers["tally"].str.split(".").str[0]) == {"burglary"}
    assert "is not among `supplies`" in delivery.rejected[0].reason


def test_an_unknown_outcome_does_not_lose_the_crime(written: Written, catalogue: Catalogue) -> None:
    path = written(
        "c.csv",
        EXTRACT_HEADER,
        a_crime(1, outcome="Exiled", given="2024-01-09"),
        a_crime(2, outcome="Charged", given=""),
        a_crime(3, outcome="Charged", given="soon"),
        a_crime(4, outcome="Investigating", given=""),
    )

    delivery = delivered(path, catalogue)

    assert counts(delivery) == {("2024-01-05", "east", "burglary.recorded"): 4}
    assert {one.first for one in delivery.rejected} == {
        ("c.csv, line 2",),
        ("c.csv, line 3",),
        ("c.csv, line 4",),
    }
    assert all("the crime is counted" in one.reason for one in delivery.rejected)


def test_an_unknown_flag_does_not_lose_the_crime(written: Written, catalogue: Catalogue) -> None:
    path = written("c.csv", EXTRACT_HEADER, a_crime(flags="hate;piracy"))

    delivery = delivered(path, catalogue)

    assert len(counts(delivery)) == 2
    assert "no flag “piracy”" in delivery.rejected[0].reason


def test_an_outcome_before_its_crime_counts_on_its_day_and_is_remarked(
    written: Written, catalogue: Catalogue
) -> None:
    path = written("c.csv", EXTRACT_HEADER, a_crime(outcome="Charged", given="2023-12-24"))

    delivery = delivered(path, catalogue)

    assert ("2023-12-24", "east", "burglary.outcomes") in counts(delivery)
    assert any("before the day they were recorded" in remark for remark in delivery.remarks)


def test_a_record_before_the_earliest_day_is_rejected(
    written: Written, catalogue: Catalogue
) -> None:
    path = written("c.csv", EXTRACT_HEADER, a_crime(1), a_crime(2, recorded="1900-01-01"))

    delivery = delivered(path, catalogue, earliest="2008-04-01")

    assert delivery.span == (pd.Timestamp("2024-01-05").date(),) * 2
    assert "before 1 April 2008" in delivery.rejected[0].reason


def test_names_of_people_reach_nothing(written: Written, catalogue: Catalogue) -> None:
    path = written(
        "c.csv",
        ("victim", *EXTRACT_HEADER, "suspect"),
        ["Ada Victim", *a_crime(1), "Bob Suspect"],
        ["Ada Victim", *a_crime(1, crime_type="nonsense"), "Bob Suspect"],
    )

    delivery = delivered(path, catalogue)
    everything = " ".join(
        [
            delivery.table.rows.to_csv(),
            delivery.table.covers.to_csv(),
            repr(delivery.rejected),
            repr(delivery.remarks),
            repr(delivery.inputs),
        ]
    )

    assert delivery.rows_in == 2
    assert "Ada" not in everything
    assert "Bob" not in everything


def test_more_rejected_rows_than_allowed_stop_the_delivery(
    written: Written, catalogue: Catalogue
) -> None:
    rows = [a_crime(n, crime_type="burglary" if n % 10 else "lost") for n in range(100)]
    path = written("c.csv", EXTRACT_HEADER, *rows)

    with pytest.raises(SourceError, match="10 of 100 rows could not be counted"):
        delivered(path, catalogue, max_rejected=0.05)


def test_an_alias_of_two_areas_is_refused_and_the_settings_can_decide(
    written: Written,
) -> None:
    def area(name: str, level: Level, *parents: str) -> Area:
        return Area(
            id=AreaId(name),
            name=name,
            level=level,
            parents=tuple(map(AreaId, parents)),
            aliases=() if level is Level.FORCE else ("Town",),
        )

    catalogue = a_catalogue(
        areas=[
            area("shire", Level.FORCE),
            area("one", Level.CSP, "shire"),
            area("two", Level.CSP, "shire"),
        ]
    )
    path = written("c.csv", EXTRACT_HEADER, a_crime(area="town"))

    with pytest.raises(SourceError, match="more than one area: one, two"):
        delivered(path, catalogue)
    assert next(iter(counts(delivered(path, catalogue, areas={"Town": "two"}))))[1] == "two"


def test_columns_by_other_names_are_mapped(written: Written, catalogue: Catalogue) -> None:
    path = written("c.csv", ("WHEN", "What"), ["2024-01-05", "theft"])
    columns = ExtractColumns(
        reference="", recorded_date="When", crime_type="what", area="", flags="",
        outcome_type="", outcome_date="",
    )  # fmt: skip

    delivery = delivered(path, catalogue, columns=columns.model_dump())

    assert list(counts(delivery)) == [("2024-01-05", "northshire", "theft.recorded")]
    assert covers(delivery, "theft.outcomes") == []
    assert covers(delivery, "theft.recorded.hate") == []


def test_a_missing_column_is_named_with_what_was_found(
    written: Written, catalogue: Catalogue
) -> None:
    path = written("c.csv", ("reference", "date"), ["1", "2024-01-05"])

    with pytest.raises(SourceError, match="no column “recorded_date”") as refused:
        delivered(path, catalogue)

    assert "“date”" in str(refused.value)
    assert "columns = {" in refused.value.hint


def test_parquet_and_csv_give_the_same_table(written: Written, catalogue: Catalogue) -> None:
    rows = [
        a_crime(1, flags="hate", outcome="Charged", given="2024-01-09"),
        a_crime(2, area=""),
        a_crime(3, crime_type="lost"),
    ]
    path = written("c.csv", EXTRACT_HEADER, *rows)
    frame = pd.DataFrame(rows, columns=list(EXTRACT_HEADER)).replace("", None)
    frame["recorded_date"] = pd.to_datetime(frame["recorded_date"])
    frame.to_parquet(path.with_suffix(".parquet"))

    of_csv = delivered(path, catalogue)
    of_parquet = delivered(path.with_suffix(".parquet"), catalogue)

    pd.testing.assert_frame_equal(of_csv.table.rows, of_parquet.table.rows)
    assert of_parquet.rejected[0].first == ("c.parquet, row 3",)


def test_several_files_are_one_delivery_and_each_is_accounted_for(
    written: Written, catalogue: Catalogue
) -> None:
    written("in/2023.csv", EXTRACT_HEADER, a_crime(1), a_crime(2))
    written("in/2024.csv", EXTRACT_HEADER[::-1], a_crime(1, area="west")[::-1])

    delivery = delivered(written("in/2023b.csv", EXTRACT_HEADER).parent, catalogue)

    assert [(one.name, one.rows) for one in delivery.inputs] == [
        ("2023.csv", 2),
        ("2023b.csv", 0),
        ("2024.csv", 1),
    ]
    assert counts(delivery)["2024-01-05", "west", "burglary.recorded"] == 1


CRIME = st.tuples(
    st.sampled_from(["2024-01-01", "2024-01-02", "2024-01-03", "31/01/2024", ""]),
    st.sampled_from(["burglary", "theft", "28A", "fraud", ""]),
    st.sampled_from(["east", "West Harbour", "", "nowhere"]),
    st.sampled_from(["", "hate", "hate;domestic"]),
    st.sampled_from(["", "Charged", "No suspect"]),
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(CRIME, max_size=40))
def test_counts_equal_a_plain_pandas_count(
    tmp_path: Path, rows: list[tuple[str, str, str, str, str]]
) -> None:
    path = tmp_path / "random.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(EXTRACT_HEADER)
        for number, row in enumerate(rows):
            writer.writerow([number, *row, "2024-02-01" if row[-1] else ""])
    types = {"burglary": "burglary", "28A": "burglary", "theft": "theft"}
    places = {"east": "east", "West Harbour": "west-harbour", "": "northshire"}
    frame = pd.DataFrame(rows, columns=["day", "type", "area", "flags", "outcome"])
    good = frame[
        frame["day"].str.startswith("2024")
        & frame["type"].isin(list(types))
        & frame["area"].isin(list(places))
    ]
    expected: Counter[tuple[str, str, str]] = Counter()
    for row in good.itertuples():
        area, kind = places[str(row.area)], types[str(row.type)]
        flags = [f".{flag}" for flag in str(row.flags).split(";") if flag]
        for end in ("", *flags):
            expected[str(row.day), area, f"{kind}.recorded{end}"] += 1
            if row.outcome == "Charged":
                expected["2024-02-01", area, f"{kind}.outcomes{end}"] += 1
        if row.outcome:
            expected["2024-02-01", area, f"{kind}.closed"] += 1

    delivery = delivered(path, a_catalogue())

    assert counts(delivery) == dict(expected)
    assert delivery.rows_in == len(rows)
    assert delivery.rows_rejected == len(rows) - len(good)
