"""Which hosts of a plan are changed: one that is silent, another machine or changed leaves the others whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from rempart_testing.run import BEGINNING, make_result, make_run, silent

from rempart_controller.commands.apply import _expect_some
from rempart_controller.remediation.execution.held_hosts import Openings, hold_met, hold_same
from rempart_controller.remediation.planning import draft
from rempart_controller.remediation.records.plan import PlannedFix, PlannedHost
from rempart_core.content.fixfile import Fix
from rempart_core.error import UsageError
from rempart_core.messages.message import as_is
from rempart_core.model.result import Evidence, Result, Run, State
from rempart_core.text import Text

FOUND = make_result("RMT-01", State.FAIL, ["x"])
FIX = PlannedFix("RMT-01", "remote_access", ("a", "b"), "high", "lockout", draft.facts_of(FOUND), (), {})


def keys(*bodies: str) -> Result:
    rows = [{"item": f"/etc/ssh/{body}.pub", "observed": f"ssh-ed25519 {body}", "ok": "1"} for body in bodies]
    return make_result(draft.HOST_KEYS, evidence=Evidence(rows, 0, 0, len(rows)))


def run(name: str, *others: Result, found: Result = FOUND, machine_id: str = "aa", key: str = "one") -> Run:
    return make_run(name, 0, [found, keys(key), *others], machine_id=machine_id)


def planned(name: str) -> PlannedHost:
    return PlannedHost(
        name, "servers", "linux", "Debian", fixes=(FIX,), machine="aa", host_keys=draft.host_keys_of(run(name))
    )


def names(hosts: Mapping[str, Run]) -> tuple[list[str], dict[str, str], dict[str, str]]:
    same, absent, moved = hold_same([planned(name) for name in hosts], hosts)
    return [one.name for one in same], {h.name: t.en for h, t in absent}, {h.name: t.en for h, t in moved}


def test_one_silent_one_changed_and_one_other_host_leave_the_others_whole_and_are_named() -> None:
    same, absent, moved = names(
        {
            "web": run("web"),
            "db": silent("db", 0, ["RMT-01"]),
            "moved": run("moved", found=make_result("RMT-01", State.FAIL, ["y"])),
            "mended": run("mended", found=make_result("RMT-01")),
            "reinstalled": run("reinstalled", machine_id="bb"),
            "spoofed": run("spoofed", key="two"),
            "mail": run("mail"),
        }
    )
    assert same == ["web", "mail"]
    assert set(absent) == {"db", "reinstalled", "spoofed"}
    assert absent["db"] == "it does not answer"
    assert "another machine than the planned one (machine id differs)" in absent["reinstalled"]
    assert "another machine than the planned one (host key differs)" in absent["spoofed"]
    assert set(moved) == {"moved", "mended"}
    assert "RMT-01" in moved["moved"]


def test_a_finding_that_others_have_changed_leaves_out_its_own_fix_and_no_other() -> None:
    second = make_result("IDL-01", State.FAIL, ["TMOUT: root"])
    fix = replace(FIX, check="IDL-01", facts=draft.facts_of(second))
    both = replace(planned("web"), fixes=(FIX, fix))
    now = run("web", make_result("IDL-01", State.FAIL, ["TMOUT: root", "TMOUT: theirs"]))
    (same,), absent, ((host, why),) = hold_same([both], {"web": now})
    assert [one.check for one in same.applicable] == ["RMT-01"]
    assert (absent, host) == ([], both)
    assert "have changed since the plan: IDL-01" in why.en
    assert (same.fixes[1].blocked, "RMT-01" in why.en) == ((why.en, why.fr), False)
    assert hold_same([both], {"web": run("web", second)}) == ([both], [], [])


@pytest.mark.parametrize("machine_id", ["", "a", "a9", "ab", "aaa"])
def test_another_id_is_another_machine_whatever_it_is(machine_id: str) -> None:
    assert set(names({"web": run("web", machine_id=machine_id)})[1]) == {"web"}


def test_another_host_key_is_another_machine_whatever_it_is() -> None:
    others = {name: run(name, key=name) for name in "abcdefgh"}
    assert len({draft.host_keys_of(one) < draft.host_keys_of(run("web")) for one in others.values()}) == 2
    assert set(names(others)[1]) == set(others)


def test_a_check_that_was_not_asked_again_is_not_as_it_was_found() -> None:
    same, absent, moved = names({"web": make_run("web", 0, [keys("one")], machine_id="aa")})
    assert (same, absent, list(moved)) == ([], {}, ["web"])
    assert "RMT-01" in moved["web"]


def test_a_machine_without_an_id_or_a_key_is_not_bound_by_it() -> None:
    bare = replace(planned("web"), machine="", host_keys="")
    assert hold_same([bare], {"web": run("web", machine_id="bb", key="two")})[0] == [bare]


def test_a_plan_of_which_nothing_is_as_it_was_is_stale() -> None:
    moved = [(planned("web"), Text("it is not as it was found (RMT-01)", "…"))]
    with pytest.raises(UsageError, match=r"the plan is outdated[\s\S]*web: it is not as it was found"):
        _expect_some([], [], moved, "en")
    _expect_some([planned("db")], [], moved, "en")
    _expect_some([], [(planned("db"), Text("it does not answer", "…"))], [], "en")


@pytest.mark.parametrize(("moved", "more"), [(3, ""), (20, ""), (23, "\n  - … and 3 more hosts")])
def test_of_many_hosts_that_have_moved_twenty_are_named(moved: int, more: str) -> None:
    with pytest.raises(UsageError) as error:
        _expect_some([], [], [(planned(f"h{number}"), Text("moved", "bougé")) for number in range(moved)], "en")
    shown = min(moved, 20)
    assert str(error.value).count(": moved") == shown
    assert str(error.value).endswith(f"h{shown - 1}: moved{more}")


def window(hours: int) -> str:
    begin = datetime.now(UTC) + timedelta(hours=hours)
    return f"{begin:%H:%M}-{begin + timedelta(hours=2):%H:%M}"


def test_the_window_is_that_of_the_inventory_in_force() -> None:
    read: list[dict[str, str]] = [{"web": window(5), "new": ""}]
    openings = Openings({"web": window(-1), "db": ""}, lambda: read[0], ignore=False)
    assert openings.closed("web").en == ""
    assert openings.closed("db").en == ""
    openings.refresh()  # somebody has closed the window, and taken a host out
    assert f"it may only be changed {read[0]['web']}" in openings.closed("web").en
    assert "it is no longer in the inventory" in openings.closed("db").en
    assert Openings(read[0], dict, ignore=True).closed("web").en == ""


def test_a_window_or_an_inventory_that_can_not_be_read_leaves_out_and_says_why() -> None:
    def fail() -> dict[str, str]:
        raise UsageError(as_is("the inventory hosts.ini does not exist"))

    openings = Openings({"web": "", "db": "some day"}, fail, ignore=False)
    assert 'rempart_window "some day"' in openings.closed("db").en
    assert openings.closed("web").en == ""
    openings.refresh()
    assert "cannot read the inventory again" in openings.closed("web").en
    assert "hosts.ini does not exist" in openings.closed("web").en


def test_a_host_outside_its_window_waits_and_says_why() -> None:
    far = (datetime.now(UTC) + timedelta(days=3)).strftime("%a")
    always, closed, either = "00:00-24:00", f"{far} 10:00-11:00", f"{far} 10:00-11:00, 00:00-24:00"
    windows = {window or "none": window for window in ("", always, closed, either)}
    hosts = [planned(name) for name in windows]
    ready, later = Openings(windows, dict, ignore=False).split(hosts)
    assert [one.name for one in ready] == ["none", always, either]
    assert [(one.name, why.en) for one, why in later] == [
        (closed, f"it may only be changed {closed} (--ignore-window)")
    ]
    assert Openings(windows, dict, ignore=True).split(hosts) == (hosts, [])


def pre(state: State) -> Result:
    return make_result("PRE-90", state, ["port 5432/tcp"])


PLAIN = PlannedFix("RMT-01", "remote_access", ("a", "b"), "high", "lockout", "00", (), {})
HOST = PlannedHost("web", "all", "linux", fixes=(PLAIN, replace(PLAIN, check="RMT-02")))
FIXES = {("RMT-01", "linux"): Fix("RMT-01", "linux", "remote_access", ("PRE-90",))}


def test_a_fix_whose_precondition_holds_no_more_when_it_is_applied_is_left_out() -> None:
    runs = {"web": make_run("web", BEGINNING, [pre(State.FAIL)])}
    ready, withheld = hold_met([HOST], runs, FIXES)
    assert [[fix.check for fix in host.applicable] for host in ready] == [["RMT-02"]]
    ((host, why),) = withheld
    assert host == HOST
    assert why.en.startswith("RMT-01 is left out: PRE-90 ")
    assert why.fr.startswith("RMT-01 est écarté\u00a0: PRE-90 ")
    alone = replace(HOST, fixes=(PLAIN,))
    ready, withheld = hold_met([alone], runs, FIXES)
    assert ready == []
    assert [host for host, _ in withheld] == [alone]


def test_what_the_plan_holds_is_applied_where_its_preconditions_still_hold() -> None:
    runs = {"web": make_run("web", BEGINNING, [pre(State.PASS)])}
    assert hold_met([HOST], runs, FIXES) == ([HOST], [])
    blocked = replace(HOST, fixes=(replace(PLAIN, blocked=("as planned", "comme prévu")), HOST.fixes[1]))
    assert hold_met([blocked], runs, FIXES) == ([blocked], [])
