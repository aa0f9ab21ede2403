"""The figures of past days, one after another, as they were known on those days.

A day's figures rest on what had been loaded by the morning after it.  Of days before anything had
been loaded, what the first loads knew of them is taken: records by the day they were recorded on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Final

from metrics.assess import Running, assess_next
from metrics.assessing.peers import PEER
from metrics.assessment import Assessments
from metrics.calendar import LONDON, london_day, month_end
from metrics.counts import merge
from metrics.delivery import CountTable, Load
from metrics.errors import UserError
from metrics.model import Catalogue, Grain, MeasureKind
from metrics.monthly import MonthTotals
from metrics.population import POPULATION
from metrics.reckoning import reckon
from metrics.series import Counts, dense
from metrics.snapshot import Figures, InputUsed, Snapshot, SnapshotKind, inputs_behind
from metrics.trends import no_trends

ONE_DAY: Final = timedelta(days=1)

REPLAY: Final = "replay"
"""The product version of figures that were made again and are not kept."""

Loaded = tuple[Load, CountTable]


class Past:
    """Makes the figures of one day after another.

    What rests on whole months is worked out once a month, and the models of the daily watch are
    fitted once a week (`metrics.assess.Running`); what no alert rule reads is left out.
    """

    def __init__(
        self,
        loads: Sequence[Loaded],
        catalogue: Catalogue,
        *,
        run_at: time,
        is_exact: bool = False,
    ) -> None:
        """Prepare to look back.

        Args:
            loads: Every load, oldest first, with the counts it changed; at least one.
            catalogue: The plan that the days are judged under.
            run_at: The time in London at which the daily figures are made.
            is_exact: Whether the daily watch learns from scratch every day, as the daily job does,
                and not once a week: ten times slower.
        """
        self._loads = tuple(loads)
        self._catalogue = catalogue
        self._run_at = run_at
        self._is_exact = is_exact
        first_day = london_day(min(load.loaded_at for load, _ in self._loads))
        self._first_known = datetime.combine(first_day + ONE_DAY, time(), tzinfo=LONDON)
        self._table: CountTable | None = None  # what the first `_merged` loads add up to
        self._merged = 0
        self._running = Running(only_rules=True)
        self._previous: Assessments | None = None

    @staticmethod
    def reach(loads: Sequence[Loaded], catalogue: Catalogue) -> tuple[date, date]:
        """Return the first and the last day of the records of crime.

        Raises:
            UserError: No records of crime have been loaded.
        """
        tallies = {
            tally
            for measure in catalogue.measures.values()
            if measure.kind is MeasureKind.RECORDED and measure.crime_type
            for tally in measure.numerator
        }
        covers = [counts.covers[counts.covers["tally"].isin(tallies)] for _, counts in loads]
        held = [one for one in covers if not one.empty]
        if not held:
            raise UserError(
                "No crime records have been loaded, so there is no history to replay.",
                hint="Load them with `threatdesk load`.",
            )
        first: date = min(one["first"].min() for one in held).date()
        last: date = max(one["last"].max() for one in held).date()
        return first, last

    @property
    def first_loaded(self) -> date:
        """The day of the first load: what was known before it is not known."""
        return self._first_known.date() - ONE_DAY

    @property
    def is_daily(self) -> bool:
        """Whether anything recorded is delivered by day."""
        return any(
            measure.kind is MeasureKind.RECORDED and measure.grain is Grain.DAY
            for measure in self._catalogue.measures.values()
        )

    def morning(self, day: date) -> datetime:
        """Return the moment at which the figures of a day were due: the morning after."""
        return datetime.combine(day + ONE_DAY, self._run_at, tzinfo=LONDON)

    def is_as_known(self, day: date) -> bool:
        """Whether a day's figures are as they were known then, and not by recorded date alone."""
        return self.morning(day) >= self._first_known

    def days(self, first: date, last: date) -> tuple[date, ...]:
        """Return the days whose figures differ: every day, or month ends where nothing is daily."""
        days = (first + timedelta(days=n) for n in range((last - first).days + 1))
        return tuple(day for day in days if self.is_daily or day == month_end(day))

    def figures(self, days: Sequence[date]) -> Iterator[Figures]:
        """Give the figures of days, oldest first, later ones than were given before."""
        for known, stretch in groupby(days, key=self._known):
            yield from self._stretch(known, list(stretch))

    def _known(self, day: date) -> int:
        """Return how many loads were known: they rise in number as time goes on."""
        at = max(self.morning(day), self._first_known)
        return sum(load.loaded_at <= at for load, _ in self._loads)

    def _stretch(self, known: int, days: Sequence[date]) -> Iterator[Figures]:
        """Give the figures of days on which the same loads were known."""
        catalogue = self._catalogue
        new = [counts for _, counts in self._loads[self._merged : known]]
        self._table = merge([self._table, *new] if self._table else new, catalogue.within)
        self._merged = known
        counts = dense(self._table, catalogue, to=days[-1])
        beside = _beside_series(self._table)
        inputs = inputs_behind([load for load, _ in self._loads[:known]])
        self._running = replace(self._running, totals=MonthTotals(counts))
        for day in days:
            yield self._day(counts.until(day), beside, inputs, day)

    def _day(
        self, counts: Counts, beside: CountTable, inputs: tuple[InputUsed, ...], day: date
    ) -> Figures:
        catalogue = self._catalogue
        if self._is_exact:
            self._running = replace(self._running, watch_state=None)
        positions = reckon(counts, beside, catalogue, as_at=day, totals=self._running.totals)
        self._previous, self._running = assess_next(
            counts,
            positions,
            beside,
            catalogue,
            as_at=day,
            running=self._running,
            previous=self._previous,
        )
        snapshot = Snapshot(
            as_at=day,
            kind=SnapshotKind.DAILY,
            made_at=self.morning(day),
            catalogue_version=catalogue.version,
            product_version=REPLAY,
            inputs=inputs,
            positions=positions,
            assessments=self._previous,
            trends=no_trends(),
        )
        return Figures(snapshot=snapshot, catalogue=catalogue)


def _beside_series(table: CountTable) -> CountTable:
    """Return what is read beside the series themselves: population and the similar forces."""
    tally = table.rows["tally"].cat
    wanted = [one for one in tally.categories if one == POPULATION or one.startswith(PEER)]
    rows = table.rows[table.rows["tally"].isin(wanted)].reset_index(drop=True)
    rows["tally"] = rows["tally"].cat.remove_unused_categories()
    covers = table.covers[table.covers["tally"].isin(wanted)].reset_index(drop=True)
    return CountTable(rows=rows, covers=covers)
