"""What is asked next, and how it is sent."""

from __future__ import annotations

from rempart_server.osquery.plan import Plan, next_ids, pack, read_who, unpack, wrap


def test_a_statement_is_sent_so_that_it_brings_one_row_more_than_the_limit_at_most() -> None:
    assert wrap("SELECT 1 -- why\n;") == "SELECT * FROM (SELECT 1 -- why\n) LIMIT 10001"


def test_who_answers_comes_first_whatever_sorts_the_ids() -> None:
    plan = Plan(tries={"aa": 1})
    out = next_ids(plan, 7, 12, ["aa", "bb"], "who")
    assert [out[id_] for id_ in sorted(out)] == ["who", "aa", "bb"]
    assert plan.tries == {"aa": 2, "bb": 1}
    assert unpack(pack(plan)) == plan
    plan.whys = {str(number): "x" * 90 for number in range(500)}
    assert unpack(pack(plan)) == plan
    assert len(pack(plan)) < 8_000


def test_root_is_told_by_its_number_and_windows_by_its_account() -> None:
    assert read_who({"uid": "0"}, "linux").privileged
    assert not read_who({"uid": "1000"}, "linux").privileged
    assert read_who({"uid": "18"}, "windows").privileged
    assert read_who({"uid": "1000", "elevated_token": "1"}, "windows").privileged
    assert not read_who({"uid": "0"}, "windows").privileged


def test_another_machine_is_one_of_another_uuid_or_another_database() -> None:
    who = read_who({"uuid": "A", "instance_id": "b"}, "linux")
    assert not who.is_other("a", "b")
    assert not who.is_other("", "")
    assert who.is_other("c", "b")
    assert who.is_other("a", "c")
