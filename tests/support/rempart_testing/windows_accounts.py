"""Values of the account database of Windows, made as Windows lays them out.

The layout is that of two real hives (test data of regipy and of winreg-kb of libyal), which these functions were held
against: descriptors, their order, the four bytes on which each part begins, and the eight bytes of logon hours.
"""

import struct
from collections.abc import Iterable, Mapping, Sequence

from rempart_testing.registry_hive import Data, Tree

MACHINE = "S-1-5-21-1760460187-1592185332-161725925"
_VERSION = 65538  # 0x00010002, in each descriptor of a security descriptor


def sid(text: str) -> bytes:
    """Return the bytes of a security identifier."""
    _, revision, authority, *numbers = text.split("-")
    return (
        bytes([int(revision), len(numbers)])
        + int(authority).to_bytes(6, "big")
        + b"".join(struct.pack("<I", int(number)) for number in numbers)
    )


def user_f(rid: int, flags: int = 0x10, group: int = 513) -> bytes:
    """Return ``F`` of an account."""
    return struct.pack("<2I5q3I4HI8x", _VERSION, 0, 0, 0, 0, 0x7FFFFFFFFFFFFFFF, 0, rid, group, flags, 0, 0, 0, 0, 0)


def user_v(name: str, comment: str = "", hashes: bytes = b"") -> bytes:
    """Return ``V`` of an account; ``hashes`` stands where Windows keeps those of its password."""
    parts = [bytes(188), _text(name), b"", _text(comment), *[b""] * 7, bytes(8), b"", b"", hashes, b"", b""]
    return _described(parts, [_VERSION, *[0] * 10, 1, *[0] * 5])


def alias_c(rid: int, name: str, members: Iterable[str] = (), comment: str = "") -> bytes:
    """Return ``C`` of a local group."""
    descriptor, data, places = bytes(152), b"", []
    people = tuple(members)
    for part in (descriptor, _text(name), _text(comment), b"".join(map(sid, people))):
        places.append((len(data), len(part)))
        data += part + bytes(-len(part) % 4)
    counts = (_VERSION, 0, 0, len(people))
    head = b"".join(struct.pack("<3I", *place, count) for place, count in zip(places, counts, strict=True))
    return struct.pack("<I", rid) + head + data


def domain_f(
    longest: int = -(1 << 63),
    shortest: int = 0,
    length: int = 0,
    history: int = 0,
    lockout: int = 0,
    bits: int = 0,
    logoff: int = -(1 << 63),
) -> bytes:
    """Return ``F`` of the domain of accounts; ages in units of 100 ns, negative."""
    head = struct.pack("<2I2Q6q", _VERSION, 0, 0, 37, longest, shortest, logoff, -18 * 10**9, -18 * 10**9, 0)
    return head + struct.pack("<2I3H2xI2H", 1001, bits, length, history, lockout, 1, 3, 0) + bytes(140)


def domain_v(machine: str = MACHINE) -> bytes:
    """Return ``V`` of the domain of accounts."""
    return _described([bytes(200), sid(machine), b"", b""], [_VERSION, 0, 0, 0])


def _described(parts: Sequence[bytes], marks: Sequence[int]) -> bytes:
    head, data = b"", b""
    for part, mark in zip(parts, marks, strict=True):
        head += struct.pack("<3I", len(data), len(part), mark)
        data += part + bytes(-len(part) % 4)
    return head + data


def _text(text: str) -> bytes:
    return text.encode("utf-16-le")


def sam(
    users: Mapping[int, tuple[str, int]],
    groups: Mapping[int, tuple[str, Sequence[str]]],
    policy: bytes = b"",
    own_groups: Mapping[int, tuple[str, Sequence[str]]] = {},
) -> Tree:
    """Return the keys of an account database: the hive ``SAM``.

    Args:
        users: The number of each account to its name and its bits.
        groups: The number of each group that is built in to its name and its members.
        policy: ``F`` of the domain of accounts.
        own_groups: As ``groups``, those of the machine.
    """
    records: dict[str, Data | Tree] = {
        f"{rid:08X}": {"F": user_f(rid, flags), "V": user_v(name, hashes=b"SECRETHASHSECRETHASH")}
        for rid, (name, flags) in users.items()
    }
    names: Tree = {name: {"": (rid, b"")} for rid, (name, _) in users.items()}
    account = {
        "F": policy or domain_f(),
        "V": domain_v(),
        "Users": {**records, "Names": names},
        "Aliases": _aliases(own_groups),
    }
    return {"SAM": {"Domains": {"Account": account, "Builtin": {"Aliases": _aliases(groups)}}}}


def _aliases(groups: Mapping[int, tuple[str, Sequence[str]]]) -> Tree:
    listed: dict[str, dict[str, list[int]]] = {}
    for rid, (_, members) in groups.items():
        for member in members:
            domain, _, number = member.rpartition("-")
            listed.setdefault(domain, {}).setdefault(f"{int(number):08X}", []).append(rid)
    return {
        **{f"{rid:08X}": {"C": alias_c(rid, name, members)} for rid, (name, members) in groups.items()},
        "Names": {name: {"": (rid, b"")} for rid, (name, _) in groups.items()},
        "Members": {
            domain: {
                number: {"": (len(rids), struct.pack(f"<{len(rids)}I", *rids))} for number, rids in numbers.items()
            }
            for domain, numbers in listed.items()
        },
    }
