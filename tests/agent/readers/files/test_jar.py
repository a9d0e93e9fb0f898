"""One file out of an archive."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rempart_agent.readers.files import jar
from rempart_agent.source.contract import Denied
from rempart_agent.targets.root import RootTarget

RootOf = Callable[[Mapping[str, "str | bytes"]], RootTarget]
Deny = Callable[[RootTarget, str], None]


def _archive(content: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a/b", content)
    return made.getvalue()


def test_a_file_is_read_out_of_an_archive(root_of: RootOf, deny: Deny) -> None:
    target = root_of({"/x.jar": _archive(b"here"), "/y.jar": "no archive", "/z/": ""})
    assert jar.member(target, "/x.jar", "a/b") == b"here"
    assert jar.member(target, "/x.jar", "other") is None
    assert jar.member(target, "/y.jar", "a/b") is None
    assert jar.member(target, "/absent", "a/b") is None
    deny(target, "/x.jar")
    with pytest.raises(Denied):
        jar.member(target, "/x.jar", "a/b")


def test_no_more_is_unpacked_than_the_bound(root_of: RootOf) -> None:
    target = root_of({"/bomb.jar": _archive(bytes(64 << 20))})
    assert jar.member(target, "/bomb.jar", "a/b") == bytes(jar.MOST)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(), st.integers(0, 200), st.integers(0, 255))
def test_any_bytes_are_taken_or_are_no_archive(root_of: RootOf, data: bytes, place: int, byte: int) -> None:
    spoiled = bytearray(_archive(b"here"))
    spoiled[place % len(spoiled)] = byte
    for one in (data, bytes(spoiled), bytes(spoiled) + data):
        assert isinstance(jar.member(root_of({"/x.jar": one}), "/x.jar", "a/b"), (bytes, type(None)))
