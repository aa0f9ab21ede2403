"""The written files, counted again with pandas: every published figure comes out."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

import demonstration
from demonstration import PUBLISHED, FigureKind, PublishedFigure
from demonstration.areas import AREAS, PEERS, members
from demonstration.crime_types import TYPE_IDS
from demonstration.outcomes import KINDS, POSITIVE
from demonstration.periods import FIRST_DAY, LAST_DAY
from demonstration.published_crime import PEER_POSITIONS

FILES = (
    "README.txt",
    "crimes.parquet",
    "incidents.csv",
    "peers.csv",
    "population.csv",
    "returns.csv",
    "surveys.csv",
)
STREET_SAMPLE = (
    Path(demonstration.__file__).parent / "policeuk" / "2022-10-leicestershire-street.csv"
)
MINIMUM_PEER_GAP = 0.02  # rates this far apart cannot swap places with another population year


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """The written files, read once."""

    folder: Path
    crimes: pd.DataFrame
    surveys: pd.DataFrame
    returns: pd.DataFrame
    peers: pd.DataFrame
    population: pd.DataFrame
    incidents: pd.DataFrame
    shares_told: tuple[float, ...]


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Delivered:
    folder = tmp_path_factory.mktemp("demonstration")
    told: list[float] = []
    demonstration.write(folder, lambda _what, share: told.append(share))
    crimes = pd.read_parquet(folder / "crimes.parquet")
    for column in ("recorded_date", "outcome_date"):
        crimes[column] = pd.to_datetime(crimes[column])
    for column in ("crime_type", "area", "flags", "outcome_type"):
        crimes[column] = crimes[column].astype("category")
    return Delivered(
        folder=folder,
        crimes=crimes,
        surveys=pd.read_csv(folder / "surveys.csv"),
        returns=pd.read_csv(folder / "returns.csv", parse_dates=["period_end", "supplied_on"]),
        peers=pd.read_csv(folder / "peers.csv"),
        population=pd.read_csv(folder / "population.csv"),
        incidents=pd.read_csv(folder / "incidents.csv"),
        shares_told=tuple(told),
    )


def year_before(day: date) -> date:
    return day.replace(year=day.year - 1)


def about(figure: PublishedFigure, crimes: pd.DataFrame) -> pd.DataFrame:
    kept = crimes["area"].isin(members(figure.area))
    if figure.crime_types:
        kept &= crimes["crime_type"].isin(figure.crime_types)
    if figure.flag:
        kept &= crimes["flags"].isin(with_flag(figure.flag, crimes))
    return crimes[kept]


def with_flag(flag: str, crimes: pd.DataFrame) -> list[str]:
    return [written for written in crimes["flags"].cat.categories if flag in written.split(";")]


def within(days: pd.Series, first: date, last: date) -> pd.Series:
    return days.between(pd.Timestamp(first), pd.Timestamp(last))


def recorded(crimes: pd.DataFrame, first: date, last: date) -> int:
    return int(within(crimes["recorded_date"], first, last).sum())


def outcomes_given(crimes: pd.DataFrame, first: date, last: date) -> int:
    positive = crimes["outcome_type"].isin(POSITIVE)
    return int((positive & within(crimes["outcome_date"], first, last)).sum())


def counted(figure: PublishedFigure, crimes: pd.DataFrame) -> float:
    """A figure about recorded crime; rates as proportions."""
    these = about(figure, crimes)
    first, last = figure.start, figure.as_at
    count = recorded(these, first, last)
    before = recorded(these, year_before(first), year_before(last))
    outcomes = outcomes_given(these, first, last)
    target = 0.0 if figure.target is None else figure.target
    match figure.kind:
        case FigureKind.COUNT:
            return count
        case FigureKind.CHANGE:
            return count - before
        case FigureKind.CHANGE_PCT:
            return (count - before) / before
        case FigureKind.SHORT:
            return count - before * (1 - target)
        case FigureKind.OUTCOME_RATE:
            return outcomes / count
        case FigureKind.OUTCOMES_REQUIRED:
            return target * count - outcomes
        case FigureKind.OUTCOMES_CHANGE:
            return outcomes - outcomes_given(these, year_before(first), year_before(last))
        case FigureKind.UNDER_INVESTIGATION:
            this_year = these[within(these["recorded_date"], first, last)]
            return float((~(this_year["outcome_date"] <= pd.Timestamp(last))).sum())
        case _:
            raise AssertionError(f"{figure.kind} is not about recorded crime")


def satisfaction(figure: PublishedFigure, surveys: pd.DataFrame) -> float:
    assert figure.survey is not None
    group, component = figure.survey
    groups = ("burglary", "vehicle", "violence") if group == "all-users" else (group,)
    rows = surveys[
        (surveys["area"] == figure.area)
        & surveys["group"].isin(groups)
        & (surveys["component"] == component)
        & surveys["month"].between(f"{figure.start:%Y-%m}", f"{figure.as_at:%Y-%m}")
    ]
    return float(rows["satisfied"].sum() / rows["responses"].sum())


def returned(figure: PublishedFigure, returns: pd.DataFrame) -> float:
    rows = returns[
        (returns["measure"] == figure.subject)
        & within(returns["period_end"], figure.start, figure.as_at)
    ]
    return float(rows["value"].sum())


def rates_of_2015(crime_type: str, delivered: Delivered) -> pd.Series:
    people = delivered.population.query("year == 2015").set_index("area")["population"]
    rows = delivered.peers[
        delivered.peers["month"].str.startswith("2015")
        & (delivered.peers["crime_type"] == crime_type)
    ]
    rates = rows.groupby("force")["count"].sum() / people.reindex(list(PEERS))
    own = delivered.crimes[
        within(delivered.crimes["recorded_date"], date(2015, 1, 1), date(2015, 12, 31))
    ]
    if crime_type != "all-crime":
        own = own[own["crime_type"] == crime_type]
    rates["leicestershire"] = len(own) / people["leicestershire"]
    return rates.sort_values()


@pytest.mark.parametrize("figure", PUBLISHED, ids=lambda figure: figure.what)
def test_the_published_figure_comes_out(figure: PublishedFigure, delivered: Delivered) -> None:
    match figure.kind:
        case FigureKind.SATISFACTION:
            computed = satisfaction(figure, delivered.surveys)
        case FigureKind.RETURNED:
            computed = returned(figure, delivered.returns)
        case FigureKind.PEER_POSITION:
            rates = rates_of_2015(figure.subject, delivered)
            computed = list(rates.index).index("leicestershire") + 1
        case _:
            computed = counted(figure, delivered.crimes)
    assert figure.agrees_with(computed), f"{computed} is not {figure.value}"


@pytest.mark.parametrize("crime_type", PEER_POSITIONS)
def test_peer_positions_do_not_hang_on_a_few_crimes(crime_type: str, delivered: Delivered) -> None:
    rates = rates_of_2015(crime_type, delivered)
    gaps = (rates / rates["leicestershire"] - 1).drop("leicestershire").abs()
    assert gaps.min() > MINIMUM_PEER_GAP


@pytest.mark.parametrize(
    ("crime_types", "months"),
    [
        (("domestic-burglary",), ("2013-09", "2013-11")),
        (("theft-from-motor-vehicle", "theft-of-motor-vehicle"), ("2013-09", "2013-11")),
        (("violence-with-injury",), ("2013-07", "2013-09")),
    ],
)
def test_the_force_is_in_line_with_its_peers_in_autumn_2013(
    crime_types: tuple[str, ...], months: tuple[str, str], delivered: Delivered
) -> None:
    people = delivered.population.query("year == 2013").set_index("area")["population"]
    rows = delivered.peers[
        delivered.peers["month"].between(*months) & delivered.peers["crime_type"].isin(crime_types)
    ]
    average = (rows.groupby("force")["count"].sum() / people.reindex(list(PEERS))).mean()
    own = delivered.crimes[delivered.crimes["crime_type"].isin(crime_types)]
    month = own["recorded_date"].dt.strftime("%Y-%m")
    rate = month.between(*months).sum() / people["leicestershire"]
    assert rate / average == pytest.approx(1, abs=0.04)


def test_the_named_units_are_the_extremes_of_their_crime_types(delivered: Delivered) -> None:
    extremes = {
        "domestic-burglary": ("blaby-lpu", "hinckley-lpu"),
        "theft-of-motor-vehicle": ("north-west-leicestershire-lpu", "harborough-lpu"),
        "violence-with-injury": ("charnwood-lpu", "city-centre"),
    }
    for crime_type, expected in extremes.items():
        own = delivered.crimes[delivered.crimes["crime_type"] == crime_type]
        now = within(own["recorded_date"], date(2013, 4, 1), date(2013, 12, 11))
        before = within(own["recorded_date"], date(2012, 4, 1), date(2012, 12, 11))
        # Whole partnerships are no Local Policing Units, and are not compared.
        area = own["area"].astype(str)
        units = area[~area.isin(["melton", "oadby-and-wigston", "rutland", "leicestershire"])]
        change = units[now].value_counts() / units[before].value_counts() - 1
        assert (change.idxmin(), change.idxmax()) == expected


def test_nothing_is_unlocated_while_city_and_counties_have_to_add_up(delivered: Delivered) -> None:
    unlocated = delivered.crimes[delivered.crimes["area"] == "leicestershire"]
    assert len(unlocated) > 0
    assert recorded(unlocated, date(2012, 4, 1), date(2014, 3, 31)) == 0
    assert outcomes_given(unlocated, date(2012, 4, 1), date(2014, 3, 31)) == 0


def test_references_are_unique(delivered: Delivered) -> None:
    assert delivered.crimes["reference"].is_unique


def test_every_crime_is_recorded_inside_the_demonstration(delivered: Delivered) -> None:
    days = delivered.crimes["recorded_date"]
    assert (days.min().date(), days.max().date()) == (FIRST_DAY, LAST_DAY)


def test_no_outcome_is_before_the_crime_or_after_the_end(delivered: Delivered) -> None:
    closed = delivered.crimes.dropna(subset=["outcome_date"])
    assert (closed["outcome_date"] >= closed["recorded_date"]).all()
    assert closed["outcome_date"].max() <= pd.Timestamp(LAST_DAY)


def test_an_outcome_has_a_type_and_a_day_or_neither(delivered: Delivered) -> None:
    crimes = delivered.crimes
    assert (crimes["outcome_type"].isna() == crimes["outcome_date"].isna()).all()
    assert set(crimes["outcome_type"].dropna()) == set(KINDS)


def test_only_known_areas_types_and_flags_are_written(delivered: Delivered) -> None:
    crimes = delivered.crimes
    assert set(crimes["area"]) == set(AREAS)
    assert set(crimes["crime_type"]) == set(TYPE_IDS)
    assert set(";".join(crimes["flags"].unique()).split(";")) == {"", "domestic", "hate", "alcohol"}


def test_the_same_bytes_are_written_twice(delivered: Delivered, tmp_path: Path) -> None:
    demonstration.write(tmp_path / "again")
    for name in FILES:
        first, second = (
            hashlib.sha256((folder / name).read_bytes()).hexdigest()
            for folder in (delivered.folder, tmp_path / "again")
        )
        assert first == second, name


def test_nothing_but_the_documented_files_is_written(delivered: Delivered) -> None:
    assert sorted(path.name for path in delivered.folder.iterdir()) == sorted(FILES)


def test_the_folder_says_that_its_data_are_synthetic(delivered: Delivered) -> None:
    notice = (delivered.folder / "README.txt").read_text(encoding="utf-8")
    assert notice.startswith("SYNTHETIC DEMONSTRATION DATA")


def test_the_share_done_never_falls_and_ends_at_one(delivered: Delivered) -> None:
    assert list(delivered.shares_told) == sorted(delivered.shares_told)
    assert delivered.shares_told[-1] == 1


def test_the_forces_survey_rows_are_the_sum_of_the_command_units(delivered: Delivered) -> None:
    keys = ["month", "group", "component"]
    counts = delivered.surveys.set_index(keys)
    force = counts[counts["area"] == "leicestershire"][["satisfied", "responses"]]
    units = counts[counts["area"] != "leicestershire"][["satisfied", "responses"]]
    pd.testing.assert_frame_equal(
        units.groupby(level=keys).sum(), force.sort_index(), check_like=True
    )


def test_no_survey_has_more_satisfied_than_asked(delivered: Delivered) -> None:
    surveys = delivered.surveys
    assert surveys["satisfied"].between(0, surveys["responses"]).all()


def test_a_return_that_was_not_received_has_no_row(delivered: Delivered) -> None:
    returns = delivered.returns
    missing = returns[
        (returns["measure"] == "drug-and-alcohol-completions")
        & (returns["period_end"] == pd.Timestamp(2015, 9, 30))
    ]
    assert missing.empty
    assert returns["value"].notna().all()


def test_the_districts_make_up_the_force(delivered: Delivered) -> None:
    people = delivered.population.pivot_table(index="year", columns="area", values="population")
    districts = people.drop(columns=["leicestershire", *PEERS])
    assert (districts.sum(axis=1) == people["leicestershire"]).all()


def test_daily_counts_vary_a_little_more_than_chance(delivered: Delivered) -> None:
    crimes = delivered.crimes
    own = crimes[(crimes["crime_type"] == "other") & (crimes["recorded_date"] >= "2009-04-01")]
    daily = own.groupby("recorded_date").size()
    daily = daily.reindex(pd.date_range("2009-04-01", LAST_DAY), fill_value=0)
    weekly = daily.groupby([daily.index.to_period("Q"), daily.index.day_of_week])  # type: ignore[attr-defined]
    dispersion = (weekly.var() / weekly.mean()).mean()
    assert 1.1 < dispersion < 1.5


def test_flags_fall_when_niche_comes_in(delivered: Delivered) -> None:
    crimes = delivered.crimes
    for flag, most in (("domestic", 0.90), ("hate", 0.72)):
        own = crimes[crimes["flags"].isin(with_flag(flag, crimes))]
        before = recorded(own, date(2014, 5, 1), date(2014, 10, 31))
        after = recorded(own, date(2015, 5, 1), date(2015, 10, 31))
        assert after / before < most, flag


def test_theft_from_vehicles_is_high_over_the_long_term_from_2015(delivered: Delivered) -> None:
    crimes = delivered.crimes
    own = crimes[crimes["crime_type"] == "theft-from-motor-vehicle"]
    monthly = own.groupby(own["recorded_date"].dt.to_period("M")).size()
    before = monthly[: pd.Period("2014-12")]
    limit = before.mean() + 2 * before.std()
    assert monthly[pd.Period("2015-01") : pd.Period("2015-12")].mean() > limit


def test_incidents_fall_over_the_years_and_peak_in_summer(delivered: Delivered) -> None:
    monthly = delivered.incidents.groupby("month")["count"].sum()
    assert monthly["2015-04":].sum() < monthly["2008-04":"2009-03"].sum() * 0.6
    assert monthly["2013-07"] > monthly["2013-12"] * 1.2


def test_the_street_sample_holds_the_traps_of_the_real_file() -> None:
    rows = pd.read_csv(STREET_SAMPLE, dtype=str, keep_default_na=False)
    district = rows["LSOA name"].str.rsplit(" ", n=1).str[0]
    assert len(rows.columns) == 12
    assert (rows.loc[rows["Crime ID"] == "", "Crime type"] == "Anti-social behaviour").all()
    assert (rows["Crime ID"] == "").any()
    assert (district == "").any()
    assert {"Rugby", "Rutland", "Leicester", "Oadby and Wigston"} < set(district)
    assert rows["Crime type"].nunique() == 14
