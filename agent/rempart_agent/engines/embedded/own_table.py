"""Tables about the engine itself, which it answers and no target does: what it is, its tables, its events."""

import os
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Protocol

from rempart_core.version import VERSION

if TYPE_CHECKING:
    from rempart_agent.source.contract import Column, Row


class Names(Protocol):
    """Who knows the names of all tables."""

    def names(self) -> Iterable[str]:
        """Return them."""


def _info_columns() -> "tuple[Column, ...]":
    from rempart_agent.source.contract import BIGINT, INTEGER, TEXT, Column

    kinds = {
        "pid": INTEGER,
        "config_valid": INTEGER,
        "watcher": INTEGER,
        "start_time": BIGINT,
        "platform_mask": INTEGER,
    }
    names = (
        "pid uuid instance_id version config_hash config_valid extensions build_platform build_distro start_time "
        "watcher platform_mask"
    )
    return tuple(Column(name, kinds.get(name, TEXT)) for name in names.split())


def _info(_reader: Names) -> "list[Row]":
    """Answer ``osquery_info`` truthfully: this is no osquery, and reports say so."""
    return [
        {
            "pid": os.getpid(),
            "version": VERSION,
            "config_valid": 1,
            "extensions": "active",
            "build_platform": "rempart",
            "build_distro": "embedded",
            "watcher": -1,
            "platform_mask": 9,
        }
    ]


def _registry_columns() -> "tuple[Column, ...]":
    from rempart_agent.source.contract import INTEGER, TEXT, Column

    kinds = {"registry": TEXT, "name": TEXT, "owner_uuid": INTEGER, "internal": INTEGER, "active": INTEGER}
    return tuple(Column(name, kind) for name, kind in kinds.items())


def _registry(reader: Names) -> "list[Row]":
    return [
        {"registry": "table", "name": name, "owner_uuid": 0, "internal": 0, "active": 1}
        for name in sorted(reader.names())
    ]


def _events_columns() -> "tuple[Column, ...]":
    from rempart_agent.source.contract import INTEGER, TEXT, Column

    names = "name publisher type subscriptions events refreshes active"
    return tuple(Column(name, TEXT if name in {"name", "publisher", "type"} else INTEGER) for name in names.split())


def _events(_reader: Names) -> "list[Row]":
    """Answer ``osquery_events``: nothing here watches while no run is on, so nobody publishes or subscribes."""
    return []


OWN_TABLES: "dict[str, tuple[Callable[[], tuple[Column, ...]], Callable[[Names], list[Row]]]]" = {
    "osquery_events": (_events_columns, _events),
    "osquery_info": (_info_columns, _info),
    "osquery_registry": (_registry_columns, _registry),
}
"""Tables about the engine itself, which it answers and no target does: name to columns and rows."""
