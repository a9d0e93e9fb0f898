"""Table system_info: the machine and its processor.

Sources: ``/proc/sys/kernel/hostname``, ``/proc/cpuinfo``, ``/proc/meminfo`` and SMBIOS
(``rempart_agent.readers.files.dmi``). ``hostname`` is the name that the kernel has; no name service is asked. ``uuid``
and the serial numbers take root. Lenovo writes the model into the version, and the two are exchanged, as in osquery.
"""

import os
from typing import Dict, List, Set

from rempart_agent.readers.files import dmi
from rempart_agent.source.contract import BIGINT, INTEGER, TEXT, Column, Query, Row, Value
from rempart_agent.source.target import Target
from rempart_agent.tables.linux import memory_info

OFFLINE = "none"
COLUMNS = (
    Column("hostname", TEXT),
    Column("uuid", TEXT, costly=True, collate="nocase"),
    Column("cpu_type", TEXT, costly=True),
    Column("cpu_subtype", TEXT, costly=True),
    Column("cpu_brand", TEXT, costly=True),
    Column("cpu_physical_cores", INTEGER, costly=True),
    Column("cpu_logical_cores", INTEGER, costly=True),
    Column("cpu_sockets", INTEGER, costly=True),
    Column("cpu_microcode", TEXT, costly=True),
    Column("physical_memory", BIGINT, costly=True),
    Column("hardware_vendor", TEXT, costly=True),
    Column("hardware_model", TEXT, costly=True),
    Column("hardware_version", TEXT, costly=True),
    Column("hardware_serial", TEXT, costly=True),
    Column("board_vendor", TEXT, costly=True),
    Column("board_model", TEXT, costly=True),
    Column("board_version", TEXT, costly=True),
    Column("board_serial", TEXT, costly=True),
    Column("computer_name", TEXT),
    Column("local_hostname", TEXT),
)
_DMI = {
    "uuid": "product_uuid",
    "hardware_vendor": "sys_vendor",
    "hardware_model": "product_name",
    "hardware_version": "product_version",
    "hardware_serial": "product_serial",
    "board_vendor": "board_vendor",
    "board_model": "board_name",
    "board_version": "board_version",
    "board_serial": "board_serial",
}
_MODEL = frozenset(("hardware_vendor", "hardware_model", "hardware_version"))


def rows(target: Target, query: Query) -> List[Row]:
    """See Table.rows: the one row.

    Raises:
        Denied: the machine's id or a serial number is asked for without root.
    """
    target.need_live("system_info")
    name = target.text("/proc/sys/kernel/hostname").strip()
    row: Dict[str, Value] = {"hostname": name, "computer_name": name, "local_hostname": name}
    if any(column.startswith("cpu_") for column in query.columns):
        row.update(parse_cpuinfo(target.text("/proc/cpuinfo")))
        row["cpu_type"] = os.uname().machine
    if "physical_memory" in query.columns:
        row["physical_memory"] = memory_info.parse(target.text("/proc/meminfo"))["memory_total"]
    wanted = query.columns & _DMI.keys()
    if wanted and dmi.exists(target):
        wanted |= _MODEL if wanted & _MODEL else frozenset()
        found = dmi.read(target, sorted(wanted), _DMI)
        if found.get("hardware_vendor", "").lower() == "lenovo":
            model, version = found.get("hardware_model", ""), found.get("hardware_version", "")
            found["hardware_model"], found["hardware_version"] = version, model
        row.update(found)
    return [row]


def parse_cpuinfo(text: str) -> Dict[str, Value]:
    """Parse ``/proc/cpuinfo`` (proc_cpuinfo(5)); what an architecture does not tell stays unset."""
    row: Dict[str, Value] = {}
    logical = 0
    cores: Set[str] = set()
    sockets: Set[str] = set()
    names = {"model name": "cpu_brand", "model": "cpu_subtype", "microcode": "cpu_microcode"}
    for block in text.split("\n\n"):
        fields = {}
        for line in block.split("\n"):
            key, _, value = line.partition(":")
            fields[key.strip()] = value.strip()
        if "processor" not in fields:
            continue
        logical += 1
        cores.add("{}/{}".format(fields.get("physical id", ""), fields.get("core id", fields["processor"])))
        sockets.add(fields.get("physical id", ""))
        for key, column in names.items():
            if key in fields:
                row.setdefault(column, fields[key])
    if logical:
        row.update(cpu_logical_cores=logical, cpu_physical_cores=len(cores), cpu_sockets=len(sockets))
    return row
