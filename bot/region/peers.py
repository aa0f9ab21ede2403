"""Similar forces' own figures, in the place of published ones, where the region holds them.

A plan's source of peers is a published table, months behind and counted in its own way.  Of a
peer that is a force of the same region, the months are taken from that force's newest month-end
snapshot instead, as far as any member of it may be told them; the account of the load names it.
Months before those stay as they were published; no month is taken that is not known of the peers
outside the region too, as all are compared over the same months.
A month end's figures stand once they are made: with the daily ones, two forces that are each
other's peers would give each other something new for ever.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import pandas as pd

from bot.access import Sight
from bot.people import ANYONE, Surface
from bot.replies.forces import definition_of
from metrics.assessing.peers import PEER
from metrics.calendar import month_end, say_date
from metrics.delivery import CountTable, Delivery, InputFile
from metrics.model import AreaId, Catalogue, Measure, MeasureKind
from metrics.snapshot import Figures, SnapshotHeader
from metrics.sources import Source

DAY: Final = "datetime64[s]"

A_DAY: Final = pd.Timedelta(days=1)

FindPeer = Callable[[], SnapshotHeader | None]
"""Find the newest month-end snapshot of another force; None: it has none."""

LoadPeer = Callable[[SnapshotHeader], Figures]


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerForce:
    """Another force of the region, and where its figures are."""

    name: str
    find: FindPeer
    load: LoadPeer


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnFigures:
    """A source of peers in which forces of the region stand with their own figures."""

    source: Source
    peers: Mapping[AreaId, PeerForce]  # by the area that the plan calls them

    @property
    def name(self) -> str:
        """What `sources.toml` calls it."""
        return self.source.name

    def fingerprint(self) -> str:
        """Return the identity of the published table and of the snapshots beside it."""
        published = self.source.fingerprint()
        snapshots = [f"{area}={header.id}" for area, (_, header) in self._found().items()]
        if not published or not snapshots:
            return published
        return hashlib.sha256(" ".join([published, *snapshots]).encode()).hexdigest()

    def deliver(self, catalogue: Catalogue, *, progress: Callable[[str], None]) -> Delivery:
        """Read the table, and put the forces' own months in the place of what it says of them.

        Raises:
            SourceError: The table cannot be read or relied upon.
        """
        delivery = self.source.deliver(catalogue, progress=progress)
        found = self._found()
        last = _last_of_others(delivery.table, catalogue, found)
        for area, (peer, header) in found.items():
            progress(f"{self.name}: reading the figures of {peer.name}")
            own = _months(peer.load(header), area, catalogue, last=last)
            if own.rows.empty:
                continue
            remark = (
                f"{peer.name}: its own figures as at {say_date(header.as_at)} (snapshot "
                f"{header.id}) stand in the place of the published ones."
            )
            delivery = replace(
                delivery,
                table=_instead(delivery.table, own),
                inputs=(*delivery.inputs, _input(peer, header, own)),
                remarks=(*delivery.remarks, remark),
            )
        return delivery

    def _found(self) -> dict[AreaId, tuple[PeerForce, SnapshotHeader]]:
        found = {area: (peer, peer.find()) for area, peer in self.peers.items()}
        return {area: (peer, header) for area, (peer, header) in found.items() if header}


def _last_of_others(
    published: CountTable, catalogue: Catalogue, found: Collection[AreaId]
) -> date | None:
    """Return the last month that is published of the peers outside the region; None: none is.

    All peers are compared over the same months: newer ones of some would leave the others out.
    """
    others = {str(area.id) for area in catalogue.peers if area.id not in found}
    months = published.rows.loc[published.rows["area"].isin(others), "cohort"]
    return None if months.empty else months.max().date()


def _months(figures: Figures, area: AreaId, ours: Catalogue, *, last: date | None) -> CountTable:
    """Return what a force counted in each whole month, of crime types that are alike in both."""
    sight = Sight(figures=figures, person=ANYONE, surface=Surface.CHANNEL)
    rows: list[tuple[date, str, float]] = []
    for measure in figures.catalogue.measures.values():
        if _is_alike(measure, figures.catalogue, ours) and figures.snapshot.trends:
            if sight.refusal(measure, figures.catalogue.force):
                continue
            trend = sight.trend(measure, figures.catalogue.force)
            whole = len(trend.months) - trend.last_is_part
            rows += [
                (month_end(month), f"{PEER}{measure.crime_type}", value)
                for month, value in list(zip(trend.months, trend.values, strict=True))[:whole]
                if not math.isnan(value) and (last is None or month_end(month) <= last)
            ]
    return _table(rows, area)


def _is_alike(measure: Measure, theirs: Catalogue, ours: Catalogue) -> bool:
    """Whether a measure is a plain count of a crime type that our plan counts in the same way."""
    mine = ours.measures.get(measure.id)
    if measure.kind is not MeasureKind.RECORDED or measure.flag or not measure.crime_type:
        return False
    return mine is not None and not definition_of(mine, ours).differs(
        definition_of(measure, theirs)
    )


def _table(rows: list[tuple[date, str, float]], area: AreaId) -> CountTable:
    days = pd.Series(pd.to_datetime([one[0] for one in rows]), dtype=DAY)
    tallies = pd.Series([one[1] for one in rows], dtype="str")
    counted = pd.DataFrame(
        {
            "cohort": days,
            "day": days,
            "area": pd.Categorical([str(area)] * len(rows), categories=[str(area)]),
            "tally": pd.Categorical(tallies.astype("object")),
            "count": pd.Series([one[2] for one in rows], dtype="float64"),
        }
    )
    covers = pd.DataFrame(
        {
            "tally": tallies,
            "area": pd.Series([str(area)] * len(rows), dtype="str"),
            "first": days.dt.to_period("M").dt.start_time.astype(DAY) if rows else days,
            "last": days,
        }
    )
    return CountTable(rows=counted, covers=covers)


def _instead(published: CountTable, own: CountTable) -> CountTable:
    """Return a table in which a force's own months stand in the place of published ones."""
    area, first = own.covers["area"].iloc[0], own.covers["first"].min()
    tallies = own.covers["tally"].unique()
    rows, covers = published.rows, published.covers
    theirs = (rows["area"] == area) & rows["tally"].isin(tallies) & (rows["cohort"] >= first)
    touched = (covers["area"] == area) & covers["tally"].isin(tallies) & (covers["last"] >= first)
    earlier = covers[touched & (covers["first"] < first)].assign(last=first - A_DAY)
    return CountTable(
        rows=pd.concat([_plain(rows[~theirs]), _plain(own.rows)], ignore_index=True).astype(
            {"area": "category", "tally": "category"}
        ),
        covers=pd.concat([covers[~touched], earlier, own.covers], ignore_index=True).astype(
            {"first": DAY, "last": DAY}
        ),
    )


def _plain(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows whose words are objects: categories that differ cannot be put together."""
    return rows.astype({"area": "object", "tally": "object"})


def _input(peer: PeerForce, header: SnapshotHeader, own: CountTable) -> InputFile:
    return InputFile(
        name=f"{peer.name}, its own figures as at {say_date(header.as_at)} (snapshot {header.id})",
        size=0,
        sha256=hashlib.sha256(header.id.encode()).hexdigest(),
        rows=len(own.rows),
    )
