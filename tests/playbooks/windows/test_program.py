"""The program of the role ``windows``, run by a stand-in for PowerShell on a Windows that stands in.

This holds what the program means to do: no act without a record, no undo of what others did, nothing that may cut the
way in without a guard. How Windows answers is another question, which nothing here can ask.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rempart_testing.powershell_values import Failure, Table
from rempart_testing.windows_pc import Crash, Key, Pc, value


@pytest.fixture
def pc(tmp_path: Path) -> Pc:
    return Pc(tmp_path / "c-1")


def test_an_act_is_done_recorded_and_taken_back_to_the_key_that_was_not_there(pc: Pc) -> None:
    before = json.dumps(pc.keys)
    done = pc.do("ONE-01", value("A::x", "DWord:1"), value("A::y", 'MultiString:["a", "b"]'))
    assert done["Changed"] is True
    assert pc.keys["software\\ours\\a"] == {"x": ("DWord", 1), "y": ("MultiString", ["a", "b"])}
    again = pc.do("ONE-01", value("A::x", "DWord:1"))
    assert again["Changed"] is False
    assert pc.undo(whatif=True)["acts"][0].startswith("back: registry SOFTWARE\\Ours\\A::y")
    assert pc.keys["software\\ours\\a"]["x"] == ("DWord", 1)
    result = pc.undo()
    assert result["left"] == []
    assert json.dumps(pc.keys) == before


def test_check_mode_writes_nothing_and_says_what_it_would(pc: Pc) -> None:
    done = pc.do("ONE-01", value("A::x", "DWord:1"), whatif=True)
    assert done["Changed"] is True
    assert done["Diff"]["before"] == "registry SOFTWARE\\Ours\\A::x = no key since SOFTWARE\\Ours"
    assert done["Diff"]["after"] == "registry SOFTWARE\\Ours\\A::x = DWord:1"
    assert pc.keys == {"software": {}, "system": {}}
    assert not pc.folder.exists()


def test_what_moved_since_stays_and_is_named_unless_it_is_forced(pc: Pc) -> None:
    pc.do("ONE-01", value("A::x", "DWord:1"), value("A::y", "DWord:1"))
    pc.keys["software\\ours\\a"]["x"] = ("DWord", 7)
    result = pc.undo()
    assert result["left"] == [
        "moved since: registry SOFTWARE\\Ours\\A::x is DWord:7; it was no key since SOFTWARE\\Ours"
    ]
    assert pc.keys["software\\ours\\a"] == {"x": ("DWord", 7)}
    assert pc.undo(force=True)["left"] == []
    assert pc.keys == {"software": {}, "system": {}}


def test_a_key_that_others_have_put_something_into_stays(pc: Pc) -> None:
    pc.do("ONE-01", value("A::x", "DWord:1"))
    pc.keys["software\\ours\\a"]["theirs"] = ("String", "z")
    pc.undo()
    assert pc.keys["software\\ours\\a"] == {"theirs": ("String", "z")}


def test_what_two_checks_ask_for_stays_until_both_are_undone(pc: Pc) -> None:
    pc.do("ONE-01", value("A::x", "DWord:1"))
    pc.do("TWO-01", value("A::x", "DWord:5", least=1, most=9))
    result = pc.undo("ONE-01")
    assert (result["acts"], result["left"]) == (["shared: registry SOFTWARE\\Ours\\A::x: TWO-01 needs it"], [])
    assert pc.keys["software\\ours\\a"]["x"] == ("DWord", 1)
    pc.undo("TWO-01")
    assert "software\\ours\\a" not in pc.keys


def test_an_act_that_does_not_hold_takes_back_all_of_its_check_and_says_why(pc: Pc) -> None:
    pc.keys["software\\ours"] = {}
    pc.keys["software\\ours\\b"] = {}
    pc.held.add(("software\\ours\\b", "y"))  # a policy that writes it back
    with pytest.raises(
        Failure, match=r"is taken back .*: registry SOFTWARE.*B::y is absent after it was set to DWord:1"
    ):
        pc.do("ONE-01", value("A::x", "DWord:1"), value("B::y", "DWord:1"))
    assert pc.keys == {"software": {}, "system": {}, "software\\ours": {}, "software\\ours\\b": {}}


def test_a_secret_is_taken_away_and_never_recorded(pc: Pc) -> None:
    pc.keys["software\\ours"] = {"password": ("String", "Hunter2!")}
    act = {"kind": "registry", "target": "SOFTWARE\\Ours::password", "wanted": "absent", "secret": True}
    done = pc.do("ONE-01", act)
    assert pc.keys["software\\ours"] == {}
    kept = (pc.folder / "acts.jsonl").read_text() + json.dumps(done)
    assert "Hunter2" not in kept
    assert pc.undo()["left"] == ["gone: registry SOFTWARE\\Ours::password: it was a secret, which is never recorded"]


@pytest.mark.parametrize("size", [1, 20, 60])
def test_a_line_that_was_torn_had_promised_nothing(pc: Pc, size: int) -> None:
    pc.do("ONE-01", value("A::x", "DWord:1"))
    path = pc.folder / "acts.jsonl"
    whole = path.read_bytes()
    line = whole.splitlines(keepends=True)[0].replace(b'"n": 1', b'"n": 2')
    path.write_bytes(whole + line[:size])
    pc.do("TWO-01", value("A::y", "DWord:2"))
    assert pc.undo()["left"] == []
    assert pc.keys == {"software": {}, "system": {}}


CUT = {
    "kind": "registry",
    "target": "SOFTWARE\\Policies\\Microsoft\\Windows\\WinRM\\Service::AllowBasic",
    "wanted": "DWord:0",
}


def test_what_may_cut_the_way_in_is_done_under_the_guard_alone(pc: Pc) -> None:
    with pytest.raises(Failure, match="no guard is armed: nothing was changed"):
        pc.do("RMT-05", CUT)
    assert pc.keys == {"software": {}, "system": {}}
    pc.do("USB-01", value("A::x", "DWord:1"))
    pc.run("Arm", program="text")
    assert (pc.folder / "program.ps1").read_text() == "text"
    assert pc.keys["software\\ours\\a"]["x"] == ("DWord", 1), "the trial of the guard undoes nothing"
    pc.do("RMT-05", CUT)
    pc.undo(by="timer")
    assert pc.keys == {"software": {}, "system": {}}
    assert pc.tasks == {}
    assert pc.run("Confirm")["Result"]["state"] == "undone"
    with pytest.raises(Failure, match="the change c-1 was rolled back"):
        pc.do("RMT-05", CUT)


def test_a_guard_that_does_not_run_is_none(pc: Pc) -> None:
    pc.task_runs = False
    with pytest.raises(Failure, match="does not run on this machine"):
        pc.run("Arm")
    assert pc.tasks == {}
    with pytest.raises(Failure, match="no guard is armed"):
        pc.do("RMT-05", CUT)


def test_a_confirmed_change_stays_and_its_guard_is_gone(pc: Pc) -> None:
    pc.run("Arm")
    pc.do("RMT-05", CUT)
    assert pc.run("Confirm")["Result"]["state"] == "open"
    assert pc.tasks == {}
    assert pc.keys["software\\policies\\microsoft\\windows\\winrm\\service"] == {"allowbasic": ("DWord", 0)}
    with pytest.raises(Failure, match="no guard is armed"):
        pc.do("RMT-05", {**CUT, "wanted": "DWord:1"})
    assert pc.undo()["left"] == []


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("writes", [1, 2, 3])
def test_after_a_crash_anywhere_the_guard_takes_all_back(pc: Pc, writes: int, after: bool) -> None:
    pc.keys["software\\ours"] = {"x": ("DWord", 5), "y": ("String", "as it was")}
    before = json.dumps(pc.keys, sort_keys=True)
    pc.run("Arm")
    acts = [
        {"kind": "registry", "target": "SOFTWARE\\Ours::x", "wanted": "DWord:1"},
        {"kind": "registry", "target": "SOFTWARE\\Ours::y", "wanted": "String:ours"},
        CUT,
    ]
    pc.live, pc.after = writes + 1, after
    with pytest.raises(Crash):
        pc.do("ONE-01", *acts)
    pc.live = 1_000_000
    pc.undo(by="timer")
    assert json.dumps(pc.keys, sort_keys=True) == before
    assert pc.tasks == {}


WAY = {"kind": "way", "ports": [5985]}
BLOCK = {"kind": "profile", "target": "Public.DefaultInboundAction", "wanted": "Block", "also": ["NotConfigured"]}


def test_the_firewall_refuses_only_behind_a_rule_that_lets_in_what_is_seen(pc: Pc) -> None:
    pc.run("Arm")
    pc.do("FWL-02", WAY, BLOCK)
    rule = pc.rules["rempart-way-in-tcp-5985"]
    assert (rule["LocalPort"], rule["Group"], rule["Direction"], rule["Action"]) == (
        ["5985"],
        "Rempart",
        "Inbound",
        "Allow",
    )
    assert pc.profiles["Public"]["DefaultInboundAction"] == "Block"
    pc.do("FWL-01", WAY)
    assert pc.undo("FWL-02")["acts"][-1].startswith("shared: rule rempart-way-in-tcp-5985: FWL-01")
    assert pc.profiles["Public"]["DefaultInboundAction"] == "Allow"
    assert pc.undo()["left"] == []
    assert pc.rules == {}


def test_where_nobody_is_seen_to_come_in_nothing_is_refused(pc: Pc) -> None:
    pc.run("Arm")
    pc.connected = {443}
    with pytest.raises(Failure, match="the way in is not known"):
        pc.do("FWL-02", WAY, BLOCK)
    pc.connected = {5985}
    pc.profiles["Public"]["AllowLocalFirewallRules"] = "False"
    with pytest.raises(Failure, match="ignore the machine's own rules"):
        pc.do("FWL-02", WAY, BLOCK)
    pc.profiles["Public"]["AllowLocalFirewallRules"] = "True"
    pc.rules["rempart-way-in-tcp-5985"] = Table(
        Direction="Inbound",
        Action="Block",
        Enabled="True",
        Protocol="TCP",
        LocalPort="5985",
        RemoteAddress="Any",
        Group="Rempart",
    )
    with pytest.raises(Failure, match="is not as Rempart made it"):
        pc.do("FWL-02", WAY, BLOCK)
    assert pc.profiles["Public"]["DefaultInboundAction"] == "Allow"


def test_the_lockout_comes_and_goes_with_its_threshold(pc: Pc) -> None:
    """Keys of the lockout are in the policy only while there is one: none is taken back alone, and none need be."""
    pc.run("Arm")
    pc.do(
        "ACC-05",
        {"kind": "policy", "target": "LockoutBadCount", "wanted": "5", "least": 1, "most": 10},
        {"kind": "policy", "target": "LockoutDuration", "wanted": "30", "least": 30, "most": 99999, "also": ["-1"]},
        {"kind": "policy", "target": "ResetLockoutCount", "wanted": "30", "least": 1, "most": 30},
    )
    assert (pc.policy["LockoutBadCount"], pc.hidden) == (5, {"LockoutDuration": 30, "ResetLockoutCount": 30})
    assert pc.undo()["left"] == []
    assert pc.policy["LockoutBadCount"] == 0


def test_an_audit_subcategory_is_set_and_taken_back_by_its_number(pc: Pc) -> None:
    before = dict(pc.audit)
    acts = [{"kind": "audit", "target": guid, "wanted": "3"} for guid in pc.audit]
    pc.do("LOG-01", *acts)
    assert set(pc.audit.values()) == {3}
    assert pc.do("LOG-01", *acts)["Changed"] is False
    assert pc.undo()["left"] == []
    assert pc.audit == before
    with pytest.raises(Failure, match="auditpol knows no subcategory"):
        pc.do("LOG-01", {"kind": "audit", "target": "{00000000-0000-0000-0000-000000000000}", "wanted": "3"})


def test_a_key_that_two_fixes_use_goes_with_the_last_of_them(pc: Pc) -> None:
    before = json.dumps(pc.keys)
    pc.do("SIX-01", value("A::x", "DWord:1"))
    pc.do("ONE-01", value("A::y", "DWord:1"))
    pc.undo("SIX-01")
    assert pc.keys["software\\ours\\a"] == {"y": ("DWord", 1)}
    assert pc.undo()["left"] == []
    assert json.dumps(pc.keys) == before


def test_a_fix_that_another_has_written_over_is_taken_back_after_that_one(pc: Pc) -> None:
    pc.do("SIX-01", value("A::x", "DWord:0"))
    before = json.dumps(pc.keys)
    pc.do("SIX-01", value("A::x", "DWord:1"))
    pc.do("ONE-01", value("A::x", "DWord:0"))
    pc.undo("SIX-01")
    assert json.dumps(pc.keys) == before
    assert not [one for one in pc.undo(whatif=True)["acts"] if one.startswith("moved")]
    assert pc.undo()["left"] == []
    assert pc.keys == {"software": {}, "system": {}}


def test_a_key_that_others_made_since_stays_though_one_of_ours_was_there(pc: Pc) -> None:
    pc.do("SIX-01", value("A::x", "DWord:1"))
    pc.undo("SIX-01")
    Key(pc, "").createsubkey("SOFTWARE\\Ours\\A")
    pc.do("ONE-01", value("A::y", "DWord:1"))
    assert pc.undo()["left"] == []
    assert pc.keys["software\\ours\\a"] == {}


NAMES = st.sampled_from(["A::x", "A::y", "A\\B::x"])
STEP = st.one_of(
    st.tuples(st.just("do"), st.sampled_from(["ONE-01", "TWO-01", "SIX-01"]), NAMES, st.integers(0, 2)),
    st.tuples(st.just("theirs"), st.sampled_from(["A::t", "A\\B::t", "C::t"]), st.integers(0, 9)),
    st.tuples(st.just("undo"), st.sampled_from(["ONE-01", "TWO-01", "SIX-01"])),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(begin=st.dictionaries(NAMES, st.integers(0, 2)), steps=st.lists(STEP, max_size=10))
def test_after_the_undo_it_is_as_if_only_the_others_had_been_there(
    tmp_path_factory: pytest.TempPathFactory, begin: dict[str, int], steps: list[tuple[Any, ...]]
) -> None:
    """Two machines with one life of others: on one the change is made, undone in part, and undone."""
    ours, theirs = Pc(tmp_path_factory.mktemp("o") / "c"), Pc(tmp_path_factory.mktemp("t") / "c")

    def put(pc: Pc, name: str, number: int) -> None:
        path, _, leaf = f"SOFTWARE\\Ours\\{name}".partition("::")
        Key(pc, "").createsubkey(path).setvalue(leaf, number, "DWord")

    for pc in (ours, theirs):
        for name, number in begin.items():
            put(pc, name, number)
    for kind, *what in steps:
        if kind == "do":
            ours.do(what[0], value(what[1], f"DWord:{what[2]}"))
        elif kind == "theirs":
            for pc in (ours, theirs):
                put(pc, what[0], what[1])
        elif ours.folder.exists():
            ours.undo(what[0])
    if ours.folder.exists():
        ours.undo()
        assert ours.undo()["left"] == []
    assert ours.keys == theirs.keys
