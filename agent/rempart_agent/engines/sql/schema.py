"""What tables and columns there are: our own on Linux, osquery's elsewhere, those of registers for organisations.

``osquery.json`` beside this module holds the facts of osquery's tables that checks use: platforms, columns, types,
required and index columns. They are taken from the specifications of osquery 5.23. ``osquery_others.json`` holds those
of all other tables but those of events: other people's checks may ask them, ours do not, so no audit reads it.
"""

import functools
import json
import os
from collections.abc import Iterable
from typing import Required, TypeAlias, TypedDict

from rempart_agent.source.contract import Column
from rempart_agent.tables import read
from rempart_core.model.check import ORGANISATION


class ColumnFacts(TypedDict, total=False):
    """What osquery says of a column.

    Attributes:
        type: Of SQL.
        platforms: Those that have it; all of the table's where that is missing.
        index: Whether it narrows what is read.
        required: Whether nothing is answered without it.
        additional: Whether it says what is looked at.
        hidden: Whether ``*`` leaves it out.
        collate: How its values are compared.
    """

    type: Required[str]
    platforms: list[str]
    index: bool
    required: bool
    additional: bool
    hidden: bool
    collate: str


class TableFacts(TypedDict):
    """What osquery says of a table.

    Attributes:
        platforms: Those that have it.
        columns: By name, in their order.
    """

    platforms: list[str]
    columns: dict[str, ColumnFacts]


Facts: TypeAlias = dict[str, TableFacts]
"""By the table's name."""


@functools.cache
def osquery() -> Facts:
    """Return the facts of osquery's tables: by name."""
    return _read("osquery.json")


@functools.cache
def others() -> Facts:
    """Return the facts of osquery's tables that no check of ours uses: by name."""
    return _read("osquery_others.json")


def _read(file: str) -> Facts:
    with open(os.path.join(os.path.dirname(__file__), file), encoding="utf-8") as stream:
        facts: Facts = json.load(stream)
    return facts


def all_names(platform: str) -> Iterable[str]:
    """Return the names of the tables of a platform, those that no check of ours uses among them."""
    if platform == ORGANISATION:
        return names(platform)
    return sorted({*names(platform), *(name for name, facts in others().items() if platform in facts["platforms"])})


def names(platform: str) -> Iterable[str]:
    """Return the names of the tables of a platform."""
    if platform == ORGANISATION:
        from rempart_agent.engines.sql import organisation_tables  # which an audit of machines does without

        return organisation_tables.names()
    known = {name for name, facts in osquery().items() if platform in facts["platforms"]}
    return sorted(known | set(read.names()) if platform == "linux" else known)


def columns(table: str, platform: str) -> tuple[Column, ...]:
    """Return the columns of a table on a platform.

    Args:
        table: The table's name.
        platform: ``linux``, ``windows``, ``darwin`` or ``organisation``.

    Raises:
        UnknownTable: the platform has no such table.
    """
    if platform == ORGANISATION:
        from rempart_agent.engines.sql import organisation_tables

        return organisation_tables.columns(table)
    if platform == "linux":
        try:
            found: tuple[Column, ...] = read.module(table).COLUMNS
        except read.UnknownTable:
            pass
        else:
            return found
    facts = osquery().get(table) or others().get(table)
    if facts is None or platform not in facts["platforms"]:
        raise read.UnknownTable(table)
    return tuple(
        Column(
            name,
            column["type"],
            index=bool(column.get("index")),
            argument=bool(column.get("required") or column.get("additional")),
            required=bool(column.get("required")),
            hidden=bool(column.get("hidden")),
            collate=column.get("collate", ""),
        )
        for name, column in facts["columns"].items()
        if platform in column.get("platforms", facts["platforms"])
    )


def offline(table: str) -> str:
    """Return what a root filesystem offers of a table: ``full``, ``part`` or ``none``."""
    try:
        known: str = read.module(table).OFFLINE
    except read.UnknownTable:
        return "full" if table.startswith("osquery_") else "none"
    return known
