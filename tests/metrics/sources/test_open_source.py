"""Every kind of source can be opened from settings and keeps to the port."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import TypeAdapter

from config.sources import KINDS, SourceSettings
from metrics.sources import Source, open_source


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_opens_without_reading_anything(kind: str, tmp_path: Path) -> None:
    place = (
        {"url_variable": "CRIMES", "table": "crimes"} if kind == "sql" else {"path": "nowhere.csv"}
    )
    adapter: TypeAdapter[SourceSettings] = TypeAdapter(SourceSettings)
    settings = adapter.validate_python({"kind": kind, "name": "one", **place})

    source: Source = open_source(settings, folder=tmp_path)

    assert source.name == "one"


def test_a_path_is_inside_the_data_folder(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("area,year,population\n")
    adapter: TypeAdapter[SourceSettings] = TypeAdapter(SourceSettings)
    settings = adapter.validate_python({"kind": "population", "name": "one", "path": "people.csv"})

    assert len(open_source(settings, folder=tmp_path).fingerprint()) == 64
