"""How a thing stands that a change may touch: rules table by table, settings of the kernel whose names hold dots."""

from __future__ import annotations

from pathlib import Path

import pytest

from rempart_change import sight
from rempart_change.place import Refusal

RULES = """\
# Warning: table ip filter is managed by iptables-nft, do not touch!
table ip filter {
\tchain INPUT {
\t\ttype filter hook input priority filter; policy drop;
\t}
}
table inet firewalld { # progname firewalld
\tflags owner,persist
}"""


def test_rules_are_told_apart_by_table_and_warnings_are_none() -> None:
    tables = sight.split_rules(RULES)
    assert list(tables) == ["ip filter", "inet firewalld"]
    assert tables["ip filter"].startswith("table ip filter {\n\tchain INPUT {")
    assert tables["ip filter"].endswith("\n}")
    assert tables["inet firewalld"].count("\n") == 2
    assert sight.split_rules("") == {}


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("kernel.kptr_restrict", "/proc/sys/kernel/kptr_restrict"),
        ("net/ipv4/conf/eth0.10/rp_filter", "/proc/sys/net/ipv4/conf/eth0.10/rp_filter"),
        ("net.ipv4.conf.*.rp_filter", "/proc/sys/net/ipv4/conf/*/rp_filter"),
    ],
)
def test_a_dot_after_a_slash_is_part_of_a_name(name: str, path: str) -> None:
    assert sight.sysctl_path(name) == path


def test_a_setting_is_not_looked_for_elsewhere() -> None:
    with pytest.raises(Refusal):
        sight.sysctl_path("net/../../etc/passwd")


@pytest.mark.skipif(not Path("/proc/sys/net/ipv4/conf/lo").is_dir(), reason="needs the network settings of Linux")
def test_a_pattern_names_the_settings_of_each_interface() -> None:
    found = list(sight.expand_sysctls(["kernel.ostype", "net.ipv4.conf.*.rp_filter"]))
    assert found[0] == "kernel.ostype"
    assert {"net/ipv4/conf/all/rp_filter", "net/ipv4/conf/lo/rp_filter"} <= set(found)
    assert all(sight.see_sysctl(name)["value"] for name in found)
