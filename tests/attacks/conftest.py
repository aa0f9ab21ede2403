"""The guarded force, made once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.attacks.world import World, a_world, some_records


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The product over the guarded force, with everything told that is due."""
    with a_world(tmp_path_factory.mktemp("guarded"), some_records()) as made:
        yield made
