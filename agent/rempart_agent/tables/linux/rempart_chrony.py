"""Table rempart_chrony: the settings that chronyd reads, one row each, in its order, with all that they include.

Sources: the units ``chrony.service`` and ``chronyd.service`` with the options of their command line, and chrony.conf(5)
or the file that ``-f`` names. ``setting`` is the word in small letters, ``value`` what follows; of most settings the
last one counts (``position``). An option of the command line is a row with ``path`` ``command line``: ``-u`` is
``user``. A unit whose settings can't be told has one row without ``setting``, and ``why``.
"""

from typing import Iterator, List

from rempart_agent.models import time_source
from rempart_agent.models.unit.load import LOADED
from rempart_agent.said import Why
from rempart_agent.source.contract import INTEGER, TEXT, Column, Missing, Query, Row
from rempart_agent.source.target import Target

OFFLINE = "full"
COLUMNS = (
    Column("unit", TEXT),
    Column("setting", TEXT),
    Column("value", TEXT),
    Column("path", TEXT),
    Column("line", INTEGER),
    Column("position", INTEGER),
    Column("why", TEXT),
)


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each setting of each unit that starts chronyd."""
    from rempart_agent.models.unit import command
    from rempart_agent.readers.files import unit
    from rempart_agent.readers.files.unit_environment import arguments
    from rempart_agent.tables.linux import rempart_time_source as source

    units = unit.units(target)
    for name in ("chrony.service", "chronyd.service"):
        found = units.load(name)
        if found.load != LOADED:
            continue
        lines = command.commands(found.settings, "ExecStart", found.called)
        program = lines[0].program if lines else ""
        if program.rpartition("/")[2] not in source.CHRONY.programs:
            why = Why("its unit starts {program}", program=program or "nothing")
            yield {"unit": name, "path": found.path, "why": why}
            continue
        words = arguments(target, found, lines[0].text)
        files, path = source.settings_of(target, source.CHRONY, words)
        try:
            there = path == "command line" or target.exists(path)
        except Missing:
            there = False
        if not there:
            why = Why("its settings are not there: {path}", path=path)
            yield {"unit": name, "path": path, "why": why}
        for position, one in enumerate([*_options(words), *time_source.directives(files, path)], 1):
            row: Row = {"unit": name, "setting": one.word, "value": " ".join(one.rest), "path": one.path, "why": ""}
            yield {**row, "line": one.line or None, "position": position}


def _options(words: List[str]) -> Iterator[time_source.Directive]:
    """Yield what the command line sets: ``-u USER``, alone, joined, or after options without a value."""
    for at, word in enumerate(words):
        letters, option, value = word.partition("u")
        if option and letters.startswith("-") and not letters[1:].strip("46dnRPqQxs"):
            following = words[at + 1] if at + 1 < len(words) else ""
            yield time_source.Directive("user", [value or following], "command line", 0)
