"""A plan is read as a whole, and refused as a whole with file, line, key and value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from datetime import date
from pathlib import Path

import pytest

from config.catalogue import PLANS, catalogue_from, read_catalogue
from metrics.errors import CatalogueError
from metrics.model import AreaId, Catalogue, Level, MeasureId, MeasureKind, Polarity, TargetKind
from tests.conftest import SALTMARSH

Spoil = Callable[[str, str], Path]


@pytest.fixture
def spoil(tmp_path: Path) -> Spoil:
    """Write the invented plan with one piece of text replaced."""

    def write(good: str, bad: str) -> Path:
        for file in SALTMARSH.iterdir():
            text = file.read_text(encoding="utf-8")
            (tmp_path / file.name).write_text(text.replace(good, bad, 1), encoding="utf-8")
        return tmp_path

    return write


def test_the_shipped_plan_has_the_papers_areas_priorities_and_frameworks(
    leicestershire: Catalogue,
) -> None:
    assert len(leicestershire.at_level(Level.CSP)) == 9
    assert len({one.theme for one in leicestershire.priorities.values()}) == 5
    assert {str(n) for n in range(1, 19)} <= leicestershire.priorities.keys()
    assert [one.id for one in leicestershire.frameworks] == ["2013/14", "2014/15", "2015/16"]
    assert {area.name for area in leicestershire.peers} == {
        "Bedfordshire", "Essex", "Hampshire", "Hertfordshire", "Kent", "Nottinghamshire", "Sussex",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("measure", "value"),
    [
        ("all-crime.recorded", 0.05),
        ("domestic-burglary.recorded", 0.13),
        ("violence-with-injury.recorded", 0.02),
        ("theft-from-motor-vehicle.recorded", 0.14),
        ("theft-of-motor-vehicle.recorded", 0.10),
        ("domestic-burglary.outcome-rate", 0.25),
        ("hate-crime.outcome-rate", 0.55),
        ("violence.satisfaction", 0.82),
        ("confidence", 0.75),
    ],
)
def test_2013_14_has_the_published_targets(
    leicestershire: Catalogue, measure: str, value: float
) -> None:
    target = leicestershire.target(MeasureId(measure), date(2013, 12, 11))

    assert target is not None
    assert target.value == value


def test_2014_15_has_no_number_to_reach_and_cites_neither_priority_6_nor_15(
    leicestershire: Catalogue,
) -> None:
    framework = leicestershire.framework(date(2014, 7, 1))

    assert framework is not None
    assert not any(target.kind.is_numeric for target in framework.targets)
    assert framework.not_cited.keys() == {"6", "15"}


def test_no_framework_is_in_force_before_or_after_the_plan(leicestershire: Catalogue) -> None:
    assert leicestershire.framework(date(2013, 3, 31)) is None
    assert leicestershire.framework(date(2016, 4, 1)) is None


@pytest.mark.parametrize(
    "measure", ["domestic-abuse.recorded", "hate-crime.recorded", "sexual-offences.recorded"]
)
def test_more_reporting_of_what_is_under_reported_is_not_worse(
    leicestershire: Catalogue, measure: str
) -> None:
    polarity = leicestershire.measures[MeasureId(measure)].polarity

    assert not polarity.is_worse(+1)
    assert not polarity.is_worse(-1)


def test_a_joint_partnership_is_in_the_tree_and_its_parts_count_once(
    leicestershire: Catalogue,
) -> None:
    counties = leicestershire.within[AreaId("counties")]

    assert leicestershire.within[AreaId("blaby-and-hinckley")] < counties
    assert sum(area == "blaby-lpu" for area in counties) == 1


def test_a_crime_type_brings_recorded_crime_and_its_outcome_rate(saltmarsh: Catalogue) -> None:
    rate = saltmarsh.measures[MeasureId("harbour-crime.outcome-rate")]

    assert rate.kind is MeasureKind.OUTCOME_RATE
    assert rate.polarity is Polarity.HIGHER_IS_BETTER
    assert rate.numerator == ("boat-theft.outcomes", "net-damage.outcomes")
    assert rate.denominator == ("boat-theft.recorded", "net-damage.recorded")


def test_all_crime_counts_every_type_once_and_no_group(saltmarsh: Catalogue) -> None:
    assert saltmarsh.total_crime().numerator == (
        "boat-theft.recorded",
        "net-damage.recorded",
        "other.recorded",
    )


def test_a_catalogue_can_be_read_again_from_the_texts_that_were_kept() -> None:
    catalogue, files = read_catalogue(PLANS / "leicestershire")

    shuffled = dict(sorted(files.texts.items(), reverse=True))

    again = catalogue_from(shuffled)
    assert {one.name: getattr(again, one.name) for one in fields(Catalogue)} == {
        one.name: getattr(catalogue, one.name) for one in fields(Catalogue)
    }


def test_the_version_tells_what_the_files_say(spoil: Spoil) -> None:
    before = read_catalogue(SALTMARSH)[0].version

    assert read_catalogue(spoil("0.25", "0.26"))[0].version != before
    assert read_catalogue(spoil("no such text", ""))[0].version == before


@pytest.mark.parametrize(
    ("good", "bad", "complaint"),
    [
        pytest.param(
            'polarity = "higher_is_better"', 'polarity = "up"',
            r'everything.toml, line 68: \[\[measure\]\] number 2, polarity = "up"',
            id="a word that is not known",
        ),
        pytest.param(
            'parents = ["saltmarsh"]', 'parents = ["sandbank"]',
            r'line 12: .*parents = "sandbank": there is no area',
            id="a dangling area",
        ),
        pytest.param(
            'id = "flow"', 'id = "ebb"', r'line 9: .*id = "ebb": this name is given 2 times',
            id="a doubled name",
        ),
        pytest.param(
            'name = "Flow"', 'name = "Flow"\naliases = ["ebb town"]',
            r'aliases = "ebb town": ebb has this alias too', id="a doubled alias",
        ),
        pytest.param(
            'parents = ["saltmarsh"]', 'parents = ["ebb"]', "the area lies within itself",
            id="an area within itself",
        ),
        pytest.param(
            'level = "force"', 'level = "csp"\nparents = ["ebb"]',
            'exactly one area has level = "force"', id="no force",
        ),
        pytest.param(
            "first = 2021-04-01", "first = 2021-03-31",
            r"first = 2021-03-31: 2020/21 is in force at the same time", id="frameworks overlap",
        ),
        pytest.param(
            "last = 2021-03-31", "last = 2020-03-31", "it ends before it starts",
            id="a framework that ends before it starts",
        ),
        pytest.param(
            "value = 0.1", "value = 10", "a reduction is a proportion between 0 and 1",
            id="a reduction of 1,000%",
        ),
        pytest.param(
            "value = 0.25", "value = 25", "a rate is a proportion between 0 and 1",
            id="a rate of 2,500%",
        ),
        pytest.param(
            'measure = "boat-theft.outcome-rate"\nkind = "at_least"',
            'measure = "boat-theft.outcome-rate"\nkind = "reduction"',
            "a rate has no reduction target", id="a reduction of a rate",
        ),
        pytest.param(
            'measure = "net-damage.recorded"\nkind = "fewer"',
            'measure = "net-damage.lost"\nkind = "fewer"',
            r'"net-damage.lost": there is no measure of this id', id="a target of nothing",
        ),
        pytest.param(
            'measure = "net-damage.recorded"\nkind = "fewer"',
            'measure = "boat-theft.recorded"\nkind = "fewer"',
            "gives this measure 2 targets", id="two targets for one measure",
        ),
        pytest.param(
            '1 = "The harbour', '9 = "The harbour', r'not_cited = "9": there is no priority',
            id="a priority that is not there",
        ),
        pytest.param(
            'members = ["boat-theft", "net-damage"]', 'members = ["boat-theft", "nets"]',
            r'members = "nets": there is no crime type', id="a group of nothing",
        ),
        pytest.param(
            'flag = "hate"', 'flag = "late"', r'flag = "late": plan.toml names no such flag',
            id="a flag that no record carries",
        ),
        pytest.param(
            'returns = ["savings"]', 'returns = ["savings"]\nincident = "flood"',
            "give exactly one of crime_type, incident, survey and returns", id="two things counted",
        ),
        pytest.param(
            'measures = ["boat-theft.recorded"]', 'measures = ["boats"]',
            r'measures = "boats": there is no measure', id="a note about nothing",
        ),
        pytest.param(
            'id = "hate-crime.recorded"', 'id = "other.recorded"',
            r"brings the measure other.recorded, which a \[\[measure\]\] defines again",
            id="a measure that a crime type brings already",
        ),
        pytest.param(
            'name = "Dunes"', 'name = "Dunes"\ncolour = "sand"',
            r'colour = "sand": extra inputs are not permitted', id="a key that is not known",
        ),
        pytest.param(
            'level = "peer"', 'level = "peer"\nparents = ["ebb"]', "a peer has no parents",
            id="a peer inside the force",
        ),
        pytest.param(
            'parents = ["saltmarsh"]', "", "say which area it lies in", id="an area in nothing",
        ),
        pytest.param(
            'name = "Net damage"', 'name = "Net damage"\ncodes = ["B1"]',
            r'codes = "B1": boat-theft has this code too', id="a doubled code",
        ),
        pytest.param(
            "is_total = true", "", "exactly one has is_total = true", id="no total",
        ),
        pytest.param(
            'priority = "1"', 'priority = "2"', r'priority = "2": there is no priority',
            id="a crime type of no priority",
        ),
        pytest.param(
            'crime_type = "all-crime"', 'crime_type = "all"', r'crime_type = "all": there is no',
            id="a measure of no crime type",
        ),
        pytest.param(
            'flag = "hate"', "", "told apart from the type itself by a flag",
            id="a measure that its crime type brings already",
        ),
        pytest.param(
            'suppliers = ["ebb", "flow"]', 'suppliers = ["ebb", "tide"]',
            r'suppliers = "tide": there is no area', id="a supplier that is no area",
        ),
        pytest.param(
            'component = "overall"', "", "and only they, have a survey and a component",
            id="satisfaction without a component",
        ),
        pytest.param(
            'kind = "fewer"', 'kind = "fewer"\nvalue = 3', "a target of kind fewer has no value",
            id="a value where none belongs",
        ),
        pytest.param(
            'measure = "boat-theft.recorded"\nkind = "reduction"',
            'measure = "boat-theft.recorded"\nkind = "at_least"',
            "only a rate has an at_least target", id="a floor under a count",
        ),
        pytest.param(
            'plan_rows = ["boat-theft.recorded"', 'plan_rows = ["boats"',
            r'plan_rows = "boats": there is no measure', id="a row of nothing",
        ),
        pytest.param(
            "is_break = true", 'is_break = true\nareas = ["reef"]', r'areas = "reef": there is no',
            id="a note about nowhere",
        ),
        pytest.param(
            'measure = "all-crime.recorded"\nyear', 'measure = "crime"\nyear',
            r'measure = "crime": there is no measure', id="a past year of nothing",
        ),
        pytest.param(
            'parts = ["everything.toml"]',
            'parts = ["everything.toml"]\nclassification = { likely_met = 0.1 }',
            "unlikely_met must be below likely_met", id="cuts out of order",
        ),
        pytest.param("[[past_year]]", "[[yesteryear]]", r"\[yesteryear\] is not known here",
                     id="a table that is not known"),
        pytest.param("[[area]]", "[[area]", "this is not valid TOML", id="not TOML"),
        pytest.param('parts = ["everything.toml"]', 'parts = ["nothing.toml"]',
                     "nothing.toml: there is no such file", id="a part that is not there"),
        pytest.param("synthetic = true", "", r"plan.toml.*synthetic = .*field required",
                     id="nothing said of whether figures are real"),
    ],
)  # fmt: skip
def test_a_plan_that_cannot_hold_is_refused(
    spoil: Spoil, good: str, bad: str, complaint: str
) -> None:
    with pytest.raises(CatalogueError, match=complaint):
        read_catalogue(spoil(good, bad))


def test_every_complaint_is_told_at_once(spoil: Spoil) -> None:
    folder = spoil("value = 0.1", "value = 10")
    text = (folder / "everything.toml").read_text(encoding="utf-8")
    (folder / "everything.toml").write_text(text.replace('"boat-theft", "net', '"boats", "net'))

    with pytest.raises(CatalogueError) as caught:
        read_catalogue(folder)

    assert "boats" in str(caught.value)
    assert "a reduction is a proportion" in str(caught.value)


def test_fewer_means_fewer_than_the_year_before(saltmarsh: Catalogue) -> None:
    target = saltmarsh.target(MeasureId("net-damage.recorded"), date(2020, 5, 1))

    assert target is not None
    assert target.kind is TargetKind.FEWER
