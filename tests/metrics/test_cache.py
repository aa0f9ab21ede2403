"""Copies are given back as they were kept, or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from metrics.copies import Copies


@pytest.fixture
def copies(tmp_path: Path) -> Copies:
    """A folder that does not exist yet."""
    return Copies(tmp_path / "copies", made_by=("1",))


def test_what_was_kept_is_found_by_its_key_alone(copies: Copies, tmp_path: Path) -> None:
    copies.put("a", b"first")
    copies.put("b", b"")

    another = Copies(tmp_path / "copies", made_by=("1",))

    assert (another.get("a"), another.get("b"), another.get("c")) == (b"first", b"", None)


def test_what_another_maker_kept_is_not_found(copies: Copies, tmp_path: Path) -> None:
    copies.put("a", b"first")

    assert Copies(tmp_path / "copies", made_by=("2",)).get("a") is None


@pytest.mark.parametrize("place", [0, 40, -1])
def test_a_damaged_copy_is_as_good_as_none(
    copies: Copies, tmp_path: Path, place: int, caplog: pytest.LogCaptureFixture
) -> None:
    copies.put("a", b"a long enough text")
    [path] = (tmp_path / "copies").iterdir()
    written = bytearray(path.read_bytes())
    written[place] ^= 1
    path.write_bytes(bytes(written))

    assert copies.get("a") is None
    assert "is damaged; what it is a copy of is made again" in caplog.text


def test_what_is_not_wanted_any_more_is_removed(copies: Copies, tmp_path: Path) -> None:
    for key in "abc":
        copies.put(key, key.encode())
    today = Copies(tmp_path / "copies", made_by=("1",))
    today.get("b")
    today.get("d")

    today.keep_only(today.used)

    assert [today.get(key) for key in "abc"] == [None, b"b", None]
    assert len(list((tmp_path / "copies").iterdir())) == 1


def test_where_nothing_can_be_kept_nothing_fails(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "copies").write_text("a file where the folder should be", encoding="utf-8")
    copies = Copies(tmp_path / "copies", made_by=())

    copies.put("a", b"first")
    copies.keep_only(set())

    assert copies.get("a") is None
    assert "cannot be kept" in caplog.text
