r"""Table registry: keys and values of the registry of a disk.

A statement names keys by ``key`` or ``path``; of a LIKE, a part with a ``%`` stands for all keys of its level, and
``%%`` at the end for all below too (``expandRegistryGlobs`` of osquery's ``registry.cpp``); SQLite compares the rows
then. Data are shown as osquery shows them: bytes in hexadecimal, texts of a list joined by commas, a ``REG_DWORD`` with
its sign, and ``REG_EXPAND_SZ`` as ``REG_SZ`` with the system's own variables in it, as RegGetValue has it.

A value of no bytes ends the list of osquery; here it has the data ``''``. The hives of accounts' secrets are not shown.
"""

import binascii
from typing import Dict, Iterator, List, Set

from rempart_agent.source.contract import BIGINT, TEXT, Column, Limit, Malformed, NotObservable, Query, Row, Value
from rempart_agent.source.registry import (
    BINARY,
    DWORD,
    DWORD_BIG_ENDIAN,
    EXPAND_SZ,
    FULL_RESOURCE_DESCRIPTOR,
    LINK,
    MULTI_SZ,
    NONE,
    QWORD,
    RESOURCE_LIST,
    SZ,
    Key,
    fold,
    wide,
)
from rempart_agent.source.registry import Value as Stored
from rempart_agent.source.target import Target

OFFLINE = "full"
COLUMNS = (
    Column("key", TEXT, argument=True, collate="nocase"),
    Column("path", TEXT, index=True, argument=True),
    Column("name", TEXT),
    Column("type", TEXT),
    Column("data", TEXT),
    Column("mtime", BIGINT),
)

TOPS = ("HKEY_LOCAL_MACHINE", "HKEY_USERS")
MAX_KEYS = 250_000
MAX_DEPTH = 32
"""Levels below a key that ``%%`` goes down (``kRegMaxRecursiveDepth`` of osquery)."""
_EPOCH = 116_444_736_000_000_000
_SECRET = ("HKEY_LOCAL_MACHINE\\SAM", "HKEY_LOCAL_MACHINE\\SECURITY")
_TYPES = {
    NONE: "REG_NONE",
    SZ: "REG_SZ",
    EXPAND_SZ: "REG_SZ",
    BINARY: "REG_BINARY",
    DWORD: "REG_DWORD",
    DWORD_BIG_ENDIAN: "REG_DWORD_BIG_ENDIAN",
    LINK: "REG_LINK",
    MULTI_SZ: "REG_MULTI_SZ",
    RESOURCE_LIST: "REG_RESOURCE_LIST",
    FULL_RESOURCE_DESCRIPTOR: "REG_FULL_RESOURCE_DESCRIPTOR",
    QWORD: "REG_QWORD",
}
_SIZES = {DWORD: 4, DWORD_BIG_ENDIAN: 4, QWORD: 8}


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each key below, and each value of, the keys that are asked."""
    for path in sorted(_asked(target, query)):
        key = _key(target, path)
        if key is not None:
            yield from describe(target, path, key)


def _asked(target: Target, query: Query) -> Set[str]:
    equal, like = query.equal("key"), query.like("key")
    paths, paths_like = query.equal("path"), query.like("path")
    if equal is None and like is None and paths is None and paths_like is None:
        return set(TOPS)
    found = {*(equal or ()), *(_parent(path) for path in paths or ())}
    for pattern in like or ():
        found |= expand(target, pattern)
    for pattern in paths_like or ():
        found |= expand(target, pattern if pattern.endswith("%%") else _parent(pattern))
    return found


def _parent(path: str) -> str:
    return path.rpartition("\\")[0] if "\\" in path else path


def _key(target: Target, path: str) -> "Key | None":
    upper = fold(path.strip("\\"))
    if upper.startswith(tuple(one + "\\" for one in _SECRET)) or upper in _SECRET:
        raise NotObservable("{value} holds the secrets of accounts, which are not shown", value=upper.split("\\")[1])
    return target.registry(path)


def expand(target: Target, pattern: str) -> Set[str]:
    r"""Return the paths of the keys that a LIKE pattern stands for, as osquery finds them: more than it matches.

    Args:
        target: What is looked at.
        pattern: As ``HKEY_USERS\%\Software``.

    Raises:
        NotObservable: it asks for users' keys, and nobody has any.
    """
    parts = [one for one in pattern.split("\\") if one]
    if not parts:
        return set()
    found = set(TOPS) if "%" in parts[0] else {parts[0]}
    if len(parts) == 1 and parts[0].endswith("%%"):
        return _all(target, found)
    for place, part in enumerate(parts[1:], 1):
        if part.endswith("%%") and place == len(parts) - 1:
            return _all(target, found)
        if "%" in part:
            if place == 1 and fold(parts[0]) == "HKEY_USERS":
                _need_users(target)
            found = {below for path in found for below in _below(target, path)}
            if len(found) > MAX_KEYS:
                raise Limit("more than {max_keys} keys", max_keys=MAX_KEYS)
        else:
            found = {path + "\\" + part for path in found}
    return found


def _need_users(target: Target) -> None:
    top = target.registry("HKEY_USERS")
    if not any(one.upper().startswith(("S-1-5-21-", "S-1-12-")) for one in (top.names() if top is not None else ())):
        raise NotObservable("no user has a profile on the disk, and so none has settings of his own")


def _below(target: Target, path: str) -> List[str]:
    """Return the paths of the keys below one; those of secrets must be named to be refused."""
    key = _key(target, path)
    found = [path + "\\" + name for name in key.names()] if key is not None else []
    return [one for one in found if fold(one) not in _SECRET]


def _all(target: Target, found: Set[str]) -> Set[str]:
    level = set(found)
    for _ in range(MAX_DEPTH):
        level = {below for path in level for below in _below(target, path)}
        if not level:
            return found
        found = found | level
        if len(found) > MAX_KEYS:
            raise Limit("more than {max_keys} keys", max_keys=MAX_KEYS)
    raise Limit("keys more than {max_depth} levels below one another", max_depth=MAX_DEPTH)


def describe(target: Target, path: str, key: Key) -> Iterator[Dict[str, Value]]:
    """Yield the rows of one key.

    Args:
        target: What is looked at.
        path: The key's path, as it is to be shown.
        key: It.
    """
    for below in key.subkeys():
        yield {
            "key": path,
            "path": path + "\\" + below.name,
            "name": below.name,
            "type": "subkey",
            "data": "",
            "mtime": seconds(below.written),
        }
    for value in key.values():
        yield {
            "key": path,
            "path": path + "\\" + value.name,
            "name": value.name or "(Default)",
            "type": _TYPES.get(value.type, "UNKNOWN"),
            "data": show(target, value, path),
            "mtime": seconds(key.written),
        }


def seconds(filetime: int) -> int:
    """Return a FILETIME in seconds since 1970."""
    return (filetime - _EPOCH) // 10_000_000


def show(target: Target, value: Stored, path: str) -> str:
    """Return the data of a value as osquery shows them.

    Args:
        target: Its system, which has variables.
        value: The value.
        path: Of its key, for errors.

    Raises:
        Malformed: a number that is not as long as its type.
    """
    kind, raw = value.type, value.raw
    if not raw:
        return ""
    if kind in (SZ, LINK):
        return str(value.data)
    if kind == EXPAND_SZ:
        return target.expand(str(value.data))
    if kind == MULTI_SZ:
        texts = wide(raw).split("\0")
        return ",".join(texts[: texts.index("")] if "" in texts else texts)
    if kind in (BINARY, RESOURCE_LIST, FULL_RESOURCE_DESCRIPTOR):
        return binascii.hexlify(raw).decode().upper()
    if kind in _SIZES:
        if len(raw) != _SIZES[kind]:
            raise Malformed(
                "{path}: {name} is a number of {count} bytes", path=path[:300], name=value.name[:100], count=len(raw)
            )
        return str(int.from_bytes(raw, "big" if kind == DWORD_BIG_ENDIAN else "little", signed=kind == DWORD))
    return "(zero-length binary value)" if kind == NONE else ""
