"""Table rempart_aide_rule: the rules by which AIDE watches files.

osquery has no such table. Sources: ``/etc/aide.conf`` and ``/etc/aide/aide.conf``, whichever are there
(``rempart_agent.models.aide``). ``kind`` is empty for a rule that has files watched, ``=`` for one that does so of a
folder alone, ``!`` and ``-`` for one that leaves files out. ``attributes`` are those that ``expression`` comes to, each
between blanks. A configuration that is not plain (it includes others, runs programs, has conditions) is one row with
``why`` and nothing else; where the only one has AIDE run programs and go by what they print, it is not observed.
"""

import re
import stat
from typing import Dict, Iterator, List, Optional, Tuple, Union

from rempart_agent.models import aide
from rempart_agent.said import Why
from rempart_agent.source.contract import INTEGER, TEXT, Column, Missing, NotRun, Query, Row, SourceError, Value
from rempart_agent.source.target import Target

OFFLINE = "full"
_TOLD = 3
"""How many programs are named."""
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


def read(target: Target) -> List[Tuple[str, Union[List[aide.Rule], Why]]]:
    """Return each configuration with its rules, or with why they are not known.

    Raises:
        NotRun: The only one has AIDE run programs and go by what they print.
    """
    found: List[Tuple[str, Union[List[aide.Rule], Why]]] = []
    runs: Optional[NotRun] = None
    for path in CONFIGURATIONS:
        try:
            text = target.text(path)
        except Missing:
            continue
        try:
            found.append((path, aide.parse(text)))
        except aide.Included as error:
            found.append((path, unclear(error)))
            programs = _find_programs(target, error)
            if programs:
                told = ", ".join(programs[:_TOLD]) + (", …" if len(programs) > _TOLD else "")
                runs = NotRun(
                    "{config}, line {line}: AIDE runs {programs} and takes what they print as rules; an audit runs"
                    " nothing, so which rules hold is not known",
                    config=path,
                    line=error.line,
                    programs=told,
                )
        except aide.Unclear as error:
            found.append((path, unclear(error)))
    if runs is not None and len(found) == 1:
        raise runs
    return found


def _find_programs(target: Target, included: aide.Included) -> List[str]:
    """Return the files that AIDE would run of what it includes; none where that can't be seen."""
    try:
        if not included.names:
            return [included.place] if _is_program(target, included.place) else []
        names = re.compile(included.names)
        paths = [f"{included.place}/{name}" for name in sorted(target.listdir(included.place)) if names.search(name)]
        return [path for path in paths if _is_program(target, path)]
    except (SourceError, re.error):
        return []


def _is_program(target: Target, path: str) -> bool:
    mode = target.stat(path).st_mode
    return stat.S_ISREG(mode) and bool(mode & 0o111)


def unclear(error: aide.Unclear) -> Why:
    """Return why it is not known what a configuration comes to."""
    if error.line:
        return Why("line {line} is not understood: {text}", line=error.line, text=str(error))
    return Why("not understood: {text}", text=str(error))


def written(rule: aide.Rule) -> str:
    """Return the attributes of a rule, each between blanks."""
    return " {} ".format(" ".join(sorted(rule.attributes)))
