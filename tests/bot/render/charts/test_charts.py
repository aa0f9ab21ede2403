"""Charts, by what is on them: never by their bytes, which differ between versions of Matplotlib."""

from __future__ import annotations

import io
import itertools
import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Text
from PIL import Image

from bot.render.charts import draw, figure
from bot.replies.charts import ControlChart, CumulativeChart, Drawing, Marker, MarkerKind
from tests.bot.render.charts.samples import (
    NAN,
    SAMPLES,
    TIGER,
    WAVE,
    control,
    cumulative,
    long_term,
    months,
    multiples,
)


def texts(drawn: Figure, gid: str | None = None) -> list[str]:
    """Return what is written on a figure, all of it or one kind."""
    found = [one for one in drawn.findobj(Text) if isinstance(one, Text)]
    return [one.get_text() for one in found if gid in (None, one.get_gid())]


def lines(drawn: Figure, gid: str) -> list[Line2D]:
    """Return the lines and points of one kind."""
    found = [one for one in drawn.findobj(Line2D) if isinstance(one, Line2D)]
    return [one for one in found if one.get_gid() == gid]


def boxes(drawn: Figure) -> list[tuple[str, float, float, float, float]]:
    """Return each text with its left, lower, right and upper end in pixels."""
    canvas = drawn.canvas
    assert isinstance(canvas, FigureCanvasAgg)
    renderer = canvas.get_renderer()  # type: ignore[no-untyped-call]
    written = [one for one in drawn.findobj(Text) if isinstance(one, Text) and one.get_text()]
    return [(one.get_text(), *one.get_window_extent(renderer).extents) for one in written]


@pytest.mark.parametrize("name", SAMPLES)
def test_no_text_touches_another_or_leaves_the_sheet(name: str) -> None:
    drawn = figure(SAMPLES[name])
    placed = boxes(drawn)
    for one, left, low, right, high in placed:
        assert left >= 0, one
        assert low >= 0, one
        assert right <= drawn.bbox.width, one
        assert high <= drawn.bbox.height, one
    for (one, *a), (other, *b) in itertools.combinations(placed, 2):
        across = min(a[2], b[2]) - max(a[0], b[0])
        upright = min(a[3], b[3]) - max(a[1], b[1])
        assert across <= 2 or upright <= 6, f"{one} / {other}"


@pytest.mark.parametrize("name", SAMPLES)
def test_a_picture_is_as_wide_as_a_phone_wants_and_not_blank(name: str) -> None:
    picture = Image.open(io.BytesIO(draw(SAMPLES[name])))
    assert picture.width == 1600
    assert 250 <= picture.height <= 2200
    assert np.asarray(picture.convert("L")).std() > 5
    assert not picture.info.get("Software")


def test_the_same_drawing_gives_the_same_bytes_from_any_thread() -> None:
    chart = SAMPLES["sixty months"]
    with ThreadPoolExecutor(3) as threads:
        pictures = set(threads.map(draw, [chart] * 6))
    assert pictures == {draw(replace(chart))}


def test_a_control_chart_names_its_lines_and_its_latest_months() -> None:
    chart = control((300.0, 310.0, 290.0, 120.0), target=250.0, last_is_part=True)
    assert texts(figure(chart), "edge") == [
        "Nov 290",
        "upper 281",
        "mean 255",
        "target 250",
        "lower 230",
        "Dec so far 120",
    ]


def test_months_outside_the_limits_differ_in_shape_and_are_said_in_the_key() -> None:
    drawn = figure(control((*(10.0,) * 20, 20.0)))
    (outside,) = lines(drawn, "outside")[:1]
    (within,) = lines(drawn, "months")
    assert outside.get_marker() != within.get_marker()
    assert "outside the limits" in texts(drawn, "key")


def test_a_pattern_within_the_limits_is_hollow() -> None:
    chart = replace(control((10.0, 10.5, 10.0)), signals=(False, True, False))
    (pattern, _) = lines(figure(chart), "patterns")
    assert pattern.get_markerfacecolor() == "white"


def test_a_month_that_is_not_over_is_hollow_and_off_the_line() -> None:
    drawn = figure(control((5.0, 6.0, 2.0), last_is_part=True))
    (line,) = lines(drawn, "values")
    assert math.isnan(np.asarray(line.get_ydata(), dtype=float)[-1])
    assert lines(drawn, "part")[0].get_markerfacecolor() == "white"


def test_limits_from_before_a_break_are_not_named_as_todays() -> None:
    chart = control((5.0, 6.0, 9.0, 9.0))
    chart = replace(chart, mean=(5.5, 5.5, NAN, NAN), upper=(8.0, 8.0, NAN, NAN))
    assert "upper 8" not in texts(figure(replace(chart, lower=(3.0, 3.0, NAN, NAN))), "edge")


def test_counts_start_from_nought() -> None:
    assert "0" in texts(figure(control((900.0, 950.0))), "tick")


def test_a_scale_that_does_not_start_from_nought_says_so() -> None:
    (unit,) = texts(figure(control((0.85, 0.88), is_rate=True)), "unit")
    assert "scale starts at 75%" in unit


def test_what_is_not_recorded_is_a_gap_in_the_line() -> None:
    (line,) = lines(figure(control((5.0, NAN, 7.0))), "values")
    assert np.isnan(np.asarray(line.get_ydata(), dtype=float)).tolist() == [False, True, False]


def test_each_kind_of_mark_is_told_in_words_and_has_a_shape_of_its_own() -> None:
    kinds = list(MarkerKind)
    marks = tuple(
        Marker(day=date(2013, 2 + 3 * at, 1), label="Something", kind=kind)
        for at, kind in enumerate(kinds)
    )
    drawn = figure(control(WAVE[:12], markers=marks))
    shapes = {line.get_marker() for line in lines(drawn, "badge")}
    said = " ".join(texts(drawn, "key"))
    assert len(shapes) == len(kinds)
    assert all(f"{kind.value}" in said for kind in kinds)


def test_marks_without_room_are_counted() -> None:
    said = texts(figure(SAMPLES["many marks on a few days"]), "key")
    assert "and 1 earlier that is not marked here" in said


def test_a_mark_outside_the_months_is_not_drawn() -> None:
    old = replace(TIGER, day=date(2001, 1, 1))
    assert not lines(figure(control(WAVE, markers=(old,))), "mark")


def test_the_year_to_date_says_both_years_and_where_it_may_end() -> None:
    said = texts(figure(cumulative()), "key")
    assert "this year 2,550 to 11 Dec" in said
    assert "last year 2,805 by then" in said
    assert "80% likely to end at 3,550 to 3,760" in said


def test_the_path_to_the_target_follows_last_years_seasons() -> None:
    chart = cumulative()
    late = tuple(one**3 / chart.last_year[-1] ** 2 for one in chart.last_year)
    (path,) = lines(figure(replace(chart, last_year=late)), "target")
    heights = np.asarray(path.get_ydata(), dtype=float)
    middle = len(heights) // 2
    assert heights[0] - heights[middle] < (heights[0] - heights[-1]) / 4


def test_no_fan_is_drawn_of_a_projection_that_is_withheld() -> None:
    drawn = figure(SAMPLES["the year withheld"])
    assert not lines(drawn, "expected")
    assert not any("likely" in one for one in texts(drawn))


def test_a_year_that_is_over_has_no_fan() -> None:
    chart = cumulative()
    whole = replace(chart, this_year=chart.last_year, as_at=chart.days[-1])
    assert not lines(figure(whole), "expected")


def test_marked_panels_have_a_sign_and_a_border() -> None:
    drawn = figure(multiples(3))
    assert texts(drawn, "note") == ["▲ significant rise"]


def test_panels_without_room_are_counted_and_marked_ones_are_kept() -> None:
    chart = multiples(14)
    marked = replace(chart.panels[1], label="Marked")
    drawn = figure(replace(chart, panels=(chart.panels[0], *chart.panels[2:], marked)))
    assert "Marked" in texts(drawn, "panel")
    assert texts(drawn, "left out") == ["2 more are not shown here."]


def test_every_year_has_its_figure() -> None:
    drawn = figure(long_term((95643.0, NAN, 60752.0)))
    assert texts(drawn, "value") == ["95,643", "60,752"]
    assert texts(drawn, "tick") == ["2011/12", "2012/13", "2013/14"]


def test_earlier_years_without_room_are_counted() -> None:
    assert texts(figure(SAMPLES["forty years"]), "left out") == [
        "20 earlier years are not shown here."
    ]


def test_nothing_recorded_is_said_in_the_picture() -> None:
    assert texts(figure(SAMPLES["nothing recorded"]), "nothing")


FIGURES = st.floats() | st.integers(0, 10**6).map(float)


@st.composite
def drawings(choose: st.DrawFn) -> Drawing:
    """Return any chart of any figures under any name."""
    values = tuple(choose(st.lists(FIGURES, max_size=24)))
    text = choose(st.text(max_size=90))
    kind = choose(st.sampled_from(("control", "year", "panels", "years")))
    if kind == "control":
        return _any_control(choose, values, text)
    if kind == "year":
        return _any_year(values, text)
    if kind == "panels":
        panels = multiples(1).panels
        panel = replace(panels[0], label=text, values=values, is_marked=True, note=text)
        chart = multiples(1, title=text, months=months(len(values)))
        return replace(chart, panels=(panel,) * 3)
    return long_term(values, title=text, unit=text)


def _any_control(choose: st.DrawFn, values: Sequence[float], text: str) -> ControlChart:
    limits = tuple(choose(FIGURES) for _ in range(3))
    mean, lower, upper = ((one,) * len(values) for one in limits)
    return replace(
        control((0.0,) * len(values)),
        values=tuple(values),
        mean=mean,
        lower=lower,
        upper=upper,
        title=text,
        subtitle=text,
        unit=text,
        is_rate=choose(st.booleans()),
        last_is_part=bool(values) and choose(st.booleans()),
        markers=(replace(TIGER, label=text),),
    )


def _any_year(values: Sequence[float], text: str) -> CumulativeChart:
    chart = cumulative()
    padded = (*values, *(NAN for _ in chart.days))[: len(chart.days)]
    return replace(chart, this_year=padded, last_year=padded[::-1], title=text, expected=padded[0])


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(drawings())
def test_any_figures_under_any_name_can_be_drawn(drawing: Drawing) -> None:
    assert draw(drawing).startswith(b"\x89PNG")
