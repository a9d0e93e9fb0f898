"""Table rempart_modprobe: which modules kernels have, and what is not known of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from rempart_agent.source.contract import Constraint, Denied, Query
from rempart_agent.tables.linux import rempart_modprobe

RootOf = Callable[[Mapping[str, str | bytes]], Any]
R = "/usr/lib/modules/6.12.117+deb13-amd64"
# lines of modules.dep and modules.builtin as depmod 34 writes them for Debian 13
DEBIAN = {
    f"{R}/modules.dep": (
        "kernel/fs/hfs/hfs.ko.xz: kernel/drivers/cdrom/cdrom.ko.xz\nkernel/fs/hfsplus/hfsplus.ko.xz:\n"
        "kernel/drivers/firewire/firewire-core.ko.xz: kernel/lib/crc-itu-t.ko.xz\nkernel/drivers/cdrom/cdrom.ko.xz:\n"
    ),
    f"{R}/modules.builtin": "kernel/fs/ext4/ext4.ko\nkernel/mm/zbud.ko\n",
}


def _rows(target: Any, *modules: str) -> dict[str, dict[str, Any]]:
    asked = Query(frozenset(), (Constraint("module", "=", modules),))
    return {str(row["module"]): dict(row) for row in rempart_modprobe.rows(target, asked)}


def _has(target: Any, module: str) -> tuple[Any, Any]:
    row = _rows(target, module)[module]
    return row["available"], row["builtin"]


def test_what_a_kernel_has(root_of: RootOf) -> None:
    target = root_of(DEBIAN)
    assert _has(target, "hfs") == (1, 0)
    assert _has(target, "firewire_core") == (1, 0)
    assert _has(target, "ext4") == (1, 1)
    assert [_has(target, name) for name in ("cramfs", "fs", "core", "hf", "fsplus")] == [(0, 0)] * 5


def test_each_kernel_counts(root_of: RootOf) -> None:
    old = {
        "/lib/modules/4.18/modules.dep": "kernel/fs/cramfs/cramfs.ko.xz:\n",
        "/lib/modules/4.18/modules.builtin": "x.ko\n",
    }
    row = _rows(root_of({**DEBIAN, **old}), "cramfs")["cramfs"]
    assert (row["available"], row["kernels"]) == (1, "4.18")
    left = {"/usr/lib/modules/6.1.0-40-amd64/modules.alias": ""}  # of a kernel that is gone
    assert _has(root_of({**DEBIAN, **left}), "dccp") == (0, 0)


@pytest.mark.parametrize(
    "change",
    [
        {f"{R}/modules.dep": ""},
        {f"{R}/modules.builtin": "kernel/mm/zbud.k"},
        {"/usr/lib/modules/6.19.1/kernel/fs/hfs/hfs.ko": ""},
        {"/usr/lib/modules/6.19.1/modules.dep": "a.ko:\n"},
    ],
)
def test_a_list_that_can_not_be_seen_whole_hides_what_it_may_hold(root_of: RootOf, change: dict[str, str]) -> None:
    row = _rows(root_of({**DEBIAN, **change}), "cramfs")["cramfs"]
    assert (row["available"], row["builtin"], bool(row["why"])) == (None, None, True)


def test_without_a_kernel_nothing_is_known(root_of: RootOf) -> None:
    assert _has(root_of({"/etc/modprobe.d/a.conf": ""}), "hfs") == (None, None)


def test_a_machine_whose_kernel_has_no_folder_is_not_known(machine_of: RootOf) -> None:
    running = {"/proc/modules": "", "/proc/version": "", "/proc/sys/kernel/osrelease": "6.18.5\n"}
    assert _has(machine_of({**DEBIAN, **running}), "cramfs") == (None, None)


def test_what_is_loaded(machine_of: RootOf) -> None:
    running = {"/proc/sys/kernel/osrelease": R.rpartition("/")[2] + "\n"}
    modules = {"/proc/modules": "firewire_core 98304 0 - Live 0x0000000000000000\n"}
    rows = _rows(machine_of({**DEBIAN, **running, **modules}), "firewire-core", "hfs")
    assert {name: row["loaded"] for name, row in rows.items()} == {"firewire-core": 1, "hfs": 0}


def test_the_stronger_folder_and_a_mask_count(root_of: RootOf) -> None:
    rules = {"/usr/lib/modprobe.d/a.conf": "install hfs /bin/false\nblacklist hfs\n"}
    row = _rows(root_of({**DEBIAN, **rules}), "hfs")["hfs"]
    assert (row["blocked"], row["blacklisted"], row["source"], row["line"]) == (1, 1, "/usr/lib/modprobe.d/a.conf", 1)
    row = _rows(root_of({**DEBIAN, **rules, "/etc/modprobe.d/a.conf": ""}), "hfs")["hfs"]
    assert (row["blocked"], row["blacklisted"], row["install"]) == (0, 0, "")


def test_soft_dependencies_of_a_module_itself_overrule_install(root_of: RootOf) -> None:
    rules = {"/etc/modprobe.d/a.conf": "install hfs /bin/false\n", f"{R}/modules.softdep": "softdep hfs pre: cdrom\n"}
    row = _rows(root_of({**DEBIAN, **rules}), "hfs")["hfs"]
    assert (row["blocked"], row["softdep"]) == (0, "pre: cdrom")


def test_rules_that_may_not_be_read_are_no_answer(root_of: RootOf, deny: Callable[[Any, str], None]) -> None:
    target = root_of({**DEBIAN, "/etc/modprobe.d/a.conf": "install hfs /bin/false\n"})
    deny(target, "/etc/modprobe.d/a.conf")
    with pytest.raises(Denied):
        _rows(target, "hfs")
