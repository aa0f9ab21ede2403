"""What is in a cache is given back as it was kept, or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from metrics.cache import Cache


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    """A folder that does not exist yet."""
    return Cache(tmp_path / "cache", made_by=("1",))


def test_what_was_kept_is_found_by_its_key_alone(cache: Cache, tmp_path: Path) -> None:
    cache.put("a", b"first")
    cache.put("b", b"")

    another = Cache(tmp_path / "cache", made_by=("1",))

    assert (another.get("a"), another.get("b"), another.get("c")) == (b"first", b"", None)


def test_what_another_maker_kept_is_not_found(cache: Cache, tmp_path: Path) -> None:
    cache.put("a", b"first")

    assert Cache(tmp_path / "cache", made_by=("2",)).get("a") is None


@pytest.mark.parametrize("place", [0, 40, -1])
def test_a_damaged_copy_is_as_good_as_none(
    cache: Cache, tmp_path: Path, place: int, caplog: pytest.LogCaptureFixture
) -> None:
    cache.put("a", b"a long enough text")
    [path] = (tmp_path / "cache").iterdir()
    written = bytearray(path.read_bytes())
    written[place] ^= 1
    path.write_bytes(bytes(written))

    assert cache.get("a") is None
    assert "is damaged; what it is a copy of is made again" in caplog.text


def test_what_is_not_wanted_any_more_is_removed(cache: Cache, tmp_path: Path) -> None:
    for key in "abc":
        cache.put(key, key.encode())
    today = Cache(tmp_path / "cache", made_by=("1",))
    today.get("b")
    today.get("d")

    today.keep_only(today.used)

    assert [today.get(key) for key in "abc"] == [None, b"b", None]
    assert len(list((tmp_path / "cache").iterdir())) == 1


def test_where_nothing_can_be_kept_nothing_fails(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be", encoding="utf-8")
    cache = Cache(tmp_path / "cache", made_by=())

    cache.put("a", b"first")
    cache.keep_only(set())

    assert cache.get("a") is None
    assert "cannot be kept" in caplog.text
