"""What crime records of the force's own mean: grouped raw values become counts.

The same for an extract and for a database, so that a record counts alike wherever it lies.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import numpy.typing as npt

from config.sources import OWN_OUTCOMES, CrimeRecords, EmptyDays, OutcomeClass
from metrics.calendar import say_date
from metrics.delivery import CountTable
from metrics.errors import SourceError
from metrics.model import Catalogue
from metrics.sources.dates import day_complaint, read_day, width
from metrics.sources.headers import Column
from metrics.sources.judging import Faults, Judgement, judge
from metrics.sources.names import area_names, crime_type_names, find_area, folded
from metrics.sources.records import REFERENCE, UPDATED, Groups
from metrics.sources.rejections import quoted
from metrics.sources.table import (
    Codes,
    Cover,
    Days,
    Tallies,
    day_number,
    number_day,
    stretches,
)

RECORDED: Final = "recorded_date"
CRIME_TYPE: Final = "crime_type"
AREA: Final = "area"
FLAGS: Final = "flags"
OUTCOME: Final = "outcome_type"
OUTCOME_DATE: Final = "outcome_date"
KEYS: Final = (RECORDED, CRIME_TYPE, AREA, FLAGS, OUTCOME, OUTCOME_DATE)

Booleans = npt.NDArray[np.bool_]

_CLASSES: Final = (OutcomeClass.OPEN, OutcomeClass.CLOSED, OutcomeClass.OUTCOME)
_NO_DAY: Final = np.iinfo(np.int64).min
_STILL_COUNTED: Final = "the crime is counted, its outcome is not"


@dataclass(frozen=True, slots=True, kw_only=True)
class CrimeCounts:
    """What grouped records came to."""

    table: CountTable
    faults: Faults
    remarks: tuple[str, ...]
    span: tuple[date, date] | None  # the first and the last day with a record that counts
    recorded: Days  # the day on which the records of each group were recorded
    counts: Booleans  # which groups count
    early: Booleans  # which of them have an outcome before that day


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """What is known of records that need not be counted again."""

    touched: Days  # the days that are to be counted, of which every record is at hand
    days: Days  # all other days that have a record that counts
    early: int  # crimes, but for the faulty, with an outcome before the day they were recorded


def record_columns(settings: CrimeRecords) -> tuple[Column, ...]:
    """Return the columns that are read, and no others: of a date not more than its day."""
    day = width(settings.date_format) + 1  # one more shows that a time, not a digit, follows
    written = settings.columns.model_dump()
    return tuple(
        Column(name=name, written=written[name], longest=day if name.endswith("_date") else 0)
        for name in (REFERENCE, *KEYS, UPDATED)
    )


class CrimeRules:
    """The settings of one source, looked up in one catalogue."""

    def __init__(self, settings: CrimeRecords, catalogue: Catalogue) -> None:
        """Prepare the look-ups.

        Raises:
            SourceError: The settings name an area, crime type or flag the catalogue does not have.
        """
        self._settings = settings
        self._force = catalogue.force.id
        self._areas = area_names(catalogue, settings.areas)
        self._types = crime_type_names(catalogue, settings.crime_types)
        single = [one.id for one in catalogue.crime_types.values() if not one.members]
        unknown = [one for one in settings.supplies if one not in single]
        if unknown:
            raise SourceError(
                f"`supplies` of the source “{settings.name}” names {', '.join(unknown)}, which the "
                "plan does not have as a crime type.",
                hint=f"Write some of {', '.join(single)}.",
            )
        self._supplied = list(settings.supplies or single)
        self._flags = _flag_names(settings, catalogue)
        self._flag_order = catalogue.flags if settings.columns.flags else ()
        own = {folded(written): one for written, one in settings.outcome_types.items()}
        self._outcomes = {folded(key): one for key, one in OWN_OUTCOMES.items()}
        self._outcomes |= {"": OutcomeClass.OPEN} | own
        self._tallies = Tallies()

    def count(self, groups: Groups, *, elsewhere: Elsewhere | None = None) -> CrimeCounts:
        """Return what the groups come to.

        Args:
            groups: The records; of those elsewhere the faulty ones.
            elsewhere: What is known of the others.  None: there are none, and all days count.

        Raises:
            SourceError: The name of an area or crime type can mean more than one.
        """
        faults = Faults(groups)
        recorded = self._recorded_days(groups)
        types = judge(groups, CRIME_TYPE, self._type_code, say=self._unknown_type)
        areas = judge(groups, AREA, self._area_code, say=_unknown_area)
        for key, one in ((RECORDED, recorded), (CRIME_TYPE, types), (AREA, areas)):
            faults.column(key, one.faults)
        counts = ~faults.any
        flags = self._flag_members(groups)
        faults.column(FLAGS, flags.faults)
        outcome, given = self._outcomes_of(groups, faults)

        cohort = _taken(groups, RECORDED, recorded)
        area = _taken(groups, AREA, areas)
        kind = _taken(groups, CRIME_TYPE, types)
        flagged = _taken(groups, FLAGS, flags)
        days = told = np.unique(cohort[counts])
        closed = counts & (outcome >= _CLASSES.index(OutcomeClass.CLOSED)) & (given != _NO_DAY)
        is_early = closed & (given < cohort)
        early = int(groups.rows[is_early].sum())
        wanted = counts
        if elsewhere:
            told = np.intersect1d(days, elsewhere.touched)
            wanted = counts & np.isin(cohort, told)
            closed &= wanted
            days = np.union1d(days, elsewhere.days)
            early += elsewhere.early
        resolved = closed & (outcome == _CLASSES.index(OutcomeClass.OUTCOME))
        for what, which, day in (
            ("recorded", wanted, cohort),
            ("outcomes", resolved, given),
            ("closed", closed, given),
        ):
            if what != "recorded" and not self._settings.columns.outcome_type:
                continue
            self._add(what, which, cohort, day, area, kind, groups.rows)
            for place, flag in enumerate(self._flag_order if what != "closed" else ()):
                carries = which & ((flagged >> place) & 1 == 1)
                self._add(f"{what}.{flag}", carries, cohort, day, area, kind, groups.rows)
        return CrimeCounts(
            table=self._tallies.table(self._covers(told)),
            faults=faults,
            remarks=tuple(self._remarks(days, early)),
            span=(number_day(int(days[0])), number_day(int(days[-1]))) if len(days) else None,
            recorded=cohort,
            counts=counts,
            early=is_early,
        )

    def days_of(self, texts: Iterable[str]) -> Days:
        """Return the days that some recorded dates mean, without those that mean none."""
        days = (self._recorded_day(text) for text in texts)
        return np.array([day for day in days if day is not None], dtype=np.int64)

    def _recorded_day(self, text: str) -> int | None:
        day, earliest = read_day(text, self._settings.date_format), self._settings.earliest
        return None if day is None or (earliest and day < earliest) else day_number(day)

    def _recorded_days(self, groups: Groups) -> Judgement:
        form, earliest = self._settings.date_format, self._settings.earliest

        def say(text: str) -> str:
            if read_day(text, form) is None:
                return day_complaint(text, form, what=RECORDED, setting="date_format")
            return f"recorded before {earliest and say_date(earliest)} (`earliest`)"

        return judge(groups, RECORDED, self._recorded_day, say=say, together=True)

    def _type_code(self, text: str) -> int | None:
        found = self._types.find(text)
        return self._supplied.index(found) if found in self._supplied else None

    def _unknown_type(self, text: str) -> str:
        if not text.strip():
            return "the crime type is missing"
        if self._types.find(text):
            return f"the crime type {quoted(text)} is not among `supplies`"
        return f"the plan has no crime type {quoted(text)} (name it in `crime_types`)"

    def _area_code(self, text: str) -> int | None:
        found = find_area(self._areas, text, self._force)
        return None if found is None else self._tallies.area(found)

    def _flag_members(self, groups: Groups) -> Judgement:
        """Return for each flags text a number whose bits are the flags it carries."""
        unknown: dict[str, str] = {}

        def mean(text: str) -> int:
            bits = 0
            for written in filter(None, map(folded, text.split(";"))):
                flag = self._flags.get(written)
                if flag is None:
                    unknown[text] = (
                        f"the plan has no flag {quoted(written)} (name it in `flags`); the crime "
                        "is counted without it"
                    )
                elif flag:
                    bits |= 1 << self._flag_order.index(flag)
            return bits

        judged = judge(groups, FLAGS, mean, say=quoted)
        return Judgement(codes=judged.codes, faults=unknown)

    def _outcomes_of(self, groups: Groups, faults: Faults) -> tuple[Codes, Days]:
        """Return the outcome class of each group, -1 if unknown, and the day it was given."""
        classes = {one: number for number, one in enumerate(_CLASSES)}

        def mean(text: str) -> int | None:
            one = self._outcomes.get(folded(text))
            return None if one is None else classes[one]

        kinds = judge(groups, OUTCOME, mean, say=_unknown_outcome)
        faults.column(OUTCOME, kinds.faults)
        form = self._settings.date_format

        def number(text: str) -> int:
            day = read_day(text, form) if text.strip() else None
            return _NO_DAY if day is None else day_number(day)

        days = judge(groups, OUTCOME_DATE, number, say=quoted)
        outcome, given = _taken(groups, OUTCOME, kinds), _taken(groups, OUTCOME_DATE, days)
        self._undated(groups, faults, (outcome > 0) & (given == _NO_DAY))
        return outcome, given

    def _undated(self, groups: Groups, faults: Faults, undated: Booleans) -> None:
        """Note outcomes whose day is missing or cannot be read."""
        form = self._settings.date_format
        blank = np.array([not text.strip() for text in groups.values[OUTCOME_DATE]], dtype=bool)
        is_blank = blank[groups.codes[OUTCOME_DATE]]
        closing = {
            text
            for text in groups.values[OUTCOME]
            if self._outcomes.get(folded(text), OutcomeClass.OPEN) is not OutcomeClass.OPEN
        }
        faults.where(
            undated & is_blank,
            f"an outcome without an outcome_date; {_STILL_COUNTED}",
            (OUTCOME, OUTCOME_DATE),
            lambda kind, day: kind in closing and not day.strip(),
        )
        unread = undated & ~is_blank
        if unread.any():
            places = np.unique(groups.codes[OUTCOME_DATE][unread])
            example = min(groups.values[OUTCOME_DATE][place] for place in places)
            said = day_complaint(example, form, what=OUTCOME_DATE, setting="date_format")
            faults.where(
                unread,
                f"{said}; {_STILL_COUNTED}",
                (OUTCOME, OUTCOME_DATE),
                lambda kind, day: bool(day.strip()) and kind in closing and not read_day(day, form),
            )

    def _add(
        self,
        what: str,
        which: Booleans,
        cohort: Days,
        day: Days,
        area: Codes,
        kind: Codes,
        rows: npt.NDArray[np.int64],
    ) -> None:
        tallies = np.array([self._tallies.tally(f"{one}.{what}") for one in self._supplied])
        self._tallies.add(
            cohort=cohort[which],
            day=day[which],
            area=area[which],
            tally=tallies[kind[which]],
            count=rows[which].astype(np.float64),
        )

    def _covers(self, days: Days) -> Iterator[Cover]:
        """Say which recorded days are accounted for: every tally, for the whole force."""
        if self._settings.empty_days is EmptyDays.ZERO and len(days):
            days = np.array([days[0], days[-1]])
            spans = [(number_day(int(days[0])), number_day(int(days[-1])))]
        else:
            spans = stretches(days)
        outcomes = ("outcomes", "closed") if self._settings.columns.outcome_type else ()
        flagged = [
            f"{what}.{flag}" for what in ("recorded", *outcomes[:1]) for flag in self._flag_order
        ]
        for kind in self._supplied:
            for what in ("recorded", *outcomes, *flagged):
                for first, last in spans:
                    yield Cover(tally=f"{kind}.{what}", area=self._force, first=first, last=last)

    def _remarks(self, days: Days, early: int) -> Iterator[str]:
        if not len(days):
            yield "It holds no record that counts."
            return
        if early:
            yield (
                f"{early:,} crimes have an outcome before the day they were recorded; it counts on "
                "its own day."
            )
        empty = int(days[-1] - days[0]) + 1 - len(days)
        if not empty:
            return
        first = number_day(int(days[np.flatnonzero(np.diff(days) > 1)[0]]) + 1)
        if self._settings.empty_days is EmptyDays.ZERO:
            yield (
                f"{empty:,} days hold no record and count as zero, the first on {say_date(first)}."
            )
        else:
            yield (
                f"{empty:,} days hold no record and count as not delivered, the first on "
                f'{say_date(first)}; if nothing happened on them, set `empty_days` to "zero".'
            )


def _taken(groups: Groups, key: str, judged: Judgement) -> Codes:
    return judged.codes[groups.codes[key]]


def _unknown_area(text: str) -> str:
    return f"the force has no area {quoted(text)} (name it in `areas`)"


def _unknown_outcome(text: str) -> str:
    return f"the outcome type {quoted(text)} is not in `outcome_types`; {_STILL_COUNTED}"


def _flag_names(settings: CrimeRecords, catalogue: Catalogue) -> dict[str, str]:
    unknown = {flag for flag in settings.flags.values() if flag and flag not in catalogue.flags}
    if unknown:
        raise SourceError(
            f"`flags` of the source “{settings.name}” names {', '.join(sorted(unknown))}, which "
            "the plan does not have.",
            hint=f'Write one of {", ".join(catalogue.flags)}, or "" for a flag that is not '
            "counted.",
        )
    own = {folded(written): flag for written, flag in settings.flags.items()}
    return {folded(flag): flag for flag in catalogue.flags} | own
