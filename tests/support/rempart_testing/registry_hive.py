r"""Hives of the registry, written by the public specification of their files; hivexsh and libregf read them too.

A key is a dictionary: ``{"Select": {"Current": 1}, "ControlSet001": {…}}``. A dictionary within it is a key, anything
else a value: a text (REG_SZ), a number (REG_DWORD), bytes (REG_BINARY), a list (REG_MULTI_SZ), or ``(type, bytes)``.
"""

import struct
from collections.abc import Mapping, Sequence

from rempart_agent.images.windows.marvin import marvin32

Data = str | int | bytes | Sequence[str] | tuple[int, bytes]
Tree = Mapping[str, "Data | Tree"]

WRITTEN = 133_000_000_000_000_000  # 2022-06-18, as a FILETIME
SEGMENT = 16344


def hive(tree: Tree, minor: int = 5, sequence: tuple[int, int] = (7, 7)) -> bytes:
    """Return a hive.

    Args:
        tree: The keys and values below its root.
        minor: The minor version of its format.
        sequence: What its header counts writes by; two that differ make it one that was not written out.
    """
    writer = _Writer(minor)
    root = writer.key("ROOT", tree, 0, 0x2C)
    size = -(-len(writer.cells) // 4096) * 4096
    rest = size - len(writer.cells)
    if rest:
        writer.cells += struct.pack("<i", rest) + bytes(rest - 4)
    writer.cells[:32] = struct.pack("<4sIIQQI", b"hbin", 0, size, 0, WRITTEN, 0)
    return header(sequence, size, root, minor) + bytes(writer.cells)


def header(sequence: tuple[int, int], size: int, root: int, minor: int = 5, kind: int = 0) -> bytes:
    """Return the first 4096 bytes of a hive, or of a log of it by the first 512 of them."""
    base = struct.pack("<4s2IQ7I", b"regf", *sequence, WRITTEN, 1, minor, kind, 1, root, size, 1).ljust(508, b"\0")
    return seal(base.ljust(4096, b"\0"))


def seal(data: bytes) -> bytes:
    """Return a hive, or a log, with the checksum that its header must have."""
    total = 0
    for word in struct.unpack_from("<127I", data):
        total ^= word
    return data[:508] + struct.pack("<I", {0: 1, 0xFFFFFFFF: 0xFFFFFFFE}.get(total, total)) + data[512:]


def torn(before: bytes, after: bytes, number: int = 7) -> tuple[bytes, bytes]:
    """Return the hive ``before`` as one whose next write had begun, and the log that makes ``after`` of it.

    Args:
        before: A hive as it was.
        after: The same later.
        number: What the entry of the log is counted by.
    """
    size, root = struct.unpack_from("<I", after, 40)[0], struct.unpack_from("<I", after, 36)[0]
    bins = before[4096:].ljust(size, b"\0")
    changed = [at for at in range(0, size, 4096) if bins[at : at + 4096] != after[4096 + at : 8192 + at]]
    primary = seal(before[:4] + struct.pack("<2I", number, number - 1) + before[12:])
    pages = [(at, after[4096 + at : 8192 + at]) for at in changed]
    log = header((number, number), size, root, kind=6)[:512] + entry(number, size, pages)
    return primary, log


def entry(number: int, size: int, pages: Sequence[tuple[int, bytes]]) -> bytes:
    """Return an entry of a log of the new format."""
    body = b"".join(struct.pack("<2I", at, len(page)) for at, page in pages) + b"".join(page for _, page in pages)
    whole = -(-(40 + len(body)) // 512) * 512
    body = body.ljust(whole - 40, b"\0")
    front = struct.pack("<4s5IQ", b"HvLE", whole, 0, number, size, len(pages), marvin32(body))
    return front + struct.pack("<Q", marvin32(front)) + body


def sectors(before: bytes, after: bytes) -> tuple[bytes, bytes]:
    """Return what ``torn`` does, with a log of the old format."""
    size, root = struct.unpack_from("<I", after, 40)[0], struct.unpack_from("<I", after, 36)[0]
    bins = before[4096:].ljust(size, b"\0")
    bits, pages = bytearray(size // 512 // 8), b""
    for at in range(0, size, 4096):
        if bins[at : at + 4096] != after[4096 + at : 8192 + at]:
            bits[at // 4096] = 0xFF
            pages += after[4096 + at : 8192 + at]
    vector = b"DIRT" + bytes(bits)
    vector = vector.ljust(-(-len(vector) // 512) * 512, b"\0")
    primary = seal(before[:4] + struct.pack("<2I", 8, 7) + before[12:])
    return primary, header((8, 8), size, root, kind=1)[:512] + vector + pages


class _Writer:
    def __init__(self, minor: int) -> None:
        self.cells = bytearray(32)
        self.minor = minor
        # one descriptor of security, of all keys (its own neighbour in the list of them): hivex adds no key without
        self.security = self.cell(struct.pack("<2sH4I", b"sk", 0, 32, 32, 1, 20) + b"\1\0\4\x80".ljust(20, b"\0"))

    def cell(self, data: bytes) -> int:
        """Add a cell, and return where it is."""
        at = len(self.cells)
        size = -(-(len(data) + 4) // 8) * 8
        self.cells += struct.pack("<i", -size) + data.ljust(size - 4, b"\0")
        return at

    def key(self, name: str, tree: Tree, parent: int, flags: int = 0x20) -> int:
        raw = _name(name)
        at = self.cell(bytes(76) + raw)
        keys = sorted((one for one in tree if isinstance(tree[one], Mapping)), key=str.upper)
        below = [self.key(one, tree[one], at) for one in keys]  # type: ignore[arg-type]  # mappings, all of these
        values = [self.value(one, data) for one, data in tree.items() if not isinstance(data, Mapping)]
        key_list = value_list = 0xFFFFFFFF
        if below:
            hashes = [(one, _hash(name)) for one, name in zip(below, keys, strict=True)]
            key_list = self.cell(
                struct.pack("<2sH", b"lh", len(below)) + b"".join(struct.pack("<2I", *h) for h in hashes)
            )
        if values:
            value_list = self.cell(struct.pack(f"<{len(values)}I", *values))
        node = struct.pack("<2sHQ6I", b"nk", flags, WRITTEN, 0, parent, len(below), 0, key_list, 0xFFFFFFFF)
        node += struct.pack("<4I", len(values), value_list, self.security, 0xFFFFFFFF)
        self.cells[at + 4 : at + 4 + 72] = node.ljust(72, b"\0")
        struct.pack_into("<2H", self.cells, at + 4 + 72, len(raw), 0)
        return at

    def value(self, name: str, data: Data) -> int:
        kind, raw = encode(data)
        size, place = len(raw), 0
        if size <= 4:
            size |= 1 << 31
            place = int.from_bytes(raw.ljust(4, b"\0"), "little")
        elif size > SEGMENT and self.minor > 3:
            parts = [self.cell(raw[at : at + SEGMENT]) for at in range(0, size, SEGMENT)]
            place = self.cell(
                struct.pack("<2sHI", b"db", len(parts), self.cell(struct.pack(f"<{len(parts)}I", *parts)))
            )
        else:
            place = self.cell(raw)
        text = _name(name)
        return self.cell(struct.pack("<2sHIIIHH", b"vk", len(text), size, place, kind, 1, 0) + text)


def encode(data: Data) -> tuple[int, bytes]:
    """Return the number of a value's type, and its bytes."""
    if isinstance(data, str):
        return 1, data.encode("utf-16-le") + b"\0\0"
    if isinstance(data, int):
        return 4, struct.pack("<I", data)
    if isinstance(data, bytes):
        return 3, data
    if isinstance(data, tuple) and len(data) == 2 and isinstance(data[0], int) and isinstance(data[1], bytes):
        return data[0], data[1]
    return 7, "".join(f"{one}\0" for one in data).encode("utf-16-le") + b"\0\0"


def _name(name: str) -> bytes:
    return name.encode("latin-1")


def _hash(name: str) -> int:
    total = 0
    for letter in name.upper():
        total = total * 37 + ord(letter) & 0xFFFFFFFF
    return total
