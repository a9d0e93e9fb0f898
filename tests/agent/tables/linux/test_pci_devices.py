"""Table pci_devices: what the kernel, udev and the list of names tell of PCI devices."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rempart_testing import sysfs_tree
from rempart_testing.real_osquery import BOUND, ask, embedded, told

from rempart_agent.source.contract import NotObservable, Query
from rempart_agent.tables.linux import pci_devices


def test_a_device_is_a_row(tmp_path: Path) -> None:
    bridge, host = (dict(row) for row in pci_devices.rows(sysfs_tree.machine(tmp_path / "machine"), Query()))
    assert host == {
        "pci_slot": "0000:00:14.0",
        "pci_class": "Serial bus controller",
        "pci_subclass": "USB controller",
        "driver": "xhci_hcd",
        "pci_class_id": "0x0c",
        "pci_subclass_id": "0x03",
        "vendor": "Intel Corporation",
        "vendor_id": "0x8086",
        "model": "Cannon Lake PCH USB 3.1 xHCI",
        "model_id": "0xa36d",
        "subsystem_vendor": "Dell",
        "subsystem_vendor_id": "0x1028",
        "subsystem_model": "Precision 3630",
        "subsystem_model_id": "0x0871",
    }
    assert (bridge["vendor"], bridge["vendor_id"], bridge["pci_class_id"]) == ("", "0x1234", "0x06")


@BOUND
def test_osquery_says_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYSTEMD_DEVICE_VERIFY_SYSFS", "0")  # libudev takes a tree that is no sysfs
    root = tmp_path / "machine"
    ours = embedded(sysfs_tree.machine(root), "SELECT * FROM pci_devices")
    bound = {"/sys": root / "sys", "/run": root / "run", "/usr/share/misc": root / "usr/share/misc"}
    theirs = ask("SELECT * FROM pci_devices", bound)
    assert told(theirs) == told(ours)
    assert len(theirs) == 2


def test_without_a_list_udev_names_them(tmp_path: Path) -> None:
    target = sysfs_tree.machine(tmp_path / "machine")
    (tmp_path / "machine/usr/share/misc/pci.ids").unlink()
    assert [row["model"] for row in pci_devices.rows(target, Query())] == ["", "old name"]
    (tmp_path / "machine/sys/devices/pci0000:00/0000:00:14.0/uevent").write_text("PCI_ID=odd\nPCI_CLASS=1\n")
    (_, host) = (dict(row) for row in pci_devices.rows(target, Query()))
    assert (host["vendor_id"], host["model_id"], host.get("pci_class_id")) == ("0", "0", None)
    target.live = False
    with pytest.raises(NotObservable):
        list(pci_devices.rows(target, Query()))


@given(st.text() | st.from_regex(r"([0-9a-f]{4}  x\n|\t[0-9a-f]{4}  y\n|\t\t1 2  z\n)*", fullmatch=True))
def test_any_list_is_taken(text: str) -> None:
    assert all(names and value for names, value in pci_devices.parse(text).items())
