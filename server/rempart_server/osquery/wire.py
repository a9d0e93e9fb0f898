"""What an osqueryd sends and is told, as typed values. Nothing that comes is trusted to have its shape.

What is not as it should be is left out, or None, and so can never be an answer: a status that is no integer is no
status, rows with one that is no object of strings are no rows. Memory is bounded before anything is built.

Sources: osquery's ``distributed.cpp`` (serializeResults), ``tls_enroll.cpp`` (requestKey), ``remote/utility.h``.
"""

import re
from typing import Any, NamedTuple

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from rempart_store.server.enrolment import Enrolment

Rows = list[dict[str, str]]
CELLS = 500_000
"""Values of the largest answer to one statement that is read: 10,001 rows of 50 columns."""
ROWS = 100_000
IDS = 2_000
"""Statements of the largest write that is read; a batch has about ten."""
LONGEST = 255
"""Characters of a name that a machine gives itself."""
SAID_LONGEST = 2_000
"""Characters of osquery's word on a statement that failed."""
_MEMBERS = 20_000  # a body with fewer colons is small, whatever it is
_SMALL = 256 * 1024  # bytes of statuses, messages or stats in one write
_KEY = re.compile(rb'"node_key"\s*:\s*"([!#-\[\]-~]{1,200})"')


class Unreadable(Exception):
    """A body that can't be read at all, now or later: no JSON, no object, or beyond every bound."""


class Written(NamedTuple):
    """Answers to the statements of a batch, by their ids.

    Attributes:
        queries: Rows; None where there are none as they should be.
        statuses: 0 for answered; those that are no integers are left out.
        messages: osquery's word where a statement failed.
        stats: ``wall_time_ms``, ``user_time``, ``system_time``, ``memory``; what is no whole number is left out.
        replaced: Whether bytes that are no UTF-8 became U+FFFD.
    """

    queries: dict[str, Rows | None]
    statuses: dict[str, int]
    messages: dict[str, str]
    stats: dict[str, dict[str, int]]
    replaced: bool


class _Key(Struct):
    node_key: Raw | UnsetType = UNSET


class _Write(Struct):
    queries: Raw | UnsetType = UNSET
    statuses: Raw | UnsetType = UNSET
    messages: Raw | UnsetType = UNSET
    stats: Raw | UnsetType = UNSET


class _Details(Struct):
    os_version: Raw | UnsetType = UNSET
    osquery_info: Raw | UnsetType = UNSET
    system_info: Raw | UnsetType = UNSET


class _Enrol(Struct):
    enroll_secret: Raw | UnsetType = UNSET
    host_identifier: Raw | UnsetType = UNSET
    platform_type: Raw | UnsetType = UNSET
    host_details: Raw | UnsetType = UNSET


class _Described(Struct):
    name: Raw | UnsetType = UNSET
    version: Raw | UnsetType = UNSET
    hostname: Raw | UnsetType = UNSET
    computer_name: Raw | UnsetType = UNSET
    uuid: Raw | UnsetType = UNSET
    instance_id: Raw | UnsetType = UNSET


_INTEGER = 1 << 53
_WRONG = (msgspec.MsgspecError, RecursionError, ValueError)


def read_key(body: bytes) -> str:
    """Return the ``node_key`` of a body, ``""`` where it has none.

    Args:
        body: JSON.

    Raises:
        Unreadable: It is no JSON object.
    """
    return _text(_decode(_utf8(body)[0], _Key).node_key, LONGEST)


def key_at_end(tail: bytes) -> str:
    """Return the key that stands last in a body, of which the rest can't be read; ``""`` where there is none.

    Args:
        tail: The last bytes: osquery writes ``node_key`` behind everything else.
    """
    found = _KEY.findall(tail)
    return found[-1].decode("ascii") if found else ""


def key_in_header(header: str) -> str:
    """Return the key of an ``Authorization`` header, ``""`` where it has none; new releases of osquery send it.

    Args:
        header: Its value: ``NodeKey``, a space, and the key.
    """
    kind, _, key = header.partition(" ")
    return key.strip()[:LONGEST] if kind.lower() == "nodekey" else ""


def read_written(body: bytes) -> Written:
    """Return the answers of a body.

    Args:
        body: JSON, unpacked.

    Raises:
        Unreadable: It is no JSON object, or has more statements than any batch.
    """
    text, replaced = _utf8(body)
    parts = _decode(text, _Write)
    statuses = _members(parts.statuses)
    return Written(
        {name: _rows(raw) for name, raw in _queries(parts.queries, statuses).items()},
        {name: status for name, raw in statuses.items() if (status := _number(raw)) is not None},
        {name: said for name, raw in _members(parts.messages).items() if (said := _text(raw, SAID_LONGEST))},
        {name: _numbers(raw) for name, raw in _members(parts.stats).items()},
        replaced,
    )


def read_enrolment(body: bytes) -> Enrolment:
    """Return what a machine says when it enrols.

    Args:
        body: JSON.

    Raises:
        Unreadable: It is no JSON object.
    """
    said = _decode(_utf8(body)[0], _Enrol)
    details = _part(said.host_details, _Details)
    system, osquery, machine = (
        _part(one, _Described) for one in (details.os_version, details.osquery_info, details.system_info)
    )
    identifier = _name(said.host_identifier)
    return Enrolment(
        _text(said.enroll_secret, LONGEST),
        identifier,
        _name(machine.hostname) or _name(machine.computer_name) or identifier,
        _name(machine.uuid) or _name(osquery.uuid),
        _name(osquery.instance_id),
        _platform(said.platform_type),
        f"{_name(system.name)} {_name(system.version)}".strip()[:LONGEST],
        _name(osquery.version),
    )


def _utf8(body: bytes) -> tuple[bytes, bool]:
    """Return a body as UTF-8: osquery hands on the bytes of names and files as they are on the machine."""
    try:
        body.decode()
    except UnicodeDecodeError:
        return body.decode("utf-8", "replace").encode(), True
    return body, False


def _decode(body: bytes, kind: type[Any]) -> Any:
    try:
        return msgspec.json.decode(body, type=kind)
    except _WRONG as error:
        raise Unreadable from error


def _part(raw: Raw | UnsetType, kind: type[Any]) -> Any:
    """Return an object of an enrolment; one without members where it is none."""
    try:
        return kind() if raw is UNSET else msgspec.json.decode(raw, type=kind)
    except _WRONG:
        return kind()


def _members(raw: Raw | UnsetType) -> dict[str, Raw]:
    """Return the members of a small object by name; none where it is no object."""
    if raw is UNSET:
        return {}
    if memoryview(raw).nbytes > _SMALL:
        raise Unreadable
    try:
        found = msgspec.json.decode(raw, type=dict[str, Raw])
    except _WRONG:
        return {}
    if len(found) > IDS:
        raise Unreadable
    return found


def _queries(raw: Raw | UnsetType, known: dict[str, Raw]) -> dict[str, Raw]:
    """Return the rows of each statement, undecoded; of a body that might have a million, those with a status alone."""
    if raw is UNSET:
        return {}
    data = bytes(raw)
    try:
        if data.count(b":") <= _MEMBERS:
            found = msgspec.json.decode(data, type=dict[str, Raw])
        else:
            names = {f"f{number}": name for number, name in enumerate(known)}
            fields: list[tuple[str, type, Any]] = [(field, Raw, Raw()) for field in names]
            shape = msgspec.defstruct("_Queries", fields, rename=names)
            asked = msgspec.json.decode(data, type=shape)
            whole = {name: getattr(asked, field) for field, name in names.items()}
            found = {name: rows for name, rows in whole.items() if memoryview(rows).nbytes}
    except _WRONG:
        return {}
    return found


def _rows(raw: Raw) -> Rows | None:
    data = bytes(raw)
    if data.count(b":") > CELLS or data.count(b"{") > ROWS:
        return None
    try:
        rows = msgspec.json.decode(data, type=Rows)
    except _WRONG:
        return None
    if b"\\u0000" in data:
        return [{_visible(name): _visible(value) for name, value in row.items()} for row in rows]
    return rows


def _number(raw: Raw) -> int | None:
    try:
        number = msgspec.json.decode(raw, type=int)
    except _WRONG:
        return None
    return number if -_INTEGER <= number < _INTEGER else None


def _numbers(raw: Raw) -> dict[str, int]:
    if memoryview(raw).nbytes > 1_000:
        return {}
    try:
        found = msgspec.json.decode(raw, type=dict[str, Raw])
    except _WRONG:
        return {}
    return {name: number for name, one in found.items() if (number := _number(one)) is not None and number >= 0}


def _text(raw: Raw | UnsetType, most: int) -> str:
    if raw is UNSET:
        return ""
    try:
        return _visible(msgspec.json.decode(raw, type=str))[:most]
    except _WRONG:
        return ""


def _name(raw: Raw | UnsetType) -> str:
    return _text(raw, LONGEST).strip()


def _visible(text: str) -> str:
    """Return a text without NUL, which a database of PostgreSQL does not take."""
    return text.replace("\0", "�")


def _platform(raw: Raw | UnsetType) -> str:
    """Return the platform of osquery's mask: 1 POSIX, 2 Windows, 8 Linux, 16 macOS; it comes as a text."""
    text = "" if raw is UNSET else bytes(raw).decode().strip('"')
    mask = int(text) if text.isdecimal() and len(text) < 6 else 0
    return "windows" if mask & 2 else "darwin" if mask & 16 else "linux" if mask & 8 else ""
