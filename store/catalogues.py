"""Every version of the catalogue that figures were made with, as the files that were written."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.tables import CatalogueFileRow, CatalogueRow
from store.writing import insert_new


class SqlCatalogues:
    """Catalogue versions in the database.  The caller owns the transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def save(self, version: str, files: Mapping[str, str]) -> bool:
        """Keep a version of the catalogue, if it is not there yet.

        Args:
            version: The hash of the files (`Catalogue.version`).
            files: The name of each TOML file and its text.

        Returns:
            Whether it is new.

        Raises:
            ValueError: This version is there with other files: it is not a hash of them.
        """
        new = insert_new(self._session, CatalogueRow(version=version))
        if new:
            rows = (
                CatalogueFileRow(version=version, name=name, text=text)
                for name, text in files.items()
            )
            self._session.add_all(rows)
            self._session.flush()
        elif self.files(version) != dict(files):
            raise ValueError(f"catalogue {version} was saved with other files")
        return new

    def files(self, version: str) -> Mapping[str, str] | None:
        """Return the name and text of each file of a version, or None if it was never saved."""
        if self._session.get(CatalogueRow, version) is None:
            return None
        query = (
            select(CatalogueFileRow.name, CatalogueFileRow.text)
            .where(CatalogueFileRow.version == version)
            .order_by(CatalogueFileRow.name)
        )
        return {file.name: file.text for file in self._session.execute(query)}
