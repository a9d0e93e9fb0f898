"""Table block_devices: disks, partitions and what is made of them.

Sources: sysfs, see ``rempart_agent.readers.files.block``; for ``type``, ``uuid`` and ``label`` the superblock on the
device itself, which takes root. ``size`` counts sectors of 512 bytes, as osquery does. ``parent`` is the disk of a
partition, or the first of the devices that a volume stands on.
"""

from typing import Dict, Iterator

from rempart_agent.formats import superblock
from rempart_agent.readers.files import block
from rempart_agent.source.contract import BIGINT, INTEGER, TEXT, Column, Denied, Query, Row, SourceError, Unfit, Value
from rempart_agent.source.target import Target

OFFLINE = "none"
COLUMNS = (
    Column("name", TEXT, index=True),
    Column("parent", TEXT),
    Column("vendor", TEXT),
    Column("model", TEXT),
    Column("serial", TEXT),
    Column("size", BIGINT),
    Column("block_size", INTEGER),
    Column("uuid", TEXT, costly=True, collate="nocase"),
    Column("type", TEXT, costly=True),
    Column("label", TEXT, costly=True),
)
_ON_DISK = ("type", "uuid", "label")


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each block device.

    Raises:
        Denied: what lies on a device is asked for, and it may not be read.
        Unfit: the same, and it can't be read. An optical drive or card reader that gives nothing is taken for empty.
    """
    target.need_live("block_devices")
    devices = block.read(target)
    on_disk: Dict[str, Dict[str, str]] = {}
    if not query.columns.isdisjoint(_ON_DISK):
        on_disk = _identify(target, devices)
    for name, device in devices.items():
        row: Dict[str, Value] = {
            "name": device.node,
            "size": device.size,
            "vendor": _vendor(_value(target, name, "device/vendor")),
            "model": _value(target, name, "device/model"),
            "serial": _value(target, name, "device/serial") or _value(target, name, "device/wwid"),
        }
        unit = block.value(target, name, "queue/logical_block_size")
        if unit.isascii() and unit.isdigit():
            row["block_size"] = int(unit)
        if device.below:
            row["parent"] = "/dev/" + device.below[0].replace("!", "/")
        row.update(on_disk.get(device.node, {}))
        yield row


def _value(target: Target, name: str, attribute: str) -> str:
    try:
        return block.value(target, name, attribute)
    except Unfit:  # a drive that can't tell answers with an error
        return ""


def _vendor(text: str) -> str:
    return "" if text.startswith("0x") else text  # virtio has a number there


def _identify(target: Target, devices: Dict[str, block.Device]) -> Dict[str, Dict[str, str]]:
    for device in devices.values():
        if device.suspended:
            raise Unfit("{node}: suspended, reading it would wait", node=device.node)
    found = look(target, devices)
    for name, device in devices.items():
        answer = found.get(device.node, {})
        if "denied" in answer:
            raise Denied("{node}: {answer}", node=device.node, answer=SourceError(answer["denied"]))
        if "unfit" in answer:
            if block.value(target, name, "removable") != "1":
                raise Unfit("{node}: {answer}", node=device.node, answer=SourceError(answer["unfit"]))
            del found[device.node]
    return found


def look(target: Target, devices: Dict[str, block.Device]) -> Dict[str, Dict[str, str]]:
    """Return what lies on each device that is not suspended, as ``superblock.read`` does.

    Args:
        target: The running machine.
        devices: The devices, by name.
    """
    nodes = [device.node for device in devices.values() if device.size and not device.suspended]
    found: Dict[str, Dict[str, str]] = target.ask("superblocks", lambda: superblock.read(nodes))
    return found
