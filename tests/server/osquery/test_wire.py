"""What comes over the wire has no shape until it was shown to have it."""

from __future__ import annotations

import json
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rempart_server.osquery.wire import (
    LONGEST,
    Unreadable,
    key_at_end,
    key_in_header,
    read_enrolment,
    read_key,
    read_written,
)

# distributed.cpp, serializeResults: queries, statuses (integers), messages, stats; utility.h, go: node_key last
WRITTEN = (
    b'{"queries":{"1.1.1":[{"name":"sshd","ok":""}],"1.1.2":[]},"statuses":{"1.1.1":0,"1.1.2":1},'
    b'"messages":{"1.1.1":"","1.1.2":"no such table: x"},'
    b'"stats":{"1.1.1":{"wall_time_ms":3,"user_time":1,"system_time":2,"memory":4096},"1.1.2":{}},"node_key":"k"}'
)
# tls_enroll.cpp, requestKey: platform_type is a text, host_details has one object for each of kEnrollHostDetails
ENROLMENT = (
    b'{"enroll_secret":"s","host_identifier":"4b8f","platform_type":"9","host_details":{'
    b'"os_version":{"name":"Debian GNU/Linux","platform":"debian","version":"13 (trixie)"},'
    b'"osquery_info":{"instance_id":"4b8f","uuid":"u2","version":"5.23.0"},'
    b'"system_info":{"hostname":"pc1","uuid":"u1","computer_name":"PC"},"platform_info":{"vendor":"x"}}}'
)


def test_what_osquery_writes_is_read() -> None:
    written = read_written(WRITTEN)
    assert written.queries == {"1.1.1": [{"name": "sshd", "ok": ""}], "1.1.2": []}
    assert written.statuses == {"1.1.1": 0, "1.1.2": 1}
    assert written.messages == {"1.1.2": "no such table: x"}
    assert written.stats["1.1.1"] == {"wall_time_ms": 3, "user_time": 1, "system_time": 2, "memory": 4096}
    assert not written.replaced
    assert read_key(WRITTEN) == "k"


def test_what_osquery_says_when_it_enrols_is_read() -> None:
    assert read_enrolment(ENROLMENT)._asdict() == {
        "secret": "s",
        "identifier": "4b8f",
        "name": "pc1",
        "uuid": "u1",
        "instance_id": "4b8f",
        "platform": "linux",
        "system": "Debian GNU/Linux 13 (trixie)",
        "version": "5.23.0",
    }


@pytest.mark.parametrize(
    ("mask", "platform"),
    [('"9"', "linux"), ('"21"', "darwin"), ('"2"', "windows"), ("9", "linux"), ("null", ""), ('"²"', "")],
)
def test_the_platform_is_that_of_osquery_s_mask(mask: str, platform: str) -> None:
    """PlatformType of osquery's platform.h: POSIX 1, Windows 2, Linux 8, macOS 16 (and BSD 4)."""
    body = ENROLMENT.replace(b'"9"', mask.encode())
    assert read_enrolment(body).platform == platform


@pytest.mark.parametrize("status", ["true", "null", '"0"', "0.0", "[]", "{}", "1e400"])
def test_a_status_that_is_no_integer_is_none(status: str) -> None:
    body = b'{"queries":{"1":[{"a":"b"}]},"statuses":{"1":%s}}' % status.encode()
    assert "1" not in read_written(body).statuses


@pytest.mark.parametrize(
    "rows", ["null", "{}", '""', "[1]", "[[]]", "[null]", '[{"a":1}]', '[{"a":null}]', '[{"a":"b"},{"a":{}}]']
)
def test_rows_that_are_no_objects_of_texts_are_no_rows(rows: str) -> None:
    body = b'{"queries":{"1":%s,"2":[{"a":"b"}]},"statuses":{"1":0,"2":0}}' % rows.encode()
    assert read_written(body).queries == {"1": None, "2": [{"a": "b"}]}


def test_bytes_that_are_no_utf8_are_replaced_and_said() -> None:
    """osquery hands on the bytes of a name as they are (fact 6)."""
    written = read_written(WRITTEN.replace(b"sshd", b"ssh\xff\xe9d"))
    assert written.queries["1.1.1"] == [{"name": "ssh��d", "ok": ""}]
    assert written.replaced


def test_of_two_members_of_one_name_the_last_counts() -> None:
    assert read_key(b'{"node_key":"old","queries":{},"node_key":"new"}') == "new"
    rows = read_written(b'{"queries":{"1":[{"a":"1","a":"2"}]},"statuses":{"1":0}}').queries
    assert rows == {"1": [{"a": "2"}]}


def test_a_nul_does_not_reach_a_database() -> None:
    body = rb'{"queries":{"1":[{"a\u0000":"b\u0000"}]},"statuses":{"1":1},"messages":{"1":"x\u0000"}}'
    written = read_written(body)
    assert written.queries == {"1": [{"a�": "b�"}]}
    assert written.messages == {"1": "x�"}
    assert read_enrolment(ENROLMENT.replace(b"pc1", rb"pc\u0000")).name == "pc�"


def test_names_are_cut() -> None:
    assert len(read_enrolment(ENROLMENT.replace(b"pc1", b"p" * 10_000)).name) == LONGEST


@pytest.mark.parametrize(
    "body", [b"", b"x", b"[]", b"1", b'"x"', b"null", b"[" * 100_000, b'{"queries":' + b"[" * 99_999]
)
def test_what_is_no_object_is_unreadable(body: bytes) -> None:
    for read in (read_written, read_enrolment, read_key):
        with pytest.raises(Unreadable):
            read(body)


def test_the_key_is_found_at_the_end_of_a_body_that_is_not_read() -> None:
    assert key_at_end(b'"node_key":"old"...\xff,"node_key":"new_-1"}') == "new_-1"
    assert key_at_end(b'..."node_key":"cut') == ""
    assert key_in_header("NodeKey abc") == "abc"
    assert key_in_header("Bearer abc") == ""
    assert key_in_header("") == ""


def _grown(body: bytes) -> int:
    tracemalloc.start()
    try:
        read_written(body)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_million_ids_are_not_built() -> None:
    ids = b",".join(b'"%d":[]' % number for number in range(1_200_000))
    body = b'{"queries":{%s},"statuses":{"7":0}}' % ids
    assert len(body) < 16 * 1024 * 1024
    assert _grown(body) < 4 * len(body)
    assert read_written(body).queries == {"7": []}
    with pytest.raises(Unreadable):
        read_written(b'{"queries":{},"statuses":{%s}}' % ids.replace(b"[]", b"0"))


def test_a_million_rows_are_no_rows() -> None:
    body = b'{"queries":{"1":[%s],"2":[]},"statuses":{"1":0,"2":0}}' % b",".join([b'{"a":"b"}'] * 1_200_000)
    assert _grown(body) < 4 * len(body)
    assert read_written(body).queries == {"1": None, "2": []}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=12,
)
BODY = st.fixed_dictionaries(
    {},
    optional={
        name: JSON | st.dictionaries(st.sampled_from(["1", "2"]), JSON, max_size=2)
        for name in ("queries", "statuses", "messages", "stats", "node_key", "enroll_secret", "host_details")
    },
)


def _expect_sound(body: bytes) -> None:
    try:
        written = read_written(body)
    except Unreadable:
        return
    for rows in written.queries.values():
        assert rows is None or all(
            isinstance(row, dict) and all(isinstance(one, str) for pair in row.items() for one in pair) for row in rows
        )
    assert all(type(status) is int for status in written.statuses.values())
    assert all(type(one) is int for stats in written.stats.values() for one in stats.values())


@given(st.binary(max_size=200))
@settings(max_examples=300, deadline=None)
def test_no_bytes_give_anything_but_what_is_sound(body: bytes) -> None:
    _expect_sound(body)
    _expect_sound(WRITTEN[: len(body)] + body + WRITTEN[len(body) :])
    for read in (read_key, read_enrolment):
        try:
            read(body)
        except Unreadable:
            pass


@given(BODY)
@settings(max_examples=300, deadline=None)
def test_no_json_gives_anything_but_what_is_sound(body: dict[str, object]) -> None:
    data = json.dumps(body).encode()
    _expect_sound(data)
    said = read_enrolment(data)
    assert all(isinstance(one, str) for one in said)
    assert isinstance(read_key(data), str)
