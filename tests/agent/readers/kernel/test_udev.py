"""Devices of a bus, as the kernel and udev tell of them."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from rempart_testing import sysfs_tree

from rempart_agent.readers.kernel import udev


def test_udev_goes_before_the_kernel(tmp_path: Path) -> None:
    target = sysfs_tree.machine(tmp_path / "machine")
    (tmp_path / "machine/run/udev/data/c189:4").write_text("N:bus\nE:TYPE=3/1/1\nE:ID_X=a=b\nE:=x\n")
    found = {device.path: device for device in udev.devices(target, "usb")}
    camera = found[sysfs_tree.CAMERA]
    assert (camera.get("TYPE"), camera.get("ID_X"), camera.get("BUSNUM"), camera.get("N")) == (
        "3/1/1",
        "a=b",
        "001",
        "",
    )
    assert udev.attribute(target, camera, "removable") == "fixed"
    assert udev.attribute(target, camera, "nothing") == ""


def test_a_device_that_is_unplugged_meanwhile_is_left_out(tmp_path: Path) -> None:
    target = sysfs_tree.machine(tmp_path / "machine")
    (tmp_path / "machine" / sysfs_tree.CAMERA[1:] / "uevent").unlink()
    (tmp_path / "machine/sys/bus/usb/devices/2-1").symlink_to("../../../../devices/gone")
    assert sysfs_tree.CAMERA not in {device.path for device in udev.devices(target, "usb")}


@given(st.text())
def test_any_text_is_properties_or_none(text: str) -> None:
    assert all(name and "\n" not in value for name, value in udev.parse(text).items())
