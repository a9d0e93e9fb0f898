"""Table rempart_aide_rule: the rules by which AIDE watches files.

osquery has no such table. Sources: ``/etc/aide.conf`` and ``/etc/aide/aide.conf``, whichever are there
(``rempart_agent.models.aide``). ``kind`` is empty for a rule that has files watched, ``=`` for one that does so of a
folder alone, ``!`` and ``-`` for one that leaves files out. ``attributes`` are those that ``expression`` comes to, each
between blanks. A configuration that is not plain (it includes others, runs programs, has conditions) is one row with
``why`` and nothing else.
"""

from typing import Dict, Iterator, List, Tuple, Union

from rempart_agent.models import aide
from rempart_agent.said import Why
from rempart_agent.source.contract import INTEGER, TEXT, Column, Missing, Query, Row, Value
from rempart_agent.source.target import Target

OFFLINE = "full"
CONFIGURATIONS = ("/etc/aide.conf", "/etc/aide/aide.conf")
COLUMNS = (
    Column("config", TEXT),
    Column("line", INTEGER),
    Column("kind", TEXT),
    Column("pattern", TEXT),
    Column("types", TEXT),
    Column("expression", TEXT),
    Column("attributes", TEXT),
    Column("why", TEXT),
)


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each rule of each configuration."""
    for path, found in read(target):
        if isinstance(found, Why):
            yield {"config": path, "why": found}
            continue
        for rule in found:
            row: Dict[str, Value] = {"config": path, "line": rule.line, "kind": rule.kind, "pattern": rule.pattern}
            row.update(types=rule.types, expression=rule.expression, attributes=written(rule))
            yield row


def read(target: Target) -> Iterator[Tuple[str, Union[List[aide.Rule], Why]]]:
    """Yield each configuration with its rules, or with why they are not known."""
    for path in CONFIGURATIONS:
        try:
            text = target.text(path)
        except Missing:
            continue
        try:
            yield path, aide.parse(text)
        except aide.Unclear as error:
            yield path, unclear(error)


def unclear(error: aide.Unclear) -> Why:
    """Return why it is not known what a configuration comes to."""
    return Why("not understood: {text}", text=str(error))


def written(rule: aide.Rule) -> str:
    """Return the attributes of a rule, each between blanks."""
    return " {} ".format(" ".join(sorted(rule.attributes)))
