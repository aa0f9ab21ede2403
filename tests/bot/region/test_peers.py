"""Similar forces' own figures stand in the place of published ones, and it is said so."""

from __future__ import annotations

from pathlib import Path

from bot.region import demo, sample
from bot.region.app import RegionApp
from bot.region.peers import OwnFigures
from metrics.delivery import Delivery
from metrics.model import MeasureId
from metrics.snapshot import SnapshotKind
from tests.demonstrated import quiet

BOATS = MeasureId("boat-theft.recorded")


def delivered(region: RegionApp, force: str) -> Delivery:
    app = region.forces[force]
    [source] = [one for one in app.sources if one.name == "peers"]
    return source.deliver(app.catalogue, progress=quiet)


def counted(delivery: Delivery, area: str, tally: str, day: str) -> float:
    rows = delivery.table.rows
    found = rows[(rows["area"] == area) & (rows["tally"] == tally) & (rows["day"] == day)]
    return float(found["count"].sum())


def test_a_peer_of_the_region_is_counted_by_its_own_records(own_region: RegionApp) -> None:
    shingle = own_region.standings.all(SnapshotKind.MONTH_END, None).held[2]
    figures = own_region.forces["shingle"].shelf.find(SnapshotKind.MONTH_END, None)
    trend = figures.snapshot.trends.get(BOATS, figures.catalogue.force.id)

    said = counted(delivered(own_region, "saltmarsh"), "shingle", "peer.boat-theft", "2020-11-30")

    assert shingle.id == "shingle"
    assert said == trend.values[-1]


def test_it_is_said_whose_figures_they_are_and_as_at_when(own_region: RegionApp) -> None:
    delivery = delivered(own_region, "saltmarsh")

    names = [one.name for one in delivery.inputs]
    assert any("Shingle Police, its own figures as at 30 November 2020" in one for one in names)
    assert any("stand in the place of the published ones" in one for one in delivery.remarks)


def test_what_a_force_may_not_tell_is_no_peers_figure_either(own_region: RegionApp) -> None:
    delivery = delivered(own_region, "saltmarsh")

    # The smugglers of the published table stay as they were published: not the force's own count.
    published = int(sample.FORCES[1].a_day[2] * 31)
    assert counted(delivery, "shingle", "peer.smuggling", "2020-08-31") == published
    assert counted(delivery, "shingle", "peer.smuggling", "2020-11-30") == 0


def test_what_a_force_counts_in_another_way_stays_as_it_was_published(
    own_region: RegionApp,
) -> None:
    delivery = delivered(own_region, "saltmarsh")

    published = int(sample.FORCES[2].a_day[1] * 31)
    assert counted(delivery, "lagoon", "peer.net-damage", "2020-08-31") == published


def test_where_a_peer_outside_the_region_is_published_all_end_with_its_months(
    own_region: RegionApp,
) -> None:
    # Lagoon leaves the region: it is known by the published table alone, to August.
    text = own_region.region.folder.joinpath("region.toml").read_text(encoding="utf-8")
    head, _, rest = text.partition("[[force]]")
    without = head + rest[rest.index("[[region]]") :]
    own_region.region.folder.joinpath("region.toml").write_text(without, encoding="utf-8")
    with RegionApp(settings=own_region.settings) as smaller:
        delivery = delivered(smaller, "saltmarsh")

    assert counted(delivery, "shingle", "peer.boat-theft", "2020-08-31") > 0
    assert counted(delivery, "shingle", "peer.boat-theft", "2020-11-30") == 0


def test_a_force_without_figures_is_told_from_the_published_table(own_region: RegionApp) -> None:
    url = own_region.forces["shingle"].settings.database_url.get_secret_value()
    own_region.forces["shingle"].database.close()
    Path(url.removeprefix("sqlite:///")).unlink()
    with RegionApp(settings=own_region.settings) as fresh:
        delivery = delivered(fresh, "saltmarsh")

    published = int(sample.FORCES[1].a_day[0] * 31)
    assert counted(delivery, "shingle", "peer.boat-theft", "2020-08-31") == published


def test_a_single_force_reads_its_published_table_as_ever(own_region: RegionApp) -> None:
    region = own_region.region
    assert len(region.forces) == 3
    app = own_region.forces["saltmarsh"]
    [source] = [one for one in app.sources if one.name == "peers"]
    assert isinstance(source, OwnFigures)

    published = source.source.deliver(app.catalogue, progress=quiet)

    assert counted(published, "shingle", "peer.boat-theft", "2020-11-30") == 0


def test_two_forces_that_are_each_others_peers_come_to_rest(own_region: RegionApp) -> None:
    for _ in range(2):
        for app in own_region.forces.values():
            demo.live(app, quiet)

    for app in own_region.forces.values():
        results = app.load(now=sample.DECIDED_AT, progress=quiet)
        assert all(one.unchanged for one in results), app.force.name
