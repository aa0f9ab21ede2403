"""Who someone is in Teams: by name only; never by a group that cannot be looked at."""

from __future__ import annotations

import logging

import pytest

from bot.channels.teams.heard import Heard, read
from bot.channels.teams.people import TeamsPeople
from bot.people import Role
from config.people import people_from
from tests.bot.channels.slack.desk import Desk, Pencil
from tests.bot.channels.teams.desk import EVERYONE, an_app, over_http
from tests.fakes.teams import AMIR, JANE, FakeTeams

GROUPED = people_from(
    f"""
    [[person]]
    id = "amir.khan"
    name = "Amir Khan"
    role = "analyst"
    teams = "{AMIR}"
    slack = "U02"

    [[group]]
    role = "chief_officer"
    teams = "cccccccc-0000-0000-0000-000000000001"
    """
)


def speaking(person: str, name: str = "Somebody") -> Heard:
    return read({"from": {"id": f"29:{person}", "aadObjectId": person, "name": name}})


def test_who_is_named_is_that_person_whatever_the_case_of_their_id() -> None:
    people = TeamsPeople(EVERYONE)

    found = [people.person(speaking(one, "Khan, Amir")) for one in (AMIR, AMIR.upper())]

    assert [(one.id, one.name, one.role) for one in found] == [
        ("amir.khan", "Amir Khan", Role.ANALYST)
    ] * 2


def test_who_is_not_named_has_the_default_and_the_name_that_teams_gives() -> None:
    person = TeamsPeople(EVERYONE).person(speaking(JANE, "Jane Smith"))

    assert (person.id, person.name, person.role) == (f"teams:{JANE}", "Jane Smith", Role.MEMBER)


def test_who_has_no_entra_id_is_given_nothing_whatever_the_default_is() -> None:
    outside = read({"from": {"id": "29:outside", "name": "From outside"}})

    person = TeamsPeople(EVERYONE).person(outside)

    assert (person.id, person.role) == ("teams:29:outside", None)


def test_one_person_is_the_same_on_both_platforms() -> None:
    in_teams = TeamsPeople(GROUPED).person(speaking(AMIR))

    assert in_teams == GROUPED.person("slack", "U02")


def test_a_group_gives_nobody_a_role() -> None:
    assert TeamsPeople(GROUPED).person(speaking(JANE)).role is None


@pytest.mark.parametrize(("people", "is_said"), [(GROUPED, True), (EVERYONE, False)])
def test_groups_that_are_not_looked_at_are_said_when_the_desk_starts(
    teams: FakeTeams, caplog: pytest.LogCaptureFixture, people: object, *, is_said: bool
) -> None:
    caplog.set_level(logging.WARNING)
    app = an_app(teams, settle=Desk().settle, draw=Pencil().draw, people=people)

    with over_http(app, teams):
        pass

    assert ("which are not looked at" in caplog.text) is is_said
