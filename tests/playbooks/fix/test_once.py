"""What is done once and can't be taken back: recorded with what was before and after, and an undo says so."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any

import pytest

from playbooks.fix.root import Root, words
from rempart_fix import change, systemd
from rempart_fix.commands import COMMANDS, restarts, start
from rempart_fix.place import Place

Said = tuple[int, str]


class Host(Root):
    """A host whose programs are scripted.

    Attributes:
        ran: What was run.
        does: What a program does, by the beginning of its words.
    """

    ran: list[str]
    does: dict[str, Callable[[list[str]], Said]]


@pytest.fixture
def host(root: Root, monkeypatch: pytest.MonkeyPatch) -> Host:
    made = Host(root.folder)
    made.ran, made.does = [], {}

    def run(place: Place, asked: list[str], timeout: float = 120, stdin: bytes | None = None) -> Said:
        said = " ".join(asked)
        made.ran.append(said)
        found = next((one for name, one in made.does.items() if said.startswith(name)), None)
        return found(asked) if found else (0, "")

    monkeypatch.setattr(Place, "run", run)
    return made


def _command(name: str, **more: Any) -> dict[str, Any]:
    return {"check": "ONE-01", "commands": [{"command": name, **more}]}


def _session(host: Host, name: str, hours: float, kind: str = "user") -> None:
    since = int((time.time() - hours * 3600) * 1e6)
    host.write(f"/run/systemd/sessions/{name}", f"UID=1000\nUSER=ann\nCLASS={kind}\nREALTIME={since}\n")


def test_sessions_of_people_that_are_too_old_end_and_do_not_come_back(host: Host) -> None:
    _session(host, "1", 30)
    _session(host, "2", 1)
    _session(host, "3", 30, "manager")
    host.write("/run/systemd/sessions/1.ref", "")

    def end(asked: list[str]) -> Said:
        host.path(f"/run/systemd/sessions/{asked[-1]}").unlink()
        return 0, ""

    host.does["loginctl terminate-session"] = end
    fix = _command("end_sessions", hours=12)
    (foretold,) = host.fix(fix, check_mode=True)
    assert host.path("/run/systemd/sessions/1").exists()
    (done,) = host.fix(fix)
    assert done["acts"] == foretold["acts"] == [{"kind": "command", "target": "session 1"}]
    (entry,) = host.journal().acts()
    assert entry.act["before"]["user"] == "ann"
    assert entry.act["after"] == {"there": False}
    assert not host.fix(fix)[0]["changed"]
    assert words(host.undo(dry=True)) == words(host.undo()) == [("session 1", "stays")]
    assert host.journal().state["state"] == "undone"


def test_a_command_that_fails_is_a_failed_fix_and_what_it_did_all_the_same_is_recorded(host: Host) -> None:
    _session(host, "1", 30)
    host.does["loginctl"] = lambda _: (1, "no such session")
    (done,) = host.fix(_command("end_sessions", hours=12))
    assert (done["failed"], done["acts"]) == (True, [])
    assert "no such session" in done["why"][0]

    def half(asked: list[str]) -> Said:
        host.path("/run/systemd/sessions/1").unlink()
        return 1, "broken pipe"

    host.does["loginctl"] = half
    (done,) = host.fix(_command("end_sessions", hours=12))
    assert done["failed"]
    assert words(host.undo()) == [("session 1", "stays")]


def test_what_ran_and_changed_nothing_is_no_act(host: Host) -> None:
    """Certbot decides what is due; a certificate that is not renewed was not changed."""
    host.write("/usr/bin/certbot", "", 0o755)
    host.write("/etc/letsencrypt/renewal/site.conf", "")
    host.path("/etc/letsencrypt/live/site").mkdir(parents=True)
    cert = host.path("/etc/letsencrypt/live/site/cert.pem")
    cert.symlink_to("../../archive/site/cert1.pem")
    (done,) = host.fix(_command("renew_certificates"))
    assert (done["changed"], done["failed"]) == (False, False)
    assert "certbot renew --non-interactive" in host.ran

    def renew(_: list[str]) -> Said:
        cert.unlink()
        cert.symlink_to("../../archive/site/cert2.pem")
        return 0, ""

    host.does["certbot renew"] = renew
    assert host.fix(_command("renew_certificates"))[0]["changed"]
    (entry,) = host.journal().acts()
    assert entry.act["before"] == {"/etc/letsencrypt/live/site/cert.pem": "../../archive/site/cert1.pem"}
    (row,) = host.undo()["rows"]
    assert row["word"] == "stays"
    assert "archive" in row["why"][0]


def test_it_is_not_done_again_where_the_rest_is_done_anew(host: Host) -> None:
    """Another check's fix is undone, and ours stays: a session that is old by now is not ended by that."""
    both = {"path": "/etc/app.conf", "create": True}
    one = {
        "check": "ONE-01",
        "lines": [{**both, "line": "one"}],
        "commands": [{"command": "end_sessions", "hours": 12}],
    }
    two = {"check": "TWO-01", "lines": [{**both, "line": "two"}]}
    host.fix(one, two)
    _session(host, "1", 30)
    host.undo("TWO-01")
    assert not [said for said in host.ran if said.startswith("loginctl")]
    assert host.read("/etc/app.conf") == "one\n"
    change.resume(host.place())
    assert [said for said in host.ran if said.startswith("loginctl")]


@pytest.mark.parametrize(
    ("sources", "word"),
    [("^,*,10.0.0.1,2,6,377,12,0,0,0\n", ""), ("^,?,10.0.0.1,0,6,0,12,0,0,0\n", "no source of time")],
)
def test_the_clock_is_set_only_by_a_service_that_has_a_source(
    host: Host, monkeypatch: pytest.MonkeyPatch, sources: str, word: str
) -> None:
    monkeypatch.setattr(
        systemd, "show", lambda _, unit: {"ActiveState": "active" if unit == "chrony.service" else "inactive"}
    )
    monkeypatch.setattr("rempart_fix.commands.clock._PATIENCE", -1)
    host.does["chronyc -n -c sources"] = lambda _: (0, sources)
    stepped = [0.0]
    monkeypatch.setattr("rempart_fix.commands.clock._see", lambda *_: {"at": stepped[0]})
    monkeypatch.setitem(COMMANDS, "set_clock", COMMANDS["set_clock"]._replace(see=lambda *_: {"at": stepped[0]}))  # type: ignore[index]

    def step(_: list[str]) -> Said:
        stepped[0] += 90
        return 0, ""

    host.does["chronyc makestep"] = step
    (done,) = host.fix(_command("set_clock"))
    assert word in done["why"][0]
    assert bool(stepped[0]) is (not word)
    assert words(host.undo()) == ([] if word else [("the clock, by chrony.service", "stays")])


@pytest.mark.parametrize(("age", "due"), [(3, []), (9, ["signatures of ClamAV"])])
def test_signatures_are_fetched_where_none_are_recent(host: Host, age: float, due: list[str]) -> None:
    file = host.write("/var/lib/clamav/daily.cvd", "old")
    os.utime(file, (0, time.time() - age * 86400))

    def fetch(_: list[str]) -> Said:
        file.write_text("newer")
        return 0, ""

    host.does["freshclam"] = fetch
    (done,) = host.fix(_command("fetch_signatures", days=7))
    assert [act["target"] for act in done["acts"]] == due


def test_services_whose_program_was_replaced_are_found_by_what_the_kernel_says(host: Host) -> None:
    known = {
        "10": ("/usr/sbin/cron (deleted)", "0::/system.slice/cron.service\n"),
        "11": ("/usr/sbin/nginx", "0::/system.slice/nginx.service\n"),
        "12": ("/usr/bin/python3.13 (deleted)", "0::/system.slice/system-my.slice/my@1.service\n"),
        "13": ("/usr/bin/bash (deleted)", "0::/user.slice/user-0.slice/session-1.scope\n"),
        "14": ("/memfd:runc (deleted)", "0::/system.slice/runc.service\n"),
        "15": ("/usr/bin/dbus-daemon (deleted)", "0::/system.slice/dbus.service\n"),
        "16": ("/usr/bin/python3.13 (deleted)", "0::/system.slice/rempart-c-1.service\n"),
    }
    for number, (program, group) in known.items():
        host.write(f"/proc/{number}/cgroup", group)
        host.path(f"/proc/{number}/exe").symlink_to(program)
    stale = ["cron.service", "dbus.service", "my@1.service", "rempart-c-1.service"]
    assert sorted(restarts.find_stale(str(host.path("/proc")))) == stale
    (done,) = host.fix(_command("restart_stale", but=["dbus", "systemd-"]), check_mode=True)
    assert [act["target"] for act in done["acts"]] == ["cron.service", "my@1.service"]


@pytest.mark.parametrize(
    ("up", "newer", "due"), [(100, False, False), (100, True, True), (40 * 86400, False, True)], ids=str
)
def test_a_reboot_is_due_where_something_came_after_the_start_or_it_was_long_ago(
    host: Host, monkeypatch: pytest.MonkeyPatch, up: int, newer: bool, due: bool
) -> None:
    began = int(time.time()) + (-100 if newer else 100)
    host.write("/proc/uptime", f"{up}.50 1.0\n")
    host.write("/proc/stat", f"cpu 1\nbtime {began}\n")
    host.write("/boot/vmlinuz-6.12", "kernel")
    boots = ["one"]
    monkeypatch.setattr(systemd, "boot", lambda _: boots[0])
    (done,) = host.fix(_command("reboot", days=30))
    assert [act["target"] for act in done["acts"]] == ["reboot"] * due
    if due:
        assert words(host.undo(dry=True)) == [("reboot", "back")]  # the play has not done it yet
        boots[0] = "two"
        assert words(host.undo()) == [("reboot", "stays")]
    assert start.REBOOT.later


def test_the_lists_are_as_old_as_the_oldest_and_are_fetched_before_the_rest(host: Host) -> None:
    host.write("/etc/os-release", "ID=debian\n")
    for name, days in (("a_InRelease", 1), ("b_InRelease", 20)):
        file = host.write(f"/var/lib/apt/lists/{name}", name)
        os.utime(file, (0, time.time() - days * 86400))

    def fetch(_: list[str]) -> Said:
        host.write("/var/lib/apt/lists/b_InRelease", "new")
        return 0, ""

    host.does["apt-get -q -o"] = fetch
    fix = {"check": "ONE-01", "lists": [{"days": 30}]}
    assert not host.fix(fix, check_mode=True)[0]["changed"]
    fix["lists"] = [{"days": 7}]
    assert host.fix(fix)[0]["changed"]
    assert not host.fix(fix)[0]["changed"]
    file = host.write("/var/lib/apt/lists/c_InRelease", "")
    assert host.fix(fix, check_mode=True)[0]["changed"], "an empty list looks fresh"
    host.does["apt-get -q -o"] = lambda _: (100, "E: The repository does not answer")
    (done,) = host.fix(fix)
    assert "does not answer" in done["why"][0]


def test_a_crash_between_intent_and_done_is_settled_by_what_is_seen(host: Host) -> None:
    """Killed while it ran: whether it happened tells what it would have changed."""
    _session(host, "1", 30)

    def die(_: list[str]) -> Said:
        host.path("/run/systemd/sessions/1").unlink()
        raise KeyboardInterrupt

    host.does["loginctl"] = die
    with pytest.raises(KeyboardInterrupt):
        host.fix(_command("end_sessions", hours=12))
    assert words(host.undo()) == [("session 1", "stays")]


def test_selinux_enforces_now_and_from_the_next_start_on_and_watches_again(host: Host) -> None:
    host.write("/sys/fs/selinux/enforce", "0")
    host.write("/etc/selinux/config", "SELINUX=permissive\nSELINUXTYPE=targeted\n")

    def enforce(asked: list[str]) -> Said:
        host.write("/sys/fs/selinux/enforce", asked[-1])
        return 0, ""

    host.does["setenforce"] = enforce
    fix = {"check": "KRN-03", "selinux": {"enforcing": True}, "apparmor": {"enforce": True}}
    (done,) = host.fix(fix)
    assert [act["kind"] for act in done["acts"]] == ["line", "selinux"]
    assert host.read("/sys/fs/selinux/enforce") == "1"
    assert host.read("/etc/selinux/config").startswith("SELINUX=enforcing\n")
    assert not host.fix(fix)[0]["changed"]
    assert {row["word"] for row in host.undo()["rows"]} == {"back"}
    assert host.read("/sys/fs/selinux/enforce") == "0"
    assert host.read("/etc/selinux/config").startswith("SELINUX=permissive\n")


def test_selinux_that_is_off_is_not_turned_on(host: Host) -> None:
    host.write("/etc/selinux/config", "SELINUX=disabled\n")
    assert host.fix({"check": "KRN-03", "selinux": {"enforcing": True}})[0]["acts"] == []


def test_profiles_that_only_complain_are_enforced_but_those_that_may_and_complain_again(host: Host) -> None:
    live = "/sys/kernel/security/apparmor/profiles"
    host.write(live, "man (enforce)\n/usr/sbin/ntpd (complain)\nmine (complain)\nwget (complain)\n")
    profile = "profile wget flags=(complain) {\n}\n"
    host.write("/etc/apparmor.d/wget", profile)

    def enforce(asked: list[str]) -> Said:
        text = host.read(live)
        for name in asked[1:]:
            text = text.replace(f"{name} (complain)", f"{name} (enforce)")
        host.write(live, text)
        host.write("/etc/apparmor.d/wget", "profile wget {\n}\n")
        return 0, ""

    host.does["aa-enforce"] = enforce
    fix = {"check": "KRN-03", "apparmor": {"enforce": True, "but": ["mine"]}}
    (done,) = host.fix(fix)
    assert [act for act in done["acts"] if act["kind"] == "run"] == [
        {"kind": "run", "target": "apparmor_enforce /usr/sbin/ntpd wget"}
    ]
    assert not done["failed"]
    host.undo()
    assert host.read("/etc/apparmor.d/wget") == profile


def test_a_profile_that_complains_all_the_same_is_a_failed_fix(host: Host) -> None:
    host.write("/sys/kernel/security/apparmor/profiles", "wget (complain)\n")
    host.write("/etc/apparmor.d/wget", "profile wget flags=(complain) {\n}\n")
    host.does["aa-enforce"] = lambda _: (host.write("/etc/apparmor.d/wget", "profile wget {\n}\n"), (0, ""))[1]
    (done,) = host.fix({"check": "KRN-03", "apparmor": {"enforce": True}})
    assert done["failed"]
    assert host.read("/etc/apparmor.d/wget") == "profile wget flags=(complain) {\n}\n"


def test_an_effect_that_comes_first_is_run_before_the_units_and_one_that_fails_starts_none(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    host.write("/usr/lib/systemd/system/watch.service", "[Unit]\n[Install]\nWantedBy=multi-user.target\n")
    order: list[str] = []

    def effect(one: dict[str, Any], _: Place) -> Any:
        order.append("effect")
        return real(one, _)

    real = change.undo.run_effects.__globals__["run_effect"]
    monkeypatch.setitem(change.undo.run_effects.__globals__, "run_effect", effect)
    host.does["systemctl is-enabled"] = lambda _: (1, "disabled")
    host.does["systemctl enable"] = lambda _: (order.append("unit"), (0, ""))[1]
    host.does["sh -c command -v"] = lambda _: (0, "")
    fix = {
        "check": "ONE-01",
        "lines": [{"path": "/etc/app.conf", "line": "one", "create": True}],
        "units": [{"name": "watch.service", "enabled": True}],
        "effects": [{"load": "udev", "first": True}],
    }
    (done,) = host.fix(fix)
    assert not done["failed"], done["why"]
    assert order == ["effect", "unit"]
    host.undo()
    order.clear()
    host.does["udevadm"] = lambda _: (1, "no")
    (done,) = host.fix(fix)
    assert done["failed"]
    assert "unit" not in order
    assert not host.path("/etc/app.conf").exists()


def test_a_spec_is_for_hosts_where_something_is_there_or_is_not(host: Host) -> None:
    for name, word in (("/etc/there", "where"), ("/etc/missing", "where_not")):
        host.write("/etc/there", "")
        fix = {"check": "ONE-01", "files": [{"path": f"/etc/{word}", "content": "x", word: name}]}
        assert host.fix(fix)[0]["changed"]
    for name, word in (("/etc/missing", "where"), ("/etc/there", "where_not")):
        fix = {"check": "ONE-01", "files": [{"path": f"/etc/not-{word}", "content": "x", word: name}]}
        assert not host.fix(fix)[0]["changed"]
