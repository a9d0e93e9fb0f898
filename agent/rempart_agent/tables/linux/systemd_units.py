"""Table systemd_units: the units of systemd.

On a live machine the units that systemd has in memory, as osquery lists them; a unit that is installed, and neither
enabled nor running, need not be among them. systemd is asked over D-Bus (org.freedesktop.systemd1(5)), or where that
fails through systemctl(1). On a root filesystem one row for each unit file, without what only a running system knows.

``unit_file_state``, ``fragment_path``, ``user`` and ``source_path`` come from the unit files on both
(``rempart_agent.readers.files.unit_file``).
"""

import os
from typing import Any, Dict, Iterator, List

from rempart_agent.readers.files import unit_file
from rempart_agent.readers.kernel import dbus
from rempart_agent.source.contract import BIGINT, TEXT, Column, Missing, Query, Row, SourceError, Value
from rempart_agent.source.target import Target

OFFLINE = "part"
COLUMNS = (
    Column("id", TEXT),
    Column("description", TEXT),
    Column("load_state", TEXT),
    Column("active_state", TEXT),
    Column("sub_state", TEXT),
    Column("unit_file_state", TEXT, costly=True),
    Column("following", TEXT),
    Column("object_path", TEXT),
    Column("job_id", BIGINT),
    Column("job_type", TEXT),
    Column("job_path", TEXT),
    Column("fragment_path", TEXT, costly=True),
    Column("user", TEXT, costly=True),
    Column("source_path", TEXT, costly=True),
)
_FROM_FILES = frozenset(("unit_file_state", "fragment_path", "user", "source_path"))
_ASKED = (
    *("id", "description", "load_state", "active_state", "sub_state", "following"),
    *("object_path", "job_id", "job_type", "job_path"),
)
_PRIVATE, _BUS = "/run/systemd/private", "/run/dbus/system_bus_socket"
_MANAGER = ("/org/freedesktop/systemd1", "org.freedesktop.systemd1.Manager", "ListUnits")
_COMMAND = ("systemctl", "list-units", "--all", "--full", "--plain", "--no-legend", "--no-pager")


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each unit.

    Raises:
        SourceError: the machine was not started by systemd, or systemd does not answer.
    """
    if not target.live:
        yield from _on_disk(target, query)
        return
    if not target.exists("/run/systemd/system"):  # sd_booted(3)
        raise Missing(
            "systemd is not running on this machine (from within a container or a chroot: audit its host instead, or "
            "its disk with --root)"
        )
    units = _ask(target)
    files = None if query.columns.isdisjoint(_FROM_FILES) else unit_file.UnitFiles(target)
    for unit in units:
        row: Dict[str, Value] = dict(zip(_ASKED, unit))
        if files:
            row.update(_describe(files, str(row["id"]), query))
        yield row


def _ask(target: Target) -> List[List[Any]]:
    try:
        units: List[List[Any]] = target.ask("systemd_units", list_units)
    except SourceError as refused:
        try:
            return list(parse_listing(target.run(_COMMAND).decode("utf-8", "replace")))
        except SourceError:
            raise refused from None
    return units


def list_units() -> List[List[Any]]:
    """Ask systemd for its units: root at its own socket, which needs no bus; anybody over the bus."""
    path, interface, member = _MANAGER
    if os.geteuid() == 0:
        try:
            with dbus.Bus(_PRIVATE) as bus:
                return dbus.parse_units(bus.call("", path, interface, member))
        except SourceError:
            pass
    with dbus.Bus(_BUS) as bus:
        bus.call("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "Hello")
        return dbus.parse_units(bus.call("org.freedesktop.systemd1", path, interface, member))


def parse_listing(text: str) -> Iterator[List[Any]]:
    """Read what ``systemctl list-units`` prints; the rest of a unit's row follows from its name, or is unset."""
    for line in text.split("\n"):
        fields = line.split(None, 4)
        if len(fields) < 4:
            continue
        name, load, active, sub = fields[:4]
        description = fields[4] if len(fields) > 4 else ""
        yield [name, description, load, active, sub, "", object_path(name), 0, "", "/"]


def object_path(name: str) -> str:
    """Return a unit's path on the bus: what is no letter or digit is written in hexadecimal (sd_bus_path_encode(3))."""
    escaped = "".join(
        c if c.isascii() and c.isalnum() and not (at == 0 and c.isdigit()) else "_{:02x}".format(ord(c))
        for at, c in enumerate(name.encode("utf-8").decode("latin-1"))
    )
    return "/org/freedesktop/systemd1/unit/" + escaped


def _on_disk(target: Target, query: Query) -> Iterator[Dict[str, Value]]:
    files = unit_file.UnitFiles(target)
    for name in files.names():
        found = files.find(name)
        if not found:
            continue
        row: Dict[str, Value] = {"id": name, **_describe(files, name, query)}
        if found.state.startswith("masked"):
            row["load_state"] = "masked"
        elif "description" in query.columns:
            row["description"] = files.setting(name, found.path, "Unit", "Description")
        yield row


def _describe(files: unit_file.UnitFiles, name: str, query: Query) -> Dict[str, str]:
    found = files.find(name)
    if not found:
        return {}
    row = {"unit_file_state": found.state, "fragment_path": found.path}
    if found.state.startswith("masked"):
        return row
    for column, section, key in (("user", "Service", "User"), ("source_path", "Unit", "SourcePath")):
        if column in query.columns:
            row[column] = files.setting(name, found.path, section, key)
    return row
