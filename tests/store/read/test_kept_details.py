from __future__ import annotations

from types import SimpleNamespace

from rempart_store.read import kept_details
from rempart_store.read.kept_details import KeptDetails
from rempart_store.schema.fingerprint import pack


def _row(number: int) -> SimpleNamespace:
    return SimpleNamespace(digest=bytes([number]), content=pack(f'{{"revision": {number}}}'.encode()))


def test_what_was_read_once_is_the_same_object_and_memory_has_a_bound() -> None:
    kept = KeptDetails()
    assert kept.read(_row(1)) is kept.read(_row(1))
    assert kept.read(_row(2)) == {"revision": 2}
    kept._known = {bytes([0, n % 256, n // 256]): {} for n in range(kept_details._MOST)}
    kept.read(_row(3))
    assert len(kept._known) == 1
