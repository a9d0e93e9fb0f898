"""A Windows that stands in: registry, tasks, policies, firewall, as the program of the role ``windows`` asks them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from rempart_testing import powershell
from rempart_testing.powershell_run import Machine
from rempart_testing.powershell_values import Table

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
