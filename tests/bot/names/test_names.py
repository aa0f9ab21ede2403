"""What people type is read rightly, asked back, or refused: never read as another in silence."""

from __future__ import annotations

import tomllib
from collections.abc import Collection
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.names import Ambiguous, Kind, Names, Reading, UnknownWords
from bot.names.model import Thing
from config.catalogue import PLANS, read_catalogue
from metrics.errors import UserError
from metrics.model import Catalogue, Level, Priority

TODAY = date(2014, 4, 10)

WANTED = {
    "priority_or_area": (Kind.PRIORITY, Kind.AREA),
    "measure_or_area": (Kind.MEASURE, Kind.AREA),
    "area_or_crime_type": (Kind.AREA, Kind.CRIME_TYPE),
}

TABLE = tomllib.loads((Path(__file__).parent / "typed.toml").read_text(encoding="utf-8"))
FORMS = [(kinds, typed, meant) for kinds, forms in TABLE.items() for typed, meant in forms.items()]

CATALOGUES = {
    plan: read_catalogue(PLANS / plan)[0] for plan in ("leicestershire", "leicestershire-policeuk")
}
NAMES = {plan: Names(catalogue) for plan, catalogue in CATALOGUES.items()}
LEICESTERSHIRE = NAMES["leicestershire"]


def read(typed: str, *wanted: Kind, plan: str = "leicestershire") -> Reading:
    return NAMES[plan].read(typed, today=TODAY, wanted=wanted or tuple(Kind))


def meaning(typed: str, *wanted: Kind) -> str:
    """Write what was read as the table of forms does."""
    try:
        reading = read(typed, *wanted)
    except Ambiguous:
        return "?"
    except UserError:
        return "-"
    return " ".join(
        [
            *(one.number for one in reading.priorities),
            *(one.id for one in reading.measures),
            *(one.id for one in reading.areas),
            *(one.id for one in reading.crime_types),
            *([reading.as_at.isoformat()] if reading.as_at else []),
            *([reading.kind.value] if reading.kind else []),
        ]
    )


def test_the_bench_is_large_enough_to_mean_something() -> None:
    assert len(FORMS) >= 120


@pytest.mark.parametrize(("kinds", "typed", "meant"), FORMS)
def test_what_is_typed_is_what_is_meant(kinds: str, typed: str, meant: str) -> None:
    assert meaning(typed, *WANTED[kinds]) == meant


def own_names(catalogue: Catalogue) -> list[tuple[Kind, Thing, str]]:
    kinds: dict[Kind, Collection[Thing]] = {
        Kind.AREA: catalogue.areas.values(),
        Kind.MEASURE: catalogue.measures.values(),
        Kind.CRIME_TYPE: catalogue.crime_types.values(),
        Kind.PRIORITY: catalogue.priorities.values(),
    }
    return [
        (kind, thing, name)
        for kind, things in kinds.items()
        for thing in things
        for name in (
            thing.number if isinstance(thing, Priority) else thing.id, thing.name, *thing.aliases
        )
    ]  # fmt: skip


@pytest.mark.parametrize("change", [str, str.upper, str.lower])
@pytest.mark.parametrize("plan", CATALOGUES)
def test_every_id_name_and_alias_of_a_shipped_plan_is_read_as_itself(
    plan: str, change: type[str]
) -> None:
    for kind, thing, name in own_names(CATALOGUES[plan]):
        reading = read(change(name), kind, plan=plan)

        found = (
            *reading.areas, *reading.measures, *reading.crime_types, *reading.priorities
        )  # fmt: skip
        assert found == (thing,), name


SLIPPED = sorted(
    {
        name
        for area in CATALOGUES["leicestershire"].areas.values()
        for name in (area.name, *area.aliases)
        if len(name) >= 6
    }
)


def slips_in(name: str) -> set[str]:
    """Return a name with each letter left out, doubled, and swapped with the next."""
    places = range(len(name))
    return {
        *(name[:at] + name[at + 1 :] for at in places),
        *(name[:at] + name[at] + name[at:] for at in places),
        *(name[:at] + name[at : at + 2][::-1] + name[at + 2 :] for at in places),
    }


@pytest.mark.parametrize("name", SLIPPED)
def test_no_letter_left_out_doubled_or_swapped_makes_another_area(name: str) -> None:
    meant = read(name, Kind.AREA).areas

    read_as = {typed: meaning(typed, Kind.AREA) for typed in slips_in(name)}

    assert {
        typed: is_ for typed, is_ in read_as.items() if is_ not in ("?", "-", meant[0].id)
    } == {}


@st.composite
def a_slip(draw: st.DrawFn) -> tuple[str, str]:
    """A name of an area, and the same with one letter left out, changed, or swapped."""
    name = draw(st.sampled_from(SLIPPED))
    place = draw(st.integers(0, len(name) - 1))
    letter = draw(st.sampled_from("abcdefghijklmnopqrstuvwxyz"))
    slips = [
        name[:place] + name[place + 1 :],
        name[:place] + letter + name[place + 1 :],
        name[:place] + letter + name[place:],
        name[:place] + name[place : place + 2][::-1] + name[place + 2 :],
    ]
    return name, draw(st.sampled_from(slips))


@settings(max_examples=500, deadline=None)
@given(a_slip())
def test_a_letter_changed_or_added_never_makes_another_area(slip: tuple[str, str]) -> None:
    meant, typed = slip
    [area] = read(meant, Kind.AREA).areas

    try:
        reading = read(typed, Kind.AREA)
    except (Ambiguous, UserError):
        return

    assert reading.areas == (area,), f"{typed!r} for {meant!r}"


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=40))
def test_whatever_is_typed_is_read_or_refused_in_a_sentence(typed: str) -> None:
    said = ""
    try:
        read(typed)
    except UserError as error:
        said = str(error)

    assert not said or said.endswith((".", "?"))


def test_a_text_that_is_no_question_is_not_searched_for_names() -> None:
    with pytest.raises(UserError, match="That is 400 words"):
        read("burglery in charnwod then " * 100)


def test_a_corrected_name_is_said() -> None:
    reading = read("rutlnd", Kind.AREA)

    assert reading.remarks == ("Read “rutlnd” as Rutland.",)


@pytest.mark.parametrize("typed", ["charnwood", "nwl", "12", "Hinckley and Bosworth", "h & b"])
def test_a_name_typed_right_needs_no_remark(typed: str) -> None:
    assert read(typed, Kind.PRIORITY, Kind.AREA).remarks == ()


def test_an_alias_that_an_lpu_could_share_says_how_to_ask_for_the_lpu() -> None:
    reading = read("hinckley", Kind.AREA)

    assert reading.areas[0].level is Level.CSP
    assert "for the LPU write “hinckley lpu”" in reading.remarks[0]


def test_two_areas_that_are_also_one_say_how_to_ask_for_the_two() -> None:
    [remark] = read("blaby and hinckley", Kind.AREA).remarks

    assert "“blaby vs hinckley”" in remark


def test_a_name_of_several_kinds_is_of_the_kind_wanted_first() -> None:
    assert read("vehicle crime", Kind.PRIORITY, Kind.CRIME_TYPE).priorities
    assert read("vehicle crime", Kind.CRIME_TYPE, Kind.PRIORITY).crime_types


def test_every_choice_offered_reads_as_one_thing() -> None:
    with pytest.raises(Ambiguous) as asked:
        read("theft in charnwood", Kind.MEASURE, Kind.AREA)

    for option in asked.value.options:
        reading = read(option.words, Kind.MEASURE, Kind.AREA)
        assert [one.name for one in reading.measures] == [option.label]
        assert [one.id for one in reading.areas] == ["charnwood"]


def test_two_names_as_close_to_what_was_typed_are_both_offered() -> None:
    with pytest.raises(Ambiguous) as asked:
        read("ussex", Kind.AREA)

    assert {one.label for one in asked.value.options} == {"Essex", "Sussex"}


def test_a_code_is_never_guessed_but_what_is_close_is_offered() -> None:
    with pytest.raises(UnknownWords) as refused:
        read("tmfv charnwood", Kind.PRIORITY, Kind.AREA)

    assert [one.words for one in refused.value.options] == ["14A charnwood"]


def test_a_name_of_a_kind_that_is_not_wanted_says_what_it_is() -> None:
    with pytest.raises(UnknownWords, match="“shoplifting” is a measure"):
        read("shoplifting", Kind.PRIORITY, Kind.AREA)


def test_a_priority_that_is_not_there_says_which_there_are() -> None:
    with pytest.raises(UnknownWords, match="no priority 19") as refused:
        read("19", Kind.PRIORITY, Kind.AREA)

    assert refused.value.hint == "They are 1 to 18."


@pytest.mark.parametrize("kind", Kind)
def test_words_for_a_thing_read_as_that_thing_alone(kind: Kind) -> None:
    for of_kind, thing, _ in own_names(CATALOGUES["leicestershire"]):
        if of_kind is kind:
            wanted = tuple(dict.fromkeys((kind, Kind.AREA)))
            words = LEICESTERSHIRE.say(thing, wanted)
            reading = read(words, *wanted)
            found = (
                *reading.areas, *reading.measures, *reading.crime_types, *reading.priorities
            )  # fmt: skip
            assert found == (thing,), words


def test_a_plan_without_priorities_reads_its_own_crime_types() -> None:
    reading = read(
        "burglary in nwl", Kind.PRIORITY, Kind.AREA, Kind.CRIME_TYPE, plan="leicestershire-policeuk"
    )

    assert [one.id for one in reading.crime_types] == ["burglary"]
    assert reading.remarks == ()
