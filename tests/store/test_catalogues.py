"""Every version of the catalogue stays readable as it was written."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from store.catalogues import SqlCatalogues

FILES = {"areas.toml": '[[area]]\nid = "force"\n', "measures.toml": "# Zürich — “quoted”\r\n"}


@pytest.fixture
def catalogues(session: Session) -> SqlCatalogues:
    return SqlCatalogues(session)


def test_the_files_come_back_as_they_were(catalogues: SqlCatalogues) -> None:
    catalogues.save("v1", FILES)

    assert catalogues.files("v1") == FILES


def test_versions_are_kept_apart(catalogues: SqlCatalogues) -> None:
    catalogues.save("v1", FILES)
    catalogues.save("v2", {"areas.toml": ""})

    assert catalogues.files("v1") == FILES


def test_a_version_that_was_never_saved_has_no_files(catalogues: SqlCatalogues) -> None:
    assert catalogues.files("v1") is None


def test_a_version_is_new_only_once(catalogues: SqlCatalogues) -> None:
    assert [catalogues.save("v1", FILES) for _ in range(2)] == [True, False]


def test_other_files_under_a_known_version_are_refused(catalogues: SqlCatalogues) -> None:
    catalogues.save("v1", FILES)

    with pytest.raises(ValueError, match="v1 was saved with other files"):
        catalogues.save("v1", FILES | {"areas.toml": ""})
