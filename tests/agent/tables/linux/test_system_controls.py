"""Table system_controls: the kernel's settings, and what sysctl.d asks of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rempart_testing.target import RecordedTarget

from rempart_agent.readers.files import sysctl
from rempart_agent.source.contract import Constraint, Denied, Missing, Query
from rempart_agent.tables.linux import system_controls
from rempart_agent.targets.live import LiveTarget
from rempart_agent.targets.root import RootTarget

Machine = Callable[..., RecordedTarget]
RootOf = Callable[[Mapping[str, "str | bytes"]], RootTarget]
Deny = Callable[[RootTarget, str], None]

SYSTEMD = {"/usr/lib/systemd/systemd-sysctl": ""}


def _ask(target: RootTarget | LiveTarget, **asked: str) -> list[dict[str, Any]]:
    constraints = tuple(Constraint(column, "=", tuple(value.split())) for column, value in asked.items())
    wanted = frozenset(c.name for c in system_controls.COLUMNS)
    return [dict(row) for row in system_controls.rows(target, Query(wanted, constraints))]


def _configured(root_of: RootOf, files: Mapping[str, str], name: str) -> str:
    (row,) = _ask(root_of(files), name=name)
    return str(row["config_value"])


def test_settings_of_a_running_kernel(machine_of: Machine) -> None:
    files = {
        "/proc/sys/kernel/randomize_va_space": "2\n",
        "/proc/sys/net/ipv4/tcp_rmem": "4096\t131072\t6291456\n",
        "/proc/sys/net/ipv4/conf/eth0.5/rp_filter": "1\n",
        "/proc/sys/fs/binfmt_misc/status": "enabled\n",
        "/etc/sysctl.d/10-x.conf": "kernel.randomize_va_space = 1\n",
    }
    assert _ask(machine_of(files)) == [
        {
            "name": "kernel.randomize_va_space",
            "subsystem": "kernel",
            "type": "string",
            "current_value": "2",
            "config_value": "1",
        },
        {
            "name": "net.ipv4.conf.eth0.5.rp_filter",
            "subsystem": "net",
            "type": "string",
            "current_value": "1",
            "config_value": "",
        },
        {
            "name": "net.ipv4.tcp_rmem",
            "subsystem": "net",
            "type": "string",
            "current_value": "4096\t131072\t6291456",
            "config_value": "",
        },
    ]


def test_settings_by_name_and_by_subsystem(machine_of: Machine) -> None:
    target = machine_of({"/proc/sys/kernel/a": "1\n", "/proc/sys/kernel/b": "2\n", "/proc/sys/vm/c": "3\n"})
    assert [row["name"] for row in _ask(target, name="kernel.b vm.c")] == ["kernel.b", "vm.c"]
    assert [row["name"] for row in _ask(target, subsystem="vm")] == ["vm.c"]
    assert _ask(target, oid="1.2") == []


def test_a_setting_that_is_not_there_gives_an_empty_row_as_in_osquery(machine_of: Machine) -> None:
    (row,) = _ask(machine_of({"/proc/sys/kernel/a": "1\n"}), name="kernel.yama.ptrace_scope")
    assert (row["name"], row["current_value"], row["config_value"]) == ("kernel.yama.ptrace_scope", "", "")


def test_a_name_can_not_lead_out_of_the_settings(machine_of: Machine) -> None:
    target = machine_of({"/proc/sys/kernel/a": "1\n", "/proc/secret": "x\n"})
    assert [row["current_value"] for row in _ask(target, name="../secret /../../proc/secret")] == ["", ""]


def test_a_value_that_may_not_be_read_is_an_error_and_one_that_can_only_be_written_is_none(
    machine_of: Machine, deny: Deny
) -> None:
    target = machine_of({"/proc/sys/vm/secret": "7\n", "/proc/sys/net/flush": ""})
    os.chmod(target.root + "/proc/sys/net/flush", 0o200)
    deny(target, "/proc/sys/net/flush")
    assert _ask(target, name="net.flush")[0]["current_value"] == ""
    deny(target, "/proc/sys/vm/secret")
    with pytest.raises(Denied):
        _ask(target, name="vm.secret")
    with pytest.raises(Denied):
        _ask(target)


def test_a_machine_without_proc_is_an_error(machine_of: Machine) -> None:
    with pytest.raises(Missing):
        _ask(machine_of({"/proc/": ""}))


def test_this_machine_s_settings_are_those_of_proc() -> None:
    (row,) = _ask(LiveTarget(), name="kernel.ostype")
    assert row["current_value"] == "Linux"
    rows = _ask(LiveTarget(), subsystem="user")  # none of them is root's alone, as some of the kernel's are
    names = [row["name"] for row in rows]
    assert len(names) == len(set(names))
    limit = "user.max_user_namespaces"
    shown = Path("/proc/sys", limit.replace(".", "/")).read_text(encoding="utf-8").strip()
    assert {row["name"]: row["current_value"] for row in rows}[limit] == shown


def test_a_root_filesystem_has_what_is_configured(root_of: RootOf) -> None:
    files = {
        "/etc/sysctl.d/60-x.conf": "# hardening\nkernel.kptr_restrict=2\n; x\n\nnet.ipv4.ip_forward = 0\nbroken line\n",
        "/etc/sysctl.d/README": "kernel.sysrq = 1\n",
    }
    rows = _ask(root_of(files))
    assert [(row["name"], row["config_value"]) for row in rows] == [
        ("kernel.kptr_restrict", "2"),
        ("net.ipv4.ip_forward", "0"),
    ]
    assert "current_value" not in rows[0]
    assert _ask(root_of(files), subsystem="net") == rows[1:]
    assert _ask(root_of(files), name="kernel.kptr_restrict") == rows[:1]


def test_the_file_name_decides_not_the_folder(root_of: RootOf) -> None:
    files = {
        "/usr/lib/sysctl.d/99-vendor.conf": "vm.a = vendor\n",
        "/etc/sysctl.d/50-admin.conf": "vm.a = admin\nvm.b = admin\n",
    }
    assert _configured(root_of, files, "vm.a") == "vendor"
    assert _configured(root_of, files, "vm.b") == "admin"


@pytest.mark.parametrize(
    ("folder", "value"),
    [
        ("/etc/sysctl.d", "etc"),
        ("/run/sysctl.d", "run"),
        ("/usr/local/lib/sysctl.d", "local"),
        ("/usr/lib/sysctl.d", "usr"),
    ],
)
def test_of_files_with_the_same_name_the_first_folder_wins(root_of: RootOf, folder: str, value: str) -> None:
    folders = {
        "/etc/sysctl.d": "etc",
        "/run/sysctl.d": "run",
        "/usr/local/lib/sysctl.d": "local",
        "/usr/lib/sysctl.d": "usr",
    }
    present = list(folders)[list(folders).index(folder) :]
    files = {f"{name}/50-x.conf": f"vm.a = {folders[name]}\n" for name in present}
    assert _configured(root_of, files, "vm.a") == value


def test_a_masked_file_counts_for_nothing(root_of: RootOf) -> None:
    target = root_of({"/usr/lib/sysctl.d/50-x.conf": "vm.a = 1\n", "/etc/sysctl.d/": "", "/dev/null": ""})
    (Path(target.root) / "etc/sysctl.d/50-x.conf").symlink_to("/dev/null")
    assert _ask(target) == []


@pytest.mark.parametrize(("more", "value"), [({}, "classic"), (SYSTEMD, "drop-in")])
def test_sysctl_conf_counts_where_systemd_does_not_pass_it_over(
    root_of: RootOf, more: Mapping[str, str], value: str
) -> None:
    files = {"/etc/sysctl.conf": "vm.a = classic\n", "/etc/sysctl.d/99-z.conf": "vm.a = drop-in\n", **more}
    assert _configured(root_of, files, "vm.a") == value


def test_sysctl_conf_that_a_link_brings_in_counts_with_systemd(root_of: RootOf) -> None:
    target = root_of({"/etc/sysctl.conf": "vm.a = classic\n", "/etc/sysctl.d/50-x.conf": "vm.a = 1\n", **SYSTEMD})
    (Path(target.root) / "etc/sysctl.d/99-sysctl.conf").symlink_to("../sysctl.conf")
    assert _ask(target, name="vm.a")[0]["config_value"] == "classic"


@pytest.mark.parametrize(
    ("lines", "name", "value"),
    [
        ("net/ipv4/ip_forward = 1", "net.ipv4.ip_forward", "1"),
        ("net.ipv4.conf.eth0/5.rp_filter = 2", "net.ipv4.conf.eth0.5.rp_filter", "2"),
        ("net/ipv4/conf/eth0.5/rp_filter = 2", "net.ipv4.conf.eth0.5.rp_filter", "2"),
        ("-net.ipv4.ip_forward = 1", "net.ipv4.ip_forward", "1"),
        ("net.ipv4.conf.*.rp_filter = 2", "net.ipv4.conf.all.rp_filter", "2"),
        ("net.ipv4.conf.*.rp_filter = 2\nnet.ipv4.conf.a*.rp_filter = 1", "net.ipv4.conf.all.rp_filter", "1"),
        ("net.ipv4.conf.all.rp_filter = 1\nnet.ipv4.conf.*.rp_filter = 2", "net.ipv4.conf.all.rp_filter", "1"),
        ("net.ipv4.conf.*.rp_filter = 2\n-net.ipv4.conf.all.rp_filter", "net.ipv4.conf.all.rp_filter", ""),
        ("net.ipv4.*.rp_filter = 2", "net.ipv4.conf.all.rp_filter", ""),
        ("kernel.core_pattern = |/usr/bin/x -a=b %p", "kernel.core_pattern", "|/usr/bin/x -a=b %p"),
        ("vm.a = 1\r\nvm.b = 2\r", "vm.a", "1"),
        ("vm.a = 1\nvm.a = 2", "vm.a", "2"),
        ("vm.a =", "vm.a", ""),
    ],
)
def test_how_a_line_is_read(root_of: RootOf, lines: str, name: str, value: str) -> None:
    assert _configured(root_of, {"/etc/sysctl.d/50-x.conf": lines}, name) == value


def test_a_pattern_applies_to_the_settings_that_there_are(machine_of: Machine) -> None:
    files = {
        "/proc/sys/net/ipv4/conf/all/rp_filter": "2\n",
        "/proc/sys/net/ipv4/conf/eth0.5/rp_filter": "0\n",
        "/usr/lib/sysctl.d/50-default.conf": "net.ipv4.conf.*.rp_filter = 2\n-net.ipv4.conf.all.rp_filter\n",
    }
    rows = _ask(machine_of(files))
    assert [(row["name"], row["config_value"]) for row in rows] == [
        ("net.ipv4.conf.all.rp_filter", ""),
        ("net.ipv4.conf.eth0.5.rp_filter", "2"),
    ]


def test_a_configuration_that_may_not_be_read_is_an_error(root_of: RootOf, deny: Deny) -> None:
    target = root_of({"/etc/sysctl.d/50-x.conf": "vm.a = 1\n"})
    deny(target, "/etc/sysctl.d/50-x.conf")
    with pytest.raises(Denied):
        _ask(target)


@given(st.text(), st.text())
def test_any_configuration_is_read(text: str, path: str) -> None:
    found = sysctl.Settings({}, [], set())
    sysctl.parse(text, found)
    assert found.value(path) is None or isinstance(found.value(path), str)
