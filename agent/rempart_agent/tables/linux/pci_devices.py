"""Table pci_devices: the PCI devices of the machine.

Sources: sysfs and udev (``rempart_agent.readers.kernel.udev``) and the list of names ``pci.ids``, whose names go
before udev's. A machine without that list has devices all the same, other than in osquery.
"""

from typing import Dict, Iterator, Tuple

from rempart_agent.readers.kernel import udev
from rempart_agent.source.contract import TEXT, Column, Missing, Query, Row
from rempart_agent.source.target import Target

OFFLINE = "none"
COLUMNS = (
    Column("pci_slot", TEXT),
    Column("pci_class", TEXT),
    Column("driver", TEXT),
    Column("vendor", TEXT),
    Column("vendor_id", TEXT, collate="nocase"),
    Column("model", TEXT),
    Column("model_id", TEXT, collate="nocase"),
    Column("pci_class_id", TEXT, collate="nocase"),
    Column("pci_subclass_id", TEXT, collate="nocase"),
    Column("pci_subclass", TEXT),
    Column("subsystem_vendor_id", TEXT, collate="nocase"),
    Column("subsystem_vendor", TEXT),
    Column("subsystem_model_id", TEXT, collate="nocase"),
    Column("subsystem_model", TEXT),
)
LISTS = ("/usr/share/misc/pci.ids", "/usr/share/hwdata/pci.ids", "/usr/share/pci.ids")
Names = Dict[Tuple[str, ...], str]
_NAMES = {
    "pci_slot": "PCI_SLOT_NAME",
    "pci_class": "ID_PCI_CLASS_FROM_DATABASE",
    "pci_subclass": "ID_PCI_SUBCLASS_FROM_DATABASE",
    "driver": "DRIVER",
}
_ID, _SUBSYSTEM, _LAST = 4, 2, "ffff"


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each device.

    Raises:
        Missing: sysfs is not mounted.
    """
    target.need_live("pci_devices")
    known = _known(target)
    for device in udev.devices(target, "pci"):
        row: Dict[str, str] = {column: device.get(name) for column, name in _NAMES.items()}
        row.update(_classified(device.get("PCI_CLASS").lower()))
        row.update(_identified(device, known))
        yield row


def _known(target: Target) -> Names:
    for path in LISTS:
        try:
            return parse(target.text(path))
        except Missing:
            continue
    return {}


def parse(text: str) -> Names:
    """Return the names in a ``pci.ids``: of vendors, of their devices, of subsystems of these.

    Args:
        text: The list; what follows its classes (``ffff``) is not read.
    """
    found: Names = {}
    vendor = device = ""
    for entry in text.split("\n"):
        line = entry.partition("#")[0].rstrip()
        depth = len(line) - len(line.lstrip("\t"))
        words = line.strip().split(None, depth if depth == _SUBSYSTEM else 1)
        if depth == 0 and len(words) > 1 and len(words[0]) == _ID:
            vendor, device = words[0], ""
            if vendor == _LAST:
                break
            found.setdefault((vendor,), words[1])
        elif depth == 1 and len(words) > 1 and vendor:
            device = words[0]
            found.setdefault((vendor, device), words[1])
        elif depth == _SUBSYSTEM and len(words) > _SUBSYSTEM and device:
            found.setdefault((vendor, device, words[0], words[1]), words[2])
    return found


def _classified(number: str) -> Dict[str, str]:
    if len(number) not in (5, 6):  # the kernel leaves a first zero out
        return {}
    number = number.zfill(6)
    return {"pci_class_id": "0x" + number[:2], "pci_subclass_id": "0x" + number[2:4]}


def _identified(device: udev.Device, known: Names) -> Dict[str, str]:
    row = {"vendor": device.get("ID_VENDOR_FROM_DATABASE"), "model": device.get("ID_MODEL_FROM_DATABASE")}
    vendor, colon, model = device.get("PCI_ID").lower().partition(":")
    if not (colon and model) or ":" in model:
        return {**row, "vendor_id": "0", "model_id": "0"}
    row.update(vendor_id="0x" + vendor, model_id="0x" + model)
    row["vendor"] = known.get((vendor,), row["vendor"])
    row["model"] = known.get((vendor, model), row["model"])
    maker, colon, kind = device.get("PCI_SUBSYS_ID").lower().partition(":")
    if colon and kind and ":" not in kind:
        row.update(subsystem_vendor_id="0x" + maker, subsystem_model_id="0x" + kind)
        row["subsystem_vendor"] = known.get((maker,), "")
        row["subsystem_model"] = known.get((vendor, model, maker, kind), "")
    return row
