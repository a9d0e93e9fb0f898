"""Table yara_file: which YARA rules match the files that a statement names.

The rules are those of ``sigfile`` (a file, below ``/etc/osquery/yara`` where it is not named from the root on) or
``sigrule`` (the rules themselves). Paths are named as in the table ``file``; what is no regular file is no row. It
takes yara-python, which scans in a child process (``rempart_agent.readers.files.yara_rules``).
"""

import stat
from typing import Iterator, List, Tuple, Union

from rempart_agent.readers.files import pattern, yara_rules
from rempart_agent.source.contract import TEXT, Column, Loop, Missing, Query, Row
from rempart_agent.source.target import Target

OFFLINE = "none"
COLUMNS = (Column("path", TEXT, index=True, argument=True, required=True), *yara_rules.COLUMNS)


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each file and each of the rules' names, whether something matches or not.

    Raises:
        Unfit: the statement names no rules, or some that can't be compiled.
        Missing: yara-python is not installed.
        Denied: a file may not be read.
    """
    target.need_live("yara_file")
    rules = yara_rules.asked(query)
    paths = [path for path in pattern.paths(target, query) if _is_regular(target, path)]
    subjects: List[Tuple[str, Union[str, int]]] = [("filepath", path) for path in paths]
    told: List[List[yara_rules.Found]] = target.ask("yara_file", lambda: yara_rules.scan(subjects, rules))
    for path, found in zip(paths, told):
        for one, row in zip(rules, found):
            yield {"path": path, one.column: one.named, "pid_with_namespace": 0, **row}


def _is_regular(target: Target, path: str) -> bool:
    try:
        return not path.endswith("/") and stat.S_ISREG(target.stat(path).st_mode)
    except (Missing, Loop):
        return False
