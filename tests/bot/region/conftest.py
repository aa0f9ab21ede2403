"""The sample region, lived through once; each test that writes has a copy of its own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.region.app import RegionApp
from tests.bot.region.making import Ask, a_region, asking, lived_through


@pytest.fixture(scope="session")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a sample region whose forces have figures and open alerts."""
    folder = tmp_path_factory.mktemp("region")
    lived_through(folder)
    return folder


@pytest.fixture(scope="session")
def region(lived: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RegionApp]:
    """The region, to be asked; what is asked is written down in a copy."""
    folder = tmp_path_factory.mktemp("asked") / "region"
    shutil.copytree(lived, folder)
    with a_region(folder) as made:
        yield made


@pytest.fixture(scope="session")
def ask(region: RegionApp) -> Ask:
    """Ask the region."""
    return asking(region)


@pytest.fixture
def own_region(lived: Path, tmp_path: Path) -> Iterator[RegionApp]:
    """A copy of the region that a test may change."""
    folder = tmp_path / "region-copy"
    shutil.copytree(lived, folder)
    with a_region(folder) as made:
        yield made
