"""Why a table is not there: whether osquery has it, on which systems, and which engine would answer.

``osquery-tables.json`` beside this module names every table of osquery 5.23 and the systems that have it, from the
specifications of that release.
"""

import json
import os
from functools import cache

from rempart_core.messages.message import Message
from rempart_core.model.result import Failure

_SYSTEMS = {"linux": "Linux", "darwin": "macOS", "windows": "Windows", "freebsd": "FreeBSD"}


@cache
def explain(table: str, engine: str, platform: str = "linux") -> Message:
    """Return one sentence for a reader who asked for a table that an engine does not have.

    Args:
        table: The name that was asked for.
        engine: ``embedded``, ``osqueryd`` or ``osqueryi``.
        platform: The system that was asked: ``linux``, ``darwin`` or ``windows``.
    """
    from rempart_agent.engines.embedded.own_table import OWN_TABLES
    from rempart_agent.tables import read

    ours = {*read.names(), *OWN_TABLES}
    systems = _systems(table)
    if engine != "embedded" and table in ours:
        if platform != "linux":
            return Message("engine.table_linux", table=table)
        return Message("engine.table_embedded", table=table)
    if platform in systems:
        return Message("engine.table_osquery", table=table)
    if systems:
        return Message("engine.table_elsewhere", table=table, systems=_list(systems))
    import difflib

    near = difflib.get_close_matches(table, list(dict.fromkeys((*ours, *_all()))), 3, 0.6)
    return Message("engine.table_near", names=", ".join(near)) if near else Message("engine.table_nowhere")


def explain_failure(failure: Failure, engine: str, platform: str) -> Failure:
    """Return a failure that says who has the table, where it says no more than that the engine lacks it.

    Args:
        failure: Of the kind ``no_table``.
        engine: See :func:`explain`.
        platform: See :func:`explain`.
    """
    table = table_of(failure.message)
    if failure.message != f"no such table: {table}":
        return failure
    explanation = explain(table, engine, platform)
    return Failure.of(failure.kind, Message("engine.table_missing", table=table, explanation=explanation))


def table_of(message: str) -> str:
    """Return the table that SQLite's message ``no such table: NAME`` names; ``""`` where it is another message."""
    name = message.removeprefix("Error: ").removeprefix("no such table: ")
    said = "no such table: " + name in {message, message.removeprefix("Error: ")}
    return name.split()[0].rstrip(";,") if said and name else ""


def _systems(table: str) -> list[str]:
    return _all().get(table, "").split()


@cache
def _all() -> dict[str, str]:
    with open(os.path.join(os.path.dirname(__file__), "osquery-tables.json"), encoding="utf-8") as file:
        tables: dict[str, str] = json.load(file)
    return tables


def _list(systems: list[str]) -> str:
    names = [_SYSTEMS.get(name, name) for name in systems]
    return ", ".join(names)
