"""region.toml is read as a whole, and every complaint says where it is."""

from __future__ import annotations

from datetime import time
from pathlib import Path

import pytest
from pydantic import SecretStr

from config.region import read_region, region_from
from config.region_settings import settings_of
from config.settings import Settings
from metrics.errors import CatalogueError, UserError

WHOLE = """
name = "The Coast"
channels = ["slack:C09"]

[[force]]
id = "lagoon"
name = "Lagoon Police"
plan = "plans/lagoon"

[[region]]
id = "east-coast"
name = "East Coast"

[[region.force]]
id = "saltmarsh"
name = "Saltmarsh Constabulary"
plan = "leicestershire"
data = "data/salt"
people = "people/salt.toml"
daily_at = 05:45:00
operators = "slack:C02"
channels = ["slack:C01", "console:#harbour"]

[[region.region]]
id = "bay"
name = "The Bay"

[[region.region.force]]
id = "shingle"
name = "Shingle Police"
plan = "plans/shingle"

[[person]]
id = "adviser"
name = "Regional adviser"
role = "regional"
slack = "U042"
regions = ["east-coast"]
"""


def complaint(text: str) -> str:
    with pytest.raises(CatalogueError) as raised:
        region_from(text)
    return str(raised.value)


def test_forces_are_read_in_the_order_they_are_written_whatever_holds_them() -> None:
    region = region_from(WHOLE)

    assert list(region.forces) == ["lagoon", "saltmarsh", "shingle"]
    assert region.forces["shingle"].regions == ("east-coast", "bay")


def test_a_region_holds_the_forces_of_the_regions_inside_it() -> None:
    region = region_from(WHOLE)

    assert region.within("east-coast") == ("saltmarsh", "shingle")
    assert region.within("bay") == ("shingle",)
    assert region.within("") == ("lagoon", "saltmarsh", "shingle")


def test_a_channel_is_bound_to_its_force() -> None:
    bound = region_from(WHOLE).bound

    assert bound == {"slack:C01": "saltmarsh", "console:#harbour": "saltmarsh"}


def test_a_mistake_in_a_nested_table_is_told_with_its_own_line() -> None:
    broken = WHOLE.replace('id = "shingle"', 'id = "Shingle!"')
    line = broken.splitlines().index('id = "Shingle!"') + 1

    assert f"region.toml, line {line}: [[region.region.force]] number 1, id" in complaint(broken)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('id = "bay"', 'id = "lagoon"', "another force or region has this id"),
        ('"slack:C01"', '"slack:C09"', "it is the region's already"),
        ('regions = ["east-coast"]', 'regions = ["west"]', "there is no such [[region]]"),
        ('role = "regional"', 'role = "chief_officer"', "role"),
        ('slack = "U042"', "", "give at least one of slack, teams, email, console"),
        ('operators = "slack:C02"', 'operators = "C02"', "operators"),
        ('plan = "plans/lagoon"', "", "plan"),
        ('plan = "plans/lagoon"', 'plan = "plans/lagoon"\ntempo = 3', "tempo"),
        ('name = "The Coast"', "", "name"),
        ("[[region.region]]", "[region.region]", "in two brackets"),
        ('id = "lagoon"', 'id = "everyone"', "after an @"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_words(old: str, new: str, said: str) -> None:
    assert said in complaint(WHOLE.replace(old, new, 1))


def test_a_key_that_is_not_known_is_no_comment() -> None:
    assert "colour is not known here" in complaint('colour = "red"\n' + WHOLE)


def test_several_mistakes_are_told_at_once() -> None:
    said = complaint(WHOLE.replace('role = "regional"', 'role = "x"').replace("[[force]]", "[[f]]"))

    assert "role" in said
    assert "f is not known here" in said


def test_a_region_without_a_force_is_none() -> None:
    assert "there is no [[force]]" in complaint('name = "Nowhere"')


def test_two_forces_never_share_a_database() -> None:
    url = 'plan = "plans/lagoon"\ndatabase_url = "sqlite:///secret.db"'
    both = WHOLE.replace('plan = "plans/lagoon"', url).replace(
        'plan = "plans/shingle"', url.replace("lagoon", "shingle")
    )

    said = complaint(both)

    assert "another force has it" in said
    assert "secret.db" not in said


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match=r"THREATDESK_REGION = .*nowhere\.toml"):
        read_region(tmp_path / "nowhere.toml")


def test_a_force_that_is_not_there_is_told_with_those_that_are() -> None:
    with pytest.raises(UserError) as raised:
        region_from(WHOLE).force("atlantis")

    assert "lagoon, saltmarsh, shingle" in raised.value.hint


# The settings that a force runs with.


@pytest.fixture
def main(tmp_path: Path) -> Settings:
    return Settings(
        database_url=SecretStr("sqlite:///main.db"),
        data=tmp_path,
        briefing_channel="slack:C77",
        fallback="slack:C78",
        operators="slack:C79",
        _env_file=None,
    )


def of(force: str, main: Settings, tmp_path: Path) -> Settings:
    region = region_from(WHOLE, tmp_path)
    return settings_of(region.forces[force], region, main, database_url=f"sqlite:///{force}.db")


def test_a_force_has_its_own_database_and_data_by_itself(main: Settings, tmp_path: Path) -> None:
    made = of("lagoon", main, tmp_path)

    assert made.database_url.get_secret_value() == "sqlite:///lagoon.db"
    assert made.data == tmp_path / "lagoon"


def test_paths_start_where_the_file_of_the_region_is(main: Settings, tmp_path: Path) -> None:
    made = of("saltmarsh", main, tmp_path)

    assert made.data == tmp_path / "data/salt"
    assert made.people_file == tmp_path / "people/salt.toml"
    assert made.daily_at == time(5, 45)


def test_a_plan_is_a_folder_beside_the_region_or_one_that_is_shipped(
    main: Settings, tmp_path: Path
) -> None:
    (tmp_path / "plans/lagoon").mkdir(parents=True)

    assert of("lagoon", main, tmp_path).plan == str(tmp_path / "plans/lagoon")
    assert of("saltmarsh", main, tmp_path).plan == "leicestershire"


def test_channels_that_others_read_are_never_inherited(main: Settings, tmp_path: Path) -> None:
    made = of("lagoon", main, tmp_path)

    assert made.briefing_channel is None
    assert made.fallback is None


def test_failures_are_told_to_its_own_operators_or_the_installations(
    main: Settings, tmp_path: Path
) -> None:
    assert of("saltmarsh", main, tmp_path).operators == "slack:C02"
    assert of("lagoon", main, tmp_path).operators == "slack:C79"
