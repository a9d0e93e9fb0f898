"""Table rempart_sysctl_boot: what the files of all folders come to after a start."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from rempart_agent.models.sysctl import kernel
from rempart_agent.source.contract import Query
from rempart_agent.tables.linux import rempart_sysctl_boot
from rempart_agent.targets.root import RootTarget

RootOf = Callable[[Mapping[str, str | bytes]], RootTarget]
Machine = Callable[..., RootTarget]
UNIT = "/usr/lib/systemd/system/systemd-sysctl.service"
SYSTEMD = {
    "/usr/lib/systemd/systemd-sysctl": "",
    UNIT: "[Service]\nType=oneshot\nExecStart=/usr/lib/systemd/systemd-sysctl\n",
}


def _pulled(target: RootTarget) -> RootTarget:
    """Let the machine start systemd-sysctl, where it is installed."""
    wants = Path(target.root + "/usr/lib/systemd/system/sysinit.target.wants")
    if not wants.exists() and Path(target.root + UNIT).exists():
        wants.mkdir()
        (wants / "systemd-sysctl.service").symlink_to("../systemd-sysctl.service")
    return target


@pytest.fixture
def root_of(root_of: RootOf) -> RootOf:
    return lambda files: _pulled(root_of(files))


@pytest.fixture
def machine_of(machine_of: Machine) -> Machine:
    return lambda files: _pulled(machine_of(files))


# Debian 13, linux-sysctl-defaults
DEBIAN = """\
kernel.sysrq = 0x01b6
-net.ipv4.conf.all.rp_filter
net.ipv4.conf.*.rp_filter = 2
net.ipv4.conf.default.rp_filter = 2
"""


def _row(target: Any, name: str) -> dict[str, Any]:
    (row,) = (dict(r) for r in rempart_sysctl_boot.rows(target, Query()) if r["name"] == name)
    return row


def _value(target: Any, name: str) -> Any:
    return _row(target, name)["value"]


def test_debians_own_values_are_read_as_the_kernel_reads_them(root_of: RootOf) -> None:
    target = root_of({**SYSTEMD, "/usr/lib/sysctl.d/50-default.conf": DEBIAN})
    row = _row(target, "kernel.sysrq")
    assert (row["value"], row["written"], row["source"], row["line"]) == (
        "438",
        "0x01b6",
        "/usr/lib/sysctl.d/50-default.conf",
        1,
    )
    assert _value(target, "net.ipv4.conf.default.rp_filter") == "2"
    assert _value(target, "net.ipv4.conf.all.rp_filter") == "0"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("net.ipv4.ip_forward = 1 # x\n", "1"),
        ("net.ipv4.ip_forward = 0x1\n", "1"),
        ("net/ipv4/ip_forward=01\n", "1"),
        ("net.ipv4.ip_forward = 0#x\n", "0"),
        ("net.ipv4.ip_forward = 1\n-net.ipv4.ip_forward\n", "0"),
        ("net.ipv4.ip_forward = 1\n- net.ipv4.ip_forward\n", "0"),
        ("-net.ipv4.ip_forward\nnet.ipv4.ip_forward = 1\n", "1"),
        ("-net.ipv4.ip_forward = 1\n", "1"),
        ("net.ipv4.conf.all.forwarding = 1\n", "1"),
        ("net.ipv4.conf.*.forwarding = 1\n", "1"),  # all/forwarding is its other name
        ("# net.ipv4.ip_forward = 1\n;net.ipv4.ip_forward = 1\n", "0"),
        ("net.ipv4.ip_for* = 1\n", "1"),
    ],
)
def test_forwarding_after_a_start(root_of: RootOf, text: str, value: str) -> None:
    assert _value(root_of({**SYSTEMD, "/etc/sysctl.d/x.conf": text}), "net.ipv4.ip_forward") == value


def test_of_one_name_the_stronger_folder_counts_and_of_two_the_later_name(root_of: RootOf) -> None:
    files = {
        "/usr/lib/sysctl.d/50.conf": "kernel.kptr_restrict = 0\n",
        "/usr/local/lib/sysctl.d/50.conf": "kernel.kptr_restrict = 2\n",
        "/etc/sysctl.d/40.conf": "kernel.kptr_restrict = 0\n",
        "/etc/sysctl.conf": "kernel.kptr_restrict = 0\n",  # systemd-sysctl does not read it
        "/etc/sysctl.d/60.conf.bak": "kernel.kptr_restrict = 0\n",
    }
    target = root_of({**SYSTEMD, **files})
    assert (_value(target, "kernel.kptr_restrict"), _row(target, "kernel.kptr_restrict")["source"]) == (
        "2",
        "/usr/local/lib/sysctl.d/50.conf",
    )


def test_what_lies_in_run_is_gone_after_the_next_start(root_of: RootOf) -> None:
    files = {
        "/usr/lib/sysctl.d/50.conf": "kernel.kptr_restrict = 1\n",
        "/run/sysctl.d/50.conf": "kernel.kptr_restrict = 2\n",
    }
    assert _value(root_of({**SYSTEMD, **files}), "kernel.kptr_restrict") == "1"


def test_whether_somebody_makes_it_anew_in_run_is_not_known_of_a_running_machine(machine_of: Machine) -> None:
    files = {
        "/usr/lib/sysctl.d/50.conf": "kernel.kptr_restrict = 1\nkernel.sysrq = 0\n",
        "/run/sysctl.d/60.conf": "kernel.kptr_restrict = 2\nkernel.sysrq = 0\n",
    }
    row = _row(machine_of({**SYSTEMD, **files}), "kernel.kptr_restrict")
    assert (row["value"], row["why"]) == (
        None,
        "/run/sysctl.d says something else, and whether it is made anew is not known",
    )
    assert _value(machine_of({**SYSTEMD, **files}), "kernel.sysrq") == "0"


def test_a_link_to_sysctl_conf_counts_and_a_masked_file_does_not(root_of: RootOf) -> None:
    target = root_of({**SYSTEMD, "/etc/sysctl.conf": "kernel.kptr_restrict = 1\n", "/etc/sysctl.d/": ""})
    (Path(target.root) / "etc/sysctl.d/99-sysctl.conf").symlink_to("../sysctl.conf")
    assert _value(target, "kernel.kptr_restrict") == "1"
    (Path(target.root) / "etc/sysctl.d/99-sysctl.conf").unlink()
    (Path(target.root) / "etc/sysctl.d/99-sysctl.conf").symlink_to("/dev/null")
    (Path(target.root) / "usr/lib/sysctl.d").mkdir(parents=True)
    (Path(target.root) / "usr/lib/sysctl.d/99-sysctl.conf").write_text("kernel.kptr_restrict = 2\n")
    assert _value(RootTarget(target.root), "kernel.kptr_restrict") == "0"


UFW = {
    "/etc/ufw/ufw.conf": "ENABLED=yes\n",
    "/etc/default/ufw": "IPT_SYSCTL=/etc/ufw/sysctl.conf\n",
    "/etc/ufw/sysctl.conf": "net/ipv4/conf/all/accept_redirects=1\nnet/ipv4/tcp_syncookies=0\n",
}


def test_ufw_writes_after_systemd(root_of: RootOf) -> None:
    ours = {**SYSTEMD, "/etc/sysctl.d/x.conf": "net.ipv4.conf.all.accept_redirects=0\nnet.ipv4.tcp_syncookies=1\n"}
    assert _value(root_of({**ours, **UFW}), "net.ipv4.conf.all.accept_redirects") == "1"
    off = {**ours, **UFW, "/etc/ufw/ufw.conf": "ENABLED=no\n"}
    assert _value(root_of(off), "net.ipv4.conf.all.accept_redirects") == "0"


def test_ufw_passes_packets_on_whatever_the_other_files_say(root_of: RootOf) -> None:
    # /etc/ufw/sysctl.conf of ufw 0.36 has this line as a comment, for machines that shall forward
    ours = {**SYSTEMD, **UFW, "/etc/sysctl.d/zz.conf": "net.ipv4.ip_forward=0\n"}
    row = _row(root_of({**ours, "/etc/ufw/sysctl.conf": "net/ipv4/ip_forward=0x1\n"}), "net.ipv4.ip_forward")
    assert (row["value"], row["source"]) == ("1", "/etc/ufw/sysctl.conf")


def test_an_interface_of_ipv6_hangs_on_when_it_appears_unless_it_is_named(machine_of: Machine) -> None:
    here = {
        **SYSTEMD,
        "/proc/sys/net/ipv4/conf/eth0/": "",
        "/proc/sys/net/ipv6/conf/eth0/": "",
        "/etc/sysctl.d/x.conf": "net.ipv4.conf.default.accept_redirects=0\nnet.ipv6.conf.default.accept_redirects=0\n",
    }
    target = machine_of(here)
    assert _value(target, "net.ipv4.conf.eth0.accept_redirects") == "0"  # the default reaches what is there
    row = _row(target, "net.ipv6.conf.eth0.accept_redirects")
    assert (row["value"], row["why"]) == (None, "it hangs on when the interface appears: 0 or 1")
    named = machine_of({**here, "/etc/sysctl.d/x.conf": "net.ipv6.conf.*.accept_redirects=0\n"})
    assert _value(named, "net.ipv6.conf.eth0.accept_redirects") == "0"


def test_a_network_of_the_initial_ram_file_system_is_there_before_all(machine_of: Machine) -> None:
    files = {
        **SYSTEMD,
        "/proc/sys/net/ipv4/conf/eth0/": "",
        "/etc/sysctl.d/x.conf": "net.ipv4.conf.default.rp_filter=1\n",
        "/proc/cmdline": "root=/dev/nfs ip=dhcp\n",
    }
    assert _value(machine_of(files), "net.ipv4.conf.eth0.rp_filter") is None
    assert _value(machine_of({**files, "/proc/cmdline": "root=/dev/sda1\n"}), "net.ipv4.conf.eth0.rp_filter") == "1"


def test_the_default_reaches_no_interface_that_has_an_address(root_of: RootOf) -> None:
    target = root_of({**SYSTEMD, "/etc/sysctl.d/x.conf": "net.ipv4.conf.default.accept_redirects=0\n"})
    assert _value(target, "net.ipv4.conf.lo.accept_redirects") == "1"  # seen on a booted Debian 13


def test_what_nothing_sets_is_the_kernels_own_where_it_is_known(machine_of: Machine) -> None:
    files = {
        **SYSTEMD,
        "/proc/sys/kernel/osrelease": "6.12.48+deb13-amd64\n",
        "/boot/config-6.12.48+deb13-amd64": "CONFIG_SECURITY_DMESG_RESTRICT=y\nCONFIG_BPF_UNPRIV_DEFAULT_OFF=y\n",
        "/proc/cmdline": "ro quiet sysctl.kernel.sysrq=0x10\n",
    }
    target = machine_of(files)
    assert _value(target, "kernel.dmesg_restrict") == "1"
    assert _value(target, "kernel.unprivileged_bpf_disabled") == "2"
    assert _value(target, "kernel.sysrq") == "16"
    assert _value(target, "kernel.yama.ptrace_scope") is None
    assert "not set by any file" in _row(target, "kernel.yama.ptrace_scope")["why"]


def test_what_the_kernel_was_built_with_is_what_it_begins_with(root_of: RootOf) -> None:
    assert _value(root_of(SYSTEMD), "vm.mmap_min_addr") is None
    config = "CONFIG_DEFAULT_MMAP_MIN_ADDR=65536\nCONFIG_PANIC_ON_OOPS=y\n"
    target = root_of({**SYSTEMD, "/boot/config-6.12.48+deb13-amd64": config})
    assert _value(target, "vm.mmap_min_addr") == "65536"
    assert _value(target, "kernel.panic_on_oops") == "1"


@pytest.mark.parametrize(("share", "rate"), [("1", "1"), ("0", "100000"), ("100", "100000")])
def test_the_kernel_takes_no_rate_of_samples_where_none_is_throttled(root_of: RootOf, share: str, rate: str) -> None:
    text = f"kernel.perf_cpu_time_max_percent = {share}\nkernel.perf_event_max_sample_rate = 1\n"
    assert _value(root_of({**SYSTEMD, "/etc/sysctl.d/1.conf": text}), "kernel.perf_event_max_sample_rate") == rate


def test_a_switch_of_one_way_takes_one_alone(root_of: RootOf) -> None:
    text = "kernel.modules_disabled = 1\nkernel.kexec_load_disabled = 2\n"
    target = root_of({**SYSTEMD, "/etc/sysctl.d/1.conf": text})
    assert [_value(target, "kernel." + name) for name in ("modules_disabled", "kexec_load_disabled")] == ["1", "0"]


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ({"/etc/credstore/sysctl.extra": "x"}, "credential"),
        ({"/etc/sysctl.d/y.conf/": ""}, "not a regular file"),
    ],
)
def test_what_else_writes_makes_all_unknown(root_of: RootOf, files: dict[str, str], why: str) -> None:
    row = _row(
        root_of({**SYSTEMD, "/etc/sysctl.d/x.conf": "kernel.kptr_restrict=1\n", **files}), "kernel.kptr_restrict"
    )
    assert row["value"] is None
    assert why in row["why"]


def test_a_service_that_switches_forwarding_on_is_told(root_of: RootOf) -> None:
    target = root_of({**SYSTEMD, "/usr/lib/systemd/system/docker.service": "[Service]\nExecStart=/usr/bin/dockerd\n"})
    wants = Path(target.root) / "etc/systemd/system/multi-user.target.wants"
    wants.mkdir(parents=True)
    (wants / "docker.service").symlink_to("/usr/lib/systemd/system/docker.service")
    assert "docker.service switches forwarding on" in _row(target, "net.ipv4.ip_forward")["why"]


def test_a_setting_that_nobody_knows_how_to_read_is_unknown(root_of: RootOf) -> None:
    row = _row(root_of({**SYSTEMD, "/etc/sysctl.d/x.conf": "vm.swappiness = 10\n"}), "vm.swappiness")
    assert (row["value"], row["written"], row["why"]) == (None, "10", "how the kernel reads it is not known")


def test_a_part_of_a_list_is_not_the_whole(root_of: RootOf) -> None:
    target = root_of(
        {**SYSTEMD, "/etc/sysctl.d/x.conf": "net.ipv4.tcp_rmem = 4096\nnet.ipv4.tcp_wmem = 0x1000 2 3 4\n"}
    )
    assert _value(target, "net.ipv4.tcp_rmem") is None
    assert _value(target, "net.ipv4.tcp_wmem") == "4096 2 3"


@pytest.mark.parametrize("text", ["0x" + "f" * 131_072, "1" * 131_072, " " * 131_072, "-" * 131_072])
def test_a_hostile_value_is_read_at_once(text: str) -> None:
    assert kernel.taken(kernel.Kind(), text, "0") == ("0", False)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("/etc/systemd/system/systemd-sysctl.service", "0"),
        ("/run/systemd/system/systemd-sysctl.service", "1"),
    ],
)
def test_files_that_nothing_reads_at_the_start_say_nothing(root_of: RootOf, path: str, value: str) -> None:
    target = root_of({**SYSTEMD, "/etc/sysctl.d/x.conf": "kernel.kptr_restrict=1\nkernel.yama.ptrace_scope=1\n"})
    assert _value(target, "kernel.kptr_restrict") == "1"
    where = Path(target.root + path)
    where.parent.mkdir(parents=True)
    where.symlink_to("/dev/null")
    target = RootTarget(target.root)
    assert _value(target, "kernel.kptr_restrict") == value
    assert _value(target, "kernel.yama.ptrace_scope") == (None if value == "0" else "1")


def test_a_unit_that_runs_something_else_makes_all_unknown(root_of: RootOf) -> None:
    added = {"/etc/systemd/system/systemd-sysctl.service.d/x.conf": "[Service]\nExecStart=\nExecStart=/bin/true\n"}
    row = _row(
        root_of({**SYSTEMD, **added, "/etc/sysctl.d/x.conf": "kernel.kptr_restrict=1\n"}), "kernel.kptr_restrict"
    )
    assert (row["value"], row["why"]) == (None, "systemd-sysctl.service does not run systemd-sysctl alone")


@pytest.mark.parametrize(
    ("condition", "value"),
    [
        ("ConditionPathIsReadWrite=/proc/sys/net/", "1"),  # as systemd has it
        ("ConditionPathExists=/etc/nowhere", "0"),
        ("AssertPathExists=/etc/nowhere", "0"),
        ("ConditionKernelCommandLine=!quiet", None),
    ],
)
def test_conditions_of_the_unit_decide_whether_files_count(root_of: RootOf, condition: str, value: str | None) -> None:
    added = {"/etc/systemd/system/systemd-sysctl.service.d/x.conf": f"[Unit]\n{condition}\n"}
    target = root_of({**SYSTEMD, **added, "/etc/sysctl.d/x.conf": "kernel.kptr_restrict=1\n"})
    assert _value(target, "kernel.kptr_restrict") == value
