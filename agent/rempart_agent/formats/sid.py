"""Security identifiers of Windows, from bytes to text.

Source: [MS-DTYP] 2.4.2, SID: revision, count, six bytes of authority (big endian), then numbers of four bytes (little
endian).
"""

import re
import struct
from typing import List

from rempart_agent.source.contract import Malformed

_MOST = 15
_TEXT = re.compile(r"[Ss]-1-[0-9]{1,15}(?:-[0-9]{1,10}){1,15}")


def size(data: bytes, at: int = 0) -> int:
    """Return how many bytes the identifier that begins at ``at`` takes.

    Args:
        data: Where it lies.
        at: Where it begins.

    Raises:
        Malformed: there is none.
    """
    if at < 0 or len(data) < at + 8 or data[at] != 1 or not 1 <= data[at + 1] <= _MOST:
        raise Malformed("no security identifier")
    whole = 8 + 4 * data[at + 1]
    if len(data) < at + whole:
        raise Malformed("a security identifier is cut off")
    return whole


def parse(data: bytes, at: int = 0) -> str:
    """Return the identifier that begins at ``at`` as text, ``S-1-5-32-544``.

    Args:
        data: Where it lies; what follows it is passed over.
        at: Where it begins.

    Raises:
        Malformed: there is none.
    """
    end = at + size(data, at)
    authority = int.from_bytes(data[at + 2 : at + 8], "big")
    numbers = struct.unpack("<{}I".format(data[at + 1]), data[at + 8 : end])
    return "-".join(["S-1", str(authority)] + [str(number) for number in numbers])


def parse_all(data: bytes, most: int) -> List[str]:
    """Return the identifiers that follow one another.

    Args:
        data: Where they lie.
        most: How many there may be.

    Raises:
        Malformed: one can't be understood, or there are more.
    """
    found: List[str] = []
    at = 0
    while at < len(data):
        if len(found) == most:
            raise Malformed("more than {most} security identifiers", most=most)
        found.append(parse(data, at))
        at += size(data, at)
    return found


def is_sid(text: str) -> bool:
    """Tell whether a text, as the name of a registry key, is an identifier."""
    return bool(_TEXT.fullmatch(text))


def rid(text: str) -> int:
    """Return the last number of an identifier in text, by which a machine or a domain knows an account."""
    return int(text.rsplit("-", 1)[1])
