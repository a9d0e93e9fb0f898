"""LUKS headers: what a volume is encrypted with.

Sources: LUKS1 On-Disk Format Specification 1.2.3; LUKS2 On-Disk Format Specification 1.1.1. Nothing secret is in what
is read here: keys lie in the key slots behind the header.
"""

from typing import Any, Dict, NamedTuple

from rempart_agent.source.contract import Malformed

_MAGIC = b"LUKS\xba\xbe"
_JSON = 4096
_MOST = 4 * 1024 * 1024  # the largest LUKS2 header that the specification allows


class Header(NamedTuple):
    """What a header says.

    Attributes:
        version: 1 or 2.
        cipher: For example ``aes-xts-plain64``; several, while a volume is being encrypted anew, joined by ``+``.
        clear: Whether a part of the volume lies there in clear: its cipher is the null cipher, or encrypting is not
            finished.
    """

    version: int
    cipher: str
    clear: bool


def size(head: bytes) -> int:
    """Return how many bytes the header that begins with ``head`` has, or 0 where it is none.

    Args:
        head: At least the first 16 bytes of the device.
    """
    if not head.startswith(_MAGIC) or len(head) < 16:
        return 0
    version = int.from_bytes(head[6:8], "big")
    if version == 1:
        return 592
    whole = int.from_bytes(head[8:16], "big")
    return whole if version == 2 and _JSON < whole <= _MOST else 0


def parse(data: bytes) -> Header:
    """Read a header; raises ``Malformed``.

    Args:
        data: The device's first ``size(head)`` bytes.
    """
    if not size(data) or len(data) < size(data):
        raise Malformed("no LUKS header")
    if data[7] == 1:
        cipher = "{}-{}".format(_string(data[8:40]), _string(data[40:72]))
        return Header(1, cipher, cipher.startswith("cipher_null"))
    import json

    try:
        found = json.loads(data[_JSON : size(data)].split(b"\0", 1)[0].decode("utf-8"))
        segments = found["segments"]
        parts = [_segment(part) for part in segments.values() if not _is_backup(part)]
    except (ValueError, LookupError, AttributeError, TypeError, RecursionError) as error:
        raise Malformed("LUKS2 header: no segments") from error
    if not parts:
        raise Malformed("LUKS2 header: no segments")
    ciphers = sorted({part["cipher"] for part in parts if part["cipher"]})
    return Header(2, "+".join(ciphers), any(part["clear"] for part in parts))


def _is_backup(part: Any) -> bool:
    """Tell whether a segment only says how the volume was, or will be, while it is being encrypted anew."""
    return any(str(flag).startswith("backup-") for flag in part.get("flags", ()))


def _segment(part: Any) -> Dict[str, Any]:
    kind, cipher = str(part["type"]), str(part.get("encryption", ""))
    if kind == "hw-opal":  # the drive encrypts
        return {"cipher": "opal", "clear": False}
    clear = kind not in ("crypt", "hw-opal-crypt") or cipher.startswith("cipher_null") or not cipher
    return {"cipher": cipher, "clear": clear}


def _string(data: bytes) -> str:
    return data.split(b"\0", 1)[0].decode("ascii", "replace")
