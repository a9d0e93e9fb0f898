"""Table process_namespaces: the namespaces in which each process lives.

Source: the links in ``/proc/PID/ns`` (namespaces(7)). A namespace that this run may not see stays unset.
"""

from typing import Dict, Iterator

from rempart_agent.readers.files import proc
from rempart_agent.source.contract import INTEGER, TEXT, Column, Missing, Query, Row, SourceError, Value
from rempart_agent.source.target import Target

OFFLINE = "none"
_KINDS = ("cgroup", "ipc", "mnt", "net", "pid", "user", "uts")
COLUMNS = (
    Column("pid", INTEGER, index=True),
    *(Column(kind + "_namespace", TEXT, costly=True) for kind in _KINDS),
)


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each process."""
    target.need_live("process_namespaces")
    kinds = [kind for kind in _KINDS if kind + "_namespace" in query.columns]
    asked = query.equal("pid")
    pids = [pid for pid in proc.pids(target) if asked is None or pid in asked]
    networks = proc.networks(target, pids) if "net" in kinds else {}
    for pid in pids:
        row: Dict[str, Value] = {"pid": int(pid)}
        for kind in kinds:
            if kind == "net":
                number = networks.get(pid, ("", 0))[0]
                row["net_namespace"] = "" if number == proc.NO_NAMESPACE else number
            else:
                row[kind + "_namespace"] = proc.namespace(target, pid, kind)
        if kinds and not any(row[kind + "_namespace"] for kind in kinds) and _gone(target, pid):
            continue
        yield row


def _gone(target: Target, pid: str) -> bool:
    try:
        target.stat("/proc/" + pid)
    except Missing:
        return True
    except SourceError:
        return False
    return False
