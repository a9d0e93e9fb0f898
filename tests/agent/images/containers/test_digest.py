"""Digests."""

from __future__ import annotations

import hashlib

import pytest
from rempart_testing.container_images import Bytes, digest

from rempart_agent.images.containers.digest import Hashes, check_digest, hash_layer, verify
from rempart_agent.source.contract import Malformed

DATA = b"x" * 3_000_000


def test_bytes_that_match_pass_by_both_algorithms() -> None:
    for one in (digest(DATA), "sha512:" + hashlib.sha512(DATA).hexdigest()):
        assert check_digest(one) == one
        verify(Bytes(DATA), one)
        assert hash_layer(Bytes(DATA), one.partition(":")[0]) == one


def test_one_flipped_bit_is_an_error() -> None:
    changed = bytearray(DATA)
    changed[-1] ^= 1
    with pytest.raises(Malformed, match="layer: its bytes do not have the digest sha256:"):
        verify(Bytes(bytes(changed)), digest(DATA))


def test_each_of_several_digests_has_to_match() -> None:
    hashes = Hashes(digest(b"a"), "", digest(b"b"))
    hashes.update(b"a")
    with pytest.raises(Malformed, match=digest(b"b")):
        hashes.expect("layer")


@pytest.mark.parametrize(
    "text",
    ["", "sha256:", "md5:" + "0" * 32, "sha256:" + "0" * 63, "sha256:" + "A" * 64, "sha256:" + "/" * 64, "\x1b[2J"],
)
def test_what_proves_nothing_is_no_digest(text: str) -> None:
    with pytest.raises(Malformed) as error:
        check_digest(text)
    assert "\x1b" not in str(error.value)
