"""A cache: copies in a folder of what can be made again.  It spares work, and is never the truth.

A copy is found by everything that it was made of.  One that is missing, damaged, or made by
something else is simply made again, so the folder may be deleted at any time.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import tempfile
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Final

log = logging.getLogger(__name__)

DIGEST_BYTES: Final = 32


class Cache:
    """Copies of one kind, in a folder of their own."""

    def __init__(self, folder: Path, *, made_by: Sequence[object]) -> None:
        """Look nothing up yet.

        Args:
            folder: Where the copies lie; made when the first is kept.
            made_by: Whatever decides how they are made that their keys do not say: the way they
                are written, versions of what works them out.
        """
        self._folder = folder
        whole = json.dumps([str(one) for one in made_by])
        self._maker = hashlib.sha256(whole.encode()).hexdigest()[:16]
        self._used: set[str] = set()

    @property
    def used(self) -> frozenset[str]:
        """The keys of all that was found or kept here since this was made."""
        return frozenset(self._used)

    def get(self, key: str) -> bytes | None:
        """Return what was kept under a key, or None if there is nothing to rely on."""
        try:
            written = self._path(key).read_bytes()
        except OSError:
            return None
        digest, content = written[:DIGEST_BYTES], written[DIGEST_BYTES:]
        if hashlib.sha256(content).digest() != digest:
            log.warning("%s is damaged; what it is a copy of is made again", self._path(key))
            return None
        self._used.add(key)
        return content

    def put(self, key: str, content: bytes) -> None:
        """Keep a copy; where that is not possible, it is made again the next time.

        Args:
            key: Letters and digits that stand for all it was made of, such as a hash.
            content: What was made.
        """
        path = self._path(key)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            # Whoever else writes it writes the same; nobody ever sees half of it.
            with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
                file.write(hashlib.sha256(content).digest())
                file.write(content)
            os.replace(file.name, path)  # noqa: PTH105 - the one that replaces on every system
        except OSError as error:
            log.warning("%s cannot be kept: %s", path, error.strerror)
            return
        self._used.add(key)

    def keep_only(self, keys: Collection[str]) -> None:
        """Remove every copy but some, those of another maker included."""
        kept = {self._path(key) for key in keys}
        try:
            for path in self._folder.iterdir():
                if path not in kept:
                    path.unlink(missing_ok=True)
        except OSError as error:
            log.warning("Old copies in %s cannot be removed: %s", self._folder, error.strerror)

    def _path(self, key: str) -> Path:
        return self._folder / f"{key}-{self._maker}"
