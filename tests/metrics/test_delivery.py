"""Of all that was ever read, what figures are from."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.delivery import InputFile, Load, standing

MAY = date(2020, 5, 1), date(2020, 5, 31)
MAY_AND_JUNE = date(2020, 5, 1), date(2020, 6, 30)


def a_load(
    number: int, *names: str, span: tuple[date, date] | None = MAY, source: str = "crimes"
) -> Load:
    """A load of files of these names."""
    return Load(
        id=number,
        source=source,
        loaded_at=datetime(2020, 7, 1, tzinfo=UTC) + timedelta(days=number),
        fingerprint=str(number),
        rows_in=1,
        rows_rejected=0,
        span=span,
        cohort_days_changed=1,
        inputs=tuple(
            InputFile(name=name, size=1, sha256=f"{name} {number}", rows=1) for name in names
        ),
        rejections=(),
        remarks=(),
    )


def stands(*loads: Load) -> list[tuple[int, str]]:
    """The inputs that stand, each with its load."""
    return [(load.id, one.name) for load in standing(loads) for one in load.inputs]


def test_a_file_that_was_delivered_again_stands_as_it_is_now() -> None:
    first = a_load(1, "may.csv")
    second = a_load(2, "may.csv", "june.csv", span=MAY_AND_JUNE)

    assert stands(first, second) == [(2, "may.csv"), (2, "june.csv")]


def test_a_file_that_is_gone_stands_for_the_days_that_were_from_it() -> None:
    first = a_load(1, "may.csv", "june.csv", span=MAY_AND_JUNE)

    assert stands(first, a_load(2, "may.csv")) == [(1, "may.csv"), (1, "june.csv"), (2, "may.csv")]
    assert stands(a_load(1, "early.csv"), a_load(2, "may.csv")) == [
        (1, "early.csv"),
        (2, "may.csv"),
    ]


def test_an_extract_that_moves_with_time_stands_for_its_older_end() -> None:
    loads = [
        a_load(day, "last-month.csv", span=(date(2020, 5, day), date(2020, 5, day + 20)))
        for day in (1, 2, 3)
    ]

    assert [number for number, _ in stands(*loads)] == [1, 2, 3]


def test_a_load_that_brought_nothing_replaces_nothing() -> None:
    assert stands(a_load(1, "may.csv"), a_load(2, "may.csv", span=None)) == [(1, "may.csv")]


def test_sources_do_not_replace_each_other() -> None:
    assert stands(a_load(1, "may.csv"), a_load(2, "may.csv", source="surveys")) == [
        (1, "may.csv"),
        (2, "may.csv"),
    ]


some_loads = st.lists(
    st.builds(
        lambda names, first, days, source: (names, first, days, source),
        st.sets(st.sampled_from("abc"), min_size=1),
        st.integers(1, 9),
        st.integers(-1, 9),
        st.sampled_from(["crimes", "surveys"]),
    ),
    max_size=7,
)


@settings(max_examples=60, deadline=None)
@given(drawn=some_loads, first=st.integers(0, 7))
def test_what_stood_before_and_what_came_since_stand_as_all_together(
    drawn: list[tuple[set[str], int, int, str]], first: int
) -> None:
    loads = [
        a_load(
            number,
            *sorted(names),
            source=source,
            span=None
            if days < 0
            else (date(2020, 5, begin), date(2020, 5, begin) + timedelta(days=days)),
        )
        for number, (names, begin, days, source) in enumerate(drawn)
    ]

    assert standing([*standing(loads[:first]), *loads[first:]]) == standing(loads)


@settings(max_examples=60, deadline=None)
@given(drawn=some_loads)
def test_every_name_that_ever_brought_figures_is_among_what_stands(
    drawn: list[tuple[set[str], int, int, str]],
) -> None:
    loads = [
        a_load(number, *sorted(names), source=source)
        for number, (names, _, _, source) in enumerate(drawn)
    ]

    found = {(load.source, one.name) for load in standing(loads) for one in load.inputs}

    assert found == {(load.source, one.name) for load in loads for one in load.inputs}
    assert len(stands(*loads)) == len(found)
