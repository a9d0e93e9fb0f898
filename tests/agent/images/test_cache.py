"""What is kept unpacked has a bound."""

from __future__ import annotations

from rempart_agent.images.cache import Cache


def test_the_least_recently_used_goes_first() -> None:
    cache: Cache[int, bytes] = Cache(30)
    for key in (1, 2, 3):
        cache.put(key, bytes([key]), 10)
    assert cache.get(1) == b"\x01"
    cache.put(4, b"\x04", 10)
    assert [cache.get(key) for key in (1, 2, 3, 4)] == [b"\x01", None, b"\x03", b"\x04"]


def test_the_newest_is_kept_even_where_it_alone_is_too_large() -> None:
    cache: Cache[int, bytes] = Cache(30)
    cache.put(1, b"1", 10)
    cache.put(2, b"2", 100)
    assert (cache.get(1), cache.get(2)) == (None, b"2")
    cache.clear()
    assert cache.get(2) is None
