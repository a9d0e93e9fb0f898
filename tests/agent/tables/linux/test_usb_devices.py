"""Table usb_devices: what the kernel and udev tell of USB devices."""

from __future__ import annotations

from pathlib import Path

import pytest
from rempart_testing import sysfs_tree
from rempart_testing.real_osquery import BOUND, ask, embedded, told
from rempart_testing.target import RecordedTarget

from rempart_agent.source.contract import Missing, NotObservable, Query
from rempart_agent.tables.linux import usb_devices


def test_a_device_is_a_row_and_an_interface_of_it_is_none(tmp_path: Path) -> None:
    key, camera, hub = (dict(row) for row in usb_devices.rows(sysfs_tree.machine(tmp_path / "machine"), Query()))
    assert key == {
        "vendor": "",
        "vendor_id": "0781",
        "version": "0100",
        "model": "Ultra",
        "model_id": "5581",
        "serial": "4C53=0001",
        "class": "0",
        "subclass": "0",
        "protocol": "0",
        "usb_address": 1,
        "usb_port": 4,
        "removable": 1,
    }
    assert (camera["class"], camera["removable"], camera["vendor_id"]) == ("239", 0, "")
    assert (hub["vendor"], hub["model"], hub["removable"]) == ("Linux Foundation", "2.0 root hub", -1)


@BOUND
def test_osquery_says_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYSTEMD_DEVICE_VERIFY_SYSFS", "0")  # libudev takes a tree that is no sysfs
    root = tmp_path / "machine"
    ours = embedded(sysfs_tree.machine(root), "SELECT * FROM usb_devices")
    for row in ours:
        row["removable"] = row["removable"].replace("0", "1")  # osquery does not tell what is fixed from the rest
    theirs = ask("SELECT * FROM usb_devices", {"/sys": root / "sys", "/run": root / "run"})
    assert told(theirs) == told(ours)
    assert len(theirs) == 3


def test_a_machine_without_usb_or_sysfs(tmp_path: Path) -> None:
    (tmp_path / "sys/bus/pci").mkdir(parents=True)
    target = RecordedTarget(str(tmp_path), {})
    assert list(usb_devices.rows(target, Query())) == []
    (tmp_path / "sys/bus/pci").rmdir()
    (tmp_path / "sys/bus").rmdir()
    with pytest.raises(Missing):
        list(usb_devices.rows(target, Query()))
    target.live = False
    with pytest.raises(NotObservable):
        list(usb_devices.rows(target, Query()))
