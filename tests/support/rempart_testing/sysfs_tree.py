"""Devices as sysfs and udev tell of them: a tree of ``/sys`` and ``/run`` for tables of buses.

Places: ``usb_uevent`` and ``usb_dev_uevent`` (drivers/usb/core of the kernel), ``pci_uevent`` (its
drivers/pci/pci-driver.c), ``device_update_db`` of systemd's udev (``E:`` lines), ``pci.ids`` of its project.
"""

from __future__ import annotations

import os
from pathlib import Path

from rempart_testing.target import RecordedTarget, lay

HOST = "/sys/devices/pci0000:00/0000:00:14.0/"
HUB = HOST + "usb1"
KEY = HUB + "/1-4"
CAMERA = HUB + "/1-5"
FILES = {
    HUB + "/uevent": "MAJOR=189\nMINOR=0\nDEVNAME=bus/usb/001/001\nDEVTYPE=usb_device\nDRIVER=usb\n"
    "PRODUCT=1d6b/2/601\nTYPE=9/0/1\nBUSNUM=001\nDEVNUM=001\n",
    HUB + "/removable": "unknown\n",
    KEY + "/uevent": "MAJOR=189\nMINOR=3\nDEVNAME=bus/usb/001/004\nDEVTYPE=usb_device\nDRIVER=usb\n"
    "PRODUCT=781/5581/100\nTYPE=0/0/0\nBUSNUM=001\nDEVNUM=004\n",
    KEY + "/removable": "removable\n",
    KEY + "/1-4:1.0/uevent": "DEVTYPE=usb_interface\nDRIVER=usb-storage\nPRODUCT=781/5581/100\nTYPE=0/0/0\n"
    "INTERFACE=8/6/80\n",
    CAMERA + "/uevent": "MAJOR=189\nMINOR=4\nDEVTYPE=usb_device\nTYPE=239/2/1\nBUSNUM=001\nDEVNUM=005\n",
    CAMERA + "/removable": "fixed\n",
    HOST + "uevent": "DRIVER=xhci_hcd\nPCI_CLASS=C0330\nPCI_ID=8086:A36D\nPCI_SUBSYS_ID=1028:0871\n"
    "PCI_SLOT_NAME=0000:00:14.0\nMODALIAS=pci:v00008086d0000A36D\n",
    "/sys/devices/pci0000:00/0000:00:00.0/uevent": "PCI_CLASS=60000\nPCI_ID=1234:1111\nPCI_SUBSYS_ID=0000:0000\n"
    "PCI_SLOT_NAME=0000:00:00.0\n",
    "/run/udev/data/c189:0": "E:ID_VENDOR=Linux\nE:ID_VENDOR_ID=1d6b\nE:ID_MODEL_ID=0002\nE:ID_REVISION=0601\n"
    "E:ID_VENDOR_FROM_DATABASE=Linux Foundation\nE:ID_MODEL_FROM_DATABASE=2.0 root hub\n"
    "E:ID_SERIAL_SHORT=0000:00:14.0\n",
    "/run/udev/data/c189:3": "S:disk/by-id/x\nI:123\nE:ID_MODEL=Ultra\nE:ID_VENDOR_ID=0781\nE:ID_MODEL_ID=5581\n"
    "E:ID_REVISION=0100\nE:ID_SERIAL_SHORT=4C53=0001\nG:seat\nQ:seat\n",
    "/run/udev/data/+pci:0000:00:14.0": "I:5\nE:ID_PCI_CLASS_FROM_DATABASE=Serial bus controller\n"
    "E:ID_PCI_SUBCLASS_FROM_DATABASE=USB controller\nE:ID_VENDOR_FROM_DATABASE=Intel\n"
    "E:ID_MODEL_FROM_DATABASE=old name\n",
    "/usr/share/misc/pci.ids": "# Syntax:\n1028  Dell\n8086  Intel Corporation\n"
    "\ta36d  Cannon Lake PCH USB 3.1 xHCI # new\n"
    "\t\t1028 0871  Precision 3630\n\t\t1028 0872 Other\n\ta36e  Next\n"
    "ffff  Illegal Vendor ID\nC 0c  Serial\n\t03  USB\n",
}
LINKS = {
    "/sys/bus/usb/devices/usb1": HUB,
    "/sys/bus/usb/devices/1-4": KEY,
    "/sys/bus/usb/devices/1-4:1.0": KEY + "/1-4:1.0",
    "/sys/bus/usb/devices/1-5": CAMERA,
    "/sys/bus/pci/devices/0000:00:14.0": HOST.rstrip("/"),
    "/sys/bus/pci/devices/0000:00:00.0": "/sys/devices/pci0000:00/0000:00:00.0",
    HUB + "/subsystem": "/sys/bus/usb",
    KEY + "/subsystem": "/sys/bus/usb",
    KEY + "/1-4:1.0/subsystem": "/sys/bus/usb",
    CAMERA + "/subsystem": "/sys/bus/usb",
    HOST + "subsystem": "/sys/bus/pci",
    "/sys/devices/pci0000:00/0000:00:00.0/subsystem": "/sys/bus/pci",
}


def machine(root: Path) -> RecordedTarget:
    """Make the tree and return the machine that it is.

    Args:
        root: A directory that does not exist yet.
    """
    root.mkdir()
    lay(root, FILES)
    for path, to in LINKS.items():
        place = root / path[1:]
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(os.path.relpath(to, os.path.dirname(path)))
    return RecordedTarget(str(root), {})
