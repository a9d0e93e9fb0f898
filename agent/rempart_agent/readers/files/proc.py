"""What several tables read of ``/proc``: the processes and their namespaces.

Sources: proc_pid(5), proc_pid_ns(5). What vanishes between two looks is left out.
"""

from typing import Dict, Iterable, List, Tuple

from rempart_agent.source.contract import Missing, SourceError
from rempart_agent.source.target import Target

NO_NAMESPACE = "0"  # of a process whose namespace may not be seen, as osquery writes it


def pids(target: Target) -> List[str]:
    """Return the numbers of the running processes, in the order of text, as osquery has them.

    Raises:
        Missing: ``/proc`` shows none: it is not mounted.
    """
    found = [name for name in target.listdir("/proc") if name.isdigit() and name.isascii()]
    if not found:
        raise Missing("/proc: no process to be seen (is it mounted?)")
    return found


def namespace(target: Target, pid: str, kind: str) -> str:
    """Return the number of a process's namespace of a kind (``net``), or ``""`` where it can't be seen.

    Args:
        target: What is looked at.
        pid: The process's number.
        kind: As in ``/proc/PID/ns``.
    """
    try:
        return parse_namespace(target.readlink("/proc/{}/ns/{}".format(pid, kind)), kind)
    except SourceError:
        return ""


def parse_namespace(link: str, kind: str) -> str:
    """Return the number in a link such as ``net:[4026531833]``, or ``""`` where it is none of that kind.

    Args:
        link: Where it leads.
        kind: As in ``/proc/PID/ns``.
    """
    start = kind + ":["
    number = link[len(start) : -1]
    good = link.startswith(start) and link.endswith("]") and number.isascii() and number.isdigit()
    return number if good else ""


def networks(target: Target, of: Iterable[str]) -> Dict[str, Tuple[str, int]]:
    """Return the network namespace of each of some processes.

    A link that may not be followed (another user's process) is made up for: the files in ``/proc/PID/net`` belong to
    the namespace, and their inodes tell whether two processes share one.

    Args:
        target: What is looked at.
        of: Numbers of the processes.

    Returns:
        Process to the namespace's number and 0; or to ``NO_NAMESPACE`` and an inode that stands for a namespace whose
        number nothing tells. A process that is gone is left out.
    """
    known: Dict[str, Tuple[str, int]] = {}
    hidden = []
    for pid in of:
        number = namespace(target, pid, "net")
        if number:
            known[pid] = (number, 0)
        else:
            hidden.append(pid)
    if hidden:
        shown = {number: pid for pid, (number, _) in known.items()}
        shown[namespace(target, "self", "net")] = "self"
        numbers = {_mark(target, pid): number for number, pid in shown.items() if number}
        for pid in hidden:
            mark = _mark(target, pid)
            if mark:
                known[pid] = (numbers[mark], 0) if mark in numbers else (NO_NAMESPACE, mark)
    return known


def _mark(target: Target, pid: str) -> int:
    try:
        return target.stat("/proc/{}/net/tcp".format(pid)).st_ino
    except SourceError:
        return 0
