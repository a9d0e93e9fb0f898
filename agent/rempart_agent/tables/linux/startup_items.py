"""Table startup_items: what starts by itself: units of systemd, scripts of SysV init, programs of desktop sessions.

Sources: the units that systemd has (``systemd_units``), ``/etc/init.d``, ``/etc/xdg/autostart`` and, of each user,
``~/.config/autostart`` and ``~/.config/autostart-scripts``. Of a desktop entry (its specification of the same name)
``path`` is the whole ``Exec``, and one that is hidden is disabled. A machine that systemd did not start has no units.
"""

import stat
from typing import Dict, Iterator, List

from rempart_agent.source.contract import TEXT, Column, Loop, Missing, Query, Row
from rempart_agent.source.target import Target
from rempart_agent.tables.linux import systemd_units, users

OFFLINE = "none"
COLUMNS = (
    Column("name", TEXT),
    Column("path", TEXT, command=True),
    Column("args", TEXT, command=True),
    Column("type", TEXT),
    Column("source", TEXT),
    Column("status", TEXT),
    Column("username", TEXT),
)
_UNIT = {
    "name": "id",
    "path": "fragment_path",
    "source": "source_path",
    "status": "active_state",
    "username": "user",
}
_HOME = 3


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each of them.

    Raises:
        SourceError: systemd runs, and does not answer.
    """
    target.need_live("startup_items")
    for home in sorted({str(row["directory"]) for row in users.rows(target, Query(frozenset(("directory",))))}):
        yield from _entries(target, home.rstrip("/") + "/.config/autostart/")
        yield from _scripts(target, home.rstrip("/") + "/.config/autostart-scripts/")
    yield from _scripts(target, "/etc/init.d/")
    yield from _entries(target, "/etc/xdg/autostart/")
    if target.exists("/run/systemd/system"):  # sd_booted(3)
        for unit in systemd_units.rows(target, Query(frozenset(_UNIT.values()))):
            yield {"type": "systemd unit", **{column: unit.get(name, "") for column, name in _UNIT.items()}}


def _files(target: Target, folder: str) -> List[str]:
    try:
        found = target.statuses(folder)
    except (Missing, Loop):
        return []
    shown = ((name, status) for name, _kind, status in found if not name.startswith("."))
    return [name for name, status in shown if status is None or stat.S_ISREG(status.st_mode)]  # a broken link, too


def _scripts(target: Target, folder: str) -> Iterator[Row]:
    for name in _files(target, folder):
        yield {**_item(folder), "name": name, "path": folder + name}


def _entries(target: Target, folder: str) -> Iterator[Row]:
    for name in _files(target, folder):
        try:
            yield {**_item(folder), **parse(target.text(folder + name))}
        except (Missing, Loop):
            continue


def _item(folder: str) -> Dict[str, str]:
    parts = folder.split("/")
    username = parts[2] if parts[1] == "home" and len(parts) > _HOME else ""
    return {"type": "Startup Item", "status": "enabled", "source": folder, "username": username}


def parse(text: str) -> Dict[str, str]:
    """Return name, path and, of a hidden one, the status of a desktop entry."""
    row: Dict[str, str] = {}
    group = ""
    for entry in text.split("\n"):
        line = entry.strip()
        if line.startswith("["):
            group = line
        key, equals, value = line.partition("=")
        key, value = key.rstrip(), value.lstrip()
        if not equals or group != "[Desktop Entry]":
            continue
        if key == "Name":
            row["name"] = value
        elif key == "Exec":
            row["path"] = value
        elif key == "Hidden" and value == "true":
            row["status"] = "disabled"
    return row
