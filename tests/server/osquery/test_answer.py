"""What a node writes of one statement: anything but rows of texts is a failure."""

from __future__ import annotations

import pytest

from rempart_server.osquery.answer import Written, pack_rows, read_answer
from rempart_store.server.audit import ANSWERED, DENYLISTED, FAILED, UNUSABLE


@pytest.mark.parametrize(
    ("rows", "status", "expected"),
    [
        ([{"ok": "1"}], 0, ANSWERED),
        ([], 0, ANSWERED),
        (None, 0, UNUSABLE),
        ({"ok": "1"}, 0, UNUSABLE),
        ([["ok", "1"]], 0, UNUSABLE),
        ([{"ok": 1}], 0, UNUSABLE),
        ([{"ok": "1"}, {"ok": "1", "more": ""}], 0, UNUSABLE),
        ([{"ok": "1"}], None, UNUSABLE),
        ([{"ok": "1"}], "0", UNUSABLE),
        ([{"ok": "1"}], False, UNUSABLE),
        ([{"ok": "1"}], 1, FAILED),
        ([], 1, FAILED),
    ],
)
def test_only_rows_of_texts_with_status_0_are_an_answer(rows: object, status: object, expected: int) -> None:
    statuses = {} if status is None else {"a": status}
    assert read_answer(Written({"a": rows}, statuses, {}, {}), "a").status == expected


def test_an_id_without_rows_is_no_answer() -> None:
    assert read_answer(Written({}, {"a": 0}, {}, {}), "a").status == UNUSABLE


def test_what_osquery_refuses_is_known_by_its_word() -> None:
    said = "distributed query is denylisted"  # osquery, distributed.cpp: acceptWork
    answer = read_answer(Written({"a": []}, {"a": 1}, {"a": said}, {}), "a")
    assert answer == (DENYLISTED, said, b"[]")


def test_secrets_are_masked_before_anything_is_kept() -> None:
    rows = [{"cmdline": "mysql --password=hunter2hunter2", "name": "mysql"}]
    kept = read_answer(Written({"a": rows}, {"a": 0}, {}, {}), "a").rows
    assert b"hunter2" not in kept
    assert b"mysql" in kept


def test_half_a_character_does_no_harm() -> None:
    assert read_answer(Written({"a": [{"x": "\ud800"}]}, {"a": 0}, {}, {}), "a").rows == b'[{"x":"?"}]'


def test_what_is_written_again_is_masked_again_and_half_a_character_is_none() -> None:
    secret = [{"value": "postgresql://app:S3cr3tS3cr3t@db/app"}]
    plain = [{"value": "as it is on many a host"}]
    for _ in range(3):
        assert b"S3cr3t" not in pack_rows(secret)
        assert pack_rows(plain) == b'[{"value":"as it is on many a host"}]'
        assert pack_rows([{"value": "a\ud800"}]) == b'[{"value":"a?"}]'
