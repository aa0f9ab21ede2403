"""Whose desk is asked: never guessed, and never another force's."""

from __future__ import annotations

import pytest

from bot.answer import Request
from bot.audit import Outcome
from bot.people import Person, Role, Surface
from bot.region.app import RegionApp
from bot.region.faces import Face
from bot.region.sample import DECIDED_AT
from bot.replies import Form
from metrics.errors import CatalogueError
from store.audit import SqlAudit
from tests.bot.asked import commands_in, every_word
from tests.bot.region.making import COAST, SALTMARSH, SHINGLE, Ask, a_region, asking, someone


def test_a_person_of_one_force_asks_it_without_naming_it(ask: Ask) -> None:
    answered = ask("saltmarsh-chief", "/priority 1")

    assert (answered.outcome, answered.force) == (Outcome.ANSWERED, "saltmarsh")


def test_a_person_of_one_force_is_given_the_commands_of_a_single_force(ask: Ask) -> None:
    commands = commands_in(ask("saltmarsh-chief", "/priority 1").reply)

    assert commands
    assert not any("@" in one for one in commands)


def test_every_answer_names_its_force_on_a_locked_phone_too(ask: Ask) -> None:
    reply = ask("shingle-member", "/threats").reply

    assert "Shingle" in reply.summary
    assert "Shingle Police" in every_word(reply)


def test_a_person_of_two_forces_is_asked_which_with_the_whole_question_again(ask: Ask) -> None:
    answered = ask("liaison", "/priority 1 flow")

    assert answered.outcome is Outcome.FAILED
    assert commands_in(answered.reply) == [
        "/priority 1 flow @saltmarsh",
        "/priority 1 flow @shingle",
    ]


def test_the_words_say_which_force_is_meant(ask: Ask) -> None:
    assert ask("liaison", "/priority 1 @shingle").force == "shingle"


@pytest.mark.parametrize(("place", "force"), [(SALTMARSH, "saltmarsh"), (SHINGLE, "shingle")])
def test_the_channel_says_which_force_is_meant(ask: Ask, place: str, force: str) -> None:
    assert ask("liaison", "/priority 1", place=place).force == force


def test_words_count_more_than_the_channel(ask: Ask) -> None:
    assert ask("liaison", "/priority 1 @shingle", place=SALTMARSH).force == "shingle"


def test_a_channel_of_a_force_that_does_not_know_them_decides_nothing(ask: Ask) -> None:
    assert ask("lagoon-chief", "/priority 1", place=SALTMARSH).force == "lagoon"


def test_two_forces_at_once_are_asked_back(ask: Ask) -> None:
    answered = ask("liaison", "/priority 1 @shingle @saltmarsh")

    assert answered.reply.summary == "One force at a time."


def test_the_buttons_of_an_answer_lead_back_to_its_force(ask: Ask) -> None:
    commands = commands_in(ask("liaison", "/priority 1 @shingle").reply)

    assert commands
    assert all(one.endswith(" @shingle") for one in commands)


def test_a_force_that_does_not_know_the_asker_answers_as_to_any_stranger(ask: Ask) -> None:
    answered = ask("lagoon-chief", "/priority 1 @shingle")

    assert answered.outcome is Outcome.REFUSED
    assert "not set up here" in answered.reply.summary


def test_who_is_known_to_no_force_is_given_nothing(ask: Ask) -> None:
    answered = ask("somebody", "/region")

    assert answered.outcome is Outcome.REFUSED


def test_a_person_whom_no_channel_has_looked_up_is_nobody(region: RegionApp) -> None:
    forged = Person(id="x", name="x", role=Role.CHIEF_OFFICER)
    answered = region.desk.settle(Request(text="/region", person=forged, at=DECIDED_AT))

    assert answered.outcome is Outcome.REFUSED


# Who is who.


def test_one_users_ids_are_one_person_in_every_force_that_names_them(region: RegionApp) -> None:
    face = someone(region, "liaison")

    assert isinstance(face, Face)
    assert set(face.forces) == {"saltmarsh", "shingle"}


def test_a_role_in_one_force_is_none_in_another(region: RegionApp) -> None:
    face = someone(region, "saltmarsh-chief")

    assert isinstance(face, Face)
    assert set(face.forces) == {"saltmarsh"}
    assert face.compares == frozenset()


def test_a_regional_role_is_no_role_in_any_force(region: RegionApp) -> None:
    face = someone(region, "coast")

    assert isinstance(face, Face)
    assert face.forces == {}
    assert face.compares == {"lagoon", "saltmarsh", "shingle"}


def test_a_force_that_lets_everyone_in_is_refused(own_region: RegionApp) -> None:
    people = own_region.forces["lagoon"].settings.people_file
    open_door = '[defaults]\nunknown = "member"\n\n' + people.read_text(encoding="utf-8")
    people.write_text(open_door, encoding="utf-8")

    with pytest.raises(CatalogueError, match="every other force"):
        _ = own_region.people


# Sharing.


def test_an_answer_is_shared_in_a_channel_of_its_force(ask: Ask) -> None:
    answered = ask("saltmarsh-chief", "/priority 1", surface=Surface.CHANNEL, place=SALTMARSH)

    assert answered.outcome is Outcome.ANSWERED
    assert all(one.endswith(" @saltmarsh") for one in commands_in(answered.reply))


@pytest.mark.parametrize("place", [SHINGLE, COAST, "slack:C0ANYWHERE"])
def test_an_answer_is_not_shared_where_others_read(ask: Ask, place: str) -> None:
    answered = ask("saltmarsh-chief", "/priority 1", surface=Surface.CHANNEL, place=place)

    assert answered.outcome is Outcome.REFUSED
    assert "people of other forces may read it" in answered.reply.summary


def test_the_comparison_is_shared_in_a_channel_of_the_region(ask: Ask) -> None:
    shared = ask("coast", "/region", surface=Surface.CHANNEL, place=COAST)
    refused = ask("coast", "/region", surface=Surface.CHANNEL, place=SALTMARSH)

    assert (shared.outcome, refused.outcome) == (Outcome.ANSWERED, Outcome.REFUSED)


# What is written down.


def test_each_question_is_in_the_audit_log_of_the_force_that_was_asked(
    own_region: RegionApp,
) -> None:
    asking(own_region)("liaison", "/priority 1 @shingle")

    rows = {id_: SqlAudit(app.database).head().length for id_, app in own_region.forces.items()}
    assert rows == {"lagoon": 0, "saltmarsh": 0, "shingle": 1}


def test_what_was_asked_back_is_in_the_regions_own_log(own_region: RegionApp) -> None:
    asking(own_region)("liaison", "/priority 1")

    assert SqlAudit(own_region.database).head().length == 1


def test_a_stranger_at_a_forces_desk_is_written_down_there(own_region: RegionApp) -> None:
    asking(own_region)("lagoon-chief", "/priority 1 @shingle")

    assert SqlAudit(own_region.forces["shingle"].database).head().length == 1


# One force fails.


def test_a_plan_that_cannot_be_read_is_no_hindrance_to_the_others(own_region: RegionApp) -> None:
    plan = own_region.forces["lagoon"].settings.plan_folder / "everything.toml"
    plan.write_text("this is no TOML", encoding="utf-8")
    ask = asking(own_region)

    assert ask("saltmarsh-chief", "/priority 1").outcome is Outcome.ANSWERED
    answered = ask("lagoon-chief", "/priority 1")
    assert answered.outcome is Outcome.FAILED
    assert "Lagoon Police cannot be asked at the moment" in answered.reply.summary


def test_nothing_is_opened_before_it_is_asked(own_region: RegionApp) -> None:
    with a_region(own_region.settings.data) as fresh:
        asking(fresh)("saltmarsh-chief", "/threats")

        assert "database" not in vars(fresh.forces["lagoon"])


def test_a_form_leads_back_to_its_force(ask: Ask) -> None:
    reply = ask("liaison", "/issue new @shingle").reply

    forms = [block for block in reply.blocks if isinstance(block, Form)]
    assert forms
    assert all(one.command.endswith(" @shingle") for one in forms)
