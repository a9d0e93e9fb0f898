"""Table rempart_audit_rules: the rules of Linux's audit subsystem, those of its files and those that the kernel has.

osquery has no such table. ``source`` is ``rules.d`` (``/etc/audit/rules.d/*.rules``, what augenrules(8) puts together),
``audit.rules`` (the file that comes of it, or that is written by hand) or ``kernel`` (what is loaded: on a live machine
alone). The files' rows are the rules that are left once their lines have been carried out in order, ``-D``, ``-W`` and
``-d`` included, and their control lines, which have no ``list``. A line that auditctl would refuse looks like a control
line too. Neither files nor rules need exist: then there are no rows.

``place`` counts the lines of a source in the order in which they are carried out. ``in_force`` is 1 where the next
start loads that source (:mod:`rempart_agent.readers.kernel.audit_loading`), and ``twin`` 1 where the kernel has the
rule of a file, or the files in force that of the kernel; NULL where it is not known.

``loaded`` tells whether the next start loads a rule of the files (a line that auditctl refuses ends the load), and
``watches`` whether it can ever record something: 1, 0 or unset, with ``why`` (:mod:`rempart_agent.models.audit_rules`).
A watch of something that is not there, conditions that no one fulfils, a rule after a ``never`` that covers it: 0.

``watch`` is the file or directory that a rule is about, however it was written, ``tree`` whether all below it is
meant, and ``perms`` the accesses that it traces. ``rule`` is the line as it stands; the kernel's are written as
``auditctl -l`` does, but for system calls, which are numbers; ``calls`` has their names on x86, ARM and their 32-bit
halves. A kernel without audit subsystem has no rules.
"""

import re
import stat
from typing import Any, Dict, Iterator, List, NamedTuple, Optional, Tuple

from rempart_agent.models import audit_calls, audit_rules, audit_twin
from rempart_agent.readers.kernel import audit_loading, audit_netlink, netlink
from rempart_agent.readers.kernel import audit_rules as audit_file
from rempart_agent.source.contract import INTEGER, TEXT, Column, Loop, Missing, Query, Row
from rempart_agent.source.target import Target

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
    Column("calls", TEXT),
    Column("arch", TEXT),
    Column("conditions", TEXT),
    Column("rule", TEXT),
    Column("loaded", INTEGER),
    Column("watches", INTEGER),
    Column("why", TEXT),
    Column("place", INTEGER),
    Column("in_force", INTEGER, costly=True),
    Column("twin", INTEGER, costly=True),
)
_FOLDER, _FILE = "/etc/audit/rules.d", "/etc/audit/audit.rules"
_MAX_BYTES = 4 * 1024 * 1024
_DIGITS = re.compile("([0-9]+)")

Line = Tuple[Tuple[str, int], List[str]]  # (path, number), words


class Found(NamedTuple):
    """A rule, where it stands, and what becomes of it."""

    path: Optional[str]
    line: Optional[int]
    rule: audit_netlink.Rule
    judged: audit_rules.Judged


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each rule.

    Raises:
        Denied: a file may not be read, or the kernel does not answer.
    """
    machine = audit_loading.machine(target)
    disk = {source: on_disk(target, source, machine) for source in (audit_loading.RULES_D, audit_loading.RULES)}
    kernel = (in_kernel(target, machine) or []) if target.live else []
    compared = not {"in_force", "twin"}.isdisjoint(query.columns)
    loading = audit_loading.loading(target) if compared else audit_loading.Loading("", known=False)
    for source, found in disk.items():
        force = int(loading.source == source) if loading.known else None
        twins = _twins(found, kernel, machine) if compared and target.live else [None] * len(found)
        for place, (one, twin) in enumerate(zip(found, twins)):
            more = {"path": one.path, "line": one.line, "place": place, "in_force": force, "twin": twin}
            yield dict(_row(source, one.rule, machine), **more, **one.judged._asdict())
    there = disk.get(loading.source, [])
    twins = _twins(kernel, there, machine) if loading.known else [None] * len(kernel)
    for place, (one, twin) in enumerate(zip(kernel, twins)):
        yield dict(_row("kernel", one.rule, machine), place=place, twin=twin, **one.judged._asdict())


def _twins(found: List[Found], others: List[Found], machine: str) -> List[Optional[int]]:
    """Tell of each rule whether it is among others; of a control line it is not known."""
    pairs = [[(plain(one.rule), one.rule.key) for one in rules if one.rule.list] for rules in (found, others)]
    told = iter(audit_twin.twins(pairs[0], pairs[1], machine))
    return [next(told) if one.rule.list else None for one in found]


def on_disk(target: Target, source: str, machine: str) -> List[Found]:
    """Return the rules of the files, and their control lines, as the next start carries them out.

    Args:
        target: What is looked at.
        source: ``rules.d`` or ``audit.rules``.
        machine: Whose system calls auditctl knows (``audit_loading.machine``).
    """
    lines = _collect(target) if source == audit_loading.RULES_D else _read(target, _FILE)
    placed = [(place, _whole(target, rule)) for place, rule in audit_file.apply(lines)]
    judged = _judge(target, [rule for _, rule in placed], machine, loaded=False)
    return [Found(path, line, rule, answer) for ((path, line), rule), answer in zip(placed, judged)]


def in_kernel(target: Target, machine: str) -> Optional[List[Found]]:
    """Return the rules that a running kernel has; None for one without audit subsystem.

    Args:
        target: A running machine.
        machine: Whose system calls it has (``audit_loading.machine``).
    """
    try:
        said = target.ask("audit_rules", audit_netlink.list_rules)
    except netlink.Unsupported:
        return None
    listed = list(audit_netlink.parse_list(said))
    judged = _judge(target, listed, machine, loaded=True)
    return [Found(None, None, rule, answer) for rule, answer in zip(listed, judged)]


def plain(rule: audit_netlink.Rule) -> audit_rules.Rule:
    """Return a rule as the model has it."""
    r = rule
    return audit_rules.Rule(r.list, r.action, r.watch, r.tree, r.perms, r.syscalls, r.arch, r.conditions, r.text)


def _judge(target: Target, rules: List[audit_netlink.Rule], machine: str, *, loaded: bool) -> List[audit_rules.Judged]:
    def look(path: str) -> str:
        try:
            return "folder" if stat.S_ISDIR(target.stat(path).st_mode) else "file"
        except (Missing, Loop):
            return ""

    return audit_rules.judge([plain(rule) for rule in rules], look, loaded=loaded, machine=machine)


def _whole(target: Target, rule: audit_netlink.Rule) -> audit_netlink.Rule:
    """Return a rule that says whether all below its path is meant: ``-w`` of a folder means it."""
    return rule._replace(tree=_is_directory(target, rule.watch)) if rule.watch and rule.tree is None else rule


def _row(source: str, rule: audit_netlink.Rule, machine: str) -> Dict[str, Any]:
    row = dict(rule._asdict(), source=source, rule=rule.text, calls=rule.syscalls)
    numbers = [int(call) for call in rule.syscalls.split(",") if call.isdigit()]
    if numbers:
        row["calls"] = audit_calls.write(audit_calls.named(machine, rule.arch), numbers)
    del row["text"]
    return row


def _collect(target: Target) -> Iterator[Line]:
    """Return the lines of the folder in augenrules' order."""
    try:
        names = target.listdir(_FOLDER)
    except Missing:
        return
    paths = [_FOLDER + "/" + n for n in sorted(_rule_files(names), key=version_order)]
    texts = joined([_text(target, path) for path in paths])
    split = [text.split("\n") for text in texts]
    for number, at in audit_rules.assemble(texts, blanks=not _is_mawk(target)):
        for _, words in audit_file.parse(split[number][at]):
            yield (paths[number], at + 1), words


def joined(texts: List[str]) -> List[str]:
    """Return texts as cat(1) puts them one behind the other: a last line without an end takes the next first one on."""
    found = list(texts)
    at = 0
    for number in range(1, len(found)):
        if found[at] and not found[at].endswith("\n") and found[number]:
            first, end, rest = found[number].partition("\n")
            found[at] += first + end
            found[number] = "\n" + rest if end else ""
            at = number if end and rest else at
        elif found[number]:
            at = number
    return found


def _is_mawk(target: Target) -> bool:
    try:
        return target.realpath("/usr/bin/awk").endswith("/mawk")
    except (Missing, Loop):
        return False


def _rule_files(names: List[str]) -> Iterator[str]:
    return (n for n in names if n.endswith(".rules") and not n.startswith("."))


def version_order(name: str) -> List[Any]:
    """Order names as ``ls -v`` does: numbers in them by value."""
    return [int(part) if at % 2 else part for at, part in enumerate(_DIGITS.split(name))]


def _read(target: Target, path: str) -> Iterator[Line]:
    for number, words in audit_file.parse(_text(target, path)):
        yield (path, number), words


def _text(target: Target, path: str) -> str:
    try:
        return "" if stat.S_ISDIR(target.stat(path).st_mode) else target.text(path, _MAX_BYTES)
    except (Missing, Loop):
        return ""


def _is_directory(target: Target, path: str) -> int:
    try:
        return int(stat.S_ISDIR(target.stat(path).st_mode))
    except (Missing, Loop):
        return 0
