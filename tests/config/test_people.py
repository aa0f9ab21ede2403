"""People are read from a file that is checked as a whole, and found by who they are anywhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.people import Role
from config.catalogue import PLANS
from config.people import people_from, read_people
from metrics.errors import CatalogueError
from metrics.model import Catalogue

ENTRA = "0F8FAD5B-D9CB-469F-A165-70867728950E"

TWO = f"""
[[person]]
id = "jane.smith"
name = "Jane Smith"
role = "area_lead"
areas = ["ebb"]
priorities = ["1"]
slack = "U042"
teams = "{ENTRA}"
email = "Jane.Smith@force.example"

[[group]]
slack = "S0123"
role = "analyst"

[[group]]
slack = "S0456"
role = "area_lead"
areas = ["flow"]
"""


def test_one_person_on_two_platforms_is_one_person() -> None:
    people = people_from(TWO)

    assert people.person("slack", "U042") == people.person("teams", ENTRA)


def test_an_entra_id_and_an_address_are_known_in_either_case() -> None:
    people = people_from(TWO)

    assert people.person("teams", ENTRA.upper()).id == "jane.smith"
    assert people.person("email", "JANE.SMITH@FORCE.EXAMPLE").id == "jane.smith"


def test_who_is_not_named_is_given_nothing() -> None:
    stranger = people_from(TWO).person("slack", "U999", name="Joe")

    assert (stranger.id, stranger.name, stranger.role) == ("slack:U999", "Joe", None)


def test_an_installation_may_make_everyone_a_member() -> None:
    people = people_from('[defaults]\nunknown = "member"')

    assert people.person("slack", "U999").role is Role.MEMBER


def test_of_several_roles_the_highest_counts() -> None:
    jane = people_from(TWO).person("slack", "U042", groups=["S0123"])

    assert jane.role is Role.ANALYST


def test_areas_of_a_person_and_of_their_groups_add_up() -> None:
    jane = people_from(TWO).person("slack", "U042", groups=["S0456"])

    assert jane.areas == ("ebb", "flow")


def test_a_group_gives_its_role_to_who_is_not_named() -> None:
    joe = people_from(TWO).person("slack", "U999", groups=["S0456", "S0777"])

    assert (joe.role, joe.areas) == (Role.AREA_LEAD, ("flow",))


def test_a_group_of_one_platform_means_nothing_on_another() -> None:
    assert people_from(TWO).person("teams", "S0123", groups=["S0123"]).role is None


def test_a_users_id_is_not_a_groups() -> None:
    assert people_from(TWO).person("slack", "S0123").role is None


def test_the_groups_that_carry_a_role_are_told_by_platform() -> None:
    people = people_from(TWO)

    assert people.groups("slack") == {"S0123", "S0456"}
    assert people.groups("teams") == frozenset()


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (
            '[[person]]\nid = "a"\nname = "A"\nslack = "U042"\n',
            'role = "(nothing)": field required',
        ),
        (
            '[[person]]\nid = "a"\nname = "A"\nrole = "boss"\nslack = "U042"\n',
            'people.toml, line 4: [[person]] number 1, role = "boss"',
        ),
        ('[[person]]\nid = "a"\nname = "A"\nrole = "member"\n', "give at least one of slack"),
        (
            '[[person]]\nid = "a"\nname = "A"\nrole = "area_lead"\nslack = "U042"\n',
            "leads at least one area",
        ),
        (
            '[[person]]\nid = "a"\nname = "A"\nrole = "member"\nslack = "jane"\n',
            'line 5: [[person]] number 1, slack = "jane"',
        ),
        ('[[group]]\nrole = "member"\n', "give at least one of slack, teams"),
        ('[defaults]\nunknown = "analyst"\n', 'line 2: unknown = "analyst"'),
        ("[[role]]\nx = 1\n", "[role] is not known here"),
        (TWO + TWO, 'id = "jane.smith": another person has this id too'),
        (TWO + TWO, 'slack = "S0123": another group has this slack too'),
        (TWO.replace('"flow"', '"moon"'), 'areas = "moon": the plan has no area of this id'),
        (TWO.replace('["1"]', '["99"]'), 'priorities = "99": the plan has no priority'),
        (TWO.replace('"ebb"', '"dunes"'), 'areas = "dunes"'),
    ],
)
def test_what_is_wrong_is_named_with_its_place(
    text: str, complaint: str, saltmarsh: Catalogue
) -> None:
    with pytest.raises(CatalogueError) as refused:
        people_from(text, saltmarsh)

    assert complaint in str(refused.value)


def test_a_missing_file_says_which_setting_to_look_at(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError) as refused:
        read_people(tmp_path / "people.toml")

    assert "THREATDESK_PEOPLE" in refused.value.hint


def test_the_demonstration_has_one_person_for_each_role(leicestershire: Catalogue) -> None:
    people = read_people(PLANS / "leicestershire" / "people.toml", leicestershire)

    assert [one.role for one in people.on("console").values()] == list(Role)
