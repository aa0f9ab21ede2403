"""What journeys are made of; the demonstration's fixtures are shared by all tests."""

from tests.demonstrated import NOW, SnapshotOn, a_run, an_app, quiet

__all__ = ["NOW", "SnapshotOn", "a_run", "an_app", "quiet"]
