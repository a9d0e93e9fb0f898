"""The devices of a bus, with what the kernel and udev tell of each.

Sources: sysfs (``/sys/bus/BUS/devices``, each device's ``uevent``) and udev's database (``/run/udev/data``, the lines
``E:``), as libudev reads them. Where udev does not run, only the kernel tells.
"""

from typing import Dict, Iterator, NamedTuple

from rempart_agent.source.contract import Missing, SourceError
from rempart_agent.source.target import Target

_BUSES, _DATABASE = "/sys/bus", "/run/udev/data"


class Device(NamedTuple):
    """A device.

    Attributes:
        path: Where it is in sysfs.
        properties: What is told of it; udev's word goes before the kernel's.
    """

    path: str
    properties: Dict[str, str]

    def get(self, name: str) -> str:
        """Return a property; ``""`` where there is none."""
        return self.properties.get(name, "")


def devices(target: Target, bus: str) -> Iterator[Device]:
    """Yield the devices of a bus; none where the kernel has no such bus.

    Args:
        target: What is looked at.
        bus: As in ``/sys/bus``.

    Raises:
        Missing: sysfs is not mounted.
    """
    if not target.exists(_BUSES):
        raise Missing("{path}: does not exist (is sysfs mounted?)", path=_BUSES)
    folder = _BUSES + "/" + bus + "/devices"
    if not target.exists(folder):
        return
    for name in target.listdir(folder):
        try:
            path = target.realpath(folder + "/" + name)
            properties = parse(target.text(path + "/uevent"))
        except Missing:  # unplugged meanwhile
            continue
        number = properties.get("MAJOR", "") + ":" + properties.get("MINOR", "")
        known = "+" + bus + ":" + name if number == ":" else "c" + number
        try:
            properties.update(parse(target.text(_DATABASE + "/" + known), "E:"))
        except Missing:  # udev does not run, or knows nothing of it
            pass
        yield Device(path, properties)


def parse(text: str, mark: str = "") -> Dict[str, str]:
    """Return properties: the lines ``NAME=VALUE`` behind a mark.

    Args:
        text: The file.
        mark: How these lines begin.
    """
    pairs = (line[len(mark) :].partition("=") for line in text.split("\n") if line.startswith(mark))
    return {name: value for name, equals, value in pairs if equals and name}


def attribute(target: Target, device: Device, name: str) -> str:
    """Return an attribute of a device; ``""`` where it has none.

    Args:
        target: What is looked at.
        device: The device.
        name: The file in its folder.
    """
    try:
        return target.text(device.path + "/" + name).strip()
    except (Missing, SourceError):
        return ""
