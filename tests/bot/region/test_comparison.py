"""Forces side by side: what is alike, whether it differs, and who is not in it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bot.audit import Outcome
from bot.region.app import RegionApp
from bot.replies.forces import ForceHeld, ForceMissing, Together, together
from bot.replies.forces_compared import Basis, Compared, compare, is_ranked
from bot.replies.judged import Judged
from bot.replies.region import measure_reply, overview_reply
from metrics.calendar import Window
from metrics.errors import UserError
from metrics.model import MeasureId, Polarity
from metrics.snapshot import SnapshotKind
from metrics.statistics.peers import PeerVerdict
from store.audit import SqlAudit
from tests.bot.asked import commands_in, every_word
from tests.bot.region.making import MONTH_END, Ask, asking

BOATS = MeasureId("boat-theft.recorded")
NETS = MeasureId("net-damage.recorded")
ALL = MeasureId("all-crime.recorded")
SMUGGLING = MeasureId("smuggling.recorded")
OUTCOMES = MeasureId("boat-theft.outcome-rate")


@pytest.fixture(scope="module")
def forces(region: RegionApp) -> Together:
    """The three forces of the sample, as at their month end."""
    return region.standings.all(SnapshotKind.MONTH_END, None)


def with_count(force: ForceHeld, id_: str, count: float, population: float = 60_000) -> ForceHeld:
    """Return a force of another name that counted so many boats in the last 12 months."""
    judged = force.shown[BOATS]
    position = replace(
        judged.position,
        values={**judged.position.values, Window.ROLLING_12: count},
        population=population,
    )
    return replace(
        force,
        id=id_,
        name=id_.title(),
        shown={**force.shown, BOATS: replace(judged, position=position)},
    )


def side_by_side(counts: Sequence[float], forces: Together) -> Compared:
    made = [with_count(forces.held[1], f"force-{n}", count) for n, count in enumerate(counts)]
    [compared] = compare(together("Somewhere", made, ()), [BOATS])
    return compared


# Whether forces differ.


def test_a_rate_is_per_1000_people_of_the_force(forces: Together) -> None:
    [boats] = compare(forces, [BOATS])

    judged: Judged = forces.held[1].shown[BOATS]
    expected = judged.position.rate_per_thousand(Window.ROLLING_12)
    assert boats.places[1].value == pytest.approx(expected)


def test_of_three_forces_it_is_said_whether_they_differ_and_none_is_ranked(
    forces: Together,
) -> None:
    reply = measure_reply(forces, BOATS)

    assert "the forces differ by more than chance explains (p under 0.0001)" in reply.summary
    assert "No force is ranked" in every_word(reply)


def test_forces_alike_are_told_to_differ_by_no_more_than_chance(forces: Together) -> None:
    compared = side_by_side([500, 507, 495], forces)

    assert compared.p_value > 0.01
    assert not is_ranked(compared)


def test_of_four_or_more_forces_the_one_that_stands_apart_is_named(forces: Together) -> None:
    compared = side_by_side([*range(490, 520, 3), 1_000], forces)

    assert is_ranked(compared)
    assert [one.force.id for one in compared.apart] == ["force-10"]
    assert compared.apart[0].verdict is PeerVerdict.SIGNIFICANTLY_ABOVE


def test_of_many_forces_the_sentence_keeps_to_those_that_stand_apart(forces: Together) -> None:
    made = [
        with_count(forces.held[1], f"force-{n}", count)
        for n, count in enumerate([*range(490, 520, 3), 1_000])
    ]
    words = measure_reply(together("Somewhere", made, ()), BOATS).summary

    assert words.startswith("Boat theft: Force-10 is significantly above the forces; the others")
    assert "Force-3" not in words


def test_forces_that_differ_among_each_other_anyway_are_not_called_apart(
    forces: Together,
) -> None:
    compared = side_by_side([300, 450, 600, 800, 1_000, 700], forces)

    assert compared.apart == ()


def test_what_strays_more_needs_more_to_be_told(forces: Together) -> None:
    calm = side_by_side([500, 560, 480], forces)
    held = with_count(forces.held[1], "restless", 500)
    judged = held.shown[BOATS]
    restless = replace(
        judged,
        assessment=replace(
            judged.assessment, last_year=replace(judged.assessment.last_year, dispersion=9.0)
        ),
    )
    first = replace(held, shown={**held.shown, BOATS: restless})
    others = [with_count(forces.held[1], f"force-{n}", count) for n, count in ((1, 560), (2, 480))]
    [stirred] = compare(together("Somewhere", [first, *others], ()), [BOATS])

    assert stirred.p_value > calm.p_value


def test_a_share_is_told_with_its_own_range(forces: Together) -> None:
    [rate] = compare(forces, [OUTCOMES])

    assert rate.basis is Basis.SHARE
    for place in rate.places:
        assert 0 <= place.low < place.value < place.high <= 1


def test_without_a_population_a_force_is_shown_and_not_tested(forces: Together) -> None:
    made = [
        with_count(forces.held[1], "known", 500),
        with_count(forces.held[1], "other", 600),
        with_count(forces.held[1], "unknown", 700, population=math.nan),
    ]
    [compared] = compare(together("Somewhere", made, ()), [BOATS])

    assert [one.force.id for one in compared.tested] == ["known", "other"]
    assert len(compared.places) == 3


def test_nothing_is_said_of_chance_where_there_is_too_little(forces: Together) -> None:
    compared = side_by_side([1, 2, 1], forces)

    assert math.isnan(compared.p_value)


# What is alike.


def test_what_counts_other_offences_is_left_out_and_named(forces: Together) -> None:
    [nets] = compare(forces, [NETS])

    assert nets.left_out == (
        ("Lagoon Police", "its plan differs in which offence codes it counts"),
    )
    assert [one.force.id for one in nets.places] == ["saltmarsh", "shingle"]


def test_all_crime_is_alike_however_it_is_divided(forces: Together) -> None:
    [crime] = compare(forces, [ALL])

    assert crime.left_out == ()


def test_what_is_better_in_one_force_and_worse_in_another_is_not_compared(
    forces: Together,
) -> None:
    other = forces.held[0]
    turned = replace(
        other,
        definitions={
            **other.definitions,
            BOATS: replace(other.definitions[BOATS], polarity=Polarity.NEITHER),
        },
    )
    [boats] = compare(together("Somewhere", [turned, *forces.held[1:]], ()), [BOATS])

    assert boats.left_out == (("Lagoon Police", "its plan differs in which way is better"),)


def test_figures_that_end_earlier_are_left_out_of_the_measure(forces: Together) -> None:
    other = forces.held[0]
    judged = other.shown[BOATS]
    behind = replace(judged, position=replace(judged.position, to=date(2020, 10, 31)))
    late = replace(other, shown={**other.shown, BOATS: behind})
    [boats] = compare(together("Somewhere", [late, *forces.held[1:]], ()), [BOATS])

    assert boats.left_out == (("Lagoon Police", "its figures end on 31 October 2020"),)


def test_what_a_force_may_not_tell_is_left_out_with_its_own_reason(forces: Together) -> None:
    assert SMUGGLING in forces.held[0].hidden
    assert SMUGGLING not in forces.held[0].shown

    with pytest.raises(UserError, match="No force of The Coast has figures"):
        measure_reply(forces, SMUGGLING)


def test_small_numbers_stay_hidden_in_every_answer(ask: Ask) -> None:
    for words in ("/region", "/region threats", "/region smuggling"):
        assert "Smuggling" not in every_word(ask("coast", words).reply), words


# Who is not in it.


def test_a_force_behind_the_others_is_late_and_not_compared(forces: Together) -> None:
    behind = replace(forces.held[0], as_at=date(2020, 10, 31))
    made = together("Somewhere", [behind, *forces.held[1:]], ())
    reply = overview_reply(made)

    assert [one.id for one in made.late] == ["lagoon"]
    assert "Without Lagoon Police." in reply.summary
    assert "Lagoon Police is late: its newest month-end figures are as at 31 October 2020" in (
        every_word(reply)
    )


def test_daily_figures_may_be_two_days_apart(forces: Together) -> None:
    daily = [replace(one, kind=SnapshotKind.DAILY) for one in forces.held]
    near = replace(daily[0], as_at=date(2020, 11, 28))
    far = replace(daily[0], as_at=date(2020, 11, 27))

    assert together("Somewhere", [near, *daily[1:]], ()).late == ()
    assert len(together("Somewhere", [far, *daily[1:]], ()).late) == 1


def test_a_force_that_is_missing_is_said_before_any_figure(forces: Together) -> None:
    gone = ForceMissing(id="cove", name="Cove Police", why="it has no month-end figures.")
    words = every_word(overview_reply(replace(forces, missing=(gone,))))

    assert words.index("Cove Police is missing") < words.index("Against the others")


def test_a_database_that_is_gone_is_a_force_that_is_missing(own_region: RegionApp) -> None:
    url = own_region.forces["lagoon"].settings.database_url.get_secret_value()
    Path(url.removeprefix("sqlite:///")).write_bytes(b"this is no database" * 100)

    reply = asking(own_region)("coast", "/region").reply

    assert "Lagoon Police is missing: its figures cannot be reached" in every_word(reply)
    assert "Shingle Police 37.2" in every_word(reply)


# Who may see it, and of which forces.


def test_the_comparison_is_for_a_regional_role(ask: Ask) -> None:
    answered = ask("saltmarsh-chief", "/region")

    assert answered.outcome is Outcome.REFUSED
    assert "regional role" in answered.reply.summary


def test_a_region_inside_it_is_compared_alone(ask: Ask) -> None:
    reply = ask("coast", "/region boat theft @east-coast").reply

    assert "Lagoon" not in every_word(reply)
    assert all(one.endswith(" @east-coast") for one in commands_in(reply))


def test_a_regional_role_opens_no_forces_own_answers(ask: Ask) -> None:
    assert ask("coast", "/priority 1").outcome is Outcome.REFUSED
    assert ask("coast", "/priority 1 @shingle").outcome is Outcome.REFUSED


def test_a_question_in_words_is_understood(ask: Ask) -> None:
    assert "Boat theft: the forces differ" in ask("coast", "boat theft").reply.summary


def test_an_older_day_is_answered_with_what_was_published_then(ask: Ask) -> None:
    answered = ask("coast", "/region as at 1 April 2019")

    assert "as at 1 April 2019 or before" in every_word(answered.reply)


def test_every_figure_says_its_day_and_its_snapshot(ask: Ask, forces: Together) -> None:
    words = every_word(ask("coast", "/region").reply)

    assert forces.as_at == MONTH_END
    for one in forces.held:
        assert one.snapshot in words


def test_the_audit_log_has_whose_figures_were_shown(own_region: RegionApp) -> None:
    asking(own_region)("coast", "/region")

    [row] = SqlAudit(own_region.database).search()
    assert len(row.entry.snapshot.split(", ")) == 3


def test_classifications_are_told_as_each_forces_own(ask: Ask) -> None:
    words = every_word(ask("coast", "/region threats").reply)

    assert "by the rules of its own plan: more of them is not worse" in words
    assert "Medium: Boat theft" in words
