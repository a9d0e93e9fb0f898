"""The store as its users see it, on SQLite and on PostgreSQL: saved, asked, migrated, refused."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from rempart_testing.run import BEGINNING, make_result, make_run, of_states, silent

from rempart_core.error import StoreError, UsageError
from rempart_core.model.check import Severity
from rempart_core.model.result import AppliedChange, AppliedWaiver, Run, State
from rempart_core.text import NOTHING, Text
from rempart_reports.views.drift_page import show_drift
from rempart_reports.views.history import show_history
from rempart_store import connection as connecting
from rempart_store.retention.forget import DAY, Retention
from rempart_store.schema.table import metadata
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


def test_the_fleet_on_a_day_is_that_of_that_day(store: Store) -> None:
    store.save([of_states("web", night(0), {"AAA-01": State.FAIL})])
    store.save([of_states("web", night(1), {"AAA-01": State.PASS}), of_states("db", night(1), {"AAA-01": State.FAIL})])
    assert [(host.name, host.counts["fail"]) for host in store.fleet(night(0))] == [("web", 1)]
    assert [(host.name, host.counts["fail"]) for host in store.fleet(night(1))] == [("db", 1), ("web", 0)]
    assert store.fleet(night(0) - 1) == []
    assert [host.name for host in store.changes(night(0)).new_hosts] == ["db"]


def test_the_history_of_a_check_is_that_of_each_host(store: Store) -> None:
    runs = [of_states(host, night(0), {"AAA-01": State.FAIL}) for host in ("web", "db")]
    store.save(runs)
    store.save([of_states("web", night(1), {"AAA-01": State.PASS})])
    found = store.history("aaa-01")
    assert (found.name, found.kind) == ("AAA-01", "check")
    assert [(s.host, s.state, s.until) for s in found.standings] == [
        ("db", State.FAIL, None),
        ("web", State.FAIL, night(1)),
        ("web", State.PASS, None),
    ]
    with pytest.raises(UsageError, match="did you mean AAA-01"):
        store.history("AAA-1")


def test_the_last_answer_is_told_of_one_and_of_all(store: Store) -> None:
    first = store.save([of_states("web", night(0), {"AAA-01": State.PASS})])
    second = store.save([silent("web", night(1), ["AAA-01"]), of_states("db", night(1), {"AAA-01": State.PASS})])
    assert (first, second) == (1, 2)
    last = store.last("web")
    assert last is not None
    assert (last.run, last.seen, last.answered, last.silent) == (2, night(1), night(0), True)
    assert store.last("nobody") is None
    assert sorted(store.lasts()) == ["db", "web"]
    run = store.run(2)
    assert (run.hosts, run.silent, run.counts["pass"], run.ended) == (2, 1, 1, night(1))
    with pytest.raises(UsageError, match="no run 9"):
        store.run(9)


def test_a_short_run_in_the_middle_of_a_long_one_hides_nothing_of_it(store: Store) -> None:
    first = {name: of_states(name, night(0), {"AAA-01": State.PASS}) for name in ("web", "db")}
    store.save(first.values())
    store.save([of_states("web", night(1) + 60, {"AAA-01": State.PASS})])
    begun = of_states("db", night(1), {"AAA-01": State.PASS}).started
    long = [
        of_states("db", night(1) + 10, {"AAA-01": State.FAIL}),
        of_states("web", night(1) + 99, {"AAA-01": State.FAIL}),
    ]
    store.save(run._replace(started=begun) for run in long)
    assert [change.now.host for change in store.changes().changes] == ["db", "web"]


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


def test_a_run_is_all_or_nothing(store: Store) -> None:
    store.save([of_states("web", night(0), {"AAA-01": State.PASS})])

    def runs() -> Iterator[Run]:
        for number in range(600):
            yield of_states(f"host-{number}", night(1), {"AAA-01": State.FAIL})
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.save(runs())
    assert [host.name for host in store.fleet()] == ["web"]
    assert len(store.runs()) == 1


def test_a_kill_in_the_middle_leaves_the_store_as_it_was(place: str, tmp_path: Path) -> None:
    with Store.open(place) as store:
        store.save([of_states("web", night(0), {"AAA-01": State.PASS})])
        before = (store.fleet(night(5)), store.standings(night(5), details=True), store.runs(), store.head())
    script = textwrap.dedent("""
        import os, signal, sys
        from rempart_testing.run import of_states
        from rempart_store.store import Store
        from rempart_controller.recording.user_key import load_key
        from rempart_core.model.result import State

        def runs():
            for number in range(600):  # more than two batches: some rows are written already
                yield of_states(f"host-{number}", int(sys.argv[2]), {"AAA-01": State.FAIL})
            print("half way", flush=True)
            os.kill(os.getpid(), signal.SIGKILL)

        with Store.open(sys.argv[1]) as store:
            store.save(runs(), key=load_key(sys.argv[3]))
    """)
    support = Path(__file__).parents[2] / "support"
    done = subprocess.run(
        [sys.executable, "-c", script, place, str(night(1)), str(tmp_path / "key.pem")],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": str(support)},
    )
    assert (done.returncode, done.stdout) == (-signal.SIGKILL, "half way\n"), done.stderr
    with Store.open(place) as store:
        assert (store.fleet(night(5)), store.standings(night(5), details=True), store.runs(), store.head()) == before
        assert store.save([of_states("web", night(2), {"AAA-01": State.FAIL})]) == 2


def test_what_an_endpoint_says_of_itself_can_not_harm_the_others(store: Store) -> None:
    evil = make_run("e\x00vil\ud800", night(0), [make_result("AAA-01", State.FAIL, ["a\x00\ud800b"])], group="\x00")
    evil = evil._replace(ended="never", started="", role="\x00", profile="\ud800")
    store.save([evil, of_states("web", night(0), {"AAA-01": State.PASS})])
    assert {host.name for host in store.fleet()} == {"e\ufffdvil\ufffd", "web"}


def test_the_migrations_make_the_tables_that_the_store_uses(store: Store) -> None:
    with connecting.begin(store._engine, write=False) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    folder = Path(connecting.__file__).parent / "migrations"
    assert ScriptDirectory(str(folder)).get_current_head() == connecting.HEAD


def test_a_store_of_an_older_version_is_renewed_and_keeps_what_it_has(place: str) -> None:
    with Store.open(place) as store:
        store.save([of_states("web", night(0), {"AAA-01": State.FAIL})])
        before = store.standings(details=True)
        with connecting.begin(store._engine, write=True) as connection:
            for statement in (
                "ALTER TABLE endpoint DROP COLUMN listed",
                "ALTER TABLE pending DROP COLUMN absent",
                "DROP TABLE delivery",
                "DROP TABLE forgotten",
                "UPDATE alembic_version SET version_num = '0001'",
            ):
                connection.exec_driver_sql(statement)
    with pytest.raises(StoreError, match="upgrades it"):
        Store.open(place, create=False)
    with Store.open(place) as store:
        assert store.standings(details=True) == before
        assert store.save([of_states("web", night(1), {"AAA-01": State.PASS})]) == 2


def test_a_store_of_a_newer_version_is_refused(place: str) -> None:
    with Store.open(place) as store, connecting.begin(store._engine, write=True) as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    for create in (True, False):
        with pytest.raises(StoreError, match="newer version"):
            Store.open(place, create=create)


def test_a_database_of_something_else_is_refused(place: str) -> None:
    if "://" not in place:
        os.makedirs(os.path.dirname(place))
        subprocess.run(
            [
                sys.executable,
                "-c",
                "import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute('CREATE TABLE t (x)')",
                place,
            ],
            check=True,
        )
    else:
        engine = connecting._postgresql(place, 60.0)
        with engine.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE t (x integer)")
        engine.dispose()
    with pytest.raises(StoreError, match="not a database of Rempart"):
        Store.open(place)


def test_where_no_store_is_none_is_begun_unless_asked_for(tmp_path: Path) -> None:
    place = tmp_path / "nothing.db"
    with pytest.raises(UsageError, match="no store"):
        Store.open(str(place), create=False)
    assert not place.exists()
    place.write_bytes(b"this is no database at all, but a text that somebody keeps" * 40)
    with pytest.raises(StoreError, match="not a database"):
        Store.open(str(place))
    with pytest.raises(UsageError, match="PostgreSQL"):
        Store.open("mysql://user:secret@host/x")
    with pytest.raises(UsageError, match="directory"):
        Store.open(str(tmp_path))


def test_a_password_is_never_shown() -> None:
    with pytest.raises(StoreError) as caught:
        Store.open("postgresql://user:hunter2@127.0.0.1:1/x?connect_timeout=2")
    assert "hunter2" not in str(caught.value)
    assert "127.0.0.1" in str(caught.value)


def test_a_store_is_private_to_its_user(tmp_path: Path) -> None:
    place = tmp_path / "data/rempart.db"
    with Store.open(f"sqlite:///{place}") as store:
        store.save([of_states("web", night(0), {"AAA-01": State.PASS})])
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in place.parent.iterdir()}
    assert set(modes.values()) == {0o600}
    assert "rempart.db" in modes
    assert stat.S_IMODE(place.parent.stat().st_mode) == 0o700


def test_old_history_is_forgotten_and_what_stands_is_not(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time", lambda: float(night(100)))
    store.save(
        [
            of_states("web", night(0), {"AAA-01": State.FAIL, "AAA-02": State.FAIL}),
            of_states("gone", night(1), {"AAA-01": State.PASS}),
        ]
    )
    store.save([of_states("web", night(2), {"AAA-01": State.PASS, "AAA-02": State.FAIL})])
    store.save([of_states("web", night(95), {"AAA-01": State.PASS, "AAA-02": State.FAIL})])
    before = store.fleet(night(96))
    store.forget(Retention(history=50))
    assert [(s.check, s.state, s.since, s.failing_since) for s in store.history("web").standings] == [
        ("AAA-02", State.FAIL, night(0), night(0)),
        ("AAA-01", State.PASS, night(2), None),
    ]
    assert [run.number for run in store.runs()] == [3]
    assert store.last("gone") is None
    assert store.fleet(night(96)) == [host for host in before if host.name == "web"]
    assert [host.counts["pass"] for host in store.fleet(night(60))] == [1]  # as it stood then
    assert store.save([of_states("web", night(99), {"AAA-01": State.PASS})]) == 4


def test_what_a_change_did_is_told_and_a_later_audit_without_the_note_changes_nothing(store: Store) -> None:
    store.save([make_run("web", night(0), [make_result("AAA-01", State.FAIL, ["x"])])])
    mended = make_result("AAA-01", change=AppliedChange("c-1", "fixed", NOTHING, ("x: bad",)))
    store.save([make_run("web", night(1), [mended])])
    (change,) = store.changes().changes
    assert change.new is not None
    assert change.new.detail["change"] == {"id": "c-1", "outcome": "fixed"}
    assert "      fixed by change c-1" in show_drift(store.changes(), "en")
    store.save([make_run("web", night(2), [make_result("AAA-01")])])
    assert store.changes().changes == ()
    history = store.history("web")
    assert len(history.standings) == 2
    (told,) = [line for line in show_history(history, "fr") if "corrigé par le changement c-1" in line]
    assert "non conforme → conforme" in told


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
    assert "      rolled back: change c-1 was undone" in show_drift(store.changes(), "en")
    assert {one.check for one in store.standings()} == {"AAA-01", "AAA-02"}
