"""Silence is not health: what a silent host left open counts, and one that answers again is told as that."""

from __future__ import annotations

import time

import pytest
from rempart_testing.run import BEGINNING, make_result, make_run, of_states, silent

from rempart_controller.commands import fleet as command
from rempart_controller.notification.message import compose
from rempart_core.error import UsageError
from rempart_core.model.check import Severity
from rempart_core.model.result import AppliedWaiver, State
from rempart_reports.views.drift_page import show_drift
from rempart_reports.views.fleet_history import show_fleet
from rempart_reports.views.history import show_history
from rempart_store.store import Store

CHECKS = [f"AAA-{number:02}" for number in range(20)]
DAY = 86_400


def night(number: int) -> int:
    return BEGINNING + number * DAY


def page(store: Store, number: int, language: str = "en") -> list[str]:
    return list(show_fleet(store.fleet(), night(number), language))


def test_what_a_silent_host_left_open_counts_with_its_age(small: Store) -> None:
    open_ = [make_result("AAA-01", State.FAIL, ["x"], severity=Severity.CRITICAL), make_result("AAA-02", State.PASS)]
    small.save([make_run("web", night(0), open_), of_states("db", night(0), {"AAA-01": State.PASS})])
    small.save([silent("web", night(3), ["AAA-01", "AAA-02"]), of_states("db", night(3), {"AAA-01": State.PASS})])
    web = {host.name: host for host in small.fleet()}["web"]
    assert (web.silent, web.open["critical"], web.counts["pass"]) == (True, 1, 0)
    lines = page(small, 3)
    row = next(line for line in lines if line.startswith("web"))
    assert row.split()[2] == "1"
    assert "(silent, 3 days ago)" in row
    assert lines[-1].endswith("silent: 1 · 1 critical (by the last answer of silent hosts: 1 critical)")
    assert "d’après la dernière réponse des machines sans réponse\u00a0: 1 critique" in page(small, 3, "fr")[-1]


@pytest.mark.parametrize("answered", [True, False])
def test_a_fleet_with_silent_hosts_never_ends_in_no_open_finding(small: Store, answered: bool) -> None:
    runs = [of_states("db", night(0), {"AAA-01": State.PASS})]
    small.save([*runs, of_states("web", night(0), {"AAA-01": State.PASS})] if answered else runs)
    small.save([silent("web", night(1), ["AAA-01"]), of_states("db", night(1), {"AAA-01": State.PASS})])
    for language, wrong in (("en", "No open finding"), ("fr", "Aucune non-conformité ouverte")):
        assert wrong not in "\n".join(page(small, 1, language))
    last = page(small, 1)[-1]
    assert "no open finding on the hosts that answered" in last
    assert ("never answered, nothing is known of them: 1" in last) == (not answered)
    row = next(line for line in page(small, 1) if line.startswith("web"))
    assert ("?" in row) == (not answered)
    small.save([of_states("web", night(2), {"AAA-01": State.PASS})])
    assert page(small, 2)[-1].endswith("No open finding.")


def test_a_host_that_never_answered_is_neither_compared_nor_without_findings(small: Store) -> None:
    runs = [of_states("db", night(0), {"AAA-01": State.PASS}), silent("web", night(0), ["AAA-01"])]
    small.save(runs)
    small.save([of_states("db", night(1), {"AAA-01": State.PASS}), silent("web", night(1), ["AAA-01"])])
    assert small.changes().compared == 1
    lines = list(show_history(small.history("web"), "en"))
    assert "Open findings (never answered, nothing is known of them)" in lines
    assert "Open findings (0)" in list(show_history(small.history("db"), "en"))


def test_the_first_answer_of_a_host_that_was_silent_is_not_twenty_worse(small: Store) -> None:
    small.save([silent("web", night(0), CHECKS), of_states("db", night(0), {"AAA-01": State.PASS})])
    small.save([of_states("web", night(1), dict.fromkeys(CHECKS, State.FAIL))])
    drift = small.changes()
    assert drift.returned == ("web",)
    assert {change.kind for change in drift.changes} == {"appeared"}
    assert not drift.worse
    message = compose(drift, Severity.LOW, "en")
    assert message is not None
    assert message.title == "Rempart: 1 host answers again"
    french = compose(drift, Severity.LOW, "fr")
    assert french is not None
    assert french.title == "Rempart\u00a0: 1 machine répond à nouveau"


def test_what_moved_while_a_host_was_silent_is_told_as_that(small: Store) -> None:
    small.save([of_states("web", night(0), dict.fromkeys(CHECKS, State.PASS))])
    small.save([silent("web", night(1), CHECKS)])
    small.save([of_states("web", night(2), dict.fromkeys(CHECKS, State.FAIL))])
    drift = small.changes()
    assert {change.kind for change in drift.changes} == {"after_silence"}
    assert drift.worse  # somebody has to look, all the same
    message = compose(drift, Severity.LOW, "en")
    assert message is not None
    assert message.title == "Rempart: 1 host answers again"
    assert "Changed while it was silent (20" in message.body
    assert not any(line.startswith("Worse") for line in show_drift(drift, "en"))
    assert "Answer again (1)" in list(show_drift(drift, "en"))


def test_a_host_that_answers_again_as_it_was_is_told_and_nothing_is_worse(small: Store) -> None:
    small.save([of_states("web", night(0), {"AAA-01": State.FAIL})])
    small.save([silent("web", night(1), ["AAA-01"])])
    small.save([of_states("web", night(2), {"AAA-01": State.FAIL})])
    drift = small.changes()
    assert (drift.changes, drift.returned, drift.worse) == ((), ("web",), False)
    message = compose(drift, Severity.LOW, "en")
    assert message is not None
    assert "web" in message.body


def test_a_waiver_that_ended_in_the_silence_waives_no_more(small: Store) -> None:
    waiver = AppliedWaiver("old", "me", "2024-01-01")
    small.save([make_run("web", night(0), [make_result("AAA-01", State.FAIL, ["x"], waiver=waiver)])])
    small.save([silent("web", night(1), ["AAA-01"])])
    assert small.open_findings("web", "2023-12-31") == []
    (found,) = small.open_findings("web", "2024-01-02") or []
    assert found.check == "AAA-01"
    assert small.open_findings("nobody", "2024-01-02") is None


def test_a_day_to_come_is_refused() -> None:
    now = int(time.time())
    today = time.strftime("%Y-%m-%d", time.gmtime(now))
    end_of_day = (now // DAY + 1) * DAY - 1
    assert command._expect_past(today, end_of_day) == end_of_day
    for text, at in (("2999-01-01", end_of_day + 1), (f"{today}T23:59", now + 600)):
        with pytest.raises(UsageError, match="in the future"):
            command._expect_past(text, at)
