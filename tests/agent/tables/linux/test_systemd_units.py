"""Table systemd_units: what systemd answers on its bus, and the unit files on disk."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rempart_testing.target import RecordedTarget
from rempart_testing.units import GONE, SSH

from rempart_agent.formats import unit_syntax
from rempart_agent.source.contract import Denied, Missing, Query, SourceError
from rempart_agent.tables.linux import systemd_units
from rempart_agent.targets.root import RootTarget

Machine = Callable[..., RecordedTarget]
RootOf = Callable[[Mapping[str, "str | bytes"]], RootTarget]
Deny = Callable[[RootTarget, str], None]

LIB, ETC, RUN = "/usr/lib/systemd/system/", "/etc/systemd/system/", "/run/systemd/system/"
WANTED = "[Unit]\nDescription=A daemon\n[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=multi-user.target\n"
STATIC = "[Unit]\nDescription=A helper\n[Service]\nExecStart=/bin/true\n"


def _ask(target: RootTarget, *columns: str) -> dict[str, dict[str, Any]]:
    wanted = frozenset(columns or (c.name for c in systemd_units.COLUMNS))
    return {str(row["id"]): dict(row) for row in systemd_units.rows(target, Query(wanted))}


def _link(target: RootTarget, path: str, to: str) -> None:
    where = Path(target.root + path)
    where.parent.mkdir(parents=True, exist_ok=True)
    where.symlink_to(to)


def _state(target: RootTarget, name: str) -> str:
    return str(_ask(target)[name]["unit_file_state"])


def test_units_of_a_running_systemd(machine_of: Machine) -> None:
    target = machine_of({RUN: "", LIB + "ssh.service": WANTED}, {"systemd_units": [SSH, GONE]})
    _link(target, ETC + "multi-user.target.wants/ssh.service", LIB + "ssh.service")
    rows = _ask(target)
    assert rows["ssh.service"] == {
        "id": "ssh.service",
        "description": "OpenBSD Secure Shell server",
        "load_state": "loaded",
        "active_state": "active",
        "sub_state": "running",
        "unit_file_state": "enabled",
        "following": "",
        "object_path": "/org/freedesktop/systemd1/unit/ssh_2eservice",
        "job_id": 0,
        "job_type": "",
        "job_path": "/",
        "fragment_path": LIB + "ssh.service",
        "user": "",
        "source_path": "",
    }
    assert (rows["connman.service"]["load_state"], rows["connman.service"]["job_id"]) == ("not-found", 7)
    assert "unit_file_state" not in rows["connman.service"]


def test_only_loaded_units_are_listed_on_a_live_machine_as_in_osquery(machine_of: Machine) -> None:
    target = machine_of({RUN: "", LIB + "cups.service": WANTED}, {"systemd_units": [SSH]})
    assert list(_ask(target)) == ["ssh.service"]


def test_a_machine_without_systemd_is_an_error_not_a_machine_without_units(machine_of: Machine) -> None:
    with pytest.raises(Missing, match="systemd is not running"):
        _ask(machine_of({"/run/": ""}, {"systemd_units": []}))


def test_systemctl_answers_where_the_bus_does_not(machine_of: Machine) -> None:
    listing = (
        b"ssh.service loaded active running OpenBSD Secure Shell server\n"
        b"connman.service not-found inactive dead connman.service\n"
        b"dev-sda\\x2d1.device loaded active plugged\n\n"
    )
    answers = {"systemd_units": Missing("no bus"), " ".join(systemd_units._COMMAND): listing}
    rows = _ask(machine_of({RUN: ""}, answers))
    assert {
        name: rows["ssh.service"][name] for name in ("description", "active_state", "sub_state", "object_path")
    } == {
        "description": "OpenBSD Secure Shell server",
        "active_state": "active",
        "sub_state": "running",
        "object_path": "/org/freedesktop/systemd1/unit/ssh_2eservice",
    }
    assert rows["dev-sda\\x2d1.device"]["description"] == ""


def test_where_neither_answers_the_bus_s_reason_is_told(machine_of: Machine) -> None:
    answers = {"systemd_units": Denied("not let in"), " ".join(systemd_units._COMMAND): SourceError("exit status 1")}
    with pytest.raises(Denied, match="not let in"):
        _ask(machine_of({RUN: ""}, answers))


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("ssh.service", "ssh_2eservice"),
        ("0x.mount", "_30x_2emount"),
        ("-.mount", "_2d_2emount"),
        ("é.slice", "_c3_a9_2eslice"),
    ],
)
def test_a_unit_s_path_on_the_bus(name: str, path: str) -> None:
    assert systemd_units.object_path(name) == "/org/freedesktop/systemd1/unit/" + path


# What follows holds for a live machine and a root filesystem alike.


def test_units_of_a_root_filesystem(root_of: RootOf) -> None:
    target = root_of(
        {LIB + "ssh.service": WANTED + "[Service]\nUser=_ssh\n", LIB + "ssh.service.d/": "", LIB + "README": ""}
    )
    assert _ask(target) == {
        "ssh.service": {
            "id": "ssh.service",
            "description": "A daemon",
            "unit_file_state": "disabled",
            "fragment_path": LIB + "ssh.service",
            "user": "_ssh",
            "source_path": "",
        }
    }


def test_a_root_filesystem_without_systemd_has_no_units(root_of: RootOf) -> None:
    assert _ask(root_of({"/etc/passwd": ""})) == {}


@pytest.mark.parametrize("folder", ["/etc/systemd/system", "/usr/lib/systemd/system"])
def test_a_folder_that_may_not_be_read_is_an_error(root_of: RootOf, deny: Deny, folder: str) -> None:
    target = root_of({folder + "/a.service": STATIC})
    deny(target, folder)
    with pytest.raises(Denied):
        _ask(target)


@pytest.mark.parametrize("pulled", ["multi-user.target.wants", "basic.target.requires", "x.target.upholds"])
def test_a_unit_that_a_link_pulls_in_is_enabled(root_of: RootOf, pulled: str) -> None:
    target = root_of({LIB + "ssh.service": WANTED})
    _link(target, ETC + pulled + "/ssh.service", LIB + "ssh.service")
    assert _state(target, "ssh.service") == "enabled"


def test_enabled_until_the_next_boot(root_of: RootOf) -> None:
    target = root_of({LIB + "ssh.service": WANTED, LIB + "fsck.service": STATIC})
    _link(target, RUN + "multi-user.target.wants/ssh.service", LIB + "ssh.service")
    _link(target, "/run/systemd/generator/local-fs.target.wants/fsck.service", LIB + "fsck.service")
    assert _state(target, "ssh.service") == _state(target, "fsck.service") == "enabled-runtime"


def test_what_the_vendor_pulls_in_is_not_enabled_by_the_admin(root_of: RootOf) -> None:
    target = root_of({LIB + "a.service": STATIC, LIB + "b.service": WANTED})
    for name in ("a.service", "b.service"):
        _link(target, LIB + "multi-user.target.wants/" + name, "../" + name)
    assert (_state(target, "a.service"), _state(target, "b.service")) == ("static", "disabled")


@pytest.mark.parametrize(
    ("install", "state"),
    [
        ("WantedBy=multi-user.target", "disabled"),
        ("RequiredBy=multi-user.target", "disabled"),
        ("Alias=other.service", "disabled"),
        ("Also=other.service", "indirect"),
        ("", "static"),
        ("WantedBy=x.target\nWantedBy=", "static"),
        ("# WantedBy=x.target", "static"),
        ("WantedBy=\\\n  x.target", "disabled"),
    ],
)
def test_a_unit_that_nothing_pulls_in(root_of: RootOf, install: str, state: str) -> None:
    target = root_of({LIB + "a.service": f"[Unit]\n[Install]\n{install}\n"})
    assert _state(target, "a.service") == state


def test_a_masked_unit(root_of: RootOf) -> None:
    target = root_of(
        {LIB + "a.service": WANTED, LIB + "b.service": WANTED, LIB + "c.service": WANTED, ETC + "b.service": ""}
    )
    _link(target, ETC + "a.service", "/dev/null")
    _link(target, RUN + "c.service", "/dev/null")
    _link(target, ETC + "multi-user.target.wants/a.service", LIB + "a.service")
    rows = _ask(target)
    assert (rows["a.service"]["unit_file_state"], rows["a.service"]["load_state"]) == ("masked", "masked")
    assert rows["b.service"]["unit_file_state"] == "masked"
    assert rows["c.service"]["unit_file_state"] == "masked-runtime"


def test_an_alias_and_the_unit_that_it_stands_for(root_of: RootOf) -> None:
    text = WANTED.replace("WantedBy=multi-user.target", "Alias=sshd.service")
    target = root_of({LIB + "ssh.service": text, LIB + "odd.service": WANTED})
    _link(target, ETC + "sshd.service", LIB + "ssh.service")
    _link(target, ETC + "strange.service", LIB + "odd.service")
    rows = _ask(target)
    assert {name: row["unit_file_state"] for name, row in rows.items()} == {
        "ssh.service": "enabled",
        "sshd.service": "alias",
        "odd.service": "indirect",
        "strange.service": "alias",
    }
    assert rows["sshd.service"]["fragment_path"] == LIB + "ssh.service"


def test_a_unit_that_is_linked_from_elsewhere(root_of: RootOf) -> None:
    target = root_of({"/opt/a.service": WANTED, "/opt/b.service": WANTED})
    _link(target, ETC + "a.service", "/opt/a.service")
    _link(target, RUN + "b.service", "/opt/b.service")
    assert (_state(target, "a.service"), _state(target, "b.service")) == ("linked", "linked-runtime")
    _link(target, ETC + "multi-user.target.wants/a.service", "/opt/a.service")
    assert _state(root_of({}), "a.service") == "enabled"


def test_templates_and_their_instances(root_of: RootOf) -> None:
    getty = "[Service]\nUser=%i\n[Install]\nWantedBy=getty.target\nDefaultInstance=tty1\n"
    target = root_of({LIB + "getty@.service": getty, LIB + "vpn@.service": getty, LIB + "fsck@.service": STATIC})
    _link(target, ETC + "getty.target.wants/getty@tty1.service", LIB + "getty@.service")
    _link(target, ETC + "multi-user.target.wants/vpn@office.service", LIB + "vpn@.service")
    _link(target, LIB + "local-fs.target.wants/fsck@root.service", "../fsck@.service")
    rows = _ask(target)
    assert {name: row["unit_file_state"] for name, row in rows.items()} == {
        "getty@.service": "enabled",
        "getty@tty1.service": "enabled",
        "vpn@.service": "indirect",
        "vpn@office.service": "enabled",
        "fsck@.service": "static",
        "fsck@root.service": "static",
    }
    assert rows["vpn@office.service"]["fragment_path"] == LIB + "vpn@.service"
    assert rows["vpn@office.service"]["user"] == "office"


def test_generated_and_transient_units(root_of: RootOf) -> None:
    mount = "[Unit]\nSourcePath=/etc/fstab\n"
    target = root_of({"/run/systemd/generator/-.mount": mount, "/run/systemd/transient/session-1.scope": "[Scope]\n"})
    rows = _ask(target)
    assert (rows["-.mount"]["unit_file_state"], rows["-.mount"]["source_path"]) == ("generated", "/etc/fstab")
    assert rows["session-1.scope"]["unit_file_state"] == "transient"


def test_the_admin_s_file_wins_over_the_vendor_s(root_of: RootOf) -> None:
    target = root_of({LIB + "a.service": WANTED, ETC + "a.service": STATIC, "/lib/systemd/system/a.service": WANTED})
    row = _ask(target)["a.service"]
    assert (row["fragment_path"], row["unit_file_state"], row["description"]) == (
        ETC + "a.service",
        "static",
        "A helper",
    )


def test_lib_that_is_usr_lib_by_another_name_counts_once(root_of: RootOf) -> None:
    target = root_of({"/usr/lib/systemd/system/a.service": WANTED})
    _link(target, "/lib", "usr/lib")
    assert _ask(target)["a.service"]["fragment_path"] == LIB + "a.service"


def test_what_adds_to_a_unit_counts(root_of: RootOf) -> None:
    user = "[Service]\nUser={}\n"
    target = root_of(
        {
            LIB + "my-app.service": WANTED,
            LIB + "my-app.service.d/50-a.conf": user.format("vendor"),
            ETC + "my-app.service.d/50-a.conf": user.format("admin"),
            ETC + "my-.service.d/60-b.conf": user.format("prefix"),
            ETC + "service.d/40-c.conf": user.format("all"),
            ETC + "my-app.service.d/90-x.txt": user.format("no"),
        }
    )
    assert _ask(target)["my-app.service"]["user"] == "prefix"


def test_a_link_to_nowhere_is_bad_as_systemctl_says(root_of: RootOf) -> None:
    target = root_of({ETC: ""})
    _link(target, ETC + "multi-user.target.wants/gone.service", LIB + "gone.service")
    _link(target, ETC + "lost.service", "/opt/lost.service")
    assert {name: row["unit_file_state"] for name, row in _ask(target).items()} == {"lost.service": "bad"}


def test_states_are_those_that_systemctl_prints(root_of: RootOf) -> None:
    if not shutil.which("systemctl"):
        pytest.skip("systemctl is not installed")
    aliased = WANTED.replace("WantedBy=multi-user.target", "Alias=other.service")
    target = root_of(
        {
            LIB + "on.service": WANTED,
            LIB + "off.service": WANTED,
            LIB + "static.service": STATIC,
            LIB + "aliased.service": aliased,
            LIB + "also.service": WANTED.replace("WantedBy=multi-user.target", "Also=on.service"),
            LIB + "dead.service": WANTED,
            LIB + "inst@.service": WANTED + "DefaultInstance=one\n",
            "/opt/linked.service": WANTED,
        }
    )
    for path, to in (
        (ETC + "multi-user.target.wants/on.service", LIB + "on.service"),
        (ETC + "other.service", LIB + "aliased.service"),
        (ETC + "dead.service", "/dev/null"),
        (ETC + "multi-user.target.wants/inst@two.service", LIB + "inst@.service"),
        (ETC + "linked.service", "/opt/linked.service"),
    ):
        _link(target, path, to)
    listing = subprocess.run(
        ["systemctl", "--root", target.root, "list-unit-files", "--no-legend", "--no-pager", "--full"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    theirs = {line.split()[0]: line.split()[1] for line in listing.splitlines() if line.strip()}
    ours = {name: row["unit_file_state"] for name, row in _ask(target).items() if not unit_syntax.template(name)}
    assert ours == theirs


@given(st.text())
def test_any_listing_is_read(text: str) -> None:
    assert all(len(unit) == 10 for unit in systemd_units.parse_listing(text))
