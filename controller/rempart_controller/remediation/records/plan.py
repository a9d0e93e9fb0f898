"""The plan: which findings on which hosts are to be fixed, how, and what that would change."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from rempart_controller.remediation.records.signed_file import read_sealed, write_sealed
from rempart_core.model.parameter import Value
from rempart_core.signing.key import Key
from rempart_core.text import Text

SCHEMA = "rempart.plan/2"


@dataclass(frozen=True, slots=True)
class Step:
    """What check mode said of one task.

    Attributes:
        task: Its name.
        outcome: ``changed``, ``unknown`` (check mode can't tell), ``failed`` (in check mode: often because an earlier
            step was not really done) or ``refused`` (the fix itself says that it can't work here).
        message: Why it failed or can't be told.
        french: The same in French; ``""`` where it reads the same in every language.
        diff: What it would change, line by line, without secrets.
    """

    task: str
    outcome: str
    message: str = ""
    diff: tuple[str, ...] = ()
    french: str = ""

    @property
    def why(self) -> Text:
        """Return why it failed or can't be told, in both languages."""
        return Text(self.message, self.french or self.message)


@dataclass(frozen=True, slots=True)
class PlannedFix:
    """One finding that is to be fixed.

    Attributes:
        check: The check's id.
        role: The role that fixes it.
        title: The check's title, English and French.
        severity: The one in force.
        disruption: How much the fix disturbs; ``lockout`` can cut the way in.
        facts: Digest of the finding: the plan is stale where it is another one.
        items: The first failing things, for the reader.
        parameters: The values that the check was judged with.
        steps: What check mode said; empty where nothing would change.
        blocked: Why it will not be applied: a precondition that is not met; ``("", "")`` where it will.
        partly: What an undo can't bring back, English and French.
        beside: Parameter values of other checks that the fix reads, by check.
        manual: What a person does in its place, English and French.
    """

    check: str
    role: str
    title: tuple[str, str]
    severity: str
    disruption: str
    facts: str
    items: tuple[str, ...]
    parameters: dict[str, Value]
    steps: tuple[Step, ...] = ()
    blocked: tuple[str, str] = ("", "")
    partly: tuple[str, str] = ("", "")
    beside: dict[str, dict[str, Value]] = field(default_factory=dict)
    manual: tuple[str, str] = ("", "")

    @property
    def risky(self) -> bool:
        """Tell whether it can cut the way in: it is applied under a timer that undoes it."""
        return self.disruption == "lockout"

    @property
    def outlook(self) -> str:
        """Return what check mode foretells: ``change``, ``unknown`` or ``nothing``."""
        found = {step.outcome for step in self.steps}
        return "change" if "changed" in found else "unknown" if found else "nothing"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A finding that is not fixed by a plan, and why.

    Attributes:
        check: The check's id.
        title: Its title, English and French.
        severity: The one in force.
        kind: ``manual``, ``waived`` or ``left`` (the plan's own options leave it out).
        reason: Why, or what a person does; English and French.
    """

    check: str
    title: tuple[str, str]
    severity: str
    kind: str
    reason: tuple[str, str]


@dataclass(frozen=True, slots=True)
class PlannedHost:
    """What is planned for one host.

    Attributes:
        name: Its name in the inventory.
        group: Its group, for reports.
        platform: ``linux``, ``darwin``, ``windows``.
        system: The operating system.
        window: When it may be changed; ``""`` for any time.
        silent: Why nothing is known of it, English and French; ``""`` where it answered.
        fixes: What is to be fixed.
        left: What is not.
        unjudged: Checks that could not be judged.
        machine: The machine's own id, hashed: the plan is for no other; ``""`` where it has none.
        host_keys: Digest of the public keys by which its sshd is known; ``""`` where none were seen.
    """

    name: str
    group: str
    platform: str = ""
    system: str = ""
    window: str = ""
    silent: tuple[str, str] = ("", "")
    fixes: tuple[PlannedFix, ...] = ()
    left: tuple[LeftOut, ...] = ()
    unjudged: tuple[str, ...] = ()
    machine: str = ""
    host_keys: str = ""

    @property
    def applicable(self) -> tuple[PlannedFix, ...]:
        """Return the fixes that nothing blocks."""
        return tuple(fix for fix in self.fixes if not fix.blocked[0])

    @property
    def checks(self) -> frozenset[str]:
        """Return the checks whose fixes are planned."""
        return frozenset(fix.check for fix in self.fixes)


@dataclass(frozen=True, slots=True)
class FixPlan:
    """A plan.

    Attributes:
        id: Its id.
        created: UTC, ``2026-11-25T13:00:00Z``.
        author: Who made it: login name and host.
        inventories: The inventories, absolute.
        content: SHA-256 of the playbooks that it was made with: others would do what nobody has seen.
        checks_dirs: Folders of the user's own checks.
        hosts: The hosts.
        profile: The profile that was asked for; ``""`` for each host's own.
        role: The role that was asked for; ``""`` for each host's own.
        parameters: ``CHECK.NAME=VALUE`` texts of the command line.
        accept_lost: Accounts whose way in may be lost, as who made it has accepted.
    """

    id: str
    created: str
    author: str
    inventories: tuple[str, ...]
    content: str
    checks_dirs: tuple[str, ...] = ()
    hosts: tuple[PlannedHost, ...] = field(default_factory=tuple)
    profile: str = ""
    role: str = ""
    parameters: tuple[str, ...] = ()
    accept_lost: tuple[str, ...] = ()

    def fixes(self) -> Iterator[tuple[PlannedHost, PlannedFix]]:
        """Yield each fix with its host."""
        for host in self.hosts:
            for fix in host.fixes:
                yield host, fix


def write_plan(path: str, plan: FixPlan, key: Key) -> None:
    """Write a plan, signed.

    Args:
        path: The file.
        plan: The plan.
        key: What signs.

    Raises:
        RemediationError: It can't be written.
    """
    write_sealed(path, SCHEMA, json.loads(json.dumps(asdict(plan))), key)


def read_plan(path: str, key: Key) -> FixPlan:
    """Read a plan that was signed with a key: its shape is the one that it was written in.

    Args:
        path: The file.
        key: What must have signed it.

    Raises:
        UsageError: It is none, or it was changed.
    """
    body = read_sealed(path, SCHEMA, key)
    hosts = tuple(_read_host(one) for one in body.pop("hosts"))
    plan = FixPlan(**{name: _tuple(value) for name, value in body.items()})
    return replace(plan, hosts=hosts)


def _read_host(data: dict[str, Any]) -> PlannedHost:
    fixes = tuple(_read_fix(one) for one in data.pop("fixes"))
    left = tuple(LeftOut(**{name: _tuple(value) for name, value in one.items()}) for one in data.pop("left"))
    return PlannedHost(fixes=fixes, left=left, **{name: _tuple(value) for name, value in data.items()})


def _read_fix(data: dict[str, Any]) -> PlannedFix:
    steps = tuple(Step(**{name: _tuple(value) for name, value in one.items()}) for one in data.pop("steps"))
    parameters = data.pop("parameters")
    return PlannedFix(steps=steps, parameters=parameters, **{name: _tuple(value) for name, value in data.items()})


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
