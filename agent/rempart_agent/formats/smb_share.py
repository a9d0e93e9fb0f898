r"""Shares as the server service of Windows keeps them, each as texts ``NAME=VALUE`` below ``LanmanServer\Shares``.

Sources: the class Win32_Share (what its ``Type`` may be); ``SHARE_INFO_502`` of lmshare.h, whose members the names are.
"""

from typing import Dict, NamedTuple, Optional, Sequence

from rempart_agent.source.contract import Malformed

TYPES = {
    0: "Disk Drive",
    1: "Print Queue",
    2: "Device",
    3: "IPC",
    0x80000000: "Disk Drive Admin",
    0x80000001: "Print Queue Admin",
    0x80000002: "Device Admin",
    0x80000003: "IPC Admin",
}
"""What each type of a share is called."""

NO_LIMIT = 0xFFFFFFFF


class Share(NamedTuple):
    """One share.

    Attributes:
        name: What clients call it.
        path: The folder, or the printer.
        type: A number of ``TYPES``.
        remark: Its description.
        most: How many may use it at once; ``NO_LIMIT`` for any number.
    """

    name: str
    path: str
    type: int
    remark: str
    most: int


def parse(name: str, texts: Sequence[str]) -> Share:
    """Return a share.

    Args:
        name: The name of its value in the registry.
        texts: What the value holds.

    Raises:
        Malformed: its type or its path is missing, or a number is none.
    """
    fields: Dict[str, str] = {}
    for text in texts:
        key, sign, value = text.partition("=")
        if not sign or key.lower() in fields:
            raise Malformed("the share {name} can't be understood", name=repr(name[:80]))
        fields[key.lower()] = value
    kind = _number(name, fields, "type", None)
    if kind & 0x0FFFFFFF in (0, 1) and not fields.get("path"):
        raise Malformed("the share {name} has no path", name=repr(name[:80]))
    return Share(
        name=fields.get("sharename") or name,
        path=fields.get("path", ""),
        type=kind,
        remark=fields.get("remark", ""),
        most=_number(name, fields, "maxuses", NO_LIMIT),
    )


def _number(name: str, fields: Dict[str, str], field: str, otherwise: Optional[int]) -> int:
    text = fields.get(field)
    if text is None and otherwise is not None:
        return otherwise
    if text is None or not text.isascii() or not text.isdigit() or len(text) > 10 or int(text) > NO_LIMIT:
        raise Malformed("the share {name} has no {field} that is a number", name=repr(name[:80]), field=field)
    return int(text)
