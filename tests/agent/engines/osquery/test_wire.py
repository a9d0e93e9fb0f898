"""The protocol at its border: no bytes make anything but our own errors."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rempart_agent.channels.stream import Gone, Stream
from rempart_agent.engines.osquery import wire

FAR = time.monotonic() + 3600


class Bytes(Stream):
    """A stream that gives some bytes and ends, and keeps what is written."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.written = b""

    def read(self, size: int) -> bytes:
        if not self.data:
            raise Gone("the end")
        part, self.data = self.data[:size], self.data[size:]
        return part

    def write(self, data: bytes) -> None:
        self.written += data

    def peer(self) -> int | None:
        return None

    def close(self) -> None:
        """Nothing to let go of."""


def call(registry: str, item: str, request: Mapping[str, str]) -> list[dict[str, str]]:
    if item == "nope":
        raise LookupError("no such table")
    return [{"registry": registry, "item": item, **request}]


def asked(sql: str) -> bytes:
    stream = Bytes(b"")
    with pytest.raises(Gone):
        wire.Manager(stream).query(sql, FAR)
    return stream.written


# A whole answer to the first question of a connection: status 0 and the row {"a": "é"}.
ANSWER = (
    b"\x80\x01\0\x02\0\0\0\5query\0\0\0\1"
    b"\x0c\0\0\x0c\0\1\x08\0\1\0\0\0\0\x0b\0\2\0\0\0\2OK\0"
    b"\x0f\0\2\x0d\0\0\0\1\x0b\x0b\0\0\0\1\0\0\0\1a\0\0\0\2\xc3\xa9\0\0"
)


def test_a_whole_answer_is_taken_and_a_bad_text_in_it_too() -> None:
    assert wire.Manager(Bytes(ANSWER)).query("x", FAR).rows == [{"a": "é"}]
    assert wire.Manager(Bytes(ANSWER.replace(b"\xc3\xa9", b"\xc3\x28"))).query("x", FAR).rows == [{"a": "\ufffd("}]


@pytest.mark.parametrize("end", range(len(ANSWER)))
def test_no_part_of_an_answer_is_an_answer(end: int) -> None:
    with pytest.raises(Gone):
        wire.Manager(Bytes(ANSWER[:end])).query("x", FAR)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_no_damage_makes_anything_but_our_errors(data: st.DataObject) -> None:
    changed = bytearray(ANSWER)
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(changed) - 1))
        changed[place : place + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=6))
    try:
        reply = wire.Manager(Bytes(bytes(changed))).query("x", FAR)
    except (wire.WireError, Gone):
        return
    assert all(isinstance(k, str) and isinstance(v, str) for row in reply.rows for k, v in row.items())


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_break_the_serving_side(data: bytes) -> None:
    stops: list[int] = []
    wire.serve(Bytes(data), call, lambda: stops.append(1))
    assert len(stops) < 2


def test_deep_nesting_is_no_end_of_the_process() -> None:
    nested = b"\x80\x01\0\x02\0\0\0\5query\0\0\0\1" + b"\x0c\0\x63" * 200_000
    with pytest.raises(wire.WireError):
        wire.Manager(Bytes(nested)).query("x", FAR)


def test_calls_are_answered_on_one_connection_until_it_ends() -> None:
    from osquery.extensions import Extension
    from thrift.protocol.TBinaryProtocol import TBinaryProtocol
    from thrift.transport.TTransport import TMemoryBuffer

    questions = TMemoryBuffer()
    client = Extension.Client(TBinaryProtocol(questions))
    client.send_ping()
    client.send_call("table", "rempart_a", {"action": "generate"})
    client.send_call("table", "nope", {})
    client.send_shutdown()
    stream, stops = Bytes(questions.getvalue()), [0]
    wire.serve(stream, call, lambda: stops.append(1))
    answers: Any = Extension.Client(TBinaryProtocol(TMemoryBuffer(stream.written)))
    assert answers.recv_ping().code == 0
    assert answers.recv_call().response == [{"registry": "table", "item": "rempart_a", "action": "generate"}]
    refused = answers.recv_call()
    assert (refused.status.code, refused.status.message, refused.response) == (1, "no such table", [])
    answers.recv_shutdown()
    assert stops == [0, 1]


def test_each_question_has_a_number_of_its_own() -> None:
    stream = Bytes(ANSWER)
    manager = wire.Manager(stream)
    manager.query("x", FAR)
    with pytest.raises(Gone):
        manager.query("y", FAR)
    assert b"query\0\0\0\1" in stream.written
    assert b"query\0\0\0\2" in stream.written
    assert asked("é").endswith("é".encode() + b"\0")
