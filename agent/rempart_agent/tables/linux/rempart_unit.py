"""Table rempart_unit: systemd's units as they are set up: what is loaded, how it is enabled, when a timer comes.

Worked out from the files of all folders (systemd.unit(5)), with drop-ins, aliases, masks and resets, as systemd does
(``rempart_agent.models.unit``); the same on a running machine and on a root filesystem. A name that is asked for has a
row even where it has no file. ``at_boot`` is 1 where ``default.target`` pulls it in at the next start, through
links and settings that do not lie in ``/run``, which is empty then: no ``mask --runtime``, no ``enable --runtime``.
``next_run`` is the latest second of a timer's next run: its random delay and its accuracy (``delay_s``) are in it. What
runs is the matter of ``systemd_units``. On a root filesystem units that generators make at the start are not there.
"""

import re
from typing import Any, Dict, Iterator, List

from rempart_agent.models.unit import name as names
from rempart_agent.models.unit.load import BAD_SETTING, LOADED, Unit, Units
from rempart_agent.said import listed
from rempart_agent.source.contract import (
    BIGINT,
    INTEGER,
    TEXT,
    Column,
    Query,
    Row,
)
from rempart_agent.source.target import Target

OFFLINE = "part"
COLUMNS = (
    Column("name", TEXT, argument=True),
    Column("path", TEXT),
    Column("load", TEXT),
    Column("state", TEXT),
    Column("preset", TEXT, costly=True),
    Column("wanted_by", TEXT),
    Column("at_boot", INTEGER, costly=True),
    Column("dropins", TEXT),
    Column("aliases", TEXT),
    Column("exec", TEXT, command=True),
    Column("program", TEXT),
    Column("user", TEXT),
    Column("condition", TEXT, costly=True),
    Column("condition_met", INTEGER, costly=True),
    Column("starts", TEXT),
    Column("comes", INTEGER, costly=True),
    Column("next_run", BIGINT, costly=True),
    Column("delay_s", BIGINT, costly=True),
    Column("interval_s", BIGINT, costly=True),
    Column("why", TEXT),
)
_CONDITIONS = frozenset(("condition", "condition_met"))
_TIMES = frozenset(("comes", "next_run", "delay_s", "interval_s"))


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each unit, or for each name that is asked for."""
    from rempart_agent.readers.files import unit

    units = unit.units(target)
    wanted = [value for c in query.constraints if c.column == "name" and c.op == "=" for value in c.values]
    all_names = wanted or [*units.folders.names(), *units.folders.instances()]
    endings = tuple(re.split("[%_]", pattern)[-1].lower() for pattern in query.like("name") or [""])
    for name in sorted(set(all_names)):
        # SQLite compares the whole pattern once more: what can't fit need not be worked out
        if names.kind(name) and name.lower().endswith(endings):
            yield _row(target, units, name, query)


def _row(target: Target, units: Units, name: str, query: Query) -> Row:
    from rempart_agent.models.unit import install, preset
    from rempart_agent.readers.files import unit

    how = install.state(units.folders, name)
    found = units.load(name)
    row: Dict[str, Any] = {
        "name": name,
        "path": found.path,
        "load": found.load,
        "state": how.state or "",
        "wanted_by": " ".join(sorted({pull.owner for pull in units.folders.pulls.get(name, ()) if pull.name == name})),
        "dropins": " ".join(found.dropins),
        "aliases": " ".join(alias for alias in found.aliases if alias != name),
    }
    if "preset" in query.columns:
        files = units.folders.files
        row["preset"] = preset.preset(target.shared("unit presets", lambda: preset.rules(files)), name)
    if "at_boot" in query.columns:
        started = unit.started(target)
        then = unit.next_units(target).load(name)
        row["at_boot"] = None if started is None else int(name in started and then.load == LOADED)
    reasons = [found.why, how.why if how.state not in ("not-found", "masked") else ""]
    if found.load in (LOADED, BAD_SETTING):
        reasons += _describe(row, target, found, query)
    if found.load != LOADED and names.suffix(name) == "timer":  # nothing starts it
        row.update(comes=0, next_run=None)
    row["why"] = listed(dict.fromkeys(reason for reason in reasons if reason))
    return row


def _describe(row: Dict[str, Any], target: Target, found: Unit, query: Query) -> List[str]:
    from rempart_agent.models.unit import command, timer

    commands = command.commands(found.settings, "ExecStart", found.called)
    row["exec"] = "\n".join(command.lines(found, "ExecStart"))
    row["program"] = commands[0].program if commands else ""
    row["user"] = command.expanded(found.value("Service", "User"), found)
    suffix = names.suffix(found.name)
    if suffix == "timer":
        row["starts"] = timer.triggered(found)
    reasons: List[str] = []
    if not _CONDITIONS.isdisjoint(query.columns):
        _conditions(row, target, found)
    if suffix == "timer" and not _TIMES.isdisjoint(query.columns):
        from rempart_agent.readers.files import unit

        coming = timer.coming(found, unit.clock(target))
        latest = None if coming.next_run is None else coming.next_run + (coming.delay or 0)
        row.update(comes=coming.comes, next_run=latest, delay_s=coming.delay, interval_s=coming.interval)
        reasons.append(coming.why)
    return reasons


def _conditions(row: Dict[str, Any], target: Target, found: Unit) -> None:
    from rempart_agent.models.unit import condition
    from rempart_agent.readers.files import unit

    files = unit.folders(target).files
    kinds = [condition.conditions(found, files, target.live, prefix) for prefix in ("Condition", "Assert")]
    row["condition"] = "\n".join(one.text for kind in kinds for one in kind)
    met = [condition.all_met(kind) for kind in kinds]
    row["condition_met"] = 0 if 0 in met else None if None in met else 1
