"""Table startup_items: what starts by itself."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rempart_testing.real_osquery import BOUND, ask, embedded, told
from rempart_testing.target import RecordedTarget

from rempart_agent.source.contract import Denied, NotObservable, Query
from rempart_agent.tables.linux import startup_items

MachineOf = Callable[..., RecordedTarget]
Deny = Callable[[RecordedTarget, str], None]
FILES = {
    "/etc/passwd": "root:x:0:0::/root:/bin/sh\nalice:x:1000:1000::/home/alice:/bin/sh\nx:x:9:9::/:/bin/sh\n",
    "/etc/group": "root:x:0:\n",
    "/etc/nsswitch.conf": "passwd: files\n",
    "/etc/init.d/README": "x",
    "/etc/init.d/.hidden": "",
    "/etc/init.d/ssh": "#!/bin/sh",
    "/etc/init.d/sub/deep": "x",
    "/etc/xdg/autostart/a.desktop": "[Desktop Entry]\nName=A\nName[fr]=B\nExec=a --x\nComment=c\n",
    "/home/alice/.config/autostart/h.desktop": "[Desktop Entry]\nExec=h\nName=H\n",
    "/home/alice/.config/autostart-scripts/run.sh": "x",
    "/root/.config/autostart/odd": "junk",
}


def _machine(machine_of: MachineOf, answers: dict[str, Any] | None = None, **more: str) -> RecordedTarget:
    target = machine_of({**FILES, **more}, answers)
    os.symlink("ssh", target.root + "/etc/init.d/link")
    os.symlink("nowhere", target.root + "/etc/init.d/broken")
    return target


@BOUND
def test_osquery_has_the_same_files(machine_of: MachineOf) -> None:
    target = _machine(machine_of)
    theirs = ask(
        "SELECT * FROM startup_items", {f"/{name}": Path(target.root, name) for name in ("etc", "home", "root")}
    )
    assert told(theirs) == told(embedded(target, "SELECT * FROM startup_items"))
    assert len(theirs) == 8


def test_units_are_those_that_systemd_has(machine_of: MachineOf) -> None:
    unit = ["ssh.service", "OpenSSH", "loaded", "active", "running", "", "/o", 0, "", "/"]
    target = machine_of(
        {
            "/etc/passwd": "",
            "/run/systemd/system/": "",
            "/usr/lib/systemd/system/ssh.service": "[Unit]\nSourcePath=/etc/init.d/ssh\n[Service]\nUser=web\n",
        },
        {"systemd_units": [unit]},
    )
    assert list(startup_items.rows(target, Query())) == [
        {
            "type": "systemd unit",
            "name": "ssh.service",
            "path": "/usr/lib/systemd/system/ssh.service",
            "source": "/etc/init.d/ssh",
            "status": "active",
            "username": "web",
        }
    ]


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("[Desktop Entry]\nName = R\nExec=env A=b r\n", {"name": "R", "path": "env A=b r"}),
        ("[Desktop Entry]\nName=E\n[Desktop Action x]\nName=Other\nExec=o\n", {"name": "E"}),
        ("[Desktop Entry]\nExec=h\nHidden=true\n", {"path": "h", "status": "disabled"}),
        ("Name=before any group\n", {}),
    ],
)
def test_a_desktop_entry_is_read_whole(text: str, row: dict[str, str]) -> None:
    assert startup_items.parse(text) == row


def test_what_may_not_be_seen_raises(machine_of: MachineOf, deny: Deny) -> None:
    target = _machine(machine_of)
    deny(target, "/home/alice")
    with pytest.raises(Denied):
        list(startup_items.rows(target, Query()))
    target.live = False
    with pytest.raises(NotObservable):
        list(startup_items.rows(target, Query()))


@given(st.text())
def test_any_entry_is_taken(text: str) -> None:
    assert set(startup_items.parse(text)) <= {"name", "path", "status"}
