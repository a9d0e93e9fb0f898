"""Table yara_process: which YARA rules match the memory of the processes that a statement names.

The rules are named as in ``yara_file``. Reading another process' memory takes root; a process that is not there fails
the statement as one that may not be read.
"""

from typing import Iterator, List, Tuple, Union

from rempart_agent.readers.files import yara_rules
from rempart_agent.source.contract import INTEGER, Column, Query, Row, Unfit
from rempart_agent.source.target import Target

OFFLINE = "none"
COLUMNS = (Column("pid", INTEGER, index=True, argument=True, required=True), *yara_rules.COLUMNS)


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each process and each of the rules' names, whether something matches or not.

    Raises:
        Unfit: the statement names no rules, or some that can't be compiled, or processes by LIKE.
        Missing: yara-python is not installed.
        Denied: a process may not be read.
    """
    target.need_live("yara_process")
    rules = yara_rules.asked(query)
    pids = [int(pid) for pid in query.equal("pid") or () if pid.isascii() and pid.isdigit() and len(pid) < 10]
    if not pids:
        raise Unfit("yara_process: pid must be given by = or IN")
    subjects: List[Tuple[str, Union[str, int]]] = [("pid", pid) for pid in pids]
    told: List[List[yara_rules.Found]] = target.ask("yara_process", lambda: yara_rules.scan(subjects, rules))
    for pid, found in zip(pids, told):
        for one, row in zip(rules, found):
            yield {"pid": pid, one.column: one.named, "pid_with_namespace": 0, **row}
