"""What is packed is unpacked, whichever way it was packed; what is damaged is refused."""

from __future__ import annotations

import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.packing import pack, unpack


@settings(max_examples=25, deadline=None)
@given(content=st.binary(max_size=300))
def test_what_is_packed_now_or_was_before_is_unpacked(content: bytes) -> None:
    assert unpack(pack(content)) == content
    assert unpack(zlib.compress(content)) == content


@pytest.mark.parametrize("packed", [pack(b"12.3" * 50)[:-5], zlib.compress(b"12.3")[:-5], b"12.3"])
def test_what_is_cut_short_or_was_never_packed_is_refused(packed: bytes) -> None:
    with pytest.raises(ValueError, match="not what was packed"):
        unpack(packed)
