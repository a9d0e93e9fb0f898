"""A log proves itself: whole it is, and whatever is done to it is found."""

from __future__ import annotations

import hashlib
import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rempart_testing.people import a_server

from rempart_core.signing import dsse
from rempart_core.signing.canonical import canonicalise
from rempart_core.signing.key import Key, load_key
from rempart_server.log import record
from rempart_server.log_bundle import LogProof, verify_log, write_log
from rempart_store.server.event import read_last, stream_events


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, Key]:
    folder = tmp_path_factory.mktemp("log")
    with a_server(folder) as context:
        with context.store.writing() as connection:
            for name in ("ana", "ben", "cam", "dan"):
                record(connection, context, "admin", "user.add", name, role="viewer")
        out = io.BytesIO()
        with context.store.reading() as connection:
            write_log(out, stream_events(connection), *read_last(connection), context.key)
        return out.getvalue(), context.key


def verify(data: bytes, keys: tuple[str, ...] = (), head: str = "") -> LogProof:
    return verify_log(io.BytesIO(data), keys, head)


def said(proof: LogProof) -> str:
    return proof.fault.id if proof.fault else ""


def other_key(tmp_path: Path) -> Key:
    return load_key(str(tmp_path / "other.pem"))


def header(count: int, head: str, key: Key) -> bytes:
    return canonicalise(dsse.sign({"schema": "rempart.log/1", "events": count, "head": head}, key)) + b"\n"


def test_a_whole_log_is_whole(made: tuple[bytes, Key]) -> None:
    data, key = made
    proof = verify(data, (key.public,))
    assert (said(proof), proof.events, proof.keys) == ("", 4, (key.public,))
    assert proof.head == hashlib.sha256(data.splitlines()[-1]).hexdigest()


def test_a_head_that_was_noted_earlier_is_found(made: tuple[bytes, Key]) -> None:
    data, key = made
    second = hashlib.sha256(data.splitlines()[2]).hexdigest()
    assert verify(data, (key.public,), second).pinned == 2
    assert said(verify(data, (key.public,), "0" * 64)) == "server_log.head_gone"


def test_who_writes_all_of_it_anew_is_found_by_key_and_by_head(made: tuple[bytes, Key], tmp_path: Path) -> None:
    data, key = made
    head = verify(data).head
    with a_server(tmp_path) as context:
        with context.store.writing() as connection:
            record(connection, context._replace(key=other_key(tmp_path)), "admin", "user.add", "eve")
        out = io.BytesIO()
        with context.store.reading() as connection:
            write_log(out, stream_events(connection), *read_last(connection), other_key(tmp_path))
    assert said(verify(out.getvalue())) == ""
    assert said(verify(out.getvalue(), (key.public,))) == "server_log.other_key"
    assert said(verify(out.getvalue(), (), head)) == "server_log.head_gone"


def test_each_event_that_is_removed_moved_or_repeated_is_found(made: tuple[bytes, Key]) -> None:
    data, key = made
    first, *events = data.splitlines(keepends=True)
    for at in range(4):
        left = events[:at] + events[at + 1 :]
        assert said(verify(b"".join([first, *left])))
        # the server's own key does not help: the chain is broken inside, or ends in another head
        head = hashlib.sha256(left[-1][:-1]).hexdigest()
        proof = verify(b"".join([header(3, head, key), *left]), (), verify(data).head)
        assert said(proof)
    assert said(verify(b"".join([first, events[1], events[0], *events[2:]])))
    assert said(verify(b"".join([first, *events, events[-1]])))
    assert said(verify(b"".join(events)))
    assert said(verify(b"")) == "server_log.no_header"


def test_an_event_that_is_another_s_is_found(made: tuple[bytes, Key]) -> None:
    data, key = made
    first, *events = data.splitlines(keepends=True)
    signed = dsse.read(json.loads(events[1]))
    assert signed is not None
    forged = canonicalise(dsse.sign({**signed.statement, "actor": "nobody"}, key)) + b"\n"
    proof = verify(b"".join([first, events[0], forged, *events[2:]]), (key.public,))
    assert (said(proof), proof.line, proof.events) == ("server_log.follows", 4, 2)


@given(st.data())
def test_no_byte_is_free(made: tuple[bytes, Key], data: st.DataObject) -> None:
    whole, _ = made
    at = data.draw(st.integers(0, len(whole) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda one: one != whole[at]))
    assert said(verify(whole[:at] + bytes([byte]) + whole[at + 1 :]))


@given(st.binary(max_size=300))
def test_no_bytes_crash_it(data: bytes) -> None:
    assert said(verify(data))
