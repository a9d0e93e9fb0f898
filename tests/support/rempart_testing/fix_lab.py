"""The loop of each fix on real machines: broken, found, fixed, fixed again, undone."""

from __future__ import annotations

import ctypes
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from rempart_controller.remediation.ansible.event import Event
from rempart_controller.remediation.ansible.extra_vars import write_overlay
from rempart_controller.remediation.ansible.playbook import Access, Playbook
from rempart_testing import yaml_text
from rempart_testing.nspawn import Machine, World
from rempart_testing.sshd import make_key
from rempart_testing.ways_in import HASH, Ways, make_certificate

HERE = Path(__file__).resolve().parents[3]
CASES = HERE / "tests/lab/fixes"
PLAYBOOKS = HERE / "playbooks"
_CLONE_NEWNET = 0x40000000
_Answer = TypeVar("_Answer")

# What a package leaves behind when it is purged, and what is no part of the state: caches, our own records.
_RESIDUE = (
    "var/lib/rempart",
    "var/lib/dpkg",
    "var/lib/apt",
    "var/cache",
    "var/lib/systemd",
    "var/backups",
    "etc/ld.so.cache",
    "home/auditor/.ansible",
    "root/.ansible",
    "tmp/systemd-private-",  # of services that D-Bus starts and that end by themselves
)
# copies that their own programs keep, and old versions of ucf's lists
_RESIDUE_OF_PACKAGES = (
    *("etc/passwd-", "etc/group-", "etc/shadow-", "etc/gshadow-", "etc/subuid-", "etc/subgid-", "etc/.pwd.lock"),
    *("var/lib/ucf/hashfile.", "var/lib/ucf/registry."),
)
_TIMES_OF_PACKAGES = ("var/lib/ucf/hashfile", "var/lib/ucf/registry")


@dataclass(frozen=True, slots=True)
class Case:
    """How a finding is made, and how it is fixed.

    Attributes:
        check: The check.
        role: The role that fixes it.
        script: Shell commands that break it on a machine that runs.
        risky: Whether the fix can cut the way in.
        batch: Cases of one batch are broken, fixed and undone together on one machine.
        prepare: Shell commands for the machine's tree before it boots.
        parameters: Values of the check's parameters, where not the defaults.
        variables: Variables of the inventory that the fix needs.
        packages: Whether the fix installs packages, whose purge leaves traces.
        stays: Whether an undo can't bring the finding back, as the fix's ``partly`` says.
        leaves: Beginnings of paths that an undo does not bring back.
        times: Paths of which an undo brings back all but the time: their own program writes them.
        untested: Why the lab can't go through the loop; ``""`` where it does.
        way_in: Ways in that the fix closes, by name: scripts of sh that end with 0 where it is open, see ``ways_in``.
        no_way_in: Why the fix closes none that the lab could try; ``""`` where it does.
        variant: Tells apart the ways in which one check is fixed, each in a batch of its own; ``""`` for the first.
    """

    check: str
    role: str
    script: str = ""
    risky: bool = False
    batch: str = "main"
    prepare: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    variables: Mapping[str, Any] = field(default_factory=dict)
    packages: bool = False
    stays: bool = False
    leaves: tuple[str, ...] = ()
    times: tuple[str, ...] = ()
    untested: str = ""
    variant: str = ""
    way_in: Mapping[str, str] = field(default_factory=dict)
    no_way_in: str = ""


def read_cases(folder: Path = CASES) -> list[Case]:
    """Return all cases; a fix of ``fixes.yml`` without one is a mistake that the test of the playbooks finds."""
    found = []
    for file in sorted(folder.glob("*.yml")):
        for name, one in yaml_text.load_file(file).items():
            check, _, variant = name.partition(" ")
            disruption = read_check(check)["remediation"]["disruption"]
            risky = disruption == "lockout"
            words = {word: value for word, value in one.items() if word not in {"break", "leaves", "times"}}
            script = one.get("break", "")
            if "$HASH" in script:
                script = f"HASH='{HASH}'\n{script}"
            words |= {"script": script, "variant": variant}
            words |= {word: tuple(one.get(word, ())) for word in ("leaves", "times")}
            found.append(Case(check=check, role=file.stem, risky=risky, **words))
    return found


@cache
def read_check(check: str) -> dict[str, Any]:
    """Return the check file of an id, which is read once."""
    (file,) = (one for one in HERE.glob(f"checks/*/{check.lower()}-*.yaml") if not one.name.endswith(".test.yaml"))
    content: dict[str, Any] = yaml_text.load_file(file)
    return content


def read_fix(case: Case) -> dict[str, Any]:
    """Return what the fix of a case touches."""
    file = PLAYBOOKS / "roles" / case.role / "fixes.yml"
    touched: dict[str, Any] = yaml_text.load_file(file)[case.check]["linux"]
    return touched


@dataclass(slots=True)
class Loop:
    """What the loop of a batch came to; by check.

    Attributes:
        states: The states after each step: ``broken``, ``mended``, ``undone``.
        items: The failing items after each step.
        events: What Ansible said in each step: ``check``, ``apply``, ``again``.
        rows: What the undo of the recorded acts said, an act a row.
        differs: Files that are not, after the undo, as they were before the change.
        ways: Of each way in, after each step: ``open``, or what was said.
        told: By check and name what the trial of a way printed when all was fixed.
    """

    states: dict[str, dict[str, str]] = field(default_factory=dict)
    items: dict[str, dict[str, set[str]]] = field(default_factory=dict)
    reasons: dict[str, dict[str, str]] = field(default_factory=dict)
    events: dict[str, list[Event]] = field(default_factory=dict)
    rows: list[dict[str, Any]] = field(default_factory=list)
    differs: dict[str, str] = field(default_factory=dict)
    ways: dict[str, dict[str, dict[str, str]]] = field(default_factory=dict)
    told: dict[tuple[str, str], str] = field(default_factory=dict)

    def changed(self, step: str, check: str) -> list[str]:
        """Return the tasks of a fix that changed something in a step."""
        return [e.task for e in self.events[step] if e.check == check and e.outcome == "changed"]

    def did(self) -> set[str]:
        """Return the tasks that changed something, for whichever check: a folder that several need is made once."""
        return {e.task for e in self.events["apply"] if e.outcome == "changed"}

    def failed(self, step: str, check: str = "") -> list[str]:
        """Return what failed in a step."""
        wrong = {"failed", "unreachable"}
        return [f"{e.task}: {e.message}" for e in self.events[step] if e.outcome in wrong and check in {"", e.check}]


class FixLab:
    """One machine and its controller.

    Args:
        world: The network that the machine is on.
        folder: The controller's.
        machine: The machine.
        key: The private key that logs in.
        own: Further variables of the machine.
    """

    def __init__(self, world: World, folder: Path, machine: Machine, key: Path, own: Mapping[str, Any]) -> None:
        self._world = world
        self._folder = folder
        self.machine = machine
        (folder / "home/.ssh").mkdir(parents=True, mode=0o700)
        (folder / "home/.ssh/known_hosts").write_text(machine.known)
        variables = {
            "ansible_host": machine.address,
            "ansible_user": "auditor",
            "ansible_become": True,
            "ansible_ssh_private_key_file": str(key),
            "ansible_ssh_common_args": f"-o UserKnownHostsFile={folder}/home/.ssh/known_hosts",
            "rempart_role": "server",
            **own,
        }
        variables["rempart_parameters"] = {
            "PRV-01": {"allowed_admins": ["auditor"]},
            **own.get("rempart_parameters", {}),
        }
        self.inventory = folder / "inventory.json"
        self.inventory.write_text(json.dumps({"all": {"hosts": {machine.name: variables}}}))
        self.inventory.chmod(0o600)

    def audit(self, checks: Iterable[str], *options: str) -> dict[str, dict[str, Any]]:
        """Audit the machine, with further options, and return the results by check."""
        out = self._folder / "run.jsonl"
        words = [*self._world.inside, str(Path(sys.executable).parent / "rempart"), "audit", "-i", str(self.inventory)]
        words += ["--profile", "all", "--checks", ",".join(checks), "--json", str(out), "--quiet", *options]
        environment = os.environ | {"HOME": str(self._folder / "home")}
        environment.pop("SSH_AUTH_SOCK", None)
        done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False, timeout=180)
        assert done.returncode in {0, 1, 3}, done.stderr
        run = json.loads(out.read_text(encoding="utf-8"))
        return {result["check"]: result for result in run["results"]}

    def play(
        self, name: str, variables: Mapping[str, Any], *, check: bool = False, words: Sequence[str] = ()
    ) -> list[Event]:
        """Run a playbook on the machine; ``words`` are further ones of the command line."""
        overlay = write_overlay(str(self._folder), {self.machine.name: variables})
        access = Access([str(self.inventory), overlay], words)
        return within(
            self._world, lambda: list(Playbook(str(PLAYBOOKS / name), access, [self.machine.name], check=check))
        )


def within(world: World, work: Callable[[], _Answer]) -> _Answer:
    """Do something on the network of a world: what is begun by it, begins there."""

    def enter() -> _Answer:
        handle = os.open(f"/proc/{world.inside[2]}/ns/net", os.O_RDONLY)
        try:
            assert ctypes.CDLL(None, use_errno=True).setns(handle, _CLONE_NEWNET) == 0
        finally:
            os.close(handle)
        return work()

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(enter).result()


SOUND = """
useradd -m -s /bin/bash auditor
install -d -o auditor -g auditor -m 700 /home/auditor/.ssh
echo '{key}' > /home/auditor/.ssh/authorized_keys
chown auditor: /home/auditor/.ssh/authorized_keys
echo 'auditor ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/auditor
chmod 440 /etc/sudoers.d/auditor
systemctl enable -q ssh
"""


def make_loop(world: World, folder: Path, batch: str, cases: list[Case]) -> Loop:
    """Boot a machine for a batch, and go through the loop.

    Args:
        world: The network.
        folder: For what the controller keeps.
        batch: Name of the batch; it becomes the machine's.
        cases: Its cases.
    """
    folder.mkdir()
    key = make_key(folder / "key")
    prepare = SOUND.format(key=(folder / "key.pub").read_text().strip()) + "\n".join(one.prepare for one in cases)
    if "/etc/lab.pem" in prepare:
        prepare = f"cat > /etc/lab.pem <<'END'\n{make_certificate()}END\n{prepare}"
    machine = world.boot(f"fix-{batch}", prepare, size="1g")
    machine.connect()
    machine.await_boot()
    own = {name: value for one in cases for name, value in one.variables.items()}
    own["rempart_parameters"] = {one.check: dict(one.parameters) for one in cases if one.parameters}
    lab = FixLab(world, folder, machine, key, own)
    for one in cases:
        machine.run(one.script)
    loop = Loop()
    results = _note(loop, "broken", lab, cases)
    others = {check for one in cases for check in read_fix(one).get("values", [])} - results.keys()
    if others:
        results |= lab.audit(sorted(others))
    plan = {
        "change": f"lab-{batch}",
        "holder": "the lab",
        "safe": [{"id": one.check, "role": one.role} for one in cases if not one.risky],
        "risky": [{"id": one.check, "role": one.role} for one in cases if one.risky],
        "values": {check: result["parameters"] for check, result in results.items()},
    }
    ways = Ways(world, machine, folder / "home", {one.check: one.way_in for one in cases})
    loop.ways["broken"] = ways.try_all()
    before = machine.disk() | _read_rewritten(machine)
    loop.events["check"] = lab.play("apply.yml", plan, check=True)
    loop.events["apply"] = lab.play("apply.yml", plan)
    _note(loop, "mended", lab, cases)
    # as the product does: what a fresh audit has found fixed is kept, and no timer takes it back while ways are tried
    loop.events["finish"] = lab.play("finish.yml", plan)
    loop.ways["mended"] = ways.try_all(patience=400)
    loop.told = dict(ways.told)
    loop.events["again"] = lab.play("apply.yml", plan | {"change": f"lab-{batch}-again"})
    lab.play("finish.yml", plan | {"change": f"lab-{batch}-again"})
    loop.events["undo"] = lab.play("rollback.yml", plan)
    answers = [event.answer for event in loop.events["undo"]]
    loop.rows = [row for answer in answers for row in answer.get("rows", [])]
    _note(loop, "undone", lab, cases)
    residue = _RESIDUE + (_RESIDUE_OF_PACKAGES if any(one.packages for one in cases) else ())
    residue += tuple(path for one in cases for path in one.leaves)
    after = machine.disk() | _read_rewritten(machine)
    loop.ways["undone"] = ways.try_all()
    times = {path for one in cases for path in (*one.times, *(_TIMES_OF_PACKAGES if one.packages else ()))}
    loop.differs = _compare(before, after, residue, times)
    return loop


def _note(loop: Loop, step: str, lab: FixLab, cases: list[Case]) -> dict[str, dict[str, Any]]:
    results = lab.audit((one.check for one in cases), "--walk")
    loop.states[step] = {check: result["state"] for check, result in results.items()}
    loop.reasons[step] = {check: json.dumps(result.get("reason")) for check, result in results.items()}
    loop.items[step] = {
        check: {row["item"] for row in (result["evidence"] or {"rows": []})["rows"] if row["ok"] == "0"}
        for check, result in results.items()
    }
    return results


def _read_rewritten(machine: Machine) -> dict[str, str]:
    """Return what files hold that are written anew for one field, or by pam-auth-update with the same; no time."""
    names = "etc/passwd etc/shadow etc/group etc/gshadow etc/pam.d/common-* var/lib/pam/*"
    said = machine.run(f"cd /; for one in {names}; do echo $one f $(sha256sum < $one) $(stat -c '%u %a' $one); done")
    return {path: state for path, _, state in (line.partition(" ") for line in said.splitlines())}


def _compare(
    before: Mapping[str, str], after: Mapping[str, str], residue: tuple[str, ...], times: set[str]
) -> dict[str, str]:
    """Return what of a disk is another than before; of folders, links and some files the time does not count."""
    found = {}
    for path in sorted(before.keys() | after.keys()):
        old, new = before.get(path, "absent"), after.get(path, "absent")
        if old[:1] == new[:1] == "d":
            old, new = (" ".join(words.split()[2:4]) for words in (old, new))
        elif old[:1] == new[:1] == "l" or path in times:
            old, new = (" ".join(words.split()[1:4]) for words in (old, new))
        if old != new and not path.startswith(residue):
            found[path] = f"{old} → {new}"
    return found
