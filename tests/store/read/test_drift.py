"""What changed since a run: what got worse comes first, and each change is told once."""

from __future__ import annotations

from rempart_testing.run import BEGINNING, make_result, make_run, of_states, silent

from rempart_core.model.check import Severity
from rempart_core.model.result import AppliedChange, AppliedWaiver, State
from rempart_core.text import NOTHING, Text
from rempart_reports.views.drift_page import show_drift
from rempart_reports.views.history import show_history
from rempart_store.retention.forget import DAY
from rempart_store.store import Store

NIGHT = DAY


def night(number: int) -> int:
    return BEGINNING + number * NIGHT


def test_drift_names_what_got_worse_first_and_since_when(store: Store) -> None:
    store.save([of_states("web", night(0), {"AAA-01": State.PASS, "AAA-02": State.FAIL, "AAA-03": State.FAIL})])
    worse = make_result("AAA-01", State.FAIL, ["port 23"], severity=Severity.CRITICAL)
    rest = [make_result("AAA-02", State.PASS), make_result("AAA-03", State.ERROR, failure="denied")]
    store.save([make_run("web", night(1), [worse, *rest])])
    drift = store.changes()
    assert [(c.kind, c.now.check, c.regression) for c in drift.changes] == [
        ("worse", "AAA-01", True),
        ("unseen", "AAA-03", False),
        ("better", "AAA-02", False),
    ]
    assert drift.worse
    assert drift.changes[0].now.detail["evidence"]["rows"][0]["item"] == "port 23"
    assert drift.changes[1].now.failing_since == night(0)  # nobody has seen it fixed


def test_more_failing_items_are_worse_and_fewer_are_better(store: Store) -> None:
    def save(at: int, first: list[str], second: list[str]) -> None:
        results = [make_result("AAA-01", State.FAIL, first), make_result("AAA-02", State.FAIL, second)]
        store.save([make_run("web", at, results)])

    save(night(0), ["x"], ["p", "q"])
    save(night(1), ["x", "y"], ["q"])
    changes = {change.now.check: change for change in store.changes().changes}
    assert (changes["AAA-01"].kind, changes["AAA-01"].appeared) == ("worse", ("y",))
    assert (changes["AAA-02"].kind, changes["AAA-02"].gone) == ("better", ("p",))
    assert changes["AAA-01"].now.failing_since == night(0)


def test_measured_values_alone_are_no_change(store: Store) -> None:
    for number, age in enumerate(("3 days", "4 days")):
        row = {"item": "backup", "observed": age, "expected": "young", "ok": "0"}
        result = make_result("AAA-01", State.FAIL, ["backup"])
        assert result.evidence is not None
        store.save([make_run("web", night(number), [result._replace(evidence=result.evidence._replace(rows=[row]))])])
    assert store.changes().changes == ()
    assert len(store.history("web").standings) == 1


def test_what_went_back_in_between_is_no_change_since_then(store: Store) -> None:
    for number, state in enumerate((State.PASS, State.FAIL, State.PASS)):
        store.save([of_states("web", night(number), {"AAA-01": state})])
    assert store.changes(night(0)).changes == ()
    assert [change.kind for change in store.changes(night(1)).changes] == ["better"]


def test_a_waiver_that_comes_is_drift_and_closes_the_finding(store: Store) -> None:
    finding = make_result("AAA-01", State.FAIL, ["x"])
    store.save([make_run("web", night(0), [finding])])
    waiver = AppliedWaiver("ticket 1", "A. Martin", "2027-01-01")
    store.save([make_run("web", night(1), [finding._replace(waiver=waiver)])])
    (change,) = store.changes().changes
    assert change.kind == "waiver"
    (host,) = store.fleet()
    assert (host.counts["fail"], host.counts["waived"], sum(host.open.values())) == (1, 1, 0)


def test_a_silent_host_is_not_checked_and_forgets_nothing(store: Store) -> None:
    store.save([of_states("web", night(0), {"AAA-01": State.FAIL, "AAA-02": State.PASS})])
    store.save([silent("web", night(1), ["AAA-01", "AAA-02"])])
    assert {one.state for one in store.standings()} == {State.NOT_CHECKED}
    (host,) = store.fleet()
    assert (host.silent, host.answered, host.seen) == (True, night(0), night(1))
    assert host.reason == Text("connection refused", "connexion refusée")
    assert host.counts["not_checked"] == 2
    drift = store.changes()
    assert ([one.name for one in drift.silent], drift.fallen_silent, drift.changes) == (["web"], ("web",), ())
    assert drift.worse
    store.save([of_states("web", night(2), {"AAA-01": State.FAIL, "AAA-02": State.FAIL})])
    drift = store.changes()
    assert drift.returned == ("web",)
    since = {one.check: one.failing_since for one in store.standings()}
    assert since == {"AAA-01": night(0), "AAA-02": night(2)}


def test_a_check_that_is_asked_no_more_ends_and_a_new_one_appears(store: Store) -> None:
    store.save([of_states("web", night(0), {"AAA-01": State.FAIL})])
    store.save([of_states("web", night(1), {"AAA-02": State.PASS})])
    assert {(c.kind, c.now.check) for c in store.changes().changes} == {
        ("appeared", "AAA-02"),
        ("disappeared", "AAA-01"),
    }
    assert [one.check for one in store.standings()] == ["AAA-02"]


def test_an_audit_of_some_checks_leaves_the_others_as_they_were(store: Store) -> None:
    store.save([of_states("web", night(0), {"AAA-01": State.FAIL, "AAA-02": State.PASS})])
    store.save([of_states("web", night(1), {"AAA-02": State.FAIL})], whole=False)
    assert {one.check: one.since for one in store.standings()} == {"AAA-01": night(0), "AAA-02": night(1)}
    (host,) = store.fleet()
    assert host.counts["fail"] == 2


def told(store: Store) -> list[tuple[str, str, str]]:
    return [(change.now.host, change.now.check, change.kind) for change in store.changes().changes]


def test_each_change_is_told_once_though_all_runs_are_of_one_second(store: Store) -> None:
    states = (State.PASS, State.PASS, State.FAIL, State.FAIL, State.PASS, State.PASS)
    kinds = []
    for number, state in enumerate(states):
        store.save([of_states(host, night(0), {"AAA-01": state}) for host in ("web", "db")])
        if number:
            kinds.append([kind for _, _, kind in told(store)])
    assert kinds == [[], ["worse", "worse"], [], ["better", "better"], []]
    assert [run.ended - night(0) for run in store.runs()] == [5, 4, 3, 2, 1, 0]
    assert [s.since - night(0) for s in store.history("web").standings] == [0, 2, 4]


def test_what_a_short_run_told_is_not_told_by_a_long_one_around_it(store: Store) -> None:
    hosts = ("web", "db", "mail")
    store.save([of_states(host, night(0), {"AAA-01": State.PASS}) for host in hosts])
    store.save([of_states("web", night(1) + 60, {"AAA-01": State.FAIL})])
    assert told(store) == [("web", "AAA-01", "worse")]
    begun = make_run("db", night(1), []).started
    long = [("db", 10, State.FAIL), ("web", 99, State.FAIL), ("mail", 70, State.PASS), ("new", 20, State.FAIL)]
    store.save(of_states(h, night(1) + at, {"AAA-01": s})._replace(started=begun) for h, at, s in long)
    assert told(store) == [("db", "AAA-01", "worse")]
    assert [host.name for host in store.changes().new_hosts] == ["new"]


def test_what_comes_late_tells_only_of_its_own_host(store: Store) -> None:
    store.save([of_states(host, night(0), {"AAA-01": State.PASS}) for host in ("web", "laptop", "old")])
    store.save([of_states("web", night(2), {"AAA-01": State.FAIL}), silent("laptop", night(2), ["AAA-01"])])
    store.save(
        [of_states("laptop", night(1), {"AAA-01": State.FAIL}), of_states("old", night(-1), {"AAA-01": State.FAIL})]
    )
    assert told(store) == [("laptop", "AAA-01", "worse")]
    assert store.changes().new_hosts == ()
    store.save([of_states("web", night(3), {"AAA-01": State.FAIL})])
    assert told(store) == []  # and it is told once


def test_what_a_change_did_is_told_and_a_later_audit_without_the_note_changes_nothing(store: Store) -> None:
    store.save([make_run("web", night(0), [make_result("AAA-01", State.FAIL, ["x"])])])
    fixed = make_result("AAA-01", change=AppliedChange("c-1", "fixed", NOTHING, ("x: bad",)))
    store.save([make_run("web", night(1), [fixed])])
    (change,) = store.changes().changes
    assert change.new is not None
    assert change.new.detail["change"] == {"id": "c-1", "outcome": "fixed"}
    assert "      fixed by change c-1" in show_drift(store.changes(), "en")
    store.save([make_run("web", night(2), [make_result("AAA-01")])])
    assert store.changes().changes == ()
    history = store.history("web")
    assert len(history.standings) == 2
    (told,) = [line for line in show_history(history, "fr") if "corrigé par le changement c-1" in line]
    assert "en échec → réussi" in told


def test_a_note_alone_is_no_change(store: Store) -> None:
    finding = make_result("AAA-01", State.FAIL, ["x"])
    store.save([make_run("web", night(0), [finding])])
    store.save([make_run("web", night(1), [finding._replace(change=AppliedChange("c-1", "not_applied"))])])
    assert store.changes().changes == ()
    (one,) = store.history("web").standings
    assert "change" not in one.detail


def test_an_undo_is_told_as_one(store: Store) -> None:
    store.save([make_run("web", night(0), [make_result("AAA-01"), make_result("AAA-02")])])
    undone = make_result("AAA-01", State.FAIL, ["x"], change=AppliedChange("c-1", "rolled_back"))
    store.save([make_run("web", night(1), [undone])], whole=False)
    assert "      change c-1 was rolled back" in show_drift(store.changes(), "en")
    assert {one.check for one in store.standings()} == {"AAA-01", "AAA-02"}


HOSTS = {"web-1": "lyon", "web-2": "lille", "db-1": "lyon"}


def test_drift_is_that_of_the_hosts_that_are_meant(small: Store) -> None:
    def save(at: int, state: State) -> None:
        runs = [of_states(name, at, {"AAA-01": state}, group=group) for name, group in HOSTS.items()]
        small.save([*runs, silent("mute", at, ["AAA-01"], group="lyon")] if state is State.FAIL else runs)

    save(BEGINNING, State.PASS)
    save(BEGINNING + 9, State.FAIL)
    assert small.groups() == HOSTS | {"mute": "lyon"}
    drift = small.changes(hosts={"web-1", "web-2"})
    assert [change.now.host for change in drift.changes] == ["web-1", "web-2"]
    assert (drift.compared, drift.silent, drift.fallen_silent, drift.new_hosts) == (2, (), (), ())
    drift = small.changes(hosts={"mute"})
    assert (drift.changes, [host.name for host in drift.new_hosts], drift.fallen_silent) == ((), ["mute"], ("mute",))
