"""Table rempart_audit_rules: the rules of Linux's audit subsystem, those of its files and those that the kernel has.

osquery has no such table. ``source`` is ``rules.d`` (``/etc/audit/rules.d/*.rules``, what augenrules(8) puts together),
``audit.rules`` (the file that comes of it, or that is written by hand) or ``kernel`` (what is loaded: on a live machine
alone). The files' rows are the rules that are left once their lines have been carried out in order, ``-D``, ``-W`` and
``-d`` included, and their control lines, which have no ``list``. A line that auditctl would refuse looks like a control
line too. Neither files nor rules need exist: then there are no rows.

``watch`` is the file or directory that a rule is about, however it was written, ``tree`` whether all below it is
meant, and ``perms`` the accesses that it traces. ``rule`` is the line as it stands; the kernel's are written as
``auditctl -l`` does, but for system calls, which are numbers. A kernel without audit subsystem has no rules.
"""

import re
import stat
from typing import Any, Dict, Iterator, List, Tuple

from rempart_agent.tables import audit, audit_file, netlink
from rempart_agent.tables.contract import INTEGER, TEXT, Column, Loop, Missing, Query, Row
from rempart_agent.targets.contract import Target

OFFLINE = "part"
COLUMNS = (
    Column("source", TEXT),
    Column("path", TEXT),
    Column("line", INTEGER),
    Column("list", TEXT),
    Column("action", TEXT),
    Column("watch", TEXT),
    Column("tree", INTEGER),
    Column("perms", TEXT),
    Column("key", TEXT),
    Column("syscalls", TEXT),
    Column("arch", TEXT),
    Column("conditions", TEXT),
    Column("rule", TEXT),
)
_FOLDER, _FILE = "/etc/audit/rules.d", "/etc/audit/audit.rules"
_MAX_BYTES = 4 * 1024 * 1024
_DIGITS = re.compile("([0-9]+)")

Line = Tuple[Tuple[str, int], List[str]]  # (path, number), words


def rows(target: Target, query: Query) -> Iterator[Row]:
    """Return one row for each rule.

    Raises:
        Denied: a file may not be read, or the kernel does not answer.
    """
    for source, lines in (("rules.d", _collect(target)), ("audit.rules", _read(target, _FILE))):
        for (path, line), rule in audit_file.apply(lines):
            if rule.watch and rule.tree is None:
                rule = rule._replace(tree=_is_directory(target, rule.watch))
            yield dict(_row(source, rule), path=path, line=line)
    if target.live:
        try:
            answer = target.ask("audit_rules", audit.list_rules)
        except netlink.Unsupported:
            return
        for rule in audit.parse_list(answer):
            yield _row("kernel", rule)


def _row(source: str, rule: audit.Rule) -> Dict[str, Any]:
    row = dict(rule._asdict(), source=source, rule=rule.text)
    del row["text"]
    return row


def _collect(target: Target) -> Iterator[Line]:
    """Return the lines of the folder in augenrules' order: the one that deletes everything first."""
    try:
        names = target.listdir(_FOLDER)
    except Missing:
        return
    lines: List[Line] = []
    for name in sorted((n for n in names if n.endswith(".rules") and not n.startswith(".")), key=_version_order):
        lines += _read(target, _FOLDER + "/" + name)
    yield from (line for line in lines if line[1] == ["-D"])
    yield from (line for line in lines if line[1] != ["-D"])


def _version_order(name: str) -> List[Any]:
    """Order names as ``ls -v`` does: numbers in them by value."""
    return [int(part) if at % 2 else part for at, part in enumerate(_DIGITS.split(name))]


def _read(target: Target, path: str) -> Iterator[Line]:
    try:
        if stat.S_ISDIR(target.stat(path).st_mode):
            return
        text = target.text(path, _MAX_BYTES)
    except (Missing, Loop):
        return
    for number, words in audit_file.parse(text):
        yield (path, number), words


def _is_directory(target: Target, path: str) -> int:
    try:
        return int(stat.S_ISDIR(target.stat(path).st_mode))
    except (Missing, Loop):
        return 0
