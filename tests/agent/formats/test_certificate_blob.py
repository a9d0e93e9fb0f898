"""Certificates as Windows keeps them."""

import random
import struct

import pytest

from rempart_agent.formats import certificate_blob
from rempart_agent.source.contract import Malformed, SourceError


def _property(number: int, data: bytes) -> bytes:
    return struct.pack("<3I", number, 1, len(data)) + data


SOUND = _property(3, b"h" * 20) + _property(32, b"DER") + _property(11, "name".encode("utf-16-le"))


def test_the_certificate_is_one_of_the_properties() -> None:
    assert certificate_blob.certificate(SOUND) == b"DER"


def test_properties_alone_are_no_certificate() -> None:
    assert certificate_blob.certificate(_property(3, b"h" * 20)) is None
    assert certificate_blob.certificate(b"") is None


@pytest.mark.parametrize("blob", [SOUND[:-1], SOUND[:40], SOUND + b"\0", _property(32, b"a") + _property(32, b"b")])
def test_a_blob_that_is_cut_off_or_holds_two_is_an_error(blob: bytes) -> None:
    with pytest.raises(Malformed):
        certificate_blob.certificate(blob)


def test_random_bytes_are_a_certificate_or_one_of_our_errors() -> None:
    source = random.Random(5)  # noqa: S311 - no secret
    for _ in range(2000):
        data = bytearray(SOUND)
        data[source.randrange(len(data))] = source.randrange(256)
        for blob in (bytes(data), source.randbytes(source.randrange(60))):
            try:
                found = certificate_blob.certificate(blob)
            except SourceError:
                continue
            assert found is None or found in blob
