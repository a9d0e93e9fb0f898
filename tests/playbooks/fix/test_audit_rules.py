"""Audit rules that fixes declare: what a drop-in says, what is left out, the lock, and what loading them comes to."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from playbooks.fix.root import Root
from rempart_fix import systemd
from rempart_fix.effects import run_effect
from rempart_fix.place import Place
from rempart_fix.resolve import audit_rules
from rempart_fix.resolve.audit_rules import Seen

FOLDER = "/etc/audit/rules.d"
_CALLS = {("chmod", "b64"), ("chmod", "b32"), ("stime", "b32"), ("open", "b32"), ("openat", "b64"), ("execve", "b64")}
_LOAD = {"load": "audit_rules"}


def render(*events: str, **places: Seen) -> list[str]:
    """Return the rules of events; a place that is not given is a file of root."""

    def see(path: str) -> Seen:
        return places.get(path.rpartition("/")[2], Seen(path, path, folder=False))

    text = audit_rules.render("AUD-99", events, see, lambda call, arch: (call, arch) in _CALLS)
    head, *lines = text.splitlines()
    assert head == "# Rempart, AUD-99"
    return lines


def test_calls_of_one_kind_become_one_rule_and_those_that_the_machine_lacks_none() -> None:
    events = [f"call={call} arch={arch} people=1000" for call in ("chmod", "open", "stime") for arch in ("b64", "b32")]
    assert render(*events) == [
        "-a always,exit -F arch=b64 -S chmod -F auid>=1000 -F auid!=unset -F key=rempart-aud-99",
        "-a always,exit -F arch=b32 -S chmod,open,stime -F auid>=1000 -F auid!=unset -F key=rempart-aud-99",
    ]
    assert render("call=openat arch=b64 people=1000 exit=-13") == [
        "-a always,exit -F arch=b64 -S openat -F exit=-EACCES -F auid>=1000 -F auid!=unset -F key=rempart-aud-99"
    ]
    assert render("call=execve arch=b64 where=uid!=euid,auid!=unset,a0=0") == [
        "-a always,exit -F arch=b64 -S execve -C uid!=euid -F auid!=unset -F a0=0 -F key=rempart-aud-99"
    ]


def test_a_link_is_watched_itself_and_where_it_leads() -> None:
    leads = Seen("/etc/link", "/usr/lib/real", folder=False)
    assert render("perm=wa file=/etc/link", link=leads) == [
        "-w /usr/lib/real -p wa -k rempart-aud-99",
        "-w /etc/link -p wa -k rempart-aud-99",
    ]
    assert render("perm=wa link=/etc/link", link=leads) == ["-w /etc/link -p wa -k rempart-aud-99"]
    (rule,) = render("perm=x people=1000 file=/etc/link", link=leads)
    assert "-F path=/usr/lib/real -F perm=x" in rule
    (rule,) = render(
        "perm=r people=500 below=/var/log/audit", audit=Seen("/var/log/audit", "/var/log/audit", folder=True)
    )
    assert rule.startswith("-a always,exit -F dir=/var/log/audit -F perm=r -F auid>=500 -F auid!=unset ")


def test_what_would_end_the_load_is_left_out_and_named() -> None:
    """A rule for a folder that is gone ends the load, and the rules after it with it."""
    gone = Seen("", "", folder=False)
    assert render("perm=wa file=/no/where", where=gone) == ["# left out: /no/where"]
    assert render("perm=x people=1 file=/a b") == ["# left out: /a b"]
    assert render("perm=x people=1 file=/a\u0301") == ["# left out: /a\\u0301"]
    loose = Seen("/home/eve/x", "/home/eve/x", folder=False, firm=False)
    assert render("perm=x people=1 file=/home/eve/x", x=loose) == ["# left out: /home/eve/x"]
    assert render("perm=wa file=/home/eve/x", x=loose) == ["-w /home/eve/x -p wa -k rempart-aud-99"]
    assert not audit_rules.is_event("perm=wa file=/a\n-D")
    assert not audit_rules.is_event("call=chmod arch=b64 where=auid=0 -k x")


def test_a_folder_that_others_write_is_not_firm(root: Root) -> None:
    root.write("/srv/open/tool", "", 0o4755)
    root.write("/srv/shut/tool", "", 0o4755)
    root.path("/srv/open").chmod(0o1777)
    for folder in (root.top, root.path("/srv"), root.path("/srv/shut")):
        folder.chmod(0o755)
    events = [f"perm=x people=1000 file=/srv/{one}/tool" for one in ("open", "shut")]
    root.fix({"check": "AUD-12", "audit_rules": {"events": events}})
    text = root.read(f"{FOLDER}/40-rempart-aud-12.rules")
    assert "# left out: /srv/open/tool\n" in text
    assert "-F path=/srv/shut/tool " in text


@pytest.mark.parametrize(
    ("others", "failure", "lines"),
    [
        ({}, 1, ["-e 2"]),
        ({}, 2, ["-f 2", "-e 2"]),
        ({"9-a.rules": "-f 0\n", "10-b.rules": "-f 2\n"}, 1, ["-e 2"]),
        ({"10-b.rules": "-f 2\n", "99-a.rules": "-f 0\n"}, 1, ["-f 1", "-e 2"]),
        ({"10-b.rules": "-f2\n"}, 2, ["-e 2"]),
    ],
    ids=str,
)
def test_the_lock_never_lowers_what_the_kernel_does(
    root: Root, others: dict[str, str], failure: int, lines: list[str]
) -> None:
    for name, text in others.items():
        root.write(f"{FOLDER}/{name}", text)
    fix = {"check": "AUD-13", "audit_rules": {"lock": True, "failure": failure}}
    root.fix(fix)
    assert root.read(f"{FOLDER}/zzz-rempart-aud-13.rules").splitlines() == ["# Rempart, AUD-13", *lines]
    assert not root.fix(fix)[0]["changed"]


def _answer(monkeypatch: pytest.MonkeyPatch, said: dict[str, tuple[int, str]]) -> list[str]:
    ran: list[str] = []

    def run(place: Place, asked: list[str], timeout: float = 120, stdin: bytes | None = None) -> tuple[int, str]:
        ran.append(" ".join(asked))
        return said.get(" ".join(asked), (0, ""))

    monkeypatch.setattr(Place, "run", run)
    return ran


def test_rules_are_loaded_where_the_kernel_takes_them(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(Place, "at", lambda _, path: str(tmp_path / path[1:]))
    place = Place("c-1", base=str(tmp_path))
    ran = _answer(monkeypatch, {"auditctl -s": (0, "enabled 1\nfailure 1\n")})
    assert run_effect(_LOAD, place).word == "done"
    assert ran[-1] == "augenrules --load"
    ran = _answer(monkeypatch, {"auditctl -s": (0, "enabled 2\n")})  # augenrules ends with 0 and does nothing
    done = run_effect(_LOAD, place)
    assert (done.word, done.why[0]) == ("nothing", "the rules are locked: the next start loads those on disk")
    assert "augenrules --load" not in ran


@pytest.mark.parametrize(
    "said",
    [
        (1, "Error - audit support not in kernel\n"),
        (255, "Error sending status request (Operation not permitted)\n"),  # what auditctl says in a container
    ],
    ids=str,
)
def test_a_fix_fails_where_no_audit_subsystem_answers(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, said: tuple[int, str]
) -> None:
    ran = _answer(monkeypatch, {"auditctl -s": said})
    done = run_effect(_LOAD, Place("c-1", base=str(tmp_path)))
    assert done.word == "failed"
    assert done.why[0] == f"no audit subsystem answers: {said[1]}"
    assert "augenrules --load" not in ran


@pytest.mark.parametrize(
    ("head", "by_hand"),
    [
        ("## This file is automatically generated from /etc/audit/rules.d\n-w /etc/gone -p wa\n", False),
        ("## First rule\n-D\n-b 8192\n", False),  # as a package brings it, in both places
        ("-D\n-w /etc/own -p wa\n", True),
    ],
    ids=("generated", "package", "by hand"),
)
def test_rules_that_somebody_writes_by_hand_are_not_replaced(
    root: Root, monkeypatch: pytest.MonkeyPatch, head: str, by_hand: bool
) -> None:
    """augenrules puts what rules.d holds into the place of audit.rules, whoever wrote that."""
    root.write("/etc/audit/audit.rules", head)
    root.write(f"{FOLDER}/audit.rules", "-D\n-b 8192\n")
    ran = _answer(monkeypatch, {"auditctl -s": (0, "enabled 1\n")})
    place = Place("c-1", base=str(root.base))
    monkeypatch.setattr(Place, "at", lambda _, path: str(root.path(path)))
    done = run_effect(_LOAD, place)
    assert (done.word, "augenrules --load" in ran) == (("failed", False) if by_hand else ("done", True))


@pytest.mark.parametrize(
    ("status", "newer", "due"), [("enabled 2", False, False), ("enabled 1", False, True), ("enabled 2", True, True)]
)
def test_a_reboot_is_due_until_the_kernel_has_locked_what_lies_on_disk(
    root: Root, monkeypatch: pytest.MonkeyPatch, status: str, newer: bool, due: bool
) -> None:
    _answer(monkeypatch, {"auditctl -s": (0, f"{status}\nfailure 1\n")})
    monkeypatch.setattr(systemd, "boot", lambda _: "one")
    root.write("/proc/stat", f"cpu 1\nbtime {int(time.time()) + (-100 if newer else 100)}\n")
    root.write(f"{FOLDER}/zzz-rempart-aud-13.rules", "# Rempart, AUD-13\n-e 2\n", 0o600)
    command = {"check": "AUD-13", "commands": [{"command": "reboot", "locked": True}]}
    (done,) = root.fix(command)
    assert [act["target"] for act in done["acts"]] == ["reboot"] * due


def test_a_reboot_follows_a_lock_that_is_written_now(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    _answer(monkeypatch, {"auditctl -s": (0, "enabled 2\n")})
    monkeypatch.setattr(systemd, "boot", lambda _: "one")
    root.write("/proc/stat", f"cpu 1\nbtime {int(time.time()) + 100}\n")
    lock = {"audit_rules": {"lock": True, "failure": 1}, "commands": [{"command": "reboot", "locked": True}]}
    (done,) = root.fix({"check": "AUD-13", **lock})
    assert [act["target"] for act in done["acts"]][-1] == "reboot"
