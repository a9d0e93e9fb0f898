"""What the firmware says of the hardware (SMBIOS, DSP0134), as the kernel shows it in ``/sys/class/dmi/id``.

Serial numbers and the machine's id take root; the rest any user may read. A machine without SMBIOS has no such folder.
The whole of it is the table that ``structures`` takes apart, which takes root.
"""

from typing import Dict, Iterable, Iterator, List, Mapping, NamedTuple, Optional

from rempart_agent.source.contract import Malformed, Missing
from rempart_agent.source.target import Target

_FOLDER = "/sys/class/dmi/id"
TABLE = "/sys/firmware/dmi/tables/DMI"
MAX_TABLE = 4 * 1024 * 1024
END = 127  # the type of the last structure


class Structure(NamedTuple):
    """A structure of the table.

    Attributes:
        kind: Its type.
        fields: Its formatted part, from the type on.
        texts: What follows, without the two NULs at its end.
        closed: Whether these stand before the last bytes of the table.
    """

    kind: int
    fields: bytes
    texts: bytes
    closed: bool = True

    def number(self, at: int, size: int) -> Optional[int]:
        """Return a number; None where the structure, of older firmware, ends before it.

        Args:
            at: Where it stands.
            size: Of how many bytes it is.
        """
        return int.from_bytes(self.fields[at : at + size], "little") if at + size <= len(self.fields) else None

    def hexadecimal(self, at: int, size: int, digits: int = 0) -> Optional[str]:
        """Return a number as ``0x`` and digits.

        Args:
            at: Where it stands.
            size: Of how many bytes it is.
            digits: How many digits it has at least; two a byte if 0.
        """
        number = self.number(at, size)
        return None if number is None else "0x{:0{}x}".format(number, digits or 2 * size)

    def name(self, at: int, names: Mapping[int, str]) -> str:
        """Return what a byte stands for; ``""`` where it has no name.

        Args:
            at: Where it stands.
            names: What each value is called.
        """
        number = self.number(at, 1)
        return "" if number is None else names.get(number, "")

    def text(self, at: int) -> str:
        """Return the text that a byte counts; ``""`` where there is none.

        Args:
            at: Where the byte stands.
        """
        return self.numbered(self.number(at, 1) or 0)

    def numbered(self, number: int) -> str:
        """Return a text by its number, from 1 on."""
        found = self.texts.split(b"\0")
        return found[number - 1].decode("utf-8", "replace").rstrip() if 0 < number <= len(found) else ""


def of_kind(target: Target, table: str, kind: int) -> List[Structure]:
    """Return the structures of a type that the machine's SMBIOS table holds.

    Args:
        target: What is looked at.
        table: Who asks.
        kind: The type.

    Raises:
        NotObservable: the target does not run.
        Missing: the machine has no SMBIOS table.
        Malformed: the table is cut off.
    """
    target.need_live(table)
    return [found for found in structures(target.read(TABLE, MAX_TABLE)) if found.kind == kind]


def structures(data: bytes) -> Iterator[Structure]:
    """Yield the structures of an SMBIOS table, up to the one that ends it.

    Raises:
        Malformed: it is cut off.
    """
    at = 0
    while at < len(data):
        if not data[at:].strip(b"\0"):  # the rest is padding
            return
        length = data[at + 1] if at + 1 < len(data) else 0
        end = data.find(b"\0\0", at + length)
        if length < 4 or end < 0:
            raise Malformed("{path}: cut off", path=TABLE)
        yield Structure(data[at], data[at : at + length], data[at + length : end], at + length + 4 <= len(data))
        if data[at] == END:
            return
        at = end + 2


def exists(target: Target) -> bool:
    """Tell whether the machine has SMBIOS; raises ``Missing`` where sysfs can't be looked at."""
    if target.exists(_FOLDER):
        return True
    if not target.exists("/sys/class"):
        raise Missing("/sys/class: does not exist (is sysfs mounted?)")
    return False


def read(target: Target, columns: Iterable[str], sources: Dict[str, str]) -> Dict[str, str]:
    """Return what the firmware says for some columns; a value that it does not have is left out.

    Args:
        target: A live machine.
        columns: The columns that are wanted.
        sources: Column to the name of its file.

    Raises:
        Denied: one of the values takes root.
    """
    row = {}
    for column in columns:
        if column in sources:
            try:
                row[column] = target.text("{}/{}".format(_FOLDER, sources[column])).strip()
            except Missing:
                continue
    return row
