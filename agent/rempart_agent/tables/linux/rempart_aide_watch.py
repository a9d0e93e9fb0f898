"""Table rempart_aide_watch: how AIDE watches the files that the statement names.

osquery has no such table. Sources: those of ``rempart_aide_rule``; a path is looked up as the file really lies, since
AIDE follows no link. One row for each file that is there and each configuration: the rule that holds, ``excluded`` 1
where a rule leaves it out, or no rule at all (``line`` unset, ``excluded`` 0). Where that is not plain, ``why`` says so
and ``excluded`` is unset.
"""

from typing import Dict, Iterator

from rempart_agent.models import aide
from rempart_agent.said import Why
from rempart_agent.source.contract import INTEGER, TEXT, Column, Loop, Missing, Query, Row, Value
from rempart_agent.source.target import Target
from rempart_agent.tables.linux import rempart_aide_rule

OFFLINE = "full"
COLUMNS = (
    Column("path", TEXT, argument=True, required=True),
    Column("real_path", TEXT),
    Column("config", TEXT),
    Column("line", INTEGER),
    Column("pattern", TEXT),
    Column("expression", TEXT),
    Column("attributes", TEXT),
    Column("excluded", INTEGER),
    Column("why", TEXT),
)


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each file and each configuration."""
    configurations = rempart_aide_rule.read(target)
    for path in query.equal("path") or ():
        try:
            real = target.realpath(path)
        except (Missing, Loop):
            continue
        for config, found in configurations:
            row: Dict[str, Value] = {"path": path, "real_path": real, "config": config}
            try:
                row.update({"why": found} if isinstance(found, Why) else _watched(aide.look_up(found, real)))
            except aide.Unclear as error:
                row["why"] = rempart_aide_rule.unclear(error)
            yield row


def _watched(watch: aide.Watch) -> Dict[str, Value]:
    rule = watch.rule or watch.excluded_by
    row: Dict[str, Value] = {"excluded": int(watch.excluded_by is not None)}
    if rule is not None:
        row.update(line=rule.line, pattern=rule.pattern, expression=rule.expression)
    if watch.rule is not None:
        row["attributes"] = rempart_aide_rule.written(watch.rule)
    return row
