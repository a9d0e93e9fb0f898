"""An undo that was cut off, and a restart after it: a file of ours that still stood has set the live value again."""

from __future__ import annotations

import pytest

from playbooks.fix.root import Root, words
from rempart_fix import journal as journals
from rempart_fix import undo
from rempart_fix.acts import sysctl
from rempart_fix.journal import Journal

SETTING = "net/ipv4/conf/all/log_martians"
FILE = "/etc/sysctl.d/99-zz-rempart-krn-01.conf"
FIX = {"check": "KRN-01", "sysctl": [{"name": "net.ipv4.conf.all.log_martians", "value": 1, "file": FILE}]}


class Kernel:
    """Live values, and which start of the system this is."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.live, self.boot = {SETTING: "0"}, "1"
        monkeypatch.setattr(sysctl, "read", lambda _, target: self.live.get(target))
        monkeypatch.setattr(sysctl, "_write", self.live.__setitem__)
        for module in (journals, undo):
            monkeypatch.setattr(module, "boot", lambda _: self.boot)

    def restart(self, root: Root) -> None:
        self.boot, self.live[SETTING] = "2", "1" if root.path(FILE).exists() else "0"


@pytest.fixture
def kernel(root: Root, monkeypatch: pytest.MonkeyPatch) -> Kernel:
    root.path(FILE).parent.mkdir(parents=True)
    kernel = Kernel(monkeypatch)
    root.fix(FIX)
    assert kernel.live[SETTING] == "1"
    journal = Journal(root.place(), "rollback")  # an undo begins with the live value, and is killed
    (entry,) = (one for one in journal.acts() if one.act["kind"] == "sysctl")
    assert undo.take_back(journal, [entry])[0].word == "back"
    journal.close()
    assert kernel.live[SETTING] == "0"
    return kernel


def test_the_next_undo_takes_the_live_value_back_too(root: Root, kernel: Kernel) -> None:
    kernel.restart(root)
    dry = root.undo(dry=True)
    rows = root.undo()
    assert words(rows) == words(dry) == [(FILE, "back"), (SETTING, "back")]
    assert kernel.live[SETTING] == "0"
    assert not root.path(FILE).exists()


def test_where_another_file_sets_it_too_it_is_left(root: Root, kernel: Kernel) -> None:
    root.write("/etc/sysctl.d/50-theirs.conf", "# theirs\n-net/ipv4/conf/*/log_martians = 1\n")
    kernel.restart(root)
    assert words(root.undo()) == [(FILE, "back")]
    assert kernel.live[SETTING] == "1"


def test_what_somebody_sets_without_a_restart_is_theirs(root: Root, kernel: Kernel) -> None:
    kernel.live[SETTING] = "1"
    assert words(root.undo()) == [(FILE, "back")]
    assert kernel.live[SETTING] == "1"


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("net.ipv4.conf.all.log_martians=1", True),
        ("net.ipv4.conf.default.log_martians=1", False),
        ("; net.ipv4.conf.all.log_martians=1", False),
        ("log_martians", False),
    ],
)
def test_which_files_name_a_setting(root: Root, line: str, *, named: bool) -> None:
    root.write("/etc/sysctl.conf", f"{line}\n")
    assert sysctl.find_files(SETTING, root.place()) == ({"/etc/sysctl.conf"} if named else set())
