"""Satisfaction and confidence surveys: whole answers a month, published over twelve months.

The number of answers a year per group is fixed and falls alike on the same months every year, so
that every twelve-month window has the same number.  The satisfied in each printed window are then
whole numbers, and the windows overlap: 2012/13, the twelve months to November 2013, 2013/14.
"""

from __future__ import annotations

import math
from datetime import date
from itertools import product

import numpy as np
import pandas as pd

from demonstration.areas import CITY, COUNTIES, FORCE
from demonstration.figures import Integers
from demonstration.papers import BASELINE_END, LATEST_END, SATISFACTION_MONTH_END, YEAR_END
from demonstration.periods import months
from demonstration.published_answers import ALL_USERS, SATISFACTION
from demonstration.totals import share_out

_WINDOWS = (BASELINE_END, SATISFACTION_MONTH_END, YEAR_END, LATEST_END)

# Answers a year.  Found by search: with these every printed per cent, and the three groups' sum,
# is a whole number of answers; with most sizes it is not (1 answer in 660 is 0.15 points).
ANSWERS: dict[str, int] = {
    "burglary": 662,
    "vehicle": 660,
    "violence": 704,
    "racist-incidents": 387,
    "asb": 609,
    "confidence": 3600,
}
COMPONENTS = ("overall", "action", "follow-up", "treatment", "ease-of-contact")
# Points from overall to a component where none is printed.
_GAPS = {
    "overall": 0.0,
    "action": -3.5,
    "follow-up": -7.0,
    "treatment": 6.0,
    "ease-of-contact": 7.0,
}
# For burglary and violence these let all users come out at 82.8 and 78.8.
_STATED_GAPS = {
    ("burglary", "action"): -1.5,
    ("burglary", "follow-up"): -6.0,
    ("violence", "action"): -1.0,
    ("violence", "follow-up"): -3.9,
}
_HIGHEST = 98.0
_CITY_SHARE = 0.46
# Where a year is not printed, its place between November 2013 and the middle of 2015.
_YEAR_PLACE = 0.16
_NOVEMBER_PLACE = 2 / 3  # between 2012/13 and 2013/14
_CHOICES = 6  # how far an unprinted count may move so that the three groups add up

# The domestic abuse survey has no baseline and stopped: its last figure is "to May 15".  January to
# May 2015 alone rounds to the same 86.5%, as do the twelve months.
_DOMESTIC = "domestic-abuse"
_DOMESTIC_SPANS = (
    (date(2013, 4, 1), date(2014, 3, 31), 200, 172),
    (date(2014, 4, 1), date(2014, 5, 31), 33, 28),
    (date(2014, 6, 1), date(2014, 12, 31), 111, 96),
    (date(2015, 1, 1), date(2015, 5, 31), 89, 77),
)
# First and last month of the runs between which the satisfied are fixed.
_SPANS = (
    (date(2010, 4, 1), date(2012, 3, 31)),
    (date(2012, 4, 1), date(2012, 11, 30)),
    (date(2012, 12, 1), date(2013, 3, 31)),
    (date(2013, 4, 1), date(2013, 11, 30)),
    (date(2013, 12, 1), date(2014, 3, 31)),
    (date(2014, 4, 1), date(2014, 12, 31)),
    (date(2015, 1, 1), date(2015, 12, 31)),
    (date(2016, 1, 1), date(2016, 3, 31)),
)


def table(rng: np.random.Generator) -> pd.DataFrame:
    """Rows month, area, group, component, satisfied, responses.

    The force's row is the sum of City and Counties.
    """
    rows: list[tuple[str, str, str, str, int, int]] = []
    windows = _windows()
    for group, yearly in ANSWERS.items():
        pattern = share_out(yearly, rng.gamma(120.0, 1 / 120.0, 12))
        for component in _components(group):
            counts = windows[group, component]
            spans = [(months(*span), _answers(months(*span), pattern)) for span in _SPANS]
            satisfied = _satisfied(counts, [int(answers.sum()) for _, answers in spans])
            for (names, answers), total in zip(spans, satisfied, strict=True):
                rows += _monthly(names, group, component, answers, total, rng)
    for component in COMPONENTS:
        for first, last, answers_total, overall in _DOMESTIC_SPANS:
            names = months(first, last)
            answers = share_out(answers_total, np.ones(len(names)))
            moved = overall + round(answers_total * _GAPS[component] / 100)
            satisfied_total = min(moved, math.floor(answers_total * _HIGHEST / 100))
            rows += _monthly(names, _DOMESTIC, component, answers, satisfied_total, rng)
    return pd.DataFrame(
        rows, columns=["month", "area", "group", "component", "satisfied", "responses"]
    )


def _components(group: str) -> tuple[str, ...]:
    return COMPONENTS[:1] if group == "confidence" else COMPONENTS


def _answers(names: list[str], pattern: Integers) -> Integers:
    """Answers in each month: the same month has the same number every year."""
    return pattern[[int(name[5:]) - 1 for name in names]]


def _windows() -> dict[tuple[str, str], dict[date, int]]:
    """Satisfied answers in each twelve-month window, for every group and component."""
    options = {
        (group, component): {end: _options(group, component, end) for end in _WINDOWS}
        for group in ANSWERS
        for component in _components(group)
    }
    for component in COMPONENTS:
        for end in _WINDOWS:
            printed = SATISFACTION.get(("all-users", component), {}).get(end)
            if printed:
                parts = [options[group, component][end] for group in ALL_USERS]
                chosen = _adding_up(parts, printed)
                for group, count in zip(ALL_USERS, chosen, strict=True):
                    options[group, component][end] = [count]
    return {key: {end: counts[0] for end, counts in ends.items()} for key, ends in options.items()}


def _adding_up(parts: list[list[int]], printed: tuple[float, int, str]) -> tuple[int, ...]:
    """The first choice from each list (nearest first) whose sum gives the printed per cent."""
    answers = sum(ANSWERS[group] for group in ALL_USERS)
    allowed = set(_giving(answers, printed[0], printed[1]))
    ranked = sorted(
        product(*(range(len(part)) for part in parts)),
        key=lambda places: sum(p * p for p in places),
    )
    for places in ranked:
        chosen = tuple(part[place] for part, place in zip(parts, places, strict=True))
        if sum(chosen) in allowed:
            return chosen
    raise ValueError(f"No whole answers give {printed[0]}% of all users.")


def _options(group: str, component: str, end: date) -> list[int]:
    """Satisfied answers a window may have, nearest to the expected number first."""
    expected = ANSWERS[group] * _expected(group, component, end) / 100
    printed = SATISFACTION.get((group, component), {}).get(end)
    if printed:
        found = _giving(ANSWERS[group], printed[0], printed[1])
        if not found:
            raise ValueError(f"No whole answers give {printed[0]}% for {group} {component}.")
    else:
        middle = round(expected)
        found = list(range(middle - _CHOICES, middle + _CHOICES + 1))
    return sorted(found, key=lambda count: abs(count - expected))


def _giving(answers: int, per_cent: float, decimals: int) -> list[int]:
    """Every number of satisfied answers that prints as this per cent."""
    satisfied = np.arange(answers + 1)
    shown = np.floor(satisfied * 100.0 / answers * 10.0**decimals + 0.5 + 1e-9)
    return [int(count) for count in satisfied[shown == round(per_cent * 10**decimals)]]


def _expected(group: str, component: str, end: date) -> float:
    """Per cent expected in a window: as printed, or moved from overall, or between two years."""
    baseline, november = BASELINE_END, SATISFACTION_MONTH_END
    printed = SATISFACTION.get((group, component), {})
    if end in printed:
        return printed[end][0]
    if component != "overall":
        overall = _expected(group, "overall", end)
        if november in printed:
            gap = printed[november][0] - _expected(group, "overall", november)
        else:
            gap = _STATED_GAPS.get((group, component), _GAPS[component])
        return min(overall + gap, _HIGHEST)
    if end == november:
        return printed[baseline][0] + _NOVEMBER_PLACE * (
            printed[YEAR_END][0] - printed[baseline][0]
        )
    return printed[november][0] + _YEAR_PLACE * (printed[LATEST_END][0] - printed[november][0])


def _satisfied(windows: dict[date, int], answers: list[int]) -> list[int]:
    """Satisfied answers in each run of `_SPANS`, moving as little as possible from run to run.

    Args:
        windows: Satisfied answers in each twelve-month window.
        answers: Answers in each run.
    """
    _, autumn, winter, summer, spring, *_ = answers
    second = np.arange(winter + 1)
    first = windows[BASELINE_END] - second
    third = windows[SATISFACTION_MONTH_END] - second
    fourth = windows[YEAR_END] - third
    rates = np.stack((first / autumn, second / winter, third / summer, fourth / spring))
    allowed = ((rates >= 0) & (rates <= 1)).all(axis=0)
    moves = np.where(allowed, (np.diff(rates, axis=0) ** 2).sum(axis=0), np.inf)
    best = int(np.argmin(moves))
    latest = windows[LATEST_END] / answers[6]
    between = (windows[YEAR_END] / (summer + spring) + latest) / 2
    return [
        round(answers[0] * windows[BASELINE_END] / (autumn + winter)),
        int(first[best]),
        int(second[best]),
        int(third[best]),
        int(fourth[best]),
        round(answers[5] * between),
        windows[LATEST_END],
        round(answers[7] * latest),
    ]


def _monthly(
    names: list[str],
    group: str,
    component: str,
    answers: Integers,
    satisfied: int,
    rng: np.random.Generator,
) -> list[tuple[str, str, str, str, int, int]]:
    """Rows of one run: the satisfied fall on months, and on City and Counties, by chance."""
    monthly = rng.multivariate_hypergeometric(answers, satisfied)
    city_answers = np.rint(answers * _CITY_SHARE).astype(np.int64)
    city = rng.hypergeometric(monthly, answers - monthly, city_answers)
    rows = []
    for index, name in enumerate(names):
        whole = (int(monthly[index]), int(answers[index]))
        part = (int(city[index]), int(city_answers[index]))
        rest = (whole[0] - part[0], whole[1] - part[1])
        for area, (good, asked) in ((FORCE, whole), (CITY, part), (COUNTIES, rest)):
            rows.append((name, area, group, component, good, asked))
    return rows
