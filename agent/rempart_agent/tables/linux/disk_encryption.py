"""Table disk_encryption: which block devices are encrypted.

A device is encrypted if it is an open mapping of dm-crypt, or if everything that it stands on is: a volume over two
disks of which one is in clear is not, nor is a btrfs spread over such two. The raw device below a mapping shows 0, as
in osquery: what counts is what is mounted. A mapping with the null cipher, or not yet encrypted to its end, shows 0
too. Where it can't be known, of a volume inside ZFS and of a member of a ZFS pool, ``encrypted`` is NULL and the status
``undefined``.

Sources: sysfs (``rempart_agent.readers.files.block``), without root; for ``type`` and the cipher the LUKS header on
the device below, else device-mapper, and for ``uuid`` the superblock, which take root. Without it the two stay unset,
and a null cipher or an unfinished encryption is not seen.
"""

import os
from typing import Any, Dict, Iterator, List, Mapping, Set

from rempart_agent.formats import luks
from rempart_agent.readers.files import block
from rempart_agent.readers.kernel import device_mapper
from rempart_agent.source.contract import INTEGER, TEXT, Column, Malformed, Missing, Query, Row, Value
from rempart_agent.source.target import Target
from rempart_agent.tables.linux import block_devices

OFFLINE = "none"
COLUMNS = (
    Column("name", TEXT, index=True),
    Column("uuid", TEXT, costly=True, collate="nocase"),
    Column("encrypted", INTEGER),
    Column("type", TEXT),
    Column("encryption_status", TEXT),
)
_KINDS = ("LUKS1", "LUKS2", "PLAIN", "LOOPAES", "TCRYPT", "BITLK", "FVAULT2")
_STATUS = {1: "encrypted", 0: "not encrypted", None: "undefined"}


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each block device."""
    target.need_live("disk_encryption")
    devices = block.read(target)
    mapped = {device.name: _kind(device) for device in devices.values() if _kind(device)}
    details: Mapping[str, Any] = {}
    if mapped:
        below = {name: _nodes_below(devices, name) for name in mapped}
        details = target.ask("dm_crypt", lambda: look(below))
    on_disk: Dict[str, Dict[str, str]] = {}
    if "uuid" in query.columns or target.exists("/sys/module/zfs"):
        on_disk = block_devices.look(target, devices)
    state = _States(devices, mapped, details, _opaque(devices, on_disk), _btrfs_groups(target))
    for name, device in devices.items():
        encrypted = state.of(name)
        row: Dict[str, Value] = {
            "name": device.node,
            "uuid": on_disk.get(device.node, {}).get("uuid", ""),
            "encrypted": encrypted,
            "encryption_status": _STATUS[encrypted],
        }
        if encrypted:
            row["type"] = ", ".join(sorted(state.types(name)))
        yield row


def _kind(device: block.Device) -> str:
    """Return what kind of encrypted mapping a device is, or ``""``; integrity alone (VERITY, INTEGRITY) is none."""
    parts = device.mapping.split("-", 2)
    return parts[1] if parts[0] == "CRYPT" and len(parts) > 1 and parts[1] in _KINDS else ""


def _nodes_below(devices: Dict[str, block.Device], name: str) -> List[str]:
    """Return the device files below a device, the nearest first; while encrypting anew, others lie between."""
    names = [name]
    for above in names:
        device = devices.get(above)
        names += [other for other in (device.below if device else ()) if other not in names]
    return [devices[other].node for other in names[1:] if other in devices]


class _States:
    """What is known of all devices, and what follows for each."""

    def __init__(
        self,
        devices: Dict[str, block.Device],
        mapped: Dict[str, str],
        details: Mapping[str, Any],
        opaque: Set[str],
        groups: List[List[str]],
    ) -> None:
        self._devices = devices
        self._mapped = mapped
        self._details = details
        self._opaque = opaque
        self._groups = groups

    def of(self, name: str) -> Any:
        """Return 1, 0, or None where it can't be known."""
        own = self._alone(name, frozenset())
        shared = [self._alone(other, frozenset()) for group in self._groups if name in group for other in group]
        return _weakest([own, *shared])

    def _alone(self, name: str, above: "frozenset[str]") -> Any:
        device = self._devices.get(name)
        if name in self._opaque:
            return None
        if device is None or name in above:
            return 0
        if name in self._mapped:
            return 0 if self._details.get(name, {}).get("clear") else 1
        if not device.below:
            return 0
        return _weakest([self._alone(other, above | {name}) for other in device.below])

    def types(self, name: str, depth: int = 0) -> Set[str]:
        """Return the ciphers below a device, ``LUKS2-aes-xts-plain64`` each; none where they could not be read."""
        if name in self._mapped:
            cipher = self._details.get(name, {}).get("cipher")
            return {"{}-{}".format(self._mapped[name], cipher)} if cipher else set()
        device = self._devices.get(name)
        if device is None or depth > 32:
            return set()
        return {found for other in device.below for found in self.types(other, depth + 1)}


def _weakest(states: List[Any]) -> Any:
    if 0 in states:
        return 0
    return None if None in states else 1


def _btrfs_groups(target: Target) -> List[List[str]]:
    """Return the devices of each mounted btrfs that has several; mounts shows the first alone."""
    groups = []
    for folder in target.glob("/sys/fs/btrfs/*-*/devices"):
        try:
            names = target.listdir(folder)
        except Missing:
            continue
        if len(names) > 1:
            groups.append(names)
    return groups


def _opaque(devices: Dict[str, block.Device], on_disk: Dict[str, Dict[str, str]]) -> Set[str]:
    """Return the devices that belong to ZFS, which encrypts, or not, by itself."""
    volumes = {name for name in devices if name.startswith("zd") and name[2:].split("p")[0].isdigit()}
    members = {node for node, found in on_disk.items() if found.get("type") == "zfs_member"}
    return volumes | {name for name, device in devices.items() if device.node in members}


def look(below: Mapping[str, List[str]]) -> Dict[str, Dict[str, Any]]:
    """Return the cipher of open mappings and whether a part of them is in clear; what may not be read is left out.

    Args:
        below: The mapping's kernel name to the device files that it stands on.
    """
    found: Dict[str, Dict[str, Any]] = {}
    for name, nodes in below.items():
        header = _read_header(nodes)
        if header is not None:
            found[name] = {"cipher": header.cipher, "clear": header.clear}
            continue
        try:
            parts = device_mapper.ciphers(os.stat("/dev/" + name).st_rdev)
        except OSError:
            continue
        if parts:
            clear = any(not part or part.startswith("cipher_null") for part in parts)
            found[name] = {"cipher": "+".join(sorted({part for part in parts if part})), "clear": clear}
    return found


def _read_header(nodes: List[str]) -> "luks.Header | None":
    for node in nodes:
        try:
            descriptor = os.open(node, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
            try:
                size = luks.size(os.pread(descriptor, 4096, 0))
                if size:
                    return luks.parse(os.pread(descriptor, size, 0))
            finally:
                os.close(descriptor)
        except (OSError, Malformed):
            continue
    return None
