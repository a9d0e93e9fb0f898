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
from rempart_testing import powershell
from rempart_testing.powershell_run import Machine
from rempart_testing.powershell_values import Failure, Table

PROGRAM = powershell.program()


class Key:
    """A key of the registry, as Microsoft.Win32.RegistryKey; names are the same in any case."""

    def __init__(self, pc: Pc, path: str) -> None:
        self.pc, self.path = pc, path.lower()

    def close(self) -> None:
        pass

    def opensubkey(self, path: str, write: bool = False) -> Key | None:
        return Key(self.pc, path) if path.lower() in self.pc.keys else None

    def createsubkey(self, path: str) -> Key:
        parts = path.lower().split("\\")
        for end in range(1, len(parts) + 1):
            self.pc.keys.setdefault("\\".join(parts[:end]), {})
        return Key(self.pc, path)

    def deletesubkey(self, path: str, fail: bool) -> None:
        assert not self.pc.keys[path.lower()]
        del self.pc.keys[path.lower()]

    def getvaluenames(self) -> list[str]:
        return list(self.pc.keys[self.path])

    def getvaluekind(self, name: str) -> str:
        return self.pc.keys[self.path][name.lower()][0]

    def getvalue(self, name: str, otherwise: Any, options: str) -> Any:
        return self.pc.keys[self.path][name.lower()][1]

    def setvalue(self, name: str, value: Any, kind: str) -> None:
        self.pc.live -= 1
        if self.pc.live == 1 and not self.pc.after:
            raise Crash
        if (self.path, name.lower()) not in self.pc.held:
            self.pc.keys[self.path][name.lower()] = (kind, value)
        if self.pc.live == 1 and self.pc.after:
            raise Crash

    def deletevalue(self, name: str, fail: bool) -> None:
        self.pc.keys[self.path].pop(name.lower(), None)

    @property
    def valuecount(self) -> int:
        return len(self.pc.keys[self.path])

    @property
    def subkeycount(self) -> int:
        return sum(1 for key in self.pc.keys if key.startswith(self.path + "\\"))


class Crash(BaseException):
    """The power is gone: no handler of the program runs."""


class Pc:
    """A Windows: its registry, its scheduled tasks, and the folder of one change."""

    def __init__(self, folder: Path) -> None:
        self.keys: dict[str, dict[str, tuple[str, Any]]] = {"software": {}, "system": {}}
        self.held: set[tuple[str, str]] = set()
        self.tasks: dict[str, Table] = {}
        self.folder = folder
        self.task_runs = True
        self.live = 1_000_000  # values that can be written until the power is gone
        self.after = False  # it is gone right behind a write, not before it
        self.policy = {"MinimumPasswordLength": 0, "LockoutBadCount": 0}
        self.hidden = {"ResetLockoutCount": 10, "LockoutDuration": 10}
        self.audit = {"{0CCE9215-69AE-11D9-BED3-505054503030}": 1, "{0CCE922B-69AE-11D9-BED3-505054503030}": 0}
        self.rules: dict[str, Table] = {}
        self.profiles = {"Public": Table(DefaultInboundAction="Allow", AllowLocalFirewallRules="NotConfigured")}
        self.connected = {5985}

    def run(self, action: str, *, whatif: bool = False, **given: Any) -> Table:
        ansible = Table(Changed=False, Failed=False, Result=Table(), Diff=Table())
        machine = Machine(PROGRAM, self.cmdlets(), whatif)
        machine.properties["microsoft.win32.registry", "localmachine"] = Key(self, "")
        machine.properties["microsoft.win32.registryvalueoptions", "donotexpandenvironmentnames"] = "raw"
        values = {
            "check": "",
            "acts": "[]",
            "checks": "[]",
            "force": False,
            "by": "rollback",
            "seconds": 300,
            "program": "",
        }
        machine.set(ansible=ansible, folder=str(self.folder), change="c-1", **{**values, **given})
        machine.call(f"Invoke-{action}")
        return ansible

    def cmdlets(self) -> dict[str, Any]:
        def make_folder(machine: Machine, args: list[Any], named: Table, flow: list[Any]) -> list[Any]:
            if not machine.whatif:
                self.folder.mkdir(exist_ok=True)
            return []

        def register(machine: Machine, args: list[Any], named: Table, flow: list[Any]) -> list[Any]:
            self.tasks[named["TaskName"]] = Table(State="Ready")
            return []

        def start(machine: Machine, args: list[Any], named: Table, flow: list[Any]) -> list[Any]:
            if self.task_runs:
                self.run("Undo", by="timer")
            return []

        def unregister(machine: Machine, args: list[Any], named: Table, flow: list[Any]) -> list[Any]:
            self.tasks.pop(named["TaskName"], None)
            return []

        def nothing(machine: Machine, args: list[Any], named: Table, flow: list[Any]) -> list[Any]:
            return [Table()]

        return {
            **programs(self),
            **firewall(self),
            "new-folder": make_folder,
            "register-scheduledtask": register,
            "start-scheduledtask": start,
            "unregister-scheduledtask": unregister,
            "get-scheduledtask": lambda _machine, _args, named, _flow: [
                task for name, task in self.tasks.items() if name == named["TaskName"]
            ],
            "get-date": lambda *_: [Clock()],
            **dict.fromkeys(
                (
                    "new-scheduledtaskaction",
                    "new-scheduledtasktrigger",
                    "new-scheduledtaskprincipal",
                    "new-scheduledtasksettingsset",
                ),
                nothing,
            ),
        }

    def do(self, check: str, *acts: dict[str, Any], whatif: bool = False) -> Table:
        return self.run("Do", check=check, acts=json.dumps(acts), whatif=whatif)

    def undo(self, *checks: str, whatif: bool = False, force: bool = False, by: str = "rollback") -> Any:
        return self.run("Undo", checks=json.dumps(checks), whatif=whatif, force=force, by=by)["Result"]


def programs(pc: Pc) -> dict[str, Any]:
    """Return secedit and auditpol: keys of a lockout are exported while there is one; words are translated."""

    def secedit(machine: Machine, args: list[Any], named: Table, flow: list[Any]) -> list[Any]:
        path = args[args.index("/cfg") + 1]
        if args[0] == "/export":
            shown = pc.policy | (pc.hidden if pc.policy["LockoutBadCount"] else {})
            lines = ["[Unicode]", "Unicode=yes", "[System Access]", *(f"{key} = {one}" for key, one in shown.items())]
            Path(path).write_text("\n".join([*lines, 'NewAdministratorName = "Administrateur"', "[Version]"]))
        else:
            for line in Path(path).read_text().splitlines():
                key, found, number = line.partition(" = ")
                if found:
                    (pc.hidden if key in pc.hidden else pc.policy)[key] = int(number)
        machine.set(lastexitcode=0)
        return ["Die Aufgabe wurde abgeschlossen."]

    def auditpol(machine: Machine, args: list[Any], named: Table, flow: list[Any]) -> list[Any]:
        if args[0] == "/backup":
            lines = ["Nom d’ordinateur,Cible de stratégie,Sous-catégorie,GUID,Inclusion,Exclusion,Valeur"]
            lines += [f"PC7,Système,Ouverture de session,{guid},Succès,,{number}" for guid, number in pc.audit.items()]
            lines += [f"PC7,S-1-5-21-1-2-3-1001,Ouverture de session,{guid},Succès,,2" for guid in pc.audit]
            Path(args[1].removeprefix("/file:")).write_text("\n".join(lines))
        else:
            success, failure = (int(one.endswith("enable")) for one in args[2:])
            pc.audit[args[1].removeprefix("/subcategory:")] = success + 2 * failure
        machine.set(lastexitcode=0)
        return []

    return {"secedit.exe": secedit, "auditpol.exe": auditpol}


def firewall(pc: Pc) -> dict[str, Any]:
    """Return the firewall's cmdlets, and who is connected."""

    def make(machine: Machine, args: list[Any], named: Table, flow: list[Any]) -> list[Any]:
        assert named["Name"] not in pc.rules
        pc.rules[named["Name"]] = Table({**named, "LocalPort": named.get("LocalPort", "Any")})
        return []

    def remove(machine: Machine, args: list[Any], named: Table, flow: list[Any]) -> list[Any]:
        del pc.rules[named["Name"]]
        return []

    def change(machine: Machine, args: list[Any], named: Table, flow: list[Any]) -> list[Any]:
        pc.profiles[named["Name"]].update({key: one for key, one in named.items() if key != "Name"})
        return []

    return {
        "get-netfirewallrule": lambda _m, _a, named, _f: [pc.rules[named["Name"]]] if named["Name"] in pc.rules else [],
        "get-netfirewallportfilter": lambda _m, _a, _n, flow: flow,
        "get-netfirewalladdressfilter": lambda _m, _a, _n, flow: flow,
        "new-netfirewallrule": make,
        "remove-netfirewallrule": remove,
        "get-netfirewallprofile": lambda _m, _a, named, _f: (
            [pc.profiles[named["Name"]]] if "Name" in named else list(pc.profiles.values())
        ),
        "set-netfirewallprofile": change,
        "get-service": lambda *_: [Table(Status="Stopped")],
        "get-nettcpconnection": lambda _m, _a, named, _f: [Table()] if named["LocalPort"] in pc.connected else [],
    }


class Clock:
    def addseconds(self, seconds: int) -> Clock:
        return self


def value(name: str, wanted: str, **more: Any) -> dict[str, Any]:
    return {"kind": "registry", "target": f"SOFTWARE\\Ours\\{name}", "wanted": wanted, **more}


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
    with pytest.raises(Failure, match="the change c-1 is undone"):
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
