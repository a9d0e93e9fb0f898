"""What leaves a host to be compared is a digest; what another host's answers have led to, only their like can read."""

from __future__ import annotations

from typing import Any

import pytest

from rempart_reads.sealing import digest, seal, unseal

SEEN: list[Any] = [{"ansible_system": "Linux"}, [{"stdout": "ä", "rc": 0}]]


@pytest.mark.parametrize("value", [None, "", [], {"a": [1, "é"]}, ["x" * 1000]])
def test_who_has_seen_the_same_reads_it(value: Any) -> None:
    assert unseal("n", SEEN, seal("n", SEEN, value)) == value


def test_nobody_else_does() -> None:
    sealed = seal("n", SEEN, {"secret": "hunter2"})
    assert unseal("n", [*SEEN, []], sealed) is None
    assert unseal("m", SEEN, sealed) is None
    assert "hunter2" not in sealed


def test_a_digest_is_keyed_by_its_nonce_and_hangs_on_all_of_the_value() -> None:
    assert digest("n", {"a": 1, "b": 2}) == digest("n", {"b": 2, "a": 1})
    assert len({digest("n", SEEN), digest("m", SEEN), digest("n", SEEN[:1]), digest("n", [])}) == 4
