"""Street-level files as published become monthly counts that add up to the files' own rows."""

from __future__ import annotations

import csv
import gzip
import shutil
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.sources import PoliceUkSource
from metrics.delivery import Delivery
from metrics.errors import SourceError
from metrics.model import Catalogue, CrimeType
from metrics.sources.policeuk import PoliceUk
from tests.metrics.sources.conftest import (
    POLICEUK_HEADER,
    a_catalogue,
    a_published_row,
    counts,
    covers,
    silent,
)

Written = Callable[..., Path]
PUBLISHED_TYPES = (
    "Anti-social behaviour", "Bicycle theft", "Burglary", "Criminal damage and arson", "Drugs",
    "Other crime", "Other theft", "Possession of weapons", "Public order", "Robbery",
    "Shoplifting", "Theft from the person", "Vehicle crime", "Violence and sexual offences",
)  # fmt: skip


def with_types(catalogue: Catalogue, *names: str) -> Catalogue:
    kinds = [CrimeType(id=name.lower().replace(" ", "-"), name=name) for name in names]
    return replace(catalogue, crime_types={one.id: one for one in kinds})


def delivered(path: Path, catalogue: Catalogue, **changes: object) -> Delivery:
    source = PoliceUkSource.model_validate(
        {"kind": "policeuk", "name": "public", "path": str(path), "max_rejected": 1} | changes
    )
    return PoliceUk(source, Path()).deliver(catalogue, progress=silent)


def remarked(delivery: Delivery, words: str) -> bool:
    return any(words in remark for remark in delivery.remarks)


def test_a_row_counts_in_its_district_on_the_last_day_of_its_month(
    written: Written, catalogue: Catalogue
) -> None:
    path = written("2024-02-x-street.csv", POLICEUK_HEADER, a_published_row("2024-02"))

    delivery = delivered(path, catalogue)

    assert counts(delivery) == {("2024-02-29", "east", "burglary.recorded"): 1}
    assert covers(delivery, "burglary.recorded") == [("northshire", "2024-02-01", "2024-02-29")]


def test_rows_without_a_place_or_outside_the_force_count_for_the_force(
    written: Written, catalogue: Catalogue
) -> None:
    places = ("", "Elsewhere 004B", "East Town 010C", "West Harbour 001A")
    rows = [a_published_row(place=place) for place in places]

    delivery = delivered(written("street.csv", POLICEUK_HEADER, *rows), catalogue)

    # West Harbour is a policing unit; districts are looked up among the partnerships.
    assert counts(delivery) == {
        ("2024-01-31", "northshire", "burglary.recorded"): 3,
        ("2024-01-31", "east", "burglary.recorded"): 1,
    }
    assert remarked(delivery, "1 rows (25.0%) have no location")
    assert remarked(delivery, "2 rows (50.0%) lie in a district outside the force")


@pytest.mark.parametrize(
    ("category", "outcomes", "closed"),
    [
        ("Under investigation", 0, 0),
        ("", 0, 0),
        ("Unable to prosecute suspect", 0, 1),
        ("Status update unavailable", 0, 1),
        ("Local resolution", 1, 1),
        ("Awaiting court outcome", 1, 1),
        ("Offender sent to prison", 1, 1),
    ],
)
def test_outcome_categories_are_outcomes_closures_or_open(
    written: Written, catalogue: Catalogue, category: str, outcomes: int, closed: int
) -> None:
    path = written("street.csv", POLICEUK_HEADER, a_published_row(outcome=category))

    found = Counter(tally for _, _, tally in counts(delivered(path, catalogue)))

    assert (found["burglary.outcomes"], found["burglary.closed"]) == (outcomes, closed)


def test_the_settings_can_class_an_outcome_category_differently(
    written: Written, catalogue: Catalogue
) -> None:
    path = written("street.csv", POLICEUK_HEADER, a_published_row(outcome="Local resolution"))

    delivery = delivered(path, catalogue, outcome_types={"Local Resolution": "closed"})

    assert not counts(delivery, "burglary.outcomes")
    assert counts(delivery, "burglary.closed")


def test_anti_social_behaviour_has_no_outcome_rate(written: Written, catalogue: Catalogue) -> None:
    path = written(
        "street.csv",
        POLICEUK_HEADER,
        a_published_row(crime_type="Anti-social behaviour", outcome="", crime_id=""),
    )

    delivery = delivered(path, with_types(catalogue, *PUBLISHED_TYPES))

    assert set(delivery.table.covers["tally"]) == {"anti-social-behaviour.recorded"}


def test_an_unknown_crime_type_is_rejected_with_its_line(
    written: Written, catalogue: Catalogue
) -> None:
    rows = [a_published_row(), a_published_row(crime_type="Piracy")]

    delivery = delivered(written("street.csv", POLICEUK_HEADER, *rows), catalogue)

    assert delivery.rejected[0].first == ("street.csv, line 3",)
    assert "“Piracy”" in delivery.rejected[0].reason


def test_only_rows_of_the_force_count(written: Written, catalogue: Catalogue) -> None:
    rows = [a_published_row(), a_published_row(force="Southshire Constabulary")]
    path = written("street.csv", POLICEUK_HEADER, *rows)

    assert sum(counts(delivered(path, catalogue)).values()) == 1
    assert remarked(delivered(path, catalogue), "1 rows are of other forces")
    with pytest.raises(SourceError, match="“Southshire Constabulary”"):
        delivered(path, catalogue, force="Atlantis Police")


def test_repeated_crime_ids_all_count_and_are_remarked(
    written: Written, catalogue: Catalogue
) -> None:
    rows = [a_published_row(crime_id=one) for one in ("x", "x", "y", "", "", "x")]

    delivery = delivered(written("street.csv", POLICEUK_HEADER, *rows), catalogue)

    assert sum(counts(delivery).values()) == 6
    assert remarked(delivery, "2 rows repeat a Crime ID")


def test_a_missing_month_is_a_gap_and_not_zero(written: Written, catalogue: Catalogue) -> None:
    for month in ("2023-11", "2023-12", "2024-03"):
        path = written(f"all/{month}/{month}-x-street.csv", POLICEUK_HEADER, a_published_row(month))

    delivery = delivered(path.parents[1], catalogue)

    assert covers(delivery, "burglary.recorded") == [
        ("northshire", "2023-11-01", "2023-12-31"),
        ("northshire", "2024-03-01", "2024-03-31"),
    ]
    assert remarked(delivery, "2 months between the first and the last are missing")


def test_a_type_is_not_zero_before_the_files_know_it(
    written: Written, catalogue: Catalogue
) -> None:
    written("all/2024-01-street.csv", POLICEUK_HEADER, a_published_row("2024-01"))
    written(
        "all/2024-02-street.csv", POLICEUK_HEADER, a_published_row("2024-02", crime_type="Theft")
    )
    path = written("all/2024-03-street.csv", POLICEUK_HEADER, a_published_row("2024-03"))

    delivery = delivered(path.parent, catalogue)

    assert covers(delivery, "theft.recorded") == [("northshire", "2024-02-01", "2024-03-31")]


def test_a_file_with_a_header_only_covers_nothing(written: Written, catalogue: Catalogue) -> None:
    written("all/2024-01-street.csv", POLICEUK_HEADER)
    path = written("all/2024-02-street.csv", POLICEUK_HEADER, a_published_row("2024-02"))

    delivery = delivered(path.parent, catalogue)

    assert covers(delivery, "burglary.recorded") == [("northshire", "2024-02-01", "2024-02-29")]
    assert remarked(delivery, "2024-01-street.csv")


def test_a_month_given_twice_alike_counts_once_and_differently_is_refused(
    written: Written, catalogue: Catalogue
) -> None:
    path = written("all/2024-01-street.csv", POLICEUK_HEADER, a_published_row())
    with path.open("rb") as plain, gzip.open(f"{path}.gz", "wb") as packed:
        shutil.copyfileobj(plain, packed)
    with zipfile.ZipFile(path.parent / "archive.zip", "w") as archive:
        archive.write(path, "2024-01/2024-01-street.csv")

    delivery = delivered(path.parent, catalogue)
    assert sum(counts(delivery).values()) == 1
    assert sum("was left out" in remark for remark in delivery.remarks) == 2

    written("all/2024-01-street.csv", POLICEUK_HEADER, a_published_row(), a_published_row())
    with pytest.raises(SourceError, match=r"2024-01-street\.csv.* both give 2024-01 and differ"):
        delivered(path.parent, catalogue)


def test_an_archive_of_months_is_read_and_its_other_files_are_not(
    written: Written, catalogue: Catalogue, tmp_path: Path
) -> None:
    path = written("s.csv", POLICEUK_HEADER, a_published_row())
    with zipfile.ZipFile(tmp_path / "download.zip", "w") as archive:
        archive.write(path, "../../etc/2024-01-x-street.csv")
        archive.writestr("2024-01/2024-01-x-outcomes.csv", "nothing,of,this,kind\n")

    delivery = delivered(tmp_path / "download.zip", catalogue)

    assert [one.name for one in delivery.inputs] == ["download.zip/../../etc/2024-01-x-street.csv"]
    assert sum(counts(delivery).values()) == 1


def test_outcomes_are_remarked_to_be_as_at_the_download(
    written: Written, catalogue: Catalogue
) -> None:
    path = written("street.csv", POLICEUK_HEADER, a_published_row())

    assert remarked(delivered(path, catalogue), "as at the download")


def test_a_file_of_another_layout_is_refused(written: Written, catalogue: Catalogue) -> None:
    path = written("street.csv", ("Month", "Crime type"), ["2024-01", "Burglary"])

    with pytest.raises(SourceError, match="no column “Crime ID”, “Falls within”"):
        delivered(path, catalogue)


def test_the_fingerprint_changes_with_the_files_and_only_then(
    written: Written, catalogue: Catalogue
) -> None:
    path = written("all/2024-01-street.csv", POLICEUK_HEADER, a_published_row())
    source = PoliceUkSource(kind="policeuk", name="public", path=str(path.parent))
    before = PoliceUk(source, Path()).fingerprint()

    assert PoliceUk(source, Path()).fingerprint() == before
    written("all/2024-02-street.csv", POLICEUK_HEADER)
    assert PoliceUk(source, Path()).fingerprint() != before


def test_real_leicestershire_counts_equal_the_files_own_rows(
    reference: Path, leicestershire: Catalogue
) -> None:
    folder = reference / "policeuk" / "leicestershire"
    expected: Counter[tuple[str, str]] = Counter()
    for file in folder.glob("*.csv.gz"):
        with gzip.open(file, "rt", encoding="utf-8", newline="") as text:
            expected.update((row["Month"], row["Crime type"]) for row in csv.DictReader(text))
    catalogue = with_types(leicestershire, *PUBLISHED_TYPES)

    delivery = delivered(folder, catalogue, max_rejected=0)

    rows = delivery.table.rows
    rows = rows[rows["tally"].str.endswith(".recorded")]
    months = rows["day"].dt.strftime("%Y-%m")
    found = rows.groupby([months, "tally"], observed=True)["count"].sum()
    names = {f"{one.id}.recorded": one.name for one in catalogue.crime_types.values()}
    keys = [(month, names[tally]) for month, tally in found.index]
    assert dict(zip(keys, found, strict=True)) == dict(expected)
    assert len({month for month, _ in expected}) == 39
    assert delivery.rows_in == sum(expected.values())


def test_real_leicestershire_lies_in_nine_partnerships_or_is_not_located(
    reference: Path, leicestershire: Catalogue
) -> None:
    file = reference / "policeuk/leicestershire/2020-03-leicestershire-street.csv.gz"
    with gzip.open(file, "rt", encoding="utf-8", newline="") as text:
        places = [row["LSOA name"].rpartition(" ")[0] for row in csv.DictReader(text)]

    rows = delivered(file, with_types(leicestershire, *PUBLISHED_TYPES)).table.rows
    by_area = rows[rows["tally"].str.endswith(".recorded")].groupby("area", observed=True)["count"]

    assert len(by_area) == 10
    assert by_area.sum().sum() == len(places)
    assert by_area.sum()["charnwood"] == places.count("Charnwood")
    assert by_area.sum()["leicester-city"] == places.count("Leicester")


ROW = st.tuples(
    st.sampled_from(["2024-01", "2024-02", "2024/03", ""]),
    st.sampled_from(["East 001A", "West 002B", "Far Away 001A", ""]),
    st.sampled_from(["Burglary", "Theft", "Treason"]),
    st.sampled_from(["", "Under investigation", "Suspect charged", "Unable to prosecute suspect"]),
)


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(ROW, min_size=1, max_size=30))
def test_every_row_is_counted_once_or_rejected(
    tmp_path: Path, rows: list[tuple[str, str, str, str]]
) -> None:
    path = tmp_path / "street.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([POLICEUK_HEADER, *(a_published_row(*row) for row in rows)])
    ends = {"2024-01": "2024-01-31", "2024-02": "2024-02-29"}
    areas = {"East 001A": "east", "West 002B": "west"}
    expected: Counter[tuple[str, str, str]] = Counter()
    for month, place, kind, outcome in rows:
        if month not in ends or kind == "Treason":
            continue
        key = (ends[month], areas.get(place, "northshire"))
        expected[*key, f"{kind.lower()}.recorded"] += 1
        expected[*key, f"{kind.lower()}.closed"] += outcome[:1] in ("S", "U") and outcome[2] != "d"
        expected[*key, f"{kind.lower()}.outcomes"] += outcome == "Suspect charged"

    delivery = delivered(path, a_catalogue())

    assert counts(delivery) == {key: many for key, many in expected.items() if many}
    assert delivery.rows_in == len(rows)
