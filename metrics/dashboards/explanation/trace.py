"""What the figures must be read with, and where they come from, down to the hash of each input."""

from __future__ import annotations

from collections.abc import Iterator

from metrics.calendar import LONDON, say_date
from metrics.dashboards.caveats import caveats
from metrics.dashboards.explanation.document import Claim, Line, Section
from metrics.dashboards.table import count


def quality(claim: Claim) -> Section:
    """Tell late data, and the data-quality notes that bear on the periods."""
    shown = [(claim.measure.id, claim.area.id)]
    # Gaps stand beside the figures that they take away.
    said = caveats(shown, claim.snapshot, claim.catalogue, ())
    lines: tuple[Line, ...] = tuple((one,) for one in said)
    nothing: Line = ("No data-quality note bears on these figures.",)
    return Section(heading="Data quality", lines=lines or (nothing,))


def trace(claim: Claim) -> Section:
    """Tell the snapshot, the loads and the inputs that the figures are from."""
    return Section(heading="Where it comes from", lines=tuple(_origins(claim)))


def _origins(claim: Claim) -> Iterator[Line]:
    snapshot = claim.snapshot
    made = snapshot.made_at.astimezone(LONDON)
    when = f"{say_date(made.date())}, {made:%H:%M}"
    yield (f"Snapshot {snapshot.id}, made on {when}, by version {snapshot.product_version}.",)
    yield (f"Plan: {claim.catalogue.name}, sha256 {snapshot.catalogue_version}.",)
    for one in snapshot.inputs:
        loaded = one.loaded_at.astimezone(LONDON)
        yield (
            f"Load {one.load}, {one.source}: {one.name}, ",
            count(one.rows),
            f" rows, {say_date(loaded.date())}, {loaded:%H:%M}, sha256 {one.sha256}.",
        )
