"""The machine's block devices and how they stand on each other, as sysfs shows them.

Source: ``/sys/class/block`` (Documentation/ABI/stable/sysfs-block of the kernel). No root is needed.
"""

from typing import Dict, List, NamedTuple, Tuple

from rempart_agent.source.contract import Missing
from rempart_agent.source.target import Target

FOLDER = "/sys/class/block/"


class Device(NamedTuple):
    """One block device.

    Attributes:
        name: The kernel's name (``sda1``, ``dm-0``).
        node: Its device file.
        size: In sectors of 512 bytes, as sysfs counts.
        below: The devices that it stands on: the disk of a partition, all members of a volume or array.
        mapping: What device-mapper calls it, for example ``CRYPT-LUKS2-…`` or ``LVM-…``; ``""`` where it is none.
        suspended: Whether device-mapper holds it: reading from it would wait.
    """

    name: str
    node: str
    size: int
    below: Tuple[str, ...]
    mapping: str
    suspended: bool


def read(target: Target) -> Dict[str, Device]:
    """Return the devices by name, those without a device file left out (paths of a multipath disk)."""
    found = {}
    for name in target.listdir(FOLDER):
        try:
            if value(target, name, "hidden") == "1":
                continue
            size = value(target, name, "size")
            found[name] = Device(
                name=name,
                node="/dev/" + name.replace("!", "/"),
                size=int(size) if size.isascii() and size.isdigit() else 0,
                below=tuple(_below(target, name)),
                mapping=value(target, name, "dm/uuid"),
                suspended=value(target, name, "dm/suspended") == "1",
            )
        except Missing:  # unplugged meanwhile
            continue
    return found


def value(target: Target, name: str, attribute: str) -> str:
    """Return what sysfs says of a device, or ``""`` where it has no such attribute.

    Args:
        target: What is looked at.
        name: The device's, as in ``/sys/class/block``.
        attribute: A path below that.
    """
    try:
        return target.text(FOLDER + name + "/" + attribute).strip()
    except Missing:
        return ""


def _below(target: Target, name: str) -> List[str]:
    try:
        members = target.listdir(FOLDER + name + "/slaves")
    except Missing:
        members = []
    if members or not target.exists(FOLDER + name + "/partition"):
        return members
    return [target.realpath(FOLDER + name).split("/")[-2]]  # a partition lies in its disk's folder
