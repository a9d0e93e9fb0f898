"""What machines showed: the newest answer of each host, and never more than it says."""

from __future__ import annotations

from pathlib import Path

from rempart_testing.run import make_result, make_run

from rempart_controller.organisation.live_results import LiveResults
from rempart_core.model.result import State
from rempart_store.store import Store

NOW = 1_790_000_000
DAY = 86_400


def test_of_several_runs_of_a_host_the_newest_counts() -> None:
    live = LiveResults(NOW)
    live.add_runs(
        [
            make_run("web-1", NOW - 3600, [make_result("DSK-01")]),
            make_run("web-1", NOW - 3 * DAY, [make_result("DSK-01", State.FAIL, ["/dev/sda1"])]),
        ]
    )
    ((row,),) = live.results.values()
    assert (row["state"], row["age_days"]) == ("pass", 0)


def test_a_host_that_did_not_answer_shows_nothing() -> None:
    silent = make_result("DSK-01", State.NOT_CHECKED, failure="silent")
    live = LiveResults(NOW)
    live.add_runs([make_run("web-1", NOW, [silent])])
    assert (live.results, live.hosts) == ({}, {})


def test_a_result_of_another_time_proves_nothing() -> None:
    live = LiveResults(NOW)
    odd = make_run("web-2", NOW, [make_result("DSK-01")])._replace(ended="yesterday")
    live.add_runs([make_run("web-1", NOW + 9 * DAY, [make_result("DSK-01")]), odd])
    assert all(int(str(row["age_days"])) > 3650 for rows in live.results.values() for row in rows)


def test_a_store_says_what_hosts_answered_last_and_no_organisation_among_them(tmp_path: Path) -> None:
    with Store.open(str(tmp_path / "s.db")) as store:
        failing = make_result("BKP-01", State.FAIL, ["backup"])
        own = make_run("Example", NOW - 3600, [make_result("ORG-01")], platform="organisation", kind="organisation")
        store.save([make_run("web-1", NOW - 2 * DAY, [make_result("DSK-01"), failing]), own], whole=True)
        live = LiveResults(NOW)
        live.add_store(store)
    assert list(live.hosts) == ["web-1"]
    found = {(row["check_id"], row["state"], row["age_days"], row["waived"]) for row in live.results["web-1"]}
    assert found == {("DSK-01", "pass", 2, 0), ("BKP-01", "fail", 2, 0)}


def test_an_answer_of_later_today_proves_nothing_yet() -> None:
    """A run says its time in UTC: what is hours ahead of us was not found yet, and a clock is off by minutes."""
    ages = []
    for ahead in (0, 600, 20 * 3600):
        live = LiveResults(NOW)
        live.add_runs([make_run("web-1", NOW + ahead, [make_result("DSK-01")])])
        ages.append(live.hosts["web-1"]["age_days"])
    assert ages == [0, 0, 10**6]
