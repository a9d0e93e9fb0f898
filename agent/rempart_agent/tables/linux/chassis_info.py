"""Table chassis_info: the machine's case, by which a laptop is told from a desktop.

osquery has this table on Windows; the columns and the names of the types are the same. Source: SMBIOS
(``rempart_agent.readers.files.dmi``), structure 3 of DSP0134. A machine without SMBIOS gives no row.
"""

from typing import Dict, List

from rempart_agent.readers.files import dmi
from rempart_agent.source.contract import TEXT, Column, Query, Row
from rempart_agent.source.target import Target

OFFLINE = "none"
COLUMNS = (
    Column("audible_alarm", TEXT),
    Column("breach_description", TEXT),
    Column("chassis_types", TEXT),
    Column("description", TEXT),
    Column("lock", TEXT),
    Column("manufacturer", TEXT),
    Column("model", TEXT),
    Column("security_breach", TEXT),
    Column("serial", TEXT, costly=True),
    Column("smbios_tag", TEXT, costly=True),
    Column("sku", TEXT),
    Column("status", TEXT),
    Column("visible_alarm", TEXT),
)
_DMI = {
    "manufacturer": "chassis_vendor",
    "model": "chassis_version",
    "serial": "chassis_serial",
    "smbios_tag": "chassis_asset_tag",
    "chassis_types": "chassis_type",
}
_TYPES = (
    *("Other", "Unknown", "Desktop", "Low Profile Desktop", "Pizza Box", "Mini Tower", "Tower", "Portable", "Laptop"),
    *("Notebook", "Hand Held", "Docking Station", "All in One", "Sub Notebook", "Space-Saving", "Lunch Box"),
    *("Main System Chassis", "Expansion Chassis", "SubChassis", "Bus Expansion Chassis", "Peripheral Chassis"),
    *("Storage Chassis", "Rack Mount Chassis", "Sealed-Case PC", "Multi-system chassis", "Compact PCI"),
    *("Advanced TCA", "Blade", "Blade Enclosure", "Tablet", "Convertible", "Detachable", "IoT Gateway"),
    *("Embedded PC", "Mini PC", "Stick PC"),
)


def rows(target: Target, query: Query) -> List[Row]:
    """See Table.rows: the one row, or none where the firmware says nothing.

    Raises:
        Denied: the serial number is asked for without root.
    """
    target.need_live("chassis_info")
    if not dmi.exists(target):
        return []
    wanted = ["chassis_types", "manufacturer", "model"]
    wanted += [column for column in ("serial", "smbios_tag") if column in query.columns]
    found: Dict[str, str] = dmi.read(target, wanted, _DMI)
    if "chassis_types" in found:
        found["chassis_types"] = name_type(found["chassis_types"])
    return [found]


def name_type(number: str) -> str:
    """Return the name of a chassis type, or the number as it is where the specification has no name for it."""
    at = int(number) if number.isascii() and number.isdigit() else 0
    return _TYPES[at - 1] if 1 <= at <= len(_TYPES) else number
