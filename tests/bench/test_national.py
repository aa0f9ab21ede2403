"""The country of the benchmark: the same every time, and a day later only what changed."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import duckdb
import pytest

from bench.national.country import FORCES, KINDS, Force, forces, write_settings
from bench.national.measuring import LATER, work
from bench.national.records import LAST_DAY, LONGEST_DELAY, Size, months, write, write_changes
from bot.app import CACHE, App
from config.catalogue import read_catalogue
from config.settings import Settings
from config.sources import read_sources

SMALL = Size(records=400_000, years=3)
LONGER = Size(records=400_000, years=5)
"""So long that forecasts were made before, and are kept."""


@pytest.fixture(scope="module")
def force() -> Force:
    """An ordinary force."""
    return forces(1)[0]


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_the_forces_together_are_the_country() -> None:
    country = forces()

    assert len({one.id for one in country}) == FORCES
    assert sum(one.share for one in country) == pytest.approx(1)
    assert sum(one.share for one in KINDS) == pytest.approx(1, abs=0.01)


def test_a_force_is_the_same_however_many_there_are() -> None:
    assert forces(3) == forces()[:3]


def test_every_force_has_a_plan_and_sources_that_hold(tmp_path: Path) -> None:
    for one in forces():
        write_settings(one, tmp_path / one.id)

        catalogue, _ = read_catalogue(tmp_path / one.id / "plan")

        assert len(catalogue.areas) > len(one.partnerships)
        assert read_sources(tmp_path / one.id / "plan" / "sources.toml")


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path, force: Force) -> None:
    for name in ("one", "other"):
        assert list(write(force, tmp_path / name, SMALL, known=LAST_DAY))

    assert contents(tmp_path / "one") == contents(tmp_path / "other")


def test_another_seed_gives_other_records(tmp_path: Path, force: Force) -> None:
    for size in (SMALL, replace(SMALL, seed=2)):
        list(write(force, tmp_path / str(size.seed), size, known=LAST_DAY))

    assert contents(tmp_path / "1") != contents(tmp_path / "2")


def test_a_force_has_its_share_of_the_records(tmp_path: Path, force: Force) -> None:
    folder = tmp_path / "in"
    list(write(force, folder, SMALL, known=date(2030, 1, 1)))

    held = duckdb.read_parquet(f"{folder}/*.parquet")
    [(rows, references)] = held.aggregate("count(*), count(distinct reference)").fetchall()

    assert rows == references == round(SMALL.records * force.share)


def test_a_day_later_only_files_of_the_last_months_have_changed(
    tmp_path: Path, force: Force
) -> None:
    folder = tmp_path / "in"
    list(write(force, folder, SMALL, known=LAST_DAY))
    before = contents(folder)

    list(write_changes(force, folder, SMALL, known=LATER))

    after = contents(folder)
    changed = {name for name in after if after[name] != before[name]}
    oldest = LATER - timedelta(days=LONGEST_DELAY + 31)
    assert f"{LATER:%Y-%m}.parquet" in changed
    assert min(changed) >= f"{oldest:%Y-%m}.parquet"
    assert set(before) == {f"{first:%Y-%m}.parquet" for first in months(SMALL)}


def test_the_daily_run_takes_in_the_day_that_is_added_as_everything_anew_would(
    tmp_path: Path, force: Force
) -> None:
    folder = tmp_path / force.id
    write_settings(force, folder)
    list(write(force, folder / "crimes", LONGER, known=LAST_DAY))
    url = f"sqlite:///{folder / 'threatdesk.db'}"

    first = work(folder, LAST_DAY, url)
    list(write_changes(force, folder / "crimes", LONGER, known=LATER))
    second = work(folder, LATER, url)

    assert first.positions == second.positions > 0
    assert second.rows > first.rows
    kept = {path.name for path in (folder / CACHE).iterdir()}
    assert kept == {"forecasts", "judged", "loads", "marks", "pieces"}
    with_copies = compute_again(folder, url)
    shutil.rmtree(folder / CACHE)
    assert compute_again(folder, url) == with_copies


def compute_again(folder: Path, url: str) -> list[str]:
    """Compute the newest day again; it must be the snapshot that is there."""
    settings = Settings(database_url=url, plan=str(folder / "plan"), data=folder, _env_file=None)
    with App(settings=settings) as app:
        now = datetime.combine(LATER + timedelta(days=1), time(9), tzinfo=UTC)
        made = app.run(as_at=None, now=now, progress=lambda _: None)
    assert not any(one.is_new for one in made)
    return [one.snapshot.id for one in made]
