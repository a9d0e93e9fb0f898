"""Table usb_devices: the USB devices of the machine.

Source: sysfs and udev (``rempart_agent.readers.kernel.udev``). ``removable`` is 1 where the hub says so, 0 for a
device that is fixed, -1 where it does not know; osquery has 1 for fixed ones, too.
"""

import re
from typing import Dict, Iterator

from rempart_agent.readers.kernel import udev
from rempart_agent.source.contract import INTEGER, TEXT, Column, Query, Row, Value
from rempart_agent.source.target import Target

OFFLINE = "none"
COLUMNS = (
    Column("usb_address", INTEGER),
    Column("usb_port", INTEGER),
    Column("vendor", TEXT),
    Column("vendor_id", TEXT, collate="nocase"),
    Column("version", TEXT, collate="version"),
    Column("model", TEXT),
    Column("model_id", TEXT, collate="nocase"),
    Column("serial", TEXT),
    Column("class", TEXT),
    Column("subclass", TEXT),
    Column("protocol", TEXT),
    Column("removable", INTEGER),
)
_NAMES = {
    "vendor": "ID_VENDOR_FROM_DATABASE",
    "vendor_id": "ID_VENDOR_ID",
    "version": "ID_REVISION",
    "model": "ID_MODEL_FROM_DATABASE",
    "model_id": "ID_MODEL_ID",
    "serial": "ID_SERIAL_SHORT",
}
_PARTS = ("class", "subclass", "protocol")
_REMOVABLE = {"removable": 1, "fixed": 0}
_WHOLE = re.compile("[0-9]{1,9}")


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each device, hubs too.

    Raises:
        Missing: sysfs is not mounted.
    """
    target.need_live("usb_devices")
    for device in udev.devices(target, "usb"):
        address, port = device.get("BUSNUM"), device.get("DEVNUM")
        if not (_WHOLE.fullmatch(address) and _WHOLE.fullmatch(port)):  # an interface of a device
            continue
        row: Dict[str, Value] = {column: device.get(name) for column, name in _NAMES.items()}
        parts = [part for part in device.get("TYPE").split("/") if part]
        if len(parts) == len(_PARTS):
            row.update(zip(_PARTS, parts))
        row["model"] = row["model"] or device.get("ID_MODEL")
        row.update(usb_address=int(address), usb_port=int(port))
        row["removable"] = _REMOVABLE.get(udev.attribute(target, device, "removable"), -1)
        yield row
