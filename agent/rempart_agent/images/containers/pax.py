"""Extended headers of tar: the records of POSIX (pax), and what GNU, star and Go's archive/tar put there."""

from typing import NamedTuple

from rempart_agent.images.containers.number import LARGEST, decimal
from rempart_agent.source.contract import Malformed

_XATTR = "SCHILY.xattr."
_SPARSE = "GNU.sparse."
_NANO = 1_000_000_000


class Extended(NamedTuple):
    """What the extended headers before a member say of it; None and empty where they say nothing.

    Attributes:
        path: Its name.
        target: Where it points.
        size: How many bytes are stored.
        uid: Its owner.
        gid: Its group.
        mtime: When it was written, in nanoseconds.
        xattrs: Its extended attributes by name.
        sparse: The fields of GNU's sparse files, without their prefix; ``offset`` and ``numbytes`` as ``map``.
    """

    path: str | None = None
    target: str | None = None
    size: int | None = None
    uid: int | None = None
    gid: int | None = None
    mtime: int | None = None
    xattrs: dict[str, bytes] | None = None
    sparse: dict[str, bytes] | None = None


def text(value: bytes) -> str:
    """Return bytes of a header as text; what is no UTF-8 is kept (``surrogateescape``)."""
    return value.decode("utf-8", "surrogateescape")


def _records(data: bytes) -> list[tuple[str, bytes]]:
    found = []
    position = 0
    while position < len(data):
        space = data.find(b" ", position, position + 20)
        length = decimal(data[position:space], "record length") if space > position else 0
        end = position + length
        key, equals, value = data[space + 1 : end - 1].partition(b"=")
        if length < 5 or end > len(data) or data[end - 1 : end] != b"\n" or not equals or not key:
            raise Malformed("an extended header of its tar holds a record that can't be read")
        found.append((text(key), value))
        position = end
    return found


def _time(value: bytes) -> int:
    seconds, _, fraction = value.removeprefix(b"-").partition(b".")
    time = decimal(seconds, "time") * _NANO + decimal(fraction[:9].ljust(9, b"0"), "time")
    if time > LARGEST:
        raise Malformed("an extended header of its tar has a time beyond 64 bits")
    return -time if value.startswith(b"-") else time


def read_extended(data: bytes) -> Extended:
    """Return what an extended header says.

    Raises:
        Malformed: It can't be read, or a name in it holds a NUL.
    """
    fields: dict[str, bytes] = {}
    xattrs: dict[str, bytes] = {}
    sparse: dict[str, bytes] = {}
    pairs: list[bytes] = []
    for key, value in _records(data):
        if key in ("path", "linkpath", _SPARSE + "name") and b"\0" in value:
            raise Malformed("an extended header of its tar has a name with a NUL")
        if key.startswith(_XATTR):
            xattrs[key[len(_XATTR) :]] = value
        elif key in (_SPARSE + "offset", _SPARSE + "numbytes"):
            if (len(pairs) % 2 == 0) != (key == _SPARSE + "offset"):
                raise Malformed("an extended header of its tar has a sparse map that can't be read")
            pairs.append(value)
        elif key.startswith(_SPARSE):
            sparse[key[len(_SPARSE) :]] = value
        else:
            fields[key] = value
    if pairs:
        sparse["map"] = b",".join(pairs)

    def whole(key: str) -> int | None:
        return decimal(fields[key], key) if fields.get(key) else None

    path, target = fields.get("path"), fields.get("linkpath")
    return Extended(
        path=text(path) if path else None,
        target=text(target) if target else None,
        size=whole("size"),
        uid=whole("uid"),
        gid=whole("gid"),
        mtime=_time(fields["mtime"]) if fields.get("mtime") else None,
        xattrs=xattrs or None,
        sparse=sparse or None,
    )
