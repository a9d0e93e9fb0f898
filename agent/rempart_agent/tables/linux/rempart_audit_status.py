"""Table rempart_audit_status: whether the kernel's audit subsystem records, and who takes its records.

osquery has no such table. The one row is what ``auditctl -s`` prints: ``enabled`` (0 off, 1 on, 2 on and locked until
the next start), ``failure`` (0 silent, 1 a line in the kernel's log, 2 panic), ``pid`` of the one program that takes
the records (0: nobody, they go to the kernel's log), ``lost`` records, and limits. ``process`` is that program's name,
of at most 15 characters. A kernel without audit subsystem has it off.
"""

from typing import Any, Dict, List

from rempart_agent.readers.kernel import audit_netlink, netlink
from rempart_agent.source.contract import BIGINT, INTEGER, TEXT, Column, Missing, Query, Row
from rempart_agent.source.target import Target

OFFLINE = "none"
COLUMNS = (
    Column("enabled", INTEGER),
    Column("failure", INTEGER),
    Column("pid", BIGINT),
    Column("process", TEXT),
    Column("rate_limit", BIGINT),
    Column("backlog_limit", BIGINT),
    Column("lost", BIGINT),
    Column("backlog", BIGINT),
)


def rows(target: Target, query: Query) -> List[Row]:
    """See Table.rows: the one row.

    Raises:
        Denied: the kernel does not answer this run.
    """
    target.need_live("rempart_audit_status")
    try:
        answer = target.ask("audit_status", audit_netlink.get_status)
    except netlink.Unsupported:
        return [{"enabled": 0, "pid": 0}]
    row: Dict[str, Any] = audit_netlink.parse_status(answer)
    if row["pid"]:
        try:
            row["process"] = target.text("/proc/{}/comm".format(row["pid"])).rstrip("\n")
        except Missing:  # it ended meanwhile
            pass
    return [row]
