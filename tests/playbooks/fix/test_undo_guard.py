"""What can cut a way in is done under a timer alone, which takes it back where nobody confirms."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from playbooks.fix.app import APP, KEY, TEXT
from playbooks.fix.root import Root, words
from rempart_fix import calls, change, contract
from rempart_fix.guard import Guard, expect_timer, is_sensitive
from rempart_fix.journal import Journal
from rempart_fix.lock import Lock
from rempart_fix.place import Place

init = Lock.__init__


@pytest.mark.parametrize(
    "path",
    [
        "/etc/ssh/sshd_config.d/00-x.conf",
        "/etc/pam.d/common-auth",
        "/etc/sudoers.d/x",
        "/etc/passwd",
        "/etc/login.defs",
        "/root/.ssh/authorized_keys",
        "/home/ann",
        "/etc/network/interfaces",
        "/etc/nftables.conf",
        "/etc/ufw/ufw.conf",
        "/etc/default/grub",
        "/boot/grub/grub.cfg",
        "/etc/systemd/system/ssh.service.d/x.conf",
        "/etc/security/limits.conf",
    ],
)
def test_what_can_cut_a_way_in_is_guarded(path: str) -> None:
    assert is_sensitive({"kind": "file", "target": path})


def test_the_rest_is_not_guarded_and_settings_of_the_network_are() -> None:
    for path in (
        "/etc/audit/rules.d/x.rules",
        "/etc/systemd/journald.conf",
        "/etc/systemd/system/x.service",
        "/etc/motd",
    ):
        assert not is_sensitive({"kind": "file", "target": path})
    file = {"kind": "file", "target": "/etc/sysctl.d/60-x.conf"}
    assert is_sensitive(file, b"net.ipv4.ip_forward = 0\n")
    assert not is_sensitive(file, b"kernel.kptr_restrict = 1\n")
    assert is_sensitive({"kind": "sysctl", "target": "net.ipv4.ip_forward"})
    assert is_sensitive({"kind": "account", "target": "x"})
    for unit in ("ssh.service", "telnet.socket", "openbsd-inetd.service", "x11vnc.service", "xrdp.service"):
        assert is_sensitive({"kind": "unit", "target": unit})
    assert not is_sensitive({"kind": "unit", "target": "rpcbind.socket"})
    assert is_sensitive({"kind": "package", "target": "openssh-server"})


def test_without_a_timer_a_guarded_act_is_not_done(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rempart_fix.timer.RUNS", str(root.folder / "nowhere"))
    place = root.place()
    place.make()
    journal = Journal(place)
    journal.begin("ann")
    place.root = "/"
    act = {"kind": "file", "target": "/etc/ssh/x", "before": calls.ABSENT, "after": calls.ABSENT}
    with pytest.raises(contract.Refusal, match="systemd does not run here"):
        Guard(journal, 300).before(act)
    with pytest.raises(contract.Refusal, match="none was given"):
        Guard(journal, 0).before(act)
    with pytest.raises(contract.Refusal, match="systemd does not run here"):
        expect_timer(place)  # what check mode asks


@pytest.mark.parametrize("end", [change.confirm, change.keep])
def test_a_timer_that_waited_for_its_turn_undoes_nothing_that_was_confirmed_meanwhile(
    root: Root, app: Path, end: Callable[[Place], object]
) -> None:
    root.fix(KEY)
    end(root.place())
    assert change.take_back(root.place(), by="timer")["rows"] == []
    assert "key = 9" in app.read_text()
    assert words(root.undo()) == [(APP, "back")]


def test_a_timer_waits_for_a_run_that_takes_its_time(root: Root, app: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root.fix(KEY)
    held: list[float] = []
    monkeypatch.setattr(
        Lock, "__init__", lambda self, base, patience=60: held.append(patience) or init(self, base, patience)
    )
    change.take_back(root.place(), by="timer")
    assert held[0] >= 86400
    assert app.read_text() == TEXT


@pytest.mark.parametrize("by", ["timer", "rollback"])
def test_a_later_undo_is_told_who_undid_the_change_before(root: Root, app: Path, by: str) -> None:
    root.fix(KEY)
    assert change.take_back(root.place(), by=by)["before"] == ""
    assert change.take_back(root.place())["before"] == by


def test_a_timer_whose_start_a_crash_cut_off_is_started_before_the_next_act(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rempart_fix.timer.UNITS", str(tmp_path))
    monkeypatch.setattr("rempart_fix.timer.RUNS", str(tmp_path))
    place = Place("c-1", base=str(tmp_path / "base"))
    place.make()
    asked: list[str] = []
    running: list[str] = []

    def run(words_: list[str], *_: object) -> tuple[int, str]:
        asked.append(words_[1])
        if words_[1] == "restart":
            running.append(words_[-1])
        return (0 if words_[1] != "is-active" or running else 3), ""

    monkeypatch.setattr(place, "run", run)
    act = {"kind": "account", "target": "shadow[ann].password", "before": {}, "after": {}}
    (tmp_path / "rempart-undo-c-1.timer").write_text("as far as it came")
    Guard(Journal(place), 300).before(act)
    assert "restart" in asked
    asked.clear()
    Guard(Journal(place), 300).before(act)
    assert asked == ["is-active"]
